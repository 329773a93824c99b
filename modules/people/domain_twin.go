package people

import (
	"slices"
	"strings"
	"time"

	"carecert/modules/kernel"
)

// Ground is why two records look like one person.
type Ground string

// The grounds.
const (
	GroundNameAndBirth Ground = "nameAndBirth" // the same name, born on the same day
	GroundPhone        Ground = "phone"        // the same telephone number
)

// sharedLine is how many people have one number before it is a house's line
// that tells nobody apart. The house's own figure.
const sharedLine = 5

// TwinState is where a finding stands.
type TwinState string

// The states of a finding.
const (
	TwinOpen     TwinState = "open"
	TwinDistinct TwinState = "distinct" // somebody has looked: they are two
	TwinMerged   TwinState = "merged"
)

// Twins are two records that look like one person.
type Twins struct {
	ID      string
	A, B    kernel.PersonID // A was registered first
	Grounds []Ground
	State   TwinState
	FoundAt time.Time
}

func twinsID(a, b string) string { return min(a, b) + "~" + max(a, b) }

// grounds tells why two records look like one person; none when they do not.
func (d personDoc) grounds(o personDoc) []Ground {
	var out []Ground
	if d.Birth != "" && d.Birth == o.Birth && (d.called(o.Name) || o.called(d.Name)) {
		out = append(out, GroundNameAndBirth)
	}
	if d.PhoneBlind != "" && d.PhoneBlind == o.PhoneBlind {
		out = append(out, GroundPhone)
	}
	return out
}

// common is who has both in reach.
func common(a, b personDoc) []string {
	return slices.DeleteFunc(slices.Clone(a.Reach), func(o string) bool { return strings.Contains(o, "/") || !slices.Contains(b.Reach, o) })
}
