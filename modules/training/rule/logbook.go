package rule

import (
	"time"

	"carecert/modules/kernel"
)

// OnTheJob are the figures of what is practised on the job under a mentor
// (带教). No source sets them: both are the house's.
type OnTheJob struct {
	MaxAgeDays  int               `yaml:"maxAgeDays" json:"maxAgeDays"`   // an entry may be written so long after its day
	MentorLevel kernel.SkillLevel `yaml:"mentorLevel" json:"mentorLevel"` // that the mentor holds at least; 0 asks for none
}

// EntryFlaw says why an entry of the logbook cannot be written; empty when it
// can.
type EntryFlaw string

// The flaws of an entry.
const (
	EntryFits     EntryFlaw = ""
	EntryReversed EntryFlaw = "reversed"
	EntryOutside  EntryFlaw = "outside" // of the session
	EntryAhead    EntryFlaw = "ahead"   // of now
	EntryOld      EntryFlaw = "old"
)

// Examine tells whether a time may be entered into the logbook of a session.
func (r OnTheJob) Examine(s Session, x Stretch, now time.Time) EntryFlaw {
	switch {
	case !x.To.After(x.From):
		return EntryReversed
	case x.From.Before(s.StartsAt) || x.To.After(s.EndsAt):
		return EntryOutside
	case x.To.After(now):
		return EntryAhead
	case kernel.DateOf(x.From).AddDays(r.MaxAgeDays) < kernel.DateOf(now):
		return EntryOld
	}
	return EntryFits
}

// Overlaps tells whether two times share some.
func (x Stretch) Overlaps(y Stretch) bool { return x.From.Before(y.To) && y.From.Before(x.To) }

// Mentors tells whether holders of a level may be mentors.
func (r OnTheJob) Mentors(level kernel.SkillLevel) bool {
	return r.MentorLevel == kernel.NoLevel || level == r.MentorLevel || level.Above(r.MentorLevel)
}
