package certificates

import (
	"context"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

// Record is the module's part of a person's career record.
type Record struct{ service *Service }

// Record of the module.
func (m *Module) Record() Record { return Record{m.Service} }

// Name of the part (CONTRACT §3).
func (Record) Name() string { return "certificates" }

// Part lists the person's certificates; the register has checked the reach.
func (r Record) Part(ctx context.Context, person kernel.PersonID) (any, error) {
	all, err := r.service.repo.ofPerson(ctx, person)
	out := make([]certificateView, 0, len(all))
	for _, c := range all {
		out = append(out, r.service.view(ctx, c))
	}
	return out, err
}

// Built tells whether a certificate of the person was issued or registered at an
// instant or after it: a people.Foundation.
func (r Record) Built(ctx context.Context, person kernel.PersonID, since time.Time) (bool, error) {
	all, err := r.service.repo.ofPerson(ctx, person)
	return slices.ContainsFunc(all, func(c Certificate) bool { return !c.RecordedAt.Before(since) }), err
}

// Contests is the part of the numbers that stand or stood for two people.
type Contests struct{ service *Service }

// Contests of the module.
func (m *Module) Contests() Contests { return Contests{m.Service} }

// Name of the part.
func (Contests) Name() string { return "numberConflicts" }

// contestView is a conflict as one of the two reads it: whose the other record
// is, where they work, who claimed it and the words of the ruling are not told.
type contestView struct {
	Number    string         `json:"number"`
	Side      string         `json:"side" enum:"held,claimed" doc:"the number is on the books for the person, or was claimed for them"`
	Other     string         `json:"other" doc:"words that name nobody"`
	Status    ConflictStatus `json:"status" enum:"open,decided"`
	Outcome   string         `json:"outcome,omitempty" enum:"own,other,neither,withdrawn,merged" doc:"whose it is"`
	At        time.Time      `json:"at"`
	LatestAt  time.Time      `json:"latestAt"`
	DecidedAt *time.Time     `json:"decidedAt,omitempty"`
}

// Part lists the conflicts that the person, or a record merged into theirs, is
// a side of.
func (c Contests) Part(ctx context.Context, person kernel.PersonID) (any, error) {
	holder, err := c.service.repo.holderOf(ctx, person)
	if err != nil {
		return nil, err
	}
	records := append([]kernel.PersonID{holder.person()}, holder.Also...)
	all, err := c.service.repo.conflictsOf(ctx, records)
	out := make([]contestView, 0, len(all))
	for _, x := range all {
		for _, own := range records {
			if x.Held.Person == own || x.Claimed.Person == own {
				out = append(out, viewContest(ctx, x, own))
				break
			}
		}
	}
	return out, err
}

func viewContest(ctx context.Context, c Conflict, own kernel.PersonID) contestView {
	v := contestView{
		Number: c.Number, Side: RulingClaimed, Other: web.Text(ctx, "certificates.another_record"), Status: c.Status, At: c.At, LatestAt: c.LatestAt,
	}
	if c.Held.Person == own {
		v.Side = RulingHeld
	}
	if c.Ruling == nil {
		return v
	}
	v.DecidedAt, v.Outcome = &c.Ruling.At, c.Ruling.Holder
	switch c.Ruling.Holder {
	case v.Side:
		v.Outcome = "own"
	case RulingHeld, RulingClaimed:
		v.Outcome = "other"
	}
	return v
}
