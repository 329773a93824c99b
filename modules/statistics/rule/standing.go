package rule

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"carecert/modules/kernel"
)

// Completion is a course that somebody completed, as training told it.
type Completion struct {
	Class      kernel.ClassID    `bson:"class"`
	As         kernel.PersonID   `bson:"as"`            // the record that completed it
	Was        []kernel.PersonID `bson:"was,omitempty"` // the records it came from by merges, the last at the end
	Standards  []string          `bson:"standards,omitempty"`
	Audience   string            `bson:"audience,omitempty"`
	Programme  string            `bson:"programme,omitempty"`
	On         kernel.Date       `bson:"on"`         // day of the last session
	RecordedAt time.Time         `bson:"recordedAt"` // when it was known of this record
	RevokedOn  kernel.Date       `bson:"revokedOn,omitempty"`
	RevokedAt  *time.Time        `bson:"revokedAt,omitempty"`
	LeftAt     *time.Time        `bson:"leftAt,omitempty"` // when it became another record's, by a merge or its undoing
}

// holds is how long it counts, as known at an instant (zero: everything).
func (c Completion) holds(knownAt time.Time) (kernel.Period, bool) {
	if (!knownAt.IsZero() && c.RecordedAt.After(knownAt)) || !after(c.LeftAt, knownAt) {
		return kernel.Period{}, false
	}
	p := kernel.Period{From: c.On, To: kernel.Forever}
	if c.RevokedAt != nil && !after(c.RevokedAt, knownAt) {
		p.To = c.RevokedOn.AddDays(-1) // revoked is not trained, from that day on
	}
	return p, p.From <= p.To
}

// roleMarks write the roles of a state; a capital where the person serves in a
// 长者照护之家, which some rows leave out.
func roleMarks() map[kernel.StaffRole]string {
	return map[kernel.StaffRole]string{
		kernel.StaffCaregiver: "c", kernel.StaffCare: "a", kernel.StaffManager: "m", kernel.StaffDirector: "d",
		kernel.StaffSocialWorker: "w", kernel.StaffMedical: "h", kernel.StaffService: "s",
	}
}

// State is what somebody counts for at an organisation for a while: the roles
// they serve in and the topics they are trained in. Everything that coverage
// counts is a sum over states, so that rows, targets and sets may change
// without anything being counted anew.
type State string

func stateOf(marks, topics []string) State {
	slices.Sort(marks)
	slices.Sort(topics)
	return State(strings.Join(append([]string{strings.Join(slices.Compact(marks), "")}, slices.Compact(topics)...), "_"))
}

// Serves tells whether one of the roles is among those of the state; no roles
// ask for any.
func (s State) Serves(roles []kernel.StaffRole, withoutSmall bool) bool {
	marks, _, _ := strings.Cut(string(s), "_")
	if len(roles) == 0 && !withoutSmall {
		return marks != ""
	}
	known := roleMarks()
	if len(roles) == 0 {
		return marks != strings.ToUpper(marks)
	}
	for _, r := range roles {
		if strings.Contains(marks, known[r]) || (!withoutSmall && strings.Contains(marks, strings.ToUpper(known[r]))) {
			return true
		}
	}
	return false
}

// Knows tells whether the state holds the topic.
func (s State) Knows(topic string) bool {
	_, topics, _ := strings.Cut(string(s), "_")
	return slices.Contains(strings.Split(topics, "_"), topic)
}

// Roles of the state alone, without its topics.
func (s State) Roles() State {
	marks, _, _ := strings.Cut(string(s), "_")
	return State(marks)
}

// Standings derive the states of a person from the facts known at an instant
// (zero: everything): per organisation, never overlapping. Why holds the state.
func Standings(c Catalogue, spells []kernel.Spell, completions []Completion, knownAt time.Time) []Segment {
	marks := roleMarks()
	type post struct {
		kernel.Period
		mark string
	}
	posts := map[kernel.OrganizationID][]post{}
	for _, s := range spells {
		unknown := !knownAt.IsZero() && s.RecordedAt.After(knownAt)
		mark := marks[s.Role]
		if unknown || !after(s.SupersededAt, knownAt) || mark == "" {
			continue
		}
		if s.SmallHome {
			mark = strings.ToUpper(mark)
		}
		for _, o := range s.Path {
			posts[o] = append(posts[o], post{s.Period, mark})
		}
	}
	type learned struct {
		kernel.Period
		topics []string
	}
	var known []learned
	for _, done := range completions {
		if p, ok := done.holds(knownAt); ok {
			known = append(known, learned{p, c.Topics(done)})
		}
	}
	var out []Segment
	for org, at := range posts {
		var cuts []kernel.Date
		for _, p := range at {
			cuts = append(cuts, p.From, p.To.AddDays(1))
		}
		for _, k := range known {
			cuts = append(cuts, k.From, k.To.AddDays(1))
		}
		slices.Sort(cuts)
		cuts = slices.Compact(cuts)
		for i, from := range cuts {
			to := kernel.Forever
			if i+1 < len(cuts) {
				to = cuts[i+1].AddDays(-1)
				if cuts[i+1] == kernel.Forever {
					to = kernel.Forever
				}
			}
			var roles, topics []string
			for _, p := range at {
				if p.Holds(from) {
					roles = append(roles, p.mark)
				}
			}
			if len(roles) == 0 || from == kernel.Forever {
				continue
			}
			for _, k := range known {
				if k.Holds(from) {
					topics = append(topics, k.topics...)
				}
			}
			state := string(stateOf(roles, topics))
			if n := len(out); n > 0 && out[n-1].Organization == org && out[n-1].Why == state && out[n-1].To.AddDays(1) == from {
				out[n-1].To = to
				continue
			}
			out = append(out, Segment{Organization: org, From: from, To: to, Why: state})
		}
	}
	slices.SortFunc(out, func(x, y Segment) int {
		return cmp.Or(cmp.Compare(x.Organization, y.Organization), cmp.Compare(x.From, y.From))
	})
	return out
}
