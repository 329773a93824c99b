package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
)

// Problem is the answer to everything that went wrong (RFC 9457).
type Problem struct {
	Type      string         `json:"type" doc:"always about:blank: the code tells"`
	Title     string         `json:"title"`
	Status    int            `json:"status"`
	Detail    string         `json:"detail" doc:"what is wrong and what to do, in the reader's language"`
	Code      string         `json:"code" doc:"stable, e.g. people.duplicate"`
	RequestID string         `json:"requestId"`
	Errors    []ProblemField `json:"errors,omitempty"`

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

const problemType = "application/problem+json"

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return problemType }

// GetHeaders implements huma.HeadersError: Retry-After where one is known.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retry > 0 {
		h.Set("Retry-After", fmt.Sprint(p.retry))
	}
	return h
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
	f, ok := fault.From(err)
	if !ok {
		f = known(err)
	}
	if f == nil {
		log.ErrorContext(ctx, "request failed", "error", err, "requestId", kernel.ActorFrom(ctx).Request)
		f = errFailure
	}
	p, v := newProblem(ctx, f), voiceOf(ctx)
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
		params := x.Params
		if params == nil { // what the refusal says as a whole
			params = f.Params
		}
		field := ProblemField{Location: x.Location, Message: v.words.Text(v.language, x.Code, params)}
		if x.Value != "" && !isSecret(x.Location) {
			field.Value = x.Value
		}
		p.Errors = append(p.Errors, field)
	}
	return p
}

func newProblem(ctx context.Context, f *fault.Fault) *Problem {
	v, status := voiceOf(ctx), statusOf(f.Kind)
	if errors.Is(f, errMethod) {
		status = http.StatusMethodNotAllowed
	}
	return &Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Code: f.Code,
		Detail: v.words.Text(v.language, f.Code, f.Params), RequestID: kernel.ActorFrom(ctx).Request,
	}
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
	errForbidden  = fault.New(fault.Forbidden, "web.forbidden")
	errCSRF       = fault.New(fault.Forbidden, "web.csrf")
	errTooMany    = fault.New(fault.TooMany, "web.too_many")
	errMatch      = fault.New(fault.Conflict, "web.version_mismatch")
	errReplayed   = fault.New(fault.Invalid, "web.idempotency_mismatch")
	errMethod     = fault.New(fault.Unsupported, "web.method")
	errNotAllowed = fault.New(fault.Unsupported, "web.not_acceptable")
)

// known names the errors of the store and of Fiber that a caller can do
// something about.
func known(err error) *fault.Fault {
	var fe *fiber.Error
	if errors.As(err, &fe) {
		return map[int]*fault.Fault{
			http.StatusRequestEntityTooLarge: errTooLarge, http.StatusRequestHeaderFieldsTooLarge: errTooLarge, http.StatusNotFound: errRoute,
			http.StatusMethodNotAllowed: errMethod, http.StatusBadRequest: errMalformed,
		}[fe.Code]
	}
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
