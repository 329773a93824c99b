package training

import (
	"context"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/training/rule"
)

// WordOf is what a teacher's word is about.
type WordOf string

// What a word is about.
const (
	WordWhole   WordOf = ""        // the whole presence; both times empty: was not there
	WordConfirm WordOf = "confirm" // what was scanned is true
	WordOut     WordOf = "out"     // when somebody who had checked in left
)

// Word is what a teacher says about somebody's presence. The last word counts;
// the earlier ones stay.
type Word struct {
	Of         WordOf        `bson:"of,omitempty"`
	In         time.Time     `bson:"in"`
	Out        time.Time     `bson:"out"`
	Reason     string        `bson:"reason"`
	Sheet      string        `bson:"sheet,omitempty"` // the signed paper it was read from
	By         kernel.UserID `bson:"by"`
	ByName     string        `bson:"byName"`
	RecordedAt time.Time     `bson:"recordedAt"`
}

// WordDraft is a word as the teacher enters it.
type WordDraft struct {
	Of      WordOf
	In, Out time.Time
	Reason  string
	Sheet   string
}

func (d WordDraft) word(ctx context.Context, at time.Time) Word {
	actor := kernel.ActorFrom(ctx)
	return Word{
		Of: d.Of, In: d.In, Out: d.Out, Reason: d.Reason, Sheet: d.Sheet,
		By: actor.User, ByName: actor.Name, RecordedAt: at,
	}
}

// Vouch adds the teacher's word; a refused presence cannot be talked back.
func (a Attendance) Vouch(w Word, s Session) (Attendance, error) {
	if a.Refusal != nil {
		return a, ErrPresenceRefused
	}
	if err := w.check(s, a.Presence()); err != nil {
		return a, err
	}
	a.Words = append(slices.Clone(a.Words), w)
	a.ChangedAt = w.RecordedAt
	return a, nil
}

func (w Word) check(s Session, stands rule.Presence) error {
	switch w.Of {
	case WordConfirm:
		if stands.In.IsZero() || stands.Withdrew {
			return ErrNothingPending
		}
		return nil
	case WordOut:
		if stands.In.IsZero() || !stands.Out.IsZero() {
			return ErrNotInside
		}
		w.In = stands.In
	case WordWhole:
	}
	switch {
	case w.In.IsZero() && w.Out.IsZero():
		return nil
	case w.In.IsZero() || w.Out.IsZero():
		return ErrPresenceIncomplete
	case !w.Out.After(w.In):
		return ErrPresenceReversed
	case !w.In.Before(s.Plan.EndsAt) || !w.Out.After(s.Plan.StartsAt):
		return ErrPresenceOutside
	case w.In.After(w.RecordedAt):
		return ErrPresenceAhead
	case w.Out.After(w.RecordedAt) && w.Out.After(s.Plan.EndsAt):
		return ErrPresenceAhead // the sheet may be filled in up to the planned end, no further
	}
	return nil
}

// upon is what stands once the word was said of it.
func (w Word) upon(p rule.Presence) rule.Presence {
	switch w.Of {
	case WordConfirm:
		p.Confirmed = true
	case WordOut:
		p.Out = w.Out
	case WordWhole:
		p.In, p.Out, p.Vouched, p.Withdrew = w.In, w.Out, true, w.In.IsZero()
		p.Stretches = nil
	}
	return p
}
