package probe_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/probe"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

var (
	errTooMany = fault.New(fault.TooMany, "test.too_many")
	errTaken   = fault.New(fault.Conflict, "test.taken")
	limits     = probe.Limits{Account: 3, Office: 5}
)

type rig struct {
	*probe.Guard
	db    *store.DB
	now   time.Time
	notes sync.Map
}

func newRig(t *testing.T, db *store.DB) *rig {
	t.Helper()
	r := &rig{db: db, now: time.Date(2025, 9, 1, 8, 10, 0, 0, time.UTC)}
	r.Guard = probe.New(db, "test_probes", kernel.ClockFunc(func() time.Time { return r.now }), slog.New(slog.DiscardHandler), errTooMany)
	if err := db.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *rig) as(t *testing.T, user string) context.Context {
	t.Helper()
	return kernel.WithActor(t.Context(), kernel.Actor{User: kernel.UserID(user), Grants: []kernel.Grant{{Organization: "home"}}})
}

func (r *rig) hit(key string) probe.Hit {
	return probe.Hit{Key: key, Note: func(context.Context) error {
		n, _ := r.notes.LoadOrStore(key, new(atomic.Int64))
		n.(*atomic.Int64).Add(1)
		return nil
	}}
}

func (r *rig) hits(keys string) (out []probe.Hit) {
	for _, k := range strings.Fields(keys) {
		out = append(out, r.hit(k))
	}
	return out
}

func (r *rig) noted(key string) int64 {
	n, ok := r.notes.Load(key)
	if !ok {
		return 0
	}
	return n.(*atomic.Int64).Load()
}

func TestHitsAreCounted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		for _, step := range []struct {
			name, user, keys string
			refused          bool
		}{
			{"two at once", "one", "a b", false},
			{"the same tell nothing new", "one", "a b a", false},
			{"two more are one too many", "one", "c d", true},
			{"and are again when they are sent again", "one", "c d", true},
			{"one alone as well: it was found out to be among them", "one", "c", true},
			{"so is a new one", "one", "e", true},
			{"what was told before is told", "one", "b", false},
			{"a colleague has an account of their own", "two", "x y z", false},
			{"the office is full", "three", "q", true},
		} {
			err := r.Count(r.as(t, step.user), limits, r.hits(step.keys)...)
			if errors.Is(err, errTooMany) != step.refused || err != nil && !step.refused {
				t.Errorf("%s: %v", step.name, err)
			}
		}
		if r.noted("a") != 1 || r.noted("c") != 1 || r.noted("e") != 1 {
			t.Errorf("each is noted once, refused or not: %d %d %d", r.noted("a"), r.noted("c"), r.noted("e"))
		}
		r.now = r.now.Add(time.Hour)
		if err := r.Count(r.as(t, "one"), limits, r.hits("c d e")...); err != nil {
			t.Errorf("an hour later: %v", err)
		}
		if n, _, err := r.Aged().Count(t.Context(), r.now.Truncate(time.Hour)); err != nil || n == 0 {
			t.Errorf("%d are of the hour before: %v", n, err)
		}
	})
}

// A refusal outlives the transaction that it ends; what was counted in one
// that is rolled back was not told and does not count.
func TestHitsInATransaction(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		ctx, undone := r.as(t, "one"), errors.New("undone")
		err := db.Tx(ctx, func(ctx context.Context) error {
			if err := r.Count(ctx, limits, r.hits("a b c")...); err != nil {
				t.Error(err)
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Fatal(err)
		}
		if err := r.Count(ctx, limits, r.hits("d e f")...); err != nil {
			t.Errorf("after what was undone: %v", err)
		}
		if err := db.Tx(ctx, func(ctx context.Context) error { return r.Count(ctx, limits, r.hits("g h")...) }); !errors.Is(err, errTooMany) || r.noted("g") != 1 {
			t.Errorf("%v, noted %d times", err, r.noted("g"))
		}
		free := probe.Hit{Key: "free", Free: true, Note: r.hit("free").Note}
		if err := r.Count(ctx, limits, free); err != nil || r.noted("free") != 1 {
			t.Errorf("what is free: %v", err)
		}
	})
}

// However many ask at once, in transactions of their own or not, no more is
// answered than the limit.
func TestAnswersAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		var told atomic.Int64
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				ctx := r.as(t, "one")
				ask := func(ctx context.Context) error {
					return r.Answer(ctx, limits, r.hit(fmt.Sprint(i)), func(context.Context) error { return errTaken })
				}
				err := error(nil)
				if i%2 == 0 {
					err = ask(ctx)
				} else {
					err = db.Tx(ctx, ask)
				}
				switch {
				case errors.Is(err, errTaken):
					told.Add(1)
				case !errors.Is(err, errTooMany):
					t.Errorf("%v", err)
				}
			})
		}
		wg.Wait()
		if told.Load() != 3 {
			t.Errorf("%d were answered", told.Load())
		}
	})
}
