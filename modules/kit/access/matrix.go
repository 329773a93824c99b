package access

import (
	"fmt"
	"slices"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

// columns is the order of the matrix: from the public to the bureaus.
func columns() []kernel.Role {
	return []kernel.Role{
		"public", "signedIn", kernel.RoleCaregiver, kernel.RoleInstitution, kernel.RoleSchool, kernel.RoleAssessor,
		kernel.RoleSubdistrict, kernel.RoleDistrictBureau, kernel.RoleCityBureau, kernel.RoleAuditor, kernel.RoleAdmin,
	}
}

// Matrix is who may do what, as a page: a line for every verb on a noun that a
// route asks for, a column for every role, and how far each goes.
func (p *Policy) Matrix(routes []web.Route) string {
	paths := map[question][]string{}
	var rows []question
	for _, r := range routes {
		q := question{noun: r.Permission.Noun, verb: r.Permission.Verb}
		if paths[q] == nil {
			rows = append(rows, q)
		}
		paths[q] = append(paths[q], fmt.Sprintf("`%s %s`", r.Method, r.Path))
	}
	slices.SortFunc(rows, func(a, b question) int {
		if c := strings.Compare(a.noun, b.noun); c != 0 {
			return c
		}
		return strings.Compare(a.verb, b.verb)
	})
	var out strings.Builder
	out.WriteString("| Noun | Verb |")
	for _, role := range columns() {
		fmt.Fprintf(&out, " %s |", role)
	}
	out.WriteString(" Routes |\n|" + strings.Repeat(" --- |", len(columns())+3) + "\n")
	for _, row := range rows {
		fmt.Fprintf(&out, "| %s | %s |", row.noun, row.verb)
		for _, role := range columns() {
			scope, ok := p.Decide(role, row.noun, row.verb)
			if !ok {
				scope = "–"
			}
			fmt.Fprintf(&out, " %s |", scope)
		}
		fmt.Fprintf(&out, " %s |\n", strings.Join(paths[row], "<br>"))
	}
	return out.String()
}
