package oversight

import (
	"context"
	"fmt"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/oversight/rule"
)

// Record is what the radar found about a person, for the export of everything
// about oneself: only what an office confirmed. A suspicion is nobody's record,
// and who is told of it could cover it up.
type Record struct{ service *Service }

// Record gives the part.
func (m *Module) Record() Record { return Record{m.Service} }

// Name of the part.
func (Record) Name() string { return "radarFindings" }

// ownFinding is a finding as one of those that it is about reads it: nobody
// else that is in it, nor who decided.
type ownFinding struct {
	Kind    rule.Kind   `json:"kind"`
	Date    kernel.Date `json:"date" format:"date"`
	Text    string      `json:"text"`
	Clause  string      `json:"clause"`
	Decided time.Time   `json:"decidedAt"`
	Reason  string      `json:"reason,omitempty" doc:"that the office gave, where it took presences of the person back"`
	Refused int         `json:"refused" doc:"presences of the person that were taken back"`
}

// Part lists the confirmed findings that name a person, the latest first; who
// may read them was decided by the record's owner.
func (r Record) Part(ctx context.Context, p kernel.PersonID) (any, error) {
	records, err := r.service.People.RecordsOf(ctx, p)
	if err != nil {
		return nil, err
	}
	found, err := r.service.repo.confirmed(ctx, records)
	if err != nil {
		return nil, err
	}
	cards, err := r.service.People.Cards(ctx, []kernel.PersonID{p})
	if err != nil {
		return nil, err
	}
	out := make([]ownFinding, 0, len(found))
	for _, f := range found {
		v := ownFinding{Kind: f.Kind, Date: f.Date, Text: title(ctx, f, cards[p].Name), Clause: f.Clause}
		for _, d := range f.Decisions {
			if d.Word != Confirm {
				continue
			}
			v.Decided = d.At
			for _, s := range d.Refused {
				if slices.Contains(records, s.Person) {
					v.Refused, v.Reason = v.Refused+1, d.Reason // they were told it then
				}
			}
		}
		out = append(out, v)
	}
	return out, nil
}

// confirmed reads the findings about the records that an office confirmed,
// each once, the latest first.
func (r *repository) confirmed(ctx context.Context, records []kernel.PersonID) (found []Finding, err error) {
	for _, p := range records {
		q := store.Query{Index: "people", Equal: []any{string(p), string(Confirmed)}}
		if err := r.findings.Each(ctx, q, func(d findingDoc) error {
			if !slices.ContainsFunc(found, func(f Finding) bool { return f.ID == d.ID }) {
				found = append(found, d.finding())
			}
			return nil
		}); err != nil {
			return nil, fmt.Errorf("findings about %s: %w", p, err)
		}
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return b.FirstSeenAt.Compare(a.FirstSeenAt) })
	return found, nil
}
