package training

import (
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/training/rule"
)

// Direction of a scan.
type Direction string

// The directions.
const (
	DirectionIn  Direction = "in"
	DirectionOut Direction = "out"
)

// Word is what a teacher says about somebody's presence. The last word counts;
// the earlier ones stay. Both times empty: was not there.
type Word struct {
	In         time.Time     `bson:"in"`
	Out        time.Time     `bson:"out"`
	Reason     string        `bson:"reason"`
	By         kernel.UserID `bson:"by"`
	ByName     string        `bson:"byName"`
	RecordedAt time.Time     `bson:"recordedAt"`
}

// Refusal is a second person's no to the teacher's word.
type Refusal struct {
	Reason     string        `bson:"reason"`
	By         kernel.UserID `bson:"by"`
	RecordedAt time.Time     `bson:"recordedAt"`
}

// Attendance is the proof of one person in one session.
type Attendance struct {
	Session    kernel.SessionID
	Class      kernel.ClassID
	Person     kernel.PersonID
	As         kernel.PersonID // the record they sat there under, where a merge moved it
	ScannedIn  time.Time
	ScannedOut time.Time
	Words      []Word
	Refusal    *Refusal
	Stretches  []rule.Stretch // that prove it without a scan; kept elsewhere
	ChangedAt  time.Time
	Stored     int64
}

// Scan takes a check-in or check-out. The first of each direction counts, so a
// repeated scan changes nothing.
func (a Attendance) Scan(d Direction, at time.Time) (Attendance, bool, error) {
	switch {
	case d == DirectionIn && a.ScannedIn.IsZero():
		a.ScannedIn = at
	case d == DirectionIn:
		return a, false, nil
	case a.ScannedIn.IsZero():
		return a, false, ErrNotCheckedIn
	case !a.ScannedOut.IsZero():
		return a, false, nil
	default:
		a.ScannedOut = at
	}
	a.ChangedAt = at
	return a, true, nil
}

// Vouch adds the teacher's word; a refused presence cannot be talked back.
func (a Attendance) Vouch(w Word, s Session) (Attendance, error) {
	if a.Refusal != nil {
		return a, ErrPresenceRefused
	}
	if err := w.check(s); err != nil {
		return a, err
	}
	a.Words = append(slices.Clone(a.Words), w)
	a.ChangedAt = w.RecordedAt
	return a, nil
}

func (w Word) check(s Session) error {
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

// Refuse reverses the teacher's word; never by whoever gave one.
func (a Attendance) Refuse(r Refusal) (Attendance, error) {
	if a.Refusal != nil {
		return a, ErrPresenceRefused
	}
	if len(a.Words) == 0 {
		return a, ErrNothingToRefuse
	}
	if slices.ContainsFunc(a.Words, func(w Word) bool { return w.By == r.By }) {
		return a, ErrOwnWord
	}
	a.Refusal, a.ChangedAt = &r, r.RecordedAt
	return a, nil
}

func (a Attendance) scans() rule.Presence {
	return rule.Presence{In: a.ScannedIn, Out: a.ScannedOut}
}

// Presence is what stands: the teacher's last word, else what was learned and
// the scans.
func (a Attendance) Presence() rule.Presence {
	p := a.scans()
	p.Refused, p.Stretches = a.Refusal != nil, a.Stretches
	if n := len(a.Words); n > 0 {
		last := a.Words[n-1]
		p.In, p.Out, p.Vouched, p.Withdrew = last.In, last.Out, true, last.In.IsZero()
		p.Stretches = nil
	}
	return p
}

// LastWord is the teacher's word that counts; nil when none was given.
func (a Attendance) LastWord() *Word {
	if len(a.Words) == 0 {
		return nil
	}
	return &a.Words[len(a.Words)-1]
}

// flawReason names in words why a presence credits nothing; nil when it stands.
func flawReason(f rule.Flaw) *kernel.Reason {
	code := ""
	switch f {
	case rule.FlawNone:
		return nil
	case rule.FlawAbsent:
		code = "training.flaw_absent"
	case rule.FlawLate:
		code = "training.flaw_late"
	case rule.FlawNoCheckOut:
		code = "training.flaw_no_check_out"
	case rule.FlawRefused:
		code = "training.flaw_refused"
	}
	reason := kernel.Because(code, "")
	return &reason
}
