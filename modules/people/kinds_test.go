package people_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/people"
)

// TestPeopleAreListedByKind: FACTS S1-4, social workers, volunteers and family
// carers are learners with counts of their own.
func TestPeopleAreListedByKind(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		add := func(n int, name string, kinds ...people.Kind) kernel.PersonID {
			d := draft(name, numbered(n))
			d.Kinds = kinds
			p, err := w.Register(w.as(home), d)
			if err != nil {
				t.Fatal(err)
			}
			return p.ID
		}
		w.employ(t, w.as(home), add(1, "王小兰", people.KindCaregiver), home, "2024-01-01", "")
		w.employ(t, w.as(home), add(2, "王秀英", people.KindCaregiver, people.KindStudent), home, "2024-01-01", "")
		left := add(3, "李红", people.KindStudent)
		w.employ(t, w.as(home), left, home, "2024-01-01", "2024-12-31")
		add(4, "吴晓玲", people.KindVolunteer)
		add(5, "吴爱华", people.KindVolunteer, people.KindFamilyCarer)
		for _, c := range []struct {
			name   string
			filter people.Filter
			want   []string
		}{
			{"volunteers", people.Filter{Kind: people.KindVolunteer}, []string{"吴爱华", "吴晓玲"}},
			{"volunteers on post", people.Filter{Kind: people.KindVolunteer, Status: people.StatusOnPost}, nil},
			{"students, leavers aside as ever", people.Filter{Kind: people.KindStudent}, []string{"王秀英"}},
			{"students on post", people.Filter{Kind: people.KindStudent, Status: people.StatusOnPost}, []string{"王秀英"}},
			{"students who have left", people.Filter{Kind: people.KindStudent, Status: people.StatusLeft}, []string{"李红"}},
			{"students on a day", people.Filter{Kind: people.KindStudent, AsOf: "2024-06-01"}, []string{"李红", "王秀英"}},
			{"students as it was known", people.Filter{Kind: people.KindStudent, AsOf: "2024-06-01", KnownAt: w.Now()}, []string{"李红", "王秀英"}},
			{"caregivers on post", people.Filter{Kind: people.KindCaregiver, Status: people.StatusOnPost}, []string{"王小兰", "王秀英"}},
			{"caregivers on post, untrained", people.Filter{Kind: people.KindCaregiver, Untrained: true}, []string{"王小兰", "王秀英"}},
			{"by pinyin", people.Filter{Kind: people.KindVolunteer, Q: "wu"}, []string{"吴爱华", "吴晓玲"}},
			{"by initials", people.Filter{Kind: people.KindFamilyCarer, Q: "wah"}, []string{"吴爱华"}},
			{"by characters", people.Filter{Kind: people.KindStudent, Q: "王"}, []string{"王秀英"}},
			{"by number", people.Filter{Kind: people.KindVolunteer, Q: numbered(4)}, []string{"吴晓玲"}},
			{"by number of another kind", people.Filter{Kind: people.KindStudent, Q: numbered(4)}, nil},
		} {
			got, cursor := []string(nil), ""
			for {
				page, err := w.List(w.as(home), c.filter, 1, cursor)
				if err != nil {
					t.Fatalf("%s: %v", c.name, err)
				}
				if int(page.Total) != len(c.want) {
					t.Errorf("%s: total %d", c.name, page.Total)
				}
				for _, p := range page.Items {
					got = append(got, p.Name)
				}
				if cursor = page.Next; cursor == "" {
					break
				}
			}
			slices.Sort(got)
			want := slices.Sorted(slices.Values(c.want))
			if !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", c.name, got, want)
			}
		}
	})
}

func TestARosterTellsKinds(t *testing.T) {
	raw := func(rows ...string) []byte {
		return []byte("\ufeff姓名,身份证号,人员类别,岗位,入职日期\n" + strings.Join(rows, "\n") + "\n")
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		r := d.send(t, home, "a.csv", raw(
			"吴晓玲,"+numbered(1)+",志愿者,,",
			"吴爱华,"+numbered(2)+",家属,,",
			"李红,"+numbered(3)+",社工,,2024-01-01",
			"王秀英,"+numbered(4)+",实习生,护理员,2024-01-01",
			"王小兰,"+numbered(5)+",护工,,2024-01-01",
			"王丽,"+numbered(6)+",,,2024-01-01",
			"赵敏,"+numbered(7)+",志愿者,,2024-01-01",
			"孙芳,"+numbered(8)+",外星人,,",
		), false)
		if diff := cmp.Diff([]string{"8 hiredOn people.import_kind_without_post", "9 kind imports.choice_unknown"}, findings(r.Errors)); diff != "" {
			t.Error(diff)
		}
		if r.Errors[0].Params["kind"] != "志愿者" || r.Errors[1].Params["value"] != "外星人" || r.Headers["kind"] != "人员类别" {
			t.Errorf("the refusals say %v of %v", r.Errors, r.Headers)
		}
		for _, c := range []struct {
			filter people.Filter
			want   int64
		}{
			{people.Filter{Kind: people.KindVolunteer}, 1},
			{people.Filter{Kind: people.KindFamilyCarer}, 1},
			{people.Filter{Kind: people.KindStudent}, 1},
			{people.Filter{Kind: people.KindCaregiver}, 3},
			{people.Filter{Role: kernel.StaffCaregiver, Status: people.StatusOnPost}, 3},
			{people.Filter{Role: kernel.StaffSocialWorker, Status: people.StatusOnPost}, 1},
			{people.Filter{Status: people.StatusOnPost}, 4},
		} {
			if page, err := d.List(d.as(home), c.filter, 10, ""); err != nil || page.Total != c.want {
				t.Errorf("%+v: %d %v", c.filter, page.Total, err)
			}
		}
		more := raw("吴晓玲,"+numbered(1)+",学生,,", "李红,"+numbered(3)+",社工,,2024-01-01")
		preview := d.send(t, home, "b.csv", more, true)
		if got := counts(preview); got != "2 rows: 0 created, 1 updated, 1 unchanged, 0 rejected" || len(preview.Preview[0].Changes) != 1 || preview.Preview[0].Changes[0].New != "student" {
			t.Errorf("another kind: %s %+v", got, preview.Preview)
		}
		d.send(t, home, "b.csv", more, false)
		if page, err := d.List(d.as(home), people.Filter{Kind: people.KindStudent}, 10, ""); err != nil || page.Total != 2 {
			t.Errorf("%d students %v", page.Total, err)
		}
	})
}
