// Package fault is the error model: a refusal is a Fault with a kind and a
// stable code; anything else is a failure that the caller did not cause.
//
// Words for a code live in the message files (policies/messages), never here.
package fault

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Kind says how a refusal is answered; kit/web maps it to a status once.
type Kind int

const (
	// Invalid is bad input (422).
	Invalid Kind = iota + 1
	// Malformed is input that cannot be read at all (400).
	Malformed
	// Unauthenticated means not signed in (401).
	Unauthenticated
	// Forbidden means the verb is not granted (403).
	Forbidden
	// NotFound means unknown, or not in reach (404).
	NotFound
	// Conflict means refused by a rule or by what exists (409).
	Conflict
	// TooLarge means over a stated size (413).
	TooLarge
	// Unsupported means a media type that is not read (415).
	Unsupported
	// TooMany means a rate limit (429).
	TooMany
	// Unavailable means try again later (503).
	Unavailable
)

// Field is one invalid field: Location is a path such as "body.phone", Code a
// message code, Value the offending value (never a secret; empty to hide it).
type Field struct {
	Location string
	Code     string
	Params   map[string]string
	Value    string
}

// Fault is a refusal. Two faults are the same (errors.Is) when their codes are.
type Fault struct {
	Kind   Kind
	Code   string
	Params map[string]string
	Fields []Field
	cause  error
}

// New declares a refusal. Declare each once, as a package variable.
func New(kind Kind, code string) *Fault { return &Fault{Kind: kind, Code: code} }

func (f *Fault) Error() string {
	if len(f.Params) == 0 {
		return f.Code
	}
	s := f.Code
	for _, k := range slices.Sorted(maps.Keys(f.Params)) {
		s += " " + k + "=" + f.Params[k]
	}
	return s
}

// Is makes errors.Is compare codes, so that With keeps identity.
func (f *Fault) Is(target error) bool {
	var t *Fault
	return errors.As(target, &t) && t.Code == f.Code
}

func (f *Fault) Unwrap() error { return f.cause }

// With returns a copy that carries a parameter for its message.
func (f *Fault) With(key string, value any) *Fault {
	c := *f
	c.Params = maps.Clone(f.Params)
	if c.Params == nil {
		c.Params = map[string]string{}
	}
	c.Params[key] = fmt.Sprint(value)
	return &c
}

// At returns a copy that names one more invalid field.
func (f *Fault) At(location, code, value string) *Fault {
	c := *f
	c.Fields = append(slices.Clone(f.Fields), Field{Location: location, Code: code, Value: value})
	return &c
}

// Because returns a copy that keeps the underlying error for the log.
func (f *Fault) Because(err error) *Fault {
	c := *f
	c.cause = err
	return &c
}

// From finds the fault in an error chain.
func From(err error) (*Fault, bool) {
	var f *Fault
	ok := errors.As(err, &f)
	return f, ok
}

// Missing tells whether err says that something is unknown, or out of reach.
func Missing(err error) bool {
	f, ok := From(err)
	return ok && f.Kind == NotFound
}

// ErrInvalid is the general refusal of input; At names the fields.
var ErrInvalid = New(Invalid, "input.invalid")

// ErrNotFound is the answer for what is unknown or out of reach alike.
var ErrNotFound = New(NotFound, "common.not_found")
