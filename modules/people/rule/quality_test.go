package rule_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"carecert/modules/kernel"
	"carecert/modules/people/rule"
)

func everybody() []kernel.StaffRole {
	return []kernel.StaffRole{kernel.StaffCaregiver, kernel.StaffManager}
}

func qualityRow() rule.QualityRow {
	return rule.QualityRow{
		RuleHead: kernel.RuleHead{ID: "quality", Version: "1", From: "2020-01-01"},
		Roles:    everybody(),
		Wants: []rule.Want{
			{Kind: rule.MissingCertificate, Roles: []kernel.StaffRole{kernel.StaffCaregiver}, Word: true},
			{Kind: rule.MissingPhone, Roles: everybody(), Word: true},
			{Kind: rule.MissingEducation, Roles: everybody()},
		},
		Doubts: []rule.Want{
			{Kind: rule.GenderContradicts, Roles: everybody(), Word: true},
			{Kind: rule.CertificateRefuted, Roles: everybody()},
			{Kind: rule.OverlappingPosts, Roles: everybody(), Days: 31, Word: true},
			{Kind: rule.NumberContested, Roles: everybody()},
		},
		Limits: rule.Limits{
			StartDays: 7, EndDays: 7, CertificateDays: 30, CertificateRoles: []kernel.StaffRole{kernel.StaffCaregiver}, CountsMonths: 12, OpeningDays: 30,
		},
		Weights:    map[rule.Dimension]int64{rule.Completeness: 4000, rule.Timeliness: 3000, rule.Accuracy: 3000},
		WordMonths: 12,
	}
}

// post is one that was entered in time, long ago.
func post(change func(*rule.Post)) rule.Post {
	p := rule.Post{
		ID: "s", Organization: "home", Path: []kernel.OrganizationID{"home", "district"}, Role: kernel.StaffCaregiver,
		Period: kernel.Period{From: "2024-01-10", To: kernel.Forever}, BegunOn: "2024-01-10", OpenedOn: "2023-01-01",
	}
	if change != nil {
		change(&p)
	}
	return p
}

// whole is a file with nothing to mend.
func whole(change func(*rule.File), posts ...rule.Post) rule.File {
	if len(posts) == 0 {
		posts = []rule.Post{post(nil)}
	}
	f := rule.File{Phone: true, Education: true, Birth: true, Gender: true, Posts: posts, Papers: []rule.Paper{{ID: "c", IssuedOn: "2022-01-01", EnteredOn: "2023-01-20"}}}
	if change != nil {
		change(&f)
	}
	return f
}

// told says findings as "kind from/to days".
func told(marks []rule.Mark) string {
	var out []string
	for _, m := range marks {
		if m.Finding() {
			out = append(out, string(m.Kind)+" "+string(m.From)+"/"+string(m.To)+strings.Repeat("!", m.Days))
		}
	}
	return strings.Join(out, ", ")
}

func TestJudgeQuality(t *testing.T) {
	const open = "2025-09-01/9999-12-31"
	for _, c := range []struct {
		name string
		file rule.File
		want string
	}{
		{"nothing to mend", whole(nil), ""},
		{"no telephone", whole(func(f *rule.File) { f.Phone = false }), "missingPhone " + open},
		{"no certificate", whole(func(f *rule.File) { f.Papers = nil }), "missingCertificate " + open},
		{"a manager needs none", whole(func(f *rule.File) { f.Papers = nil }, post(func(p *rule.Post) { p.Role = kernel.StaffManager })), ""},
		{"whose role is not judged", whole(func(f *rule.File) { f.Phone = false }, post(func(p *rule.Post) { p.Role = kernel.StaffMedical })), ""},
		{"who has left", whole(func(f *rule.File) { f.Phone = false }, post(func(p *rule.Post) { p.Period.To, p.EndedOn = "2025-08-31", "2024-02-01" })), ""},
		{"on the last day", whole(func(f *rule.File) { f.Phone = false }, post(func(p *rule.Post) { p.Period.To, p.EndedOn = "2025-09-01", "2025-09-01" })), "missingPhone 2025-09-01/2025-09-01"},
		{"who comes tomorrow", whole(func(f *rule.File) { f.Phone = false }, post(func(p *rule.Post) { p.Period.From, p.BegunOn = "2025-09-02", "2025-09-01" })), "missingPhone 2025-09-02/9999-12-31"},
		{"a word holds for twelve months", whole(func(f *rule.File) {
			f.Phone, f.Words = false, map[rule.Kind]kernel.Date{rule.MissingPhone: "2025-09-01"}
		}), "missingPhone 2026-09-01/9999-12-31"},
		{"a word of a year ago holds no more", whole(func(f *rule.File) {
			f.Phone, f.Words = false, map[rule.Kind]kernel.Date{rule.MissingPhone: "2024-09-01"}
		}), "missingPhone " + open},
		{"no word settles what can be looked up", whole(func(f *rule.File) {
			f.Education, f.Words = false, map[rule.Kind]kernel.Date{rule.MissingEducation: "2025-09-01"}
		}), "missingEducation " + open},
		{"the gender of the roster", whole(func(f *rule.File) { f.GenderContradicts = true }), "genderContradicts " + open},
		{"a refuted certificate", whole(func(f *rule.File) { f.Papers[0].RefutedOn = "2025-08-01" }), "certificateRefuted " + open},
		{"a number that somebody else claims", whole(func(f *rule.File) { f.Contested = true }), "numberContested " + open},
		{"no word settles whose number it is", whole(func(f *rule.File) {
			f.Contested, f.Words = true, map[rule.Kind]kernel.Date{rule.NumberContested: "2025-09-01"}
		}), "numberContested " + open},
		{"another was entered since", whole(func(f *rule.File) {
			f.Papers[0].RefutedOn = "2025-08-01"
			f.Papers = append(f.Papers, rule.Paper{ID: "d", IssuedOn: "2025-08-01", EnteredOn: "2025-08-01"})
		}), ""},
		{"entered on the seventh day", whole(nil, post(func(p *rule.Post) { p.Period.From, p.BegunOn = "2025-08-25", "2025-09-01" })), ""},
		{"entered on the eighth day", whole(nil, post(func(p *rule.Post) { p.Period.From, p.BegunOn = "2025-08-24", "2025-09-01" })), "lateStart 2025-09-01/2026-08-31!"},
		{"late by three days", whole(nil, post(func(p *rule.Post) { p.Period.From, p.BegunOn = "2025-08-22", "2025-09-01" })), "lateStart 2025-09-01/2026-08-31!!!"},
		{"the last day that a late entry is weighed", whole(nil, post(func(p *rule.Post) { p.Period.From, p.BegunOn = "2024-08-24", "2024-09-02" })), "lateStart 2025-09-01/2025-09-01!!"},
		{"weighed no more", whole(nil, post(func(p *rule.Post) { p.Period.From, p.BegunOn = "2024-08-24", "2024-09-01" })), ""},
		{"a departure entered on the seventh day", whole(nil, post(func(p *rule.Post) { p.Period.To, p.EndedOn = "2025-08-25", "2025-09-01" })), ""},
		{"a departure entered on the eighth day", whole(nil, post(func(p *rule.Post) { p.Period.To, p.EndedOn = "2025-08-24", "2025-09-01" })), "lateEnd 2025-09-01/2026-08-31!"},
		{"a departure to come", whole(nil, post(func(p *rule.Post) { p.Period.To, p.EndedOn = "2025-12-31", "2025-09-01" })), ""},
		{"opening stock", whole(nil, post(func(p *rule.Post) { p.BegunOn, p.Imported, p.OpenedOn = "2025-09-01", true, "2025-08-02" })), ""},
		{"a roster after the opening", whole(nil, post(func(p *rule.Post) {
			p.Period.From, p.BegunOn, p.Imported, p.OpenedOn = "2025-08-24", "2025-09-01", true, "2025-08-01"
		})), "lateStart 2025-09-01/2026-08-31!"},
		{"one entry in the opening is no roster", whole(nil, post(func(p *rule.Post) { p.Period.From, p.BegunOn, p.OpenedOn = "2025-08-24", "2025-09-01", "2025-09-01" })), "lateStart 2025-09-01/2026-08-31!"},
		{"a certificate on the thirtieth day", whole(func(f *rule.File) { f.Papers[0].IssuedOn, f.Papers[0].EnteredOn = "2025-08-02", "2025-09-01" }), ""},
		{"a certificate on the thirty-first day", whole(func(f *rule.File) { f.Papers[0].IssuedOn, f.Papers[0].EnteredOn = "2025-08-01", "2025-09-01" }), "lateCertificate 2025-09-01/2026-08-31!"},
		{"a certificate older than the post", whole(func(f *rule.File) { f.Papers[0].EnteredOn = "2025-09-01" }, post(func(p *rule.Post) { p.Period.From, p.BegunOn = "2025-08-20", "2025-08-20" })), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := told(rule.JudgeQuality([]rule.QualityRow{qualityRow()}, c.file, nil, today)); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

func TestOverlappingPosts(t *testing.T) {
	second := func(from kernel.Date, change func(*rule.Post)) rule.Post {
		return post(func(p *rule.Post) {
			p.ID, p.Organization, p.Path = "t", "other", []kernel.OrganizationID{"other", "district"}
			p.Period.From, p.BegunOn = from, from
			if change != nil {
				change(p)
			}
		})
	}
	for _, c := range []struct {
		name string
		file rule.File
		want string
	}{
		{"31 days are borne", whole(nil, post(func(p *rule.Post) { p.Period.To, p.EndedOn = "2025-09-30", "2025-09-01" }), second("2025-08-31", nil)), ""},
		{"the 32nd is found, at both", whole(nil, post(func(p *rule.Post) { p.Period.To, p.EndedOn = "2025-09-30", "2025-09-01" }), second("2025-08-30", nil)), "overlappingPosts 2025-09-30/2025-09-30, overlappingPosts 2025-09-30/2025-09-30"},
		{"sent by an agency", whole(nil, post(nil), second("2025-01-01", func(p *rule.Post) { p.Dispatched = true })), ""},
		{"two posts in one house", whole(nil, post(nil), second("2025-01-01", func(p *rule.Post) { p.Organization = "home" })), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := told(rule.JudgeQuality([]rule.QualityRow{qualityRow()}, c.file, nil, today)); got != c.want {
				t.Errorf("found %q, want %q", got, c.want)
			}
		})
	}
}

// What was found before is found since then, and the nearest region's row
// judges each post.
func TestSinceAndRegion(t *testing.T) {
	strict := qualityRow()
	strict.ID, strict.Region = "strict", "310118"
	strict.Limits.StartDays = 0
	rows := []rule.QualityRow{qualityRow(), strict}
	file := whole(func(f *rule.File) { f.Phone = false }, post(func(p *rule.Post) { p.Region, p.Period.From, p.BegunOn = "310118001", "2025-08-31", "2025-09-01" }))
	marks := rule.JudgeQuality(rows, file, nil, today)
	if got := told(marks); got != "lateStart 2025-09-01/2026-08-31!, missingPhone 2025-09-01/9999-12-31" {
		t.Errorf("by the district's row: %q", got)
	}
	again := rule.JudgeQuality(rows, file, marks, "2025-10-01")
	for _, m := range again {
		if m.Kind == rule.MissingPhone && (m.Since != "2025-09-01" || m.From != "2025-10-01") {
			t.Errorf("judged again: since %s, from %s", m.Since, m.From)
		}
	}
	if none := rule.JudgeQuality(nil, file, nil, today); len(none) != 0 {
		t.Errorf("without a row: %v", none)
	}
}

// Whoever lacks something is among those who count, on every day.
func TestFindingsLieWithinPosts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := func(label string) kernel.Date {
			return kernel.Date("2024-01-01").AddDays(rapid.IntRange(0, 900).Draw(t, label))
		}
		f := rule.File{Phone: rapid.Bool().Draw(t, "phone"), Education: rapid.Bool().Draw(t, "education"), GenderContradicts: rapid.Bool().Draw(t, "gender")}
		for n := range rapid.IntRange(1, 4).Draw(t, "posts") {
			p := post(nil)
			p.ID = string(rune('a' + n))
			p.Organization = kernel.OrganizationID(rapid.SampledFrom([]string{"home", "other"}).Draw(t, "at"))
			p.Period.From = day("from")
			p.BegunOn = day("begun")
			if rapid.Bool().Draw(t, "left") {
				p.Period.To = p.Period.From.AddDays(rapid.IntRange(0, 300).Draw(t, "stay"))
				p.EndedOn = p.BegunOn
			}
			f.Posts = append(f.Posts, p)
		}
		on := day("on")
		marks := rule.JudgeQuality([]rule.QualityRow{qualityRow()}, f, nil, on)
		for _, m := range marks {
			if m.From < on || m.To < m.From {
				t.Fatalf("%+v of a judgement on %s", m, on)
			}
			if m.Ref != "" {
				continue
			}
			for d := m.From; d <= min(m.To, m.From.AddDays(400)); d = d.AddDays(37) {
				if !slices.ContainsFunc(f.Posts, func(p rule.Post) bool { return p.Organization == m.Organization && p.Period.Holds(d) }) {
					t.Fatalf("%s at %s on %s, where nobody is on post", m.Kind, m.Organization, d)
				}
			}
		}
	})
}

func TestQualityRowsAreChecked(t *testing.T) {
	for name, change := range map[string]func(*rule.QualityRow){
		"a kind nobody knows":     func(r *rule.QualityRow) { r.Wants[0].Kind = "missingHat" },
		"a doubt among the wants": func(r *rule.QualityRow) { r.Wants[0].Kind = rule.OverlappingPosts },
		"a role outside":          func(r *rule.QualityRow) { r.Doubts[0].Roles = []kernel.StaffRole{kernel.StaffMedical} },
		"weights that do not add": func(r *rule.QualityRow) { r.Weights[rule.Accuracy] = 1 },
		"a dimension nobody has":  func(r *rule.QualityRow) { r.Weights["beauty"] = 0 },
	} {
		r := qualityRow()
		change(&r)
		if r.Check() == nil {
			t.Errorf("%s passes", name)
		}
	}
	if err := qualityRow().Check(); err != nil {
		t.Error(err)
	}
}

func TestJudgeRefusals(t *testing.T) {
	row := qualityRow()
	row.Imports = []string{"people"}
	file := rule.Refusals{Import: "i", Kind: "people", Organization: "home", Path: []kernel.OrganizationID{"home", "district"}, Since: "2025-08-30", Rows: 3}
	for name, c := range map[string]struct {
		change func(*rule.Refusals)
		want   int
	}{
		"three rows":                {func(*rule.Refusals) {}, 3},
		"nothing left":              {func(r *rule.Refusals) { r.Rows = 0 }, 0},
		"a kind that is not judged": {func(r *rule.Refusals) { r.Kind = "hours" }, 0},
	} {
		r := file
		c.change(&r)
		marks := rule.JudgeRefusals([]rule.QualityRow{row}, r, "2025-09-01")
		if c.want == 0 {
			if len(marks) != 0 {
				t.Errorf("%s: %+v", name, marks)
			}
			continue
		}
		if len(marks) != 2 || marks[0].Kind != rule.Filed || marks[1].Kind != rule.RefusedRows || marks[1].Rows != c.want || marks[1].Dimension != rule.Timeliness ||
			marks[1].From != "2025-09-01" || marks[1].Since != "2025-08-30" || marks[1].To != kernel.Forever {
			t.Errorf("%s: %+v", name, marks)
		}
	}
	if marks := rule.JudgeRefusals([]rule.QualityRow{row}, file, "2019-12-31"); len(marks) != 0 {
		t.Errorf("before a row is in force: %+v", marks)
	}
	for _, k := range row.Of() {
		if k.Kind == rule.RefusedRows {
			return
		}
	}
	t.Error("the row does not name it")
}
