package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// FindMany answers a page of several queries over the same index order as one
// list: merged by less (the order that the queries have, direction included),
// ties by id, nobody twice. All queries have the same index, direction and
// number of equal fields; Limit and After of the first one count. It reads at
// most a page of each. The cursor is the place of the last one in that order,
// so it is as short as one query's however many there are.
func FindMany[T any](ctx context.Context, c *Collection[T], queries []Query, less func(a, b T) bool) (Page[T], error) {
	if len(queries) == 0 {
		return Page[T]{}, nil
	}
	if len(queries) == 1 {
		return c.Find(ctx, queries[0])
	}
	first := queries[0]
	if first.Limit <= 0 {
		first.Limit = defaultLimit
	}
	type entry struct {
		doc  T
		id   string
		body []byte
		from Query
	}
	var all []entry
	var index Index
	beyond := false
	for _, q := range queries {
		if q.Index != first.Index || q.Desc != first.Desc || len(q.Equal) != len(first.Equal) {
			return Page[T]{}, fmt.Errorf("%w: %s.%s is merged with another order", ErrNoIndex, c.spec.Name, q.Index)
		}
		q.Limit, q.After = first.Limit, first.After
		ix, bodies, more, err := c.find(ctx, q)
		if err != nil {
			return Page[T]{}, err
		}
		index, beyond = ix, beyond || more
		for _, body := range bodies {
			d, err := decode[T](body)
			if err != nil {
				return Page[T]{}, err
			}
			m, err := metaOf(&d)
			if err != nil {
				return Page[T]{}, err
			}
			all = append(all, entry{d, m.ID, body, q})
		}
	}
	sign := 1
	if first.Desc {
		sign = -1
	}
	slices.SortStableFunc(all, func(a, b entry) int {
		switch {
		case less(a.doc, b.doc):
			return -1
		case less(b.doc, a.doc):
			return 1
		default:
			return sign * cmp.Compare(a.id, b.id)
		}
	})
	all = slices.CompactFunc(all, func(a, b entry) bool { return a.id == b.id })
	if len(all) > first.Limit {
		all, beyond = all[:first.Limit], true
	}
	var out Page[T]
	for _, e := range all {
		out.Items = append(out.Items, e.doc)
	}
	if !beyond {
		return out, nil
	}
	last := all[len(all)-1]
	var err error
	out.Next, err = c.db.engine.Cursor(index, last.from, last.body)
	return out, err
}

// CountMany adds up the counts of several queries, up to the limit. Somebody
// whom two of them find counts twice: keep the queries apart where that
// matters.
func CountMany[T any](ctx context.Context, c *Collection[T], queries []Query, limit int64) (n int64, more bool, err error) {
	for _, q := range queries {
		one, beyond, err := c.Count(ctx, q, limit-n)
		if err != nil {
			return 0, false, err
		}
		n += one
		if beyond {
			return limit, true, nil
		}
	}
	return n, false, nil
}
