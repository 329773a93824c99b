package store

import (
	"cmp"
	"context"
	"encoding/base64"
	"slices"
	"strings"
)

// FindMany answers a page of several queries over the same index order as one
// list: merged by less (the order that the queries have, direction included),
// ties by id, nobody twice. All queries have the same direction; Limit and After of the first one
// count. It reads at most a page of each.
func FindMany[T any](ctx context.Context, c *Collection[T], queries []Query, less func(a, b T) bool) (Page[T], error) {
	if len(queries) == 0 {
		return Page[T]{}, nil
	}
	if len(queries) == 1 {
		return c.Find(ctx, queries[0])
	}
	limit := queries[0].Limit
	if limit <= 0 {
		limit = 100
	}
	after, err := splitCursor(queries[0].After, len(queries))
	if err != nil {
		return Page[T]{}, err
	}
	type entry struct {
		doc  T
		id   string
		from int
	}
	var all []entry
	ends := make([]Page[T], len(queries))
	for i, q := range queries {
		if after[i] == over {
			continue
		}
		q.Limit, q.After = limit, after[i]
		page, err := c.Find(ctx, q)
		if err != nil {
			return Page[T]{}, err
		}
		ends[i] = page
		for _, d := range page.Items {
			m, err := metaOf(&d)
			if err != nil {
				return Page[T]{}, err
			}
			all = append(all, entry{d, m.ID, i})
		}
	}
	sign := 1
	if queries[0].Desc {
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
	var out Page[T]
	used := make([]int, len(queries)) // how many of each page are done with
	last := ""
	for _, e := range all {
		if e.id != last {
			if len(out.Items) == limit {
				break
			}
			out.Items = append(out.Items, e.doc)
		}
		last = e.id
		used[e.from]++
	}
	out.Next, err = joinCursor(ctx, c, queries, after, ends, used)
	return out, err
}

// over marks a query that has nothing left.
const over = "-"

// joinCursor says where each query goes on.
func joinCursor[T any](ctx context.Context, c *Collection[T], queries []Query, after []string, ends []Page[T], used []int) (string, error) {
	next := make([]string, len(queries))
	more := false
	for i, q := range queries {
		switch {
		case after[i] == over, used[i] == len(ends[i].Items) && ends[i].Next == "":
			next[i] = over
		case used[i] == len(ends[i].Items):
			next[i], more = ends[i].Next, true
		case used[i] == 0:
			next[i], more = after[i], true
		default: // the cursor behind the last one used: ask for just so many
			q.Limit, q.After = used[i], after[i]
			page, err := c.Find(ctx, q)
			if err != nil {
				return "", err
			}
			next[i], more = page.Next, true
		}
	}
	if !more {
		return "", nil
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(next, " "))), nil
}

func splitCursor(cursor string, n int) ([]string, error) {
	if cursor == "" {
		return make([]string, n), nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, ErrBadCursor
	}
	parts := strings.Split(string(raw), " ")
	if len(parts) != n {
		return nil, ErrBadCursor
	}
	return parts, nil
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
