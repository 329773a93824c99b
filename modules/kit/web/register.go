package web

import (
	"context"
	"fmt"
	"net/http"
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"carecert/modules/kernel"
)

// register describes a route to huma and puts the guard before it.
func register[I, O any](r *Router, method, path string, status int, p Permission, h Handler[I, O], opts []Option) {
	op := r.operation(method, path, status, p, opts)
	if !r.enrol(method, Prefix+path, p) {
		return
	}
	if takesForm(reflect.TypeFor[I]()) {
		op.Metadata[metaForm] = true
	}
	repeatable := method == http.MethodPost && !p.Open
	op.Middlewares = huma.Middlewares{r.admit(p, &op, repeatable)}
	if repeatable {
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: "Idempotency-Key", In: "header", Schema: &huma.Schema{Type: huma.TypeString, MaxLength: ptr(maxKey)},
			Description: "a repeated request with the same key and body answers the first answer again",
		})
	}
	first, err := firstOf[I](op)
	if err != nil {
		r.wrong = append(r.wrong, err)
	}
	r.naming = packageOf[I, O]()
	r.wrong = append(r.wrong, unseen(reflect.TypeFor[I]())...)
	huma.Register(r.api, op, func(ctx context.Context, in *I) (out *O, err error) {
		begin(ctx)
		if err = legible(in); err == nil && first != nil {
			err = first(ctx, in)
		}
		key, keyed := replayOf(ctx)
		switch {
		case err != nil:
		case keyed:
			out, err = replay(ctx, r.replays, key, func(ctx context.Context) (*O, error) { return h(ctx, in) })
		default:
			out, err = h(ctx, in)
		}
		if err != nil {
			return nil, r.refusal(ctx, p, path, err)
		}
		return out, nil
	})
}

// refusal is the problem that answers err; the operation log hears of what was
// unknown or out of reach.
func (r *Router) refusal(ctx context.Context, p Permission, path string, err error) *Problem {
	problem := problemOf(ctx, r.log, err)
	if problem.Status == http.StatusNotFound && !p.Open && r.guard.Denials != nil {
		r.guard.Denials.Denied(ctx, p, path)
	}
	return problem
}

// packageOf names whose route it is, by whichever type has a name.
func packageOf[I, O any]() string {
	for _, t := range []reflect.Type{reflect.TypeFor[I](), reflect.TypeFor[O]()} {
		if ownerOf(t.PkgPath()) != "" {
			return path.Base(t.PkgPath())
		}
	}
	return ""
}

// unseen names embedded parts of an input that huma passes over, because their
// types are not exported: their parameters would stay empty.
func unseen(input reflect.Type) (out []error) {
	for i := range input.NumField() {
		if f := input.Field(i); f.Anonymous && !f.IsExported() {
			out = append(out, fmt.Errorf("web: %s embeds %s, which must be exported to be read", input, f.Name))
		}
	}
	return out
}

const metaForm = "form"

// takesForm tells inputs that are forms with files. huma reads them without a
// look at the media type, and would call another one a wrong field.
func takesForm(input reflect.Type) bool {
	f, ok := input.FieldByName("RawBody")
	return ok && f.Type != reflect.TypeFor[[]byte]()
}

func sendsForm(c *fiber.Ctx) bool {
	return strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEMultipartForm)
}

const metaFirst = "first"

// First does work of a Post or Act before its transaction, for with an
// Idempotency-Key the handler runs inside one: hashing, rendering, reading a
// file. It leaves what it made in the input. I is the handler's.
func First[I any](work func(context.Context, *I) error) Option {
	return func(o *huma.Operation) { o.Metadata[metaFirst] = work }
}

func firstOf[I any](op huma.Operation) (func(context.Context, *I) error, error) {
	v, ok := op.Metadata[metaFirst]
	if !ok {
		return nil, nil
	}
	work, ok := v.(func(context.Context, *I) error)
	if !ok {
		return nil, fmt.Errorf("web: %s takes another input than its First: %T", op.OperationID, v)
	}
	return work, nil
}

const metaReady = "ready"

// Ready answers what can be answered with bytes that stand ready, once the
// guard has let the request in; what it leaves (done is false) is parsed,
// validated and handled as ever. For paths that many strangers ask.
func Ready(answer func(c *fiber.Ctx) (done bool, err error)) Option {
	return func(o *huma.Operation) { o.Metadata[metaReady] = answer }
}

// admit is the guard as huma middleware.
func (r *Router) admit(p Permission, op *huma.Operation, repeatable bool) func(huma.Context, func(huma.Context)) {
	ready, quick := op.Metadata[metaReady].(func(*fiber.Ctx) (bool, error))
	return func(hc huma.Context, next func(huma.Context)) {
		c := humafiber.Unwrap(hc)
		ctx, err := r.enter(c, p, op)
		if err == nil && repeatable {
			ctx, err = withReplay(ctx, c)
		}
		done := false
		if err == nil && quick {
			done, err = ready(c)
		}
		if done && err == nil {
			return
		}
		if err != nil {
			if err := sendProblem(c, problemOf(ctx, r.log, err)); err != nil {
				r.log.ErrorContext(ctx, "answer not written", "error", err)
			}
			return
		}
		begun := false
		defer func() {
			if begun {
				return // a failure of ours
			}
			// huma cannot bear every body: it looks for twins in a list before it
			// looks at what the items are, and objects cannot be looked up.
			if p := recover(); p != nil {
				r.log.WarnContext(ctx, "body not validated", "cause", p)
				if err := sendProblem(c, problemOf(ctx, r.log, errInvalid)); err != nil {
					r.log.ErrorContext(ctx, "answer not written", "error", err)
				}
			}
		}()
		next(huma.WithContext(hc, context.WithValue(withAnswer(ctx, c), begunKey{}, &begun)))
	}
}

type begunKey struct{}

// begin notes that the request is read and its handler has the word.
func begin(ctx context.Context) {
	if begun, ok := ctx.Value(begunKey{}).(*bool); ok {
		*begun = true
	}
}

// enter passes a request through the guard, and its body by the limit.
func (r *Router) enter(c *fiber.Ctx, p Permission, op *huma.Operation) (context.Context, error) {
	ctx := c.UserContext()
	if p.Open {
		c.Locals(openMark{}, true)
	}
	if err := r.rates.admit(ctx, p, op); err != nil {
		return ctx, err
	}
	ctx, err := r.guard.enter(ctx, p, request{
		method: c.Method(), path: c.Path(), csrf: c.Get("X-CSRF-Token"),
		credentials: credentialsOf(&c.Request().Header),
	})
	c.SetUserContext(ctx)
	if err == nil && !p.Open {
		err = r.rates.own(op, string(kernel.ActorFrom(ctx).User))
	}
	if _, form := op.Metadata[metaForm]; err == nil && form && !sendsForm(c) {
		err = errMedia
	}
	if err == nil && int64(len(c.BodyRaw())) > bodyAllowed(c, op) {
		err = errTooLarge
	}
	return ctx, err
}

// bodyAllowed is what the route says; a form may be packed around a file.
func bodyAllowed(c *fiber.Ctx, op *huma.Operation) int64 {
	limit := int64(bodyLimit)
	if op.MaxBodyBytes > 0 {
		limit = op.MaxBodyBytes
	}
	if limit > bodyLimit && sendsForm(c) {
		limit += formOverhead
	}
	return limit
}

const metaTold = "told"

// Told says a refusal of a raw route as a page: for paths that people open,
// not programs. The status and Retry-After are as ever.
func Told(page func(ctx context.Context, p *Problem) ([]byte, error)) Option {
	return func(o *huma.Operation) { o.Metadata[metaTold] = page }
}

// tell answers a refusal, as a page where the route has one.
func (r *Router) tell(c *fiber.Ctx, op *huma.Operation, problem *Problem) error {
	page, ok := op.Metadata[metaTold].(func(context.Context, *Problem) ([]byte, error))
	if !ok {
		return problem
	}
	out, err := page(c.UserContext(), problem)
	if err != nil {
		return err
	}
	for name := range problem.GetHeaders() {
		c.Set(name, problem.GetHeaders().Get(name))
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Status(problem.Status).Send(out)
}

// Raw registers a route that needs Fiber itself: pages, streams, bare bytes.
// It passes the guard, stands in the role matrix and in OpenAPI. The path
// stands alone (not under Prefix, nor in OpenAPI) when it begins with "//".
func Raw(r *Router, method, path string, p Permission, h fiber.Handler, opts ...Option) {
	op := r.operation(method, path, http.StatusOK, p, opts)
	full := Prefix + path
	bare, alone := strings.CutPrefix(path, "/")
	if alone = alone && strings.HasPrefix(bare, "/"); alone {
		full = bare
	}
	if !r.enrol(method, full, p) {
		return
	}
	if !alone {
		r.describe(&op)
	}
	fiberPath := strings.NewReplacer("{", ":", "}", "").Replace(full)
	r.app.Add(method, fiberPath, func(c *fiber.Ctx) error {
		ctx, err := r.enter(c, p, &op)
		if err != nil {
			return r.tell(c, &op, problemOf(ctx, r.log, err))
		}
		if err := h(c); err != nil {
			return r.tell(c, &op, r.refusal(ctx, p, c.Path(), err))
		}
		return nil
	})
}

// describe puts a raw route into OpenAPI.
func (r *Router) describe(op *huma.Operation) {
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{fmt.Sprint(op.DefaultStatus): {Description: http.StatusText(op.DefaultStatus)}}
	}
	op.Responses["default"] = &huma.Response{Description: "a problem", Content: map[string]*huma.MediaType{
		problemType: {Schema: r.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")},
	}}
	for _, name := range pathParams(op.Path) {
		op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}})
	}
	r.api.OpenAPI().AddOperation(op)
}

func pathParams(path string) []string {
	var out []string
	for _, part := range strings.Split(path, "{")[1:] {
		name, _, _ := strings.Cut(part, "}")
		out = append(out, name)
	}
	return out
}
