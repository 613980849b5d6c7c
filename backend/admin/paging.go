package admin

import (
	"context"
	"strings"

	"sting/backend/api"
	"sting/backend/list"
)

// mostScanned is how many things a search looks at one by one: a list of so many is
// searched as a whole, in a longer one the index of words is asked first.
const mostScanned = 1000

// paged is a list that can be paged and searched.
type paged[T, J any] struct {
	orders  []list.Order // the first is the list's own
	stretch func(ctx context.Context, o list.Order, after string, limit int) (list.Stretch[T], error)
	find    func(ctx context.Context, o list.Order, q, after string) (list.Found[T], error) // not asked where Unknown is the total
	texts   func(T) []string                                                                // where q is looked for
	show    func(T) (J, error)
}

// page returns a stretch of a list, and where to go on.
func (l paged[T, J]) page(ctx context.Context, q api.Query) (api.Page[J], error) {
	out := api.Page[J]{Items: []J{}}
	o, err := list.Pick(q.Order, l.orders...)
	if err != nil {
		return out, err
	}
	out.Order = string(o)
	q.Limit = limitOf(q)
	if q.Q = strings.TrimSpace(q.Q); q.Q != "" {
		return l.search(ctx, o, q, out)
	}
	s, err := l.stretch(ctx, o, q.After, q.Limit+1)
	if err != nil {
		return out, err
	}
	if s.Total != list.Unknown {
		out.Total = &s.Total
	}
	return l.fill(out, s.Items, q.Limit)
}

func limitOf(q api.Query) int {
	if q.Limit <= 0 {
		return defaultLimit
	}
	return min(q.Limit, maxLimit)
}

// fill shows at most limit of the items.
func (l paged[T, J]) fill(out api.Page[J], items []list.Item[T], limit int) (api.Page[J], error) {
	for i, v := range items {
		if i == limit {
			out.Next = items[i-1].Cursor
			break
		}
		j, err := l.show(v.Value)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, j)
	}
	return out, nil
}

// search looks in everything where that isn't much, else by words and ids, and where
// those find nothing, or too much, in a stretch of the list.
func (l paged[T, J]) search(ctx context.Context, o list.Order, q api.Query, out api.Page[J]) (api.Page[J], error) {
	all, err := l.stretch(ctx, o, "", 0)
	if err != nil {
		return out, err
	}
	if all.Total > mostScanned {
		found, err := l.find(ctx, o, q.Q, q.After)
		if err != nil {
			return out, err
		}
		before, behind := l.matching(found.Items[:found.Behind], q.Q), l.matching(found.Items[found.Behind:], q.Q)
		if n := len(before) + len(behind); n > 0 {
			out.Searched, out.Total = "words", &n
			return l.fill(out, behind, q.Limit)
		}
	}
	return l.scan(ctx, o, q, out)
}

func (l paged[T, J]) matching(items []list.Item[T], q string) (found []list.Item[T]) {
	for _, v := range items {
		if list.Matches(q, l.texts(v.Value)...) {
			found = append(found, v)
		}
	}
	return found
}

// scan looks at each of the next mostScanned.
func (l paged[T, J]) scan(ctx context.Context, o list.Order, q api.Query, out api.Page[J]) (api.Page[J], error) {
	s, err := l.stretch(ctx, o, q.After, mostScanned+1)
	if err != nil {
		return out, err
	}
	more := len(s.Items) > mostScanned
	found := l.matching(s.Items[:min(len(s.Items), mostScanned)], q.Q)
	if out, err = l.fill(out, found, q.Limit); err != nil || out.Next != "" {
		return out, err
	}
	if more {
		out.Searched, out.Next = "bounded", s.Items[mostScanned-1].Cursor
		return out, nil
	}
	if q.After == "" {
		n := len(found)
		out.Total = &n
	}
	return out, nil
}
