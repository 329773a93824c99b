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

// Refusal is a second person's no to the teacher's word, or an office's to
// whatever was proved, on the ground of a finding that it confirmed.
type Refusal struct {
	Reason     string        `bson:"reason"`
	Finding    string        `bson:"finding,omitempty"`
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
	SentIn     time.Time // when a check-in without a network arrived
	SentOut    time.Time
	Device     string // the phone that checked in, by its key
	DeviceOut  string // the phone that checked out
	Shared     bool   // a phone was somebody else's in this session
	Elsewhere  *Elsewhere
	Words      []Word
	Refusal    *Refusal
	Stretches  []rule.Stretch // that prove it without a scan; kept elsewhere
	ChangedAt  time.Time
	Stored     int64
}

// Refuse reverses the teacher's word; never by whoever gave one. Scans are
// refused on the ground of a confirmed finding only.
func (a Attendance) Refuse(r Refusal) (Attendance, error) {
	if a.Refusal != nil {
		return a, ErrPresenceRefused
	}
	if len(a.Words) == 0 && (r.Finding == "" || a.ScannedIn.IsZero()) {
		return a, ErrNothingToRefuse
	}
	if slices.ContainsFunc(a.Words, func(w Word) bool { return w.By == r.By }) {
		return a, ErrOwnWord
	}
	a.Refusal, a.ChangedAt = &r, r.RecordedAt
	return a, nil
}

func (a Attendance) scans() rule.Presence {
	return rule.Presence{In: a.ScannedIn, Out: a.ScannedOut, Offline: a.Offline(), Shared: a.Shared}
}

// Presence is what stands: the teacher's last word, else what was learned and
// the scans, with what was said of them.
func (a Attendance) Presence() rule.Presence {
	p := a.scans()
	p.Refused, p.Stretches = a.Refusal != nil, a.Stretches
	for _, w := range a.Words {
		p = w.upon(p)
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
	case rule.FlawOffline:
		code = "training.flaw_offline"
	case rule.FlawShared:
		code = "training.flaw_shared"
	}
	reason := kernel.Because(code, "")
	return &reason
}
