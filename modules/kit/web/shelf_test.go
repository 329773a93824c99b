package web_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
)

// A shelf of jars: a module as small as can be.

type jarDoc struct {
	store.Doc `bson:",inline"`
	Label     string `bson:"label"`
}

type jarView struct {
	ID    string            `json:"id"`
	Label string            `json:"label"`
	Level kernel.SkillLevel `json:"level,omitempty"`
	Since kernel.Date       `json:"since"`
}

type fruit struct {
	Kinds []string `json:"kinds" minItems:"1"`
}

type putInput struct {
	Body struct {
		Label    string            `json:"label" minLength:"2" maxLength:"10"`
		IDNumber string            `json:"idNumber,omitempty" maxLength:"18"`
		Since    kernel.Date       `json:"since,omitempty"`
		Level    kernel.SkillLevel `json:"level,omitempty"`
		Tint     string            `json:"tint,omitempty" enum:"red,blue"`
		Fruits   []fruit           `json:"fruits,omitempty" minItems:"1"`
		Shelves  []string          `json:"shelves,omitempty" uniqueItems:"true"`
	}
}

type JarInput struct {
	ID string `path:"id" maxLength:"64"`
}

type relabelInput struct {
	JarInput
	web.IfMatch
	Body struct {
		Label string `json:"label" minLength:"2" maxLength:"10"`
	}
}

type listInput struct {
	web.PageInput
	Before kernel.Date `query:"before" maxLength:"10"`
}

type shelf struct {
	jars    *store.Collection[jarDoc]
	db      *store.DB
	steeped atomic.Int32 // how often First ran
	inTx    atomic.Bool  // whether it ever ran inside a transaction
}

func (s *shelf) routes(r *web.Router) {
	web.Post(r, "/jars", web.May("jar", "create"), s.create, web.First(s.steep), web.Summary("Put a jar"))
	web.Get(r, "/jars", web.May("jar", "list"), s.list, web.Summary("The jars"))
	web.Get(r, "/jars/{id}", web.May("jar", "read"), s.read, web.Summary("One jar"))
	web.Patch(r, "/jars/{id}", web.May("jar", "update"), s.relabel, web.Summary("Relabel a jar"))
	web.Delete(r, "/jars/{id}", web.May("jar", "delete"), s.remove, web.Summary("Break a jar"))
	web.Act(r, "/jars/spills", web.May("jar", "create"), s.spill, web.Summary("Fail"))
	web.Act(r, "/jars/slips", web.May("jar", "create"), s.slip, web.Summary("Panic"))
	web.Get(r, "/public/jars/{id}", web.Public("jar", "look"), s.read, web.Summary("Look at a jar"), web.Pace(60, 3))
	web.Raw(r, http.MethodGet, "/jars/{id}/label.txt", web.May("jar", "read"), func(c *fiber.Ctx) error {
		return c.SendString(strings.Repeat("label of "+c.Params("id")+"\n", 50))
	}, web.Summary("The label"))
	web.Raw(r, http.MethodGet, "//j/{id}", web.Public("jar", "look"), func(c *fiber.Ctx) error {
		return c.SendString(web.Language(c.UserContext()))
	})
}

func (s *shelf) steep(ctx context.Context, _ *putInput) error {
	s.steeped.Add(1)
	if store.InTx(ctx) {
		s.inTx.Store(true)
	}
	return nil
}

func view(d jarDoc) jarView { return jarView{ID: d.ID, Label: d.Label, Since: "2025-06-30"} }

func (s *shelf) create(ctx context.Context, in *putInput) (*web.Versioned[jarView], error) {
	d := jarDoc{Doc: store.Doc{ID: kernel.NewID(), Version: 1}, Label: in.Body.Label}
	err := s.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.jars.Insert(ctx, d); err != nil {
			return err
		}
		if d.Label == "full" {
			return fault.New(fault.Conflict, "web.changed_meanwhile").With("personId", "p1")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(view(d), 1), nil
}

func (s *shelf) read(ctx context.Context, in *JarInput) (*web.Versioned[jarView], error) {
	d, err := s.jars.Get(ctx, in.ID)
	if err != nil {
		return nil, fault.ErrNotFound
	}
	return web.AnswerVersion(view(d), d.Version), nil
}

func (s *shelf) list(ctx context.Context, in *listInput) (*web.Body[web.List[jarView]], error) {
	q := store.Query{Index: "label", Limit: in.Limit, After: in.Cursor}
	p, err := s.jars.Find(ctx, q)
	if err != nil {
		return nil, err
	}
	n, more, err := s.jars.Count(ctx, q, web.CountLimit)
	var items []jarView
	for _, d := range p.Items {
		items = append(items, view(d))
	}
	return web.Answer(web.NewList(items, p.Next, n, more)), err
}

func (s *shelf) relabel(ctx context.Context, in *relabelInput) (*web.Versioned[jarView], error) {
	d, err := s.jars.Get(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := web.Check(in.IfMatch.IfMatch, d.Version); err != nil {
		return nil, err
	}
	d.Label = in.Body.Label
	if err := s.jars.Replace(ctx, &d); err != nil {
		return nil, err
	}
	return web.AnswerVersion(view(d), d.Version), nil
}

func (s *shelf) remove(ctx context.Context, in *JarInput) (*struct{}, error) {
	return nil, s.jars.Delete(ctx, in.ID, 0)
}

func (s *shelf) spill(context.Context, *struct{}) (*web.Body[jarView], error) {
	return nil, errors.New("the pantry is on fire: secret-detail")
}

func (s *shelf) slip(context.Context, *struct{}) (*web.Body[jarView], error) { panic("slipped") }

// doorman knows tokens and sessions that are the name of their user, and one
// line of policy.
type doorman struct{ denied atomic.Int32 }

func (d *doorman) Authenticate(_ context.Context, c web.Credentials) (web.Identity, error) {
	name := c.Bearer + c.Session
	role := kernel.RoleInstitution
	switch name {
	case "", "stranger":
		return web.Identity{}, fault.New(fault.Unauthenticated, "accounts.not_signed_in")
	case "guest":
		role = kernel.RoleCaregiver
	}
	grants := []kernel.Grant{{Role: role, Organization: "home"}}
	return web.Identity{Actor: kernel.Actor{User: kernel.UserID(name), Grants: grants}, CSRF: "csrf-" + name}, nil
}

func (d *doorman) Decide(role kernel.Role, _, verb string) (string, bool) {
	switch {
	case role == "public" && verb == "look":
		return "public", true
	case role == kernel.RoleInstitution:
		return web.ScopeTree, true
	case role == kernel.RoleCaregiver && verb == "read":
		return web.ScopeSelf, true
	default:
		return "", false
	}
}

func (d *doorman) Denied(context.Context, web.Permission, string) { d.denied.Add(1) }

type site struct {
	*shelf
	*doorman
	app *web.App
	log *strings.Builder
}

func newSite(t *testing.T, db *store.DB, change func(*web.Config)) site {
	t.Helper()
	words, err := web.LoadWords(os.DirFS("../../../policies"))
	must(t, err)
	s := site{doorman: &doorman{}, log: &strings.Builder{}, shelf: &shelf{db: db}}
	s.jars = store.Open[jarDoc](db, store.Spec{Name: "test_jars", Indexes: []store.Index{{Name: "label", Fields: []string{"label"}}}})
	cfg := web.Config{
		DB: db, Clock: kernel.ClockFunc(time.Now), Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Words: words, Guard: &web.Guard{Authenticator: s.doorman, Enforcer: s.doorman, Denials: s.doorman}, Version: "1",
	}
	if change != nil {
		change(&cfg)
	}
	s.app = web.NewApp(cfg)
	s.routes(s.app.Router)
	must(t, s.app.Finish())
	must(t, db.Ensure(t.Context()))
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// call sends a request: "POST /jars body" under the API's prefix, "GET //j/1"
// beside it; headers are "Name: value".
func (s site) call(t *testing.T, line string, headers ...string) (*http.Response, string) {
	t.Helper()
	parts := append(strings.SplitN(line, " ", 3), "")
	path, bare := strings.CutPrefix(parts[1], "//")
	if path = "/" + path; !bare {
		path = web.Prefix + parts[1]
	}
	r := httptest.NewRequestWithContext(t.Context(), parts[0], path, strings.NewReader(parts[2]))
	if parts[2] != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	res, err := s.app.Fiber.Test(r, -1)
	must(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(t, err)
	return res, string(body)
}

const (
	anna  = "Authorization: Bearer anna"
	berta = "Authorization: Bearer berta"
	guest = "Authorization: Bearer guest"
)
