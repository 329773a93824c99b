package witnesses

import (
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"carecert/modules/kernel/fault"
)

// Refusals.
var (
	ErrUnknown = fault.New(fault.NotFound, "witnesses.unknown")
	ErrAddress = fault.New(fault.Invalid, "witnesses.address")
	ErrKey     = fault.New(fault.Invalid, "witnesses.key")
	ErrMail    = fault.New(fault.Invalid, "witnesses.mail")
	ErrWay     = fault.New(fault.Conflict, "witnesses.way")
	ErrRemoved = fault.New(fault.Conflict, "witnesses.removed")
	ErrPaused  = fault.New(fault.Conflict, "witnesses.paused")
	ErrActive  = fault.New(fault.Conflict, "witnesses.active")
	ErrHand    = fault.New(fault.Conflict, "witnesses.hand")
	ErrNotHand = fault.New(fault.Conflict, "witnesses.not_hand")
	ErrNothing = fault.New(fault.Conflict, "witnesses.nothing")
	ErrWatched = fault.New(fault.Conflict, "witnesses.watched")
	ErrSettled = fault.New(fault.Conflict, "witnesses.settled")
	ErrNoLog   = fault.New(fault.NotFound, "witnesses.log_unknown")
)

// Kind of a witness: how heads reach it.
type Kind string

// The kinds.
const (
	Bureau Kind = "bureau" // another bureau, over HTTPS; it countersigns
	Folder Kind = "folder" // files on a medium or share that the operator mounts
	Mail   Kind = "mail"
	Hand   Kind = "hand" // somebody comes for it
)

// State of a witness, or of a log that is watched.
type State string

// The states.
const (
	Active  State = "active"
	Paused  State = "paused"
	Removed State = "removed"
)

// Witness is somebody outside who keeps heads of our log.
type Witness struct {
	ID        string
	Name      string
	Kind      Kind
	Address   string // of a bureau: what stands before /add-checkpoint
	Verifier  string // of a bureau: its public key
	Mail      string
	State     State
	Why       string // of the last pause or removal
	CreatedAt time.Time
	CreatedBy string
	TriedAt   time.Time // zero: never
	Outcome   Outcome   // of the last delivery
	Held      Held      // what it acknowledged last
	SilentAt  time.Time // when it was told that it is silent; zero: it is not, or not yet
	Stored    int64
}

// Held is a head that somebody holds; Size 0 is none.
type Held struct {
	Size             int64     `bson:"size"`
	Root             []byte    `bson:"root"`
	Note             string    `bson:"note"`
	At               time.Time `bson:"at"`
	Countersignature string    `bson:"countersignature,omitempty"`
}

func (h Held) tree() tlog.Tree {
	t := tlog.Tree{N: h.Size}
	copy(t.Hash[:], h.Root)
	return t
}

// Since is when the witness was last heard of.
func (w Witness) Since() time.Time {
	if w.Held.At.After(w.CreatedAt) {
		return w.Held.At
	}
	return w.CreatedAt
}

// Pause stops deliveries; ErrRemoved, ErrPaused.
func (w Witness) Pause(why string) (Witness, error) {
	switch w.State {
	case Removed:
		return w, ErrRemoved
	case Paused:
		return w, ErrPaused
	case Active:
	}
	w.State, w.Why = Paused, why
	return w, nil
}

// Resume lets deliveries go on; ErrRemoved, ErrActive.
func (w Witness) Resume() (Witness, error) {
	switch w.State {
	case Removed:
		return w, ErrRemoved
	case Active:
		return w, ErrActive
	case Paused:
	}
	w.State, w.Why = Active, ""
	return w, nil
}

// Remove ends it for good; what it acknowledged stays. ErrRemoved.
func (w Witness) Remove(why string) (Witness, error) {
	if w.State == Removed {
		return w, ErrRemoved
	}
	w.State, w.Why = Removed, why
	return w, nil
}

// Outcome of a delivery.
type Outcome string

// The outcomes.
const (
	Acknowledged Outcome = "acknowledged"
	Failed       Outcome = "failed"  // tried again
	Refused      Outcome = "refused" // somebody has to look
)

// Delivery is a head on its way to a witness.
type Delivery struct {
	ID       string
	Witness  string
	At       time.Time // first tried
	DoneAt   time.Time // last tried
	Head     Held
	Outcome  Outcome
	Code     string // message code of what went wrong: witnesses.outcome.…
	Attempts int
	By       string // who asked for it; "" the program itself
	Stored   int64
}

// Watched is a log of somebody else that is witnessed here.
type Watched struct {
	ID        string
	Name      string
	Origin    string // where it is published
	Verifier  string
	State     State
	Why       string
	CreatedAt time.Time
	CreatedBy string
	Held      Held
	Alarms    int64 // that nobody has settled
	Stored    int64
}

// Alarm is a head that does not follow the one that was held: the evidence.
type Alarm struct {
	ID         string
	Watched    string
	Name       string // of the log
	Kind       string // a wire.Judgement
	At         time.Time
	Held       Held
	Head       Held
	Proof      []string // base64
	Settlement *Settlement
	Stored     int64
}

// Settlement says who looked into an alarm, and what it was. Nobody's name is
// the program's: the log has proved that head since.
type Settlement struct {
	At     time.Time `bson:"at"`
	ByName string    `bson:"byName"`
	Reason string    `bson:"reason"`
}
