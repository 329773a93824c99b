package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
)

func (c *Collection[T]) index(q Query) (Index, error) {
	for _, i := range c.spec.Indexes {
		if i.Name == q.Index {
			ranged := q.From != nil || q.Until != nil || q.Prefix != ""
			if len(q.Equal) > len(i.Fields) || (ranged && len(q.Equal) == len(i.Fields)) {
				return Index{}, fmt.Errorf("%w: %s.%s has %d fields", ErrNoIndex, c.spec.Name, q.Index, len(i.Fields))
			}
			if i.Many != "" && slices.Index(i.Fields, i.Many) >= len(q.Equal) {
				return Index{}, fmt.Errorf("%w: %s.%s needs a value for %s", ErrNoIndex, c.spec.Name, q.Index, i.Many)
			}
			return i, nil
		}
	}
	return Index{}, fmt.Errorf("%w: %s.%s", ErrNoIndex, c.spec.Name, q.Index)
}

// Find answers a page of a query; ErrNoIndex, ErrBadCursor.
func (c *Collection[T]) Find(ctx context.Context, q Query) (Page[T], error) {
	index, bodies, more, err := c.find(ctx, q)
	if err != nil {
		return Page[T]{}, err
	}
	var p Page[T]
	if more {
		if p.Next, err = c.db.engine.Cursor(index, q, bodies[len(bodies)-1]); err != nil {
			return Page[T]{}, err
		}
	}
	p.Items, err = decodeAll[T](bodies)
	return p, err
}

func (c *Collection[T]) find(ctx context.Context, q Query) (index Index, bodies [][]byte, more bool, err error) {
	if index, err = c.index(q); err != nil {
		return index, nil, false, err
	}
	if q.Limit <= 0 {
		q.Limit = defaultLimit
	}
	q.Limit = min(q.Limit, 1000)
	bodies, more, err = c.db.engine.Find(ctx, c.spec, index, q)
	return index, bodies, more, err
}

// defaultLimit is how many documents a page has where a query does not say.
const defaultLimit = 100

// First answers the first document of a query; ErrNotFound.
func (c *Collection[T]) First(ctx context.Context, q Query) (T, error) {
	q.Limit = 1
	p, err := c.Find(ctx, q)
	if err == nil && len(p.Items) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		var zero T
		return zero, err
	}
	return p.Items[0], nil
}

// Each walks a whole query page by page. The walk ends when fn errs; Stop ends
// it without an error.
func (c *Collection[T]) Each(ctx context.Context, q Query, fn func(T) error) error {
	if q.Limit == 0 {
		q.Limit = 500
	}
	for {
		p, err := c.Find(ctx, q)
		if err != nil {
			return err
		}
		for _, doc := range p.Items {
			if err := fn(doc); err != nil {
				if errors.Is(err, Stop) {
					return nil
				}
				return err
			}
		}
		if p.Next == "" {
			return nil
		}
		q.After = p.Next
	}
}

// Stop ends an Each or Scan without an error.
var Stop = errors.New("store: stop")

// Count counts a query's answer up to a limit; more tells that there are more.
func (c *Collection[T]) Count(ctx context.Context, q Query, limit int64) (n int64, more bool, err error) {
	index, err := c.index(q)
	if err != nil {
		return 0, false, err
	}
	n, err = c.db.engine.Count(ctx, c.spec, index, q, limit+1)
	if n > limit {
		return limit, true, err
	}
	return n, false, err
}

// Scan walks the whole collection by id: for rebuild and export only, never on
// a request path.
func (c *Collection[T]) Scan(ctx context.Context, fn func(T) error) error {
	after := ""
	for {
		bodies, err := c.db.engine.Scan(ctx, c.spec.Name, after, 500)
		if err != nil || len(bodies) == 0 {
			return err
		}
		docs, err := decodeAll[T](bodies)
		if err != nil {
			return err
		}
		for i := range docs {
			if err := fn(docs[i]); err != nil {
				if errors.Is(err, Stop) {
					return nil
				}
				return err
			}
			m, err := metaOf(&docs[i])
			if err != nil {
				return err
			}
			after = m.ID
		}
	}
}

// Match answers, for each of many keys, the documents that equal it on a prefix
// of an index's fields, which are strings: up to `most` of each, in the order
// of the index. It asks the database once for hundreds of keys, where Find
// would ask for each.
func (c *Collection[T]) Match(ctx context.Context, index string, keys [][]string, most int) ([][]T, error) {
	out := make([][]T, len(keys))
	if len(keys) == 0 {
		return out, nil
	}
	ix, err := c.index(Query{Index: index, Equal: make([]any, len(keys[0]))})
	if err != nil {
		return nil, err
	}
	if ix.Many != "" {
		return nil, fmt.Errorf("%w: %s.%s looks up elements", ErrNoIndex, c.spec.Name, index)
	}
	at := make(map[string][]int, len(keys)) // places of a key: it may be asked for twice
	for i, k := range keys {
		if len(k) != len(keys[0]) {
			return nil, fmt.Errorf("%w: %s.%s with keys of %d and %d fields", ErrNoIndex, c.spec.Name, index, len(keys[0]), len(k))
		}
		at[joined(k)] = append(at[joined(k)], i)
	}
	distinct := make([][]string, 0, len(at))
	for _, places := range at {
		distinct = append(distinct, keys[places[0]])
	}
	for part := range slices.Chunk(distinct, 500) {
		bodies, err := c.db.engine.Match(ctx, c.spec, ix, part, most)
		if err != nil {
			return nil, err
		}
		for _, body := range bodies {
			key := make([]string, len(keys[0]))
			for i := range key {
				key[i], _ = bson.Raw(body).Lookup(strings.Split(ix.Fields[i], ".")...).StringValueOK()
			}
			doc, err := decode[T](body)
			if err != nil {
				return nil, err
			}
			for _, place := range at[joined(key)] {
				if len(out[place]) < most {
					out[place] = append(out[place], doc)
				}
			}
		}
	}
	return out, nil
}

// joined is a key as one text; no field of an index holds a NUL.
func joined(key []string) string { return strings.Join(key, "\x00") }
