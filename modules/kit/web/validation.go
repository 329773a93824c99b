package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

// isSecret tells fields whose value is never sent back.
func isSecret(location string) bool {
	last := location[strings.LastIndex(location, ".")+1:]
	return slices.Contains([]string{
		"body", "idNumber", "password", "current", "new", "phone", "otp", "bankAccount", "token", "code", "secret", "name", "qrText", "q", "username",
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
		{"invalid integer", "input.integer"},
		{"invalid float", "input.number"},
		{"invalid boolean", "input.boolean"},
		{"invalid date/time", "input.date_time"},
		{"Failed to infer file media type", "input.file_empty"}, // nothing in it to tell by
	} {
		if rest, ok := strings.CutPrefix(message, m.prefix); ok {
			return m.code, map[string]string{"limit": strings.Trim(strings.TrimSpace(rest), `"`)}
		}
	}
	return "input.wrong", map[string]string{"limit": ""}
}

// install makes huma answer with our problems, and take a field under its own
// name only: in another case it is one that nobody knows. huma keeps this in
// variables of its package, so it is set once and takes everything else from
// the context.
//
//nolint:gochecknoglobals // huma's, not ours
var install = sync.OnceFunc(func() {
	huma.ValidateStrictCasing = true
	huma.NewErrorWithContext = func(hc huma.Context, status int, msg string, errs ...error) huma.StatusError {
		ctx := context.Background() //nolint:forbidigo // only where huma has none: while it builds schemas
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
	v, p := voiceOf(ctx), newProblem(ctx, f)
	if f == errMedia {
		return p // huma's detail says no more
	}
	for _, err := range errs {
		var detailer huma.ErrorDetailer
		if err == nil || !errors.As(err, &detailer) {
			continue // a parser's own words: they may quote what was sent
		}
		d := detailer.ErrorDetail()
		code, params := codeOf(d.Message)
		field := ProblemField{Location: locate(d, code), Message: v.words.Text(v.language, code, params)}
		if code != "input.unexpected_property" && !isSecret(d.Location) {
			field.Value = shown(d.Value)
		}
		p.Errors = append(p.Errors, field)
	}
	return p
}

// locate names the field itself where huma names what it should stand in.
func locate(d *huma.ErrorDetail, code string) string {
	if code != "input.required" {
		return d.Location
	}
	_, rest, ok := strings.Cut(d.Message, "expected required property ")
	if !ok {
		return d.Location
	}
	name, _, _ := strings.Cut(rest, " ")
	return strings.TrimPrefix(d.Location+"."+name, ".")
}

// shown is what is sent back of a value: short and plain, or nothing.
func shown(value any) any {
	switch v := value.(type) {
	case string:
		if len(v) > maxShown {
			return nil
		}
	case bool, float64, int, int64:
	default:
		return nil
	}
	return value
}

const maxShown = 100
