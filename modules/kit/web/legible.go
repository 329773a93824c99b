package web

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"carecert/modules/kernel/fault"
)

// legible refuses texts that nobody can read as they stand: with control
// characters, with marks that hide or turn round what follows, or of blanks
// alone where something has to be said.
func legible(in any) error {
	f := errInvalid
	reader{&f}.object(reflect.ValueOf(in).Elem(), "")
	if len(f.Fields) == 0 {
		return nil
	}
	return f
}

type reader struct{ f **fault.Fault }

func (r reader) object(v reflect.Value, at string) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() || field.Name == "RawBody" {
			continue
		}
		r.value(v.Field(i), place(at, field), field.Tag.Get("minLength") != "")
	}
}

// place names a field as a problem does: body.name, query.q.
func place(at string, f reflect.StructField) string {
	for _, tag := range []string{"path", "query", "header"} {
		if name := f.Tag.Get(tag); name != "" && at == "" {
			return tag + "." + name
		}
	}
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	switch {
	case f.Name == "Body" && at == "":
		return "body"
	case f.Anonymous && name == "":
		return at
	}
	return at + "." + name
}

func (r reader) value(v reflect.Value, at string, needed bool) {
	switch v.Kind() { //nolint:exhaustive // nothing else holds text
	case reflect.String:
		if code := wrongText(v.String(), needed); code != "" && !raw(at) {
			*r.f = (*r.f).At(at, code, "")
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			r.value(v.Elem(), at, needed)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			r.value(v.Index(i), fmt.Sprintf("%s[%d]", at, i), needed)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			r.value(v.MapIndex(k), at+"."+k.String(), false)
		}
	case reflect.Struct:
		r.object(v, at)
	}
}

// raw tells the texts that are compared as they come: a password may hold
// anything, and an altered QR text is to be called forged.
func raw(at string) bool {
	return slices.Contains([]string{"password", "current", "new", "qrText", "code", "otp"}, at[strings.LastIndex(at, ".")+1:])
}

func wrongText(s string, needed bool) (code string) {
	blank := needed && s != ""
	for _, c := range s {
		switch {
		case c == '\n' || c == '\r' || c == '\t':
		case unicode.IsControl(c), hides(c):
			return "input.unprintable"
		case !unicode.IsSpace(c):
			blank = false
		}
	}
	if blank {
		return "input.blank"
	}
	return ""
}

// hides tells the characters that show nothing themselves, or turn round the
// direction of what follows. The joiners of emoji and scripts stay.
func hides(c rune) bool {
	return c == '\u200b' || c == '\u200e' || c == '\u200f' || c == '\ufeff' ||
		(c >= '\u202a' && c <= '\u202e') || (c >= '\u2060' && c <= '\u2069')
}
