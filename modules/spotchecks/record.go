package spotchecks

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Record is the part of the checks that one was met in, for the export of
// everything about oneself.
type Record struct{ service *Service }

// Record gives the part.
func (m *Module) Record() Record { return Record{m.Service} }

// Name of the part.
func (Record) Name() string { return "spotChecks" }

type ownMeetingView struct {
	At          time.Time `json:"at" doc:"when it was signed"`
	Institution string    `json:"institutionName"`
	By          string    `json:"byName" doc:"the inspector"`
	How         string    `json:"how" enum:"scanned,tapped,added"`
	Standing    string    `json:"standing" enum:"onRoster,notOnBooks,other"`
}

// Part lists the checks that a person was met in, the latest first; who may
// read it was decided by its owner.
func (r Record) Part(ctx context.Context, p kernel.PersonID) (any, error) {
	out := []ownMeetingView{}
	err := r.service.repo.met.Each(ctx, store.Query{Index: "person", Equal: []any{string(p)}, Desc: true}, func(d metDoc) error {
		c, err := r.service.repo.check(ctx, d.Check)
		if err != nil {
			return err
		}
		out = append(out, ownMeetingView{At: d.At, Institution: c.Place.Name, By: c.ByName, How: d.How, Standing: d.Standing})
		return nil
	})
	return out, err
}
