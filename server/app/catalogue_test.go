package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
)

// send uploads a file as a form, and gives the status and the answer.
func (s *scene) send(token, path, name string, content []byte) (int, string) {
	s.t.Helper()
	f := newForm(s.t, name, content, nil)
	req := httptest.NewRequestWithContext(s.t.Context(), "POST", "/api/v1"+path, &f.Buffer)
	req.Header.Set("Content-Type", f.kind)
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := s.Web.Fiber.Test(req, -1)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	var out bytes.Buffer
	if _, err := out.ReadFrom(res.Body); err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, out.String()
}

// TestACourseIsPublishedByVersions: syllabus and files are part of a version,
// and what a class was opened under is never edited.
func TestACourseIsPublishedByVersions(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		school := s.user("school", "school", s.school)
		var c struct {
			ID, Title       string
			Version         int
			SyllabusMinutes int
			Materials       []struct{ ID, Name, ContentType, Href, SHA256 string }
		}
		s.as(school, "POST /courses", map[string]any{
			"title": "压疮护理", "category": "inService", "classHours": 2, "mode": "classroom", "countsTowardInService": true,
			"syllabus": []any{map[string]any{"title": "评估", "minutes": 45}, map[string]any{"title": "翻身", "minutes": 45, "mode": "onTheJob"}},
		}, &c)
		if c.Version != 1 || c.SyllabusMinutes != 90 {
			t.Fatalf("%+v", c)
		}
		at := "/courses/" + c.ID
		pdf := []byte("%PDF-1.7\nnot much of one")
		status, raw := s.send(school, at+"/materials", `C:\讲义\压疮.pdf`, pdf)
		if err := json.Unmarshal([]byte(raw), &c); err != nil || status != 201 || c.Version != 2 || len(c.Materials) != 1 || c.Materials[0].Name != "压疮.pdf" || c.Materials[0].ContentType != "application/pdf" {
			t.Fatalf("%d %s %v", status, raw, err)
		}
		for name, content := range map[string][]byte{"页面.pdf": []byte("<html><script>alert(1)</script>"), "空.pdf": nil, "包.zip": []byte("PK\x03\x04 whatever")} {
			if status, raw := s.send(school, at+"/materials", name, content); status != 415 && status != 422 {
				t.Errorf("%s: %d %s", name, status, raw)
			}
		}
		class := s.id("POST /classes", map[string]any{"courseId": c.ID, "providerId": s.school, "organiserTier": "institution", "startsOn": "2025-09-03", "endsOn": "2025-09-03", "capacity": 5})
		file := c.Materials[0]
		s.as(school, "POST "+at+"/materials/"+file.ID+"/removal", nil, &c)
		if c.Version != 3 || len(c.Materials) != 0 {
			t.Errorf("%+v", c)
		}
		s.says(school, "POST "+at+"/materials/"+file.ID+"/removal", nil, 404, "training.material_unknown")
		s.says(school, "GET "+at+"?version=2", nil, 200, file.SHA256)
		other := s.user("other", "school", s.found("trainingSchool", "别的学校", s.bureau))
		_, raw2, head := s.call(other, "GET "+at+"/materials/"+file.ID, nil) // the version before still hands it out
		if !bytes.Equal(raw2, pdf) || !strings.HasPrefix(head.Get("Content-Disposition"), "attachment") || head.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%q %v", raw2, head)
		}
		// A download that broke off goes on where it stopped, of the same bytes only.
		for _, c := range []struct {
			asked, held string
			status      int
			want        []byte
		}{
			{"bytes=4-", "", 206, pdf[4:]},
			{"bytes=-3", `"` + file.SHA256 + `"`, 206, pdf[len(pdf)-3:]},
			{"bytes=4-", `"another"`, 200, pdf},
			{"bytes=99999999-", "", 416, nil},
		} {
			req := httptest.NewRequestWithContext(t.Context(), "GET", "/api/v1"+at+"/materials/"+file.ID, nil)
			req.Header.Set("Authorization", "Bearer "+other)
			req.Header.Set("Range", c.asked)
			req.Header.Set("If-Range", c.held)
			req.Header.Set("Accept-Encoding", "gzip")
			res, err := s.Web.Fiber.Test(req, -1)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(res.Body)
			if err = errors.Join(err, res.Body.Close()); err != nil || res.StatusCode != c.status || c.want != nil && !bytes.Equal(got, c.want) || res.Header.Get("Content-Encoding") != "" {
				t.Errorf("%s of %s: %d %q %v %v", c.asked, c.held, res.StatusCode, got, res.Header, err)
			}
		}
		if status, raw := s.send(other, at+"/materials", "x.pdf", pdf); status != 404 {
			t.Errorf("another school's course: %d %s", status, raw)
		}
		s.says(school, "GET /classes/"+class, nil, 200, `"courseVersion":2`)
	})
}

// TestTeachersAreChosenFromTheList: with what allows them to teach on the day.
func TestTeachersAreChosenFromTheList(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		school := s.user("school", "school", s.school)
		type teacher struct {
			ID        string
			Qualified bool
		}
		enter := func(name, until string) (i teacher) {
			t.Helper()
			s.as(school, "POST /teachers", map[string]any{"providerId": s.school, "name": name, "qualifications": []any{map[string]any{"title": "高级考评员", "to": until}}}, &i)
			return i
		}
		zhou, lapsed := enter("周慧", "2030-12-31"), enter("陈静", "2025-08-31")
		if !zhou.Qualified || lapsed.Qualified {
			t.Errorf("%+v %+v", zhou, lapsed)
		}
		s.says(school, "POST /teachers", map[string]any{"providerId": s.school, "name": "乱", "qualifications": []any{map[string]any{"title": "证", "from": "2025-02-01", "to": "2025-01-01"}}}, 422, "training.qualification_reversed", "body.qualifications[0].to")
		s.says(school, "POST /teachers", map[string]any{"providerId": s.home, "name": "别家"}, 404, "training.provider_unknown")
		s.says(school, "GET /teachers?q=周", nil, 200, zhou.ID, `"total":1`)
		strangers := s.user("stranger", "school", s.found("trainingSchool", "别的学校", s.bureau))
		s.says(strangers, "GET /teachers", nil, 200, `"items":[]`)
		s.says(strangers, "PATCH /teachers/"+zhou.ID, map[string]any{"left": true}, 404, "training.teacher_unknown")

		class, _ := s.class("2025-09-03")
		plan := func(more map[string]any) map[string]any {
			p := map[string]any{"startsAt": "2025-09-03T13:00:00+08:00", "endsAt": "2025-09-03T15:00:00+08:00", "minutes": 120, "venue": "201"}
			for k, v := range more {
				p[k] = v
			}
			return p
		}
		at := "POST /classes/" + class + "/sessions"
		s.says(school, at, plan(nil), 422, "training.teacher_needed", "body.teacher")
		s.says(school, at, plan(map[string]any{"teacher": "周慧", "venue": " "}), 422, "training.venue_needed")
		s.says(school, at, plan(map[string]any{"teacherId": "nobody"}), 404, "training.teacher_unknown")
		var x struct {
			ID, Teacher, TeacherID string
			TeacherUnqualified     bool
		}
		s.as(school, at, plan(map[string]any{"teacherId": lapsed.ID}), &x)
		if x.Teacher != "陈静" || !x.TeacherUnqualified {
			t.Errorf("%+v", x)
		}
		x.TeacherUnqualified = false // is left out where it is not
		s.as(school, "PATCH /sessions/"+x.ID, map[string]any{"teacherId": zhou.ID}, &x)
		if x.Teacher != "周慧" || x.TeacherUnqualified {
			t.Errorf("%+v", x)
		}
		s.as(school, "PATCH /teachers/"+zhou.ID, map[string]any{"left": true}, nil)
		s.as(school, "PATCH /sessions/"+x.ID, map[string]any{"venue": "305"}, &x) // what is planned stays
		s.says(school, at, plan(map[string]any{"teacherId": zhou.ID}), 409, "training.teacher_left")
		x.TeacherID = ""
		s.as(school, "PATCH /sessions/"+x.ID, map[string]any{"teacher": "外聘老师"}, &x)
		if x.Teacher != "外聘老师" || x.TeacherID != "" {
			t.Errorf("%+v", x)
		}
	})
}
