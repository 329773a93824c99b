package hours_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"carecert/modules/hours"
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// certifier is a book of certificates.
type certifier struct {
	mu     sync.Mutex
	issued []hours.YearProved
	taken  map[kernel.CertificateID]string
}

func (c *certifier) CertifyYear(ctx context.Context, y hours.YearProved) (kernel.CertificateID, error) {
	if !store.InTx(ctx) {
		return "", errors.New("certified outside a transaction")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	n := len(c.issued)
	store.AfterCommit(ctx, func(context.Context) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.issued = append(c.issued, y)
	})
	return kernel.CertificateID(fmt.Sprint("proof-", n)), nil
}

func (c *certifier) Holds(_ context.Context, id kernel.CertificateID) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.taken[id] == "", nil
}

func (c *certifier) TakeBack(_ context.Context, id kernel.CertificateID, code string, params ...string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.taken == nil {
		c.taken = map[kernel.CertificateID]string{}
	}
	c.taken[id] = code + " " + strings.Join(params, " ")
	return nil
}

// twentyHours are 900 minutes in 2025, and one more session of an hour.
func twentyHours(who ...kernel.PersonID) []hours.Held {
	return []hours.Held{
		held("a", "2025-03-01", "09:00", 420, who...), held("b", "2025-03-02", "09:00", 420, who...), held("c", "2025-03-03", "09:00", 60, who...),
	}
}

func TestTheProofOfAYear(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		ctx := everywhere(w.ctx)
		all := twentyHours(wang)
		w.record(t, all[:2]...) // 840 minutes: 18.66 class hours
		if _, _, err := w.Prove(ctx, wang, 2025); !errors.Is(err, hours.ErrNotMet) {
			t.Errorf("of 840 minutes: %v", err)
		}
		if _, _, err := w.Prove(ctx, wang, 2024); !errors.Is(err, hours.ErrNotMet) {
			t.Errorf("of a year without a requirement: %v", err)
		}
		w.record(t, all[2])
		proof, fresh, err := w.Prove(ctx, wang, 2025)
		if err != nil || !fresh || proof.Minutes != 900 || proof.IssuedOn != "2026-01-15" {
			t.Fatalf("of exactly 900 minutes: %+v %v %v", proof, fresh, err)
		}
		if y := w.proofs.issued[0]; y.Issuer != home || y.Minutes != 900 || y.PerHour != 45 || y.Person != wang || y.Year != 2025 {
			t.Errorf("%+v", y)
		}
		again, fresh, err := w.Prove(ctx, wang, 2025)
		if err != nil || fresh || again != proof || len(w.proofs.issued) != 1 {
			t.Errorf("a second time: %+v %v %v", again, fresh, err)
		}
		if p := w.year(t, wang, 2025).Year.Proof; p == nil || *p != proof {
			t.Errorf("with the year: %+v", p)
		}
		// More credit leaves it as it is.
		w.record(t, held("d", "2025-04-01", "09:00", 90, wang))
		if len(w.proofs.taken) != 0 {
			t.Errorf("%v", w.proofs.taken)
		}
		// Less than it says takes it back, though the duty is still met; a new one says what is so.
		if err := w.RefusePresence(w.ctx, hours.Refusal{Session: "c", Person: wang, By: "li", Reason: "不在场", RecordedAt: w.Now()}); err != nil {
			t.Fatal(err)
		}
		if len(w.proofs.taken) != 0 { // 930 minutes
			t.Errorf("930 minutes are no less than 900: %v", w.proofs.taken)
		}
		if err := w.RefusePresence(w.ctx, hours.Refusal{Session: "d", Person: wang, By: "li", Reason: "不在场", RecordedAt: w.Now()}); err != nil {
			t.Fatal(err)
		}
		if why := w.proofs.taken[proof.Certificate]; why != "hours.proof_taken_back year 2025 hours 18.66" {
			t.Errorf("taken back: %q", why)
		}
		if y := w.year(t, wang, 2025); y.Year.Proof != nil {
			t.Errorf("%+v", y.Year.Proof)
		}
		if _, _, err := w.Prove(ctx, wang, 2025); !errors.Is(err, hours.ErrNotMet) {
			t.Errorf("of what is left: %v", err)
		}
		w.record(t, held("e", "2025-05-01", "09:00", 60, wang))
		if next, fresh, err := w.Prove(ctx, wang, 2025); err != nil || !fresh || next.Certificate == proof.Certificate {
			t.Errorf("after it was mended: %+v %v %v", next, fresh, err)
		}
		if n, err := w.Rebuild(w.ctx); err != nil || n != 0 {
			t.Errorf("rebuild: %d %v", n, err)
		}
	})
}

// A certificate that was revoked by hand is no proof any more.
func TestARevokedProofIsIssuedAnew(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.record(t, twentyHours(wang)...)
		ctx := everywhere(w.ctx)
		first, _, err := w.Prove(ctx, wang, 2025)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.proofs.TakeBack(ctx, first.Certificate, "by hand"); err != nil {
			t.Fatal(err)
		}
		next, fresh, err := w.Prove(ctx, wang, 2025)
		if err != nil || !fresh || next.Certificate == first.Certificate {
			t.Errorf("%+v %v %v", next, fresh, err)
		}
	})
}

func TestEightAsksForOneProof(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.record(t, twentyHours(wang)...)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if _, _, err := w.Prove(everywhere(w.ctx), wang, 2025); err != nil && !errors.Is(err, store.ErrConflict) {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if len(w.proofs.issued) != 1 {
			t.Errorf("%d proofs of one year", len(w.proofs.issued))
		}
	})
}

func TestProofsForAList(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.employ(t, li, otherHome, "2024-03-01", kernel.Forever)
		w.record(t, twentyHours(wang)...)
		ours := kernel.WithReach(w.ctx, kernel.Reach{Roots: []kernel.OrganizationID{home}})
		out, err := w.ProveMany(ours, []kernel.PersonID{wang, li, "nobody"}, 2025)
		if err != nil || len(out) != 3 {
			t.Fatalf("%+v %v", out, err)
		}
		if !out[0].Fresh || out[0].Proof == nil || !errors.Is(out[1].Refusal, hours.ErrPersonUnknown) || !errors.Is(out[2].Refusal, hours.ErrPersonUnknown) {
			t.Errorf("%+v", out)
		}
		out, err = w.ProveMany(everywhere(w.ctx), []kernel.PersonID{wang, li}, 2025)
		if err != nil || out[0].Fresh || out[0].Proof == nil || !errors.Is(out[1].Refusal, hours.ErrNotMet) {
			t.Errorf("%+v %v", out, err)
		}
		if _, err := w.ProveMany(ours, make([]kernel.PersonID, hours.MostProofs+1), 2025); !errors.Is(err, hours.ErrTooManyAsked) {
			t.Errorf("too many: %v", err)
		}
	})
}
