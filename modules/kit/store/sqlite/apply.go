package sqlite

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"carecert/modules/kit/store"
)

func jsonList(ids []string) (string, error) {
	raw, err := json.Marshal(ids)
	return string(raw), err
}

// apply carries out one write on the writing connection.
func (e *Engine) apply(ctx context.Context, w *store.Write) error {
	t, err := e.table(w.Collection)
	if err != nil {
		return err
	}
	switch w.Op {
	case store.OpInsert:
		err = e.insert(ctx, t, w.ID, w.Body)
	case store.OpReplace:
		err = e.replace(ctx, t, w)
	case store.OpPut:
		err = e.put(ctx, t, w)
	case store.OpIncrement:
		err = e.increment(ctx, t, w)
	case store.OpDelete:
		err = e.delete(ctx, t, w)
	default:
		err = fmt.Errorf("unknown operation %d", w.Op)
	}
	return t.explain(err, w.ID)
}

// columns are the values of a row: version, body and the single keys.
func (t *table) columns(body []byte) ([]any, error) {
	version, _ := bson.Raw(body).Lookup("_v").AsInt64OK()
	out := []any{version, body}
	for _, ix := range t.single {
		keys, err := keysOf(body, ix)
		if err != nil {
			return nil, err
		}
		if len(keys) == 0 {
			out = append(out, nil)
			continue
		}
		out = append(out, keys[0])
	}
	return out, nil
}

func (e *Engine) insert(ctx context.Context, t *table, id string, body []byte) error {
	cols, err := t.columns(body)
	if err != nil {
		return err
	}
	if err := e.write.exec(ctx, t.insert, append([]any{id}, cols...)...); err != nil {
		// Where several indexes object, the id comes first, as on MongoDB.
		if doc, cerr := e.current(ctx, t, id); cerr == nil && doc != nil {
			return &store.DuplicateError{Collection: t.name, Index: "_id", ID: id}
		}
		return err
	}
	return e.rekey(ctx, t, id, nil, body)
}

func (e *Engine) replace(ctx context.Context, t *table, w *store.Write) error {
	var before bson.Raw
	var err error
	if len(t.many) > 0 {
		if before, err = e.current(ctx, t, w.ID); err != nil {
			return err
		}
	}
	cols, err := t.columns(w.Body)
	if err != nil {
		return err
	}
	n, err := e.write.affected(ctx, t.update, append(cols, w.ID, w.Expect)...)
	if err != nil {
		return err
	}
	if n == 0 {
		return e.whyNot(ctx, t, w.ID)
	}
	return e.rekey(ctx, t, w.ID, before, w.Body)
}

// whyNot tells a missing document from one at another version.
func (e *Engine) whyNot(ctx context.Context, t *table, id string) error {
	doc, err := e.current(ctx, t, id)
	if err != nil {
		return err
	}
	if doc == nil {
		return store.ErrNotFound
	}
	return store.ErrConflict
}

func (e *Engine) put(ctx context.Context, t *table, w *store.Write) error {
	before, err := e.current(ctx, t, w.ID)
	if err != nil {
		return err
	}
	if before == nil {
		return e.insert(ctx, t, w.ID, w.Body)
	}
	return e.overwrite(ctx, t, w.ID, before, w.Body)
}

func (e *Engine) overwrite(ctx context.Context, t *table, id string, before bson.Raw, body []byte) error {
	version, _ := before.Lookup("_v").AsInt64OK()
	cols, err := t.columns(body)
	if err != nil {
		return err
	}
	if _, err := e.write.affected(ctx, t.update, append(cols, id, version)...); err != nil {
		return err
	}
	return e.rekey(ctx, t, id, before, body)
}

func (e *Engine) increment(ctx context.Context, t *table, w *store.Write) error {
	before, err := e.current(ctx, t, w.ID)
	if err != nil {
		return err
	}
	doc := bson.D{{Key: "_id", Value: w.ID}, {Key: "_v", Value: int64(0)}}
	if before != nil {
		doc = nil
		if err := bson.Unmarshal(before, &doc); err != nil {
			return err
		}
	}
	for _, path := range slices.Sorted(maps.Keys(w.Deltas)) {
		if doc, err = add(doc, strings.Split(path, "."), w.Deltas[path]); err != nil {
			return fmt.Errorf("increment %s: %w", path, err)
		}
	}
	if doc, err = add(doc, []string{"_v"}, 1); err != nil {
		return err
	}
	body, err := bson.Marshal(doc)
	if err != nil {
		return err
	}
	if before == nil {
		return e.insert(ctx, t, w.ID, body)
	}
	return e.overwrite(ctx, t, w.ID, before, body)
}

// add adds n at the path and creates what is missing.
func add(doc bson.D, path []string, n int64) (bson.D, error) {
	i := slices.IndexFunc(doc, func(el bson.E) bool { return el.Key == path[0] })
	if i < 0 {
		doc = append(doc, bson.E{Key: path[0]})
		i = len(doc) - 1
	}
	if len(path) > 1 {
		inner, ok := doc[i].Value.(bson.D)
		if !ok && doc[i].Value != nil {
			return nil, fmt.Errorf("%s is not a document", path[0])
		}
		inner, err := add(inner, path[1:], n)
		doc[i].Value = inner
		return doc, err
	}
	switch v := doc[i].Value.(type) {
	case nil:
		doc[i].Value = n
	case int32:
		doc[i].Value = int64(v) + n
	case int64:
		doc[i].Value = v + n
	default:
		return nil, fmt.Errorf("%s is not an integer", path[0])
	}
	return doc, nil
}

func (e *Engine) delete(ctx context.Context, t *table, w *store.Write) error {
	before, err := e.current(ctx, t, w.ID)
	if err != nil {
		return err
	}
	if before == nil {
		return store.ErrNotFound
	}
	if v, _ := before.Lookup("_v").AsInt64OK(); w.Expect != 0 && v != w.Expect {
		return store.ErrConflict
	}
	if err := e.write.exec(ctx, t.delete, w.ID); err != nil {
		return err
	}
	return e.rekey(ctx, t, w.ID, before, nil)
}

// rekey brings the side tables of the array indexes up to date.
func (e *Engine) rekey(ctx context.Context, t *table, id string, before, now bson.Raw) error {
	for _, m := range t.many {
		var old, fresh [][]byte
		var err error
		if before != nil {
			if old, err = keysOf(before, m.Index); err != nil {
				return err
			}
		}
		if now != nil {
			if fresh, err = keysOf(now, m.Index); err != nil {
				return err
			}
		}
		for _, k := range old {
			if !slices.ContainsFunc(fresh, func(f []byte) bool { return bytes.Equal(f, k) }) {
				if err := e.write.exec(ctx, m.delete, k, id); err != nil {
					return err
				}
			}
		}
		for _, k := range fresh {
			if !slices.ContainsFunc(old, func(o []byte) bool { return bytes.Equal(o, k) }) {
				if err := e.write.exec(ctx, m.insert, k, id); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// explain names the index behind a uniqueness error.
func (t *table) explain(err error, id string) error {
	var se *sqlite.Error
	if !errors.As(err, &se) {
		return err
	}
	code := se.Code()
	if code != lib.SQLITE_CONSTRAINT_UNIQUE && code != lib.SQLITE_CONSTRAINT_PRIMARYKEY {
		return fmt.Errorf("sqlite: %s: %w", t.name, err)
	}
	text := se.Error()
	for _, ix := range t.single {
		if strings.Contains(text, column(ix)) {
			return &store.DuplicateError{Collection: t.name, Index: ix.Name, ID: id}
		}
	}
	for _, m := range t.many {
		if strings.Contains(text, m.side) {
			return &store.DuplicateError{Collection: t.name, Index: m.Name, ID: id}
		}
	}
	return &store.DuplicateError{Collection: t.name, Index: "_id", ID: id}
}
