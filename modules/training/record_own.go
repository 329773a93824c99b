package training

import (
	"context"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// OwnLearning is the part of what somebody learned online, for the export of
// everything about oneself.
type OwnLearning struct{ service *Service }

// OwnLearning gives the part.
func (m *Module) OwnLearning() OwnLearning { return OwnLearning{m.Service} }

// Name of the part.
func (OwnLearning) Name() string { return "learning" }

// ownLearningView is a session that somebody learned in, with the whole proof.
type ownLearningView struct {
	Title string      `json:"title" doc:"of the class"`
	Date  kernel.Date `json:"date" format:"date"`
	learningView
}

// Part lists what a person learned online, the latest first; who may read it
// was decided by its owner.
func (o OwnLearning) Part(ctx context.Context, p kernel.PersonID) (any, error) {
	all, err := o.service.docs.learnedBy(ctx, p)
	if err != nil {
		return nil, err
	}
	sessions, err := o.service.docs.sessions.GetMany(ctx, each(all, func(l Learning) string { return string(l.Session) }))
	if err != nil {
		return nil, err
	}
	classes, err := o.service.docs.classes.GetMany(ctx, each(all, func(l Learning) string { return string(l.Class) }))
	if err != nil {
		return nil, err
	}
	held, titles := map[kernel.SessionID]Session{}, map[kernel.ClassID]string{}
	for _, d := range sessions {
		held[kernel.SessionID(d.ID)] = d.session()
	}
	for _, d := range classes {
		titles[kernel.ClassID(d.ID)] = d.class().Terms.Title
	}
	return each(all, func(l Learning) ownLearningView {
		x := held[l.Session]
		l.Learning = l.Settle(o.service.settledAt(x))
		return ownLearningView{titles[l.Class], kernel.DateOf(x.Plan.StartsAt), viewLearning(ctx, l, x)}
	}), nil
}

// OwnLogbook is the part of somebody's practice on the job, likewise.
type OwnLogbook struct{ service *Service }

// OwnLogbook gives the part.
func (m *Module) OwnLogbook() OwnLogbook { return OwnLogbook{m.Service} }

// Name of the part.
func (OwnLogbook) Name() string { return "logbook" }

// Part lists a person's entries, the latest first, with those that were
// corrected or contested.
func (o OwnLogbook) Part(ctx context.Context, p kernel.PersonID) (any, error) {
	all, err := o.service.docs.logEntries(ctx, store.Query{Index: "by_person", Equal: []any{string(p)}, Desc: true})
	return each(all, func(e LogEntry) logEntryView { return viewLogEntry(ctx, e, "") }), err
}
