package organizations_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/organizations"
)

// staff is the register: people are called after their id, and reached where
// they direct.
type staff struct{ *world }

func (s staff) Cards(_ context.Context, ids []kernel.PersonID) (map[kernel.PersonID]kernel.PersonCard, error) {
	out := map[kernel.PersonID]kernel.PersonCard{}
	for _, id := range ids {
		out[id] = kernel.PersonCard{ID: id, Name: string(id), NameMasked: "某*"}
	}
	return out, nil
}

func (s staff) OnPostAfter(_ context.Context, o kernel.OrganizationID, _ kernel.Date) ([]string, int, error) {
	var names []string
	for i := range s.posts[o] {
		names = append(names, fmt.Sprint("王", i))
	}
	return names[:min(len(names), 10)], len(names), nil
}

type classes struct{ *world }

func (c classes) OpenAfter(_ context.Context, o kernel.OrganizationID, _ kernel.Date) ([]string, error) {
	return make([]string, c.open[o]), nil
}

func directs(person kernel.PersonID, org kernel.OrganizationID, from, to kernel.Date) kernel.Career {
	return kernel.Career{Person: person, Spells: []kernel.Spell{
		{Organization: org, Role: kernel.StaffDirector, Period: kernel.Period{From: from, To: to}},
		{Organization: org, Role: kernel.StaffCaregiver, Period: kernel.Period{From: "2001-01-01", To: kernel.Forever}},
	}}
}

func (w *world) without(t *testing.T, who context.Context) []string {
	t.Helper()
	p, err := w.List(who, organizations.Filter{Flag: organizations.FlagNoDirector}, 20, "")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, o := range p.Items {
		names = append(names, o.Name)
	}
	if int(p.Total) != len(names) {
		t.Errorf("total %d", p.Total)
	}
	return names
}

func TestAHomeWithoutADirectorIsFlagged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db) // the first of September 2025
		district := w.register(t, organizations.DistrictBureau, "青浦区民政局", "310118", "")
		home := w.register(t, organizations.Institution, "重固镇养护院", "310118", "310118109")
		w.register(t, organizations.TrainingSchool, "培训学校", "310118", "")
		in := w.in(district)
		hear := func(careers ...kernel.Career) {
			t.Helper()
			for range 2 { // a fact may come twice
				if err := w.FollowDirectors(w.ctx, careers); err != nil {
					t.Fatal(err)
				}
			}
		}
		step := func(name string, want ...string) {
			t.Helper()
			if d := cmp.Diff(want, w.without(t, in)); d != "" {
				t.Errorf("%s: %s", name, d)
			}
		}
		step("nobody yet", "重固镇养护院")
		hear(directs("钱院长", home, "2020-01-01", kernel.Forever), kernel.Career{Person: "护理员", Spells: []kernel.Spell{{Organization: home, Role: kernel.StaffCaregiver, Period: kernel.Period{From: "2020-01-01", To: kernel.Forever}}}})
		step("a director")
		hear(directs("钱院长", home, "2020-01-01", "2025-09-01"))
		step("on the last day")
		w.Pass(24 * time.Hour)
		step("the day after", "重固镇养护院")
		hear(directs("范院长", home, "2025-09-04", kernel.Forever))
		step("the next one begins on the 4th", "重固镇养护院")
		w.Pass(48 * time.Hour)
		if err := w.BeginDirectors(w.ctx); err != nil {
			t.Fatal(err)
		}
		step("and has begun")
		terms, _, err := w.Directors(in, home)
		if err != nil || len(terms) != 2 || terms[0].Person != "范院长" || terms[1].Period.To != "2025-09-01" {
			t.Errorf("history %+v %v", terms, err)
		}
		hear(kernel.Career{Person: "范院长"})
		step("it was a mistake", "重固镇养护院")
		if _, err := w.Amend(w.in(district), home, organizations.Days{}, func(p *organizations.Particulars, _ int64) error { p.ClosedOn = "2025-09-01"; return nil }); err != nil {
			t.Fatal(err)
		}
		step("a closed home needs none")
		if _, _, err := w.Directors(w.in("elsewhere"), home); !errors.Is(err, organizations.ErrUnknown) {
			t.Errorf("out of reach: %v", err)
		}
	})
}

func TestClosing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		home := w.register(t, organizations.Institution, "养护院", "310118", "")
		close := func(on kernel.Date) (organizations.Organization, error) {
			return w.Amend(w.admin(), home, organizations.Days{}, func(p *organizations.Particulars, _ int64) error { p.ClosedOn = on; return nil })
		}
		w.posts, w.open = map[kernel.OrganizationID]int{home: 12}, map[kernel.OrganizationID]int{home: 1}
		_, err := close("2025-09-01")
		f, _ := fault.From(err)
		if !errors.Is(err, organizations.ErrInUse) || len(f.Fields) != 2 || f.Fields[0].Params["count"] != "12" || f.Fields[0].Params["names"] != "王0、王1、王2、王3、王4、王5、王6、王7、王8、王9" {
			t.Errorf("with people on post: %v %+v", err, f)
		}
		o, err := close("2025-12-31")
		if err != nil {
			t.Fatalf("planned: %v", err)
		}
		warnings, err := w.Warnings(w.ctx, o)
		if err != nil || len(warnings) != 2 || warnings[0].Code != "organizations.in_use_people" {
			t.Errorf("planned, and warned about: %+v %v", warnings, err)
		}
		w.posts, w.open = nil, nil
		if o, err = close("2025-08-31"); err != nil || !o.Closed("2025-09-01") {
			t.Errorf("when everybody has gone: %v", err)
		}
		if o, err = close(""); err != nil || o.ClosedOn != "" {
			t.Errorf("opened again: %v", err)
		}
		h, err := w.History(w.admin(), home, 10, "")
		if err != nil || len(h.Items) != 4 || h.Items[3].What != organizations.ChangeRegistered {
			t.Fatalf("%+v %v", h, err)
		}
		if d := cmp.Diff([]organizations.FieldChange{{Field: "closedOn", Old: "2025-08-31"}}, h.Items[0].Fields); d != "" {
			t.Error(d)
		}
	})
}

func TestNamesFollowOneAnother(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db) // the first of September 2025
		home := w.register(t, organizations.Institution, "养护院", "310118", "")
		rename := func(name string, on kernel.Date) error {
			_, err := w.Amend(w.admin(), home, organizations.Days{Renamed: on}, func(p *organizations.Particulars, _ int64) error { p.Name = name; return nil })
			return err
		}
		for _, c := range []struct {
			name, to string
			on       kernel.Date
			refused  string
		}{
			{"a new name", "晚晴养护院", "2025-06-01", ""},
			{"a slip of the same day", "晚晴养老院", "2025-06-01", ""},
			{"before the last one", "别名", "2025-05-31", "organizations.renamed_before"},
			{"tomorrow", "别名", "2025-09-02", "organizations.renamed_in_future"},
			{"today", "新晚晴养老院", "2025-09-01", ""},
		} {
			err := rename(c.to, c.on)
			if f, ok := fault.From(err); ok != (c.refused != "") || (ok && f.Fields[0].Code != c.refused) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		for on, want := range map[kernel.Date]string{"2025-05-31": "养护院", "2025-06-01": "晚晴养老院", "2025-08-31": "晚晴养老院", "2025-09-01": "新晚晴养老院"} {
			got, err := w.NamesOn(w.ctx, []kernel.OrganizationID{home, "nobody"}, on)
			if err != nil || len(got) != 1 || got[home] != want {
				t.Errorf("%s: %v %v", on, got, err)
			}
		}
		if err := rename("晚晴养老院", "2025-09-01"); err != nil {
			t.Fatal(err)
		}
		if o, _ := w.Find(w.admin(), home); len(o.Names) != 2 {
			t.Errorf("taken back on the same day: %+v", o.Names)
		}
	})
}

func TestTheTree(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		city := w.register(t, organizations.CityBureau, "上海市民政局", "310000", "")
		district := w.register(t, organizations.DistrictBureau, "青浦区民政局", "310118", "")
		street := w.register(t, organizations.Subdistrict, "重固镇", "310118", "310118109")
		home := w.register(t, organizations.Institution, "重固镇养护院", "310118", "310118109")
		w.child(t, "二分院", home)
		w.register(t, organizations.Institution, "仙霞养老院", "310105", "")
		read := func(who context.Context, over kernel.OrganizationID) []string {
			t.Helper()
			var out []string
			for cursor := ""; ; {
				p, err := w.Tree(who, over, 2, cursor)
				if err != nil {
					t.Fatal(err)
				}
				for _, n := range p.Items {
					out = append(out, fmt.Sprintf("%s %d %d", n.Name, n.Children, n.Institutions))
				}
				if cursor = p.Next; cursor == "" {
					return out
				}
			}
		}
		for _, c := range []struct {
			name string
			who  context.Context
			over kernel.OrganizationID
			want []string
		}{
			{"from the top", w.admin(), "", []string{"上海市民政局 2 3"}},
			{"under the city", w.in(city), city, []string{"青浦区民政局 1 2", "仙霞养老院 0 0"}},
			{"where a district begins", w.in(district), "", []string{"青浦区民政局 1 2"}},
			{"two offices, one under the other", w.in(district, street), "", []string{"青浦区民政局 1 2"}},
			{"a home with a branch", w.in(district), street, []string{"重固镇养护院 1 1"}},
			{"its branch", w.in(home), home, []string{"二分院 0 0"}},
		} {
			if d := cmp.Diff(c.want, read(c.who, c.over)); d != "" {
				t.Errorf("%s: %s", c.name, d)
			}
		}
		if _, err := w.Tree(w.in(street), district, 20, ""); !errors.Is(err, organizations.ErrUnknown) {
			t.Errorf("above one's own: %v", err)
		}
	})
}

func TestNeighbours(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		qingpu := w.register(t, organizations.DistrictBureau, "青浦区民政局", "310118", "")
		w.register(t, organizations.DistrictBureau, "长宁区民政局", "310105", "")
		group := w.register(t, organizations.OperatorGroup, "晚晴养老集团", "310105", "")
		site := func(name string, division kernel.RegionCode, group kernel.OrganizationID) kernel.OrganizationID {
			o, err := w.Register(w.admin(), organizations.Draft{Kind: organizations.Institution, Particulars: organizations.Particulars{
				Name: name, Division: division, CreditCode: "52310118MJ4950000F", OperatorGroup: group,
			}})
			if err != nil {
				t.Fatal(err)
			}
			return o.ID
		}
		one := site("晚晴一院", "310118", group)
		site("晚晴二院", "310118", group)
		site("晚晴长宁院", "310105", "")
		r, err := w.Relations(w.in(qingpu), one)
		if err != nil || len(r.Siblings) != 1 || r.Siblings[0].Name != "晚晴二院" || r.Group == nil || r.Group.Name != "晚晴养老集团" || len(r.Overseers) != 1 {
			t.Errorf("in its district: %+v %v", r, err)
		}
		if r, err = w.Relations(w.admin(), one); err != nil || len(r.Siblings) != 2 {
			t.Errorf("everywhere: %+v %v", r, err)
		}
		if _, err := w.Relations(w.in(qingpu), group); !errors.Is(err, organizations.ErrUnknown) {
			t.Errorf("a group is a link and no reach: %v", err)
		}
		if r, err = w.Relations(w.admin(), group); err != nil || len(r.Homes) != 2 {
			t.Errorf("the group's homes: %+v %v", r.Homes, err)
		}
		if r, err = w.Relations(w.in(group), group); err != nil || len(r.Homes) != 0 {
			t.Errorf("whoever reaches the group reaches none of its homes by it: %+v %v", r.Homes, err)
		}
		if _, err := w.Register(w.admin(), organizations.Draft{Kind: organizations.Institution, Particulars: organizations.Particulars{Name: "x", Division: "310118", OperatorGroup: qingpu}}); !errors.Is(err, organizations.ErrGroupUnknown) {
			t.Errorf("a bureau is no group: %v", err)
		}
	})
}

func TestOneThatSeemsToBeRegisteredTwiceIsWarnedAbout(t *testing.T) {
	const code = "52310118MJ4950000F"
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		home := func(name, credit, street string) organizations.Organization {
			t.Helper()
			o, err := w.Register(w.admin(), organizations.Draft{Kind: organizations.Institution, Particulars: organizations.Particulars{
				Name: name, Division: "310118", Street: kernel.RegionCode(street), CreditCode: credit,
			}})
			if err != nil {
				t.Fatal(err)
			}
			return o
		}
		first := home("晚晴养老院", code, "310118001")
		alone := home("东站养老院", code, "310118002") // another site
		named, coded := home("晚晴养老院", "", "310118002"), home("晚晴护理院", code, "310118001")
		says := func(o organizations.Organization, want ...string) {
			t.Helper()
			got, err := w.Warnings(w.admin(), o)
			if err != nil {
				t.Fatal(err)
			}
			var codes []string
			for _, r := range got {
				codes = append(codes, r.Code+" "+r.Params["names"])
			}
			if d := cmp.Diff(want, codes); d != "" {
				t.Errorf("%s: %s", o.Name, d)
			}
		}
		says(first, "organizations.twin_by_name 晚晴养老院", "organizations.twin_by_code 晚晴护理院")
		says(named, "organizations.twin_by_name 晚晴养老院")
		says(coded, "organizations.twin_by_code 晚晴养老院")
		says(alone)
		if got, err := w.Warnings(kernel.WithReach(w.ctx, kernel.Reach{Roots: []kernel.OrganizationID{named.ID}}), named); err != nil || len(got) != 0 {
			t.Errorf("told of one out of reach: %+v %v", got, err)
		}
		amend := func(o organizations.Organization, how func(*organizations.Particulars)) {
			t.Helper()
			if _, err := w.Amend(w.admin(), o.ID, organizations.Days{}, func(p *organizations.Particulars, _ int64) error { how(p); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		amend(named, func(p *organizations.Particulars) { p.ClosedOn = "2025-05-31" })
		says(first, "organizations.twin_by_code 晚晴护理院")
		amend(alone, func(p *organizations.Particulars) { p.Name = "新东站养老院" })
		says(home("东站养老院", "", "310118001"), "organizations.twin_by_name 新东站养老院") // its former name
		for name, want := range map[string]string{"=1+1": "organizations.name_no_letters", "12345": "organizations.name_no_letters", "": "organizations.name_missing"} {
			_, err := w.Register(w.admin(), organizations.Draft{Kind: organizations.Institution, Particulars: organizations.Particulars{Name: name, Division: "310118"}})
			if f, ok := fault.From(err); !ok || f.Fields[0].Code != want {
				t.Errorf("%q: %v", name, err)
			}
		}
	})
}

func TestABodysCodeNamesItsProvince(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		for code, want := range map[string]int{"S000031000099": 0, "S000032000099": 1} {
			o, err := w.Register(w.admin(), organizations.Draft{Kind: organizations.AssessmentBody, Particulars: organizations.Particulars{
				Name: "评价" + code, Division: "310118", AssessmentCode: code, Validity: kernel.Period{From: "2024-01-01", To: "2029-12-31"},
			}})
			if err != nil {
				t.Fatal(err)
			}
			if got, err := w.Warnings(w.admin(), o); err != nil || len(got) != want {
				t.Errorf("%s: %+v %v", code, got, err)
			}
		}
	})
}

func TestTheFourthAssessmentBodyIsWarnedAbout(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		body := func(name, from, to string, occupations ...string) organizations.Organization {
			t.Helper()
			o, err := w.Register(w.admin(), organizations.Draft{Kind: organizations.AssessmentBody, Particulars: organizations.Particulars{
				Name: name, Division: "310118", Validity: kernel.Period{From: kernel.Date(from), To: kernel.Date(to)}, Occupations: occupations,
			}})
			if err != nil {
				t.Fatal(err)
			}
			return o
		}
		first := body("评价一", "2020-01-01", "2029-12-31")
		if d := cmp.Diff([]string{"4-10-01-05"}, first.Occupations); d != "" {
			t.Error("filed for 养老护理员 where nothing is said", d)
		}
		body("评价二", "2024-01-01", "")
		body("评价三", "2024-01-01", "", "4-10-01-05", "4-14-01-03")
		other := body("别的职业", "2024-01-01", "", "4-14-01-03")
		fourth := body("评价四", "2025-06-01", "")
		for name, c := range map[string]struct {
			of   organizations.Organization
			want int
		}{"the fourth": {fourth, 1}, "the first sees it too": {first, 1}, "another occupation": {other, 0}} {
			got, err := w.Warnings(w.ctx, c.of)
			if err != nil || len(got) != c.want {
				t.Errorf("%s: %+v %v", name, got, err)
			}
			if len(got) == 1 && (got[0].Params["count"] != "4" || got[0].Clause == "") {
				t.Errorf("%s: %+v", name, got)
			}
		}
		third, _ := w.List(w.admin(), organizations.Filter{Q: "评价三"}, 1, "")
		if _, err := w.Amend(w.admin(), third.Items[0].ID, organizations.Days{}, func(p *organizations.Particulars, _ int64) error { p.ClosedOn = "2025-05-31"; return nil }); err != nil {
			t.Fatal(err)
		}
		if got, err := w.Warnings(w.ctx, fourth); err != nil || len(got) != 0 {
			t.Errorf("one closed the day before: %+v %v", got, err)
		}
		_, period, err := w.AssessmentBody(w.ctx, "none")
		if !errors.Is(err, organizations.ErrUnknown) {
			t.Errorf("%+v %v", period, err)
		}
	})
}
