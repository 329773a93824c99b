package certificates_test

import (
	"errors"
	"testing"
	"time"

	"carecert/modules/certificates"
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// A mistaken registration is taken back by who made it, or their office: it
// stays as history, counts nowhere, frees its number and closes its conflict.
func TestAMistakenRegistrationIsWithdrawn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		clerk := kernel.Actor{User: "clerk", Name: "陆", Grants: []kernel.Grant{{Role: kernel.RoleInstitution, Organization: home}}}
		c := must[certificates.Certificate](t)(w.Register(kernel.WithActor(w.as(home), clerk), claim("person-1")))
		if _, err := w.Register(w.as(farHome), claim("person-far")); !errors.Is(err, certificates.ErrNumberTaken) {
			t.Fatal(err)
		}
		x := w.conflict(t, certificates.ConflictOpen)
		if _, err := w.Withdraw(w.by("科长", bureau), c.ID, "替人撤回"); !errors.Is(err, certificates.ErrNotRegistrar) {
			t.Errorf("by another office: %v", err)
		}
		if _, err := w.Withdraw(w.by("外人", otherSchool), c.ID, "够不着"); !errors.Is(err, certificates.ErrUnknown) {
			t.Errorf("out of reach: %v", err)
		}
		gone := must[certificates.Certificate](t)(w.Withdraw(w.by("同事", home), c.ID, "登记错人"))
		if gone.Status != certificates.StatusWithdrawn || gone.Stage() != "" || gone.Withdrawal.Reason != "登记错人" || gone.Disputed {
			t.Errorf("%+v", gone)
		}
		if h := w.holdings("person-1"); len(h) != 0 {
			t.Errorf("neighbours count %+v", h)
		}
		decided := w.conflict(t, certificates.ConflictDecided)
		if decided.ID != x.ID || decided.Ruling.Holder != certificates.RulingWithdrawn || len(w.contests("person-far")) != 0 {
			t.Errorf("the conflict: %+v, told of the claimant: %v", decided.Ruling, w.contests("person-far"))
		}
		if p := must[certificates.Page](t)(w.Queue(w.as(bureau), certificates.Waiting{}, 20, "")); p.Total != 0 {
			t.Errorf("%d wait", p.Total)
		}
		if p := must[certificates.Page](t)(w.List(w.as(home), certificates.Filter{Person: "person-1"}, 20, "")); p.Total != 1 {
			t.Errorf("the history has %d", p.Total)
		}
		if items, err := w.module.Record().Items(w.ctx, "person-1"); err != nil || len(items) != 0 {
			t.Errorf("the record has %+v %v", items, err)
		}
		if err := w.GrownSince(w.ctx, "person-1", w.Now().Add(-time.Hour)); err != nil {
			t.Errorf("it still bars the undoing of a merge: %v", err)
		}
		must[certificates.Certificate](t)(w.Register(w.as(farHome), claim("person-far")))
		if _, err := w.Withdraw(w.by("同事", home), c.ID, "再撤"); !errors.Is(err, certificates.ErrNotValid) {
			t.Errorf("twice: %v", err)
		}
	})
}

func TestWhatWasVerifiedOrIssuedIsNotWithdrawn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := must[certificates.Certificate](t)(w.Register(w.as(home), claim("person-1")))
		must[certificates.Certificate](t)(w.Confirm(w.by("王", bureau), c.ID, said("ostaQuery", "confirmed", "")))
		if _, err := w.Withdraw(w.as(home), c.ID, "登记错人"); !errors.Is(err, certificates.ErrVerified) {
			t.Errorf("a verified one: %v", err)
		}
		must[certificates.Certificate](t)(w.Correct(w.by("李", bureau), c.ID, certificates.Said{Result: certificates.ResultWithdrawn, Reason: "重查"}))
		must[certificates.Certificate](t)(w.Withdraw(w.as(home), c.ID, "登记错人"))
		if h := w.holdings("person-1"); len(h) != 0 {
			t.Errorf("neighbours count %+v", h)
		}
		if _, err := w.Withdraw(w.as(school), w.issue(t, completion("person-1", "")).ID, "发错了"); !errors.Is(err, certificates.ErrIssuedHere) {
			t.Errorf("one that was issued here: %v", err)
		}
	})
}

// How far a registered certificate has come is seen, and looked up.
func TestStages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		fits := must[certificates.Certificate](t)(w.Register(w.as(home), numbered("person-1", 1)))
		older := claim("person-1")
		older.Family, older.Number, older.IssuedOn = certificates.FamilyQualification, "1009000000400123", "2010-06-01"
		claimed := must[certificates.Certificate](t)(w.Register(w.as(home), older))
		verified := must[certificates.Certificate](t)(w.Register(w.as(home), numbered("person-2", 2)))
		must[certificates.Certificate](t)(w.Confirm(w.by("王", bureau), verified.ID, said("ostaQuery", "confirmed", "")))
		rejected := must[certificates.Certificate](t)(w.Register(w.as(home), numbered("person-2", 3)))
		must[certificates.Certificate](t)(w.Confirm(w.by("王", bureau), rejected.ID, said("ostaQuery", "refuted", "查无此证")))
		w.issue(t, completion("person-2", ""))
		everywhere := kernel.WithReach(w.ctx, kernel.Reach{Everywhere: true})
		for stage, id := range map[certificates.Stage]kernel.CertificateID{
			certificates.StageFormatValid: fits.ID, certificates.StageClaimed: claimed.ID,
			certificates.StageVerified: verified.ID, certificates.StageRejected: rejected.ID,
		} {
			for name, f := range map[string]certificates.Filter{
				"alone": {Stage: stage}, "of a person": {Stage: stage, Person: map[kernel.CertificateID]kernel.PersonID{fits.ID: "person-1", claimed.ID: "person-1", verified.ID: "person-2", rejected.ID: "person-2"}[id]},
			} {
				p := must[certificates.Page](t)(w.List(w.as(bureau), f, 20, ""))
				if p.Total != 1 || p.Items[0].ID != id || p.Items[0].Stage() != stage || p.Items[0].Format.Rule != w.rules.Numbers.Version {
					t.Errorf("%s %s: %+v", stage, name, p)
				}
			}
			if p := must[certificates.Page](t)(w.List(everywhere, certificates.Filter{Stage: stage, Family: certificates.FamilyQualification}, 20, "")); (p.Total == 1) != (id == claimed.ID) {
				t.Errorf("%s everywhere, of a family: %+v", stage, p)
			}
		}
		if n, err := w.Rebuild(w.ctx); err != nil || n != 0 {
			t.Errorf("rebuild: %d differences, %v", n, err)
		}
	})
}
