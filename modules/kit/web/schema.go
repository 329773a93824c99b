package web

import (
	"path"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"carecert/modules/kernel"
)

// schemas is huma's registry with our names, and with the kernel's words
// described: the kernel itself knows nothing of schemas.
func (r *Router) schemas() huma.Registry {
	s := huma.NewMapRegistry("#/components/schemas/", r.schemaName)
	s.RegisterTypeAlias(reflect.TypeFor[kernel.Date](), reflect.TypeFor[day]())
	s.RegisterTypeAlias(reflect.TypeFor[kernel.SkillLevel](), reflect.TypeFor[level]())
	return s
}

// day describes kernel.Date.
type day string

// Schema implements huma.SchemaProvider.
func (day) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date", MaxLength: ptr(len("2006-01-02"))}
}

// level describes kernel.SkillLevel.
type level int

// Schema implements huma.SchemaProvider.
func (level) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeInteger, Minimum: ptr(float64(kernel.Level1)), Maximum: ptr(float64(kernel.Level5)),
		Description: "1 is the highest skill",
	}
}

// listsAreLists takes null out of the lists of a request. huma lets it in, past
// the least number of items, for Go answers an empty list that way; ours never
// do, and nobody should ask so.
func listsAreLists(api *huma.OpenAPI, op *huma.Operation) {
	if op.RequestBody == nil {
		return
	}
	for _, c := range op.RequestBody.Content {
		strict(api.Components.Schemas, c.Schema)
	}
}

func strict(all huma.Registry, s *huma.Schema) {
	if s == nil {
		return
	}
	if s.Ref != "" {
		s = all.SchemaFromRef(s.Ref)
	}
	if s.Type == huma.TypeArray {
		s.Nullable = false
	}
	strict(all, s.Items)
	for _, p := range s.Properties {
		strict(all, p)
	}
}

func ptr[T any](v T) *T { return &v }

// schemaName is the module and the type: "TrainingClassView", for two modules
// may each have a type of that name. What the house shares has no module.
func (r *Router) schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := t.Name()
	if name == "" {
		return titled(path.Base(r.naming)) + titled(hint)
	}
	base, params, generic := strings.Cut(name, "[")
	out := titled(ownerOf(t.PkgPath())) + titled(base)
	if !generic {
		return out
	}
	for _, param := range strings.FieldsFunc(params, func(c rune) bool { return strings.ContainsRune("[]*,", c) }) {
		dot := strings.LastIndex(param, ".")
		if dot < 0 {
			out += titled(param)
			continue
		}
		out += titled(ownerOf(param[:dot])) + titled(param[dot+1:])
	}
	return out
}

// ownerOf names the module of a package; "" for the kernel and this package.
func ownerOf(pkg string) string {
	if base := path.Base(pkg); base != "kernel" && base != "web" && base != "." {
		return base
	}
	return ""
}

func titled(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
