package training_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/training"
)

func TestACalendarOpensByItsAddressUntilItIsRevoked(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		staff := w.hire(2, home)
		c := w.class(t, 1, training.Terms{})
		x := w.session(t, c)
		w.enrol(t, c, staff...) // the second waits
		told := func(code string) []training.Session {
			t.Helper()
			_, sessions, err := w.ReadFeed(w.ctx, code)
			if err != nil {
				t.Fatal(err)
			}
			return sessions
		}
		mine, code, err := w.OpenFeed(w.asCaregiver(staff[0]), training.FeedPerson, "somebody else")
		if err != nil || mine.Target != string(staff[0]) || len(code) < 32 {
			t.Fatalf("%+v %q %v", mine, code, err)
		}
		_, waiting, err := w.OpenFeed(w.asCaregiver(staff[1]), training.FeedPerson, "")
		if err != nil {
			t.Fatal(err)
		}
		if got := told(code); len(got) != 1 || got[0].ID != x.ID {
			t.Errorf("who has a seat: %+v", got)
		}
		if got := told(waiting); len(got) != 0 {
			t.Errorf("who waits: %+v", got)
		}
		if err := w.Withdraw(w.asCaregiver(staff[0]), c.ID, staff[0], ""); err != nil {
			t.Fatal(err)
		}
		if len(told(code)) != 0 || len(told(waiting)) != 1 {
			t.Error("the calendars did not follow the waiting list")
		}
		_, ofClass, err := w.OpenFeed(w.as(kernel.RoleInstitution, home), training.FeedClass, string(c.ID))
		if err != nil || len(told(ofClass)) != 1 {
			t.Errorf("of the class: %v", err)
		}
		_, ofBase, err := w.OpenFeed(w.as(kernel.RoleDistrictBureau, bureau), training.FeedPlace, string(base))
		if err != nil || len(told(ofBase)) != 0 {
			t.Errorf("of the base: %v", err)
		}
		for _, wrong := range []struct {
			name   string
			role   kernel.Role
			org    kernel.OrganizationID
			kind   training.FeedKind
			target string
			want   error
		}{
			{"a class out of reach", kernel.RoleInstitution, otherHome, training.FeedClass, string(c.ID), training.ErrClassUnknown},
			{"a base out of reach", kernel.RoleSubdistrict, home, training.FeedPlace, string(base), training.ErrBaseUnknown},
			{"an office that is no base", kernel.RoleDistrictBureau, bureau, training.FeedPlace, string(school), training.ErrBaseUnknown},
			{"an account that is nobody", kernel.RoleSchool, school, training.FeedPerson, "", training.ErrNoPerson},
		} {
			if _, _, err := w.OpenFeed(w.as(wrong.role, wrong.org), wrong.kind, wrong.target); !errors.Is(err, wrong.want) {
				t.Errorf("%s: got %v, want %v", wrong.name, err, wrong.want)
			}
		}
		if err := w.RevokeFeed(w.asCaregiver(staff[1]), mine.ID); !errors.Is(err, training.ErrFeedUnknown) {
			t.Errorf("revoking somebody else's: %v", err)
		}
		for range 2 {
			if err := w.RevokeFeed(w.asCaregiver(staff[0]), mine.ID); err != nil {
				t.Fatal(err)
			}
		}
		for _, gone := range []string{code, "guessed"} {
			if _, _, err := w.ReadFeed(w.ctx, gone); !errors.Is(err, training.ErrFeedUnknown) {
				t.Errorf("%s: %v", gone, err)
			}
		}
		if left := must[[]training.Feed](t)(w.Feeds(w.asCaregiver(staff[0]))); len(left) != 0 {
			t.Errorf("standing: %+v", left)
		}
		w.Set(morning().Add(90 * 24 * time.Hour))
		if got := told(ofClass); len(got) != 0 {
			t.Errorf("what is long over: %+v", got)
		}
	})
}

// An address shows what its maker may see when it is read, not what they could
// when they made it.
func TestACalendarEndsWithItsMakersReach(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		staff := w.hire(2, home)
		c := w.class(t, 5, training.Terms{})
		w.session(t, c)
		w.enrol(t, c, staff...)
		opened := func(ctx context.Context, kind training.FeedKind, target string) string {
			t.Helper()
			_, code, err := w.OpenFeed(ctx, kind, target)
			if err != nil {
				t.Fatal(err)
			}
			return code
		}
		reads := func(what, code string, want int, wantErr error) {
			t.Helper()
			if _, got, err := w.ReadFeed(w.ctx, code); len(got) != want || !errors.Is(err, wantErr) {
				t.Errorf("%s: %d sessions, %v", what, len(got), err)
			}
		}
		own, ofHome := w.asCaregiver(staff[0]), w.as(kernel.RoleInstitution, home)
		mine, seat := opened(own, training.FeedPerson, ""), opened(own, training.FeedClass, string(c.ID))
		class := opened(ofHome, training.FeedClass, string(c.ID))
		place := opened(w.as(kernel.RoleDistrictBureau, bureau), training.FeedPlace, string(base))
		for what, code := range map[string]string{"own": mine, "the class one is in": seat, "the class of one's people": class} {
			reads(what, code, 1, nil)
		}
		reads("the base", place, 0, nil)

		// The account of the home gets another place, and later its old one back.
		user := kernel.ActorFrom(ofHome).User
		w.acting[user] = kernel.WithReach(kernel.WithActor(w.ctx, kernel.Actor{User: user, Grants: []kernel.Grant{{Role: kernel.RoleInstitution, Organization: otherHome}}}), kernel.Reach{Roots: []kernel.OrganizationID{otherHome}})
		reads("from another home", class, 0, training.ErrFeedUnknown)
		w.as(kernel.RoleInstitution, home)
		reads("back again", class, 1, nil)
		// The bureau's role is lost: another account that reaches nothing.
		user = kernel.UserID("districtBureau@" + string(bureau))
		w.acting[user] = kernel.WithActor(w.ctx, kernel.Actor{User: user})
		reads("a base without a role", place, 0, training.ErrFeedUnknown)
		// Who gave up the seat and left no longer sees the class.
		w.cards[staff[0]] = kernel.PersonCard{ID: staff[0], Name: "left"}
		if err := w.Withdraw(own, c.ID, staff[0], ""); err != nil {
			t.Fatal(err)
		}
		reads("of a class that one left", seat, 0, training.ErrFeedUnknown)
		reads("own, without a seat", mine, 0, nil)
		// A merged record: the calendar goes on with the one that stays.
		w.acting[kernel.UserID(staff[0])] = w.asCaregiver(staff[1])
		reads("of the record that stays", mine, 1, nil)
		w.acting[kernel.UserID(staff[0])] = kernel.WithActor(w.ctx, kernel.Actor{User: kernel.UserID(staff[0])})
		reads("of an account that is nobody's now", mine, 0, training.ErrFeedUnknown)
		delete(w.acting, kernel.UserID(staff[0]))
		reads("of a closed account", mine, 0, training.ErrFeedUnknown)
	})
}
