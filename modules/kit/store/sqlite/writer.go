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
	closing  chan struct{}
	done     chan struct{}
	once     sync.Once
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
	w := &writer{conn: conn, requests: make(chan *request, batchLimit), closing: make(chan struct{}), done: make(chan struct{}), stmts: map[string]*sql.Stmt{}}
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
		select {
		case <-r.acked: // in the last commit
		default:
			return errClosed
		}
	}
	if r.panic != nil {
		panic(r.panic) //nolint:forbidigo // the closure's own panic, handed back to its caller
	}
	return r.err
}

func (w *writer) close() error {
	w.once.Do(func() { close(w.closing) })
	<-w.done
	return w.conn.Close()
}

func (w *writer) loop() {
	defer close(w.done)
	for {
		select {
		case first := <-w.requests:
			for _, r := range w.gather(first) {
				close(r.acked)
			}
		case <-w.closing: // whoever still waits is told so by done
			return
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
	err := w.attempt(first)
	for err == nil && len(batch) < batchLimit {
		var next *request
		select {
		case next = <-w.requests:
		default:
		}
		if next == nil { // nobody waits
			break
		}
		batch = append(batch, next)
		err = w.attempt(next)
	}
	if err == nil {
		err = w.exec(ctx, "COMMIT")
	}
	if err != nil {
		_ = w.exec(ctx, "ROLLBACK") // the first error is what matters
		for _, r := range batch {
			if r.err == nil {
				r.err = fmt.Errorf("sqlite: commit: %w", err)
			}
		}
	}
	return batch
}

// attempt runs one request in its savepoint; what fails leaves nothing. Its own
// error tells that the whole transaction is gone, as SQLite does when a disk
// is full: what comes after would be committed by itself.
func (w *writer) attempt(r *request) (gone error) {
	if r.err = r.ctx.Err(); r.err != nil {
		return nil
	}
	ctx := context.WithoutCancel(r.ctx)
	if r.err = w.exec(ctx, "SAVEPOINT one"); r.err != nil {
		return r.err
	}
	r.err = w.guarded(r)
	if r.err == nil {
		r.err = r.ctx.Err()
	}
	if r.err != nil || r.panic != nil {
		gone = w.exec(ctx, "ROLLBACK TO one")
	}
	gone = errors.Join(gone, w.exec(ctx, "RELEASE one"))
	r.err = errors.Join(r.err, gone)
	return gone
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

// A statement on the writing connection is never interrupted: SQLite answers
// an interrupted write by rolling the whole transaction back, and everybody's
// writes are in it. A context that has ended stops what has not begun.

func (w *writer) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s, err := w.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(context.WithoutCancel(ctx), args...)
}

func (w *writer) exec(ctx context.Context, query string, args ...any) error {
	_, err := w.affected(ctx, query, args...)
	return err
}

func (w *writer) affected(ctx context.Context, query string, args ...any) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	s, err := w.stmt(ctx, query)
	if err != nil {
		return 0, err
	}
	res, err := s.ExecContext(context.WithoutCancel(ctx), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
