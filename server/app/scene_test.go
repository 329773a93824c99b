package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store/storetest"
	"carecert/server/app"
)

// eachEngine runs a test on the whole program, on both engines side by side:
// they share nothing, and one waits for its disk while the other works.
func eachEngine(t *testing.T, test func(t *testing.T, s *scene)) {
	t.Helper()
	for engine, uri := range map[string]func(testing.TB) string{
		"sqlite": func(testing.TB) string { return "" }, "mongodb": storetest.MongoURI,
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t, newScene(t, uri(t)))
		})
	}
}

// scene is the program with a bureau, two homes and a school; whatever is done
// in it goes through the API, as the administrator.
type scene struct {
	*app.App
	t                           *testing.T
	token                       string
	bureau, home, other, school string
	course                      string
	people                      int
	later                       atomic.Int64 // nanoseconds that the clock is ahead by
}

func newScene(t *testing.T, uri string, more ...string) *scene {
	t.Helper()
	env := map[string]string{"MONGODB_URI": uri, "CARECERT_ENV": "test", "CARECERT_CLOCK": "2025-09-01T09:00:00+08:00", "CARECERT_BASE_URL": "https://example.cn"}
	for i := 0; i < len(more); i += 2 {
		env[more[i]] = more[i+1]
	}
	cfg := read(t, env)
	s := &scene{t: t}
	machine := kernel.ClockFunc(func() time.Time { return time.Now().Add(time.Duration(s.later.Load())) })
	a, err := app.Open(t.Context(), cfg, slog.New(slog.DiscardHandler), app.Options{Machine: machine})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	s.App = a
	if _, _, err := a.Accounts.Service.Bootstrap(t.Context(), "a password of the tests"); err != nil {
		t.Fatal(err)
	}
	s.token = s.signIn("admin", "a password of the tests")
	s.bureau = s.found("districtBureau", "青浦区民政局", "")
	s.home = s.found("institution", "万青养老院", s.bureau)
	s.other = s.found("institution", "徐泾养老院", s.bureau)
	s.school = s.found("trainingSchool", "青浦培训学校", s.bureau)
	s.course = s.id("POST /courses", map[string]any{"title": "压疮预防", "category": "inService", "classHours": 12, "mode": "classroom", "countsTowardInService": true})
	return s
}

// pass lets time go by.
func (s *scene) pass(d time.Duration) { s.later.Add(int64(d)) }

// signIn makes a token of an account.
func (s *scene) signIn(username, password string) string {
	s.t.Helper()
	raw, _ := json.Marshal(map[string]any{"username": username, "password": password})
	req := httptest.NewRequestWithContext(s.t.Context(), "POST", "/api/v1/sessions", strings.NewReader(string(raw)))
	req.Header.Set("Content-Type", "application/json")
	res, err := s.Web.Fiber.Test(req, -1)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	var session struct{ CSRFToken string }
	if err := json.NewDecoder(res.Body).Decode(&session); err != nil || res.StatusCode != http.StatusCreated {
		s.t.Fatalf("sign in %s: %d %v", username, res.StatusCode, err)
	}
	req = httptest.NewRequestWithContext(s.t.Context(), "POST", "/api/v1/tokens", strings.NewReader(`{"name":"test","expiresAt":"2026-01-01T00:00:00Z"}`))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Csrf-Token", session.CSRFToken)
	for _, c := range res.Cookies() {
		req.AddCookie(c)
	}
	made, err := s.Web.Fiber.Test(req, -1)
	if err != nil {
		s.t.Fatal(err)
	}
	defer made.Body.Close()
	var token struct{ Token string }
	if err := json.NewDecoder(made.Body).Decode(&token); err != nil || token.Token == "" {
		s.t.Fatalf("token of %s: %d %v", username, made.StatusCode, err)
	}
	return token.Token
}

// call sends "METHOD /path" as whoever the token belongs to.
func (s *scene) call(token, what string, body any) (int, []byte, http.Header) {
	s.t.Helper()
	return s.match(token, "", what, body)
}

// match sends a change to a document as it was read with that ETag.
func (s *scene) match(token, etag, what string, body any) (int, []byte, http.Header) {
	s.t.Helper()
	method, path, _ := strings.Cut(what, " ")
	if !strings.ContainsAny(path[1:2], "drsv") || path[2:3] != "/" { // the public pages
		path = "/api/v1" + path
	}
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			s.t.Fatal(err)
		}
		in = strings.NewReader(string(raw))
	}
	req := httptest.NewRequestWithContext(s.t.Context(), method, path, in)
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if etag != "" {
		req.Header.Set("If-Match", etag)
	}
	res, err := s.Web.Fiber.Test(req, -1)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, raw, res.Header
}

// must sends as the administrator and gives the answer, which has to be good.
func (s *scene) must(what string, body any) []byte {
	s.t.Helper()
	status, raw, _ := s.call(s.token, what, body)
	if status/100 != 2 {
		s.t.Fatalf("%s: %d %s", what, status, raw)
	}
	return raw
}

// refused sends as the administrator and wants the code of a refusal.
func (s *scene) refused(what string, body any, status int, code string) {
	s.t.Helper()
	if got, raw, _ := s.call(s.token, what, body); got != status || !strings.Contains(string(raw), `"`+code+`"`) {
		s.t.Errorf("%s: %d %s, want %d %s", what, got, raw, status, code)
	}
}

// user makes an account and gives a token of it.
func (s *scene) user(username, role, organization string) string {
	s.t.Helper()
	const password = "another password of the tests"
	s.must("POST /users", map[string]any{
		"username": username, "displayName": username, "password": password, "grants": []any{map[string]any{"role": role, "organizationId": organization}},
	})
	return s.signIn(username, password)
}

// id sends what makes something and gives its id.
func (s *scene) id(what string, body any) string {
	s.t.Helper()
	var made struct{ ID string }
	if err := json.Unmarshal(s.must(what, body), &made); err != nil || made.ID == "" {
		s.t.Fatalf("%s made nothing: %v", what, err)
	}
	return made.ID
}

// found registers an organisation in 夏阳街道 of 青浦区, or where the code of a
// street or district says.
func (s *scene) found(kind, name, parent string, street ...string) string {
	s.t.Helper()
	at := append(street, "310118001")[0]
	body := map[string]any{"kind": kind, "name": name, "divisionCode": at[:6], "subdistrictCode": at}
	if kind == "districtBureau" {
		delete(body, "subdistrictCode")
	}
	if parent != "" {
		body["parentId"] = parent
	}
	return s.id("POST /organizations", body)
}

// number makes a resident's number with its check digit.
func number(n int) string {
	body := fmt.Sprintf("31011819850615%03d", n)
	sum, weight := 0, 1
	for i := 16; i >= 0; i-- {
		weight = weight * 2 % 11
		sum += int(body[i]-'0') * weight
	}
	return body + string("10X98765432"[sum%11])
}

func (s *scene) person(name string, more map[string]any) string {
	s.t.Helper()
	s.people++
	body := map[string]any{"name": name, "idType": "residentId", "idNumber": number(s.people), "kinds": []string{"caregiver"}, "organizationId": s.home}
	for k, v := range more {
		body[k] = v
	}
	return s.id("POST /people", body)
}

func (s *scene) employ(person, at string, from, to kernel.Date) string {
	s.t.Helper()
	body := map[string]any{"organizationId": at, "role": "caregiver", "startedOn": from}
	if to != "" {
		body["endedOn"] = to
	}
	return s.id("POST /people/"+person+"/employments", body)
}

// class opens a class with one session of three hours on a day.
func (s *scene) class(on kernel.Date) (class, session string) {
	s.t.Helper()
	class = s.id("POST /classes", map[string]any{"courseId": s.course, "providerId": s.school, "organiserTier": "institution", "startsOn": on, "endsOn": on, "capacity": 50})
	session = s.id("POST /classes/"+class+"/sessions", map[string]any{
		"startsAt": string(on) + "T09:00:00+08:00", "endsAt": string(on) + "T12:00:00+08:00", "minutes": 180, "venue": "201", "teacher": "周老师",
	})
	return class, session
}

func (s *scene) enrol(class string, people ...string) {
	s.t.Helper()
	s.must("POST /classes/"+class+"/enrolments", map[string]any{"personIds": people})
}

func (s *scene) present(session, person string, on kernel.Date, until string) {
	s.t.Helper()
	s.must("PUT /sessions/"+session+"/attendance/"+person, map[string]any{
		"checkedInAt": string(on) + "T09:00:00+08:00", "checkedOutAt": string(on) + "T" + until + ":00+08:00", "reason": "签到设备故障",
	})
}

func (s *scene) close(session string) {
	s.t.Helper()
	s.must("POST /sessions/"+session+"/close", map[string]any{})
}

// certify registers a certificate and has it confirmed.
func (s *scene) certify(person string, level int, on kernel.Date) string {
	s.t.Helper()
	s.people++
	serial := fmt.Sprintf("%06d", s.people)
	id := s.id("POST /certificates/registrations", map[string]any{
		"personId": person, "family": "skillLevel", "number": "S000031000006" + string(on)[2:4] + fmt.Sprint(level) + serial, "level": level,
		"issuedOn": on, "issuerName": "上海某评价机构",
	})
	s.must("POST /certificates/"+id+"/verifications", map[string]any{"method": "ostaQuery", "result": "confirmed", "note": "查询一致"})
	return id
}
