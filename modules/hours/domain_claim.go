package hours

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"carecert/modules/hours/rule"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// The refusals of hours that were earned elsewhere.
var (
	ErrClaimUnknown       = fault.New(fault.NotFound, "hours.claim_unknown")
	ErrClaimWithdrawn     = fault.New(fault.Conflict, "hours.claim_withdrawn")
	ErrSecondPersonNeeded = fault.New(fault.Forbidden, "hours.second_person_needed")
)

// SourceImport is the source of a line that no session of ours stands behind.
const SourceImport = "import"

// ClaimState is where hours earned elsewhere stand.
type ClaimState string

// The states of a claim.
const (
	Claimed   ClaimState = "claimed" // waits for a bureau
	Confirmed ClaimState = "confirmed"
	Rejected  ClaimState = "rejected"
	Withdrawn ClaimState = "withdrawn"
)

// Claim is what a table said of hours earned elsewhere, who sent it, and what
// became of it. A table that says otherwise later adds another claim; nothing
// is overwritten but the decision.
type Claim struct {
	Import       string                `bson:"import"`
	File         string                `bson:"file"`
	Organization kernel.OrganizationID `bson:"organization"` // that sent it
	By           kernel.UserID         `bson:"by"`
	ByName       string                `bson:"byName"`
	At           time.Time             `bson:"at"`
	Title        string                `bson:"title"`
	Provider     string                `bson:"provider"` // as written
	Category     string                `bson:"category"`
	Tier         string                `bson:"tier,omitempty"`
	Minutes      kernel.Minutes        `bson:"minutes"`
	StartsAt     time.Time             `bson:"startsAt,omitempty"` // zero: only the day is known
	EndsAt       time.Time             `bson:"endsAt,omitempty"`
	Remark       string                `bson:"remark,omitempty"`
	Counts       bool                  `bson:"counts"` // its category counts toward the duty
	State        ClaimState            `bson:"state"`
	Rule         string                `bson:"rule"` // the version that says when it counts
	DecidedBy    kernel.UserID         `bson:"decidedBy,omitempty"`
	DecidedName  string                `bson:"decidedName,omitempty"`
	DecidedAt    *time.Time            `bson:"decidedAt,omitempty"`
	DecidedWhy   string                `bson:"decidedWhy,omitempty"`
	WithdrawnAt  *time.Time            `bson:"withdrawnAt,omitempty"`
}

// Timed tells whether its hours are known.
func (c Claim) Timed() bool { return !c.StartsAt.IsZero() }

// says tells whether another table says the same.
func (c Claim) says(d Claim) bool {
	return c.Minutes == d.Minutes && c.StartsAt.Equal(d.StartsAt) && c.EndsAt.Equal(d.EndsAt) && c.Category == d.Category &&
		c.Tier == d.Tier && c.Remark == d.Remark
}

func (c Claim) flaw() string {
	switch c.State {
	case Claimed:
		return rule.FlawUnconfirmed
	case Rejected:
		return rule.FlawRejected
	case Withdrawn:
		return rule.FlawWithdrawn
	case Confirmed:
	}
	return ""
}

// current is the last claim that was not withdrawn; of none the last at all.
func current(claims []Claim) Claim {
	for _, c := range slices.Backward(claims) {
		if c.State != Withdrawn {
			return c
		}
	}
	return claims[len(claims)-1]
}

// decide confirms or rejects what stands; false when it is so already.
func decide(claims []Claim, state ClaimState, by kernel.Actor, why string, at time.Time) ([]Claim, bool, error) {
	claims = slices.Clone(claims)
	for i := range slices.Backward(claims) {
		c := &claims[i]
		if c.State == Withdrawn {
			continue
		}
		if c.State == state {
			return claims, false, nil
		}
		// 例外须第二人复核 (FACTS §8): whoever sent the table does not confirm it.
		if state == Confirmed && c.By == by.User {
			return claims, false, ErrSecondPersonNeeded
		}
		c.State, c.DecidedBy, c.DecidedName, c.DecidedAt, c.DecidedWhy = state, by.User, by.Name, &at, why
		return claims, true, nil
	}
	return claims, false, ErrClaimWithdrawn
}

// withdraw takes back what an import said; what stood before stands again.
func withdraw(claims []Claim, importID string, at time.Time) []Claim {
	claims = slices.Clone(claims)
	for i := range claims {
		if claims[i].Import == importID && claims[i].State != Withdrawn {
			claims[i].State, claims[i].WithdrawnAt = Withdrawn, &at
		}
	}
	return claims
}

// Provenance is the current claim as a line of the ledger shows it.
type Provenance struct {
	Import       string                `bson:"import"`
	File         string                `bson:"file"`
	Organization kernel.OrganizationID `bson:"organization"`
	ByName       string                `bson:"byName"`
	At           time.Time             `bson:"at"`
	Provider     string                `bson:"provider"`
	Timed        bool                  `bson:"timed"`
	Remark       string                `bson:"remark,omitempty"`
	State        ClaimState            `bson:"state"`
	DecidedName  string                `bson:"decidedName,omitempty"`
	DecidedAt    *time.Time            `bson:"decidedAt,omitempty"`
	DecidedWhy   string                `bson:"decidedWhy,omitempty"`
}

func (c Claim) provenance() *Provenance {
	return &Provenance{
		Import: c.Import, File: c.File, Organization: c.Organization, ByName: c.ByName, At: c.At, Provider: c.Provider,
		Timed: c.Timed(), Remark: c.Remark, State: c.State, DecidedName: c.DecidedName, DecidedAt: c.DecidedAt, DecidedWhy: c.DecidedWhy,
	}
}

func sameProvenance(a, b *Provenance) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Import == b.Import && a.State == b.State && a.Timed == b.Timed && a.Remark == b.Remark
}

// elsewhere names what was learned on a day, by its title and who held it,
// however a table spells them: the same person's second row of it is the same
// training. It stands where the id of a session does.
func elsewhere(on kernel.Date, title, provider string) kernel.SessionID {
	sum := sha256.Sum256([]byte(string(on) + "\x00" + folded(title) + "\x00" + folded(provider)))
	return kernel.SessionID("x-" + hex.EncodeToString(sum[:10]))
}

// folded leaves out what people write in one table and not in the next.
func folded(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" 《》<>“”\"'()[]·-_,、。:", r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
}
