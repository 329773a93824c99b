package training_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/blob"
	"carecert/modules/kit/store"
	"carecert/modules/kit/testkit"
	"carecert/modules/training"
	"carecert/modules/training/rule"
)

const (
	bureau      kernel.OrganizationID = "qingpu-bureau"
	school      kernel.OrganizationID = "xianggelila-school"
	otherSchool kernel.OrganizationID = "other-school"
	home        kernel.OrganizationID = "dianshanhu-home"
	otherHome   kernel.OrganizationID = "chonggu-home"
	base        kernel.OrganizationID = "practice-base"
)

// world is the module on a database, with hand-written neighbours.
type world struct {
	*testkit.House
	*training.Service
	Module *training.Module
	ctx    context.Context
	mu     sync.Mutex
	certs  int
	asked  int // how many cards were read
	cards  map[kernel.PersonID]kernel.PersonCard
	acting map[kernel.UserID]context.Context // as whom accounts act; gone once they are closed
}

func (w *world) IssueCompletion(_ context.Context, c training.Completion) (kernel.CertificateID, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.certs++
	return kernel.CertificateID("certificate of " + string(c.Person)), nil
}

func (w *world) Derive(purpose string) []byte { return []byte("a secret for " + purpose) }

// Seal seals nothing, but says under which purpose.
func (w *world) Seal(purpose, plain string) string {
	return purpose + ":" + base64.StdEncoding.EncodeToString([]byte(plain))
}

func (w *world) Open(purpose, sealed string) (string, error) {
	kept, ok := strings.CutPrefix(sealed, purpose+":")
	if !ok {
		return "", errors.New("sealed under another purpose")
	}
	plain, err := base64.StdEncoding.DecodeString(kept)
	return string(plain), err
}

type people struct{ *world }

func (p people) Card(_ context.Context, id kernel.PersonID) (kernel.PersonCard, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	card, ok := p.cards[id]
	if !ok {
		return card, fault.New(fault.NotFound, "people.unknown")
	}
	return card, nil
}

func (p people) Cards(_ context.Context, ids []kernel.PersonID) (map[kernel.PersonID]kernel.PersonCard, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked += len(ids)
	out := map[kernel.PersonID]kernel.PersonCard{}
	for _, id := range ids {
		if card, ok := p.cards[id]; ok {
			out[id] = card
		}
	}
	return out, nil
}

// ByNumber: here a person's number is their name in capitals.
func (p people) ByNumber(ctx context.Context, numbers []kernel.IDNumber) (map[kernel.IDNumber]kernel.Bearers, error) {
	out := map[kernel.IDNumber]kernel.Bearers{}
	for _, n := range numbers {
		if card, err := p.Card(ctx, kernel.PersonID(strings.ToLower(n.Number))); err == nil {
			out[n] = kernel.Bearers{card}
		}
	}
	return out, nil
}

func (p people) Grant(_ context.Context, id kernel.PersonID, to kernel.OrganizationID) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	card := p.cards[id]
	card.Reach = append(card.Reach[:len(card.Reach):len(card.Reach)], to)
	p.cards[id] = card
	return nil
}

type organizations struct{}

func (organizations) Card(_ context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error) {
	card := kernel.OrganizationCard{ID: id, Name: string(id), Region: "310118", Path: []kernel.OrganizationID{id, bureau}}
	switch id {
	case bureau:
		card.Path = card.Path[1:]
	case school, otherSchool, home, otherHome:
	case base:
		card.Kind = "practiceBase"
	default:
		return card, fault.New(fault.NotFound, "organizations.unknown")
	}
	return card, nil
}

func (o organizations) Cards(ctx context.Context, ids []kernel.OrganizationID) (map[kernel.OrganizationID]kernel.OrganizationCard, error) {
	out := map[kernel.OrganizationID]kernel.OrganizationCard{}
	for _, id := range ids {
		card, err := o.Card(ctx, id)
		if err != nil {
			return nil, err
		}
		out[id] = card
	}
	return out, nil
}

// Under: the bureau has one practice base.
func (o organizations) Under(ctx context.Context, root kernel.OrganizationID, kind string) ([]kernel.OrganizationCard, error) {
	if kind != "practiceBase" || (root != bureau && root != "*") {
		return nil, nil
	}
	card, err := o.Card(ctx, base)
	return []kernel.OrganizationCard{card}, err
}

func (organizations) Commissioned(_ context.Context, s kernel.OrganizationID, _ kernel.Date) ([]kernel.OrganizationID, error) {
	if s == school {
		return []kernel.OrganizationID{home}, nil
	}
	return nil, nil
}

func morning() time.Time { return time.Date(2025, 5, 10, 9, 0, 0, 0, kernel.Shanghai()).UTC() }

func newWorld(t *testing.T, db *store.DB) *world {
	t.Helper()
	w := &world{House: testkit.At(morning().AddDate(0, 0, -7)), cards: map[kernel.PersonID]kernel.PersonCard{}, acting: map[kernel.UserID]context.Context{}, ctx: t.Context()}
	w.Module = training.New(training.Deps{
		DB: db, Clock: w, Facts: w, Audit: w, Rules: []rule.Row{{
			RuleHead: kernel.RuleHead{ID: "training.house", Version: "1", From: "1900-01-01"},
			PassMark: 60, MinAttendancePercent: 80, CheckInOpensMinutes: 60, LateAfterMinutes: 15,
			MakeUpDays: 30, SharedDevice: "refuse", OfflineHours: 24, OfflineNeedsWord: true, SheetMaxBytes: 2000, SheetsMost: 3,
			Remote: rule.Remote{
				BeatSeconds: 20, ToleranceSeconds: 10, SpeedPercent: 100, PromptAfter: 300, PromptBefore: 300, AnswerSeconds: 60, Choices: 3,
				Things: []string{"cup", "towel", "cane"},
			},
			OnTheJob: rule.OnTheJob{MaxAgeDays: 14},
		}},
		Log:    slog.New(slog.DiscardHandler),
		People: people{w}, Organizations: organizations{}, Certifier: w, Keys: w, Files: blob.New(db, w), Sealer: w, Owners: w, BaseURL: "https://example.cn",
	})
	w.Service = w.Module.Service
	if err := db.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

// as acts as a user of an organisation; a school reaches who commissioned it.
func (w *world) as(role kernel.Role, org kernel.OrganizationID) context.Context {
	reach := kernel.Reach{Roots: []kernel.OrganizationID{org}}
	if org == school {
		reach.Roots = append(reach.Roots, home)
	}
	actor := kernel.Actor{User: kernel.UserID(string(role) + "@" + string(org)), Grants: []kernel.Grant{{Role: role, Organization: org}}}
	return w.signsIn(kernel.WithReach(kernel.WithActor(w.ctx, actor), reach))
}

func (w *world) signsIn(ctx context.Context) context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.acting[kernel.ActorFrom(ctx).User] = ctx
	return ctx
}

// ActingAs implements training.Owners.
func (w *world) ActingAs(ctx context.Context, user kernel.UserID, _, _ string) (context.Context, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	as, open := w.acting[user]
	if !open {
		return ctx, false, nil
	}
	return as, true, nil
}

func (w *world) asSchool() context.Context { return w.as(kernel.RoleSchool, school) }

func (w *world) asCaregiver(p kernel.PersonID) context.Context {
	actor := kernel.Actor{User: kernel.UserID(p), Person: p, Grants: []kernel.Grant{{Role: kernel.RoleCaregiver}}}
	return w.signsIn(kernel.WithReach(kernel.WithActor(w.ctx, actor), kernel.Reach{Self: p}))
}

func (w *world) hire(n int, at kernel.OrganizationID) []kernel.PersonID {
	var out []kernel.PersonID
	for range n {
		p := kernel.PersonID(fmt.Sprintf("person-%d", len(w.cards)))
		w.cards[p] = kernel.PersonCard{ID: p, Name: string(p), Reach: []kernel.OrganizationID{at, bureau}}
		out = append(out, p)
	}
	return out
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (w *world) class(t *testing.T, capacity int, terms training.Terms) training.Class {
	t.Helper()
	terms.Title, terms.Mode = "认知症照护实务", training.ModeClassroom
	course := must[training.Course](t)(w.PublishCourse(w.asSchool(), terms))
	return must[training.Class](t)(w.OpenClass(w.asSchool(), training.ClassDraft{
		Course: course.ID, Provider: school, Tier: training.TierInstitution,
		StartsOn: "2025-05-10", EndsOn: "2025-05-31", Capacity: capacity,
	}))
}

func (w *world) session(t *testing.T, c training.Class) training.Session {
	t.Helper()
	return must[training.Session](t)(w.AddSession(w.asSchool(), c.ID, training.Plan{
		StartsAt: morning(), EndsAt: morning().Add(90 * time.Minute), Minutes: 90, Venue: "201", Teacher: "周老师",
	}))
}

func (w *world) enrol(t *testing.T, c training.Class, people ...kernel.PersonID) {
	t.Helper()
	must[[]training.Enrolment](t)(w.Enrol(w.asSchool(), c.ID, people))
}

func (w *world) scan(x training.Session, p kernel.PersonID, d training.Direction, at time.Time) error {
	w.Set(at)
	code, err := w.CheckInCode(w.asSchool(), x.ID)
	if err != nil {
		return err
	}
	_, _, err = w.Scan(w.asCaregiver(p), training.ScanDraft{Session: x.ID, Code: code.Code, Direction: d})
	return err
}

func (w *world) closings() (out []training.SessionClosed) {
	for _, f := range w.Announced() {
		if c, ok := f.(training.SessionClosed); ok {
			out = append(out, c)
		}
	}
	return out
}
