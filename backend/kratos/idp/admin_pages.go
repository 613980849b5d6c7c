package idp

import (
	"fmt"
	"net/http"
	"strconv"

	"sting/backend/identity"
)

// maxNumberedPage keeps the arithmetic of page numbers from running over.
const maxNumberedPage = 1 << 30

// listed shows identities as lists do: credentials only where they are asked for.
func (x *exchange) listed(list []identity.Identity) []*wireIdentity {
	include := x.r.URL.Query()["include_credential"]
	out := make([]*wireIdentity, 0, len(list))
	for _, i := range list {
		w := x.full(i, include...)
		if len(include) == 0 {
			w.Credentials = nil
		}
		out = append(out, w)
	}
	return out
}

// numberedPage is a page by its number, the older way that SDKs still have. As
// with Kratos, the first one is 0 and 1 alike.
func (x *exchange) numberedPage(number string, size int) error {
	page, err := strconv.Atoi(number)
	if err != nil || page < 0 {
		return badRequest("The page %q is not a number.", number)
	}
	page = min(max(page, 1), maxNumberedPage)
	var list []identity.Identity
	total, from := 0, (page-1)*size
	for after := identity.ID(""); ; {
		some, err := x.Identities.Identities(x.r.Context(), after, maxPage)
		if err != nil {
			return err
		}
		if len(some) == 0 {
			break
		}
		for n, i := range some {
			if at := total + n; at >= from && at < from+size {
				list = append(list, i)
			}
		}
		total += len(some)
		after = some[len(some)-1].ID
	}
	links := x.numberedLink(0, size, "first")
	if from+size < total {
		links += "," + x.numberedLink(page+1, size, "next")
	}
	x.w.Header().Set("X-Total-Count", strconv.Itoa(total))
	x.w.Header().Set("Link", links)
	return x.json(http.StatusOK, x.listed(list))
}

func (x *exchange) numberedLink(page, size int, rel string) string {
	return fmt.Sprintf(`</admin/identities?page=%d&per_page=%d>; rel=%q`, page, size, rel)
}
