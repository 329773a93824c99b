package certificates_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"carecert/modules/certificates"
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// contested registers a number for one person and claims it for another, in
// another district.
func (w *world) contested(t *testing.T, before ...func(certificates.Certificate)) certificates.Conflict {
	t.Helper()
	held := must[certificates.Certificate](t)(w.Register(w.as(home), claim("person-1")))
	for _, do := range before {
		do(held)
	}
	if _, err := w.Register(w.as(farHome), claim("person-far")); !errors.Is(err, certificates.ErrNumberTaken) {
		t.Fatalf("claimed for a second person: %v", err)
	}
	return w.conflict(t, certificates.ConflictOpen)
}

func (w *world) conflict(t *testing.T, status certificates.ConflictStatus) certificates.Conflict {
	t.Helper()
	p, err := w.Conflicts(w.as(bureau), status, "", 20, "")
	if err != nil || p.Total != 1 {
		t.Fatalf("%d conflicts are %s: %v", p.Total, status, err)
	}
	return p.Items[0]
}

func TestANumberForTwoPeopleIsAConflict(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.contested(t)
		if _, err := w.Register(w.as(farHome), claim("person-far")); !errors.Is(err, certificates.ErrNumberTaken) {
			t.Errorf("again: %v", err)
		}
		if _, err := w.Register(w.as(home), claim("person-1")); !errors.Is(err, certificates.ErrNumberTaken) {
			t.Errorf("by the holder: %v", err)
		}
		if c = w.conflict(t, certificates.ConflictOpen); c.Times != 2 || c.Held.Person != "person-1" || c.Claimed.Person != "person-far" {
			t.Errorf("%+v", c)
		}
		if c.Held.Institutions[0].Name != "淀山湖福利院" || c.Claimed.Institutions[0].Name != "仙霞养老院" {
			t.Errorf("%+v %+v", c.Held, c.Claimed)
		}
		for name, x := range map[string]struct {
			who context.Context
			n   int64
		}{
			"one home sees it": {w.as(home), 1}, "the other too": {w.as(farHome), 1}, "and both bureaus": {w.as(farBureau), 1},
			"nobody else": {w.as(otherSchool), 0},
		} {
			if p, err := w.Conflicts(x.who, certificates.ConflictOpen, "", 20, ""); err != nil || p.Total != x.n {
				t.Errorf("%s: %d %v", name, p.Total, err)
			}
		}
		for _, p := range []kernel.PersonID{"person-1", "person-far"} {
			if got := w.contests(p); len(got) != 1 || got[0] != c.ID {
				t.Errorf("told of %s: %v", p, got)
			}
		}
		w.ownContests(t, "person-1", `"side":"held"`, `"status":"open"`)
		w.ownContests(t, "person-far", `"side":"claimed"`, `"status":"open"`)
		if _, err := w.Conflict(w.as(otherSchool), c.ID); !errors.Is(err, certificates.ErrConflictUnknown) {
			t.Errorf("by its id: %v", err)
		}
		held := must[certificates.Certificate](t)(w.Find(w.as(home), c.Held.Certificate))
		if !held.Disputed {
			t.Error("the certificate does not show it")
		}
	})
}

func TestAConflictIsDecided(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for _, c := range []struct {
			name            string
			holder          string
			confirmedBy     string // of the held one, before
			held            certificates.Status
			claimantHolds   bool
			mayDecide, want error
		}{
			{"the books were right", certificates.RulingHeld, "", certificates.StatusClaimed, false, nil, nil},
			{"the other holds it", certificates.RulingClaimed, "", certificates.StatusRejected, true, nil, nil},
			{"the other, though it had been confirmed", certificates.RulingClaimed, "王", certificates.StatusRejected, true, nil, nil},
			{"but not by whoever confirmed it", certificates.RulingClaimed, "市局", certificates.StatusValid, false, nil, certificates.ErrSecondPerson},
			{"neither holds it", certificates.RulingNeither, "", certificates.StatusRejected, false, nil, nil},
		} {
			t.Run(c.name, func(t *testing.T) {
				db := fresh(t, db)
				w := newWorld(t, db)
				x := w.contested(t, func(held certificates.Certificate) {
					if c.confirmedBy != "" {
						must[certificates.Certificate](t)(w.Confirm(w.by(c.confirmedBy, bureau), held.ID, said("ostaQuery", "confirmed", "")))
					}
				})
				ruling := certificates.Ruling{Holder: c.holder, Method: "issuerLetter", Reason: "发证机构来函核实"}
				if _, err := w.Decide(w.as(bureau), x.ID, ruling); !errors.Is(err, certificates.ErrOneSideOnly) {
					t.Errorf("by a bureau of one side: %v", err)
				}
				city := w.by("市局", bureau, farBureau)
				decided, err := w.Decide(city, x.ID, ruling)
				if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
					t.Fatalf("%v", err)
				}
				held := must[certificates.Certificate](t)(w.Find(city, x.Held.Certificate))
				if held.Status != c.held || held.Disputed != (c.want != nil) {
					t.Errorf("the one on the books is %s, disputed %v", held.Status, held.Disputed)
				}
				if got := w.holdings("person-far"); (len(got) == 1 && got[0].VerifiedAt != nil) != c.claimantHolds {
					t.Errorf("the claimant holds %+v", got)
				}
				if got := w.contests("person-far"); (len(got) > 0) != (c.want != nil) {
					t.Errorf("told of the claimant: %v", got)
				}
				if got := w.contests("person-1"); len(got) != 0 { // what is confirmed is not in doubt
					t.Errorf("told of the holder: %v", got)
				}
				if c.want != nil {
					return
				}
				if c.claimantHolds {
					p := must[certificates.Page](t)(w.List(city, certificates.Filter{Query: x.Number}, 5, ""))
					if len(p.Items) != 1 || p.Items[0].Person != "person-far" || p.Items[0].ID != decided.Ruling.Certificate {
						t.Errorf("the number finds %+v", p.Items)
					}
				}
				if _, err := w.Decide(city, x.ID, ruling); !errors.Is(err, certificates.ErrConflictDecided) {
					t.Errorf("twice: %v", err)
				}
				w.conflict(t, certificates.ConflictDecided)
			})
		}
	})
}

// While it is open whose number it is, it is not confirmed among many; and
// whoever claimed it does not give it to themselves.
func TestAContestedNumberIsNotConfirmed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		x := w.contested(t)
		out := must[[]certificates.Outcome](t)(w.ConfirmMany(w.by("王", bureau), []kernel.CertificateID{x.Held.Certificate}, said("ostaQuery", "confirmed", "")))
		if len(out) != 1 || out[0].Refused == nil || out[0].Refused.Code != certificates.ErrDisputed.Code {
			t.Errorf("among several: %+v", out)
		}
		ruling := certificates.Ruling{Holder: certificates.RulingClaimed, Method: "issuerLetter", Reason: "发证机构来函核实"}
		if _, err := w.Decide(w.by(string(x.By), bureau, farBureau), x.ID, ruling); !errors.Is(err, certificates.ErrSecondPerson) {
			t.Errorf("by whoever claimed it: %v", err)
		}
		ruling.Holder = certificates.RulingHeld
		must[certificates.Conflict](t)(w.Decide(w.by("市局", bureau, farBureau), x.ID, ruling))
		c := must[certificates.Certificate](t)(w.Confirm(w.by("王", bureau), x.Held.Certificate, said("ostaQuery", "confirmed", "")))
		if c.Status != certificates.StatusValid {
			t.Errorf("once it is decided: %s", c.Status)
		}
	})
}

// fresh is an empty database of the same engine.
func fresh(t *testing.T, like *store.DB) *store.DB {
	t.Helper()
	if like.Engine() == "mongodb" {
		return storetest.MongoDB(t)
	}
	return storetest.SQLite(t)
}

// Two people who turn out to be one have no conflict over a number; when they
// are two after all, they have it again.
func TestAMergeClosesAConflict(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		x := w.contested(t)
		w.merge(t, "person-1", "person-far")
		c := w.conflict(t, certificates.ConflictDecided)
		if c.Ruling.Holder != certificates.RulingMerged {
			t.Errorf("closed by %+v", c.Ruling)
		}
		if held := must[certificates.Certificate](t)(w.Find(w.as(bureau), x.Held.Certificate)); held.Disputed {
			t.Error("the certificate is still disputed")
		}
		w.ownContests(t, "person-1", `"side":"held"`, `"outcome":"merged"`)
		if got := w.contests("person-1"); len(got) != 0 {
			t.Errorf("still told of: %v", got)
		}
		city := w.by("市局", bureau, farBureau)
		if _, err := w.Decide(city, x.ID, certificates.Ruling{Holder: certificates.RulingHeld, Method: "issuerLetter", Reason: "来函"}); !errors.Is(err, certificates.ErrConflictDecided) {
			t.Errorf("decided after that: %v", err)
		}
		for range 2 { // facts may come twice
			if err := w.FollowUnmerge(w.ctx, "person-1", "person-far"); err != nil {
				t.Fatal(err)
			}
		}
		if c = w.conflict(t, certificates.ConflictOpen); c.Ruling != nil || c.ID != x.ID {
			t.Errorf("opened again: %+v", c)
		}
		if held := must[certificates.Certificate](t)(w.Find(w.as(bureau), x.Held.Certificate)); !held.Disputed {
			t.Error("the certificate does not show it again")
		}
		for _, p := range []kernel.PersonID{"person-1", "person-far"} {
			if got := w.contests(p); len(got) != 1 {
				t.Errorf("told of %s: %v", p, got)
			}
		}
	})
}

// A claimant whose record goes into a third person's takes the conflict along.
func TestAMergeCarriesAConflict(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.contested(t)
		w.merge(t, "person-2", "person-far")
		w.conflict(t, certificates.ConflictOpen)
		if got := w.contests("person-2"); len(got) != 1 {
			t.Errorf("who stays: %v", got)
		}
		w.merge(t, "person-1", "person-2")
		if c := w.conflict(t, certificates.ConflictDecided); c.Ruling.Holder != certificates.RulingMerged {
			t.Errorf("closed by %+v", c.Ruling)
		}
	})
}

// ownContests reads the one conflict about a person as they read it themselves:
// nothing of the other.
func (w *world) ownContests(t *testing.T, who kernel.PersonID, has ...string) {
	t.Helper()
	part := must[any](t)(w.module.Contests().Part(w.ctx, who))
	raw := string(must[[]byte](t)(json.Marshal(part)))
	for _, text := range append(has, `"other":`) {
		if strings.Count(raw, text) != 1 {
			t.Errorf("%s reads %s, without %s", who, raw, text)
		}
	}
	for _, not := range []string{"person-", "赵长宁", "王秀兰", "仙霞", "淀山湖"} {
		if strings.Contains(raw, not) {
			t.Errorf("%s reads %s in %s", who, not, raw)
		}
	}
}
