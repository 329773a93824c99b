package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestTrainingFile: the file of a person and of a class, as data, as a workbook
// and to print; each to whom it concerns, and the log hears of it.
func TestTrainingFile(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		bureau, home, other, school := s.user("bureau", "districtBureau", s.bureau), s.user("home", "institution", s.home), s.user("other", "institution", s.other), s.user("school", "school", s.school)
		people := s.roster(home, "兰芳", "梅英")
		lan, mei := people["兰芳"], people["梅英"]
		phone := s.caregiver("lanfang", lan)
		class, session := s.class("2025-06-02")
		s.enrol(class, lan, mei)
		s.present(session, lan, "2025-06-02", "12:00")
		s.present(session, mei, "2025-06-02", "11:00")
		s.close(session)
		s.must("PUT /classes/"+class+"/test-results", []any{map[string]any{"personId": lan, "theory": 91, "practice": 88.5}, map[string]any{"personId": mei, "score": 59}})
		s.must("POST /classes/"+class+"/complete", map[string]any{})

		var file struct {
			Name  string
			Lines []struct {
				Employer, Title, Teacher, Source, VouchedBy, Result, CertificateNumber string
				PresentMinutes, CreditedMinutes                                        int
				Score, Theory, Practice                                                float64
				Evidence                                                               []struct{ Href string }
			}
			Sums []struct{ Year, Sessions, Minutes, CreditedMinutes int }
		}
		s.as(phone, "GET /people/"+lan+"/training-file?year=2025", nil, &file)
		if len(file.Lines) != 1 || file.Name != "兰芳" {
			t.Fatalf("%+v", file)
		}
		l := file.Lines[0]
		if l.Employer != "万青养老院" || l.PresentMinutes != 180 || l.CreditedMinutes != 180 || l.Score != 88.5 || l.Theory != 91 || l.Practice != 88.5 || l.Result != "completed" ||
			l.CertificateNumber == "" || l.Source != "teacher" || fmt.Sprint(file.Sums) != "[{2025 1 180 180}]" {
			t.Errorf("%+v", file)
		}
		for _, e := range l.Evidence {
			s.says(bureau, "GET "+strings.TrimPrefix(e.Href, "/api/v1"), nil, 200, "{")
		}
		s.says(phone, "GET /people/"+lan+"/training-file?year=2024", nil, 200, `"lines":[]`)
		s.says(phone, "GET /people/"+mei+"/training-file", nil, 404, "training.person_unknown")
		s.says(other, "GET /people/"+lan+"/training-file", nil, 404, "training.person_unknown")
		s.says(other, "GET /classes/"+class+"/training-file", nil, 404, "training.class_unknown")
		s.says(home, "GET /classes/"+class+"/training-file", nil, 404, "training.class_unknown")
		s.says(home, "GET /people/"+mei+"/training-file", nil, 200, `"presentMinutes":120`)

		// Others say what for; who takes out their own need not.
		s.says(home, "GET /people/"+lan+"/training-file.pdf", nil, 422, "training.reason_needed")
		for token, path := range map[string]string{phone: "/people/" + lan + "/training-file.pdf?year=2025", school: "/classes/" + class + "/training-file.pdf?reason=%E5%AD%98%E6%A1%A3"} {
			status, raw, head := s.call(token, "GET "+path, nil)
			if status != 200 || !bytes.HasPrefix(raw, []byte("%PDF-")) || head.Get("Content-Type") != "application/pdf" {
				t.Errorf("%s: %d %.200s", path, status, raw)
			}
		}
		rows := s.rows(bureau, "/people/"+lan+"/training-file.xlsx?reason=%E5%AD%98%E6%A1%A3")
		if len(rows) != 5 || !strings.Contains(fmt.Sprint(rows[3]), "万青养老院") || !strings.Contains(fmt.Sprint(rows[4]), "计入学时180分钟") {
			t.Errorf("%v", rows)
		}
		rows = s.rows(school, "/classes/"+class+"/training-file.xlsx?reason=%E5%AD%98%E6%A1%A3")
		if len(rows) != 6 || !strings.Contains(fmt.Sprint(rows[5]), "2人次，出勤300分钟") || !strings.Contains(fmt.Sprint(rows[2]), "理论成绩") || !strings.Contains(fmt.Sprint(rows[3:5]), "88.5 91 88.5") {
			t.Errorf("%v", rows)
		}
		s.says(s.token, "GET /audit?noun=trainingFile", nil, 200, `"verb":"export"`, "存档")
	})
}

// TestTheTrainingFileNamesItsPapers: each line says what it comes from: a signed
// sheet, the logbook, a table of scores; also what was never scanned stands in it.
func TestTheTrainingFileNamesItsPapers(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		home, school := s.user("home", "institution", s.home), s.user("school", "school", s.school)
		lan := s.roster(home, "兰芳")["兰芳"]
		phone := s.caregiver("lanfang", lan)
		class, session := s.class("2025-09-01")
		s.enrol(class, lan)
		job := s.id("POST /classes/"+class+"/sessions", map[string]any{
			"startsAt": "2025-09-01T13:00:00+08:00", "endsAt": "2025-09-01T17:00:00+08:00", "minutes": 180, "venue": "二楼", "teacher": "沈护士长", "mode": "onTheJob",
		})
		s.says(school, "PUT /sessions/"+job+"/mentor", map[string]any{"name": "沈护士长"}, 200, "沈护士长")
		s.pass(9 * time.Hour)
		var sheet, entry struct{ ID, SHA256 string }
		status, raw := s.send(school, "/sessions/"+session+"/attendance-sheets", "签到表.pdf", []byte("%PDF-1.4 signed"))
		if err := json.Unmarshal([]byte(raw), &sheet); err != nil || status >= 300 {
			t.Fatalf("%d %s", status, raw)
		}
		s.says(school, "PUT /sessions/"+session+"/attendance/"+lan, map[string]any{
			"checkedInAt": "2025-09-01T09:00:00+08:00", "checkedOutAt": "2025-09-01T12:00:00+08:00", "reason": "纸质签到", "sheetId": sheet.ID,
		}, 200, sheet.ID)
		s.close(session)
		s.as(school, "POST /sessions/"+job+"/logbook", map[string]any{
			"personId": lan, "from": "2025-09-01T13:00:00+08:00", "to": "2025-09-01T13:40:00+08:00", "topic": map[string]any{"text": "翻身拍背"},
		}, &entry)
		s.says(phone, "POST /logbook/"+entry.ID+"/confirmation", nil, 200, "confirmed")
		s.close(job)
		if said := s.upload(school, "results", s.school, false, "姓名,证件号码,班次编号,成绩", "兰芳,"+number(s.people)+","+class+",88"); len(said) != 0 {
			t.Fatal(said)
		}
		var file struct {
			Lines []struct {
				Source          string
				PresentMinutes  int
				CreditedMinutes int
				Documents       []struct{ Origin, Text, SHA256, Href string }
			}
		}
		s.as(school, "GET /people/"+lan+"/training-file?year=2025", nil, &file)
		if len(file.Lines) != 2 || len(file.Lines[0].Documents) != 2 || len(file.Lines[1].Documents) != 2 {
			t.Fatalf("%+v", file)
		}
		paper, log := file.Lines[0], file.Lines[1]
		if d := paper.Documents[0]; d.Origin != "sheet" || d.SHA256 != sheet.SHA256 || !strings.Contains(d.Text, "签到表") || !strings.Contains(d.Text, d.SHA256[:8]) {
			t.Errorf("%+v", d)
		}
		if got, _, _ := s.call(school, "GET "+strings.TrimPrefix(paper.Documents[0].Href, "/api/v1"), nil); got != 200 {
			t.Errorf("the sheet is not to be had: %d", got)
		}
		if log.Source != "logbook" || log.PresentMinutes != 40 || log.CreditedMinutes != 40 || log.Documents[0].Text != "带教日志 1 条" || log.Documents[1].Text != "成绩表 file.csv" {
			t.Errorf("%+v", log)
		}
		if _, own, _ := s.call(phone, "GET /people/"+lan+"/training-file?year=2025", nil); !strings.Contains(string(own), sheet.SHA256) || strings.Contains(string(own), "attendance-sheets") {
			t.Errorf("a learner is led to everybody's sheet: %s", own)
		}
		s.says(school, "GET /classes/"+class+"/training-file", nil, 200, sheet.SHA256)
		for _, path := range []string{"/people/" + lan, "/classes/" + class} {
			if status, raw, _ := s.call(school, "GET "+path+"/training-file.pdf?reason=%E5%AD%98%E6%A1%A3", nil); status != 200 || !bytes.HasPrefix(raw, []byte("%PDF-")) {
				t.Errorf("%s: %d %.200s", path, status, raw)
			}
			if all := fmt.Sprint(s.rows(school, path+"/training-file.xlsx?reason=%E5%AD%98%E6%A1%A3")); !strings.Contains(all, "来源凭证") || !strings.Contains(all, "（SHA-256 "+sheet.SHA256[:8]+"）") || !strings.Contains(all, "带教日志 1 条；成绩表 file.csv") {
				t.Errorf("%s: %s", path, all)
			}
		}
	})
}
