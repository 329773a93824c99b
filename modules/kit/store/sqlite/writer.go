package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// SQLite commits one after the other, and a commit costs a sync to the disk.
// So one goroutine owns the writing connection, gathers what waits into one
// commit, each request in a savepoint of its own, and acknowledges all of them
// after the sync.

// batchLimit bounds a commit, so that nobody waits long for its sync.
const batchLimit = 512

var errClosed = errors.New("sqlite: closed")

// writer owns the writing connection.
type writer struct {
	conn     *sql.Conn
	requests chan *request
	done     chan struct{}
	closing  sync.Once
	stmts    map[string]*sql.Stmt
}

type request struct {
	ctx   context.Context
	run   func(context.Context) error
	err   error
	panic any
	acked chan struct{}
}

func newWriter(conn *sql.Conn) *writer {
	w := &writer{conn: conn, requests: make(chan *request, batchLimit), done: make(chan struct{}), stmts: map[string]*sql.Stmt{}}
	go w.loop()
	return w
}

// do runs fn in a savepoint of the next commit and returns after its sync.
func (w *writer) do(ctx context.Context, fn func(context.Context) error) error {
	r := &request{ctx: ctx, run: fn, acked: make(chan struct{})}
	select {
	case w.requests <- r:
	case <-w.done:
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case <-r.acked:
	case <-w.done:
		return errClosed
	}
	if r.panic != nil {
		panic(r.panic) //nolint:forbidigo // the closure's own panic, handed back to its caller
	}
	return r.err
}

func (w *writer) close() error {
	w.closing.Do(func() { close(w.requests) })
	<-w.done
	return w.conn.Close()
}

func (w *writer) loop() {
	defer close(w.done)
	for first := range w.requests {
		batch := w.gather(first)
		for _, r := range batch {
			close(r.acked)
		}
	}
}

// gather runs the first request and what waits behind it in one commit.
func (w *writer) gather(first *request) []*request {
	ctx := context.WithoutCancel(first.ctx)
	batch := []*request{first}
	if err := w.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		first.err = fmt.Errorf("sqlite: begin: %w", err)
		return batch
	}
	w.attempt(first)
	for len(batch) < batchLimit {
		var next *request
		select {
		case next = <-w.requests:
		default:
		}
		if next == nil { // nobody waits, or closing
			break
		}
		batch = append(batch, next)
		w.attempt(next)
	}
	if err := w.exec(ctx, "COMMIT"); err != nil {
		_ = w.exec(ctx, "ROLLBACK") // the commit's own error is what matters
		for _, r := range batch {
			if r.err == nil {
				r.err = fmt.Errorf("sqlite: commit: %w", err)
			}
		}
	}
	return batch
}

// attempt runs one request in its savepoint; what fails leaves nothing.
func (w *writer) attempt(r *request) {
	if r.err = r.ctx.Err(); r.err != nil {
		return
	}
	ctx := context.WithoutCancel(r.ctx)
	if r.err = w.exec(ctx, "SAVEPOINT one"); r.err != nil {
		return
	}
	r.err = w.guarded(r)
	if r.err == nil {
		r.err = r.ctx.Err()
	}
	if r.err != nil || r.panic != nil {
		if err := w.exec(ctx, "ROLLBACK TO one"); err != nil {
			r.err = errors.Join(r.err, err)
		}
	}
	if err := w.exec(ctx, "RELEASE one"); err != nil {
		r.err = errors.Join(r.err, err)
	}
}

func (w *writer) guarded(r *request) (err error) {
	defer func() { r.panic = recover() }()
	return r.run(r.ctx)
}

func (w *writer) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := w.stmts[query]; ok {
		return s, nil
	}
	s, err := w.conn.PrepareContext(context.WithoutCancel(ctx), query)
	if err != nil {
		return nil, err
	}
	w.stmts[query] = s
	return s, nil
}

func (w *writer) exec(ctx context.Context, query string, args ...any) error {
	_, err := w.affected(ctx, query, args...)
	return err
}

func (w *writer) affected(ctx context.Context, query string, args ...any) (int64, error) {
	s, err := w.stmt(ctx, query)
	if err != nil {
		return 0, err
	}
	res, err := s.ExecContext(ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
