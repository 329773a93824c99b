package app_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
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
		s.must("PUT /classes/"+class+"/test-results", []any{map[string]any{"personId": lan, "score": 88.5}, map[string]any{"personId": mei, "score": 59}})
		s.must("POST /classes/"+class+"/complete", map[string]any{})

		var file struct {
			Name  string
			Lines []struct {
				Employer, Title, Teacher, Source, VouchedBy, Result, CertificateNumber string
				PresentMinutes, CreditedMinutes                                        int
				Score                                                                  float64
				Evidence                                                               []struct{ Href string }
			}
			Sums []struct{ Year, Sessions, Minutes, CreditedMinutes int }
		}
		s.as(phone, "GET /people/"+lan+"/training-file?year=2025", nil, &file)
		if len(file.Lines) != 1 || file.Name != "兰芳" {
			t.Fatalf("%+v", file)
		}
		l := file.Lines[0]
		if l.Employer != "万青养老院" || l.PresentMinutes != 180 || l.CreditedMinutes != 180 || l.Score != 88.5 || l.Result != "completed" ||
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
		if len(rows) != 6 || !strings.Contains(fmt.Sprint(rows[5]), "2人次，出勤300分钟") {
			t.Errorf("%v", rows)
		}
		s.says(s.token, "GET /audit?noun=trainingFile", nil, 200, `"verb":"export"`, "存档")
	})
}
