package store

import (
	"context"
	"fmt"
	"slices"
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
