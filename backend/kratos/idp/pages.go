package idp

import (
	"encoding/base64"
	"encoding/json"
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
	token := offsetToken(0)
	x.w.Header().Set("Link", fmt.Sprintf(`<%s?page=0&page_size=%d&page_token=%s&per_page=%[2]d>; rel="first"`, path, total, token))
}

// pageOf cuts the page that is asked for out of a list, and says where it begins
// and goes on. Pages have numbers, of which 0 and 1 are the first, and tokens.
func pageOf[T any](x *exchange, path string, all []T) ([]T, error) {
	size, err := x.pageSize()
	if err != nil {
		return nil, err
	}
	q, from := x.r.URL.Query(), 0
	if token := q.Get("page_token"); token != "" {
		from, err = offsetOf(token)
	} else if number := q.Get("page"); number != "" {
		from, err = strconv.Atoi(number)
		from = max(min(from, maxNumberedPage)-1, 0) * size
	}
	if err != nil || from < 0 {
		return nil, badRequest("The page that is asked for is none of this list.")
	}
	from = min(from, len(all))
	end := min(from+size, len(all))
	x.paged(path, len(all))
	if end < len(all) || from > 0 {
		links := x.numberedPageLink(path, size, 0, "first")
		if end < len(all) {
			links += "," + x.numberedPageLink(path, size, end, "next")
		}
		if from > 0 {
			links += "," + x.numberedPageLink(path, size, max(from-size, 0), "prev")
		}
		x.w.Header().Set("Link", links)
	}
	return all[from:end], nil
}

func (x *exchange) numberedPageLink(path string, size, offset int, rel string) string {
	number := 0
	if offset > 0 {
		number = offset/size + 1
	}
	return fmt.Sprintf(`<%s?page=%d&page_size=%d&page_token=%s&per_page=%[3]d>; rel="%[5]s"`, path, number, size, offsetToken(offset), rel)
}

// offsetToken and offsetOf make and read the tokens of pages with numbers.
func offsetToken(offset int) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"offset":"%d","v":2}`, offset))
}

func offsetOf(token string) (int, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return 0, err
	}
	var t struct {
		Offset int `json:"offset,string"`
	}
	err = json.Unmarshal(raw, &t)
	return t.Offset, err
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
