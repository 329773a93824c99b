package oversight_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/kit/testkit"
	"carecert/modules/oversight"
	"carecert/modules/oversight/rule"
)

// world is the radar on a database, with hand-written neighbours: a school of a
// street of a district of a city.
type world struct {
	*testkit.House
	*oversight.Service
	spells  map[kernel.PersonID][]kernel.Spell
	born    map[kernel.PersonID]kernel.Date
	refused []string
	head    string
	merged  map[kernel.PersonID][]kernel.PersonID
	part    oversight.Record
	onPost  map[kernel.PersonID]kernel.RegionCode
}

func ptr(n int) *int { return &n }

func radar() []rule.Row {
	r := rule.Row{
		RuleHead:       kernel.RuleHead{ID: "test.radar", Version: "1", From: "1900-01-01"},
		OverlapMinutes: ptr(5), DayMinutes: ptr(720), DevicePeople: ptr(2), TurnedAwayTimes: ptr(2), SecondPeople: ptr(5), SecondPercent: 50, LeftDays: ptr(7),
		FullSessions: ptr(3), FullLearners: ptr(2), TeacherMinutes: ptr(5), Severity: map[rule.Kind]rule.Severity{},
	}
	for _, k := range rule.Kinds() {
		r.Severity[k] = rule.Medium
	}
	return []rule.Row{r}
}

// each runs a test on both engines.
func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := &world{House: testkit.At(time.Date(2025, 6, 10, 1, 0, 0, 0, time.UTC)), spells: map[kernel.PersonID][]kernel.Spell{}, born: map[kernel.PersonID]kernel.Date{}}
		m := oversight.New(oversight.Deps{
			DB: db, Clock: kernel.ClockFunc(func() time.Time { return w.Now() }), Audit: w, People: w, Organizations: tree{}, Attendance: w, Heads: w, Radar: radar(),
			PensionAges: []rule.AgeRow{{RuleHead: kernel.RuleHead{ID: "test.age", Version: "1", From: "1900-01-01"}, Male: ptr(720), Female: ptr(600)}},
		})
		w.Service, w.part = m.Service, m.Record()
		if err := db.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		test(t, w)
	})
}

func (w *world) RefuseForFinding(_ context.Context, s kernel.SessionID, p kernel.PersonID, _, _ string) error {
	if p == "nobody" {
		return errors.New("not there")
	}
	w.refused = append(w.refused, string(s)+":"+string(p))
	return nil
}

func (w *world) Cards(_ context.Context, ids []kernel.PersonID) (map[kernel.PersonID]kernel.PersonCard, error) {
	out := map[kernel.PersonID]kernel.PersonCard{}
	for _, p := range ids {
		out[p] = kernel.PersonCard{ID: p, Name: string(p), Gender: "female"}
	}
	return out, nil
}

func (w *world) BirthDates(context.Context, []kernel.PersonID) (map[kernel.PersonID]kernel.Date, error) {
	return w.born, nil
}

func (w *world) RecordsOf(_ context.Context, p kernel.PersonID) ([]kernel.PersonID, error) {
	return append([]kernel.PersonID{p}, w.merged[p]...), nil
}

func (w *world) SpellsOf(context.Context, []kernel.PersonID) (map[kernel.PersonID][]kernel.Spell, error) {
	return w.spells, nil
}

func (w *world) EachOnPost(_ context.Context, _ kernel.OrganizationID, take func(kernel.PersonID, kernel.RegionCode) error) error {
	for p, at := range w.onPost {
		if err := take(p, at); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) Head(context.Context) (string, error) { return w.head, nil }

type tree struct{}

func (tree) Under(context.Context, kernel.OrganizationID, string) ([]kernel.OrganizationCard, error) {
	return []kernel.OrganizationCard{{ID: "home", Region: "310118001"}, {ID: "shut", Closed: true}}, nil
}

func path(o kernel.OrganizationID) []kernel.OrganizationID {
	return map[kernel.OrganizationID][]kernel.OrganizationID{
		"school": {"school", "street", "district", "city"}, "home": {"home", "street", "district", "city"},
		"far": {"far", "elsewhere", "city"}, "street": {"street", "district", "city"}, "district": {"district", "city"}, "city": {"city"},
	}[o]
}

func (tree) Card(_ context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error) {
	if path(id) == nil {
		return kernel.OrganizationCard{}, oversight.ErrUnknownOrganization
	}
	return kernel.OrganizationCard{ID: id, Name: string(id), Path: path(id)}, nil
}

func (x tree) Cards(ctx context.Context, ids []kernel.OrganizationID) (map[kernel.OrganizationID]kernel.OrganizationCard, error) {
	out := map[kernel.OrganizationID]kernel.OrganizationCard{}
	for _, id := range ids {
		out[id], _ = x.Card(ctx, id)
	}
	return out, nil
}

// as is somebody of an organisation.
func as(ctx context.Context, role kernel.Role, org kernel.OrganizationID) context.Context {
	ctx = kernel.WithActor(ctx, kernel.Actor{User: kernel.UserID(org), Name: string(org), Grants: []kernel.Grant{{Role: role, Organization: org}}})
	reach := kernel.Reach{Roots: []kernel.OrganizationID{org}}
	if role == kernel.RoleAdmin {
		reach = kernel.Reach{Everywhere: true}
	}
	return kernel.WithReach(ctx, reach)
}

func at(day kernel.Date, clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", string(day)+" "+clock, kernel.Shanghai())
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

// lesson is a session of the school with everybody there from beginning to end.
func lesson(id string, class kernel.ClassID, day kernel.Date, from, to string, people ...kernel.PersonID) oversight.Held {
	h := oversight.Held{
		Session: kernel.SessionID(id), Class: class, Title: "压疮预防", Provider: "school", Path: path("school"), Region: "310118", Counts: true,
		Date: day, StartsAt: at(day, from), EndsAt: at(day, to), Teacher: "教师" + id, Venue: "教室" + id, Enrolled: len(people) + 1,
	}
	for i, p := range people {
		h.Presences = append(h.Presences, oversight.Presence{
			Person: p, In: h.StartsAt.Add(time.Duration(i) * time.Second), Out: h.EndsAt, Scanned: true,
			ScannedAt: h.StartsAt.Add(time.Duration(i) * time.Second), Device: "device of " + string(p),
		})
	}
	return h
}

func (w *world) hear(t *testing.T, all ...oversight.Held) {
	t.Helper()
	for _, h := range all {
		if err := w.Hear(kernel.AsSystem(t.Context(), "test"), h); err != nil {
			t.Fatal(err)
		}
	}
}

// seen tells the findings as "kind status people", the latest first.
func (w *world) seen(t *testing.T, ctx context.Context, f oversight.Filter) (out []string) {
	t.Helper()
	l, err := w.List(ctx, f, 50, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range l.Items {
		out = append(out, fmt.Sprintf("%s %s %v", x.Kind, x.Status, x.People))
	}
	if int64(len(out)) != l.Total {
		t.Errorf("%d findings, total %d", len(out), l.Total)
	}
	return out
}

func (w *world) only(t *testing.T) oversight.Finding {
	t.Helper()
	l, err := w.List(kernel.AsSystem(t.Context(), "test"), oversight.Filter{}, 50, "")
	if err != nil || len(l.Items) != 1 {
		t.Fatalf("%d findings, %v", len(l.Items), err)
	}
	return l.Items[0]
}
