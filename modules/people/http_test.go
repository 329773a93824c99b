package people_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/access"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/kit/web"
)

// Authenticate takes "role organization person" for a token.
func (w *world) Authenticate(_ context.Context, c web.Credentials) (web.Identity, error) {
	who := strings.Split(c.Bearer, "|")
	if len(who) != 3 {
		return web.Identity{}, fault.New(fault.Unauthenticated, "test.nobody")
	}
	return web.Identity{Actor: kernel.Actor{
		User: kernel.UserID(c.Bearer), Person: kernel.PersonID(who[2]), Name: map[bool]string{true: "王小兰", false: "王老师"}[who[0] == "caregiver"],
		Grants: []kernel.Grant{{Role: kernel.Role(who[0]), Organization: kernel.OrganizationID(who[1])}},
	}}, nil
}

func newServer(t *testing.T, w *world, db *store.DB) func(who, method, path, body string) (int, string, http.Header) {
	t.Helper()
	policies := os.DirFS("../../policies")
	words, err := web.LoadWords(policies)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := access.Load(policies)
	if err != nil {
		t.Fatal(err)
	}
	app := web.NewApp(web.Config{DB: db, Clock: w, Log: slog.New(slog.DiscardHandler), Words: words, Guard: &web.Guard{Authenticator: w, Enforcer: policy}})
	w.Routes(app.Router)
	app.Finish()
	if err := db.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	return func(who, method, path, body string) (int, string, http.Header) {
		t.Helper()
		if !strings.HasPrefix(path, "/r/") && !strings.HasPrefix(path, "/R/") {
			path = "/api/v1" + path
		}
		r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		if who != "public" {
			r.Header.Set("Authorization", "Bearer "+who)
		}
		res, err := app.Fiber.Test(r, -1)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		raw, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(raw), res.Header
	}
}

func TestOverHTTP(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		call := newServer(t, w, db)
		const clerk, stranger = "institution|wanqing|", "institution|xujing-home|"
		id := string(w.register(t, w.as(home), "李红", numbered(1)))
		spell := w.employ(t, w.as(home), kernel.PersonID(id), home, "2025-03-01", "").ID
		self := "caregiver||" + id
		person := `{"name":"王小兰","idType":"residentId","idNumber":"` + wang + `","phone":"13800138000","kinds":["caregiver"]}`
		for _, c := range []struct {
			name, who, method, path, body string
			status                        int
			has, hasNot                   string
		}{
			{"a clerk registers a person", clerk, "POST", "/people", person, 201, `"idNumberMasked":"310118********0005"`, wang},
			{"the same again is a conflict", clerk, "POST", "/people", person, 409, `"personId"`, wang},
			{"another name learns nothing", stranger, "POST", "/people", strings.Replace(person, "王小兰", "王大兰", 1), 409, `"people.duplicate"`, `"personId"`},
			{"a wrong number is not echoed", clerk, "POST", "/people", strings.Replace(person, wang, "310118198506150006", 1), 422, "body.idNumber", "310118198506150006"},
			{"an unknown field is refused", clerk, "POST", "/people", `{"nick":"x",` + person[1:], 422, "nick", ""},
			{"an unknown kind is refused", clerk, "POST", "/people", strings.Replace(person, "caregiver", "robot", 1), 422, "kinds", ""},
			{"a caregiver registers nobody", self, "POST", "/people", person, 403, "", ""},
			{"nobody signed in sees nothing", "", "GET", "/people", "", 401, "", ""},
			{"the list shows the post", clerk, "GET", "/people?q=lihong", "", 200, `"organizationName":"wanqing"`, "王小兰"},
			{"and the missing training", clerk, "GET", "/people?status=onPost", "", 200, `"preJobMissing":true`, ""},
			{"another home's list is empty", stranger, "GET", "/people", "", 200, `"items":[]`, "李红"},
			{"a cursor of nobody's is refused", clerk, "GET", "/people?cursor=9.x", "", 422, "", ""},
			{"a person with words on the gate", clerk, "GET", "/people/" + id, "", 200, "未经岗前培训", ""},
			{"another home does not find it", stranger, "GET", "/people/" + id, "", 404, "people.unknown", "李红"},
			{"oneself does", self, "GET", "/people/" + id, "", 200, "李红", ""},
			{"oneself reads the record", self, "GET", "/people/" + id + "/record", "", 200, `"spells":[{"id":"` + spell, ""},
			{"empty parts are lists", self, "GET", "/people/" + id + "/record", "", 200, `"honours":[]`, "null"},
			{"oneself in clear", self, "GET", "/people/" + id + "/personal-data", "", 200, numbered(1), ""},
			{"a clerk has no business with that", clerk, "GET", "/people/" + id + "/personal-data", "", 403, "", ""},
			{"a clerk reveals with a reason", clerk, "POST", "/people/" + id + "/reveal", `{"field":"idNumber","reason":"办理保险"}`, 200, numbered(1), ""},
			{"and not without", clerk, "POST", "/people/" + id + "/reveal", `{"field":"idNumber","reason":""}`, 422, "reason", numbered(1)},
			{"the school does not reveal", "school|school|", "POST", "/people/" + id + "/reveal", `{"field":"idNumber","reason":"办理保险"}`, 403, "", ""},
			{"a clerk ends the spell", clerk, "POST", "/people/" + id + "/employments/" + spell + "/end", `{"endedOn":"2025-08-31","reason":"离职"}`, 200, `"endedOn":"2025-08-31"`, ""},
			{"and keeps what was its own", clerk, "GET", "/people/" + id, "", 200, `"formerOnly":true`, "13800138000"},
			{"its part of the record", clerk, "GET", "/people/" + id + "/record", "", 200, `"formerOnly":true`, ""},
			{"and lists it", clerk, "GET", "/people?status=left", "", 200, `"total":1`, ""},
			{"but opens nothing", clerk, "POST", "/people/" + id + "/reveal", `{"field":"idNumber","reason":"办理保险"}`, 404, "people.unknown", numbered(1)},
			{"and changes nothing but its spell", clerk, "PATCH", "/people/" + id, `{"name":"李虹"}`, 404, "people.unknown", ""},
			{"whom the bureau still sees", "districtBureau|qingpu|", "GET", "/people?status=left", "", 200, `"total":1`, ""},
			{"and takes back on", "districtBureau|qingpu|", "PATCH", "/people/" + id + "/employments/" + spell, `{"backOnPost":true,"reason":"未离职"}`, 200, `"reason":"未离职"`, "endedOn"},
			{"a void spell needs a reason", clerk, "POST", "/people/" + id + "/employments/" + spell + "/void", `{"reason":""}`, 422, "reason", ""},
			{"a second spell in time", clerk, "POST", "/people/" + id + "/employments", `{"organizationId":"wanqing","role":"caregiver","startedOn":"2025-08-01"}`, 409, "people.spell_overlap", ""},
			{"a day that does not exist", clerk, "POST", "/people/" + id + "/employments", `{"organizationId":"wanqing","role":"caregiver","startedOn":"2025-02-30"}`, 422, "startedOn", ""},
		} {
			status, body, _ := call(c.who, c.method, c.path, c.body)
			if status != c.status || !strings.Contains(body, c.has) || (c.hasNot != "" && strings.Contains(body, c.hasNot)) {
				t.Errorf("%s: %d %s", c.name, status, body)
			}
		}
		_, _, header := call(clerk, "GET", "/people/"+id, "")
		if header.Get("ETag") == "" {
			t.Error("no ETag")
		}
	})
}

// What is left out of a change stays; what is sent empty is emptied.
func TestWhatIsSentEmptyIsEmptied(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		call := newServer(t, w, db)
		const clerk = "institution|wanqing|"
		made := func(body string) string {
			var p struct{ ID string }
			if status, said, _ := call(clerk, "POST", "/people", body); status != http.StatusCreated || json.Unmarshal([]byte(said), &p) != nil {
				t.Fatalf("%d %s", status, said)
			}
			return "/people/" + p.ID
		}
		silent := made(`{"name":"ANNA LEE","idType":"passport","idNumber":"E12345678","birthDate":"1985-06-15","gender":"female","education":"college","major":"护理","kinds":["caregiver"]}`)
		told := made(`{"name":"王小兰","idType":"residentId","idNumber":"` + wang + `","education":"college","kinds":["caregiver"]}`)
		for _, c := range []struct {
			name, path, body string
			status           int
			has, hasNot      string
		}{
			{"left out stays", silent, `{"name":"ANNA M LEE"}`, 200, `"birthDate":"1985-06-15","gender":"female","education":"college","major":"护理"`, ""},
			{"an education emptied", silent, `{"education":""}`, 200, `"gender":"female","major":"护理"`, `"education"`},
			{"a major emptied", silent, `{"major":""}`, 200, `"gender":"female"`, `"major"`},
			{"a gender emptied", silent, `{"gender":""}`, 200, `"birthDate":"1985-06-15"`, `"gender"`},
			{"a day of birth emptied", silent, `{"birthDate":""}`, 200, `"name":"ANNA M LEE"`, `"birthDate"`},
			{"and it reads so afterwards", silent, "", 200, `"name":"ANNA M LEE"`, `"education"`},
			{"told again", silent, `{"birthDate":"1986-01-02","gender":"male","education":"bachelor"}`, 200, `"birthDate":"1986-01-02","gender":"male","education":"bachelor"`, ""},
			{"an education there is not", silent, `{"education":"doctor"}`, 422, "body.education", ""},
			{"a gender there is not", silent, `{"gender":"other"}`, 422, "body.gender", ""},
			{"half a day", silent, `{"birthDate":"1986-01"}`, 422, "body.birthDate", ""},
			{"no name", silent, `{"name":""}`, 422, "body.name", ""},
			{"no kind", silent, `{"kinds":[]}`, 422, "body.kinds", ""},
			{"what the number tells stays", told, `{"birthDate":"","gender":"","education":""}`, 200, `"birthDate":"1985-06-15","gender":"female"`, `"education"`},
		} {
			method := "PATCH"
			if c.body == "" {
				method = "GET"
			}
			status, body, _ := call(clerk, method, c.path, c.body)
			if status != c.status || !strings.Contains(body, c.has) || (c.hasNot != "" && strings.Contains(body, c.hasNot)) {
				t.Errorf("%s: %d %s", c.name, status, body)
			}
		}
	})
}

// A proof names the home as it was called at the end of the time, and beside it
// as it is called today; who works there still is at the home of today.
func TestARecordNamesTheHomeAsItWasCalled(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.renamed = "2023-06-01"
		ask := newServer(t, w, db)
		p := w.register(t, w.as(home), "王小兰", wang)
		w.employ(t, w.as(district), p, home, "2020-01-01", "2023-05-31")
		w.employ(t, w.as(district), p, other, "2023-01-01", "2023-06-01")
		w.employ(t, w.as(district), p, other, "2024-01-01", "")
		self := "caregiver||" + string(p)
		_, record, _ := ask(self, http.MethodGet, "/people/"+string(p)+"/record", "")
		for has, times := range map[string]int{
			`"organizationName":"旧wanqing","organizationNameNow":"wanqing"`: 2, // as a spell, and of the person
			`"place":"旧wanqing","placeNow":"wanqing"`:                       1,
			`"organizationName":"xujing-home","role"`:                       4,
			`"place":"xujing-home","state"`:                                 2,
		} {
			if n := strings.Count(record, has); n != times {
				t.Errorf("%s stands there %d times, not %d: %s", has, n, times, record)
			}
		}
		link, err := w.Share(w.admin(), p, 7)
		if err != nil {
			t.Fatal(err)
		}
		if _, page, _ := ask("public", http.MethodGet, "/r/"+link.Code, ""); !strings.Contains(page, "旧wanqing（现名：wanqing）") || strings.Contains(page, "旧xujing-home") {
			t.Errorf("the page of a link: %s", page)
		}
	})
}
