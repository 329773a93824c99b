package people_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/people"
)

// self acts as a person about themselves.
func (w *world) self(p kernel.PersonID) context.Context {
	actor := kernel.Actor{User: kernel.UserID("user-of-" + p), Person: p, Grants: []kernel.Grant{{Role: kernel.RoleCaregiver}}}
	return kernel.WithReach(kernel.WithActor(w.ctx, actor), kernel.Reach{Self: p})
}

func (w *world) notices(versions ...string) {
	w.Service.Notices = nil
	for i, v := range versions {
		w.Service.Notices = append(w.Service.Notices, people.Notice{Version: v, On: kernel.Date(fmt.Sprintf("2025-0%d-01", i+1))})
	}
}

// names lists who stands in a list of consents.
func (w *world) consenting(t *testing.T, ctx context.Context, f people.ConsentFilter) []string {
	t.Helper()
	page, err := w.ListConsents(ctx, f, 100, "")
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, p := range page.Items {
		out = append(out, p.Name)
	}
	if int(page.Total) != len(out) {
		t.Errorf("%d listed, total %d", len(out), page.Total)
	}
	slices.Sort(out)
	return out
}

func TestConsent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.notices("1")
		li, wang := w.register(t, w.as(home), "李红", numbered(1)), w.register(t, w.as(home), "王芳", numbered(2))
		w.employ(t, w.as(home), li, home, "2025-03-01", "")
		w.employ(t, w.as(home), wang, home, "2025-03-01", "")
		word := people.ConsentWord{Version: "1", Separate: true}
		for _, c := range []struct {
			name string
			do   func() error
			want error
		}{
			{"another home cannot say it for her", func() error {
				_, err := w.Consent(w.as(other), li, people.ConsentWord{Version: "1", SignedOn: "2025-09-01"})
				return err
			}, people.ErrUnknown},
			{"a version that never was is not the one in force", func() error { _, err := w.Consent(w.self(li), li, people.ConsentWord{Version: "9"}); return err }, people.ErrNoticeOld},
			{"nothing was said yet that could be taken back", func() error { _, err := w.WithdrawConsent(w.self(li), li, people.ConsentWord{}); return err }, people.ErrNoConsent},
			{"she consents by phone", func() error { _, err := w.Consent(w.self(li), li, word); return err }, nil},
			{"and not twice", func() error { _, err := w.Consent(w.self(li), li, word); return err }, people.ErrConsentAlready},
			{"but may narrow it", func() error { _, err := w.Consent(w.self(li), li, people.ConsentWord{Version: "1"}); return err }, nil},
			{"a paper needs its day", func() error { _, err := w.Consent(w.as(home), wang, word); return err }, people.ErrSignedOn},
			{"which is not tomorrow", func() error {
				_, err := w.Consent(w.as(home), wang, people.ConsentWord{Version: "1", SignedOn: "2025-09-02"})
				return err
			}, people.ErrSignedOn},
			{"today will do", func() error {
				_, err := w.Consent(w.as(home), wang, people.ConsentWord{Version: "1", SignedOn: "2025-09-01", Note: "人事柜 3"})
				return err
			}, nil},
			{"she takes it back", func() error {
				_, err := w.WithdrawConsent(w.self(li), li, people.ConsentWord{Note: "不再需要"})
				return err
			}, nil},
			{"once", func() error { _, err := w.WithdrawConsent(w.self(li), li, people.ConsentWord{}); return err }, people.ErrNoConsent},
		} {
			if err := c.do(); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.name, err, c.want)
			}
		}
		rows, standing, err := w.Consents(w.self(li), li)
		if err != nil || len(rows) != 3 || !rows[0].Withdrawn || rows[0].Version != "1" || standing.State("1") != people.ConsentWithdrawn {
			t.Errorf("her words: %+v, %+v, %v", rows, standing, err)
		}
		papers, _, err := w.Consents(w.as(home), wang)
		if err != nil || len(papers) != 1 || papers[0].Channel != people.ChannelPaper || papers[0].SignedOn != "2025-09-01" || papers[0].Organization != home {
			t.Errorf("the paper: %+v, %v", papers, err)
		}
		if _, _, err := w.Consents(w.as(other), wang); !errors.Is(err, people.ErrUnknown) {
			t.Errorf("another home reads: %v", err)
		}
	})
}

// A new version of the notice asks everybody anew, without a document being
// touched; lists are scoped.
func TestWhoHasNotConsented(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.notices("1")
		ids := map[string]kernel.PersonID{}
		for i, name := range []string{"甲甲", "乙乙", "丙丙", "丁丁"} {
			ids[name] = w.register(t, w.as(home), name, numbered(i+1))
			w.employ(t, w.as(home), ids[name], home, "2025-03-01", "")
		}
		w.register(t, w.as(other), "别家", numbered(9))
		for _, o := range w.ConsentMany(w.as(home), []kernel.PersonID{ids["甲甲"], ids["乙乙"], "nobody"}, people.ConsentWord{Version: "1", SignedOn: "2025-08-20"}) {
			if (o.Err != nil) != (o.Person == "nobody") {
				t.Errorf("%s: %v", o.Person, o.Err)
			}
		}
		if _, err := w.WithdrawConsent(w.self(ids["乙乙"]), ids["乙乙"], people.ConsentWord{}); err != nil {
			t.Fatal(err)
		}
		expect := func(what string, f people.ConsentFilter, want ...string) {
			t.Helper()
			slices.Sort(want)
			if got := w.consenting(t, w.as(home), f); !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", what, got, want)
			}
		}
		expect("who has not", people.ConsentFilter{}, "乙乙", "丙丙", "丁丁")
		expect("who has", people.ConsentFilter{State: people.ConsentGiven}, "甲甲")
		expect("who took it back", people.ConsentFilter{State: people.ConsentWithdrawn}, "乙乙")
		w.End(w.as(district), ids["丁丁"], w.spellOf(t, ids["丁丁"]), "2025-08-31", "离职")
		expect("on post only", people.ConsentFilter{OnPost: true}, "乙乙", "丙丙")
		w.notices("1", "2")
		expect("version 2 asks all", people.ConsentFilter{OnPost: true}, "甲甲", "乙乙", "丙丙")
		expect("of whom one said yes before", people.ConsentFilter{State: people.ConsentOutdated}, "甲甲")
		if got := w.consenting(t, w.as(other), people.ConsentFilter{}); !slices.Equal(got, []string{"别家"}) {
			t.Errorf("another home sees %v", got)
		}
		if got := w.consenting(t, w.as(district), people.ConsentFilter{Organization: home, OnPost: true}); len(got) != 3 {
			t.Errorf("the bureau sees %v", got)
		}
		if _, err := w.ListConsents(w.as(other), people.ConsentFilter{Organization: home}, 10, ""); !errors.Is(err, people.ErrEmployerUnknown) {
			t.Errorf("another home asks about this one: %v", err)
		}
	})
}

func (w *world) spellOf(t *testing.T, id kernel.PersonID) string {
	t.Helper()
	p, err := w.Find(w.admin(), id)
	if err != nil {
		t.Fatal(err)
	}
	return p.Career.Latest()[0].ID
}

func TestConsentsFollowAMerge(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.notices("1")
		kept, gone := w.register(t, w.as(home), "李红", numbered(1)), w.register(t, w.as(home), "李红", numbered(2))
		if _, err := w.Consent(w.self(gone), gone, people.ConsentWord{Version: "1"}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Merge(w.as(district), kept, gone, "同一人"); err != nil {
			t.Fatal(err)
		}
		rows, standing, err := w.Consents(w.as(home), kept)
		if err != nil || len(rows) != 1 || standing.State("1") != people.ConsentGiven {
			t.Errorf("%+v, %+v, %v", rows, standing, err)
		}
	})
}

// Whatever is said in whatever order: the state is that of the last word, and
// only consent to the version in force is consent.
func TestStandingIsTheLastWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		current := rapid.SampledFrom([]string{"1", "2"}).Draw(t, "current")
		var s *people.ConsentStanding
		want := people.ConsentMissing
		for range rapid.IntRange(0, 6).Draw(t, "words") {
			version := rapid.SampledFrom([]string{"1", "2"}).Draw(t, "version")
			withdrawn := rapid.Bool().Draw(t, "withdrawn")
			s = &people.ConsentStanding{Version: version, Withdrawn: withdrawn}
			switch {
			case withdrawn:
				want = people.ConsentWithdrawn
			case version == current:
				want = people.ConsentGiven
			default:
				want = people.ConsentOutdated
			}
		}
		if got := s.State(current); got != want {
			t.Fatalf("%+v toward %s is %s, want %s", s, current, got, want)
		}
	})
}

// Undoing a merge sends back what came with it, and leaves what was said since.
func TestWordsAreReturnedWhenAMergeIsUndone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.notices("1")
		w.corrections(15, 10)
		kept, gone := w.register(t, w.as(home), "李红", numbered(1)), w.register(t, w.as(home), "李红", numbered(2))
		if _, err := w.Consent(w.self(gone), gone, people.ConsentWord{Version: "1"}); err != nil {
			t.Fatal(err)
		}
		w.ask(t, gone, people.CorrectionRequest{Field: people.CorrectMajor, Text: "护理"})
		if _, err := w.Merge(w.as(district), kept, gone, "同一人"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.WithdrawConsent(w.self(kept), kept, people.ConsentWord{}); err != nil {
			t.Fatal(err)
		}
		w.ask(t, kept, people.CorrectionRequest{Field: people.CorrectOther, Text: "照片"})
		if _, _, err := w.Undo(w.as(district), kept, gone, "不是同一人"); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			id    kernel.PersonID
			state people.ConsentState
			field people.CorrectionField
		}{{kept, people.ConsentWithdrawn, people.CorrectOther}, {gone, people.ConsentGiven, people.CorrectMajor}} {
			rows, standing, err := w.Consents(w.as(home), c.id)
			if err != nil || len(rows) != 1 || standing.State("1") != c.state {
				t.Errorf("%+v, %+v, %v; want %s", rows, standing, err, c.state)
			}
			asked, err := w.CorrectionsOf(w.as(home), c.id)
			if err != nil || len(asked) != 1 || asked[0].Field != c.field || asked[0].Person != c.id {
				t.Errorf("%+v, %v; want %s", asked, err, c.field)
			}
			p, err := w.Find(w.as(home), c.id)
			if err != nil || p.Consent.State("1") != c.state {
				t.Errorf("%+v, %v", p.Consent, err)
			}
		}
		if page, err := w.ListCorrections(w.as(home), "", people.CorrectionOpen, 10, ""); err != nil || page.Total != 2 {
			t.Errorf("%d wait, %v", page.Total, err)
		}
	})
}
