// Package testkit is what every module gets from the house, for its tests: a
// clock that is set by hand, and a diary of what was told.
package testkit

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/event"
	"carecert/modules/kit/store"
)

// House has both.
type House struct {
	Clock
	Diary
}

// At makes a house whose clock stands at an instant.
func At(t time.Time) *House {
	h := &House{}
	h.Set(t)
	return h
}

// Clock stands until it is set.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now implements kernel.Clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set sets the clock.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// Pass moves the clock on.
func (c *Clock) Pass(d time.Duration) { c.Set(c.Now().Add(d)) }

// Diary keeps the acts that were recorded and the facts that were announced in
// transactions that were committed; outside of one both are refused.
type Diary struct {
	mu    sync.Mutex
	acts  []kernel.Act
	facts []event.Fact
}

// Record implements the modules' Auditor.
func (d *Diary) Record(ctx context.Context, a kernel.Act) error {
	if !store.InTx(ctx) {
		return errors.New("recorded outside a transaction")
	}
	store.AfterCommit(ctx, func(context.Context) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.acts = append(d.acts, a)
	})
	return nil
}

// Announce implements the modules' Announcer.
func (d *Diary) Announce(ctx context.Context, f event.Fact) error {
	if !store.InTx(ctx) {
		return errors.New("announced outside a transaction")
	}
	store.AfterCommit(ctx, func(context.Context) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.facts = append(d.facts, f)
	})
	return nil
}

// Logged are the acts so far, in order.
func (d *Diary) Logged() []kernel.Act {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.acts)
}

// Announced are the facts so far, in order.
func (d *Diary) Announced() []event.Fact {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.facts)
}
