package rule_test

import (
	"slices"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/statistics/rule"
)

func catalogue(t *testing.T) rule.Catalogue {
	t.Helper()
	c, err := rule.NewCatalogue([]rule.Standard{
		{ID: "gb38600", Code: "GB 38600—2019", Title: "养老机构服务安全基本规范", Aliases: []string{"GB 38600"}},
		{ID: "db31t1402", Code: "DB31/T 1402—2023", Title: "养老机构认知障碍照护单元设置和服务要求"},
		{ID: "carelevels", Title: "养老机构照护服务分级要求"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestOneStandardIsWrittenInManyWays(t *testing.T) {
	c := catalogue(t)
	for written, want := range map[string]string{
		"GB 38600—2019": "gb38600", "GB38600-2019": "gb38600", "gb 38600–2019": "gb38600", "GB 38600": "gb38600", "gb38600": "gb38600",
		"DB31T1402—2023": "db31t1402", "DB31/T 1402-2023": "db31t1402", "《养老机构照护服务分级要求》": "carelevels", "养老机构照护服务分级要求": "carelevels", " ": "",
	} {
		if _, got := c.Find(written); got != want {
			t.Errorf("%q is %q, want %q", written, got, want)
		}
	}
	_, a := c.Find("GB/T 37276—2018")
	_, b := c.Find("GBT37276-2018")
	if a != b || a == "" || a == "gb38600" {
		t.Errorf("a standard that is not in the catalogue: %q and %q", a, b)
	}
}

func TestStandardsThatCouldBeTakenForOneAnother(t *testing.T) {
	for name, all := range map[string][]rule.Standard{
		"two of one code":              {{ID: "aa", Code: "GB 1—2019", Title: "甲"}, {ID: "bb", Code: "GB1-2019", Title: "乙"}},
		"two of one title, one number": {{ID: "aa", Code: "GB 1—2019", Title: "甲"}, {ID: "bb", Title: "甲"}},
		"no title":                     {{ID: "aa", Code: "GB 1—2019"}},
		"an id that is none":           {{ID: "GB 1", Code: "GB 1—2019", Title: "甲"}},
		"the id of social work":        {{ID: "sw", Code: "GB 1—2019", Title: "甲"}},
	} {
		if _, err := rule.NewCatalogue(all); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func post(role kernel.StaffRole, from, to kernel.Date) kernel.Spell {
	return kernel.Spell{Organization: "home", Path: []kernel.OrganizationID{"home", "district"}, Role: role, Period: kernel.Period{From: from, To: to}, RecordedAt: from.Start()}
}

func done(class kernel.ClassID, on kernel.Date, codes ...string) rule.Completion {
	return rule.Completion{Class: class, As: "p", Standards: codes, On: on, RecordedAt: on.Start()}
}

func TestStandings(t *testing.T) {
	c := catalogue(t)
	revoked := done("k1", "2025-03-01", "GB 38600—2019")
	at := kernel.Date("2025-05-01").Start()
	revoked.RevokedOn, revoked.RevokedAt = "2025-05-01", &at
	left := done("k1", "2025-03-01", "GB 38600—2019")
	left.LeftAt = &at
	worker := done("k3", "2025-03-01")
	worker.Audience = "socialWorker"
	small := post(kernel.StaffCaregiver, "2025-01-01", kernel.Forever)
	small.SmallHome = true
	for _, k := range []struct {
		name   string
		spells []kernel.Spell
		done   []rule.Completion
		known  time.Time
		want   []rule.Segment // at the home
	}{
		{
			"from the day of the last session on",
			[]kernel.Spell{post(kernel.StaffCaregiver, "2025-01-01", kernel.Forever)},
			[]rule.Completion{done("k1", "2025-03-01", "GB 38600—2019")},
			time.Time{},
			[]rule.Segment{{From: "2025-01-01", To: "2025-02-28", Why: "c"}, {From: "2025-03-01", To: kernel.Forever, Why: "c_gb38600"}},
		},
		{
			"trained before the first day on post",
			[]kernel.Spell{post(kernel.StaffCare, "2025-01-01", "2025-12-30")},
			[]rule.Completion{done("k1", "2024-03-01", "GB38600-2019")},
			time.Time{},
			[]rule.Segment{{From: "2025-01-01", To: "2025-12-30", Why: "a_gb38600"}},
		},
		{
			"two posts at once are one person",
			[]kernel.Spell{post(kernel.StaffCaregiver, "2025-01-01", kernel.Forever), post(kernel.StaffManager, "2025-02-01", "2025-02-28")},
			nil,
			time.Time{},
			[]rule.Segment{{From: "2025-01-01", To: "2025-01-31", Why: "c"}, {From: "2025-02-01", To: "2025-02-28", Why: "cm"}, {From: "2025-03-01", To: kernel.Forever, Why: "c"}},
		},
		{
			"revoked counts until the day before",
			[]kernel.Spell{post(kernel.StaffCaregiver, "2025-01-01", kernel.Forever)},
			[]rule.Completion{revoked},
			time.Time{},
			[]rule.Segment{{From: "2025-01-01", To: "2025-02-28", Why: "c"}, {From: "2025-03-01", To: "2025-04-30", Why: "c_gb38600"}, {From: "2025-05-01", To: kernel.Forever, Why: "c"}},
		},
		{
			"as it was known before the revocation",
			[]kernel.Spell{post(kernel.StaffCaregiver, "2025-01-01", kernel.Forever)},
			[]rule.Completion{revoked},
			kernel.Date("2025-04-01").Start(),
			[]rule.Segment{{From: "2025-01-01", To: "2025-02-28", Why: "c"}, {From: "2025-03-01", To: kernel.Forever, Why: "c_gb38600"}},
		},
		{
			"another record's since a merge",
			[]kernel.Spell{post(kernel.StaffCaregiver, "2025-01-01", kernel.Forever)},
			[]rule.Completion{left},
			time.Time{},
			[]rule.Segment{{From: "2025-01-01", To: kernel.Forever, Why: "c"}},
		},
		{
			"a social worker's training, twice the same",
			[]kernel.Spell{post(kernel.StaffSocialWorker, "2025-03-01", kernel.Forever)},
			[]rule.Completion{worker, worker},
			time.Time{},
			[]rule.Segment{{From: "2025-03-01", To: kernel.Forever, Why: "w_sw"}},
		},
		{
			"a gap between posts",
			[]kernel.Spell{post(kernel.StaffCaregiver, "2025-01-01", "2025-01-31"), post(kernel.StaffCaregiver, "2025-03-01", "2025-03-31")},
			nil,
			time.Time{},
			[]rule.Segment{{From: "2025-01-01", To: "2025-01-31", Why: "c"}, {From: "2025-03-01", To: "2025-03-31", Why: "c"}},
		},
		{"a small home", []kernel.Spell{small}, nil, time.Time{}, []rule.Segment{{From: "2025-01-01", To: kernel.Forever, Why: "C"}}},
	} {
		var got []rule.Segment
		for _, s := range rule.Standings(c, k.spells, k.done, k.known) {
			if s.Organization == "home" {
				s.Organization = ""
				got = append(got, s)
			}
		}
		if !slices.Equal(got, k.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", k.name, got, k.want)
		}
	}
}

func needs(t *testing.T, rows rule.CoverageRows, region kernel.RegionCode, codes ...string) (out []rule.Need) {
	t.Helper()
	for _, code := range codes {
		s, topic := catalogue(t).Find(code)
		row, ok := rows.For(topic, region, "2025-12-31")
		out = append(out, rule.Need{Asked: code, Standard: s, Topic: topic, Row: row, Ruled: ok})
	}
	return out
}

func coverageRows() rule.CoverageRows {
	bp := int64(10000)
	care := []kernel.StaffRole{kernel.StaffCaregiver, kernel.StaffCare}
	return rule.CoverageRows{
		{RuleHead: kernel.RuleHead{ID: "q", Version: "1", Region: "310118", From: "2025-01-01"}, Standards: []string{"gb38600", "db31t1402"}, Roles: care, TargetBP: &bp},
		{RuleHead: kernel.RuleHead{ID: "levels", Version: "1", Region: "310118", From: "2025-01-01"}, Standards: []string{"carelevels"}, Roles: care},
		{RuleHead: kernel.RuleHead{ID: "managers", Version: "1", Region: "", From: "2025-01-01"}, Standards: []string{"carelevels"}, Roles: []kernel.StaffRole{kernel.StaffManager}, TargetBP: &bp},
		{RuleHead: kernel.RuleHead{ID: "house", Version: "1", From: "2000-01-01"}, Standards: []string{"*"}, Roles: care, TargetBP: &bp},
	}
}

// FACTS §12 S4-2: 40 staff, 40 and 39 of them trained, so the set is not met.
func TestCovered(t *testing.T) {
	states := map[string]int64{"c_db31t1402_gb38600": 30, "a_db31t1402_gb38600": 9, "c_gb38600": 1, "m": 5, "cm_db31t1402_gb38600": 0}
	each, all := rule.Covered(needs(t, coverageRows(), "310118", "GB 38600", "DB31T1402—2023"), states)
	if each[0] != (kernel.Ratio{Numerator: 40, Denominator: 40}) || each[1].Percent() != "97.50" || all.Percent() != "97.50" || all.AtLeast(10000) {
		t.Errorf("each %v all %v", each, all)
	}
	// Managers are asked for one standard only, caregivers for the other.
	each, all = rule.Covered(needs(t, coverageRows(), "110101", "GB 38600", "养老机构照护服务分级要求"), map[string]int64{"m_carelevels": 3, "m": 1, "c_gb38600": 4, "cm_gb38600": 1})
	if each[0] != (kernel.Ratio{Numerator: 5, Denominator: 5}) || each[1] != (kernel.Ratio{Numerator: 3, Denominator: 5}) || all != (kernel.Ratio{Numerator: 7, Denominator: 9}) {
		t.Errorf("each %v all %v", each, all)
	}
}

func TestTheRowOfAStandard(t *testing.T) {
	rows := coverageRows()
	for _, c := range []struct {
		topic  string
		region kernel.RegionCode
		want   string
	}{
		{"gb38600", "310118", "q"},
		{"gb38600", "310105", "house"},
		{"carelevels", "310118", "levels"},
		{"carelevels", "310105", "managers"},
		{"x0011223344", "310118", "house"},
	} {
		if row, _ := rows.For(c.topic, c.region, "2025-12-31"); row.ID != c.want {
			t.Errorf("%s in %s: %s, want %s", c.topic, c.region, row.ID, c.want)
		}
	}
	if got := rows.Asked("310118", "2025-12-31"); !slices.Equal(got, []string{"gb38600", "db31t1402"}) {
		t.Errorf("asked: %v", got)
	}
	if got := rows.Asked("310118", "2024-12-31"); got != nil {
		t.Errorf("asked before there was a row: %v", got)
	}
}

func socialRow() rule.SocialRow {
	return rule.SocialRow{RuleHead: kernel.RuleHead{ID: "s", Version: "1"}, Bands: []rule.Band{
		{FromBeds: 1, ToBeds: 300, Required: 1, Clause: "300张以下"}, {FromBeds: 300, Required: 2, Clause: "300张以上"},
	}}
}

// FACTS §12 S4-6.
func TestSocialWorkersByBeds(t *testing.T) {
	for _, c := range []struct {
		name     string
		row      rule.SocialRow
		home     rule.Home
		required int64
		known    bool
		flags    []string
	}{
		{"299 beds need one", socialRow(), rule.Home{Beds: 299}, 1, true, nil},
		{"at exactly 300 both clauses hold: two, flagged", socialRow(), rule.Home{Beds: 300}, 2, true, []string{rule.FlagBothClauses}},
		{"301 beds need two", socialRow(), rule.Home{Beds: 301}, 2, true, nil},
		{"one bed needs one", socialRow(), rule.Home{Beds: 1}, 1, true, nil},
		{"beds that nobody entered tell nothing", socialRow(), rule.Home{}, 0, false, []string{rule.FlagBedsUnknown}},
		{"no row, no requirement", rule.SocialRow{}, rule.Home{Beds: 500}, 0, false, []string{rule.FlagNoRule}},
		{"a small home counts unless the row leaves it out", socialRow(), rule.Home{Beds: 38, Small: true}, 1, true, nil},
	} {
		required, _, flags, known := c.row.Required(c.home)
		if required != c.required || known != c.known || !slices.Equal(flags, c.flags) {
			t.Errorf("%s: %d %v %v", c.name, required, known, flags)
		}
	}
	without := socialRow()
	without.WithoutSmall = true
	if _, _, flags, known := without.Required(rule.Home{Beds: 38, Small: true}); known || !slices.Equal(flags, []string{rule.FlagNotSubject}) {
		t.Errorf("a small home that is left out: %v %v", known, flags)
	}
}

func TestWhoCountsAsTrainedSocialWorker(t *testing.T) {
	states := map[string]int64{"w_sw": 1, "w": 2, "c_sw": 1, "c": 40, "cw_gb38600_sw": 1}
	if got := socialRow().SocialOf(states); got != (rule.Social{Trained: 3, OtherPosts: 1, Untrained: 2}) {
		t.Errorf("any post: %+v", got)
	}
	strict := socialRow()
	strict.Roles = []kernel.StaffRole{kernel.StaffSocialWorker}
	if got := strict.SocialOf(states); got != (rule.Social{Trained: 2, Untrained: 2}) {
		t.Errorf("social workers only: %+v", got)
	}
}
