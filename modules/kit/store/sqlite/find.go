package sqlite

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"

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
func (e *Engine) Find(ctx context.Context, spec store.Spec, ix store.Index, q store.Query) (out [][]byte, next string, err error) {
	from, until, err := bounds(q)
	if err != nil {
		return nil, "", err
	}
	src, k, id := source(spec.Name, ix)
	order, further := " ORDER BY "+k+", "+id, ">"
	if q.Desc {
		order, further = " ORDER BY "+k+" DESC, "+id+" DESC", "<"
	}
	query := "SELECT d.body, " + k + ", " + id + " FROM " + src + " WHERE " + k + " >= ? AND " + k + " < ?"
	args := []any{from, until}
	if q.After != "" {
		ck, cid, ok := readCursor(q.After)
		if !ok || bytes.Compare(ck, from) < 0 || bytes.Compare(ck, until) >= 0 {
			return nil, "", store.ErrBadCursor
		}
		query += " AND (" + k + ", " + id + ") " + further + " (?, ?)"
		args = append(args, ck, cid)
	}
	rows, err := e.rows(ctx, query+order+" LIMIT ?", append(args, q.Limit+1)...)
	if err != nil {
		return nil, "", fmt.Errorf("sqlite: find in %s by %s: %w", spec.Name, ix.Name, err)
	}
	defer rows.Close()
	var lastKey []byte
	var lastID string
	seen := map[string]bool{}
	for rows.Next() {
		if len(out) == q.Limit {
			return out, cursor(lastKey, lastID), rows.Err()
		}
		var body, key []byte
		var doc string
		if err := rows.Scan(&body, &key, &doc); err != nil {
			return nil, "", err
		}
		lastKey, lastID = key, doc
		if ix.Many != "" && seen[doc] { // several elements of one document in the range
			continue
		}
		seen[doc] = true
		out = append(out, body)
	}
	return out, "", rows.Err()
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

// cursor names the last entry of a page.
func cursor(key []byte, id string) string {
	raw := binary.AppendUvarint(nil, uint64(len(key)))
	raw = append(append(raw, key...), id...)
	return base64.RawURLEncoding.EncodeToString(raw)
}

func readCursor(s string) (key []byte, id string, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return nil, "", false
	}
	n, size := binary.Uvarint(raw)
	if size <= 0 || n > uint64(len(raw)-size) {
		return nil, "", false
	}
	rest := raw[size:]
	return rest[:n], string(rest[n:]), n > 0 && rest[0] != 0
}
