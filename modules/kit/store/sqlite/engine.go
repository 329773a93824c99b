// Package sqlite is the embedded engine: one file, JSON-like documents as BSON,
// every declared index an order-preserving key (keys.go), every query a range
// over one of them.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	_ "modernc.org/sqlite" // the driver

	"carecert/modules/kit/store"
)

// readers is how many reads run side by side; each sees a snapshot.
const readers = 8

// Engine implements store.Engine on one SQLite file. Several processes may
// have it open: SQLite's own locks keep their writes apart.
type Engine struct {
	pool  *sql.DB // reading
	main  *sql.DB // writing: one connection
	write *writer

	mu    sync.RWMutex
	specs map[string]*table
	stmts map[string]*sql.Stmt
}

// cache of the writing connection in MB, where nothing else is asked for: enough
// for a district.
const cache = 16

// Open opens or creates the file.
func Open(ctx context.Context, path string) (store.Engine, error) {
	return OpenCached(ctx, path, cache)
}

// OpenCached is Open with a page cache of so many MB for writing: a register of
// a million writes its indexes many times faster with 1000 or more.
func OpenCached(ctx context.Context, path string, cacheMB int) (store.Engine, error) {
	dsn := func(pragmas ...string) string {
		v := url.Values{"_pragma": append([]string{"busy_timeout(15000)"}, pragmas...)}
		return (&url.URL{Scheme: "file", Opaque: escapePath(path), RawQuery: v.Encode()}).String()
	}
	main, err := sql.Open("sqlite", dsn("journal_mode(WAL)", "synchronous(FULL)", fmt.Sprintf("cache_size(-%d)", cacheMB*1000), "foreign_keys(0)"))
	if err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	main.SetMaxOpenConns(1)
	conn, err := main.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	pool, err := sql.Open("sqlite", dsn("query_only(1)", "cache_size(-4000)"))
	if err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	pool.SetMaxOpenConns(readers)
	pool.SetMaxIdleConns(readers)
	e := &Engine{pool: pool, main: main, write: newWriter(conn), specs: map[string]*table{}, stmts: map[string]*sql.Stmt{}}
	if err := e.write.do(ctx, e.prepareMeta); err != nil {
		return nil, fmt.Errorf("sqlite: open %s: %w", path, err)
	}
	return e, nil
}

// escapePath keeps ? and # of a file name out of the DSN's syntax.
func escapePath(path string) string {
	return strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
}

// Name implements store.Engine.
func (e *Engine) Name() string { return "sqlite" }

// Ping implements store.Engine.
func (e *Engine) Ping(ctx context.Context) error { return e.pool.PingContext(ctx) }

// Close implements store.Engine: what was acknowledged is on the disk anyway.
func (e *Engine) Close(context.Context) error {
	err := e.write.close()
	if perr := e.pool.Close(); err == nil {
		err = perr
	}
	if merr := e.main.Close(); err == nil {
		err = merr
	}
	return err
}

type txKey struct{ *Engine }

// tx marks a context as inside a transaction of this engine, while it runs.
type tx struct{ over bool }

func (e *Engine) inTx(ctx context.Context) (bool, error) {
	t, ok := ctx.Value(txKey{e}).(*tx)
	if ok && t.over {
		return false, fmt.Errorf("sqlite: the context of a transaction that is over")
	}
	return ok, nil
}

// Tx implements store.Engine. The closure runs on the writing goroutine.
func (e *Engine) Tx(ctx context.Context, fn func(context.Context) error) error {
	if in, err := e.inTx(ctx); err != nil || in {
		if err != nil {
			return err
		}
		return fn(ctx)
	}
	return e.write.do(ctx, func(ctx context.Context) error {
		t := &tx{}
		defer func() { t.over = true }()
		return fn(context.WithValue(ctx, txKey{e}, t))
	})
}

type snapshotKey struct{ *Engine }

// Snapshot implements store.Engine: a reading transaction on a connection of
// its own, which the write-ahead log lets stand beside the writer.
func (e *Engine) Snapshot(ctx context.Context, fn func(context.Context) error) error {
	conn, err := e.pool.Conn(ctx)
	if err != nil {
		return fmt.Errorf("sqlite: snapshot: %w", err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return fmt.Errorf("sqlite: snapshot: %w", err)
	}
	err = fn(context.WithValue(ctx, snapshotKey{e}, conn))
	_, end := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	return errors.Join(err, end)
}

// rows reads with the transaction's connection, the snapshot's, or a reader of
// the pool.
func (e *Engine) rows(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	in, err := e.inTx(ctx)
	if err != nil {
		return nil, err
	}
	if conn, ok := ctx.Value(snapshotKey{e}).(*sql.Conn); ok && !in {
		return conn.QueryContext(ctx, query, args...)
	}
	if in {
		return e.write.query(ctx, query, args...)
	}
	s, err := e.pooled(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

func (e *Engine) pooled(ctx context.Context, query string) (*sql.Stmt, error) {
	e.mu.RLock()
	s, ok := e.stmts[query]
	e.mu.RUnlock()
	if ok {
		return s, nil
	}
	s, err := e.pool.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if other, ok := e.stmts[query]; ok {
		_ = s.Close() // somebody was faster; theirs is kept
		return other, nil
	}
	e.stmts[query] = s
	return s, nil
}

func (e *Engine) table(collection string) (*table, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	t, ok := e.specs[collection]
	if !ok {
		return nil, fmt.Errorf("sqlite: collection %s was not ensured", collection)
	}
	return t, nil
}

// bodies reads one column of BSON documents.
func bodies(rows *sql.Rows) (out [][]byte, err error) {
	defer rows.Close()
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, rows.Err()
}

// Get implements store.Engine.
func (e *Engine) Get(ctx context.Context, collection string, ids []string) ([][]byte, error) {
	t, err := e.table(collection)
	if err != nil {
		return nil, err
	}
	var rows *sql.Rows
	if len(ids) == 1 {
		rows, err = e.rows(ctx, t.get, ids[0])
	} else {
		list, lerr := jsonList(ids)
		if lerr != nil {
			return nil, lerr
		}
		rows, err = e.rows(ctx, t.getMany, list)
	}
	if err != nil {
		return nil, fmt.Errorf("sqlite: get from %s: %w", collection, err)
	}
	return bodies(rows)
}

// Scan implements store.Engine.
func (e *Engine) Scan(ctx context.Context, collection, afterID string, limit int) ([][]byte, error) {
	t, err := e.table(collection)
	if err != nil {
		return nil, err
	}
	rows, err := e.rows(ctx, t.scan, afterID, limit)
	if err != nil {
		return nil, fmt.Errorf("sqlite: scan %s: %w", collection, err)
	}
	return bodies(rows)
}

// Write implements store.Engine: all of the writes or none.
func (e *Engine) Write(ctx context.Context, writes []store.Write) error {
	in, err := e.inTx(ctx)
	if err != nil {
		return err
	}
	all := func(ctx context.Context) error {
		for i := range writes {
			if err := e.apply(ctx, &writes[i]); err != nil {
				return err
			}
		}
		return nil
	}
	if in {
		return all(ctx)
	}
	return e.write.do(ctx, all)
}

// current reads a document inside the writing connection; nil if there is none.
func (e *Engine) current(ctx context.Context, t *table, id string) (bson.Raw, error) {
	rows, err := e.write.query(ctx, t.get, id)
	if err != nil {
		return nil, err
	}
	found, err := bodies(rows)
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}
