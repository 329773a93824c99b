package app_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// files lists every Go file of the project with its slash path from the root.
func files(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || (strings.HasPrefix(d.Name(), ".") && len(d.Name()) > 2)) {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") {
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			out = append(out, filepath.ToSlash(rel))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func importsOf(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, i := range parsed.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, path)
	}
	return out
}

// moduleOf names the module folder a path belongs to: "kernel", "kit",
// "people", …; "" outside modules.
func moduleOf(path string) string {
	rest, ok := strings.CutPrefix(path, "modules/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	return name
}

// pure are the third-party packages that a kernel or rule package may use.
var pure = []string{"github.com/google/uuid"}

// TestArchitecture holds the one rule of the house: server → modules → kit →
// kernel, no module imports another, only server reads policies, rules and
// kernel are pure, one package knows each database.
func TestArchitecture(t *testing.T) {
	for _, file := range files(t) {
		test := strings.HasSuffix(file, "_test.go")
		from, domain := moduleOf(file), file
		for _, imp := range importsOf(t, file) {
			path, ours := strings.CutPrefix(imp, "carecert/")
			to := moduleOf(path)
			refuse := func(why string) { t.Errorf("%s imports %s: %s", domain, imp, why) }
			switch {
			case from == "" && strings.HasPrefix(file, "policies/") && ours:
				refuse("policies import nothing of ours")
			case from != "" && ours && strings.HasPrefix(path, "server"):
				refuse("modules never import the server")
			case from != "" && ours && strings.HasPrefix(path, "policies"):
				refuse("only the server reads policies")
			case from == "kernel" && ours && to != "kernel":
				refuse("the kernel imports nothing of ours")
			case from == "kit" && ours && to != "kit" && to != "kernel":
				refuse("kit imports no module")
			case from != "" && from != "kit" && from != "kernel" && ours && to != from && to != "kit" && to != "kernel":
				refuse("modules meet by questions and facts, never by imports")
			}
			if test {
				continue
			}
			if (from == "kernel" || strings.Contains(file, "/rule/")) && !ours && strings.Contains(strings.Split(imp, "/")[0], ".") && !slices.Contains(pure, imp) {
				refuse("rules and the kernel are pure")
			}
			if strings.Contains(file, "/rule/") && ours && to == "kit" {
				refuse("rules do no I/O")
			}
			if strings.HasPrefix(imp, "go.mongodb.org/mongo-driver") && !strings.HasPrefix(file, "modules/kit/") && !strings.HasPrefix(file, "scripts/") {
				refuse("only kit/store knows MongoDB")
			}
			if strings.HasPrefix(imp, "modernc.org/sqlite") && !strings.HasPrefix(file, "modules/kit/store/") {
				refuse("only kit/store knows SQLite")
			}
			if strings.HasPrefix(imp, "github.com/gofiber/") && from != "" && from != "kit" && !strings.HasPrefix(filepath.Base(file), "http") {
				refuse("Fiber stops at http.go")
			}
		}
	}
}

// TestArchitectureAnatomy: every domain module has its parts (STYLE §2).
func TestArchitectureAnatomy(t *testing.T) {
	for _, name := range modules(t) {
		if name == "kernel" || name == "kit" {
			continue
		}
		for _, part := range []string{"doc.go", "domain.go", "ports.go", "service.go", "store.go", "http.go", "module.go"} {
			if _, err := os.Stat(filepath.Join(root, "modules", name, part)); err != nil {
				t.Errorf("modules/%s has no %s", name, part)
			}
		}
	}
}

// TestArchitectureCollections: a collection is named after the module that
// owns it, so that it has one writer.
func TestArchitectureCollections(t *testing.T) {
	for _, file := range files(t) {
		module := moduleOf(file)
		if module == "" || strings.HasSuffix(file, "_test.go") || strings.Contains(file, "storetest") {
			continue
		}
		source, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range strings.Split(string(source), `store.Spec{Name: "`)[1:] {
			name, _, _ := strings.Cut(part, `"`)
			if !strings.HasPrefix(name, module+"_") && !(module == "kit" && strings.Contains(file, "/web/") && strings.HasPrefix(name, "web_")) {
				t.Errorf("%s declares the collection %q: it must begin with %q", file, name, module+"_")
			}
		}
	}
}

func modules(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(root, "modules"))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() {
			out = append(out, e.Name())
		}
	}
	return out
}

// TestMap: the README's map names every module and folder, and nothing that is
// not there.
func TestMap(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(readme), "<!-- map -->")
	if !ok {
		t.Fatal("README.md has no <!-- map -->")
	}
	table, _, _ = strings.Cut(table, "<!-- /map -->")
	listed := map[string]bool{}
	for _, line := range strings.Split(table, "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 3 || !strings.Contains(cells[1], "`") {
			continue
		}
		path := strings.Trim(strings.TrimSpace(cells[1]), "`")
		listed[strings.TrimSuffix(path, "/")] = true
		if _, err := os.Stat(filepath.Join(root, path)); err != nil {
			t.Errorf("the map lists %s, which is not there", path)
		}
	}
	want := []string{"server", "policies", "frontend", "scripts"}
	for _, m := range modules(t) {
		want = append(want, "modules/"+m)
	}
	kit, err := os.ReadDir(filepath.Join(root, "modules/kit"))
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kit {
		want = append(want, "modules/kit/"+k.Name())
	}
	for _, w := range want {
		if !listed[w] {
			t.Errorf("the map leaves out %s", w)
		}
	}
}
