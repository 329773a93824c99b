package people_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/people"
	"carecert/modules/people/rule"
)

func (w *world) corrections(dueDays, maxOpen int) {
	w.Service.Corrections = []rule.CorrectionRow{{RuleHead: kernel.RuleHead{ID: "privacy.corrections", Version: "1", From: "2021-11-01"}, DueDays: dueDays, MaxOpen: maxOpen}}
}

func (w *world) ask(t *testing.T, p kernel.PersonID, r people.CorrectionRequest) people.Correction {
	t.Helper()
	r.Reason = "登记有误"
	c, err := w.AskCorrection(w.self(p), p, r)
	if err != nil {
		t.Fatalf("ask for %s: %v", r.Field, err)
	}
	return c
}

// Every field that the register can change is changed by accepting, in the
// very way in which anybody would change it.
func TestAcceptingCarriesTheChangeOut(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.corrections(15, 10)
		id := w.register(t, w.as(home), "李红", numbered(1))
		spell := w.employ(t, w.as(home), id, home, "2025-03-01", "").ID
		accept := people.CorrectionDecision{Accept: true}
		for _, r := range []people.CorrectionRequest{
			{Field: people.CorrectName, Text: "李 虹"},
			{Field: people.CorrectPhone, Text: "139 1234 5678"},
			{Field: people.CorrectEducation, Text: "college"},
			{Field: people.CorrectMajor, Text: "护理"},
			{Field: people.CorrectIDNumber, Text: numbered(2)},
			{Field: people.CorrectEmployment, Spell: people.WantedSpell{Spell: spell, StartedOn: "2025-02-01"}},
		} {
			c := w.ask(t, id, r)
			if strings.Contains(c.Wanted, numbered(2)) || strings.Contains(c.Wanted, "13912345678") {
				t.Errorf("%s is shown in clear: %s", r.Field, c.Wanted)
			}
			if c.DueOn != "2025-09-16" || c.Rule != "privacy.corrections@1" {
				t.Errorf("due on %s by %s", c.DueOn, c.Rule)
			}
			done, err := w.DecideCorrection(w.as(home), id, c.ID, accept)
			if err != nil || done.State != people.CorrectionAccepted || done.ByHand {
				t.Errorf("accept %s: %+v, %v", r.Field, done, err)
			}
		}
		p, err := w.Find(w.as(home), id)
		if err != nil {
			t.Fatal(err)
		}
		phone, _ := w.Reveal(w.as(home), id, people.FieldPhone, "核对")
		number, _ := w.Reveal(w.as(home), id, people.FieldIDNumber, "核对")
		if p.Name != "李虹" || phone != "13912345678" || p.Education != "college" || p.Major != "护理" || number != numbered(2) || p.Career.Latest()[0].Period.From != "2025-02-01" {
			t.Errorf("the register says %+v, %s, %s", p, phone, number)
		}
		verbs := map[string]int{}
		for _, a := range w.Logged() {
			verbs[a.Verb]++
		}
		if verbs["askCorrection"] != 6 || verbs["decideCorrection"] != 6 || verbs["update"] != 4 || verbs["correctIdentity"] != 1 || verbs["correctCareer"] != 1 {
			t.Errorf("the log has %v", verbs)
		}
	})
}

func TestCorrectionsAreRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.corrections(15, 3)
		id, twin := w.register(t, w.as(home), "李红", numbered(1)), w.register(t, w.as(home), "王芳", numbered(2))
		old := w.employ(t, w.as(district), id, other, "2024-03-01", "2024-12-31").ID
		w.employ(t, w.as(district), id, home, "2025-03-01", "")
		asks := func(r people.CorrectionRequest) func() error {
			return func() error { _, err := w.AskCorrection(w.self(id), id, r); return err }
		}
		decide := func(ctx context.Context, c people.Correction, d people.CorrectionDecision) func() error {
			return func() error { _, err := w.DecideCorrection(ctx, id, c.ID, d); return err }
		}
		accept, reject := people.CorrectionDecision{Accept: true}, people.CorrectionDecision{Reason: "与身份证不符"}
		name := w.ask(t, id, people.CorrectionRequest{Field: people.CorrectName, Text: "李虹"})
		number := w.ask(t, id, people.CorrectionRequest{Field: people.CorrectIDNumber, Text: numbered(2)})
		alsoClerk := kernel.WithActor(w.as(home), kernel.Actor{User: "a-second-account", Person: id, Grants: []kernel.Grant{{Role: kernel.RoleInstitution, Organization: home}}})
		for _, c := range []struct {
			name string
			do   func() error
			want error
		}{
			{"nobody asks about somebody else", func() error {
				_, err := w.AskCorrection(w.self(id), twin, people.CorrectionRequest{Field: people.CorrectName, Text: "x"})
				return err
			}, people.ErrUnknown},
			{"what is already so", asks(people.CorrectionRequest{Field: people.CorrectPhone, Text: "13800138000"}), people.ErrCorrectionSame},
			{"an education there is not", asks(people.CorrectionRequest{Field: people.CorrectEducation, Text: "doctor of everything"}), nil},
			{"a spell that is not there", asks(people.CorrectionRequest{Field: people.CorrectEmployment, Spell: people.WantedSpell{Spell: "none", Still: true}}), people.ErrSpellUnknown},
			{"the same twice", asks(people.CorrectionRequest{Field: people.CorrectName, Text: "李洪"}), people.ErrCorrectionTwice},
			{"nothing to say", asks(people.CorrectionRequest{Field: people.CorrectMajor}), people.ErrCorrectionNoWanted},
			{"a formula is no name", asks(people.CorrectionRequest{Field: people.CorrectName, Text: "=cmd"}), fault.ErrInvalid},
			{"nor are 51 characters", asks(people.CorrectionRequest{Field: people.CorrectName, Text: strings.Repeat("李", 51)}), fault.ErrInvalid},
			{"a major has 60 at most", asks(people.CorrectionRequest{Field: people.CorrectMajor, Text: strings.Repeat("护", 61)}), fault.ErrInvalid},
			{"blanks say nothing", asks(people.CorrectionRequest{Field: people.CorrectOther, Text: " \u3000 "}), people.ErrCorrectionNoWanted},
			{"a spell of the last century", asks(people.CorrectionRequest{Field: people.CorrectEmployment, Spell: people.WantedSpell{Spell: old, StartedOn: "1900-01-01"}}), people.ErrSpellTooFar},
			{"another home decides nothing", decide(w.as(other), name, accept), people.ErrUnknown},
			{"the asker decides nothing", decide(w.self(id), name, accept), people.ErrCorrectionOwn},
			{"nor under another account", decide(alsoClerk, name, accept), people.ErrCorrectionOwn},
			{"a rejection has its reason", decide(w.as(home), name, people.CorrectionDecision{}), people.ErrCorrectionReason},
			{"somebody else's number is not taken over", decide(w.as(home), number, accept), people.ErrDuplicate},
			{"it is rejected", decide(w.as(home), number, reject), nil},
			{"once", decide(w.as(home), number, reject), people.ErrCorrectionDecided},
			{"the third that is open", asks(people.CorrectionRequest{Field: people.CorrectEmployment, Spell: people.WantedSpell{Spell: old, EndedOn: "2025-01-31"}}), nil},
			{"something else", asks(people.CorrectionRequest{Field: people.CorrectOther, Text: "照片"}), nil},
			{"more than three at a time", asks(people.CorrectionRequest{Field: people.CorrectMajor, Text: "护理"}), people.ErrCorrectionMany},
		} {
			err := c.do()
			if c.name == "an education there is not" {
				if err == nil {
					t.Error("an education there is not is taken")
				}
				continue
			}
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.name, err, c.want)
			}
		}
		all, err := w.CorrectionsOf(w.self(id), id)
		if err != nil || len(all) != 4 {
			t.Fatalf("%d requests, %v", len(all), err)
		}
		for _, c := range all {
			switch c.Field {
			case people.CorrectEmployment: // it lies at another employer: the bureau can, this home cannot
				if err := decide(w.as(home), c, accept)(); !errors.Is(err, people.ErrSpellUnknown) {
					t.Errorf("a spell of another home: %v", err)
				}
				if err := decide(w.as(district), c, accept)(); err != nil {
					t.Errorf("the bureau: %v", err)
				}
			case people.CorrectOther:
				if err := decide(w.as(home), c, accept)(); !errors.Is(err, people.ErrCorrectionByHand) {
					t.Errorf("a photograph: %v", err)
				}
				if err := decide(w.as(home), c, people.CorrectionDecision{Accept: true, ByHand: true})(); err != nil {
					t.Errorf("by hand: %v", err)
				}
			case people.CorrectIDNumber:
				if c.Answer != "与身份证不符" || c.State != people.CorrectionRejected {
					t.Errorf("she reads %+v", c)
				}
			case people.CorrectName:
				if _, err := w.WithdrawCorrection(w.self(id), id, c.ID); err != nil {
					t.Errorf("take it back: %v", err)
				}
			default:
				t.Errorf("nobody asked for %s", c.Field)
			}
		}
	})
}

// The queue shows what is due first, to whoever has the person now.
func TestCorrectionsFollowThePerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.corrections(15, 10)
		id := w.register(t, w.as(home), "李红", numbered(1))
		spell := w.employ(t, w.as(home), id, home, "2025-03-01", "").ID
		c := w.ask(t, id, people.CorrectionRequest{Field: people.CorrectPhone, Text: "13912345678"})
		count := func(who kernel.OrganizationID, state people.CorrectionState) int64 {
			page, err := w.ListCorrections(w.as(who), "", state, 10, "")
			if err != nil {
				t.Fatal(err)
			}
			return page.Total
		}
		if count(home, people.CorrectionOpen) != 1 || count(other, people.CorrectionOpen) != 0 || count(district, "") != 1 {
			t.Error("the home and its bureau see it, another home does not")
		}
		if _, err := w.End(w.as(home), id, spell, "2025-08-31", "离职"); err != nil {
			t.Fatal(err)
		}
		w.employ(t, w.as(district), id, other, "2025-09-01", "")
		if count(home, people.CorrectionOpen) != 0 || count(other, people.CorrectionOpen) != 1 {
			t.Error("it does not follow the person")
		}
		if value, err := w.RevealCorrection(w.as(other), id, c.ID, "与本人核对"); err != nil || value != "13912345678" {
			t.Errorf("opened as %q, %v", value, err)
		}
		if _, err := w.DecideCorrection(w.as(other), id, c.ID, people.CorrectionDecision{Accept: true}); err != nil {
			t.Fatal(err)
		}
		if count(other, people.CorrectionOpen) != 0 || count(other, people.CorrectionAccepted) != 1 {
			t.Error("it is decided, yet waits")
		}
	})
}

func TestCorrectionsFollowAMerge(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.corrections(15, 10)
		kept, gone := w.register(t, w.as(home), "李红", numbered(1)), w.register(t, w.as(home), "李红", numbered(2))
		w.employ(t, w.as(home), kept, home, "2025-03-01", "")
		c := w.ask(t, gone, people.CorrectionRequest{Field: people.CorrectMajor, Text: "护理"})
		if _, err := w.Merge(w.as(district), kept, gone, "同一人"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.DecideCorrection(w.as(home), kept, c.ID, people.CorrectionDecision{Accept: true}); err != nil {
			t.Fatal(err)
		}
		if p, err := w.Find(w.as(home), kept); err != nil || p.Major != "护理" {
			t.Errorf("%+v, %v", p, err)
		}
	})
}
