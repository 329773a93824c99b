package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"carecert/modules/kernel"
)

func TestARowStandsWhenItsChangeDoes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		for _, outcome := range []error{errRolledBack, nil} {
			err := w.db.Tx(t.Context(), func(ctx context.Context) error {
				return errors.Join(w.Record(ctx, kernel.Act{Verb: "create", Noun: "person"}), outcome)
			})
			if !errors.Is(err, outcome) {
				t.Fatal(err)
			}
		}
		list, err := w.List(everywhereCtx(t), Filter{}, 20, "")
		if err != nil || len(list.Items) != 1 {
			t.Errorf("%d rows, %v", len(list.Items), err)
		}
	})
}

func everywhereCtx(t *testing.T) context.Context {
	return kernel.WithReach(t.Context(), kernel.Reach{Everywhere: true})
}

func TestWhoDidWhatFromWhere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.record(t, "li", kernel.Act{Verb: "reveal", Noun: "person", ID: "p1", Organization: "home-1", Reason: "check", Detail: map[string]string{"field": "phone"}})
		if err := w.Record(kernel.AsSystem(t.Context(), "sweeper"), kernel.Act{Verb: "expire", Noun: "session"}); err != nil {
			t.Fatal(err)
		}
		list, err := w.List(everywhereCtx(t), Filter{}, 20, "")
		if err != nil || len(list.Items) != 2 {
			t.Fatalf("%+v, %v", list, err)
		}
		system, li := list.Items[0], list.Items[1]
		if !system.System || system.Name != "sweeper" {
			t.Errorf("the newest is %+v", system)
		}
		if li.User != "user-li" || li.Name != "li" || li.Address != "192.0.2.1" || li.Request != "r1" || li.Reason != "check" ||
			li.Detail["field"] != "phone" || !slices.Equal(li.Path, []kernel.OrganizationID{"home-1", "street-1", "d"}) || li.Sequence != 0 {
			t.Errorf("got %+v", li)
		}
		w.verify(t, nil)
		list, err = w.List(everywhereCtx(t), Filter{}, 20, "")
		if err != nil || list.Items[1].Sequence != 1 {
			t.Errorf("chained: %+v, %v", list.Items, err)
		}
	})
}

// library records one act a second: who, verb noun id, organisation.
func (w *world) library(t *testing.T) {
	t.Helper()
	for i, a := range []struct {
		who  string
		verb string
		noun string
		org  kernel.OrganizationID
	}{
		{"li", "create", "person", "home-1"},     // 0
		{"li", "create", "class", "home-2"},      // 1
		{"wang", "reveal", "person", "home-2"},   // 2
		{"wang", "create", "person", "street-1"}, // 3
		{"wang", "create", "person", ""},         // 4
		{"li", "reveal", "person", "home-1"},     // 5
		{"zhao", "create", "class", "unknown"},   // 6
	} {
		w.record(t, a.who, kernel.Act{Verb: a.verb, Noun: a.noun, ID: fmt.Sprint(i), Organization: a.org})
	}
}

func TestTheLogIsNarrowedAndScoped(t *testing.T) {
	all := kernel.Reach{Everywhere: true}
	roots := func(o ...kernel.OrganizationID) kernel.Reach { return kernel.Reach{Roots: o} }
	second := func(n int) time.Time { return time.Date(2026, 3, 1, 8, 0, n, 0, time.UTC) }
	for _, c := range []struct {
		name   string
		reach  kernel.Reach
		filter Filter
		want   string // ids, newest first
	}{
		{"everything", all, Filter{}, "6543210"},
		{"by name", all, Filter{Actor: "wang"}, "432"},
		{"by user id", all, Filter{Actor: "user-li"}, "510"},
		{"by noun", all, Filter{Noun: "class"}, "61"},
		{"by verb", all, Filter{Verb: "reveal"}, "52"},
		{"by noun and verb", all, Filter{Noun: "person", Verb: "create"}, "430"},
		{"by actor and verb", all, Filter{Actor: "li", Verb: "create"}, "10"},
		{"by the thing acted on", all, Filter{ID: "3"}, "3"},
		{"by the thing and another actor", all, Filter{ID: "3", Actor: "li"}, ""},
		{"by organisation and everything under it", all, Filter{Organization: "street-1"}, "530"},
		{"by organisation and noun", all, Filter{Organization: "d", Noun: "class"}, "1"},
		{"by time, the end not included", all, Filter{From: second(2), Until: second(4)}, "21"},
		{"by actor and time", all, Filter{Actor: "li", From: second(2)}, "51"},
		{"a district sees its tree, not what belongs to nobody", roots("d"), Filter{}, "53210"},
		{"a street sees its own", roots("street-2"), Filter{}, "21"},
		{"two streets are merged", roots("street-2", "street-1"), Filter{}, "53210"},
		{"a tree and its own branch count once", roots("d", "street-1"), Filter{}, "53210"},
		{"a street asks for a home of another", roots("street-2"), Filter{Organization: "home-1"}, ""},
		{"a street asks for a home of its own", roots("street-1"), Filter{Organization: "home-1"}, "50"},
		{"a street asks for the district it lies in", roots("street-1"), Filter{Organization: "d"}, "530"},
		{"a street asks for somebody", roots("street-2"), Filter{Actor: "li"}, "1"},
		{"a street asks for a thing that is not its own", roots("street-2"), Filter{ID: "0"}, ""},
		{"a street asks for a noun", roots("street-2"), Filter{Noun: "person"}, "2"},
		{"who reaches nothing sees nothing", kernel.Reach{}, Filter{}, ""},
		{"nor does who reaches themselves", kernel.Reach{Self: "p"}, Filter{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				w.library(t)
				ctx := kernel.WithReach(t.Context(), c.reach)
				for _, limit := range []int{1, 2, 200} {
					got, cursor := "", ""
					for {
						list, err := w.List(ctx, c.filter, limit, cursor)
						if err != nil {
							t.Fatal(err)
						}
						if int(list.Total) != len(c.want) || list.More {
							t.Errorf("total %d (more: %v), want %d", list.Total, list.More, len(c.want))
						}
						if len(list.Items) > limit {
							t.Errorf("%d items on a page of %d", len(list.Items), limit)
						}
						for _, e := range list.Items {
							got += e.Subject
						}
						if cursor = list.Next; cursor == "" {
							break
						}
					}
					if got != c.want {
						t.Errorf("pages of %d: got %q, want %q", limit, got, c.want)
					}
				}
				exported := ""
				err := w.Each(ctx, c.filter, func(e Sequenced) error { exported += e.Subject; return nil })
				if err != nil || exported != c.want {
					t.Errorf("exported %q, want %q (%v)", exported, c.want, err)
				}
			})
		})
	}
}

func TestBounds(t *testing.T) {
	for _, c := range []struct {
		name, text string
		end        bool
		want       string // RFC 3339 in UTC, "" for none, "refused"
	}{
		{"none", "", false, ""},
		{"a day begins at midnight in Shanghai", "2026-03-01", false, "2026-02-28T16:00:00Z"},
		{"a day as the end is included", "2026-03-01", true, "2026-03-01T16:00:00Z"},
		{"an instant", "2026-03-01T08:00:00+08:00", false, "2026-03-01T00:00:00Z"},
		{"an instant as the end is included", "2026-03-01T08:00:00+08:00", true, "2026-03-01T00:00:00.001Z"},
		{"a day that does not exist", "2026-02-30", false, "refused"},
		{"words", "yesterday", false, "refused"},
		{"an instant without a zone", "2026-03-01T08:00:00", false, "refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := parseBound("query.from", c.text, c.end)
			switch {
			case c.want == "refused":
				if !errors.Is(err, ErrBadInstant) {
					t.Errorf("got %v, %v", got, err)
				}
			case err != nil:
				t.Error(err)
			case c.want == "" && !got.IsZero():
				t.Errorf("got %v", got)
			case c.want != "" && got.UTC().Format(time.RFC3339Nano) != c.want:
				t.Errorf("got %s, want %s", got.UTC().Format(time.RFC3339Nano), c.want)
			}
		})
	}
}
