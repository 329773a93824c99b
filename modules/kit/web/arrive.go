package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"
	"github.com/gofiber/fiber/v2/middleware/recover"
	"github.com/google/uuid"

	"carecert/modules/kernel"
)

// arrive gives the request its id, address, language and deadline, and logs
// how it went. Query strings may hold personal data and are not logged; a read,
// or a question of the public, that went well is logged for those who look for
// it only.
func (a *App) arrive(c *fiber.Ctx) error {
	started := a.cfg.Clock.Now()
	ctx, cancel := context.WithTimeout(c.UserContext(), deadline)
	defer cancel()
	id := a.greet(ctx, c)
	var err error
	if c.Get(fiber.HeaderContentEncoding) != "" { // a packed body may be any size when unpacked
		err = errMedia
	} else {
		err = c.Next()
	}
	if err != nil {
		if err = a.failed(c, err); err != nil {
			return err
		}
	}
	status, took := c.Response().StatusCode(), a.cfg.Clock.Now().Sub(started)
	a.meters.count(c.Method(), c.Route().Path, status, took)
	if a.Muted.Load() && status < http.StatusBadRequest {
		return nil
	}
	a.cfg.Log.Log(c.UserContext(), weight(c, status), "request",
		"method", c.Method(), "route", c.Route().Path, "status", status, "ms", took.Milliseconds(), "requestId", id)
	return nil
}

// greet gives the request its id, address and language.
func (a *App) greet(ctx context.Context, c *fiber.Ctx) (id string) {
	id = uuid.NewString()
	c.Set("X-Request-Id", id)
	ctx = kernel.WithActor(ctx, kernel.Actor{Request: id, Address: a.Router.address(c)})
	c.SetUserContext(WithVoice(ctx, a.cfg.Words, Negotiate(c.Get(fiber.HeaderAcceptLanguage))))
	return id
}

// openMark marks a request to an open route.
type openMark struct{}

func weight(c *fiber.Ctx, status int) slog.Level {
	switch {
	case status >= http.StatusInternalServerError:
		return slog.LevelError
	case status >= http.StatusBadRequest, unsafe(c.Method()) && c.Locals(openMark{}) == nil:
		return slog.LevelInfo
	default:
		return slog.LevelDebug
	}
}

// pack compresses answers, but for files that are packed already and streams,
// whose events would wait for more to pack.
func pack() fiber.Handler {
	return compress.New(compress.Config{Level: compress.LevelBestSpeed, Next: func(c *fiber.Ctx) bool {
		for _, packed := range []string{".pdf", ".png", ".xlsx", ".zip", ".woff2", "/stream", "/video"} {
			if strings.HasSuffix(c.Path(), packed) {
				return true
			}
		}
		return strings.Contains(c.Path(), "/materials/") // ranges are of the file as it is kept
	}})
}

// catch makes a panic a failure like any other, with its stack in the log.
func (a *App) catch() fiber.Handler {
	return recover.New(recover.Config{EnableStackTrace: true, StackTraceHandler: func(c *fiber.Ctx, e any) {
		a.cfg.Log.ErrorContext(c.UserContext(), "panic", "error", e, "stack", string(debug.Stack()),
			"requestId", kernel.ActorFrom(c.UserContext()).Request)
	}})
}

func secure(c *fiber.Ctx) error {
	c.Set("X-Content-Type-Options", "nosniff")
	c.Set("X-Frame-Options", "DENY")
	c.Set("Referrer-Policy", "no-referrer")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Permissions-Policy", "camera=(self), geolocation=(self)")
	c.Set("Content-Security-Policy", "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "+
		"img-src 'self' data: blob:; media-src 'self' https:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; frame-src blob:; frame-ancestors 'none'; base-uri 'self'; form-action 'self'")
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
	if kernel.ActorFrom(c.UserContext()).Request == "" { // it could not be read, and never arrived
		a.greet(c.UserContext(), c)
	}
	// Of an upload that was not read because nobody knew who sends it, that is said.
	if h := &c.Request().Header; errors.Is(err, fiber.ErrRequestEntityTooLarge) && isForm(h) && h.ContentLength() <= readUpload {
		if _, unknown := a.cfg.Guard.Authenticator.Authenticate(c.UserContext(), credentialsOf(h)); unknown != nil {
			err = unknown
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

func (a *App) ready(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), 2*time.Second)
	defer cancel()
	if err := a.cfg.DB.Ping(ctx); err != nil {
		return c.Status(http.StatusServiceUnavailable).SendString("database unreachable")
	}
	return c.SendString("ready")
}
