// Package rule holds how indicators are counted: dated rows with their clause,
// and the pure step from a person's facts to the segments they count for.
package rule

import (
	"slices"
	"strings"

	"carecert/modules/kernel"
)

// Row is one dated counting rule of the certification rate
// (policies/rules/statistics.yaml).
type Row struct {
	kernel.RuleHead   `yaml:",inline"`
	Roles             []kernel.StaffRole `yaml:"roles"`             // the denominator's roles
	Families          []string           `yaml:"families"`          // accepted certificate families
	IncludeSmallHomes bool               `yaml:"includeSmallHomes"` // 长者照护之家 (FACTS §13.1)
	VerifiedOnly      bool               `yaml:"verifiedOnly"`
	TargetBP          *int64             `yaml:"targetBP"` // basis points; none where the source sets none
	DueOn             kernel.Date        `yaml:"dueOn"`
	Note              string             `yaml:"note"`
}

// Basis is what makes two rows count alike: rows that differ only in target or
// period share their counters.
type Basis struct {
	Roles             []kernel.StaffRole
	Families          []string
	IncludeSmallHomes bool
	VerifiedOnly      bool
}

// Basis of the row.
func (r Row) Basis() Basis {
	return Basis{Roles: r.Roles, Families: r.Families, IncludeSmallHomes: r.IncludeSmallHomes, VerifiedOnly: r.VerifiedOnly}
}

// Default is the basis where no row is in force: caregivers, verified
// 职业技能等级 and 职业资格 certificates, every kind of home (FACTS §7.2).
func Default() Basis {
	return Basis{
		Roles:             []kernel.StaffRole{kernel.StaffCaregiver},
		Families:          []string{"skillLevel", "qualification"},
		IncludeSmallHomes: true,
		VerifiedOnly:      true,
	}
}

// Key names the basis in stored documents; equal bases have equal keys.
func (b Basis) Key() string {
	roles := make([]string, 0, len(b.Roles))
	for _, r := range b.Roles {
		roles = append(roles, string(r))
	}
	families := slices.Clone(b.Families)
	slices.Sort(roles)
	slices.Sort(families)
	key := strings.Join(roles, "+") + "~" + strings.Join(families, "+")
	if !b.IncludeSmallHomes {
		key += "~noSmall"
	}
	if !b.VerifiedOnly {
		key += "~claimed"
	}
	return key
}

// counts tells whether a spell belongs to the denominator.
func (b Basis) counts(s kernel.Spell) bool {
	return slices.Contains(b.Roles, s.Role) && (b.IncludeSmallHomes || !s.SmallHome)
}

// Bases lists the distinct bases of the rows and the default one, in a stable
// order.
func Bases(rows []Row) []Basis {
	out := []Basis{Default()}
	seen := map[string]bool{out[0].Key(): true}
	for _, r := range rows {
		if b := r.Basis(); !seen[b.Key()] {
			seen[b.Key()] = true
			out = append(out, b)
		}
	}
	return out
}
