package rule

import (
	"errors"
	"fmt"

	"carecert/modules/kernel"
)

// Need is one standard that coverage is asked of, with the row it is judged by.
type Need struct {
	Asked    string // as the reader wrote it; the catalogue's code where nobody did
	Standard Standard
	Topic    string
	Row      CoverageRow
	Ruled    bool // a row is in force
}

// Subject tells whether somebody in the state belongs to the denominator.
func (n Need) Subject(s State) bool { return n.Ruled && s.Serves(n.Row.Roles, n.Row.WithoutSmall) }

// Covered sums states up: one ratio a standard, and the ratio of those who have
// all that is asked of them.
func Covered(needs []Need, states map[string]int64) (each []kernel.Ratio, all kernel.Ratio) {
	each = make([]kernel.Ratio, len(needs))
	for s, n := range states {
		subject, lacks := false, false
		for i, need := range needs {
			if !need.Subject(State(s)) {
				continue
			}
			subject = true
			each[i].Denominator += n
			if State(s).Knows(need.Topic) {
				each[i].Numerator += n
			} else {
				lacks = true
			}
		}
		if subject {
			all.Denominator += n
			if !lacks {
				all.Numerator += n
			}
		}
	}
	return each, all
}

// Lacking lists what is asked of somebody in a state and is not there; false
// where nothing is asked of them.
func Lacking(needs []Need, s State) (missing []Need, subject bool) {
	for _, need := range needs {
		if !need.Subject(s) {
			continue
		}
		subject = true
		if !s.Knows(need.Topic) {
			missing = append(missing, need)
		}
	}
	return missing, subject
}

// SocialRow says how many trained social workers a home needs
// (policies/rules/statistics.yaml, socialWorkers).
type SocialRow struct {
	kernel.RuleHead `yaml:",inline"`
	Bands           []Band             `yaml:"bands"`
	Roles           []kernel.StaffRole `yaml:"roles"` // posts whose trained people count; none: whatever their post
	WithoutSmall    bool               `yaml:"withoutSmallHomes"`
	DueOn           kernel.Date        `yaml:"dueOn"`
	House           []string           `yaml:"house"`
	Note            string             `yaml:"note"`
}

// Band asks for a number of people of homes of a size; both ends belong to it,
// for 以上 and 以下 include the number itself. ToBeds 0 is open.
type Band struct {
	FromBeds int    `yaml:"fromBeds"`
	ToBeds   int    `yaml:"toBeds"`
	Required int64  `yaml:"required"`
	Clause   string `yaml:"clause"`
}

func (b Band) holds(beds int) bool { return b.FromBeds <= beds && (b.ToBeds == 0 || beds <= b.ToBeds) }

var errBands = errors.New("a band of beds ends before it begins, asks for nobody or says no clause")

// Check refuses a row that nothing can be read from.
func (r SocialRow) Check() error {
	for _, b := range r.Bands {
		if (b.ToBeds != 0 && b.ToBeds < b.FromBeds) || b.Required < 1 || b.Clause == "" {
			return fmt.Errorf("%s: %w", r.ID, errBands)
		}
	}
	return nil
}

// The flags of a home's social workers.
const (
	FlagNoRule      = "noRule"      // no row is in force there
	FlagNotSubject  = "notSubject"  // the row leaves this kind or size of home out
	FlagBedsUnknown = "bedsUnknown" // the approved beds are not on record
	FlagBothClauses = "bothClauses" // two clauses hold for its size; the stricter counts
	FlagOtherPosts  = "otherPosts"  // counted people serve in another post
	FlagUntrained   = "untrained"   // social workers on post without a training record
)

// Home is a home as the number of its social workers depends on it.
type Home struct {
	Beds  int
	Small bool
}

// Required tells how many a home needs, by which clause; false where the row
// cannot tell, and the flag says why.
func (r SocialRow) Required(h Home) (required int64, clause string, flags []string, known bool) {
	switch {
	case r.ID == "":
		return 0, "", []string{FlagNoRule}, false
	case h.Small && r.WithoutSmall:
		return 0, "", []string{FlagNotSubject}, false
	case h.Beds <= 0:
		return 0, "", []string{FlagBedsUnknown}, false
	}
	held := 0
	for _, b := range r.Bands {
		if !b.holds(h.Beds) {
			continue
		}
		held++
		if b.Required > required {
			required, clause = b.Required, b.Clause
		}
	}
	switch {
	case held == 0:
		return 0, "", []string{FlagNotSubject}, false
	case held > 1: // 300 张 is both 以下 and 以上 (FACTS §13.2)
		flags = append(flags, FlagBothClauses)
	}
	return required, clause, flags, true
}

// Social is what a home's states say of its social workers.
type Social struct {
	Trained    int64 // people who completed the training, in a post that counts
	OtherPosts int64 // of them, not on post as social workers
	Untrained  int64 // on post as social workers, without a training record
}

// SocialOf sums states up.
func (r SocialRow) SocialOf(states map[string]int64) (out Social) {
	worker := []kernel.StaffRole{kernel.StaffSocialWorker}
	for s, n := range states {
		state := State(s)
		onPost, trained := state.Serves(worker, false), state.Knows(TopicSocialWork)
		switch {
		case trained && state.Serves(r.Roles, false):
			out.Trained += n
			if !onPost {
				out.OtherPosts += n
			}
		case onPost && !trained:
			out.Untrained += n
		}
	}
	return out
}
