package accounts_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"carecert/modules/accounts"
	"carecert/modules/kernel"
	"carecert/modules/kit/access"
	"carecert/modules/kit/job"
	"carecert/modules/kit/lease"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/kit/web"
)

// The world: a district with two streets, a home in each, a school; people of
// the homes.

type places map[kernel.OrganizationID][]kernel.OrganizationID

func (p places) Cards(_ context.Context, ids []kernel.OrganizationID) (map[kernel.OrganizationID]kernel.OrganizationCard, error) {
	out := map[kernel.OrganizationID]kernel.OrganizationCard{}
	for _, id := range ids {
		if above, ok := p[id]; ok {
			kind, _, _ := strings.Cut(string(id), "-")
			kind = map[string]string{"district": "districtBureau", "street": "subdistrict", "home": "institution", "school": "trainingSchool"}[kind]
			out[id] = kernel.OrganizationCard{ID: id, Name: string(id), Kind: kind, Path: append([]kernel.OrganizationID{id}, above...)}
		}
	}
	return out, nil
}

type register map[kernel.PersonID][]kernel.OrganizationID

func (r register) Cards(_ context.Context, ids []kernel.PersonID) (map[kernel.PersonID]kernel.PersonCard, error) {
	out := map[kernel.PersonID]kernel.PersonCard{}
	for _, id := range ids {
		if reach, ok := r[id]; ok {
			card := kernel.PersonCard{ID: id, Name: "name of " + string(id), Reach: reach, Keepers: reach}
			if id == "gone" { // works elsewhere since: their record alone is read here
				card.Keepers = nil
			}
			out[id] = card
		}
	}
	return out, nil
}

type diary struct {
	mu   sync.Mutex
	acts []kernel.Act
	who  []kernel.Actor
	fail error
}

func (d *diary) Record(ctx context.Context, a kernel.Act) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.acts, d.who = append(d.acts, a), append(d.who, kernel.ActorFrom(ctx))
	return d.fail
}

func (d *diary) has(verb string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.ContainsFunc(d.acts, func(a kernel.Act) bool { return a.Verb == verb })
}

type plainSealer struct{}

func (plainSealer) Seal(purpose, plain string) string { return purpose + ":" + plain }

func (plainSealer) Open(purpose, sealed string) (string, error) {
	plain, ok := strings.CutPrefix(sealed, purpose+":")
	if !ok {
		return "", errors.New("sealed for another purpose")
	}
	return plain, nil
}

type house struct {
	db       *store.DB
	jobs     *job.Queue
	app      *web.App
	service  *accounts.Service
	audit    *diary
	places   places
	register register
	mu       sync.Mutex
	now      time.Time
}

func (h *house) Now() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.now }

func (h *house) later(d time.Duration) { h.mu.Lock(); defer h.mu.Unlock(); h.now = h.now.Add(d) }

const adminPassword = "correct horse"

func build(t *testing.T, db *store.DB) *house {
	t.Helper()
	h := &house{
		db: db, audit: &diary{}, now: time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC),
		places: places{
			"district": nil, "street-1": {"district"}, "street-2": {"district"}, "home-1": {"street-1", "district"},
			"home-2": {"street-2", "district"}, "school": {"district"},
		},
		register: register{
			"wang": {"home-1", "street-1", "district"}, "li": {"home-1", "street-1", "district"}, "zhao": {"home-2", "street-2", "district"},
			"gone": {"home-1", "street-1", "district"},
		},
	}
	files := os.DirFS("../../policies")
	words, err := web.LoadWords(files)
	must(t, err)
	policy, err := access.Load(files)
	must(t, err)
	h.jobs = job.New(db, lease.New(db, h), h, slog.New(slog.DiscardHandler))
	m, err := accounts.New(accounts.Deps{
		DB: db, Clock: h, Log: slog.New(slog.DiscardHandler), Audit: h.audit, People: h.register, Organizations: h.places,
		Sealer: plainSealer{}, Jobs: h.jobs, BaseURL: "https://cert.example",
	})
	must(t, err)
	h.service = m.Service
	h.app = web.NewApp(web.Config{
		DB: db, Clock: h, Log: slog.New(slog.DiscardHandler), Words: words, TrustedProxies: []string{"0.0.0.0"},
		Guard: &web.Guard{Authenticator: m.Service, Enforcer: policy},
	})
	m.Routes(h.app.Router)
	must(t, h.app.Finish())
	must(t, db.Ensure(t.Context()))
	_, made, err := m.Service.Bootstrap(t.Context(), adminPassword)
	if must(t, err); !made {
		t.Fatal("no first administrator")
	}
	return h
}

func each(t *testing.T, body func(t *testing.T, h *house)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) { body(t, build(t, db)) })
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// browser keeps cookies and the CSRF token like a page does, at an address.
type browser struct {
	h       *house
	address string
	cookies map[string]string
	csrf    string
	bearer  string
	key     string // Idempotency-Key
}

func (h *house) browser(address string) *browser {
	return &browser{h: h, address: address, cookies: map[string]string{}}
}

type reply struct {
	status int
	body   string
	header http.Header
}

func (r reply) field(t *testing.T, path ...string) string {
	t.Helper()
	var v any
	must(t, json.Unmarshal([]byte(r.body), &v))
	for _, p := range path {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	s, _ := v.(string)
	return s
}

// do sends "POST /sessions body".
func (b *browser) do(t *testing.T, line string) reply {
	t.Helper()
	parts := append(strings.SplitN(line, " ", 3), "")
	r := httptest.NewRequestWithContext(t.Context(), parts[0], web.Prefix+parts[1], strings.NewReader(parts[2]))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Forwarded-For", b.address)
	r.Header.Set("X-CSRF-Token", b.csrf)
	r.Header.Set("Idempotency-Key", b.key)
	if b.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+b.bearer)
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	res, err := b.h.app.Fiber.Test(r, -1)
	must(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(t, err)
	for _, c := range res.Cookies() {
		b.cookies[c.Name] = c.Value
		if c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return reply{res.StatusCode, string(body), res.Header}
}

func (b *browser) want(t *testing.T, line string, status int, present string) reply {
	t.Helper()
	r := b.do(t, line)
	if r.status != status || !strings.Contains(r.body, present) {
		t.Errorf("%.120s: %d %s, want %d with %s", line, r.status, r.body, status, present)
	}
	return r
}

func (b *browser) signIn(t *testing.T, username, password string) *browser {
	t.Helper()
	r := b.want(t, `POST /sessions {"username":"`+username+`","password":"`+password+`"}`, 201, `"csrfToken"`)
	b.csrf = r.field(t, "csrfToken")
	return b
}

func (h *house) admin(t *testing.T) *browser {
	t.Helper()
	return h.browser("192.0.2.1").signIn(t, "admin", adminPassword)
}

// add makes an account as the administrator and signs it in at an address.
func (h *house) add(t *testing.T, username, grants string, more ...string) *browser {
	t.Helper()
	h.admin(t).want(t, `POST /users {"username":"`+username+`","displayName":"D","password":"password of `+username+`","grants":[`+grants+`]`+strings.Join(more, "")+`}`, 201, username)
	return h.browser("192.0.2.2").signIn(t, username, "password of "+username)
}

const (
	districtGrant    = `{"role":"districtBureau","organizationId":"district"}`
	streetGrant      = `{"role":"subdistrict","organizationId":"street-1"}`
	institutionGrant = `{"role":"institution","organizationId":"home-1"}`
)
