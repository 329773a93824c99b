package layout

import (
	"slices"
	"strings"
)

// The fields of a certificate that words may name.
const (
	FieldName       = "name"
	FieldIDType     = "idType"
	FieldIDNumber   = "idNumber" // masked, as everywhere
	FieldNumber     = "number"
	FieldCourse     = "course" // what it is for: a course, a contest, an honour, an occupation
	FieldClassHours = "classHours"
	FieldLevel      = "level"
	FieldOccupation = "occupation"
	FieldDirection  = "direction" // 工种/职业方向, “--” where there is none
	FieldOutcome    = "outcome"   // 考核合格，where a test was passed
	FieldIssuer     = "issuer"
	FieldIssuedOn   = "issuedOn"
	FieldValidTo    = "validTo"
	FieldCode       = "code" // public code, in groups
)

// Fields lists them in the order in which an editor offers them.
func Fields() []string {
	return []string{
		FieldName, FieldIDType, FieldIDNumber, FieldNumber, FieldCourse, FieldClassHours, FieldLevel, FieldOccupation, FieldDirection,
		FieldOutcome, FieldIssuer, FieldIssuedOn, FieldValidTo, FieldCode,
	}
}

// Values are a certificate's fields, by language and name.
type Values map[string]map[string]string

// Of gives a field in a language.
func (v Values) Of(language, field string) string {
	if language == "" {
		language = Chinese
	}
	return v[language][field]
}

// Fill writes the values of fields into a text; braces that name no field stay.
func (v Values) Fill(language, text string) string {
	var out strings.Builder
	for _, part := range parts(text) {
		if part.field {
			out.WriteString(v.Of(language, part.text))
			continue
		}
		out.WriteString(part.text)
	}
	return out.String()
}

type part struct {
	text  string
	field bool
}

// parts takes a text apart at its {fields}.
func parts(text string) (out []part) {
	for {
		before, rest, open := strings.Cut(text, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !open || !closed {
			return append(out, part{text, false})
		}
		if !plain(name) {
			out, text = append(out, part{before + "{", false}), rest
			continue
		}
		out, text = append(out, part{before, false}, part{name, true}), after
	}
}

// plain tells what reads as a field's name.
func plain(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') })
}

// named lists the fields that a text names.
func named(text string) (out []string) {
	for _, p := range parts(text) {
		if p.field && !slices.Contains(out, p.text) {
			out = append(out, p.text)
		}
	}
	return out
}
