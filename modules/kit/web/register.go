package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
)

// register describes a route to huma and puts the guard before it.
func register[I, O any](r *Router, method, path string, status int, p Permission, h Handler[I, O], opts []Option) {
	op := r.operation(method, path, status, p, opts)
	op.Middlewares = huma.Middlewares{r.admit(p)}
	repeatable := method == http.MethodPost && !p.Open
	if repeatable {
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: "string", MaxLength: ptr(200)},
			Description: "a repeated request with the same key and body answers the first answer again",
		})
	}
	huma.Register(r.api, op, func(ctx context.Context, in *I) (*O, error) {
		ctx, cancel := context.WithTimeout(ctx, deadline)
		defer cancel()
		var out *O
		var err error
		if key, ok := replayOf(ctx); ok && repeatable {
			out, err = replay(ctx, r.replays, key, func(ctx context.Context) (*O, error) { return h(ctx, in) })
		} else {
			out, err = h(ctx, in)
		}
		if err != nil {
			return nil, problemOf(ctx, r.log, err)
		}
		return out, nil
	})
}

func ptr[T any](v T) *T { return &v }

// operation fills in what every route says of itself.
func (r *Router) operation(method, path string, status int, p Permission, opts []Option) huma.Operation {
	r.routes = append(r.routes, Route{Method: method, Path: Prefix + path, Permission: p})
	op := huma.Operation{
		Method: method, Path: path, OperationID: operationID(method, path), DefaultStatus: status,
		Tags: []string{p.Noun}, MaxBodyBytes: bodyLimit, BodyReadTimeout: -1,
		Errors: []int{http.StatusBadRequest, http.StatusUnprocessableEntity},
	}
	if !p.Open {
		op.Security = []map[string][]string{{"session": {}}, {"token": {}}}
		op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden)
		op.Description = fmt.Sprintf("Needs the verb %q on %q.", p.Verb, p.Noun)
	}
	if strings.Contains(path, "{") {
		op.Errors = append(op.Errors, http.StatusNotFound)
	}
	if method != http.MethodGet {
		op.Errors = append(op.Errors, http.StatusConflict)
	}
	for _, o := range opts {
		o(&op)
	}
	return op
}

// operationID is "get-people-id" for GET /people/{id}.
func operationID(method, path string) string {
	clean := strings.NewReplacer("/", "-", "{", "", "}", "", ".", "-").Replace(path)
	return strings.ToLower(method) + clean
}

// admit is the guard as huma middleware.
func (r *Router) admit(p Permission) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		c := humafiber.Unwrap(hc)
		ctx, err := r.enter(c, p)
		if err != nil {
			if err := sendProblem(c, problemOf(ctx, r.log, err)); err != nil {
				r.log.ErrorContext(ctx, "answer not written", "error", err)
			}
			return
		}
		if !strings.HasPrefix(string(c.Request().Header.ContentType()), fiber.MIMEMultipartForm) && len(c.Body()) > bodyLimit {
			_ = sendProblem(c, problemOf(ctx, r.log, errTooLarge)) // the peer may be gone
			return
		}
		if ctx, err = withReplay(ctx, c); err != nil {
			_ = sendProblem(c, problemOf(ctx, r.log, err)) // the peer may be gone
			return
		}
		next(huma.WithContext(hc, ctx))
	}
}

// enter passes a Fiber request through the guard.
func (r *Router) enter(c *fiber.Ctx, p Permission) (context.Context, error) {
	ctx := c.UserContext()
	if p.Open && !r.rates.public(c.IP()) {
		return ctx, errTooMany.With("retryAfter", 1)
	}
	bearer, _ := strings.CutPrefix(c.Get(fiber.HeaderAuthorization), "Bearer ")
	ctx, err := r.guard.enter(ctx, p, request{
		method: c.Method(), path: c.Path(), csrf: c.Get("X-CSRF-Token"),
		credentials: Credentials{Session: c.Cookies(SessionCookie), Bearer: bearer},
	})
	c.SetUserContext(ctx)
	return ctx, err
}

// Raw registers a route that needs Fiber itself: pages, streams, bare bytes.
// It passes the guard, stands in the role matrix and in OpenAPI. The path
// stands alone (not under Prefix) when it begins with "//".
func Raw(r *Router, method, path string, p Permission, h fiber.Handler, opts ...Option) {
	full := Prefix + path
	if bare, ok := strings.CutPrefix(path, "/"); ok && strings.HasPrefix(bare, "/") {
		full = bare
		r.routes = append(r.routes, Route{Method: method, Path: full, Permission: p})
	} else {
		op := r.operation(method, path, http.StatusOK, p, opts)
		op.Responses = map[string]*huma.Response{"200": {Description: "OK"}, "default": {Description: "a problem"}}
		for _, name := range pathParams(path) {
			op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: "string"}})
		}
		r.api.OpenAPI().AddOperation(&op)
	}
	fiberPath := strings.NewReplacer("{", ":", "}", "").Replace(full)
	r.app.Add(method, fiberPath, func(c *fiber.Ctx) error {
		if _, err := r.enter(c, p); err != nil {
			return err
		}
		return h(c)
	})
}

func pathParams(path string) []string {
	var out []string
	for _, part := range strings.Split(path, "{")[1:] {
		name, _, _ := strings.Cut(part, "}")
		out = append(out, name)
	}
	return out
}
