package event

import (
	"context"
	"time"

	"carecert/modules/kit/lease"
	"carecert/modules/kit/store"
)

const (
	sweepEvery = time.Second
	sweepLease = 30 * time.Second
)

// Sweep delivers what is due again, once. Two at a time do no harm.
func (b *Bus) Sweep(ctx context.Context) error { return b.sweep(ctx, b.now()) }

// Recover delivers everything that waits, due or not: at the start of the
// program, for what was left by one that was killed.
func (b *Bus) Recover(ctx context.Context) error {
	return b.sweep(ctx, b.now().Add(100*365*24*time.Hour))
}

// sweep tries every parcel that is due once: a parcel that fails again is
// postponed, one that another process has in hand comes out of the way.
func (b *Bus) sweep(ctx context.Context, until time.Time) error {
	tried := map[string]bool{}
	for {
		found := false
		err := b.outbox.docs.Each(ctx, store.Query{Index: "due", Until: until.Add(time.Millisecond), Limit: 50}, func(p parcel) error {
			if tried[p.ID] {
				return nil
			}
			tried[p.ID], found = true, true
			b.deliverAll(ctx, []*parcel{&p})
			return ctx.Err()
		})
		if err != nil || !found {
			return err
		}
	}
}

// Run recovers and then sweeps until the context ends, on one instance at a
// time.
func (b *Bus) Run(ctx context.Context, leases *lease.Leases) {
	if err := b.Recover(ctx); err != nil && ctx.Err() == nil {
		b.log.ErrorContext(ctx, "recover facts", "error", err)
	}
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		n, err := b.Backlog(ctx)
		if err == nil && n > 0 {
			_, err = leases.While(ctx, "kit.event.sweep", sweepLease, b.Sweep)
		}
		if err != nil && ctx.Err() == nil {
			b.log.ErrorContext(ctx, "sweep facts", "error", err)
		}
	}
}

// backlogLimit is how far Backlog counts.
const backlogLimit = 10_000

// Backlog counts the parcels that are not wholly delivered, to 10,000.
func (b *Bus) Backlog(ctx context.Context) (int64, error) {
	n, _, err := b.outbox.docs.Count(ctx, store.Query{Index: "order"}, backlogLimit)
	return n, err
}
