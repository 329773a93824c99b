package app_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// acts are the words that the operation log is written in, as the sources say
// them. The web app's tests read the golden file: each has words there.
type acts struct {
	Verbs []string `json:"verbs"`
	Nouns []string `json:"nouns"`
	Keys  []string `json:"keys"`
}

// TestActs reads the sources, not the running program: an act that no demo
// and no test has ever made needs its words all the same.
func TestActs(t *testing.T) {
	found := reading{"verb": {}, "noun": {}, "detail": {}}
	for _, root := range []string{"../../modules", "../../server"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() || d.Name() == "testdata" {
				return err
			}
			return found.folder(path)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, verb := range []string{"issue", "signIn", "denied", "send", "compromise", "revoke", "shareRecord", "confirm"} {
		if !found["verb"][verb] {
			t.Errorf("the sources are read wrongly: no verb %s", verb)
		}
	}
	for _, key := range []string{"number", "byHand", "claimant", "creditCode", "results", "family", "sha256", "separate"} {
		if !found["detail"][key] {
			t.Errorf("the sources are read wrongly: no key %s", key)
		}
	}
	out, err := json.MarshalIndent(acts{found.list("verb"), found.list("noun"), found.list("detail")}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "acts.json", append(out, '\n'))
}

// reading is, by role (verb, noun, detail), the words found.
type reading map[string]map[string]bool

func (r reading) list(role string) []string {
	var out []string
	for word := range r[role] {
		out = append(out, word)
	}
	slices.Sort(out)
	return out
}

// folder reads one package. Values that are passed on are followed by the
// house's names: a parameter, a field or a variable called verb, noun, detail.
func (r reading) folder(dir string) error {
	var files []*ast.File
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		files = append(files, f)
	}
	takes := map[string][]string{".May": {"noun", "verb"}, ".Public": {"noun", "verb"}} // of package web
	for _, f := range files {
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok {
				name := fn.Name.Name
				if fn.Recv != nil {
					name = "." + name
				}
				takes[name] = parameters(fn)
			}
		}
	}
	findings := filepath.Base(filepath.Dir(dir)) == "people" && filepath.Base(dir) == "rule"
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			if kind, ok := n.(*ast.ValueSpec); ok && findings && role(kind.Type) == "kind" {
				for _, v := range kind.Values { // a reminder is recorded under the kinds of findings it is about
					r.add("detail", v)
				}
			}
			r.node(n, takes)
			return true
		})
	}
	return nil
}

func parameters(fn *ast.FuncDecl) (names []string) {
	for _, p := range fn.Type.Params.List {
		for _, name := range p.Names {
			role := name.Name
			if _, more := p.Type.(*ast.Ellipsis); more {
				role += "…"
			}
			names = append(names, role)
		}
	}
	return names
}

func (r reading) node(n ast.Node, takes map[string][]string) {
	switch n := n.(type) {
	case *ast.KeyValueExpr: // kernel.Act{Verb: …}, conclusion{verb: …}
		r.as(n.Key, n.Value)
	case *ast.AssignStmt: // act.Verb, act.Detail["file"] = …
		for i, to := range n.Lhs {
			if len(n.Lhs) == len(n.Rhs) {
				r.as(to, n.Rhs[i])
			}
			if at, ok := to.(*ast.IndexExpr); ok && role(at.X) == "detail" {
				r.add("detail", at.Index)
			}
		}
	case *ast.RangeStmt: // for name, value := range map[string]string{…} { detail[name] = value }
		ast.Inspect(n.Body, func(in ast.Node) bool {
			if at, ok := in.(*ast.IndexExpr); ok && role(at.X) == "detail" {
				r.add("detail", n.X)
			}
			return true
		})
	case *ast.CallExpr:
		r.call(n, takes[called(n)])
	case *ast.FuncDecl: // what changed, by the name of the field
		if n.Name.Name == "differences" {
			ast.Inspect(n.Body, func(in ast.Node) bool {
				if row, ok := in.(*ast.CompositeLit); ok && row.Type == nil && len(row.Elts) > 0 {
					r.add("detail", row.Elts[0])
				}
				return true
			})
		}
	}
}

func (r reading) call(n *ast.CallExpr, parameters []string) {
	if many := len(parameters); many == 0 || len(n.Args) != many && !strings.HasSuffix(parameters[many-1], "…") {
		return // another function of the same name
	}
	for i, name := range parameters {
		if i >= len(n.Args) {
			return
		}
		if name == "detail…" { // key, value, key, value
			for ; i < len(n.Args); i += 2 {
				r.add("detail", n.Args[i])
			}
			return
		}
		if r[name] != nil {
			r.add(name, n.Args[i])
		}
	}
}

// as adds a value where it is given to something called verb, noun, detail.
func (r reading) as(to, value ast.Expr) {
	if r[role(to)] != nil {
		r.add(role(to), value)
	}
}

func role(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return strings.ToLower(e.Name)
	case *ast.SelectorExpr:
		return strings.ToLower(e.Sel.Name)
	}
	return ""
}

// called is the name of a function, with a dot before a method's.
func called(n *ast.CallExpr) string {
	switch f := n.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return "." + f.Sel.Name
	}
	return ""
}

func (r reading) add(role string, e ast.Expr) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if word, err := strconv.Unquote(e.Value); err == nil && word != "" && e.Kind == token.STRING {
			r[role][strings.TrimSuffix(word, "%d")] = true
		}
	case *ast.CallExpr: // fmt.Sprintf("grant%d", i)
		if called(e) == ".Sprintf" {
			r.add(role, e.Args[0])
		}
	case *ast.CompositeLit: // map[State]string{…: "confirm"}[state], or the detail itself
		for _, x := range e.Elts {
			if kv, ok := x.(*ast.KeyValueExpr); ok && role == "detail" {
				r.add(role, kv.Key)
			} else if ok {
				r.add(role, kv.Value)
			}
		}
	case *ast.IndexExpr:
		r.add(role, e.X)
	}
}
