package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"carecert/modules/kernel"
)

// as sends as somebody and decodes the answer, which has to be good.
func (s *scene) as(token, what string, body, into any) {
	s.t.Helper()
	status, raw, _ := s.call(token, what, body)
	if status/100 != 2 {
		s.t.Fatalf("%s: %d %s", what, status, raw)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(raw, into); err != nil {
		s.t.Fatalf("%s: %v in %s", what, err, raw)
	}
}

// says wants the answer to somebody's request to be of a status and to say
// something.
func (s *scene) says(token, what string, body any, status int, said ...string) {
	s.t.Helper()
	got, raw, _ := s.call(token, what, body)
	for _, part := range said {
		if got != status || !strings.Contains(string(raw), part) {
			s.t.Errorf("%s: %d %s, want %d with %s", what, got, raw, status, part)
		}
	}
}

// TestTheMainJob is the whole story over HTTP, as each kind of user: roster,
// class, rotating code, ledger, certificate, verdict, figures.
func TestTheMainJob(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		home, school := s.user("home", "institution", s.home), s.user("school", "school", s.school)

		// The school is commissioned and imports the home's roster.
		s.as(home, "POST /organizations/"+s.home+"/commissions", map[string]any{"schoolId": s.school, "startsOn": "2025-01-01"}, nil)
		people := s.roster(school, "王秀兰", "李桂芳", "张建国", "赵敏")
		wang, li, zhang, zhao := people["王秀兰"], people["李桂芳"], people["张建国"], people["赵敏"]

		// A class of three seats; the fourth waits and moves up when one leaves.
		class := s.id("POST /classes", map[string]any{"courseId": s.course, "providerId": s.school, "organiserTier": "institution", "startsOn": "2025-09-01", "endsOn": "2025-09-02", "capacity": 3})
		session := func(from, to string) (id string) {
			var made struct{ ID string }
			s.as(school, "POST /classes/"+class+"/sessions", map[string]any{
				"startsAt": "2025-09-" + from + ":00+08:00", "endsAt": "2025-09-" + to + ":00+08:00", "minutes": 180, "venue": "201", "teacher": "周老师",
			}, &made)
			return made.ID
		}
		morning, spare := session("01T09:00", "01T12:00"), session("02T09:00", "02T12:00")
		s.says(school, "POST /classes/"+class+"/sessions", map[string]any{
			"startsAt": "2024-12-31T09:00:00+08:00", "endsAt": "2024-12-31T12:00:00+08:00", "minutes": 180, "venue": "201", "teacher": "周老师",
		}, 422, "training.session_before_class")
		s.says(school, "PATCH /sessions/"+spare, map[string]any{"startsAt": "2025-08-31T09:00:00+08:00", "endsAt": "2025-08-31T12:00:00+08:00"}, 422, "training.session_before_class")
		var seats struct{ Outcomes []struct{ Outcome string } }
		s.as(school, "POST /classes/"+class+"/enrolments", map[string]any{"personIds": []string{wang, li, zhang, zhao}}, &seats)
		if got := fmt.Sprint(seats.Outcomes); got != "[{enrolled} {enrolled} {enrolled} {waitlisted}]" {
			t.Errorf("seats: %s", got)
		}
		s.as(school, "POST /classes/"+class+"/enrolments/"+zhang+"/withdrawal", map[string]any{"reason": "临时有事"}, nil)
		s.as(school, "POST /classes/"+class+"/enrolments", map[string]any{"personIds": []string{zhao}}, &seats)
		if got := fmt.Sprint(seats.Outcomes); got != "[{alreadyEnrolled}]" {
			t.Errorf("the one who waited: %s", got)
		}
		s.says(school, "PATCH /sessions/"+spare, map[string]any{"startsAt": "2025-09-02T13:00:00+08:00", "endsAt": "2025-09-02T16:00:00+08:00"}, 200, "2025-09-02T05:00:00Z")
		s.says(school, "POST /sessions/"+spare+"/cancellation", map[string]any{"reason": "教师生病"}, 200, "cancelled")

		// Check-in with the code on the projector; a code of long ago is none.
		code := func(session string) string {
			var shown struct{ Code string }
			s.as(school, "GET /sessions/"+session+"/check-in-code", nil, &shown)
			return shown.Code
		}
		phone := s.caregiver("wangxiulan", wang)
		stale := code(morning)
		s.pass(10 * time.Minute)
		s.says(phone, "POST /sessions/"+morning+"/check-ins", map[string]any{"code": stale, "direction": "in"}, 409, "training.code_invalid")
		s.says(phone, "POST /sessions/"+spare+"/check-ins", map[string]any{"code": code(morning), "direction": "in"}, 409, "training.")
		s.as(phone, "POST /sessions/"+morning+"/check-ins", map[string]any{"code": code(morning), "direction": "in"}, nil)
		s.pass(150 * time.Minute)
		s.as(phone, "POST /sessions/"+morning+"/check-ins", map[string]any{"code": code(morning), "direction": "out"}, nil)
		s.as(school, "PUT /sessions/"+morning+"/attendance/"+li, map[string]any{
			"checkedInAt": "2025-09-01T09:00:00+08:00", "checkedOutAt": "2025-09-01T12:00:00+08:00", "reason": "手机没电",
		}, nil)
		s.says(school, "POST /classes/"+class+"/complete", map[string]any{}, 409, "training.sessions_open")
		s.as(school, "POST /sessions/"+morning+"/close", map[string]any{}, nil)

		// The ledger: 150 minutes scanned, 180 on the teacher's word, none for who was away.
		for person, minutes := range map[string]int{wang: 150, li: 180, zhao: 0} {
			if got := s.minutes(person, 2025); got != minutes {
				t.Errorf("%s: %d minutes, want %d", person, got, minutes)
			}
		}
		s.says(phone, "GET /people/"+wang+"/hours?year=2025", nil, 200, `"creditedMinutes":150`, `"inProgress"`)
		s.says(phone, "GET /people/"+li+"/hours?year=2025", nil, 404, "hours.person_unknown")

		// Completion: results, certificates, refusals with their causes.
		s.as(school, "PUT /classes/"+class+"/test-results", []map[string]any{{"personId": wang, "score": 88}, {"personId": li, "score": 59.5}}, nil)
		var done struct {
			Completions []struct{ PersonID, CertificateID string }
			Refusals    []struct {
				PersonID string
				Reasons  []kernel.Reason
			}
		}
		s.as(school, "POST /classes/"+class+"/complete", map[string]any{}, &done)
		if len(done.Completions) != 1 || done.Completions[0].PersonID != wang || len(done.Refusals) != 2 {
			t.Fatalf("%+v", done)
		}
		var c struct{ QRText, PublicCode string }
		s.as(phone, "GET /certificates/"+done.Completions[0].CertificateID, nil, &c)

		// Anybody learns the truth.
		s.says("", "POST /public/verifications", map[string]any{"qrText": c.QRText}, 200, `"genuine"`, "王*兰")
		altered := c.QRText[:len(c.QRText)-2] + map[bool]string{true: "AA", false: "22"}[!strings.HasSuffix(c.QRText, "AA")]
		s.says("", "POST /public/verifications", map[string]any{"qrText": altered}, 200, `"forged"`)
		s.says("", "GET /public/certificates/"+c.PublicCode, nil, 200, "压疮预防")
		s.says("", "GET /public/certificates/ZZZZZZZZZZZZZZZZ", nil, 404, "certificates.unknown")

		// The figures, and who is behind them.
		s.certify(wang, 4, "2024-05-06")
		s.says(home, "GET /statistics/certification?asOf=2025-09-01&organizationId="+s.home, nil, 200, `"numerator":1`, `"denominator":4`, `"25.00"`)
		s.says(home, "GET /statistics/certification/people?state=missing&asOf=2025-09-01&organizationId="+s.home, nil, 200, "李桂芳", "赵敏")
		s.says(home, "GET /statistics/in-service-hours?year=2025&organizationId="+s.home, nil, 200, `"requiredMinutes":900`, `"inProgress":4`, `"gap":4`)
		s.says(home, "GET /statistics/in-service-hours/people?state=missing&asOf=2025-09-01&organizationId="+s.home, nil, 200, `"total":4`, "王秀兰")
		s.says(s.user("stranger", "institution", s.other), "GET /people/"+wang, nil, 404, "people.unknown")
		s.sound("at the end")
	})
}

// roster imports people of the home with a spell each and gives their ids.
func (s *scene) roster(token string, names ...string) map[string]string {
	s.t.Helper()
	var csv strings.Builder
	csv.WriteString("\ufeff姓名,身份证号,入职日期\n")
	for _, n := range names {
		s.people++
		fmt.Fprintf(&csv, "%s,%s,2024-03-01\n", n, number(s.people))
	}
	f := newForm(s.t, "file.csv", []byte(csv.String()), map[string]string{"kind": "people", "organizationId": s.home})
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
		s.t.Fatalf("import: %d %v", res.StatusCode, err)
	}
	var state struct {
		Status            string
		Created, Rejected int
	}
	until(s.t, "the import", func() bool {
		s.as(token, "GET /imports/"+begun.ID, nil, &state)
		return state.Status == "done" || state.Status == "failed"
	})
	if state.Created != len(names) || state.Rejected != 0 {
		s.t.Fatalf("%+v", state)
	}
	var list struct{ Items []struct{ ID, Name string } }
	s.as(token, "GET /people?limit=100&organizationId="+s.home, nil, &list)
	out := map[string]string{}
	for _, p := range list.Items {
		out[p.Name] = p.ID
	}
	return out
}

// caregiver makes an account of a person and gives a token of it.
func (s *scene) caregiver(username, person string) string {
	s.t.Helper()
	const password = "a caregiver of the tests"
	s.must("POST /users", map[string]any{
		"username": username, "displayName": username, "password": password, "personId": person, "grants": []any{map[string]any{"role": "caregiver"}},
	})
	return s.signIn(username, password)
}
