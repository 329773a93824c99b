package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// DB is an open database: an engine and the collections declared on it.
type DB struct {
	engine Engine
	specs  []Spec
}

// New wraps an engine.
func New(e Engine) *DB { return &DB{engine: e} }

// Engine names the engine: "sqlite" or "mongodb".
func (db *DB) Engine() string { return db.engine.Name() }

// Specs lists the declared collections in order of declaration.
func (db *DB) Specs() []Spec { return slices.Clone(db.specs) }

// Ensure makes every declared collection and index exist. Called once at start.
func (db *DB) Ensure(ctx context.Context) error {
	for _, s := range db.specs {
		if err := db.engine.Ensure(ctx, s); err != nil {
			return fmt.Errorf("ensure %s: %w", s.Name, err)
		}
	}
	return nil
}

// Ping tells whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.engine.Ping(ctx) }

// Close ends it.
func (db *DB) Close(ctx context.Context) error { return db.engine.Close(ctx) }

type txKey struct{}

type txState struct {
	before []func(context.Context) error
	after  []func(context.Context)
	end    []func(context.Context)
	kept   map[any]any
}

// Tx runs fn in one transaction over any documents; a Tx inside a Tx joins it.
// Hooks registered by AfterCommit run after the commit, before Tx returns.
func (db *DB) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	if ctx.Value(txKey{}) != nil {
		return fn(ctx)
	}
	var state *txState
	err := db.engine.Tx(ctx, func(ctx context.Context) error {
		state = &txState{} // a retried closure starts anew
		ctx = context.WithValue(ctx, txKey{}, state)
		if err := fn(ctx); err != nil {
			return err
		}
		for i := 0; i < len(state.before); i++ { // a hook may register another
			if err := state.before[i](ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		if state != nil {
			run(ctx, state.end)
		}
		return err
	}
	run(ctx, state.after)
	run(ctx, state.end)
	return nil
}

func run(ctx context.Context, hooks []func(context.Context)) {
	for _, hook := range hooks {
		hook(ctx)
	}
}

// InTx tells whether the context carries a transaction.
func InTx(ctx context.Context) bool { return ctx.Value(txKey{}) != nil }

// AfterCommit runs the hook once the transaction of ctx has committed; at once
// when there is none. The hook gets a context without the transaction.
func AfterCommit(ctx context.Context, hook func(context.Context)) {
	if s, ok := ctx.Value(txKey{}).(*txState); ok {
		s.after = append(s.after, hook)
		return
	}
	hook(ctx)
}

// AfterEnd runs the hook once the transaction of ctx has ended, whether it was
// committed or not; at once when there is none. For what must outlive a
// refusal: the note that somebody was refused.
func AfterEnd(ctx context.Context, hook func(context.Context)) {
	if s, ok := ctx.Value(txKey{}).(*txState); ok {
		s.end = append(s.end, hook)
		return
	}
	hook(ctx)
}

// Kept gives what the transaction of ctx keeps under the key and makes it at
// the first call; false outside a transaction. With BeforeCommit it lets a
// package gather what many calls write and write it at once.
func Kept(ctx context.Context, key any, create func() any) (any, bool) {
	s, ok := ctx.Value(txKey{}).(*txState)
	if !ok {
		return nil, false
	}
	v, ok := s.kept[key]
	if !ok {
		if s.kept == nil {
			s.kept = map[any]any{}
		}
		v = create()
		s.kept[key] = v
	}
	return v, true
}

// BeforeCommit runs the hook inside the transaction of ctx once its closure
// has succeeded; an error rolls everything back. Outside a transaction it does
// nothing.
func BeforeCommit(ctx context.Context, hook func(context.Context) error) {
	if s, ok := ctx.Value(txKey{}).(*txState); ok {
		s.before = append(s.before, hook)
	}
}

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

// ScanRaw walks a declared collection as BSON documents: for export.
func (db *DB) ScanRaw(ctx context.Context, collection string, fn func(id string, body []byte) error) error {
	after := ""
	for {
		bodies, err := db.engine.Scan(ctx, collection, after, 500)
		if err != nil || len(bodies) == 0 {
			return err
		}
		for _, b := range bodies {
			id, _ := bson.Raw(b).Lookup("_id").StringValueOK()
			if err := fn(id, b); err != nil {
				return err
			}
			after = id
		}
	}
}

// PutRaw writes BSON documents as they are: for restore.
func (db *DB) PutRaw(ctx context.Context, collection string, bodies ...[]byte) error {
	return db.writeRaw(ctx, OpPut, collection, bodies)
}

// Clear deletes every document of every declared collection but the kept ones:
// for data that never came into use. What is cut short is cleared the next
// time.
func (db *DB) Clear(ctx context.Context, keep ...string) error {
	for _, s := range db.specs {
		for !slices.Contains(keep, s.Name) {
			bodies, err := db.engine.Scan(ctx, s.Name, "", 500)
			if err != nil {
				return fmt.Errorf("clear %s: %w", s.Name, err)
			}
			if len(bodies) == 0 {
				break
			}
			if err := db.writeRaw(ctx, OpDelete, s.Name, bodies); err != nil {
				return fmt.Errorf("clear %s: %w", s.Name, err)
			}
		}
	}
	return nil
}

// InsertRaw inserts BSON documents as they are: for benchmarks.
func (db *DB) InsertRaw(ctx context.Context, collection string, bodies ...[]byte) error {
	return db.writeRaw(ctx, OpInsert, collection, bodies)
}

func (db *DB) writeRaw(ctx context.Context, op Op, collection string, bodies [][]byte) error {
	writes := make([]Write, 0, len(bodies))
	for _, b := range bodies {
		id, ok := bson.Raw(b).Lookup("_id").StringValueOK()
		if !ok {
			return fmt.Errorf("store: %s: document without an id", collection)
		}
		writes = append(writes, Write{Op: op, Collection: collection, ID: id, Body: b})
	}
	if len(writes) == 0 {
		return nil
	}
	return db.engine.Write(ctx, writes)
}
