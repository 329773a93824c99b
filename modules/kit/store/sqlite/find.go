package sqlite

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"

	"carecert/modules/kit/store"
)

// source is where an index is read: the table itself, or a side table joined
// to it. k and id are the entry, body the document.
func source(collection string, ix store.Index) (from, k, id string) {
	if ix.Many != "" {
		return quote(collection+"__"+ix.Name+"_") + " AS s CROSS JOIN " + quote(collection) + " AS d ON d.id = s.id", "s.k", "s.id"
	}
	return quote(collection) + " AS d INDEXED BY " + quote(collection+"_"+ix.Name+"_i"), "d." + quote(column(ix)), "d.id"
}

// Find implements store.Engine.
func (e *Engine) Find(ctx context.Context, spec store.Spec, ix store.Index, q store.Query) (out [][]byte, more bool, err error) {
	from, until, err := bounds(q)
	if err != nil {
		return nil, false, err
	}
	src, k, id := source(spec.Name, ix)
	order, further := " ORDER BY "+k+", "+id, ">"
	if q.Desc {
		order, further = " ORDER BY "+k+" DESC, "+id+" DESC", "<"
	}
	query := "SELECT d.body FROM " + src + " WHERE " + k + " >= ? AND " + k + " < ?"
	args := []any{from, until}
	if q.After != "" {
		ck, cid, err := readCursor(q)
		if err != nil {
			return nil, false, err
		}
		// It may lie outside the range: of several ranges as one list, in another.
		first, last, err := bounds(store.Query{Equal: q.Equal})
		if err != nil {
			return nil, false, err
		}
		if bytes.Compare(ck, first) < 0 || bytes.Compare(ck, last) >= 0 {
			return nil, false, store.ErrBadCursor
		}
		query += " AND (" + k + ", " + id + ") " + further + " (?, ?)"
		args = append(args, ck, cid)
	}
	rows, err := e.rows(ctx, query+order+" LIMIT ?", append(args, q.Limit+1)...)
	if err != nil {
		return nil, false, fmt.Errorf("sqlite: find in %s by %s: %w", spec.Name, ix.Name, err)
	}
	if out, err = bodies(rows); len(out) > q.Limit {
		return out[:q.Limit], true, err
	}
	return out, false, err
}

// Match implements store.Engine: look-ups cost no way to a server here.
func (e *Engine) Match(ctx context.Context, spec store.Spec, ix store.Index, keys [][]string, most int) (out [][]byte, err error) {
	for _, k := range keys {
		found, _, err := e.Find(ctx, spec, ix, store.Query{Equal: anys(k), Limit: most})
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

func anys(key []string) []any {
	out := make([]any, len(key))
	for i, k := range key {
		out[i] = k
	}
	return out
}

// Count implements store.Engine.
func (e *Engine) Count(ctx context.Context, spec store.Spec, ix store.Index, q store.Query, limit int64) (n int64, err error) {
	from, until, err := bounds(q)
	if err != nil {
		return 0, err
	}
	src, k := quote(spec.Name)+" AS d INDEXED BY "+quote(spec.Name+"_"+ix.Name+"_i"), "d."+quote(column(ix))
	if ix.Many != "" {
		src, k = quote(spec.Name+"__"+ix.Name+"_")+" AS s", "s.k"
	}
	rows, err := e.rows(ctx, "SELECT count(*) FROM (SELECT 1 FROM "+src+" WHERE "+k+" >= ? AND "+k+" < ? LIMIT ?)", from, until, limit)
	if err != nil {
		return 0, fmt.Errorf("sqlite: count in %s by %s: %w", spec.Name, ix.Name, err)
	}
	defer rows.Close()
	if rows.Next() {
		err = rows.Scan(&n)
	}
	if err == nil {
		err = rows.Err()
	}
	return n, err
}

// Cursor implements store.Engine: the entry's key behind the equal fields, and
// the id.
func (e *Engine) Cursor(ix store.Index, q store.Query, body []byte) (string, error) {
	prefix, err := equal(q)
	if err != nil {
		return "", err
	}
	keys, err := keysOf(body, ix)
	if err != nil {
		return "", err
	}
	id, _ := bson.Raw(body).Lookup("_id").StringValueOK()
	for _, k := range keys {
		if rest, ok := bytes.CutPrefix(k, prefix); ok {
			raw := binary.AppendUvarint(nil, uint64(len(rest)))
			return base64.RawURLEncoding.EncodeToString(append(append(raw, rest...), id...)), nil
		}
	}
	return "", fmt.Errorf("sqlite: %s is not in the query's part of %s", id, ix.Name)
}

// readCursor puts what Cursor wrote behind the equal fields of the query;
// ErrBadCursor.
func readCursor(q store.Query) (key []byte, id string, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(q.After)
	if err != nil {
		return nil, "", store.ErrBadCursor
	}
	n, size := binary.Uvarint(raw)
	if size <= 0 || n > uint64(len(raw)-size) {
		return nil, "", store.ErrBadCursor
	}
	if key, err = equal(q); err != nil {
		return nil, "", err
	}
	rest := raw[size:]
	return append(key, rest[:n]...), string(rest[n:]), nil
}
