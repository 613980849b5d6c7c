package admin

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"

	"sting/backend/api"
	"sting/backend/fault"
	"sting/backend/list"
)

// numbers is a list of so many, of which search finds those in found.
func numbers(n int, found ...int) paged[int, string] {
	item := func(i int) list.Item[int] { return list.Item[int]{Value: i, Cursor: "at" + strconv.Itoa(i)} }
	return paged[int, string]{
		orders: []list.Order{list.Newest, list.Name},
		stretch: func(_ context.Context, _ list.Order, after string, limit int) (list.Stretch[int], error) {
			out := list.Stretch[int]{Total: n}
			from := 0
			if after != "" {
				_, _ = fmt.Sscanf(after, "at%d", &from)
				from++
			}
			for i := from; i < n && len(out.Items) < limit; i++ {
				out.Items = append(out.Items, item(i))
			}
			return out, nil
		},
		find: func(_ context.Context, _ list.Order, _, after string) (out list.Found[int], err error) {
			last := -1
			_, _ = fmt.Sscanf(after, "at%d", &last)
			for n, i := range found {
				if out.Items = append(out.Items, item(i)); i <= last {
					out.Behind = n + 1
				}
			}
			return out, nil
		},
		texts: func(i int) []string { return []string{fmt.Sprintf("number%d", i)} },
		show:  func(i int) (string, error) { return strconv.Itoa(i), nil },
	}
}

func TestAListSaysItsOrderItsTotalAndHowFarItWasSearched(t *testing.T) {
	for claim, c := range map[string]struct {
		list     paged[int, string]
		q        api.Query
		items    int
		total    string
		searched string
		next     string
	}{
		"a whole list":                         {numbers(3), api.Query{}, 3, "3", "", ""},
		"a stretch":                            {numbers(300), api.Query{Limit: 5}, 5, "300", "", "at4"},
		"behind a stretch":                     {numbers(300), api.Query{Limit: 5, After: "at297"}, 2, "300", "", ""},
		"a short list is searched as a whole":  {numbers(900), api.Query{Q: "UMBER77"}, 11, "11", "", ""},
		"a long one by words":                  {numbers(5000, 77, 770), api.Query{Q: "number77"}, 2, "2", "words", ""},
		"and its second stretch":               {numbers(5000, 77, 770), api.Query{Q: "number77", Limit: 1, After: "at77"}, 1, "2", "words", ""},
		"behind what is gone":                  {numbers(5000, 77, 770), api.Query{Q: "number77", After: "at78"}, 1, "2", "words", ""},
		"behind all":                           {numbers(5000, 77, 770), api.Query{Q: "number77", After: "at770"}, 0, "2", "words", ""},
		"a word that is none is looked for":    {numbers(5000), api.Query{Q: "umber99"}, 11, "", "bounded", "at999"},
		"and further":                          {numbers(5000), api.Query{Q: "umber499", After: "at3999"}, 10, "", "", ""},
		"what is found too often":              {numbers(5000), api.Query{Q: "number"}, 100, "", "", "at99"},
		"nobody":                               {numbers(0), api.Query{Q: "number"}, 0, "0", "", ""},
		"what the index has, and isn't so now": {numbers(5000, 3), api.Query{Q: "umber77"}, 11, "", "bounded", "at999"},
	} {
		page, err := c.list.page(t.Context(), c.q)
		total := ""
		if page.Total != nil {
			total = strconv.Itoa(*page.Total)
		}
		if err != nil || len(page.Items) != c.items || total != c.total || page.Searched != c.searched || page.Next != c.next ||
			page.Order != "newest" {
			t.Errorf("%s: %d items, total %q, searched %q, next %q, order %q, %v", claim, len(page.Items), total, page.Searched, page.Next,
				page.Order, err)
		}
	}
	if _, err := numbers(5000, 77).page(t.Context(), api.Query{Order: "size"}); !errors.Is(err, fault.ErrInvalidField) {
		t.Errorf("an order that there isn't: %v", err)
	}
}
