package accounts_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"carecert/modules/accounts"
	"carecert/modules/kernel"
	"carecert/modules/kit/store/storetest"
)

func draft(username, grants, person string) string {
	if person != "" {
		person = `,"personId":"` + person + `"`
	}
	return `POST /users {"username":"` + username + `","displayName":"D","password":"a password","grants":[` + grants + `]` + person + `}`
}

func TestNobodyGrantsMoreThanTheyHold(t *testing.T) {
	h := build(t, storetest.SQLite(t))
	clerks := map[string]*browser{
		"admin": h.admin(t), "district": h.add(t, "district", districtGrant), "street": h.add(t, "street", streetGrant), "home": h.add(t, "home", institutionGrant),
		"both":      h.add(t, "both", `{"role":"subdistrict","organizationId":"street-2"},{"role":"institution","organizationId":"home-2"}`),
		"caregiver": h.add(t, "carer", `{"role":"caregiver"}`, `,"personId":"wang"`),
	}
	for _, c := range []struct {
		name, clerk, grants, person string
		status                      int
		present                     string
	}{
		{"an administrator makes an auditor", "admin", `{"role":"auditor"}`, "", 201, "auditor"},
		{"a grant needs its organisation", "admin", `{"role":"institution"}`, "", 422, "accounts.grant_needs_organization"},
		{"an organisation that does not exist", "admin", `{"role":"institution","organizationId":"none"}`, "", 403, "accounts.grant_refused"},
		{"a role that does not exist", "admin", `{"role":"king"}`, "", 422, "input.invalid"},
		{"a caregiver is a person", "admin", `{"role":"caregiver"}`, "", 422, "accounts.caregiver_needs_person"},
		{"a district makes an institution of its own", "district", institutionGrant, "", 201, "home-1"},
		{"a district makes no city", "district", `{"role":"cityBureau","organizationId":"district"}`, "", 403, "accounts.grant_refused"},
		{"a district makes no administrator", "district", `{"role":"admin"}`, "", 403, "accounts.grant_refused"},
		{"a street makes an institution of its own", "street", institutionGrant, "", 201, "home-1"},
		{"a street makes none elsewhere", "street", `{"role":"institution","organizationId":"home-2"}`, "", 403, "accounts.grant_refused"},
		{"a home makes a caregiver of its own", "home", `{"role":"caregiver"}`, "li", 201, `"personId":"li"`},
		{"a home makes none of others' people", "home", `{"role":"caregiver"}`, "zhao", 404, "accounts.person_unknown"},
		{"a home makes no institution", "home", institutionGrant, "", 403, "accounts.grant_refused"},
		{"two offices do not add up", "both", `{"role":"subdistrict","organizationId":"street-1"}`, "", 403, "accounts.grant_refused"},
		{"a home is no bureau", "district", `{"role":"districtBureau","organizationId":"home-1"}`, "", 422, "accounts.grant_kind"},
		{"nor a street", "district", `{"role":"subdistrict","organizationId":"home-1"}`, "", 422, "accounts.grant_kind"},
		{"a school is no home", "admin", `{"role":"institution","organizationId":"school"}`, "", 422, "accounts.grant_kind"},
		{"a home that trains by itself has teachers", "district", `{"role":"school","organizationId":"home-1"}`, "", 201, "home-1"},
		{"nor does the higher reach into the other's home", "both", institutionGrant, "", 403, "accounts.grant_refused"},
		{"a caregiver makes nobody", "caregiver", `{"role":"caregiver"}`, "wang", 403, "web.forbidden"},
	} {
		t.Run(c.name, func(t *testing.T) {
			name := strings.NewReplacer(" ", "-", "'", "").Replace(c.name)
			clerks[c.clerk].want(t, draft(name, c.grants, c.person), c.status, c.present)
		})
	}
}

// TestWhatOneMayGrantIsTold: the form offers what the service accepts.
func TestWhatOneMayGrantIsTold(t *testing.T) {
	h := build(t, storetest.SQLite(t))
	street, home := h.add(t, "street", streetGrant), h.add(t, "home", institutionGrant)
	h.admin(t).want(t, "GET /users/roles", 200, `{"items":[{"role":"admin","kinds":[]},{"role":"auditor","kinds":[]},{"role":"cityBureau","kinds":["cityBureau"]}`)
	street.want(t, "GET /users/roles", 200, `{"items":[{"role":"institution","kinds":["institution","operatorGroup"]},{"role":"caregiver","kinds":[]}]}`)
	home.want(t, "GET /users/roles", 200, `{"items":[{"role":"caregiver","kinds":[]}]}`)
}

func TestUsers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.admin(t)
		home := h.add(t, "home", institutionGrant)
		admin.want(t, draft("HOME", institutionGrant, ""), 409, "accounts.username_taken")
		admin.want(t, draft("ho me", institutionGrant, ""), 422, "body.username")
		carer := home.want(t, draft("li", `{"role":"caregiver"}`, "li"), 201, `"activated":true`).field(t, "id")
		other := admin.want(t, draft("zhao", `{"role":"caregiver"}`, "zhao"), 201, "zhao").field(t, "id")

		home.want(t, "GET /users", 200, `"total":2`)
		admin.want(t, "GET /users", 200, `"total":4`)
		admin.want(t, "GET /users?organizationId=street-2", 200, `"total":1`)
		home.want(t, "GET /users?organizationId=street-2", 404, "accounts.organization_unknown")
		admin.want(t, "GET /users?limit=1", 200, `"username":"admin"`)
		home.want(t, "GET /users/"+carer, 200, `"username":"li"`)
		home.want(t, "GET /users/"+other, 404, "accounts.unknown")
		home.want(t, `PATCH /users/`+other+` {"disabled":true}`, 404, "accounts.unknown")

		phone := h.browser("192.0.2.3").signIn(t, "li", "a password")
		home.want(t, `PATCH /users/`+carer+` {"displayName":"Li"}`, 200, `"displayName":"Li"`)
		phone.want(t, "GET /sessions/current", 200, `"displayName":"Li"`)
		home.want(t, `PATCH /users/`+carer+` {"grants":[`+institutionGrant+`]}`, 403, "accounts.grant_refused")
		home.want(t, `PATCH /users/`+carer+` {"password":"another password"}`, 200, "li")
		phone.want(t, "GET /sessions/current", 401, "accounts.session_expired")
		phone.signIn(t, "li", "another password")
		home.want(t, `PATCH /users/`+carer+` {"disabled":true}`, 200, `"disabled":true`)
		phone.want(t, "GET /sessions/current", 401, "accounts.session_expired")
		h.browser("192.0.2.3").want(t, `POST /sessions {"username":"li","password":"another password"}`, 401, "accounts.wrong_credentials")

		me := home.want(t, "GET /sessions/current", 200, "home").field(t, "user", "id")
		home.want(t, `PATCH /users/`+me+` {"displayName":"H"}`, 403, "accounts.grant_refused")
		self := admin.want(t, "GET /sessions/current", 200, "admin").field(t, "user", "id")
		for _, own := range []string{`{"disabled":true}`, `{"password":"without the old one"}`, `{"secondFactor":false}`, `{"grants":[{"role":"admin"}]}`} {
			admin.want(t, `PATCH /users/`+self+` `+own, 409, "accounts.not_oneself")
		}
		admin.want(t, `PATCH /users/`+self+` {"displayName":"A"}`, 200, `"displayName":"A"`)
	})
}

func TestAChangeAndItsRowStandTogether(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin := h.admin(t)
		h.audit.fail = errors.New("the log is full")
		admin.want(t, draft("half", institutionGrant, ""), 500, "web.failure")
		h.audit.fail = nil
		if _, err := h.service.Find(t.Context(), "half"); !errors.Is(err, accounts.ErrUnknown) {
			t.Errorf("an account without its row: %v", err)
		}
	})
}

type slips struct {
	Items []struct{ PersonID, Username, Code, URL string }
}

func (b *browser) slip(t *testing.T, person string) (username, code string) {
	t.Helper()
	r := b.want(t, `POST /users/activations {"personIds":["`+person+`"]}`, 201, `https://cert.example/m/activate?code=`)
	var s slips
	must(t, json.Unmarshal([]byte(r.body), &s))
	return s.Items[0].Username, s.Items[0].Code
}

func TestSlips(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		home := h.add(t, "home", institutionGrant)
		home.want(t, `POST /users/activations {"personIds":["li","zhao"]}`, 404, "accounts.person_unknown")
		home.want(t, `POST /users/activations {"personIds":["gone"]}`, 404, "accounts.person_unknown")
		home.want(t, `POST /users/activations {"personIds":["li","li"]}`, 422, "body.personIds")
		home.want(t, "GET /users", 200, `"total":1`) // nothing half done
		username, void := home.slip(t, "li")
		again, code := home.slip(t, "li")
		if again != username {
			t.Errorf("a second slip names another account: %s, %s", username, again)
		}
		home.want(t, "GET /users", 200, `"activated":false`)
		phone := h.browser("192.0.2.3")
		redeem := func(code, password string) string {
			return `POST /public/activations {"code":"` + code + `","password":"` + password + `"}`
		}
		phone.want(t, redeem(void, "my password"), 404, "accounts.slip_unknown")
		phone.want(t, redeem("2222-3333-4444", "my password"), 404, "accounts.slip_unknown")
		phone.want(t, redeem(code, "short"), 422, "body.password")
		phone.want(t, redeem(strings.ToLower(strings.ReplaceAll(code, "-", " ")), "my password"), 201, `"grants":[{"role":"caregiver"}]`)
		phone.want(t, "GET /sessions/current", 200, `"personId":"li"`)
		phone.want(t, redeem(code, "my password"), 404, "accounts.slip_unknown")
		h.browser("192.0.2.4").signIn(t, username, "my password")

		_, code = home.slip(t, "li") // the password was forgotten
		phone.want(t, redeem(code, "new password"), 201, username)
		h.browser("192.0.2.4").want(t, `POST /sessions {"username":"`+username+`","password":"my password"}`, 401, "wrong")

		_, late := home.slip(t, "wang")
		h.later(14*24*time.Hour + time.Second)
		phone.want(t, redeem(late, "my password"), 404, "accounts.slip_unknown")
	})
}

func TestASlipHandsOverNoOffice(t *testing.T) {
	h := build(t, storetest.SQLite(t))
	officer := h.add(t, "officer", districtGrant, `,"personId":"li"`)
	home := h.add(t, "home", institutionGrant)
	username, code := home.slip(t, "li")
	if username == "officer" {
		t.Fatal("the slip is for the officer's account")
	}
	h.browser("192.0.2.3").want(t, `POST /public/activations {"code":"`+code+`","password":"my password"}`, 201, `"grants":[{"role":"caregiver"}]`)
	officer.want(t, "GET /sessions/current", 200, "officer")
	u, err := h.service.Find(t.Context(), username)
	must(t, err)
	h.admin(t).want(t, `PATCH /users/`+string(u.ID)+` {"grants":[`+institutionGrant+`]}`, 200, "institution")
	if again, _ := home.slip(t, "li"); again == username || again == "officer" {
		t.Errorf("a slip hands over %s, which has an office now", again)
	}
}

func TestParallelSlipsMakeOneAccount(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		home := h.add(t, "home", institutionGrant)
		names := make(chan string, 6)
		for range cap(names) {
			go func() {
				b := *home
				r := b.do(t, `POST /users/activations {"personIds":["li"]}`)
				var s slips
				if err := json.Unmarshal([]byte(r.body), &s); err != nil || len(s.Items) != 1 {
					t.Errorf("%d %s", r.status, r.body)
					names <- ""
					return
				}
				names <- s.Items[0].Username
			}()
		}
		first := <-names
		for range cap(names) - 1 {
			if n := <-names; n != first {
				t.Errorf("two accounts: %s, %s", first, n)
			}
		}
		home.want(t, "GET /users", 200, `"total":2`)
	})
}

func TestAccountsFollowTheirPerson(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		home1 := h.add(t, "home1", institutionGrant)
		home2 := h.add(t, "home2", strings.Replace(institutionGrant, "home-1", "home-2", 1))
		id := home1.want(t, draft("li", `{"role":"caregiver"}`, "li"), 201, "li").field(t, "id")
		home2.want(t, "GET /users/"+id, 404, "accounts.unknown")
		h.register["li"] = []kernel.OrganizationID{"home-2", "street-2", "district"}
		must(t, h.service.FollowPeople(t.Context(), []kernel.PersonID{"wang", "li"}))
		home1.want(t, "GET /users/"+id, 404, "accounts.unknown")
		home2.want(t, "GET /users/"+id, 200, "li")

		street := h.add(t, "street", streetGrant)
		h.places["home-2"] = []kernel.OrganizationID{"street-1", "district"}
		must(t, h.service.FollowMove(t.Context(), "home-2"))
		street.want(t, "GET /users", 200, `"username":"home2"`)
	})
}

func TestAccountsFollowAMerge(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		home := h.add(t, "home", institutionGrant)
		username, code := home.slip(t, "li")
		phone := h.browser("192.0.2.3")
		phone.want(t, `POST /public/activations {"code":"`+code+`","password":"my password"}`, 201, `"personId":"li"`)
		for range 2 { // facts may come twice
			must(t, h.service.FollowMerge(t.Context(), "wang", "li"))
		}
		phone.want(t, "GET /sessions/current", 200, `"personId":"wang"`)
		if again, _ := home.slip(t, "wang"); again != username {
			t.Errorf("a slip of the person who stays is for %s, not %s", again, username)
		}
	})
}

func TestBootstrap(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		if _, made, err := h.service.Bootstrap(t.Context(), ""); err != nil || made {
			t.Errorf("a second administrator: %v %v", made, err)
		}
	})
}

func TestAnAccountIsBuiltWhenItIsMade(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		built := func(since time.Time) bool {
			t.Helper()
			found, err := h.service.Built(t.Context(), "li", since)
			must(t, err)
			return found
		}
		if built(time.Time{}) {
			t.Error("nobody signs in")
		}
		h.admin(t).want(t, draft("li", `{"role":"caregiver"}`, "li"), 201, "li")
		made := h.Now().Truncate(time.Millisecond)
		if !built(time.Time{}) || !built(made) || built(made.Add(time.Millisecond)) {
			t.Error("an account")
		}
	})
}
