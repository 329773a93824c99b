package app_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// rows reads a workbook that an export answered.
func (s *scene) rows(token, path string) [][]string {
	s.t.Helper()
	status, raw, head := s.call(token, "GET "+path, nil)
	if status != 200 || !strings.Contains(head.Get("Content-Disposition"), ".xlsx") {
		s.t.Fatalf("%s: %d %s", path, status, raw)
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil {
		s.t.Fatal(err)
	}
	return rows
}

// Every list that people work with comes as a workbook of the server: all of
// it, within reach, with who took it out and what for, and nothing in it that a
// program would run.
func TestListsAsWorkbooks(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		account := func(name, at string) string {
			s.must("POST /users", map[string]any{
				"username": name, "displayName": "=" + name, "password": "a password of the tests", "grants": []map[string]any{{"role": "institution", "organizationId": at}},
			})
			return s.signIn(name, "a password of the tests")
		}
		clerk, stranger := account("clerk", s.home), account("stranger", s.other)
		s.course = s.id("POST /courses", map[string]any{"title": "=1+1", "category": "inService", "classHours": 12, "mode": "classroom", "countsTowardInService": true})
		class := s.id("POST /classes", map[string]any{"courseId": s.course, "providerId": s.home, "organiserTier": "institution", "startsOn": "2025-08-20", "endsOn": "2025-08-20", "capacity": 50})
		first := s.person("王秀兰", map[string]any{"phone": "13910000001"})
		s.employ(first, s.home, "2025-08-01", "")
		s.enrol(class, first)
		second := s.person("王秀兰", nil) // born on the same day
		s.employ(second, s.home, "2025-08-01", "")
		s.employ(s.person("李桂芳", map[string]any{"organizationId": s.other}), s.other, "2025-08-01", "")
		if status, raw, _ := s.call(clerk, "POST /people/"+first+"/transfers", map[string]any{"toOrganizationId": s.other, "on": "2025-09-10", "reason": "=调动"}); status/100 != 2 {
			t.Fatalf("transfer: %d %s", status, raw)
		}
		why := "reason=" + url.QueryEscape("季度统计")
		const day = "&asOf=2025-09-01"
		for _, c := range []struct {
			path, noun  string
			asks        bool
			rows, other int // the clerk's, the stranger's
			has         string
		}{
			{"/classes/export.xlsx?organizationId=", "class", false, 1, 0, "'=1+1"},
			{"/courses/export.xlsx?q=1%2B1", "course", false, 1, 1, "'=1+1"},
			{"/users/export.xlsx?organizationId=", "user", true, 1, 1, "'=clerk"},
			{"/transfers/export.xlsx?organizationId=", "transfer", true, 0, 1, ""},
			{"/people/duplicates/export.xlsx?organizationId=", "duplicate", true, 1, 0, "姓名与出生日期"},
			{"/statistics/certification/people/export.xlsx?state=missing" + day + "&organizationId=", "statistics", true, 2, 1, "王秀兰"},
			{"/statistics/data-quality/people/export.xlsx?finding=missingEducation" + day + "&organizationId=", "statistics", true, 2, 1, "没有登记文化程度"},
		} {
			t.Run(c.path, func(t *testing.T) {
				of := func(home string) string {
					if strings.HasSuffix(c.path, "=") {
						return c.path + home
					}
					return c.path
				}
				reason := ""
				if c.asks {
					reason = "&" + why
					if status, raw, _ := s.call(clerk, "GET "+of(s.home), nil); status != 422 {
						t.Errorf("without a reason: %d %s", status, raw)
					}
				}
				rows := s.rows(clerk, of(s.home)+reason)
				flat := slices.Concat(rows...)
				if len(rows) != 2+c.rows || !slices.ContainsFunc(flat, func(cell string) bool { return strings.Contains(cell, c.has) }) {
					t.Errorf("%d rows: %q", len(rows), rows)
				}
				if c.asks && !strings.Contains(rows[0][0], "季度统计") {
					t.Errorf("it does not say what for: %q", rows[0])
				}
				for i, cell := range rows[1] {
					if cell == "" || strings.Contains(cell, "export") {
						t.Errorf("column %d has no title: %q", i, rows[1])
					}
				}
				for _, cell := range flat {
					if strings.HasPrefix(cell, "=") || strings.Contains(cell, "310118198506") {
						t.Errorf("in the file: %q", cell)
					}
				}
				others := s.rows(stranger, of(s.other)+reason)
				if len(others)-2 != c.other {
					t.Errorf("another home has %d rows, want %d", len(others)-2, c.other)
				}
				if c.noun == "transfer" && others[2][7] != "'=调动" {
					t.Errorf("a reason that is a formula: %q", others[2])
				}
				var log struct {
					Items []struct{ Verb, Reason string }
				}
				if err := json.Unmarshal(s.must("GET /audit?noun="+c.noun+"&limit=5", nil), &log); err != nil || len(log.Items) == 0 || log.Items[0].Verb != "export" {
					t.Errorf("the log says %+v %v", log, err)
				}
				if strings.HasSuffix(c.path, "=") {
					if status, _, _ := s.call(stranger, "GET "+of(s.home)+reason, nil); status != 404 && len(s.rows(stranger, of(s.home)+reason)) != 2 {
						t.Errorf("the list of a home out of reach: %d", status)
					}
				}
			})
		}
	})
}
