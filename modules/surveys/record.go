package surveys

import (
	"context"

	"carecert/modules/kernel"
)

// Record is the part of what one was asked, for the export of everything about
// oneself: whether one answered is all that is known.
type Record struct{ service *Service }

// Record gives the part.
func (m *Module) Record() Record { return Record{m.Service} }

// Name of the part.
func (Record) Name() string { return "surveys" }

type ownRecordView struct {
	Title    string      `json:"title" doc:"of the class"`
	On       kernel.Date `json:"on" format:"date" doc:"the day it was opened"`
	Answered bool        `json:"answered" doc:"what was answered is kept without a name"`
}

// Part lists what a person was asked, the latest first; who may read it was
// decided by its owner.
func (r Record) Part(ctx context.Context, p kernel.PersonID) (any, error) {
	all, err := r.service.asksOf(ctx, p)
	out := make([]ownRecordView, 0, len(all))
	for _, o := range all {
		out = append(out, ownRecordView{o.Title, kernel.DateOf(o.OpensAt), o.Answered})
	}
	return out, err
}
