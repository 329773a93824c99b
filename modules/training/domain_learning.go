package training

import (
	"net/url"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/training/rule"
)

// The refusals of learning online.
var (
	ErrNotRemote        = fault.New(fault.Conflict, "training.not_remote")
	ErrNoVideo          = fault.New(fault.NotFound, "training.no_video")
	ErrVideoShort       = fault.New(fault.Invalid, "training.video_short")
	ErrVideoKind        = fault.New(fault.Unsupported, "training.video_kind")
	ErrVideoLink        = fault.New(fault.Invalid, "training.video_link")
	ErrVideoInUse       = fault.New(fault.Conflict, "training.video_in_use")
	ErrLearningNotOpen  = fault.New(fault.Conflict, "training.learning_not_open")
	ErrLearningOver     = fault.New(fault.Conflict, "training.learning_over")
	ErrLearningTaken    = fault.New(fault.Conflict, "training.learning_taken_over")
	ErrLearningUnknown  = fault.New(fault.NotFound, "training.learning_unknown")
	ErrLearningSelfOnly = fault.New(fault.Forbidden, "training.learning_self_only")
	ErrHasLearning      = fault.New(fault.Conflict, "training.session_has_learning")
)

// Video is what a remote session is learned from: a video kept here, or one
// that another server keeps.
type Video struct {
	Title       string        `bson:"title"`
	Link        string        `bson:"link,omitempty"` // https; empty where File is kept here
	File        string        `bson:"file,omitempty"`
	ContentType string        `bson:"contentType,omitempty"`
	Size        int64         `bson:"size,omitempty"`
	Seconds     int           `bson:"seconds"`
	By          kernel.UserID `bson:"by"`
	RecordedAt  time.Time     `bson:"recordedAt"`
}

// covers refuses material that is over before the session's minutes are: what
// is watched twice would be paid for twice.
func (m *Video) covers(minutes kernel.Minutes) error {
	if m != nil && time.Duration(m.Seconds)*time.Second < time.Duration(minutes)*time.Minute {
		return ErrVideoShort.With("minutes", int(minutes)).At("body.lengthSeconds", ErrVideoShort.Code, "")
	}
	return nil
}

// isLink tells whether a text is the address of something on a server that
// nobody can listen in on.
func isLink(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil
}

// Learning is how one person learns online in one session.
type Learning struct {
	rule.Learning
	Session   kernel.SessionID
	Class     kernel.ClassID
	Person    kernel.PersonID
	As        kernel.PersonID // the record they sat there under, where a merge moved it
	Run       string          // that counts now; those before were taken over
	Devices   []string        // by what they say of themselves
	StartedAt time.Time
	ChangedAt time.Time
	Stored    int64
}

// device is the place of a device among those that were used; the last place
// is for all that come after too many.
func (l Learning) device(agent string) (Learning, int) {
	for i, d := range l.Devices {
		if d == agent {
			return l, i
		}
	}
	const most = 50
	if len(l.Devices) >= most {
		return l, most - 1
	}
	l.Devices = append(l.Devices[:len(l.Devices):len(l.Devices)], agent)
	return l, len(l.Devices) - 1
}
