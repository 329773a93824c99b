package training

import (
	"context"

	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
)

// Listing is a page of a list with its total, as far as totals are exact.
type Listing[T any] struct {
	Items []T
	Next  string
	Total int64
	More  bool
}

// listing is a list over one or several queries of one order (one per root of
// the reach); keep drops what the index cannot tell apart.
type listing[D any] struct {
	collection *store.Collection[D]
	queries    []store.Query
	less       func(a, b D) bool // the order of the queries, direction included
	keep       func(D) bool
}

func page[D, T any](ctx context.Context, l listing[D], limit int, after string, read func(D) T) (Listing[T], error) {
	out := Listing[T]{Next: after}
	for len(out.Items) < limit && len(l.queries) > 0 {
		found, err := l.fetch(ctx, limit-len(out.Items), out.Next)
		if err != nil {
			return out, err
		}
		for _, d := range found.Items {
			if l.keep == nil || l.keep(d) {
				out.Items = append(out.Items, read(d))
			}
		}
		if out.Next = found.Next; out.Next == "" {
			break
		}
	}
	var err error
	out.Total, out.More, err = l.count(ctx)
	return out, err
}

func (l listing[D]) fetch(ctx context.Context, limit int, after string) (store.Page[D], error) {
	queries := make([]store.Query, len(l.queries))
	for i, q := range l.queries {
		q.Limit, q.After = limit, after
		queries[i] = q
	}
	return store.FindMany(ctx, l.collection, queries, l.less)
}

// count asks the index when one query tells, and walks otherwise.
func (l listing[D]) count(ctx context.Context) (n int64, more bool, err error) {
	if len(l.queries) == 1 && l.keep == nil {
		return l.collection.Count(ctx, l.queries[0], web.CountLimit)
	}
	after := ""
	for len(l.queries) > 0 {
		found, err := l.fetch(ctx, 1000, after)
		if err != nil {
			return n, false, err
		}
		for _, d := range found.Items {
			if l.keep == nil || l.keep(d) {
				n++
			}
		}
		if after = found.Next; after == "" || n > web.CountLimit {
			break
		}
	}
	return min(n, web.CountLimit), n > web.CountLimit, nil
}
