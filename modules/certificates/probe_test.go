package certificates_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"carecert/modules/certificates"
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// numbered is a claim of the n-th number of the body.
func numbered(p kernel.PersonID, n int) certificates.Claim {
	d := claim(p)
	d.Number = fmt.Sprintf("S000031000012234%06d", n)
	return d
}

// Whoever tries numbers on end is stopped, by account and by office.
func TestTryingNumbersOnEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		const held = 21
		for n := range held {
			must[certificates.Certificate](t)(w.Register(w.as(home), numbered("person-1", n)))
		}
		clerk := func(user string) kernel.Actor {
			return kernel.Actor{User: kernel.UserID(user), Grants: []kernel.Grant{{Role: kernel.RoleInstitution, Organization: farHome}}}
		}
		try := func(user string, n int) error {
			_, err := w.Register(kernel.WithActor(w.as(farHome), clerk(user)), numbered("person-far", n))
			return err
		}
		for n := range 10 {
			if err := try("one", n); !errors.Is(err, certificates.ErrNumberTaken) {
				t.Fatalf("number %d: %v", n, err)
			}
		}
		if err := try("one", 10); !errors.Is(err, certificates.ErrTooManyProbes) {
			t.Errorf("the eleventh: %v", err)
		}
		if err := try("one", 3); !errors.Is(err, certificates.ErrNumberTaken) {
			t.Errorf("one that was tried before: %v", err)
		}
		if err := try("one", 500); err != nil {
			t.Errorf("one that is nobody's: %v", err)
		}
		for n := 10; n < 20; n++ {
			if err := try("two", n); !errors.Is(err, certificates.ErrNumberTaken) {
				t.Fatalf("number %d by a colleague: %v", n, err)
			}
		}
		if err := try("three", 20); !errors.Is(err, certificates.ErrTooManyProbes) {
			t.Errorf("a third colleague: %v", err)
		}
		if p, err := w.Conflicts(w.as(farBureau), certificates.ConflictOpen, "", 50, ""); err != nil || p.Total != 20 {
			t.Errorf("%d conflicts: %v", p.Total, err)
		}
		probes := 0
		for _, a := range w.Logged() {
			if a.Verb == "probe" {
				probes++
			}
		}
		if probes != 22 { // two of them were refused
			t.Errorf("%d are in the log", probes)
		}
		w.Pass(time.Hour)
		if err := try("three", 20); !errors.Is(err, certificates.ErrNumberTaken) {
			t.Errorf("an hour later: %v", err)
		}
	})
}

// What is verified is not put in doubt by what somebody else claims.
func TestAVerifiedHolderIsNotInDoubt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := must[certificates.Certificate](t)(w.Register(w.as(home), claim("person-1")))
		must[certificates.Certificate](t)(w.Confirm(w.by("核验员", bureau), c.ID, said("ostaQuery", "confirmed", "")))
		if _, err := w.Register(w.as(farHome), claim("person-far")); !errors.Is(err, certificates.ErrNumberTaken) {
			t.Fatal(err)
		}
		w.conflict(t, certificates.ConflictOpen)
		if got := w.contests("person-1"); len(got) != 0 {
			t.Errorf("told of the holder: %v", got)
		}
		if got := w.contests("person-far"); len(got) != 1 {
			t.Errorf("told of the claimant: %v", got)
		}
		must[certificates.Certificate](t)(w.Correct(w.by("另一人", bureau), c.ID, certificates.Said{Result: certificates.ResultWithdrawn, Reason: "重查"}))
		if got := w.contests("person-1"); len(got) != 1 {
			t.Errorf("once the word on it is withdrawn: %v", got)
		}
	})
}

// A third certificate of one level, and an issuer that is not the number's, are
// for the verifier to look at.
func TestDoubtsOfARegistration(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		codes := func(d certificates.Claim) (out []string) {
			for _, r := range must[certificates.Certificate](t)(w.Register(w.as(home), d)).Findings {
				out = append(out, r.Code)
			}
			return out
		}
		for n := range 3 {
			want := []string(nil)
			if n == 2 {
				want = []string{"certificates.many_alike"}
			}
			if got := codes(numbered("person-1", n)); !slices.Equal(got, want) {
				t.Errorf("certificate %d: %v", n+1, got)
			}
		}
		other := numbered("person-1", 3)
		other.Level, other.Number = 3, "S000031000012233000001"
		if got := codes(other); len(got) != 0 {
			t.Errorf("another level: %v", got)
		}
		renamed := numbered("person-2", 5)
		renamed.IssuerName = "更名后的评价中心"
		if got := codes(renamed); len(got) != 0 {
			t.Errorf("by its name of today: %v", got)
		}
		wrong := numbered("person-2", 6)
		wrong.IssuerName = "另一家评价中心"
		if got := codes(wrong); !slices.Equal(got, []string{"certificates.issuer_name_differs"}) {
			t.Errorf("another's name: %v", got)
		}
		p := must[certificates.Page](t)(w.Queue(w.as(bureau), certificates.Waiting{Finding: "many"}, 20, ""))
		if p.Total != 1 {
			t.Errorf("%d wait as one of many", p.Total)
		}
	})
}
