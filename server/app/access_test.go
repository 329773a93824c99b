package app_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kit/access"
	"carecert/policies"
	"carecert/server/app"
)

// described opens the program on an empty embedded database, for what it says
// of itself.
func described(t *testing.T) *app.App {
	t.Helper()
	return opened(t, configured(t, ""), false)
}

// golden compares with a file of testdata; UPDATE=1 writes it anew.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (make it with UPDATE=1 go test ./server/app)", err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s is not what the program says any more; if that is meant: UPDATE=1 go test ./server/app", name)
	}
}

func roles() []kernel.Role {
	return []kernel.Role{
		kernel.RoleAdmin, kernel.RoleCityBureau, kernel.RoleDistrictBureau, kernel.RoleSubdistrict, kernel.RoleInstitution,
		kernel.RoleSchool, kernel.RoleAssessor, kernel.RoleCaregiver, kernel.RoleAuditor, kernel.RolePlatform, "signedIn", "public",
	}
}

// TestMatrix: who may do what, as a page to read. A new route shows up in it.
func TestMatrix(t *testing.T) {
	policy, err := access.Load(policies.Files)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# Who may do what\n\nMade by the tests from the routes and policies/access. all: everywhere; tree: in the grant's organisation and everything\nunder it; self: about oneself; public: without a log-in. An empty cell is a refusal.\n\n| Route | Verb |")
	for _, r := range roles() {
		fmt.Fprintf(&b, " %s |", r)
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(roles())) + "\n")
	for _, route := range described(t).Web.Router.Routes() {
		p := route.Permission
		fmt.Fprintf(&b, "| %s %s | %s:%s |", route.Method, route.Path, p.Noun, p.Verb)
		for _, r := range roles() {
			scope, _ := policy.Decide(r, p.Noun, p.Verb)
			fmt.Fprintf(&b, " %s |", scope)
		}
		b.WriteString("\n")
	}
	golden(t, "role-matrix.md", []byte(b.String()))
}

// TestRoutesAreGuarded: every route has a permission that somebody but the
// administrator holds, and every line of policy has a route.
func TestRoutesAreGuarded(t *testing.T) {
	policy, err := access.Load(policies.Files)
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, route := range described(t).Web.Router.Routes() {
		p := route.Permission
		if p.Noun == "" || p.Verb == "" {
			t.Errorf("%s %s has no permission", route.Method, route.Path)
		}
		used[p.Noun+":"+p.Verb] = true
		held := slices.ContainsFunc(roles()[1:], func(r kernel.Role) bool { _, ok := policy.Decide(r, p.Noun, p.Verb); return ok })
		if !held {
			t.Errorf("%s %s: nobody but the administrator may %s %s", route.Method, route.Path, p.Verb, p.Noun)
		}
		if _, public := policy.Decide("public", p.Noun, p.Verb); public != p.Open {
			t.Errorf("%s %s: open is %v, the policy says %v", route.Method, route.Path, p.Open, public)
		}
	}
	lines, err := policy.Lines()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		// An import's kind is a verb of its own, asked for by the engine.
		kind := l[1] == "import" && slices.Contains([]string{"people", "certificates", "organizations", "hours", "results", "skillLevels"}, l[2])
		if l[1] != "*" && !kind && !used[l[1]+":"+l[2]] {
			t.Errorf("the policy line %v has no route", l)
		}
		if l[0] != "public" && l[0] != "signedIn" && !slices.Contains(roles(), kernel.Role(l[0])) {
			t.Errorf("the policy line %v names no role", l)
		}
	}
}

// TestOpenAPI: the description is what was agreed on; the web client is made
// from the same file.
func TestOpenAPI(t *testing.T) {
	spec, err := described(t).Web.Router.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "openapi.json", append(spec, '\n'))
}
