package certificates_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"carecert/modules/certificates"
	"carecert/modules/certificates/verify"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// candidate is somebody whom an assessing body knows by name and number.
func (w *world) candidate(n int) certificates.LevelDraft {
	id := kernel.PersonID(fmt.Sprintf("candidate-%d", n))
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ids[id] = fmt.Sprintf("3101181990010%05d", n)
	w.cards[id] = kernel.PersonCard{ID: id, Name: "考生", IDType: "residentId", IDNumberMasked: "310118********0000", Reach: []kernel.OrganizationID{home, bureau}}
	return certificates.LevelDraft{Body: body, Name: "考生", IDNumber: w.ids[id], Level: 4, IssuedOn: "2026-01-05"}
}

func TestALevelIsIssued(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := must[certificates.Certificate](t)(w.IssueLevel(w.as(body), w.candidate(1)))
		if c.Number != "S000031000012264000001" || c.Title != "养老护理员" || c.Occupation != "4-10-01-05" || c.ExpiresOn != "" || c.Template.ID != "skillLevel.house" {
			t.Errorf("%+v", c)
		}
		again := must[certificates.Certificate](t)(w.IssueLevel(w.as(body), w.candidate(1)))
		if again.ID != c.ID {
			t.Error("the same again is another one")
		}
		other := w.candidate(2)
		other.Level, other.Direction = 3, "失智照护"
		if next := must[certificates.Certificate](t)(w.IssueLevel(w.as(body), other)); next.Number != "S000031000012263000002" || next.Direction != "失智照护" {
			t.Errorf("the sequence runs over all levels: %s", next.Number)
		}
		before := w.candidate(3)
		before.IssuedOn = "2025-12-31"
		if next := must[certificates.Certificate](t)(w.IssueLevel(w.as(body), before)); next.Number != "S000031000012254000001" {
			t.Errorf("another year: %s", next.Number)
		}
		held := w.holdings("candidate-1")
		if len(held) != 1 || held[0].Level != 4 || held[0].VerifiedAt == nil || !held[0].OfCaregiver() {
			t.Errorf("it does not count at once: %+v", held)
		}
		p := must[certificates.Public](t)(w.VerifyText(w.ctx, c.QRText))
		if p.Verdict != verify.Genuine || p.Card.Number != c.Number {
			t.Errorf("%+v", p)
		}
		offline := must[verify.Result](t)(verify.Offline(c.QRText, w.Keys(), nil, w.Now()))
		if offline.Verdict != verify.Genuine || offline.Facts.Number() != c.Number || offline.Facts.FamilyName() != "skillLevel" || offline.Facts.Level != 4 {
			t.Errorf("%+v", offline)
		}
		if r := must[certificates.LogReport](t)(w.LogVerify(w.ctx, nil)); r.Bad != nil {
			t.Errorf("%+v", r.Bad)
		}
		if pdf := w.printed(t, c.ID); len(pdf) == 0 {
			t.Error("it is not printed")
		}
		next := must[certificates.Certificate](t)(w.Replace(w.as(body), c.ID, "遗失"))
		if next.Number != "S000031000012264000003" || next.Level != 4 || next.Occupation != c.Occupation {
			t.Errorf("the replacement is %+v", next)
		}
		must[certificates.Certificate](t)(w.Revoke(w.as(body), next.ID, "查实代考"))
		anew := must[certificates.Certificate](t)(w.IssueLevel(w.as(body), w.candidate(1)))
		if anew.Number != "S000031000012264000004" || anew.Status != certificates.StatusValid {
			t.Errorf("after a revocation: %+v", anew)
		}
	})
}

func TestFiftyAtOnceLeaveNoGapAndNoDouble(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		const n = 50
		numbers := make([]string, n)
		var all sync.WaitGroup
		for i := range n {
			draft := w.candidate(i)
			draft.Level = kernel.SkillLevel(1 + i%5)
			all.Go(func() {
				c, err := w.IssueLevel(w.as(body), draft)
				if err != nil {
					t.Error(err)
				}
				numbers[i] = c.Number
			})
		}
		all.Wait()
		slices.SortFunc(numbers, func(a, b string) int { return strings.Compare(a[max(0, len(a)-6):], b[max(0, len(b)-6):]) })
		for i, number := range numbers {
			if !strings.HasPrefix(number, "S00003100001226") || !strings.HasSuffix(number, fmt.Sprintf("%06d", i+1)) {
				t.Errorf("place %d has %s", i+1, number)
			}
		}
	})
}

func TestRefusalsOfLevels(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.Pass(365 * 24 * 3600e9) // 5 January 2027: the body's time is over
		for i, c := range []struct {
			name string
			want *fault.Fault
			how  func(*certificates.LevelDraft)
		}{
			{"the last day of the body", nil, func(d *certificates.LevelDraft) { d.IssuedOn = "2026-12-31" }},
			{"the day after", certificates.ErrBodyNotValid, func(d *certificates.LevelDraft) { d.IssuedOn = "2027-01-01" }},
			{"before its first", certificates.ErrBodyNotValid, func(d *certificates.LevelDraft) { d.IssuedOn = "2019-12-31" }},
			{"tomorrow", certificates.ErrFuture, func(d *certificates.LevelDraft) { d.IssuedOn = "2027-01-06" }},
			{"a school", certificates.ErrBodyUnknown, func(d *certificates.LevelDraft) { d.Body = school }},
			{"none there is", certificates.ErrBodyUnknown, func(d *certificates.LevelDraft) { d.Body = "nowhere" }},
			{"another name", certificates.ErrPersonUnknown, func(d *certificates.LevelDraft) { d.Name = "别人" }},
			{"another number", certificates.ErrPersonUnknown, func(d *certificates.LevelDraft) { d.IDNumber = "310118199001019999" }},
			{"somebody out of reach, by id", certificates.ErrPersonUnknown, func(d *certificates.LevelDraft) { d.Person = "person-far" }},
			{"an occupation that is none", certificates.ErrOccupation, func(d *certificates.LevelDraft) { d.Occupation = "飞行员" }},
			{"the level again, on another day", certificates.ErrLevelHeld, func(d *certificates.LevelDraft) { d.IssuedOn = "2026-12-30" }},
		} {
			draft := w.candidate(i + 1)
			if c.want == certificates.ErrLevelHeld {
				draft = w.candidate(1)
			}
			c.how(&draft)
			_, err := w.IssueLevel(w.as(body, school), draft)
			if (c.want == nil) != (err == nil) || c.want != nil && !errors.Is(err, c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if _, err := w.IssueLevel(w.as(school), w.candidate(20)); !errors.Is(err, certificates.ErrBodyUnknown) {
			t.Errorf("for a body out of reach: %v", err)
		}
		// No refusal has taken a serial.
		next := w.candidate(21)
		next.IssuedOn = "2026-12-31"
		if c := must[certificates.Certificate](t)(w.IssueLevel(w.as(body), next)); c.Number != "S000031000012264000002" {
			t.Errorf("%s", c.Number)
		}
	})
}

// A body that numbered by itself before goes on behind what is registered.
func TestARegisteredNumberIsPassedOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		must[certificates.Certificate](t)(w.Register(w.as(bureau), certificates.Claim{
			Person: "person-1", Family: certificates.FamilySkillLevel, Number: "S000031000012264000001", Level: 4, IssuedOn: "2026-01-02", IssuerName: "更名后的评价中心",
		}))
		if c := must[certificates.Certificate](t)(w.IssueLevel(w.as(body), w.candidate(1))); c.Number != "S000031000012264000002" {
			t.Errorf("%s", c.Number)
		}
	})
}
