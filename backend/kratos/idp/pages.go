package idp

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// defaultPage is how many entries Kratos lists unless asked, maxPage the most.
const (
	defaultPage = 250
	maxPage     = 1000
)

// paged says how many there are, and where a list that has one page begins.
func (x *exchange) paged(path string, total int) {
	x.w.Header().Set("X-Total-Count", strconv.Itoa(total))
	token := base64.RawURLEncoding.EncodeToString([]byte(`{"offset":"0","v":2}`))
	x.w.Header().Set("Link", fmt.Sprintf(`<%s?page=0&page_size=%d&page_token=%s&per_page=%[2]d>; rel="first"`, path, total, token))
}

// linked says where a list begins and goes on; next is "" at its end.
func (x *exchange) linked(path string, size int, first, next string) {
	links := []string{x.link(path, size, first, "first")}
	if next != "" {
		links = append(links, x.link(path, size, next, "next"))
	}
	x.w.Header().Set("Link", strings.Join(links, ","))
}

func (x *exchange) link(path string, size int, token, rel string) string {
	q := url.Values{}
	for name, values := range x.r.URL.Query() {
		if name != "page_token" && name != "page_size" && name != "page" && name != "per_page" {
			q[name] = values
		}
	}
	q.Set("page_size", strconv.Itoa(size))
	q.Set("page_token", token)
	return fmt.Sprintf(`<%s?%s>; rel="%s"`, path, q.Encode(), rel)
}

// pageSize is how many entries were asked for.
func (x *exchange) pageSize() (int, error) {
	q := x.r.URL.Query()
	asked := q.Get("page_size")
	if asked == "" {
		asked = q.Get("per_page")
	}
	if asked == "" {
		return defaultPage, nil
	}
	n, err := strconv.Atoi(asked)
	if err != nil || n < 1 {
		return 0, badRequest("The page size %q is not a number above 0.", asked)
	}
	return min(n, maxPage), nil
}

func (x *exchange) none() error {
	x.w.WriteHeader(http.StatusNoContent)
	return nil
}
