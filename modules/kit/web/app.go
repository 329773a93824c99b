package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Limits of the server.
const (
	UploadLimit  = 50 << 20 // of an uploaded file (CONTRACT §2)
	bodyLimit    = 1 << 20  // of any other body
	formOverhead = 1 << 20  // what multipart adds to a file
	readUpload   = 96 << 20 // what is read of an upload before the connection is cut,
	readOther    = 8 << 20  // and of anything else: within it, too much is told as 413
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
	TrustedProxies []string // addresses and networks whose X-Forwarded-For is believed
	RateLimits     bool     // off for benchmarks
	MetricsToken   string
	Version        string
}

// App is the HTTP server before it listens.
type App struct {
	Fiber  *fiber.App
	Router *Router
	Muted  atomic.Bool // while set, what went well is not logged: the program is filling its own database
	cfg    Config
	meters *meters
}

// NewApp makes the server: what every request passes, health and metrics, and
// a router for the modules.
func NewApp(cfg Config) *App {
	install()
	trusted, err := networks(cfg.TrustedProxies)
	a := &App{cfg: cfg, meters: newMeters(), Router: &Router{
		guard: cfg.Guard, log: cfg.Log, words: cfg.Words, trusted: trusted,
		replays: openReplays(cfg.DB, cfg.Clock), rates: newRates(cfg.RateLimits), streams: newStreams(),
	}}
	if err != nil {
		a.Router.wrong = append(a.Router.wrong, err)
	}
	a.Fiber = fiber.New(fiber.Config{
		AppName: "CareCert", DisableStartupMessage: true, Immutable: true,
		BodyLimit: readOther, ReadTimeout: readTimeout, IdleTimeout: idleTimeout,
		EnableTrustedProxyCheck: true, TrustedProxies: cfg.TrustedProxies, ErrorHandler: a.failed,
	})
	a.Fiber.Server().HeaderReceived = a.readLimit
	a.Fiber.Use(a.arrive, pack(), a.catch(), secure)
	a.Fiber.Get("/healthz", func(c *fiber.Ctx) error { return c.SendString("ok") })
	a.Fiber.Get("/readyz", a.ready)
	a.Fiber.Get("/metrics", a.metrics)
	a.Router.app = a.Fiber
	a.Router.api = humafiber.NewWithGroup(a.Fiber, a.Fiber.Group(Prefix), a.Router.apiConfig(cfg.Version))
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

// readLimit lets only those who are signed in send something large: a body is
// read before the router has its word.
func (a *App) readLimit(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
	if isForm(h) && a.cfg.Guard.Authenticator != nil {
		ctx, cancel := context.WithTimeout(context.Background(), knowing) //nolint:forbidigo // fasthttp hands over a header, and no context
		defer cancel()
		if _, err := a.cfg.Guard.Authenticator.Authenticate(ctx, credentialsOf(h)); err == nil {
			return fasthttp.RequestConfig{MaxRequestBodySize: readUpload}
		}
	}
	return fasthttp.RequestConfig{}
}

// knowing is how long it may take to know who sends something large.
const knowing = 2 * time.Second

func isForm(h *fasthttp.RequestHeader) bool {
	return bytes.HasPrefix(h.ContentType(), []byte(fiber.MIMEMultipartForm))
}

func credentialsOf(h *fasthttp.RequestHeader) Credentials {
	bearer, ok := strings.CutPrefix(string(h.Peek(fiber.HeaderAuthorization)), "Bearer ")
	if !ok {
		bearer = ""
	}
	return Credentials{Session: string(h.Cookie(SessionCookie)), Bearer: bearer}
}

// Finish tells what is wrong with the routes, once all are registered: the
// server does not start with one that is open without the policy's word, or
// that stands twice.
func (a *App) Finish() error { return errors.Join(a.Router.wrong...) }

// Aged are what is kept for a time, by kind (policies/rules/retention.yaml):
// answers to requests with an Idempotency-Key.
func (a *App) Aged() map[string]store.Aged {
	return map[string]store.Aged{"replays": store.Aging(a.Router.replays.docs, "recorded")}
}
