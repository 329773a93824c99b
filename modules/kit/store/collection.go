package store

import (
	"context"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
)

type meta interface{ Meta() *Doc }

// Collection is a typed view of one collection. T is a struct that embeds Doc
// as `bson:",inline"`.
type Collection[T any] struct {
	db   *DB
	spec Spec
}

// Open declares a collection on the database. A T without Doc is a programming
// error and is refused at the first use.
func Open[T any](db *DB, spec Spec) *Collection[T] {
	db.specs = append(db.specs, spec)
	return &Collection[T]{db: db, spec: spec}
}

// Name of the collection.
func (c *Collection[T]) Name() string { return c.spec.Name }

func metaOf[T any](doc *T) (*Doc, error) {
	m, ok := any(doc).(meta)
	if !ok {
		return nil, fmt.Errorf("store: %T does not embed store.Doc", doc)
	}
	return m.Meta(), nil
}

func decode[T any](body []byte) (T, error) {
	var doc T
	if err := bson.Unmarshal(body, &doc); err != nil {
		return doc, fmt.Errorf("store: decode %T: %w", doc, err)
	}
	return doc, nil
}

func decodeAll[T any](bodies [][]byte) ([]T, error) {
	out := make([]T, 0, len(bodies))
	for _, b := range bodies {
		doc, err := decode[T](b)
		if err != nil {
			return nil, err
		}
		out = append(out, doc)
	}
	return out, nil
}

// Get reads one document; ErrNotFound.
func (c *Collection[T]) Get(ctx context.Context, id string) (T, error) {
	var zero T
	bodies, err := c.db.engine.Get(ctx, c.spec.Name, []string{id})
	if err != nil {
		return zero, err
	}
	if len(bodies) == 0 {
		return zero, ErrNotFound
	}
	return decode[T](bodies[0])
}

// GetMany reads documents in the order of ids; missing ones are left out.
func (c *Collection[T]) GetMany(ctx context.Context, ids []string) ([]T, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	bodies, err := c.db.engine.Get(ctx, c.spec.Name, ids)
	if err != nil {
		return nil, err
	}
	docs, err := decodeAll[T](bodies)
	if err != nil {
		return nil, err
	}
	place := make(map[string]int, len(ids))
	for i, id := range ids {
		place[id] = i
	}
	slices.SortFunc(docs, func(a, b T) int {
		ma, _ := metaOf(&a)
		mb, _ := metaOf(&b)
		return place[ma.ID] - place[mb.ID]
	})
	return docs, nil
}

func (c *Collection[T]) prepare(op Op, doc *T) (Write, error) {
	m, err := metaOf(doc)
	if err != nil {
		return Write{}, err
	}
	if m.ID == "" {
		return Write{}, fmt.Errorf("store: %s: document without an id", c.spec.Name)
	}
	w := Write{Op: op, Collection: c.spec.Name, ID: m.ID}
	if op == OpReplace {
		w.Expect = m.Version
	}
	before := m.Version
	m.Version++
	if op == OpInsert {
		m.Version = 1
	}
	if w.Body, err = bson.Marshal(doc); err != nil {
		m.Version = before
		return Write{}, fmt.Errorf("store: encode %s: %w", c.spec.Name, err)
	}
	return w, nil
}

// Insert adds documents, all or none inside a Tx; *DuplicateError.
func (c *Collection[T]) Insert(ctx context.Context, docs ...T) error {
	writes := make([]Write, 0, len(docs))
	for i := range docs {
		w, err := c.prepare(OpInsert, &docs[i])
		if err != nil {
			return err
		}
		writes = append(writes, w)
	}
	if len(writes) == 0 {
		return nil
	}
	return c.db.engine.Write(ctx, writes)
}

// Replace writes the document if it is still at doc.Version, and counts the
// version up; ErrConflict, ErrNotFound, *DuplicateError.
func (c *Collection[T]) Replace(ctx context.Context, doc *T) error {
	return c.one(ctx, OpReplace, doc)
}

// Put inserts or replaces whatever the version. For documents that have one
// writer; the version then counts from doc.Version.
func (c *Collection[T]) Put(ctx context.Context, doc *T) error { return c.one(ctx, OpPut, doc) }

func (c *Collection[T]) one(ctx context.Context, op Op, doc *T) error {
	w, err := c.prepare(op, doc)
	if err != nil {
		return err
	}
	if err := c.db.engine.Write(ctx, []Write{w}); err != nil {
		if m, merr := metaOf(doc); merr == nil {
			m.Version--
		}
		return err
	}
	return nil
}

// PutMany is Put for many documents in one write.
func (c *Collection[T]) PutMany(ctx context.Context, docs []T) error {
	writes := make([]Write, 0, len(docs))
	for i := range docs {
		w, err := c.prepare(OpPut, &docs[i])
		if err != nil {
			return err
		}
		writes = append(writes, w)
	}
	if len(writes) == 0 {
		return nil
	}
	return c.db.engine.Write(ctx, writes)
}

// Increment adds to integer fields (bson paths) atomically and creates what is
// missing, the document included.
func (c *Collection[T]) Increment(ctx context.Context, id string, deltas map[string]int64) error {
	if len(deltas) == 0 {
		return nil
	}
	return c.db.engine.Write(ctx, []Write{{Op: OpIncrement, Collection: c.spec.Name, ID: id, Deltas: deltas}})
}

// IncrementMany is Increment for many documents in one write.
func (c *Collection[T]) IncrementMany(ctx context.Context, deltas map[string]map[string]int64) error {
	ids := make([]string, 0, len(deltas))
	for id, d := range deltas {
		if len(d) > 0 {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids) // the same order in every transaction: no dead-locks
	writes := make([]Write, 0, len(ids))
	for _, id := range ids {
		writes = append(writes, Write{Op: OpIncrement, Collection: c.spec.Name, ID: id, Deltas: deltas[id]})
	}
	return c.db.engine.Write(ctx, writes)
}

// Delete removes the document if it is at the version (0: any); ErrNotFound,
// ErrConflict.
func (c *Collection[T]) Delete(ctx context.Context, id string, version int64) error {
	return c.db.engine.Write(ctx, []Write{{Op: OpDelete, Collection: c.spec.Name, ID: id, Expect: version}})
}
