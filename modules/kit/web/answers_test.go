package web_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/kit/web"
)

type answer struct {
	name, line      string
	headers         []string
	status          int
	present, absent string
}

func (s site) expect(t *testing.T, c answer) {
	t.Helper()
	res, body := s.call(t, c.line, c.headers...)
	if res.StatusCode != c.status || !strings.Contains(body, c.present) || (c.absent != "" && strings.Contains(body, c.absent)) {
		t.Errorf("%d %s\nwant %d with %s, without %s", res.StatusCode, body, c.status, c.present, c.absent)
	}
	if res.Header.Get("X-Request-Id") == "" || (res.Header.Get("Content-Security-Policy") == "" && c.status < 413) {
		t.Errorf("headers missing: %v", res.Header)
	}
	if c.status < 400 {
		return
	}
	var p web.Problem
	if err := json.Unmarshal([]byte(body), &p); err != nil || p.Status != c.status || p.Detail == p.Code || p.RequestID != res.Header.Get("X-Request-Id") {
		t.Errorf("no proper problem: %v %+v", err, p)
	}
	if ct := res.Header.Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("content type %s", ct)
	}
}

func TestAnswers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db, nil)
		must(t, s.jars.Insert(t.Context(), jarDoc{Doc: store.Doc{ID: "j1"}, Label: "plums"}))
		for _, c := range []answer{
			{"creating answers 201 with the document", `POST /jars {"label":"pears"}`, []string{anna}, 201, `"label":"pears"`, "errors"},
			{"reading answers 200", "GET /jars/j1", []string{anna}, 200, `"since":"2025-06-30"`, "level"},
			{"a list has its members", "GET /jars", []string{anna}, 200, `"nextCursor":null,"total":2`, "totalIsMore"},
			{"a page has a cursor", "GET /jars?limit=1", []string{anna}, 200, `"nextCursor":"`, "null"},
			{"what does not exist is 404", "GET /jars/none", []string{anna, "Accept-Language: en"}, 404, "outside your reach", "label"},
			{"a path that does not exist is 404", "GET /lids", []string{anna}, 404, `"code":"web.route_unknown"`, "lids"},
			{"so it is outside the API", "GET //nowhere", []string{anna}, 404, `"code":"web.route_unknown"`, "nowhere"},
			{"a method that a path does not take is 405", "PUT /jars/j1", []string{anna}, 405, `"code":"web.method"`, "plums"},
			{"a refusal carries what a program needs", `POST /jars {"label":"full"}`, []string{anna}, 409, `"personId":"p1"`, "label"},
			{"a failure tells nothing but its request", "POST /jars/spills", []string{anna}, 500, `"code":"web.failure"`, "secret-detail"},
			{"a panic is a failure", "POST /jars/slips", []string{anna}, 500, `"code":"web.failure"`, "slipped"},
			{"a raw route answers", "GET /jars/j1/label.txt", []string{guest}, 200, "label of j1", "code"},
			{"a public one needs nobody", "GET /public/jars/j1", nil, 200, "plums", "code"},
			{"a public page speaks the reader's language", "GET //j/1", []string{"Accept-Language: fr, zh;q=0.5, en;q=0.8"}, 200, "en", "zh"},
			{"Chinese by default", "GET //j/1", []string{"Accept-Language: de"}, 200, "zh-CN", "en"},
			{"a change under the version read", `PATCH /jars/j1 {"label":"prunes"}`, []string{anna, `If-Match: "1"`}, 200, "prunes", "code"},
			{"a change under an older one", `PATCH /jars/j1 {"label":"raisins"}`, []string{anna, `If-Match: "1"`}, 409, "web.version_mismatch", "raisins"},
			{"a change whatever the version", `PATCH /jars/j1 {"label":"currants"}`, []string{anna}, 200, "currants", "code"},
			{"a text of blanks alone", `POST /jars {"label":"\u3000  "}`, []string{anna, "Accept-Language: en"}, 422, `{"location":"body.label","message":"Must not be blank."}`, "value"},
			{"a text that hides something", `POST /jars {"label":"pe\u202ears"}`, []string{anna}, 422, `"location":"body.label"`, "value"},
			{"a text with a control character", `POST /jars {"label":"pe\u0000ars"}`, []string{anna}, 422, `"location":"body.label"`, "value"},
			{"a deletion answers 204", "DELETE /jars/j1", []string{anna}, 204, "", "x"},
		} {
			t.Run(c.name, func(t *testing.T) { s.expect(t, c) })
		}
		if !strings.Contains(s.log.String(), "secret-detail") || !strings.Contains(s.log.String(), "slip(") {
			t.Error("a failure's cause, or a panic's stack, is not in the log")
		}
		if strings.Contains(s.log.String(), "limit=") {
			t.Error("a query string is in the log")
		}
	})
}

func TestInputIsChecked(t *testing.T) {
	s := newSite(t, storetest.SQLite(t), nil)
	english := []string{anna, "Accept-Language: en"}
	for _, c := range []answer{
		{"a limit over 200", "GET /jars?limit=201", []string{anna}, 422, `"location":"query.limit","message":"不能大于 200。","value":201`, "items"},
		{"a limit that is no number", "GET /jars?limit=ten", english, 422, "A whole number.", "items"},
		{"somebody else's cursor", "GET /jars?cursor=xyz", english, 422, "input.cursor", "items"},
		{"a day that does not exist", "GET /jars?before=2025-02-30", []string{anna}, 422, "须为真实存在的日期", "items"},
		{"an unknown field", `POST /jars {"label":"pears","lid":true}`, []string{anna}, 422, `"location":"body.lid","message":"不认识的字段。"`, "value"},
		{"a missing field is named", `POST /jars {}`, english, 422, `"location":"body.label","message":"Required."`, "value"},
		{"a text too short", `POST /jars {"label":"x"}`, english, 422, `"message":"At least 2 characters.","value":"x"`, "idNumber"},
		{"an identity number is never sent back", `POST /jars {"label":"pears","idNumber":"3101181990010100051"}`, english, 422, `"location":"body.idNumber"`, "31011819"},
		{"one of some", `POST /jars {"label":"pears","tint":"grey"}`, english, 422, `One of: red`, "items"},
		{"a level has five steps", `POST /jars {"label":"pears","level":6}`, english, 422, `body.level`, "items"},
		{"a date in a body", `POST /jars {"label":"pears","since":"2025-13-01"}`, english, 422, `body.since`, "items"},
		{"null is no list", `POST /jars {"label":"pears","fruits":[{"kinds":null}]}`, english, 422, `body.fruits[0].kinds`, "items"},
		{"the same twice", `POST /jars {"label":"pears","shelves":["a","a"]}`, english, 422, `"location":"body.shelves"`, "items"},
		{"objects where texts are unique", `POST /jars {"label":"pears","shelves":[{},[]]}`, english, 422, `"code":"input.invalid"`, "items"},
		{"a field in another case", `POST /jars {"label":"pears","Tint":"red"}`, english, 422, `"location":"body.Tint"`, "value"},
		{"broken JSON is 400", `POST /jars {"label":`, english, 400, `"code":"input.malformed"`, "label"},
		{"a missing body", "POST /jars", english, 422, `"code":"input.invalid"`, "label"},
		{"another media type is 415", `POST /jars <jar/>`, []string{anna, "Content-Type: text/xml"}, 415, `"code":"web.media_type"`, "jar/"},
		{"a packed body is 415", `POST /jars {"label":"pears"}`, []string{anna, "Content-Encoding: gzip"}, 415, "web.media_type", "pears"},
		{"a body over 1 MB is 413", `POST /jars {"label":"` + strings.Repeat("x", 1<<20) + `"}`, english, 413, `"code":"web.too_large"`, "xx"},
	} {
		t.Run(c.name, func(t *testing.T) { s.expect(t, c) })
	}
}

func TestGuard(t *testing.T) {
	s := newSite(t, storetest.SQLite(t), nil)
	must(t, s.jars.Insert(t.Context(), jarDoc{Doc: store.Doc{ID: "j1"}, Label: "plums"}))
	const cookie = "Cookie: carecert_session=anna"
	for _, c := range []answer{
		{"nobody is let in unknown", "GET /jars", nil, 401, `"code":"accounts.not_signed_in"`, "items"},
		{"another scheme is no token", "GET /jars", []string{"Authorization: Basic YW5uYTp4"}, 401, `"code":"accounts.not_signed_in"`, "items"},
		{"a raw route passes the guard", "GET /jars/j1/label.txt", nil, 401, "accounts.not_signed_in", "label of"},
		{"a verb that is not granted is refused", `POST /jars {"label":"pears"}`, []string{guest}, 403, `"code":"web.forbidden"`, "pears"},
		{"a granted one is not", "GET /jars/j1", []string{guest}, 200, "plums", "code"},
		{"a cookie alone changes nothing", `POST /jars {"label":"pears"}`, []string{cookie}, 403, `"code":"web.csrf"`, "pears"},
		{"nor with somebody else's CSRF token", `POST /jars {"label":"pears"}`, []string{cookie, "X-CSRF-Token: csrf-berta"}, 403, "web.csrf", "pears"},
		{"a cookie with its own may", `POST /jars {"label":"figs"}`, []string{cookie, "X-CSRF-Token: csrf-anna"}, 201, "figs", "code"},
		{"a cookie may read without", "GET /jars/j1", []string{cookie}, 200, "plums", "code"},
	} {
		t.Run(c.name, func(t *testing.T) { s.expect(t, c) })
	}
	if n := s.denied.Load(); n != 1 {
		t.Errorf("%d refused verbs were told, want 1", n)
	}
	got := s.app.Router.Permissions([]kernel.Grant{{Role: kernel.RoleCaregiver}})
	if !slices.Equal(got, []string{"jar:read"}) {
		t.Errorf("a guest may %v", got)
	}
}
