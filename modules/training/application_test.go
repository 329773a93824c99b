package training_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/training"
	"carecert/modules/training/rule"
)

// blacklist keeps the school out until a day.
type blacklist struct {
	organizations
	until kernel.Date
}

func (b blacklist) Card(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error) {
	card, err := b.organizations.Card(ctx, id)
	if id == school {
		card.BlacklistedUntil = b.until
	}
	return card, err
}

func reviewing(w *world) {
	w.Reviews = []rule.ReviewRow{{
		RuleHead:   kernel.RuleHead{ID: "class_review.test", Version: "1", Region: "310118", From: "2025-01-01"},
		Categories: []string{"skillLevel"},
		Needs:      []string{rule.NeedRoster, rule.NeedPlan, rule.NeedTeachers, rule.NeedResources, rule.NeedTestPlan},
	}}
}

func whole() training.Particulars {
	return training.Particulars{
		Plan: "理论与实操各半", Teachers: []training.Teacher{{Name: "周老师", Qualification: "高级技师"}},
		Resources: "实训室一间", TestPlan: "理论笔试，实操考核",
	}
}

func codes(err error) (out []string) {
	if f, ok := fault.From(err); ok {
		for _, field := range f.Fields {
			out = append(out, field.Code)
		}
	}
	return out
}

func TestAClassIsAppliedForReviewedAndOpened(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		reviewing(w)
		if at := w.class(t, 5, training.Terms{Category: training.CategoryInService}); at.Status != training.ClassOpen {
			t.Fatalf("a class of another category is %s", at.Status)
		}
		c := w.class(t, 5, training.Terms{Category: training.CategorySkillLevel, ClassHours: 2})
		if c.Status != training.ClassInDraft || c.Application == nil {
			t.Fatalf("it begins %s", c.Status)
		}
		staff := w.hire(2, home)
		ours, theirs := w.as(kernel.RoleDistrictBureau, bureau), w.as(kernel.RoleInstitution, home)
		for name, who := range map[string]context.Context{"a caregiver": w.asCaregiver(staff[0]), "a home that commissioned the school": theirs} {
			if _, err := w.Class(who, c.ID); !errors.Is(err, training.ErrClassUnknown) {
				t.Errorf("%s sees a draft: %v", name, err)
			}
		}
		_, err := w.Submit(w.asSchool(), c.ID)
		if d := cmp.Diff([]string{
			"training.application_lacks_roster", "training.application_lacks_plan", "training.application_lacks_teachers",
			"training.application_lacks_resources", "training.application_lacks_testPlan",
		}, codes(err)); d != "" || !errors.Is(err, training.ErrApplicationLacks) {
			t.Errorf("an empty application: %v %s", err, d)
		}
		w.enrol(t, c, staff...)
		x := w.session(t, c) // 90 minutes: two class hours
		must[training.Dossier](t)(w.Describe(w.asSchool(), c.ID, whole()))
		if _, err := w.Decide(ours, c.ID, true, ""); !errors.Is(err, training.ErrNotInReview) {
			t.Errorf("deciding before it is submitted: %v", err)
		}
		for range 2 {
			d := must[training.Dossier](t)(w.Submit(w.asSchool(), c.ID))
			if d.Class.Status != training.ClassApplied || len(d.Class.Application.Steps) != 1 {
				t.Errorf("submitted: %+v", d.Class.Application)
			}
		}
		inReview := []struct {
			name string
			do   func() error
		}{
			{"enrolling", func() error { _, err := w.Enrol(w.asSchool(), c.ID, staff); return err }},
			{"writing", func() error { _, err := w.Describe(w.asSchool(), c.ID, whole()); return err }},
			{"planning", func() error { _, err := w.AddSession(w.asSchool(), c.ID, x.Plan); return err }},
			{"calling a session off", func() error { _, err := w.CancelSession(w.asSchool(), x.ID, "改期"); return err }},
		}
		for _, step := range inReview {
			if err := step.do(); !errors.Is(err, training.ErrClassInReview) {
				t.Errorf("%s while it is with the bureau: %v", step.name, err)
			}
		}
		if _, err := w.CheckInCode(w.asSchool(), x.ID); !errors.Is(err, training.ErrClassNotOpen) {
			t.Errorf("a code before it is open: %v", err)
		}
		queue := must[listing.Listing[training.Class]](t)(w.Classes(ours, training.ClassFilter{Status: training.ClassApplied}, 20, ""))
		if len(queue.Items) != 1 || queue.Items[0].ID != c.ID {
			t.Errorf("the queue: %+v", queue.Items)
		}
		for _, step := range []struct {
			name    string
			who     context.Context
			approve bool
			reason  string
			want    error
		}{
			{"the school approving", w.asSchool(), true, "", training.ErrBureauNeeded},
			{"an administrator approving", kernel.WithReach(kernel.WithActor(w.ctx, kernel.Actor{User: "admin", Grants: []kernel.Grant{{Role: kernel.RoleAdmin}}}), kernel.Reach{Everywhere: true}), true, "", training.ErrBureauNeeded},
			{"another bureau", w.as(kernel.RoleDistrictBureau, otherHome), true, "", training.ErrClassUnknown},
			{"sending back without a reason", ours, false, "", training.ErrReasonNeeded},
			{"sending back", ours, false, "师资证明不全", nil},
		} {
			if _, err := w.Decide(step.who, c.ID, step.approve, step.reason); !errors.Is(err, step.want) {
				t.Errorf("%s: got %v, want %v", step.name, err, step.want)
			}
		}
		if _, err := w.Recall(w.asSchool(), c.ID); !errors.Is(err, training.ErrNotInReview) {
			t.Errorf("taking back what was sent back: %v", err)
		}
		must[training.Dossier](t)(w.Submit(w.asSchool(), c.ID))
		must[training.Dossier](t)(w.Recall(w.asSchool(), c.ID))
		must[training.Dossier](t)(w.Submit(w.asSchool(), c.ID))
		d := must[training.Dossier](t)(w.Decide(ours, c.ID, true, ""))
		if d.Class.Status != training.ClassOpen || len(d.Class.Application.Steps) != 6 {
			t.Errorf("approved: %s %+v", d.Class.Status, d.Class.Application.Steps)
		}
		if _, err := w.Class(theirs, c.ID); err != nil {
			t.Errorf("the home that commissioned the school: %v", err)
		}
		if err := w.scan(x, staff[0], training.DirectionIn, morning()); err != nil {
			t.Errorf("checking in: %v", err)
		}
		if err := w.scan(x, staff[0], training.DirectionOut, morning().Add(90*time.Minute)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.CloseSession(w.asSchool(), x.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.ArchiveClass(w.asSchool(), c.ID); !errors.Is(err, training.ErrNotCompleted) {
			t.Errorf("archiving what is not completed: %v", err)
		}
		must[training.Class](t)(w.CompleteClass(w.asSchool(), c.ID))
		for range 2 {
			if kept := must[training.Class](t)(w.ArchiveClass(w.asSchool(), c.ID)); kept.Status != training.ClassArchived || kept.ArchivedAt.IsZero() {
				t.Errorf("archived: %+v", kept)
			}
		}
		if _, _, err := w.Vouch(w.asSchool(), x.ID, staff[1], training.WordDraft{In: morning(), Out: morning().Add(time.Hour), Reason: "补登"}); !errors.Is(err, training.ErrClassArchived) {
			t.Errorf("correcting a closed file: %v", err)
		}
		again := must[training.Class](t)(w.CompleteClass(w.asSchool(), c.ID))
		if completed, _ := again.Results(); len(completed) != 1 {
			t.Errorf("completing an archived class answers %+v", completed)
		}
	})
}

func TestWhoSubmittedDoesNotReview(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		reviewing(w)
		ours := w.as(kernel.RoleDistrictBureau, bureau)
		other := kernel.WithReach(kernel.WithActor(w.ctx, kernel.Actor{User: "another", Grants: []kernel.Grant{{Role: kernel.RoleDistrictBureau, Organization: bureau}}}),
			kernel.Reach{Roots: []kernel.OrganizationID{bureau}})
		c := w.class(t, 5, training.Terms{Category: training.CategorySkillLevel, ClassHours: 2})
		w.enrol(t, c, w.hire(1, home)...)
		w.session(t, c)
		must[training.Dossier](t)(w.Describe(w.asSchool(), c.ID, whole()))
		must[training.Dossier](t)(w.Submit(ours, c.ID)) // the bureau hands it in for the school
		if _, err := w.Decide(ours, c.ID, true, ""); !errors.Is(err, training.ErrOwnApplication) {
			t.Errorf("one's own: %v", err)
		}
		var wg sync.WaitGroup
		done := make(chan error, 8)
		for range 8 { // decided once, whoever is first
			wg.Go(func() {
				_, err := w.Decide(other, c.ID, true, "")
				done <- err
			})
		}
		wg.Wait()
		close(done)
		won := 0
		for err := range done {
			if err == nil {
				won++
			} else if !errors.Is(err, training.ErrNotInReview) {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("approved %d times", won)
		}
	})
}

func TestWhoIsOnTheBlacklistOpensNoClass(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		reviewing(w)
		c := w.class(t, 5, training.Terms{Category: training.CategorySkillLevel, ClassHours: 2})
		w.enrol(t, c, w.hire(1, home)...)
		w.session(t, c)
		must[training.Dossier](t)(w.Describe(w.asSchool(), c.ID, whole()))
		must[training.Dossier](t)(w.Submit(w.asSchool(), c.ID))
		w.Organizations = blacklist{until: "2025-12-31"}
		draft := training.ClassDraft{Course: c.Course, Provider: school, Tier: training.TierInstitution, StartsOn: "2025-05-10", EndsOn: "2025-05-31", Capacity: 5}
		if _, err := w.OpenClass(w.asSchool(), draft); !errors.Is(err, training.ErrBlacklistedUntil) {
			t.Errorf("opening: %v", err)
		}
		if _, err := w.Decide(w.as(kernel.RoleDistrictBureau, bureau), c.ID, true, ""); !errors.Is(err, training.ErrBlacklistedUntil) {
			t.Errorf("approving: %v", err)
		}
		w.Organizations = blacklist{until: kernel.Forever}
		must[training.Dossier](t)(w.Recall(w.asSchool(), c.ID))
		if _, err := w.Submit(w.asSchool(), c.ID); !errors.Is(err, training.ErrBlacklisted) {
			t.Errorf("submitting: %v", err)
		}
		w.Organizations = organizations{}
		must[training.Dossier](t)(w.Submit(w.asSchool(), c.ID))
	})
}
