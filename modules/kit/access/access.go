// Package access decides who may do which verb on which noun. The model and
// the lines of policy are files (policies/access), put to Casbin; routes name
// verbs of the domain, so a renamed path changes no policy.
//
// A line is "p, role, noun, verb, scope": scope says how far the verb goes —
// all, the grant's own tree, or oneself.
package access

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"carecert/modules/kernel"
)

// Policy answers decisions. It never changes while the program runs: role
// grants are the accounts' business, lines are files. Therefore a decision that
// was made once may be remembered.
type Policy struct {
	enforcer *casbin.Enforcer
	roles    []string
	made     sync.Map // question → answer
}

type question struct {
	role       kernel.Role
	noun, verb string
}

type answer struct {
	scope string
	ok    bool
}

// Load reads access/model.conf and access/*.csv.
func Load(files fs.FS) (*Policy, error) {
	conf, err := fs.ReadFile(files, "access/model.conf")
	if err != nil {
		return nil, fmt.Errorf("access: %w", err)
	}
	m, err := model.NewModelFromString(string(conf))
	if err != nil {
		return nil, fmt.Errorf("access: model: %w", err)
	}
	enforcer, err := casbin.NewEnforcer(m)
	if err != nil {
		return nil, fmt.Errorf("access: %w", err)
	}
	paths, err := fs.Glob(files, path.Join("access", "*.csv"))
	if err != nil {
		return nil, fmt.Errorf("access: %w", err)
	}
	roles, said := map[string]bool{}, map[question]bool{}
	for _, p := range paths {
		raw, err := fs.ReadFile(files, p)
		if err != nil {
			return nil, fmt.Errorf("access: %w", err)
		}
		for n, line := range strings.Split(string(raw), "\n") {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			rule, err := parse(line)
			if err != nil {
				return nil, fmt.Errorf("access: %s line %d: %w", p, n+1, err)
			}
			q := question{kernel.Role(rule[0]), rule[1], rule[2]}
			if said[q] {
				return nil, fmt.Errorf("access: %s line %d: %s on %s is granted to %s elsewhere too", p, n+1, rule[2], rule[1], rule[0])
			}
			said[q] = true
			if _, err := enforcer.AddPolicy(rule); err != nil {
				return nil, fmt.Errorf("access: %s line %d: %w", p, n+1, err)
			}
			roles[rule[0]] = true
		}
	}
	return &Policy{enforcer: enforcer, roles: slices.Sorted(maps.Keys(roles))}, nil
}

func parse(line string) ([]string, error) {
	fields := strings.Split(line, ",")
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	if len(fields) != 5 || fields[0] != "p" {
		return nil, fmt.Errorf("not \"p, role, noun, verb, scope\": %s", line)
	}
	if !slices.Contains([]string{"all", "tree", "own", "self", "public"}, fields[4]) {
		return nil, fmt.Errorf("unknown scope %q", fields[4])
	}
	return fields[1:], nil
}

// Decide tells whether the role may, and how far.
func (p *Policy) Decide(role kernel.Role, noun, verb string) (scope string, ok bool) {
	q := question{role, noun, verb}
	if known, found := p.made.Load(q); found {
		a, _ := known.(answer)
		return a.scope, a.ok
	}
	may, line, err := p.enforcer.EnforceEx(string(role), noun, verb)
	if err != nil {
		return "", false // an error denies
	}
	a := answer{ok: may && len(line) == 4}
	if a.ok {
		a.scope = line[3]
	}
	p.made.Store(q, a)
	return a.scope, a.ok
}

// Roles lists every role that a line names, in order.
func (p *Policy) Roles() []string { return slices.Clone(p.roles) }

// Lines lists every line as role, noun, verb, scope.
func (p *Policy) Lines() ([][]string, error) { return p.enforcer.GetPolicy() }
