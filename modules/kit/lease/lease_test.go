package lease_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/lease"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// hand is a clock that a test moves.
type hand struct{ ns atomic.Int64 }

func (h *hand) Now() time.Time       { return time.Unix(1_772_000_000, h.ns.Load()) }
func (h *hand) move(d time.Duration) { h.ns.Add(int64(d)) }

var _ kernel.Clock = (*hand)(nil)

func each(t *testing.T, body func(t *testing.T, leases *lease.Leases, clock *hand)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		clock := &hand{}
		leases := lease.New(db, clock)
		if err := db.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		body(t, leases, clock)
	})
}

func hold(t *testing.T, leases *lease.Leases, name string) (*lease.Lease, bool) {
	t.Helper()
	x, ok, err := leases.Hold(t.Context(), name, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	return x, ok
}

func TestOneHoldsALease(t *testing.T) {
	each(t, func(t *testing.T, leases *lease.Leases, clock *hand) {
		first, ok := hold(t, leases, "sweep")
		if !ok {
			t.Fatal("a free lease is not given")
		}
		if _, ok := hold(t, leases, "sweep"); ok {
			t.Error("a held lease is given again")
		}
		if _, ok := hold(t, leases, "other"); !ok {
			t.Error("a lease of another name is not given")
		}
		clock.move(50 * time.Second)
		if err := first.Extend(t.Context()); err != nil {
			t.Fatal(err)
		}
		clock.move(50 * time.Second)
		if _, ok := hold(t, leases, "sweep"); ok {
			t.Error("an extended lease is given again")
		}
		if err := first.Release(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, ok := hold(t, leases, "sweep"); !ok {
			t.Error("a released lease is not given")
		}
	})
}

func TestALeaseThatIsNotExtendedIsLost(t *testing.T) {
	each(t, func(t *testing.T, leases *lease.Leases, clock *hand) {
		first, _ := hold(t, leases, "sweep")
		clock.move(time.Minute)
		second, ok := hold(t, leases, "sweep")
		if !ok {
			t.Fatal("an expired lease is not given")
		}
		if err := first.Extend(t.Context()); !errors.Is(err, lease.ErrLost) {
			t.Errorf("the first holder: %v", err)
		}
		if err := first.Release(t.Context()); err != nil {
			t.Errorf("the first holder lets go: %v", err)
		}
		if err := second.Extend(t.Context()); err != nil {
			t.Errorf("the second holder: %v", err)
		}
	})
}

func TestOfManyHandsOneWins(t *testing.T) {
	each(t, func(t *testing.T, leases *lease.Leases, clock *hand) {
		for round := range 3 {
			var won atomic.Int32
			var all sync.WaitGroup
			for range 16 {
				all.Go(func() {
					_, ok, err := leases.Hold(context.Background(), "race", time.Minute)
					if err != nil {
						t.Error(err)
					}
					if ok {
						won.Add(1)
					}
				})
			}
			all.Wait()
			if won.Load() != 1 {
				t.Errorf("round %d: %d hold the lease", round, won.Load())
			}
			clock.move(time.Minute)
		}
	})
}

func TestWhileWorksAlone(t *testing.T) {
	each(t, func(t *testing.T, leases *lease.Leases, _ *hand) {
		held, err := leases.While(t.Context(), "work", time.Minute, func(ctx context.Context) error {
			again, err := leases.While(ctx, "work", time.Minute, func(context.Context) error { return nil })
			if again {
				t.Error("two work at once")
			}
			return err
		})
		if !held || err != nil {
			t.Errorf("held %v, %v", held, err)
		}
		if _, ok := hold(t, leases, "work"); !ok {
			t.Error("the lease was not released")
		}
	})
}

func TestWhileEndsWorkWhoseLeaseIsLost(t *testing.T) {
	each(t, func(t *testing.T, leases *lease.Leases, clock *hand) {
		held, err := leases.While(t.Context(), "work", 30*time.Millisecond, func(ctx context.Context) error {
			for {
				clock.move(time.Minute) // as if this program had slept
				_, ok, err := leases.Hold(context.WithoutCancel(ctx), "work", time.Hour)
				if err != nil {
					return err
				}
				if ok {
					break
				}
			}
			<-ctx.Done()
			return ctx.Err()
		})
		if !held || !errors.Is(err, lease.ErrLost) {
			t.Errorf("held %v, %v", held, err)
		}
	})
}
