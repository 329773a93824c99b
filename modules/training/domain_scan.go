package training

import (
	"strings"
	"time"

	"carecert/modules/kernel"
)

// Elsewhere is another session at that time, in which somebody was checked in
// and not out. The ledger credits such minutes once.
type Elsewhere struct {
	Session  kernel.SessionID `bson:"session"`
	Title    string           `bson:"title"`
	StartsAt time.Time        `bson:"startsAt"`
	EndsAt   time.Time        `bson:"endsAt"`
}

// Scanned is one scan that was let in.
type Scanned struct {
	Direction Direction
	At        time.Time // what it counts for
	Sent      time.Time // when it arrived, where it was made without a network
	Device    string    // the phone's, may be empty
	Shared    bool      // the phone was somebody else's in the session
}

// Scan takes a check-in or check-out. The first of each direction counts, so a
// repeated scan changes nothing.
func (a Attendance) Scan(s Scanned, now time.Time) (Attendance, bool, error) {
	switch {
	case s.Direction == DirectionIn && a.ScannedIn.IsZero():
		a.ScannedIn, a.SentIn, a.Device = s.At, s.Sent, s.Device
	case s.Direction == DirectionIn:
		return a, false, nil
	case a.ScannedIn.IsZero() || s.At.Before(a.ScannedIn):
		return a, false, ErrNotCheckedIn
	case !a.ScannedOut.IsZero():
		return a, false, nil
	default:
		a.ScannedOut, a.SentOut, a.DeviceOut = s.At, s.Sent, s.Device
	}
	a.Shared = a.Shared || s.Shared
	a.ChangedAt = now
	return a, true, nil
}

// Offline tells whether a scan was made without a network.
func (a Attendance) Offline() bool { return !a.SentIn.IsZero() || !a.SentOut.IsZero() }

// DeviceProof is a phone's word that it made a scan.
type DeviceProof kernel.PhoneProof

// What a phone signs; the frontend writes the same.
func scanText(s kernel.SessionID, code string, d Direction) string {
	return strings.Join([]string{"carecert check-in 1", string(s), code, string(d)}, "\n")
}

func deviceText(p kernel.PersonID) string { return "carecert device 1\n" + string(p) }

// device names the phone whose key signed the text.
func (p DeviceProof) device(text string) (string, error) {
	id, err := kernel.PhoneProof(p).Phone(text)
	if err != nil {
		return "", ErrDeviceSignature.Because(err)
	}
	return id, nil
}
