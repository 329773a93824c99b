// Package listing reads pages of lists that one query cannot tell: one per
// root of a reach, several ways of matching a search one after the other, and
// conditions that no index holds.
package listing

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
)

// Phase is one run of a list: what its queries find, merged in their order.
// Several phases stand one behind the other.
type Phase[D any] struct {
	Queries []store.Query     // over the same index, in the same order
	Less    func(a, b D) bool // that order
	Keep    func(D) bool      // nil keeps everything
	Apart   bool              // no two of the queries find the same document

	// Sift is Keep where telling takes look-ups: of many at once, in their order.
	Sift func(ctx context.Context, found []D) ([]D, error)
}

// all tells that everything is kept.
func (p Phase[D]) all() bool { return p.Keep == nil && p.Sift == nil }

func (p Phase[D]) kept(ctx context.Context, found []D) ([]D, error) {
	if p.Keep != nil {
		found = slices.DeleteFunc(found, func(d D) bool { return !p.Keep(d) })
	}
	if p.Sift != nil && len(found) > 0 {
		return p.Sift(ctx, found)
	}
	return found, nil
}

// What no index holds is looked for among so many documents, however many there
// are: a page then ends early and goes on behind its cursor, and a total is the
// least that there are.
const (
	pageLooks  = 1000
	totalLooks = 200
)

// Listing is a page with its total, as far as totals are exact.
type Listing[T any] struct {
	Items []T
	Next  string
	Total int64
	More  bool // there are more than Total
}

// Map turns the items into something else.
func Map[D, T any](l Listing[D], to func(D) T) Listing[T] {
	out := Listing[T]{Items: make([]T, 0, len(l.Items)), Next: l.Next, Total: l.Total, More: l.More}
	for _, d := range l.Items {
		out.Items = append(out.Items, to(d))
	}
	return out
}

// Read reads the page behind the cursor, and its total beside it;
// store.ErrBadCursor. Keep and Sift are asked by both at once.
func Read[D any](ctx context.Context, from *store.Collection[D], limit int, cursor string, phases ...Phase[D]) (Listing[D], error) {
	if ctx.Value(untold{}) != nil {
		return read(ctx, from, limit, cursor, phases)
	}
	var out, totals Listing[D]
	reading, ctx := errgroup.WithContext(ctx)
	if store.InTx(ctx) {
		reading.SetLimit(1) // a transaction does one thing at a time
	}
	both := func(do func() error) { reading.Go(func() error { return fault.Caught(do) }) }
	both(func() (err error) {
		out, err = read(ctx, from, limit, cursor, phases)
		return err
	})
	both(func() (err error) {
		totals.Total, totals.More, err = count(ctx, from, phases)
		return err
	})
	err := reading.Wait()
	out.Total, out.More = totals.Total, totals.More
	return out, err
}

func read[D any](ctx context.Context, from *store.Collection[D], limit int, cursor string, phases []Phase[D]) (out Listing[D], err error) {
	n, after, err := parse(cursor, len(phases))
	if err != nil {
		return out, err
	}
	for ; n < len(phases); n, after = n+1, "" {
		if out.Items, after, err = fill(ctx, from, phases[n], out.Items, limit, after); err != nil {
			return out, err
		}
		if after != "" {
			out.Next = strconv.Itoa(n) + "." + after
			break
		}
		if len(out.Items) >= limit {
			if out.Next, err = behind(ctx, from, phases, n+1); err != nil {
				return out, err
			}
			break
		}
	}
	return out, nil
}

type untold struct{}

// WithoutTotals has pages read without their total: for whoever reads them all.
func WithoutTotals(ctx context.Context) context.Context {
	return context.WithValue(ctx, untold{}, true)
}

// fill reads on in a phase until the page is full, enough has been looked at, or
// the phase is over; after is then empty.
func fill[D any](ctx context.Context, from *store.Collection[D], p Phase[D], items []D, limit int, after string) ([]D, string, error) {
	for looked := 0; len(p.Queries) > 0; {
		page, err := p.fetch(ctx, from, limit-len(items), after)
		if err != nil {
			return items, "", err
		}
		looked += len(page.Items)
		kept, err := p.kept(ctx, page.Items)
		if err != nil {
			return items, "", err
		}
		items = append(items, kept...)
		if after = page.Next; after == "" || len(items) >= limit || looked >= pageLooks {
			break
		}
		if looked >= 4*limit && 2*len(items) >= limit { // the last few would be looked for one by one
			break
		}
	}
	return items, after, nil
}

// behind names the next phase that has anything.
func behind[D any](ctx context.Context, from *store.Collection[D], phases []Phase[D], n int) (string, error) {
	for ; n < len(phases); n++ {
		found, after, err := fill(ctx, from, phases[n], nil, 20, "")
		if err != nil {
			return "", err
		}
		if len(found) > 0 || after != "" {
			return strconv.Itoa(n) + ".", nil
		}
	}
	return "", nil
}

func (p Phase[D]) fetch(ctx context.Context, from *store.Collection[D], limit int, after string) (store.Page[D], error) {
	queries := make([]store.Query, len(p.Queries))
	for i, q := range p.Queries {
		q.Limit, q.After = limit, after
		queries[i] = q
	}
	return store.FindMany(ctx, from, queries, p.Less)
}

// count asks the index where one query tells, and walks otherwise.
func count[D any](ctx context.Context, from *store.Collection[D], phases []Phase[D]) (total int64, more bool, err error) {
	for _, p := range phases {
		n, over, err := p.count(ctx, from, max(1, web.CountLimit-total))
		if err != nil {
			return 0, false, err
		}
		total += n
		if more = more || over || total > web.CountLimit; more && total > 0 {
			break // there are more than so many, whatever the others have
		}
	}
	return min(total, web.CountLimit), more, nil
}

// count is exact up to a limit where nothing is left out, and else within what
// is looked at.
func (p Phase[D]) count(ctx context.Context, from *store.Collection[D], limit int64) (n int64, more bool, err error) {
	if len(p.Queries) == 1 && p.all() {
		return from.Count(ctx, p.Queries[0], limit)
	}
	if p.Apart && p.all() {
		return store.CountMany(ctx, from, p.Queries, limit)
	}
	after, looked, step := "", 0, 1000
	if !p.all() {
		step = totalLooks
	}
	for len(p.Queries) > 0 {
		page, err := p.fetch(ctx, from, step, after)
		if err != nil {
			return n, false, err
		}
		found := len(page.Items)
		kept, err := p.kept(ctx, page.Items)
		if err != nil {
			return n, false, err
		}
		n += int64(len(kept))
		looked += found
		if after = page.Next; after == "" || n > limit {
			break
		}
		if !p.all() && looked >= totalLooks {
			return n, true, nil
		}
	}
	return min(n, limit), n > limit, nil
}

// Each walks a whole phase in its order: for what is no page of a list.
func (p Phase[D]) Each(ctx context.Context, from *store.Collection[D], fn func(D)) error {
	for after := ""; len(p.Queries) > 0; {
		page, err := p.fetch(ctx, from, 500, after)
		if err != nil {
			return err
		}
		kept, err := p.kept(ctx, page.Items)
		if err != nil {
			return err
		}
		for _, d := range kept {
			fn(d)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	return nil
}

func parse(cursor string, phases int) (int, string, error) {
	if cursor == "" {
		return 0, "", nil
	}
	number, after, ok := strings.Cut(cursor, ".")
	n, err := strconv.Atoi(number)
	if !ok || err != nil || n < 0 || n >= phases {
		return 0, "", store.ErrBadCursor
	}
	return n, after, nil
}
