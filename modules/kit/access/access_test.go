package access_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"carecert/modules/kernel"
	"carecert/modules/kit/access"
)

func policy(t *testing.T, lines string) (*access.Policy, error) {
	t.Helper()
	model, err := os.ReadFile("../../../policies/access/model.conf")
	if err != nil {
		t.Fatal(err)
	}
	return access.Load(fstest.MapFS{
		"access/model.conf": {Data: model}, "access/admin.csv": {Data: []byte("p, admin, *, *, all\n")}, "access/jars.csv": {Data: []byte(lines)},
	})
}

const lines = `# jars
p, public, jar, look, public
p, institution, jar, break, tree
p, caregiver, jar, open, self
p, auditor, jar, *, all
`

func TestDecide(t *testing.T) {
	p, err := policy(t, lines)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name       string
		role       kernel.Role
		noun, verb string
		scope      string
	}{
		{"a granted verb goes as far as its scope", kernel.RoleInstitution, "jar", "break", "tree"},
		{"oneself", kernel.RoleCaregiver, "jar", "open", "self"},
		{"the public", "public", "jar", "look", "public"},
		{"every verb on a noun", kernel.RoleAuditor, "jar", "shake", "all"},
		{"the administrator may everything", kernel.RoleAdmin, "lid", "turn", "all"},
		{"nobody may what no line allows", kernel.RoleInstitution, "jar", "open", ""},
		{"a noun is matched whole", kernel.RoleInstitution, "jars", "break", ""},
		{"no role is nobody", "", "jar", "look", ""},
		{"a star in a request is no star", "*", "*", "*", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			for range 2 { // the second answer is remembered
				if scope, ok := p.Decide(c.role, c.noun, c.verb); scope != c.scope || ok != (c.scope != "") {
					t.Errorf("%q %v, want %q", scope, ok, c.scope)
				}
			}
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	for _, c := range []struct{ name, lines, want string }{
		{"a line that is too short", "p, school, jar, open\n", "line 1"},
		{"an unknown scope", "p, school, jar, open, district\n", "district"},
		{"a grouping line", "g, anna, school, jar, all\n", "not \"p,"},
		{"a verb granted twice", "p, school, jar, open, tree\np, school, jar, open, all\n", "elsewhere too"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := policy(t, c.lines); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

// The files of the house load as they stand.
func TestPoliciesLoad(t *testing.T) {
	p, err := access.Load(os.DirFS("../../../policies"))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := p.Decide(kernel.RoleCaregiver, "user", "create"); ok {
		t.Error("a caregiver may make accounts")
	}
	if scope, _ := p.Decide(kernel.RoleAdmin, "user", "create"); scope != "all" {
		t.Error("the administrator may not")
	}
}
