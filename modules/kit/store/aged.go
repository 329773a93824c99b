package store

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Aged are records by their age: how many are older than an instant, and how
// to remove them. Remove is nil where nothing may be.
type Aged struct {
	Count  func(ctx context.Context, before time.Time) (n int64, more bool, err error)
	Remove func(ctx context.Context, before time.Time) (n int64, err error)
}

// agedLimit is how far Count is exact.
const agedLimit = 10_000

// Aging tells the age of documents by an index whose next field after the
// equal ones is an instant.
func Aging[T any](c *Collection[T], index string, equal ...any) Aged {
	older := func(before time.Time) Query { return Query{Index: index, Equal: equal, Until: before, Limit: 500} }
	return Aged{
		Count: func(ctx context.Context, before time.Time) (int64, bool, error) {
			return c.Count(ctx, older(before), agedLimit)
		},
		Remove: func(ctx context.Context, before time.Time) (n int64, err error) {
			for {
				page, err := c.Find(ctx, older(before)) // always the first: what was on it is gone
				if err != nil || len(page.Items) == 0 {
					return n, err
				}
				for i := range page.Items {
					m, err := metaOf(&page.Items[i])
					if err != nil {
						return n, err
					}
					err = c.Delete(ctx, m.ID, 0)
					if err != nil && !errors.Is(err, ErrNotFound) {
						return n, fmt.Errorf("remove from %s: %w", c.Name(), err)
					}
					if err == nil {
						n++
					}
				}
			}
		},
	}
}

// AgingByWalk tells the age of the few documents of a collection that has no
// such index, by walking it: never on a request path but by its administrator.
func AgingByWalk[T any](c *Collection[T], since func(T) time.Time) Aged {
	old := func(ctx context.Context, before time.Time) (ids []string, err error) {
		err = c.Scan(ctx, func(d T) error {
			if since(d).Before(before) {
				m, err := metaOf(&d)
				if err != nil {
					return err
				}
				ids = append(ids, m.ID)
			}
			return nil
		})
		return ids, err
	}
	return Aged{
		Count: func(ctx context.Context, before time.Time) (int64, bool, error) {
			ids, err := old(ctx, before)
			return int64(len(ids)), false, err
		},
		Remove: func(ctx context.Context, before time.Time) (n int64, err error) {
			ids, err := old(ctx, before)
			for _, id := range ids {
				if err != nil {
					break
				}
				if err = c.Delete(ctx, id, 0); err == nil {
					n++
				} else if errors.Is(err, ErrNotFound) {
					err = nil
				}
			}
			return n, err
		},
	}
}
