package certificates_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"carecert/modules/certificates"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

func claim(p kernel.PersonID) certificates.Claim {
	return certificates.Claim{
		Person: p, Family: certificates.FamilySkillLevel, Number: "S000031000012234000123", Level: 4, IssuedOn: "2023-06-01",
		IssuerName: "上海市养老护理技能评价中心",
	}
}

func said(method, result, note string) certificates.Said {
	return certificates.Said{Method: method, Result: result, Note: note}
}

func TestRegistering(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		for _, c := range []struct {
			name   string
			change func(*certificates.Claim)
			want   *fault.Fault
		}{
			{"the level is not the number's", func(c *certificates.Claim) { c.Level = 3 }, certificates.ErrNumber},
			{"the year is not the number's", func(c *certificates.Claim) { c.IssuedOn = "2024-06-01" }, certificates.ErrNumber},
			{"a century too early", func(c *certificates.Claim) { c.IssuedOn = "1923-06-01" }, certificates.ErrNumber},
			{"one character is missing", func(c *certificates.Claim) { c.Number = c.Number[:21] }, certificates.ErrNumber},
			{"issued tomorrow", func(c *certificates.Claim) { c.IssuedOn = "2026-01-06" }, certificates.ErrFuture},
			{"nobody is known by that id", func(c *certificates.Claim) { c.Person = "nobody" }, certificates.ErrPersonUnknown},
		} {
			d := claim("person-1")
			c.change(&d)
			if _, err := w.Register(w.as(home), d); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if _, err := w.Register(w.as(otherSchool), claim("person-1")); !errors.Is(err, certificates.ErrPersonUnknown) {
			t.Errorf("by somebody who does not reach the person: %v", err)
		}
		c := must[certificates.Certificate](t)(w.Register(w.as(home), claim("person-1")))
		if c.Status != certificates.StatusClaimed || c.Code != "" || len(c.Findings) != 0 {
			t.Errorf("%+v", c)
		}
		if _, err := w.Register(w.as(home), claim("person-2")); !errors.Is(err, certificates.ErrNumberTaken) {
			t.Errorf("for a second person: %v", err)
		}
		older := claim("person-1")
		older.Family, older.Number, older.IssuedOn = certificates.FamilyQualification, "1009000000400123", "2010-06-01"
		if c := must[certificates.Certificate](t)(w.Register(w.as(home), older)); len(c.Findings) != 1 {
			t.Errorf("an older number: %+v", c.Findings)
		}
		if _, err := w.Replace(w.as(home), c.ID, "换发"); !errors.Is(err, certificates.ErrNotOurs) {
			t.Errorf("replaced what others issued: %v", err)
		}
		if p := must[certificates.LogReport](t)(w.LogVerify(w.ctx, nil)); p.Bad != nil || p.Entries != 0 {
			t.Errorf("%+v", p)
		}
	})
}

// A date of issue is compared with the holder's birth, where that is known.
func TestTheHoldersBirth(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		born := func(on kernel.Date) {
			card := w.cards["person-1"]
			card.BirthDate = on
			w.cards["person-1"] = card
		}
		born("2023-06-02")
		_, err := w.Register(w.as(home), claim("person-1"))
		if f, ok := fault.From(err); !ok || !errors.Is(err, certificates.ErrBeforeBirth) || len(f.Fields) != 1 || f.Fields[0].Location != "body.issuedOn" {
			t.Errorf("issued the day before birth: %v", err)
		}
		born("2007-06-02")
		c := must[certificates.Certificate](t)(w.Register(w.as(home), claim("person-1")))
		if len(c.Findings) != 1 || c.Findings[0].Code != "certificates.issued_young" || c.Findings[0].Params["age"] != "16" || c.Status != certificates.StatusClaimed {
			t.Errorf("the day before the 16th birthday: %+v", c)
		}
		for class, want := range map[string]int64{"age": 1, "none": 0} {
			if p := must[certificates.Page](t)(w.Queue(w.as(bureau), certificates.Waiting{Finding: class}, 20, "")); p.Total != want {
				t.Errorf("the queue of %s has %d", class, p.Total)
			}
		}
		born("2007-06-01")
		if c := must[certificates.Certificate](t)(w.Register(w.as(home), numbered("person-1", 2))); len(c.Findings) != 0 {
			t.Errorf("the 16th birthday: %+v", c.Findings)
		}
	})
}

func TestVerifying(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := must[certificates.Certificate](t)(w.Register(w.as(home), claim("person-1")))
		if h := w.holdings("person-1"); len(h) != 1 || h[0].VerifiedAt != nil || h[0].Level != 4 || h[0].IssuedOn != "2023-06-01" {
			t.Errorf("claimed: %+v", h)
		}
		queue := must[certificates.Page](t)(w.List(w.as(bureau), certificates.Filter{Status: certificates.StatusClaimed}, 20, ""))
		if queue.Total != 1 || queue.Items[0].ID != c.ID {
			t.Errorf("the queue: %+v", queue)
		}
		w.Pass(time.Hour)
		c = must[certificates.Certificate](t)(w.Confirm(w.as(bureau), c.ID, said("ostaQuery", "confirmed", "已查")))
		if h := w.holdings("person-1"); c.Status != certificates.StatusValid || h[0].VerifiedAt == nil || !h[0].VerifiedAt.Equal(w.Now()) {
			t.Errorf("confirmed: %+v %+v", c, h)
		}
		if _, err := w.Confirm(w.as(bureau), c.ID, said("originalSeen", "refuted", "")); !errors.Is(err, certificates.ErrDecided) {
			t.Errorf("verified twice: %v", err)
		}
		must[certificates.Certificate](t)(w.Revoke(w.as(bureau), c.ID, "发证机构已注销该证书"))
		if h := w.holdings("person-1"); h[0].RevokedOn != "2026-01-05" || h[0].RevokedAt == nil {
			t.Errorf("revoked: %+v", h)
		}
		refuted := claim("person-2")
		refuted.Number = "S000031000012234000124"
		c = must[certificates.Certificate](t)(w.Register(w.as(home), refuted))
		c = must[certificates.Certificate](t)(w.Confirm(w.as(bureau), c.ID, said("issuerLetter", "refuted", "查无此证")))
		if h := w.holdings("person-2"); c.Status != certificates.StatusRejected || h[0].RejectedAt == nil || h[0].VerifiedAt != nil {
			t.Errorf("refuted: %+v", h)
		}
	})
}

func TestListing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		var all []certificates.Certificate
		for _, p := range []kernel.PersonID{"person-1", "person-2", "person-1"} {
			all = append(all, w.issue(t, completion(p, "")))
			w.Pass(time.Minute)
		}
		award := completion("person-2", "")
		award.Family, award.Minutes = certificates.FamilyContest, 0
		all = append(all, w.issue(t, award))
		must[certificates.Certificate](t)(w.Revoke(w.as(school), all[0].ID, "学时不实"))
		must[certificates.Certificate](t)(w.Register(w.as(home), claim("person-1")))
		everywhere := kernel.WithReach(w.ctx, kernel.Reach{Everywhere: true})
		for _, c := range []struct {
			name  string
			ctx   context.Context
			f     certificates.Filter
			total int64
		}{
			{"the bureau sees all", w.as(bureau), certificates.Filter{}, 5},
			{"everywhere is all", everywhere, certificates.Filter{}, 5},
			{"the school sees what it issued", w.as(school), certificates.Filter{}, 4},
			{"two roots see each one once", w.as(school, home), certificates.Filter{}, 5},
			{"another school sees none", w.as(otherSchool), certificates.Filter{}, 0},
			{"nobody sees none", kernel.WithReach(w.ctx, kernel.Reach{}), certificates.Filter{}, 0},
			{"a page of a name of one's own", w.asCaregiver("person-1"), certificates.Filter{Query: "王秀兰"}, 3},
			{"somebody else's name", w.asCaregiver("person-1"), certificates.Filter{Query: "李建国"}, 0},
			{"somebody else's number", w.asCaregiver("person-1"), certificates.Filter{Query: all[1].Number}, 0},
			{"the caregiver sees their own", w.asCaregiver("person-1"), certificates.Filter{}, 3},
			{"and of one family", w.asCaregiver("person-1"), certificates.Filter{Family: certificates.FamilySkillLevel}, 1},
			{"of one person", w.as(home), certificates.Filter{Person: "person-2"}, 2},
			{"of one organisation", w.as(bureau), certificates.Filter{Organization: school}, 4},
			{"of one status", w.as(bureau), certificates.Filter{Status: certificates.StatusRevoked}, 1},
			{"of one family", w.as(bureau), certificates.Filter{Family: certificates.FamilyTraining}, 3},
			{"of one family and status", w.as(bureau), certificates.Filter{Family: certificates.FamilyTraining, Status: certificates.StatusValid}, 2},
			{"everywhere of one family and status", everywhere, certificates.Filter{Family: certificates.FamilyTraining, Status: certificates.StatusValid}, 2},
			{"everywhere of one family", everywhere, certificates.Filter{Family: certificates.FamilyTraining}, 3},
			{"by number", w.as(bureau), certificates.Filter{Query: all[1].Number}, 1},
			{"by public code", w.as(bureau), certificates.Filter{Query: all[1].Code}, 1},
			{"by the number of another issuer's, in small letters", w.as(home), certificates.Filter{Query: "s0000 31000012234000123"}, 1},
			{"by number out of reach", w.as(otherSchool), certificates.Filter{Query: all[1].Number}, 0},
			{"by name", w.as(bureau), certificates.Filter{Query: "王秀"}, 3},
			{"by name and status", w.as(bureau), certificates.Filter{Query: "王秀兰", Status: certificates.StatusRevoked}, 1},
			{"by name everywhere", everywhere, certificates.Filter{Query: "李建国"}, 2},
			{"by name out of reach", w.as(otherSchool), certificates.Filter{Query: "王秀兰"}, 0},
		} {
			p, err := w.List(c.ctx, c.f, 20, "")
			if err != nil || p.Total != c.total || int64(len(p.Items)) != c.total {
				t.Errorf("%s: %d of %d, want %d: %v", c.name, len(p.Items), p.Total, c.total, err)
			}
		}
		var seen []kernel.CertificateID
		for cursor := ""; ; {
			p := must[certificates.Page](t)(w.List(w.as(bureau), certificates.Filter{Family: certificates.FamilyTraining}, 2, cursor))
			for _, c := range p.Items {
				seen = append(seen, c.ID)
			}
			if cursor = p.Next; cursor == "" {
				break
			}
		}
		if len(seen) != 3 || seen[0] != all[2].ID || seen[2] != all[0].ID {
			t.Errorf("by pages: %v", seen)
		}
		if _, err := w.List(w.as(school), certificates.Filter{Person: "person-1"}, 20, ""); !errors.Is(err, certificates.ErrPersonUnknown) {
			t.Errorf("a person out of reach: %v", err)
		}
		if _, err := w.Find(w.as(otherSchool), all[0].ID); !errors.Is(err, certificates.ErrUnknown) {
			t.Errorf("a certificate out of reach: %v", err)
		}
		must[certificates.Certificate](t)(w.Find(w.as(home), all[0].ID))
	})
}

// A certificate is built on a person when it is registered, whatever day it was
// issued on.
func TestWhatWasBuiltSince(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		built := func(since time.Time) bool {
			t.Helper()
			return must[bool](t)(w.module.Record().Built(w.ctx, "person-1", since))
		}
		if built(time.Time{}) {
			t.Error("nothing was registered")
		}
		c := must[certificates.Certificate](t)(w.Register(w.as(home), claim("person-1")))
		if !built(time.Time{}) || !built(c.RecordedAt) || built(c.RecordedAt.Add(time.Millisecond)) {
			t.Error("a registration")
		}
	})
}
