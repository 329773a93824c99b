package web

import (
	"strconv"
	"strings"
)

// IfMatch is embedded in the input of a change that people make in forms.
type IfMatch struct {
	IfMatch string `header:"If-Match" maxLength:"64" doc:"ETag of the document that was read; left out, the change is made whatever happened since"`
}

// Versioned is a body with the version it was read at.
type Versioned[T any] struct {
	ETag string `header:"ETag"`
	Body T
}

// AnswerVersion wraps a value with its version.
func AnswerVersion[T any](v T, version int64) *Versioned[T] {
	return &Versioned[T]{ETag: tag(version), Body: v}
}

func tag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// Check refuses a change to a document that somebody else has changed since it
// was read (409 web.version_mismatch). No If-Match, or *, passes.
func Check(ifMatch string, version int64) error {
	if ifMatch == "" || ifMatch == "*" {
		return nil
	}
	for _, t := range strings.Split(ifMatch, ",") {
		if strings.TrimPrefix(strings.TrimSpace(t), "W/") == tag(version) {
			return nil
		}
	}
	return errMatch
}
