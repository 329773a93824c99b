package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
)

// Problem is the answer to everything that went wrong (RFC 9457).
type Problem struct {
	Type      string            `json:"type" doc:"always about:blank: the code tells"`
	Title     string            `json:"title"`
	Status    int               `json:"status"`
	Detail    string            `json:"detail" doc:"what is wrong and what to do, in the reader's language"`
	Code      string            `json:"code" doc:"stable, e.g. people.duplicate"`
	RequestID string            `json:"requestId"`
	Errors    []ProblemField    `json:"errors,omitempty"`
	Params    map[string]string `json:"-"`

	fields map[string]string // further members, e.g. personId
	retry  int               // seconds, for Retry-After
}

// ProblemField is one invalid field.
type ProblemField struct {
	Location string `json:"location" doc:"e.g. body.phone"`
	Message  string `json:"message"`
	Value    any    `json:"value,omitempty" doc:"what was sent; never a secret or personal data"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Code }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders implements huma.HeadersError: Retry-After where one is known.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retry > 0 {
		h.Set("Retry-After", fmt.Sprint(p.retry))
	}
	return h
}

func statusOf(k fault.Kind) int {
	switch k {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Malformed:
		return http.StatusBadRequest
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Unsupported:
		return http.StatusUnsupportedMediaType
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// Members of a fault's parameters that become members of the problem, so that
// a program can use them (CONTRACT §3: people.duplicate has personId).
func isMember(name string) bool { return name == "personId" || name == "certificateId" || name == "id" }

// problemOf is the one place where errors become answers. A refusal is told;
// anything else is logged and shown as 500 with the request's id.
func problemOf(ctx context.Context, log *slog.Logger, err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	request := kernel.ActorFrom(ctx).Request
	f, ok := fault.From(err)
	if !ok {
		f = known(err)
	}
	if f == nil {
		log.ErrorContext(ctx, "request failed", "error", err, "requestId", request)
		f = errFailure
	}
	p = &Problem{Type: "about:blank", Status: statusOf(f.Kind), Code: f.Code, RequestID: request}
	p.Title = http.StatusText(p.Status)
	v := voiceOf(ctx)
	p.Detail = v.words.Text(v.language, f.Code, f.Params)
	for name, value := range f.Params {
		if isMember(name) {
			if p.fields == nil {
				p.fields = map[string]string{}
			}
			p.fields[name] = value
		}
		if name == "retryAfter" {
			_, _ = fmt.Sscan(value, &p.retry) // 0 when it is no number
		}
	}
	for _, x := range f.Fields {
		field := ProblemField{Location: x.Location, Message: v.words.Text(v.language, x.Code, x.Params)}
		if x.Value != "" && !isSecret(x.Location) {
			field.Value = x.Value
		}
		p.Errors = append(p.Errors, field)
	}
	return p
}

// The web layer's own refusals.
var (
	errFailure    = fault.New(0, "web.failure")
	errConflict   = fault.New(fault.Conflict, "web.changed_meanwhile")
	errTimeout    = fault.New(fault.Unavailable, "web.timeout")
	errCursor     = fault.New(fault.Invalid, "input.cursor")
	errMalformed  = fault.New(fault.Malformed, "input.malformed")
	errInvalid    = fault.New(fault.Invalid, "input.invalid")
	errTooLarge   = fault.New(fault.TooLarge, "web.too_large")
	errMedia      = fault.New(fault.Unsupported, "web.media_type")
	errRoute      = fault.New(fault.NotFound, "web.route_unknown")
	errNotSigned  = fault.New(fault.Unauthenticated, "web.not_signed_in")
	errForbidden  = fault.New(fault.Forbidden, "web.forbidden")
	errCSRF       = fault.New(fault.Forbidden, "web.csrf")
	errTooMany    = fault.New(fault.TooMany, "web.too_many")
	errMatch      = fault.New(fault.Conflict, "web.version_mismatch")
	errReplayed   = fault.New(fault.Invalid, "web.idempotency_mismatch")
	errMethod     = fault.New(fault.Unsupported, "web.method")
	errNotAllowed = fault.New(fault.Unsupported, "web.not_acceptable")
)

// known names the store's errors that a caller can do something about.
func known(err error) *fault.Fault {
	switch {
	case errors.Is(err, store.ErrConflict):
		return errConflict
	case errors.Is(err, store.ErrBadCursor):
		return errCursor
	case errors.Is(err, context.DeadlineExceeded):
		return errTimeout
	default:
		return nil
	}
}

// isSecret tells fields whose value is never sent back.
func isSecret(location string) bool {
	last := location[strings.LastIndex(location, ".")+1:]
	return slices.Contains([]string{
		"body", "idNumber", "password", "current", "new", "phone", "otp", "bankAccount", "token", "code", "secret", "name", "qrText",
	}, last)
}

// codeOf finds the code for a message of huma's validation, which speaks one
// language only; the figure in it becomes {limit}.
func codeOf(message string) (code string, params map[string]string) {
	for _, m := range []struct{ prefix, code string }{
		{"unexpected property", "input.unexpected_property"},
		{"expected required property", "input.required"},
		{"required ", "input.required"},
		{"expected length >=", "input.min_length"},
		{"expected length <=", "input.max_length"},
		{"expected number >=", "input.minimum"},
		{"expected number >", "input.minimum"},
		{"expected number <=", "input.maximum"},
		{"expected number <", "input.maximum"},
		{"expected array length >=", "input.min_items"},
		{"expected array length <=", "input.max_items"},
		{"expected array items to be unique", "input.unique_items"},
		{"expected value to be one of", "input.one_of"},
		{"expected string to match pattern", "input.pattern"},
		{"expected string to be RFC 3339 date-time", "input.date_time"},
		{"expected string to be RFC 3339 date", "input.date"},
		{"expected string to be", "input.format"},
		{"expected boolean", "input.boolean"},
		{"expected integer", "input.integer"},
		{"expected number", "input.number"},
		{"expected string", "input.string"},
		{"expected array", "input.array"},
		{"expected object", "input.object"},
		{"request body is required", "input.body_required"},
	} {
		if rest, ok := strings.CutPrefix(message, m.prefix); ok {
			return m.code, map[string]string{"limit": strings.Trim(strings.TrimSpace(rest), `"`)}
		}
	}
	return "input.wrong", map[string]string{"limit": ""}
}

// install makes huma answer with our problems. huma keeps this in a variable of
// its package, so it is set once and takes everything else from the context.
//
//nolint:gochecknoglobals // huma's, not ours
var install = sync.OnceFunc(func() {
	huma.NewErrorWithContext = func(hc huma.Context, status int, msg string, errs ...error) huma.StatusError {
		ctx := context.Context(context.Background()) //nolint:forbidigo // only where huma has none: while it builds schemas
		if hc != nil {
			ctx = hc.Context()
		}
		return validationProblem(ctx, status, msg, errs)
	}
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return huma.NewErrorWithContext(nil, status, msg, errs...)
	}
})

func validationProblem(ctx context.Context, status int, msg string, errs []error) *Problem {
	f := errFailure
	switch status {
	case http.StatusUnprocessableEntity:
		f = errInvalid
	case http.StatusBadRequest:
		f = errMalformed
	case http.StatusRequestEntityTooLarge:
		f = errTooLarge
	case http.StatusUnsupportedMediaType:
		f = errMedia
	case http.StatusNotAcceptable:
		f = errNotAllowed
	case http.StatusRequestTimeout:
		f = errTimeout
	}
	if f == errMalformed && strings.Contains(msg, "required") {
		f = errInvalid
	}
	v := voiceOf(ctx)
	p := &Problem{
		Type: "about:blank", Status: statusOf(f.Kind), Code: f.Code, RequestID: kernel.ActorFrom(ctx).Request,
		Detail: v.words.Text(v.language, f.Code, f.Params),
	}
	p.Title = http.StatusText(p.Status)
	for _, err := range errs {
		if err == nil {
			continue
		}
		var detailer huma.ErrorDetailer
		if !errors.As(err, &detailer) {
			continue // a parser's own words: they may quote what was sent
		}
		d := detailer.ErrorDetail()
		code, params := codeOf(d.Message)
		field := ProblemField{Location: d.Location, Message: v.words.Text(v.language, code, params)}
		if !isSecret(d.Location) && code != "input.unexpected_property" {
			switch value := d.Value.(type) {
			case string:
				if len(value) <= 100 {
					field.Value = value
				}
			case bool, float64, int, int64:
				field.Value = value
			}
		}
		p.Errors = append(p.Errors, field)
	}
	return p
}
