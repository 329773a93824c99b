package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// upload sends a table and gives what was said of its rows.
func (s *scene) upload(token, kind, at string, dry bool, rows ...string) (said []string) {
	s.t.Helper()
	fields := map[string]string{"kind": kind, "organizationId": at, "dryRun": fmt.Sprint(dry)}
	f := newForm(s.t, "file.csv", []byte("\ufeff"+strings.Join(rows, "\n")+"\n"), fields)
	req := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, "/api/v1/imports", &f.Buffer)
	req.Header.Set("Content-Type", f.kind)
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := s.Web.Fiber.Test(req, -1)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	var begun struct{ ID string }
	if err := json.NewDecoder(res.Body).Decode(&begun); err != nil || res.StatusCode != http.StatusAccepted {
		s.t.Fatalf("import of %s: %d %v", kind, res.StatusCode, err)
	}
	var state struct {
		Status  string
		Failure struct{ Code string }
		Errors  []struct{ Column, Code, Message string }
	}
	until(s.t, "the import", func() bool {
		s.as(token, "GET /imports/"+begun.ID, nil, &state)
		return state.Status == "done" || state.Status == "failed"
	})
	if state.Status == "failed" {
		s.t.Fatalf("import of %s: %s", kind, state.Failure.Code)
	}
	for _, e := range state.Errors {
		said = append(said, e.Column+" "+e.Code+" "+e.Message)
	}
	return said
}

// Whatever is imported about a number of somebody out of reach is answered as
// if nobody had it, with the right name and with a wrong one.
func TestNoTableTellsWhoIsRegisteredElsewhere(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		stranger := s.person("王小兰", map[string]any{"organizationId": s.other})
		s.employ(stranger, s.other, "2024-03-01", "")
		taken, free := number(s.people), number(300)
		home, school := s.user("home", "institution", s.home), s.user("school", "school", s.school)
		class, _ := s.class("2025-10-01")
		for _, c := range []struct{ kind, token, at, head, row string }{
			{"certificates", home, s.home, "姓名,证件号码,证书编号,职业名称,等级,发证日期,评价机构", "%s,%s,S000031000006243000001,养老护理员,三级,2024-05-01,评价中心"},
			{"hours", home, s.home, "姓名,身份证号,培训日期,培训内容,培训机构,学时", "%s,%s,2025-03-12,压疮预防,学校,4"},
			{"results", school, s.school, "姓名,证件号码,班次编号/名称,成绩", "%s,%s," + class + ",80"},
			{"results", school, s.school, "姓名,证件号码,班次编号/名称,成绩", "%s,%s,压疮预防,80"},
		} {
			for _, dry := range []bool{true, false} {
				unknown := s.upload(c.token, c.kind, c.at, dry, c.head, fmt.Sprintf(c.row, "王小兰", free))
				if len(unknown) == 0 {
					t.Fatalf("%s: nothing is said of an unknown number", c.kind)
				}
				for _, name := range []string{"王小兰", "李红"} {
					got := s.upload(c.token, c.kind, c.at, dry, c.head, fmt.Sprintf(c.row, name, taken))
					if fmt.Sprint(got) != fmt.Sprint(unknown) {
						t.Errorf("%s as %s: %v, of an unknown number %v", c.kind, name, got, unknown)
					}
				}
			}
		}
		got := s.upload(home, "people", s.home, true, "姓名,身份证号,入职日期", "李红,"+taken+",2025-03-01", "陈静,"+free+",2025-03-01")
		if len(got) != 1 || !strings.Contains(got[0], "people.number_not_checked") || strings.Contains(got[0], "登记的是") {
			t.Errorf("a roster: %v", got)
		}
		if raw := s.must("GET /audit?noun=person", nil); strings.Count(string(raw), `"probe"`) != 1 {
			t.Errorf("the person does not find the look at their number: %s", raw)
		}
	})
}

// A home that enters a last day by mistake reads what was its own and mends it,
// in the register, in the list and behind the links of the figures.
func TestAHomeKeepsItsLeaversInSight(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		person := s.person("王小兰", nil)
		spell := s.employ(person, s.home, "2024-03-01", "")
		s.certify(person, 3, "2024-05-01")
		home := s.user("home", "institution", s.home)
		s.says(home, "POST /people/"+person+"/employments/"+spell+"/end", map[string]any{"endedOn": "2025-08-20"}, 200, `"endedOn":"2025-08-20"`)
		s.employ(person, s.other, "2025-08-25", "")

		s.says(home, "GET /people/"+person, nil, 200, `"formerOnly":true`, `"endedOn":"2025-08-20"`)
		if _, raw, _ := s.call(home, "GET /people/"+person, nil); strings.Contains(string(raw), "徐泾") {
			t.Errorf("the next employer shows: %s", raw)
		}
		s.says(home, "GET /people?asOf=2025-08-01", nil, 200, `"total":1`, person)
		s.says(home, "GET /people?status=left", nil, 200, person)
		var listed struct{ Items []struct{ Href string } }
		s.as(home, "GET /statistics/certification/people?organizationId="+s.home+"&asOf=2025-08-01&state=certified", nil, &listed)
		if len(listed.Items) != 1 || listed.Items[0].Href == "" {
			t.Fatalf("%+v", listed)
		}
		s.says(home, "GET "+strings.TrimPrefix(listed.Items[0].Href, "/api/v1"), nil, 200, "职业技能等级")

		// What was told elsewhere since is not theirs, in the register or behind a link.
		s.must("PATCH /people/"+person, map[string]any{"phone": "13912345678", "education": "college"})
		if _, raw, _ := s.call(home, "GET /people/"+person, nil); strings.Contains(string(raw), "5678") || strings.Contains(string(raw), "college") {
			t.Errorf("a former employer reads what was told since: %s", raw)
		}

		s.says(home, "PATCH /people/"+person+"/employments/"+spell, map[string]any{"backOnPost": true, "reason": "录错"}, 200, `"reason":"录错"`)
		s.says(home, "GET /people/"+person, nil, 200, `"onPost":true`, "徐泾养老院")

		// Longer ago than that, only who registered the spell just now can mend it.
		fresh := s.person("陈静", nil)
		s.employ(fresh, s.home, "2020-03-01", "2021-03-01")
		s.says(home, "GET /people/"+fresh, nil, 200, `"formerOnly":true`)
		s.says(home, "GET /people/"+fresh+"/service", nil, 200, `"months":12`, `"formerOnly":true`)
		gone := s.person("李红", map[string]any{"organizationId": s.other})
		s.employ(gone, s.home, "2020-03-01", "2021-03-01")
		s.says(home, "GET /people/"+gone+"/service", nil, 404, "people.unknown")
		s.says(home, "GET /people/"+gone, nil, 404, "people.unknown")
		s.says(s.token, "GET /people?status=left&organizationId="+s.home, nil, 200, gone)
		s.as(home, "GET /statistics/certification/people?organizationId="+s.home+"&asOf=2020-08-01&state=missing", nil, &listed)
		if len(listed.Items) != 2 || (listed.Items[0].Href == "") == (listed.Items[1].Href == "") {
			t.Errorf("a link that would answer 404: %+v", listed)
		}
	})
}

// A spell that never was counts nowhere once it is void, on any day.
func TestAVoidSpellCountsNowhere(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		person := s.person("王小兰", nil)
		slip := s.employ(person, s.home, "2024-03-01", "")
		s.certify(person, 3, "2024-05-01")
		ask := "GET /statistics/certification?organizationId=" + s.home + "&asOf=2025-08-01"
		s.says(s.token, ask, nil, 200, `"denominator":1`, `"numerator":1`)
		home := s.user("home", "institution", s.home)
		s.says(home, "POST /people/"+person+"/employments/"+slip+"/void", map[string]any{"reason": "录错人"}, 200, `"voided":{"by":"home","reason":"录错人"}`)
		s.says(s.token, ask, nil, 200, `"denominator":0`, `"numerator":0`)
		s.says(s.token, "GET /people/"+person, nil, 200, `"employments":[]`, `"voidedEmployments":[{"id":"`+slip)
		s.says(s.token, "GET /audit?noun=person", nil, 200, `"voidSpell"`, "录错人")
		s.sound("after a spell was voided")
	})
}

// One number on documents of two types: a table says which it means.
func TestATableSaysWhichDocumentItMeans(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		home := s.user("home", "institution", s.home)
		for _, kind := range []string{"passport", "hmtPass"} {
			s.employ(s.person("林美玲", map[string]any{"idType": kind, "idNumber": "12345678"}), s.home, "2024-03-01", "")
		}
		s.says(home, "GET /people?q=12345678", nil, 200, `"total":2`)
		for _, c := range []struct{ kind, head, row string }{
			{"hours", "姓名,身份证号,证件类型,培训日期,培训内容,培训机构,学时", "林美玲,12345678,%s,2025-03-12,压疮预防,学校,4"},
			{"certificates", "姓名,证件号码,证件类型,证书编号,职业名称,等级,发证日期,评价机构", "林美玲,12345678,%s,S000031000006243000002,养老护理员,三级,2024-05-01,评价中心"},
		} {
			if got := s.upload(home, c.kind, s.home, true, c.head, fmt.Sprintf(c.row, "")); len(got) != 1 || !strings.Contains(got[0], c.kind+".import_id_type_missing") {
				t.Errorf("%s without the type: %v", c.kind, got)
			}
			if got := s.upload(home, c.kind, s.home, true, c.head, fmt.Sprintf(c.row, "护照")); len(got) != 0 {
				t.Errorf("%s with the type: %v", c.kind, got)
			}
		}
	})
}

// Names that somebody had before, of their own or of a merged record, answer
// in every table.
func TestEveryTableKnowsFormerNames(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		home := s.user("home", "institution", s.home)
		person := s.person("王小蘭", nil)
		taken := number(s.people)
		s.employ(person, s.home, "2024-03-01", "")
		s.must("PATCH /people/"+person, map[string]any{"name": "王小兰"})
		twin := s.person("王晓兰", nil)
		s.must("POST /people/"+person+"/merges", map[string]any{"otherId": twin, "reason": "同一人"})
		s.says(home, "GET /people/"+person, nil, 200, `"formerNames":[{"name":"王小蘭"`)
		for _, name := range []string{"王小兰", "王小蘭", "王晓兰"} {
			if got := s.upload(home, "hours", s.home, true, "姓名,身份证号,培训日期,培训内容,培训机构,学时", name+","+taken+",2025-03-12,压疮预防,学校,4"); len(got) != 0 {
				t.Errorf("hours of %s: %v", name, got)
			}
			if got := s.upload(home, "certificates", s.home, true, "姓名,证件号码,证书编号,职业名称,等级,发证日期,评价机构",
				name+","+taken+",S000031000006243000003,养老护理员,三级,2024-05-01,评价中心"); len(got) != 0 {
				t.Errorf("certificates of %s: %v", name, got)
			}
		}
	})
}
