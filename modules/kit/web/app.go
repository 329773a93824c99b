package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/recover"
	"github.com/google/uuid"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Limits of the server.
const (
	UploadLimit  = 50 << 20 // of an uploaded file (CONTRACT §2)
	bodyLimit    = 1 << 20  // of any other body
	formOverhead = 1 << 20  // what multipart adds to a file
	deadline     = 60 * time.Second
	readTimeout  = 60 * time.Second
	idleTimeout  = 75 * time.Second
)

// Prefix of the API.
const Prefix = "/api/v1"

// SessionCookie carries the session's token.
const SessionCookie = "carecert_session"

// Config is what the web layer needs.
type Config struct {
	DB             *store.DB
	Clock          kernel.Clock
	Log            *slog.Logger
	Words          *Words
	Guard          *Guard
	TrustedProxies []string
	RateLimits     bool // off for benchmarks
	MetricsToken   string
	Version        string
}

// App is the HTTP server before it listens.
type App struct {
	Fiber  *fiber.App
	Router *Router
	cfg    Config
	meters *meters
}

// Router registers routes; each carries its permission.
type Router struct {
	app     *fiber.App
	api     huma.API
	guard   *Guard
	log     *slog.Logger
	words   *Words
	replays *replays
	routes  []Route
	rates   *rates
}

// Routes lists what was registered, in order of path and method.
func (r *Router) Routes() []Route {
	out := slices.Clone(r.routes)
	slices.SortFunc(out, func(a, b Route) int {
		if c := strings.Compare(a.Path, b.Path); c != 0 {
			return c
		}
		return strings.Compare(a.Method, b.Method)
	})
	return out
}

// NewApp makes the server: what every request passes, health and metrics, and
// a router for the modules.
func NewApp(cfg Config) *App {
	install()
	a := &App{cfg: cfg, meters: newMeters()}
	a.Fiber = fiber.New(fiber.Config{
		AppName: "CareCert", DisableStartupMessage: true, Immutable: true,
		BodyLimit: UploadLimit + formOverhead, ReadTimeout: readTimeout, IdleTimeout: idleTimeout,
		EnableTrustedProxyCheck: true, TrustedProxies: cfg.TrustedProxies, ProxyHeader: proxyHeader(cfg.TrustedProxies),
		EnableIPValidation: true, ErrorHandler: a.failed,
	})
	a.Fiber.Use(a.arrive, recover.New(), secure)
	a.Fiber.Get("/healthz", func(c *fiber.Ctx) error { return c.SendString("ok") })
	a.Fiber.Get("/readyz", a.ready)
	a.Fiber.Get("/metrics", a.metrics)
	a.Router = &Router{
		app: a.Fiber, guard: cfg.Guard, log: cfg.Log, words: cfg.Words,
		replays: openReplays(cfg.DB, cfg.Clock), rates: newRates(cfg.RateLimits),
	}
	a.Router.api = humafiber.NewWithGroup(a.Fiber, a.Fiber.Group(Prefix), a.apiConfig())
	a.Fiber.Get("/api/openapi.json", func(c *fiber.Ctx) error {
		spec, err := a.Router.OpenAPI()
		if err != nil {
			return err
		}
		c.Type("json")
		return c.Send(spec)
	})
	return a
}

func proxyHeader(trusted []string) string {
	if len(trusted) == 0 {
		return ""
	}
	return fiber.HeaderXForwardedFor
}

// Finish registers what answers when no route does. Call it after the modules
// and the pages have registered theirs.
func (a *App) Finish() {
	a.Fiber.Use(func(*fiber.Ctx) error { return errRoute })
}

func (a *App) apiConfig() huma.Config {
	c := huma.DefaultConfig("CareCert", a.cfg.Version)
	c.CreateHooks, c.DocsPath, c.OpenAPIPath, c.SchemasPath = nil, "", "", ""
	c.Servers = []*huma.Server{{URL: Prefix}}
	c.Info.Description = "Caregiver training, certification and subsidies. Percentages are strings with two decimals, truncated; " +
		"money is integer fen; hours are integer minutes; days are calendar days in Asia/Shanghai."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: SessionCookie},
		"token":   {Type: "http", Scheme: "bearer"},
	}
	json := huma.Format{
		Marshal:   huma.DefaultJSONFormat.Marshal,
		Unmarshal: huma.DefaultJSONFormat.Unmarshal,
	}
	c.Formats = map[string]huma.Format{"application/json": json, "json": json}
	c.DefaultFormat = "application/json"
	return c
}

// OpenAPI is the description of the API: the same bytes every time.
func (r *Router) OpenAPI() ([]byte, error) {
	return json.MarshalIndent(r.api.OpenAPI(), "", "  ")
}

// arrive gives the request its id, language and address, and logs it. Query
// strings may hold personal data and are not logged.
func (a *App) arrive(c *fiber.Ctx) error {
	started := a.cfg.Clock.Now()
	id := uuid.NewString()
	c.Set("X-Request-Id", id)
	ctx := kernel.WithActor(c.UserContext(), kernel.Actor{Request: id, Address: c.IP()})
	c.SetUserContext(WithVoice(ctx, a.cfg.Words, Negotiate(c.Get(fiber.HeaderAcceptLanguage))))
	err := c.Next()
	if err != nil {
		if err = a.failed(c, err); err != nil {
			return err
		}
	}
	took := a.cfg.Clock.Now().Sub(started)
	status := c.Response().StatusCode()
	a.meters.count(c.Method(), c.Route().Path, status, took)
	level := slog.LevelDebug
	if status >= http.StatusInternalServerError {
		level = slog.LevelError
	}
	a.cfg.Log.Log(c.UserContext(), level, "request", "method", c.Method(), "route", c.Route().Path, "status", status, "ms", took.Milliseconds(), "requestId", id)
	return nil
}

func secure(c *fiber.Ctx) error {
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("X-Frame-Options", "DENY")
	c.Set("Referrer-Policy", "no-referrer")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Permissions-Policy", "camera=(self), geolocation=(self)")
	c.Set("Content-Security-Policy", "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "+
		"img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'")
	if c.Protocol() == "https" {
		c.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if strings.HasPrefix(c.Path(), "/api/") {
		c.Set("Cache-Control", "no-store")
	}
	return c.Next()
}

// failed answers an error that reached Fiber: as a problem.
func (a *App) failed(c *fiber.Ctx, err error) error {
	var fe *fiber.Error
	if errors.As(err, &fe) {
		switch fe.Code {
		case http.StatusRequestEntityTooLarge:
			err = errTooLarge
		case http.StatusNotFound:
			err = errRoute
		case http.StatusMethodNotAllowed:
			err = errMethod
		case http.StatusBadRequest:
			err = errMalformed
		}
	}
	return sendProblem(c, problemOf(c.UserContext(), a.cfg.Log, err))
}

func sendProblem(c *fiber.Ctx, p *Problem) error {
	for k, v := range p.GetHeaders() {
		c.Set(k, v[0])
	}
	raw, err := p.MarshalJSON()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, p.ContentType(""))
	return c.Status(p.Status).Send(raw)
}

// MarshalJSON adds the further members.
func (p *Problem) MarshalJSON() ([]byte, error) {
	type plain Problem
	raw, err := json.Marshal((*plain)(p))
	if err != nil || len(p.fields) == 0 {
		return raw, err
	}
	more, err := json.Marshal(p.fields)
	if err != nil {
		return nil, err
	}
	return append(append(raw[:len(raw)-1], ','), more[1:]...), nil
}

func (a *App) ready(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), 2*time.Second)
	defer cancel()
	if err := a.cfg.DB.Ping(ctx); err != nil {
		return c.Status(http.StatusServiceUnavailable).SendString("database unreachable")
	}
	return c.SendString("ready")
}
