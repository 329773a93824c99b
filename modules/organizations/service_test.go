package organizations_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/pinyin"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/kit/testkit"
	"carecert/modules/organizations"
	"carecert/modules/organizations/rule"
)

// world is the module on a database, with hand-written neighbours.
type world struct {
	*testkit.House
	*organizations.Service
	ctx      context.Context
	importer *organizations.Importer
	posts    map[kernel.OrganizationID]int // on post for ever
	open     map[kernel.OrganizationID]int // classes that end in a year
}

func newWorld(t *testing.T, db *store.DB) *world {
	t.Helper()
	w := &world{ctx: t.Context(), House: testkit.At(time.Date(2025, 9, 1, 2, 0, 0, 0, time.UTC))}
	m := organizations.New(organizations.Deps{
		DB: db, Clock: w, Facts: w, Audit: w, Log: slog.New(slog.DiscardHandler),
		Filing:      []rule.FilingRow{{RuleHead: kernel.RuleHead{From: "2025-04-15", Document: "民发〔2025〕8号"}, MostPerProvince: 3, MainOccupation: "4-10-01-05"}},
		Occupations: occupations{"养老护理员": "4-10-01-05", "健康照护师": "4-14-01-03"},
		Speller:     pinyin.New([]pinyin.Reading{{Text: "重固", Pinyin: "chong gu"}}),
		Regions: []organizations.Region{
			{Code: "310000", Level: organizations.LevelProvince},
			{Code: "310118", Name: "青浦区", Level: organizations.LevelDistrict, Parent: "310000"},
			{Code: "310105", Name: "长宁区", Level: organizations.LevelDistrict, Parent: "310000"},
			{Code: "310118001", Name: "夏阳街道", Level: organizations.LevelStreet, Parent: "310118"},
			{Code: "310118002", Name: "盈浦街道", Level: organizations.LevelStreet, Parent: "310118"},
			{Code: "310118109", Name: "重固镇", Level: organizations.LevelStreet, Parent: "310118"},
		},
	})
	w.Service, w.importer = m.Service, m.Importer
	w.People, w.Classes = staff{w}, classes{w}
	if err := db.Ensure(w.ctx); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) admin() context.Context {
	return kernel.WithReach(w.ctx, kernel.Reach{Everywhere: true})
}

func (w *world) in(roots ...kernel.OrganizationID) context.Context {
	return kernel.WithReach(w.ctx, kernel.Reach{Roots: roots})
}

func (w *world) register(t *testing.T, kind organizations.Kind, name string, division, street kernel.RegionCode) kernel.OrganizationID {
	t.Helper()
	o, err := w.Register(w.admin(), organizations.Draft{Kind: kind, Particulars: organizations.Particulars{Name: name, Division: division, Street: street}})
	if err != nil {
		t.Fatalf("register %s: %v", name, err)
	}
	return o.ID
}

func (w *world) path(t *testing.T, id kernel.OrganizationID) []kernel.OrganizationID {
	t.Helper()
	c, err := w.Card(w.ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return c.Path
}

func (w *world) moves() map[kernel.OrganizationID]int {
	out := map[kernel.OrganizationID]int{}
	for _, f := range w.Announced() {
		if m, ok := f.(organizations.Moved); ok {
			out[m.Organization]++
		}
	}
	return out
}

func TestWhoOverseesWhom(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		home := w.register(t, organizations.Institution, "重固镇养护院", "310118", "310118109")
		ward := w.child(t, "二分院", home)
		if d := cmp.Diff([]kernel.OrganizationID{home}, w.path(t, home)); d != "" {
			t.Error("before anybody oversees it", d)
		}
		district := w.register(t, organizations.DistrictBureau, "青浦区民政局", "310118", "")
		street := w.register(t, organizations.Subdistrict, "重固镇", "310118", "310118109")
		city := w.register(t, organizations.CityBureau, "上海市民政局", "310000", "")
		elsewhere := w.register(t, organizations.Subdistrict, "夏阳街道", "310118", "310118001")

		want := []kernel.OrganizationID{home, street, district, city}
		if d := cmp.Diff(want, w.path(t, home)); d != "" {
			t.Error("an institution is adopted by the overseers that come after it", d)
		}
		if d := cmp.Diff(append([]kernel.OrganizationID{ward}, want...), w.path(t, ward)); d != "" {
			t.Error("and its branch with it", d)
		}
		if d := cmp.Diff([]kernel.OrganizationID{street, district, city}, w.path(t, street)); d != "" {
			t.Error(d)
		}
		if got := w.moves(); got[home] != 3 || got[ward] != 3 || got[elsewhere] != 0 {
			t.Errorf("moves %v", got)
		}

		closed := kernel.Date("2025-08-31")
		if _, err := w.Amend(w.admin(), street, organizations.Days{}, func(p *organizations.Particulars, _ int64) error { p.ClosedOn = closed; return nil }); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]kernel.OrganizationID{home, district, city}, w.path(t, home)); d != "" {
			t.Error("a closed subdistrict oversees nobody", d)
		}
		if _, err := w.Amend(w.admin(), home, organizations.Days{}, func(p *organizations.Particulars, _ int64) error { p.Parent = ward; return nil }); !errors.Is(err, organizations.ErrCircle) {
			t.Errorf("under its own branch: %v", err)
		}
	})
}

func (w *world) child(t *testing.T, name string, parent kernel.OrganizationID) kernel.OrganizationID {
	t.Helper()
	o, err := w.Register(w.admin(), organizations.Draft{Kind: organizations.Institution, Particulars: organizations.Particulars{Name: name, Division: "310118", Parent: parent}})
	if err != nil {
		t.Fatal(err)
	}
	return o.ID
}

func TestACityMayBeNamedByEitherCode(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		city := w.register(t, organizations.CityBureau, "上海市民政局", "310100", "")
		home := w.register(t, organizations.Institution, "养护院", "310118", "")
		if d := cmp.Diff([]kernel.OrganizationID{home, city}, w.path(t, home)); d != "" {
			t.Error(d)
		}
		if _, err := w.Register(w.admin(), organizations.Draft{Kind: organizations.CityBureau, Particulars: organizations.Particulars{Name: "x", Division: "320500"}}); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("a city without districts: %v", err)
		}
	})
}

func TestAGroupIsALinkAndNoReach(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		district := w.register(t, organizations.DistrictBureau, "青浦区民政局", "310118", "")
		group := w.register(t, organizations.OperatorGroup, "晚晴养老集团", "310105", "")
		home := w.child(t, "晚晴养护院", group)
		if d := cmp.Diff([]kernel.OrganizationID{home, district}, w.path(t, home)); d != "" {
			t.Error(d)
		}
	})
}

func TestWhoMayRegisterAndChange(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		qingpu := w.register(t, organizations.DistrictBureau, "青浦区民政局", "310118", "")
		w.register(t, organizations.DistrictBureau, "长宁区民政局", "310105", "")
		draft := func(division kernel.RegionCode) organizations.Draft {
			return organizations.Draft{Kind: organizations.Institution, Particulars: organizations.Particulars{Name: "养护院", Division: division, ApprovedBeds: 100}}
		}
		home, err := w.Register(w.in(qingpu), draft("310118"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Register(w.in(qingpu), draft("310105")); !errors.Is(err, organizations.ErrOutsideTree) {
			t.Errorf("a home of another district: %v", err)
		}
		beds := func(p *organizations.Particulars, _ int64) error { p.ApprovedBeds = 300; return nil }
		rename := func(p *organizations.Particulars, _ int64) error { p.Name = "晚晴养护院"; return nil }
		away := func(p *organizations.Particulars, _ int64) error { p.Division = "310105"; return nil }
		for _, c := range []struct {
			name   string
			who    context.Context
			change func(*organizations.Particulars, int64) error
			want   error
		}{
			{"an institution renames itself", w.in(home.ID), rename, nil},
			{"but does not approve its own beds", w.in(home.ID), beds, organizations.ErrNeedsSuperior},
			{"its bureau does", w.in(qingpu), beds, nil},
			{"a bureau does not push it into another district", w.in(qingpu), away, organizations.ErrOutsideTree},
			{"others do not see it", w.in("elsewhere"), rename, organizations.ErrUnknown},
		} {
			if _, err := w.Amend(c.who, home.ID, organizations.Days{Renamed: "2025-06-01"}, c.change); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		after, err := w.Find(w.in(qingpu), home.ID)
		if err != nil || after.NameOn("2025-05-31") != "养护院" || after.NameOn("2025-06-01") != "晚晴养护院" {
			t.Errorf("an old report shows the old name: %+v %v", after.Names, err)
		}
	})
}

func TestLists(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		district := w.register(t, organizations.DistrictBureau, "青浦区民政局", "310118", "")
		w.register(t, organizations.Institution, "重固镇养护院", "310118", "310118109")
		w.register(t, organizations.Institution, "夏阳街道养老院", "310118", "310118001")
		w.register(t, organizations.TrainingSchool, "夏阳培训学校", "310118", "")
		w.register(t, organizations.Institution, "仙霞养老院", "310105", "")
		for _, c := range []struct {
			name   string
			who    context.Context
			filter organizations.Filter
			want   []string
		}{
			{"a district sees its own, by pinyin", w.in(district), organizations.Filter{}, []string{"重固镇养护院", "青浦区民政局", "夏阳街道养老院", "夏阳培训学校"}},
			{"of a kind", w.in(district), organizations.Filter{Kind: organizations.Institution}, []string{"重固镇养护院", "夏阳街道养老院"}},
			{"marks are in no name", w.in(district), organizations.Filter{Q: " *' "}, nil},
			{"by characters", w.in(district), organizations.Filter{Q: "夏阳"}, []string{"夏阳培训学校", "夏阳街道养老院"}},
			{"by full pinyin, read rightly", w.in(district), organizations.Filter{Q: "ChongGu"}, []string{"重固镇养护院"}},
			{"by initials", w.in(district), organizations.Filter{Q: "xyjd"}, []string{"夏阳街道养老院"}},
			{"one letter is found once", w.in(district), organizations.Filter{Q: "x"}, []string{"夏阳街道养老院", "夏阳培训学校"}},
			{"everywhere", w.admin(), organizations.Filter{Q: "x", Kind: organizations.Institution}, []string{"仙霞养老院", "夏阳街道养老院"}},
			{"who reaches nothing sees nothing", w.in(), organizations.Filter{}, nil},
		} {
			var got []string
			cursor := ""
			for {
				page, err := w.List(c.who, c.filter, 2, cursor)
				if err != nil {
					t.Fatalf("%s: %v", c.name, err)
				}
				if int(page.Total) != len(c.want) {
					t.Errorf("%s: total %d", c.name, page.Total)
				}
				for _, o := range page.Items {
					got = append(got, o.Name)
				}
				if cursor = page.Next; cursor == "" {
					break
				}
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("%s: %s", c.name, d)
			}
		}
	})
}

func TestCommissions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		home := w.register(t, organizations.Institution, "养护院", "310118", "")
		school := w.register(t, organizations.TrainingSchool, "培训学校", "310118", "")
		term := kernel.Period{From: "2025-01-01", To: "2025-12-31"}
		made, err := w.Commission(w.in(home), home, school, term)
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			who  context.Context
			of   kernel.OrganizationID
			with kernel.OrganizationID
			want error
		}{
			"twice for one time":           {w.in(home), home, school, organizations.ErrCommissioned},
			"a home is no school":          {w.in(home), home, home, organizations.ErrNotSchool},
			"a school commissions nobody":  {w.in(school), school, school, organizations.ErrNotInstitution},
			"nobody does it for the other": {w.in(school), home, school, organizations.ErrUnknown},
		} {
			if _, err := w.Commission(c.who, c.of, c.with, term); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for day, want := range map[kernel.Date]int{"2024-12-31": 0, "2025-01-01": 1, "2025-12-31": 1, "2026-01-01": 0} {
			if got, err := w.Commissioned(w.ctx, school, day); err != nil || len(got) != want {
				t.Errorf("%s: %v %v", day, got, err)
			}
		}
		if err := w.EndCommission(w.in(home), home, made.ID); err != nil {
			t.Fatal(err)
		}
		if got, _ := w.Commissioned(w.ctx, school, "2025-09-01"); len(got) != 0 {
			t.Errorf("ended and still %v", got)
		}
		if got, _ := w.Commissions(w.in(school), school); len(got) != 1 || got[0].Period.To != "2025-08-31" {
			t.Errorf("the school's view %+v", got)
		}
	})
}

func TestOverseersAndInstitutionsThatComeAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		var wait sync.WaitGroup
		homes := make([]kernel.OrganizationID, 6)
		register := func(kind organizations.Kind, division, street kernel.RegionCode, id *kernel.OrganizationID) {
			wait.Go(func() {
				o, err := w.Register(w.admin(), organizations.Draft{Kind: kind, Particulars: organizations.Particulars{Name: "某", Division: division, Street: street}})
				if err != nil {
					t.Error(err)
				}
				*id = o.ID
			})
		}
		var street, district kernel.OrganizationID
		for i := range homes {
			register(organizations.Institution, "310118", "310118001", &homes[i])
		}
		register(organizations.Subdistrict, "310118", "310118001", &street)
		register(organizations.DistrictBureau, "310118", "", &district)
		wait.Wait()
		for _, home := range homes {
			if d := cmp.Diff([]kernel.OrganizationID{home, street, district}, w.path(t, home)); d != "" {
				t.Error(d)
			}
		}
	})
}

func TestParticularsAreChecked(t *testing.T) {
	for _, c := range []struct {
		name string
		kind organizations.Kind
		with organizations.Particulars
		want string
	}{
		{"a division that does not exist", organizations.Institution, organizations.Particulars{Name: "x", Division: "310199"}, "organizations.division_unknown"},
		{"a street of another district", organizations.Institution, organizations.Particulars{Name: "x", Division: "310105", Street: "310118001"}, "organizations.street_elsewhere"},
		{"a subdistrict without its street", organizations.Subdistrict, organizations.Particulars{Name: "x", Division: "310118"}, "organizations.street_missing"},
		{"a city's bureau in a district", organizations.CityBureau, organizations.Particulars{Name: "x", Division: "310118"}, "organizations.division_not_city"},
		{"a district's bureau in a city", organizations.DistrictBureau, organizations.Particulars{Name: "x", Division: "310000"}, "organizations.division_not_district"},
		{"a wrong credit code", organizations.Institution, organizations.Particulars{Name: "x", Division: "310118", CreditCode: "91350100M000100Y44"}, "organizations.credit_code_invalid"},
		{"a validity that ends before it begins", organizations.AssessmentBody, organizations.Particulars{Name: "x", Division: "310118", Validity: kernel.Period{From: "2025-01-02", To: "2025-01-01"}}, "organizations.validity_reversed"},
		{"a name of blanks", organizations.Institution, organizations.Particulars{Name: "  ", Division: "310118"}, "organizations.name_missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				w := newWorld(t, db)
				_, err := w.Register(w.admin(), organizations.Draft{Kind: c.kind, Particulars: c.with})
				f, ok := fault.From(err)
				if !ok || len(f.Fields) != 1 || f.Fields[0].Code != c.want {
					t.Errorf("%v %+v", err, f)
				}
			})
		})
	}
}

func TestTheTableOfRegions(t *testing.T) {
	raw, err := os.ReadFile("../../policies/rules/regions.csv")
	if err != nil {
		t.Fatal(err)
	}
	regions, err := organizations.ParseRegions(raw)
	if err != nil {
		t.Fatal(err)
	}
	known := map[kernel.RegionCode]bool{}
	for _, r := range regions {
		known[r.Code] = true
	}
	for _, r := range regions {
		if r.Parent != "" && !known[r.Parent] {
			t.Errorf("%s lies in %s, which is not listed", r.Code, r.Parent)
		}
	}
	if _, err := organizations.ParseRegions([]byte("code,name,level,parent\n31,x,province,\n")); err == nil {
		t.Error("a code of two digits was taken")
	}
}
