package accounts_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"carecert/modules/kit/store/storetest"
)

func TestSessions(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		b := h.browser("192.0.2.1")
		b.want(t, "GET /sessions/current", 401, "accounts.not_signed_in")
		r := b.want(t, `POST /sessions {"username":"Admin ","password":"`+adminPassword+`"}`, 201, `"grants":[{"role":"admin"}]`)
		b.csrf = r.field(t, "csrfToken")
		cookie := strings.Join(r.header.Values("Set-Cookie"), "\n")
		for _, part := range []string{"carecert_session=", "HttpOnly", "SameSite=Lax", "Secure", "carecert_device="} {
			if !strings.Contains(cookie, part) {
				t.Errorf("Set-Cookie lacks %s: %s", part, cookie)
			}
		}
		b.want(t, "GET /sessions/current", 200, `"csrfToken":"`+b.csrf+`"`)
		csrf := b.csrf
		b.csrf = ""
		b.want(t, "DELETE /sessions/current", 403, "web.csrf")
		b.csrf = csrf
		session := b.cookies["carecert_session"]
		b.want(t, "DELETE /sessions/current", 204, "")
		b.cookies["carecert_session"] = session
		b.want(t, "GET /sessions/current", 401, "accounts.session_expired")
		for _, verb := range []string{"signIn", "signOut"} {
			if !h.audit.has(verb) {
				t.Errorf("%s is not in the log", verb)
			}
		}
		must(t, h.db.ScanRaw(t.Context(), "accounts_sessions", func(_ string, body []byte) error {
			if strings.Contains(string(body), session) {
				t.Error("a session stands in clear")
			}
			return nil
		}))
	})
}

func TestSessionsEnd(t *testing.T) {
	h := build(t, storetest.SQLite(t))
	for _, c := range []struct {
		name  string
		steps []time.Duration
		last  int
	}{
		{"an office session lives while it is used", []time.Duration{90 * time.Minute, 90 * time.Minute, 90 * time.Minute}, 200},
		{"unused for more than two hours it is over", []time.Duration{121 * time.Minute}, 401},
		{"twelve hours end it all the same", []time.Duration{115 * time.Minute, 115 * time.Minute, 115 * time.Minute, 115 * time.Minute, 115 * time.Minute, 115 * time.Minute, 115 * time.Minute}, 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := h.admin(t)
			status := 0
			for _, step := range c.steps {
				h.later(step)
				status = b.do(t, "GET /sessions/current").status
			}
			if status != c.last {
				t.Errorf("%d, want %d", status, c.last)
			}
		})
	}
}

const wrongPassword = `{"username":"admin","password":"wrong password"}`

func TestGuessingIsSlowed(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.add(t, "office", institutionGrant) // from 192.0.2.2
		thief := h.browser("198.51.100.7")
		unknown := thief.want(t, `POST /sessions {"username":"nobody","password":"wrong password"}`, 401, "accounts.wrong_credentials")
		known := thief.want(t, "POST /sessions "+wrongPassword, 401, "accounts.wrong_credentials")
		if strings.Replace(unknown.body, unknown.header.Get("X-Request-Id"), "", 1) != strings.Replace(known.body, known.header.Get("X-Request-Id"), "", 1) {
			t.Errorf("the answer tells who exists: %s %s", unknown.body, known.body)
		}
		for range 4 {
			thief.want(t, "POST /sessions "+wrongPassword, 401, "wrong_credentials")
		}
		slowed := thief.want(t, "POST /sessions "+wrongPassword, 429, "accounts.slow_down")
		wait, err := strconv.Atoi(slowed.header.Get("Retry-After"))
		if err != nil || wait < 1 {
			t.Fatalf("Retry-After %q", slowed.header.Get("Retry-After"))
		}
		thief.want(t, `POST /sessions {"username":"admin","password":"`+adminPassword+`"}`, 429, "slow_down")
		h.browser("198.51.100.7").signIn(t, "office", "password of office") // a colleague at the same address
		h.browser("192.0.2.99").signIn(t, "admin", adminPassword)           // the user at another
		h.later(time.Duration(wait) * time.Second)
		thief.signIn(t, "admin", adminPassword) // the slowed one after the wait
		if !h.audit.has("signInFailed") {
			t.Error("failures are not in the log")
		}
	})
}

func TestGuessingAtOnceIsSlowedAsOneAfterTheOther(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var wrong, slowed atomic.Int32
		var all sync.WaitGroup
		for range 30 {
			thief := h.browser("198.51.100.7")
			all.Go(func() {
				switch status := thief.do(t, "POST /sessions "+wrongPassword).status; status {
				case http.StatusUnauthorized:
					wrong.Add(1)
				case http.StatusTooManyRequests:
					slowed.Add(1)
				default:
					t.Errorf("answered %d", status)
				}
			})
		}
		all.Wait()
		if wrong.Load() != 5 || slowed.Load() != 25 {
			t.Errorf("%d weighed, %d slowed", wrong.Load(), slowed.Load())
		}
	})
}

func TestManyStrangersDoNotStopTheUser(t *testing.T) {
	h := build(t, storetest.SQLite(t))
	desk := h.admin(t) // 192.0.2.1 and this browser are the user's own
	for i := range 30 {
		h.browser("198.51.100."+strconv.Itoa(i)).want(t, "POST /sessions "+wrongPassword, 401, "wrong")
	}
	h.browser("203.0.113.1").want(t, "POST /sessions "+wrongPassword, 429, "slow_down")
	h.browser("192.0.2.1").signIn(t, "admin", adminPassword)
	for range 6 { // somebody at the user's own address
		h.browser("192.0.2.1").do(t, "POST /sessions "+wrongPassword)
	}
	h.browser("192.0.2.1").want(t, `POST /sessions {"username":"admin","password":"`+adminPassword+`"}`, 429, "slow_down")
	desk.signIn(t, "admin", adminPassword) // the browser they have used before
}

func TestChangingThePassword(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		one, other := h.admin(t), h.admin(t)
		one.want(t, `PUT /users/me/password {"current":"not this one","new":"battery staple"}`, 422, "body.current")
		one.want(t, `PUT /users/me/password {"current":"`+adminPassword+`","new":"short"}`, 422, "body.new")
		one.want(t, `PUT /users/me/password {"current":"`+adminPassword+`","new":"battery staple"}`, 200, "true")
		one.want(t, "GET /sessions/current", 200, "admin")
		other.want(t, "GET /sessions/current", 401, "accounts.session_expired")
		h.browser("192.0.2.1").want(t, `POST /sessions {"username":"admin","password":"`+adminPassword+`"}`, 401, "wrong")
		h.browser("192.0.2.1").signIn(t, "admin", "battery staple")
	})
}

func TestTokens(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		desk := h.admin(t)
		desk.want(t, `POST /tokens {"name":"script","expiresAt":"2026-03-01T00:00:00Z"}`, 422, "accounts.token_expiry")
		desk.key = "same"
		made := desk.want(t, `POST /tokens {"name":"script","expiresAt":"2026-03-03T00:00:00Z"}`, 201, `"token"`)
		again := desk.want(t, `POST /tokens {"name":"script","expiresAt":"2026-03-03T00:00:00Z"}`, 201, `"token"`)
		if made.body != again.body {
			t.Errorf("the same key made another token: %s %s", made.body, again.body)
		}
		secret := made.field(t, "token")
		must(t, h.db.ScanRaw(t.Context(), "web_replays", func(_ string, body []byte) error {
			if strings.Contains(string(body), secret) {
				t.Error("the token stands in clear in the record of the answer")
			}
			return nil
		}))
		script := h.browser("192.0.2.5")
		script.bearer = secret
		script.want(t, `POST /users {"username":"made","displayName":"D","password":"a password","grants":[{"role":"auditor"}]}`, 201, "made")
		script.want(t, "GET /tokens", 200, `"name":"script"`)
		h.later(24 * time.Hour)
		script.want(t, "GET /sessions/current", 401, "accounts.session_expired")
		gone, err := h.service.Aged()["tokens"].Remove(t.Context(), h.Now())
		if err != nil || gone != 1 {
			t.Errorf("%d tokens are gone, %v", gone, err)
		}
		desk = h.admin(t)
		second := desk.want(t, `POST /tokens {"name":"other","expiresAt":"2026-04-01T00:00:00Z"}`, 201, `"token"`)
		script.bearer = second.field(t, "token")
		script.want(t, "GET /tokens", 200, `"total":1`)
		h.add(t, "office", institutionGrant).want(t, "DELETE /tokens/"+second.field(t, "id"), 404, "accounts.token_unknown")
		desk.want(t, "DELETE /tokens/"+second.field(t, "id"), 204, "")
		script.want(t, "GET /tokens", 401, "accounts.session_expired")
	})
}

func TestALostDevice(t *testing.T) {
	h := build(t, storetest.SQLite(t))
	office := h.add(t, "office", institutionGrant)
	uri := office.want(t, "POST /users/me/second-factor", 200, "otpauth://").field(t, "uri")
	_, rest, _ := strings.Cut(uri, "secret=")
	secret, _, _ := strings.Cut(rest, "&")
	code, err := totp.GenerateCode(secret, h.Now())
	must(t, err)
	office.want(t, `PUT /users/me/second-factor {"code":"`+code+`"}`, 200, "true")
	id := office.want(t, "GET /sessions/current", 200, "office").field(t, "user", "id")
	h.admin(t).want(t, `PATCH /users/`+id+` {"secondFactor":false}`, 200, `"secondFactor":false`)
	h.browser("192.0.2.9").signIn(t, "office", "password of office")
}

func TestSigningInAtOnce(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		replies := make(chan reply, 8)
		for i := range cap(replies) {
			go func() {
				replies <- h.browser("192.0.2."+strconv.Itoa(10+i)).do(t, `POST /sessions {"username":"admin","password":"`+adminPassword+`"}`)
			}()
		}
		for range cap(replies) {
			if r := <-replies; r.status != 201 {
				t.Errorf("%d %s", r.status, r.body)
			}
		}
	})
}

func TestSecondFactor(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		desk := h.admin(t)
		desk.want(t, `PUT /users/me/second-factor {"code":"000000"}`, 409, "accounts.second_factor_not_begun")
		uri := desk.want(t, "POST /users/me/second-factor", 200, "otpauth://").field(t, "uri")
		_, rest, _ := strings.Cut(uri, "secret=")
		secret, _, _ := strings.Cut(rest, "&")
		code := func() string {
			c, err := totp.GenerateCode(secret, h.Now())
			must(t, err)
			return c
		}
		wrong := func() string {
			if code() == "000000" {
				return "111111"
			}
			return "000000"
		}
		desk.want(t, `PUT /users/me/second-factor {"code":"`+wrong()+`"}`, 422, "accounts.otp_wrong")
		desk.want(t, `PUT /users/me/second-factor {"code":"`+code()+`"}`, 200, "true")
		login := func(otp string) string {
			return `POST /sessions {"username":"admin","password":"` + adminPassword + `"` + otp + `}`
		}
		b := h.browser("192.0.2.1")
		b.want(t, login(""), 401, "accounts.second_factor_required")
		b.want(t, login(`,"otp":"`+wrong()+`"`), 401, "accounts.wrong_credentials")
		b.want(t, login(`,"otp":"`+code()+`"`), 201, `"secondFactor":true`)
		b.want(t, login(`,"otp":"`+code()+`"`), 401, "accounts.wrong_credentials") // a code is good once
		h.later(time.Minute)
		b.want(t, login(`,"otp":"`+code()+`"`), 201, `"secondFactor":true`)
		me := desk.want(t, "GET /sessions/current", 200, "admin").field(t, "user", "id")
		desk.want(t, `PATCH /users/`+me+` {"secondFactor":true}`, 422, "body.secondFactor")
		desk.want(t, `POST /users/me/second-factor/end {"code":"`+code()+`"}`, 200, "true")
		h.browser("192.0.2.1").signIn(t, "admin", adminPassword)
	})
}

// TestAnotherPasswordEndsTheTokens: whoever held the old password may have made
// tokens with it, which would outlive it by years.
func TestAnotherPasswordEndsTheTokens(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		home := h.add(t, "home", institutionGrant)
		username, code := home.slip(t, "li")
		phone, script := h.browser("192.0.2.3"), h.browser("192.0.2.5")
		redeem := func(code string) {
			phone.want(t, `POST /public/activations {"code":"`+code+`","password":"my password"}`, 201, username)
			phone.signIn(t, username, "my password")
		}
		token := func() {
			script.bearer = phone.want(t, `POST /tokens {"name":"t","expiresAt":"2027-01-01T00:00:00Z"}`, 201, "token").field(t, "token")
			script.want(t, "GET /sessions/current", 200, username)
		}
		redeem(code)
		token()
		_, again := home.slip(t, "li")
		redeem(again)
		script.want(t, "GET /sessions/current", 401, "accounts.session_expired")
		token()
		u, err := h.service.Find(t.Context(), username)
		must(t, err)
		home.want(t, `PATCH /users/`+string(u.ID)+` {"password":"reset for them"}`, 200, username)
		script.want(t, "GET /sessions/current", 401, "accounts.session_expired")
	})
}
