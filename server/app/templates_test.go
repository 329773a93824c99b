package app_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"carecert/modules/kernel"
)

// A school gives its certificates a look and a validity of their own: what was
// issued before keeps both, and what ends is told to be over.
func TestASchoolsOwnTemplate(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		office, stranger := s.user("office", "school", s.school), s.user("stranger", "institution", s.other)
		id := s.id("POST /certificate-templates", map[string]any{"family": "trainingCompletion", "issuerId": s.school})
		if id != "trainingCompletion."+s.school {
			t.Errorf("it is called %s", id)
		}
		s.refused("POST /certificate-templates", map[string]any{"family": "trainingCompletion", "issuerId": s.school}, 409, "certificates.template_exists")
		path := "/certificate-templates/" + id
		if status, raw, _ := s.call(stranger, "GET "+path, nil); status != http.StatusNotFound {
			t.Errorf("out of reach: %d %s", status, raw)
		}
		before := s.completed(t, "李红")

		var detail struct {
			Draft    map[string]any
			Problems []struct{ Element, Code, Text string }
			Versions []struct{ Number int }
		}
		_, raw, header := s.call(office, "GET "+path, nil)
		if err := json.Unmarshal(raw, &detail); err != nil || len(detail.Problems) != 0 || len(detail.Versions) != 0 {
			t.Fatalf("%s %v", raw, err)
		}
		stale := header.Get("ETag")
		detail.Draft["validity"] = map[string]any{"months": 1}
		detail.Draft["elements"] = append(detail.Draft["elements"].([]any), map[string]any{"id": "note", "type": "text", "x": 230, "y": 140, "w": 20, "h": 5, "size": 9, "text": "注"})
		raw = s.must("PUT "+path+"/draft", detail.Draft)
		if !strings.Contains(string(raw), `"code":"certificates.template_on_code"`) || !strings.Contains(string(raw), "note") {
			t.Errorf("the draft's problem is not told: %s", raw)
		}
		s.refused("POST "+path+"/versions", map[string]any{"note": "试发布"}, 422, "certificates.template_refused")
		elements := detail.Draft["elements"].([]any)
		detail.Draft["elements"] = elements[:len(elements)-1]
		if status, raw, _ := s.match(office, stale, "PUT "+path+"/draft", detail.Draft); status != http.StatusConflict {
			t.Errorf("over somebody else's work: %d %s", status, raw)
		}
		s.must("PUT "+path+"/draft", detail.Draft)
		if raw = s.must("POST "+path+"/preview.pdf?sample=rare", detail.Draft); !bytes.HasPrefix(raw, []byte("%PDF-")) {
			t.Errorf("the preview is %q", raw[:20])
		}
		s.must("POST "+path+"/versions", map[string]any{"note": "一个月有效"})
		s.refused("POST "+path+"/versions", map[string]any{"note": "再发布"}, 409, "certificates.template_unchanged")
		if raw = s.must("GET "+path+"/versions/1/preview.pdf", nil); !bytes.HasPrefix(raw, []byte("%PDF-")) {
			t.Errorf("the version's preview is %q", raw[:20])
		}

		after := s.completed(t, "王芳")
		if before.ExpiresOn != "" || before.Template.ID != "trainingCompletion.house" {
			t.Errorf("what was issued before: %+v", before)
		}
		if after.ExpiresOn == "" || after.Template.ID != id || after.Template.Version != 1 {
			t.Errorf("what is issued now: %+v", after)
		}
		for _, c := range []certificateSeen{before, after} {
			if raw := s.must("GET /certificates/"+c.ID+"/certificate.pdf", nil); !bytes.HasPrefix(raw, []byte("%PDF-")) {
				t.Errorf("its PDF is %q", raw[:20])
			}
		}
		s.pass(40 * 24 * time.Hour)
		for c, want := range map[certificateSeen]string{before: "genuine", after: "expired"} {
			_, raw, _ := s.call("", "GET /public/certificates/"+c.PublicCode, nil)
			if !strings.Contains(string(raw), `"verdict":"`+want+`"`) {
				t.Errorf("%s is told %s", want, raw)
			}
			_, raw, _ = s.call("", "POST /public/verifications", map[string]any{"qrText": c.QRText})
			if !strings.Contains(string(raw), `"verdict":"`+want+`"`) {
				t.Errorf("%s: its code is told %s", want, raw)
			}
		}
	})
}

type certificateSeen struct {
	ID, PublicCode, QRText, Number, Status, PersonID, ClassID string
	ExpiresOn                                                 kernel.Date
	Template                                                  struct {
		ID      string
		Version int
	}
}

// completed lets somebody complete a class of three hours and gives the
// certificate.
func (s *scene) completed(t *testing.T, name string) (out certificateSeen) {
	t.Helper()
	const on kernel.Date = "2025-08-28"
	p := s.person(name, nil)
	s.employ(p, s.home, "2024-01-01", "")
	course := s.id("POST /courses", map[string]any{"title": "体位护理" + name, "category": "inService", "classHours": 4, "mode": "classroom", "countsTowardInService": true})
	class := s.id("POST /classes", map[string]any{"courseId": course, "providerId": s.school, "organiserTier": "institution", "startsOn": on, "endsOn": on, "capacity": 50})
	session := s.id("POST /classes/"+class+"/sessions", map[string]any{
		"startsAt": string(on) + "T09:00:00+08:00", "endsAt": string(on) + "T12:00:00+08:00", "minutes": 180, "venue": "201", "teacher": "周老师",
	})
	s.enrol(class, p)
	s.present(session, p, on, "12:00")
	s.close(session)
	var done struct {
		Completions []struct{ CertificateID string }
	}
	raw := s.must("POST /classes/"+class+"/complete", map[string]any{})
	if err := json.Unmarshal(raw, &done); err != nil || len(done.Completions) != 1 {
		t.Fatalf("%s %v", raw, err)
	}
	if err := json.Unmarshal(s.must("GET /certificates/"+done.Completions[0].CertificateID, nil), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// A registered body's assessor issues a level by name and number: it counts at
// once as a verified one.
func TestALevelOfARegisteredBody(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		body := s.id("POST /organizations", map[string]any{
			"kind": "assessmentBody", "name": "上海养老护理评价中心", "divisionCode": "310118", "parentId": s.bureau, "assessmentCode": "S000031000012", "validFrom": "2024-01-01",
			"validTo": "2026-12-31",
		})
		assessor := s.user("assessor", "assessor", body)
		p := s.person("李红", nil)
		s.employ(p, s.home, "2024-01-01", "")
		asked := map[string]any{"bodyId": body, "name": "李红", "idNumber": number(s.people), "level": 4, "issuedOn": "2025-08-30"}
		var c certificateSeen
		status, raw, _ := s.call(assessor, "POST /certificates/skill-levels", asked)
		if err := json.Unmarshal(raw, &c); err != nil || status != http.StatusCreated || c.Number != "S000031000012254000001" || c.Template.ID != "skillLevel.house" {
			t.Fatalf("%d %s %v", status, raw, err)
		}
		if _, raw, _ = s.call(assessor, "POST /certificates/skill-levels", asked); !strings.Contains(string(raw), c.ID) {
			t.Errorf("the same again: %s", raw)
		}
		if status, raw, _ = s.call(s.user("school", "school", s.school), "POST /certificates/skill-levels", asked); status != http.StatusForbidden {
			t.Errorf("a school issues levels: %d %s", status, raw)
		}
		asked["name"] = "李宏"
		if status, raw, _ = s.call(assessor, "POST /certificates/skill-levels", asked); status != http.StatusNotFound {
			t.Errorf("another name: %d %s", status, raw)
		}
		rate := string(s.must("GET /statistics/certification?organizationId="+s.home+"&asOf=2025-08-31", nil))
		if !strings.Contains(rate, `"numerator":1,`) || !strings.Contains(rate, `"4":1`) {
			t.Errorf("it does not count: %s", rate)
		}
		rate = string(s.must("GET /statistics/certification?organizationId="+s.home+"&asOf=2025-08-29", nil))
		if !strings.Contains(rate, `"numerator":0,`) {
			t.Errorf("it counts before its day: %s", rate)
		}
		if raw := s.must("GET /certificates/"+c.ID+"/certificate.pdf", nil); !bytes.HasPrefix(raw, []byte("%PDF-")) {
			t.Errorf("its PDF is %q", raw[:20])
		}
		list := string(s.must("GET /certificates?personId="+p, nil))
		if !strings.Contains(list, c.Number) || !strings.Contains(list, `"status":"valid"`) {
			t.Errorf("%s", list)
		}
	})
}

// A bureau withdraws a class: its certificates are revoked one by one, the class
// keeps its results with the mark, coverage counts them no longer, and hours are
// not touched.
func TestAWithdrawnClass(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		bureau := s.user("bureau", "districtBureau", s.bureau)
		c := s.completed(t, "李红")
		hours := string(s.must("GET /people/"+c.PersonID+"/hours?year=2025", nil))
		if status, raw, _ := s.call(s.user("clerk", "institution", s.home), "POST /certificates/class-withdrawals", map[string]any{"classId": c.ClassID, "reason": "替人打卡"}); status != http.StatusForbidden {
			t.Errorf("an institution withdraws: %d %s", status, raw)
		}
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		status, raw, _ := s.call(bureau, "POST /certificates/class-withdrawals", map[string]any{"classId": c.ClassID, "reason": "替人打卡"})
		if status != http.StatusAccepted || !strings.Contains(string(raw), `"total":1`) {
			t.Fatalf("%d %s", status, raw)
		}
		until(t, "the withdrawal", func() bool {
			_, raw, _ := s.call(bureau, "GET /certificates/class-withdrawals/"+c.ClassID, nil)
			return strings.Contains(string(raw), `"state":"done"`)
		})
		if raw := string(s.must("GET /certificates/"+c.ID, nil)); !strings.Contains(raw, `"status":"revoked"`) || !strings.Contains(raw, "替人打卡") {
			t.Errorf("%s", raw)
		}
		if raw := string(s.must("GET /classes/"+c.ClassID, nil)); !strings.Contains(raw, `"withdrawal":{`) || !strings.Contains(raw, `"status":"completed"`) {
			t.Errorf("%s", raw)
		}
		if after := string(s.must("GET /people/"+c.PersonID+"/hours?year=2025", nil)); after != hours {
			t.Errorf("the hours have changed: %s, %s", hours, after)
		}
	})
}
