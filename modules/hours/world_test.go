package hours_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"carecert/modules/hours"
	"carecert/modules/hours/rule"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/kit/testkit"
)

const (
	bureau    kernel.OrganizationID = "qingpu-bureau"
	home      kernel.OrganizationID = "dianshanhu-home"
	otherHome kernel.OrganizationID = "chonggu-home"
	wang      kernel.PersonID       = "wang"
	li        kernel.PersonID       = "li"
)

// world is the module on a database, with hand-written neighbours.
type world struct {
	*testkit.House
	*hours.Service
	module  *hours.Module
	ctx     context.Context
	spells  map[kernel.PersonID][]kernel.Spell
	planned map[kernel.PersonID][]hours.Planned
	proofs  certifier
}

// ByNumber: here a person's number is their name in capitals.
func (w *world) ByNumber(ctx context.Context, numbers []kernel.IDNumber) (map[kernel.IDNumber]kernel.Bearers, error) {
	out := map[kernel.IDNumber]kernel.Bearers{}
	for _, n := range numbers {
		if card, err := w.Card(ctx, kernel.PersonID(strings.ToLower(n.Number))); err == nil {
			out[n] = kernel.Bearers{card}
		}
	}
	return out, nil
}

func (w *world) Card(_ context.Context, id kernel.PersonID) (kernel.PersonCard, error) {
	spells, ok := w.spells[id]
	if !ok {
		return kernel.PersonCard{}, fault.New(fault.NotFound, "people.unknown")
	}
	card := kernel.PersonCard{ID: id, Name: string(id)}
	for _, s := range spells {
		card.Reach = append(card.Reach, s.Path...)
	}
	return card, nil
}

func (w *world) Cards(ctx context.Context, ids []kernel.PersonID) (map[kernel.PersonID]kernel.PersonCard, error) {
	out := map[kernel.PersonID]kernel.PersonCard{}
	for _, id := range ids {
		if card, err := w.Card(ctx, id); err == nil {
			out[id] = card
		}
	}
	return out, nil
}

func (w *world) Spells(_ context.Context, p kernel.PersonID) ([]kernel.Spell, error) {
	spells, ok := w.spells[p]
	if !ok {
		return nil, fault.New(fault.NotFound, "people.unknown")
	}
	return spells, nil
}

func (w *world) Planned(context.Context, []kernel.PersonID, kernel.Date, kernel.Date) (map[kernel.PersonID][]hours.Planned, error) {
	return w.planned, nil
}

type organizations struct{}

func (organizations) Card(_ context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error) {
	return kernel.OrganizationCard{ID: id, Path: []kernel.OrganizationID{id, bureau}, Region: "310118"}, nil
}

func rows() []rule.Row {
	imported := rule.Imported{
		Credit: rule.CreditConfirmed, Untimed: rule.UntimedOverlaps, Categories: []string{"inService", "standards"}, DoubtMinutes: 540,
	}
	qingpu := rule.Row{
		Imported:           imported,
		RuleHead:           kernel.RuleHead{ID: "hours.qingpu", Version: "1", Region: "310118", From: "2025-01-01"},
		RequiredClassHours: 20, MinutesPerClassHour: 45, Roles: []kernel.StaffRole{kernel.StaffCaregiver},
		ExcludedCategories: []string{"degree"}, OrganiserMismatch: rule.MismatchWarns,
		OrganiserTiers: map[kernel.SkillLevel][]string{kernel.Level3: {"district", "city"}},
	}
	national := rule.Row{
		Imported:            imported,
		RuleHead:            kernel.RuleHead{ID: "hours.national", Version: "1", From: "1900-01-01"},
		MinutesPerClassHour: 45, Roles: []kernel.StaffRole{kernel.StaffCaregiver},
	}
	return []rule.Row{national, qingpu}
}

func newWorld(t *testing.T, db *store.DB) *world {
	t.Helper()
	w := &world{
		House:  testkit.At(time.Date(2026, 1, 15, 8, 0, 0, 0, time.UTC)),
		spells: map[kernel.PersonID][]kernel.Spell{}, ctx: t.Context(),
	}
	w.module = hours.New(hours.Deps{
		DB: db, Clock: w, Facts: w, Audit: w, Rules: rows(), People: w, Organizations: organizations{}, Plans: w, Certifier: &w.proofs,
	})
	w.Service = w.module.Service
	if err := db.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.employ(t, wang, home, "2024-03-01", kernel.Forever)
	return w
}

func (w *world) employ(t *testing.T, p kernel.PersonID, at kernel.OrganizationID, from, to kernel.Date) {
	t.Helper()
	w.spells[p] = append(w.spells[p], kernel.Spell{
		ID: fmt.Sprintf("%s-%d", p, len(w.spells[p])), Person: p, Organization: at, Path: []kernel.OrganizationID{at, bureau},
		Region: "310118", Role: kernel.StaffCaregiver, Period: kernel.Period{From: from, To: to}, RecordedAt: w.Now(),
	})
	w.follow(t, p)
}

func (w *world) follow(t *testing.T, p kernel.PersonID) {
	t.Helper()
	if err := w.FollowCareers(w.ctx, []kernel.Career{{Person: p, Spells: w.spells[p]}}); err != nil {
		t.Fatal(err)
	}
}

// held is a session on a day from a clock time, attended in full.
func held(id string, day kernel.Date, from string, minutes int, who ...kernel.PersonID) hours.Held {
	start, err := time.ParseInLocation("2006-01-02 15:04", string(day)+" "+from, kernel.Shanghai())
	if err != nil {
		return hours.Held{}
	}
	end := start.Add(time.Duration(minutes) * time.Minute)
	h := hours.Held{
		Session: kernel.SessionID(id), Revision: 1, Class: "class", Course: "course", CourseTitle: "照护实务",
		Provider: "school", Region: "310118", Category: "inService", OrganiserTier: "institution",
		CountsTowardInService: true, Date: day, StartsAt: start.UTC(), EndsAt: end.UTC(), Minutes: kernel.Minutes(minutes),
	}
	for _, p := range who {
		h.Presences = append(h.Presences, hours.Attended{Person: p, In: start.UTC(), Out: end.UTC(), Source: "scan"})
	}
	return h
}

func (w *world) record(t *testing.T, all ...hours.Held) {
	t.Helper()
	for _, h := range all {
		if err := w.RecordSession(w.ctx, h); err != nil {
			t.Fatal(err)
		}
	}
}

func everywhere(ctx context.Context) context.Context {
	return kernel.WithReach(ctx, kernel.Reach{Everywhere: true})
}

func (w *world) year(t *testing.T, p kernel.PersonID, year int) hours.Account {
	t.Helper()
	a, err := w.YearOf(everywhere(w.ctx), p, year, hours.Moment{})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (w *world) ledger(t *testing.T, p kernel.PersonID) (out []string) {
	t.Helper()
	entries, err := w.Ledger(everywhere(w.ctx), p, 2025)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, fmt.Sprintf("%s %s %+d", e.Line.Session, e.Kind, e.Minutes))
	}
	return out
}
