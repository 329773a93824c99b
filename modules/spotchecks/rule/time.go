package rule

import "time"

// Difference is something in which a result and what the house knows differ.
type Difference string

// The differences of a whole result.
const (
	ClockOff     Difference = "clockOff"     // the phone's clock was off when the roster was loaded
	ClockChanged Difference = "clockChanged" // it was set between loading and sending
	SentLate     Difference = "sentLate"     // long after the roster's time was over
	CountsDiffer Difference = "countsDiffer" // what was signed does not add up
)

// Differences of one entry.
const (
	VerdictDiffers Difference = "verdictDiffers" // the phone judged otherwise than the house, as of the scan
	ChangedSince   Difference = "changedSince"   // revoked or replaced between the scan and the sending
	CodeDiffers    Difference = "codeDiffers"    // the phone read another code out of the text
	NotLive        Difference = "notLive"        // a live code, of another time than the scan: a picture
	NowKnown       Difference = "nowKnown"       // not on the roster by its code, and yet somebody of it
)

// Instants of a result. Loaded, First, Last and Signed are by the phone's
// clock, the others by the house's; First and Last are zero without entries.
type Instants struct {
	Packed, Given, Until    time.Time
	Loaded, First, Last     time.Time
	Signed                  time.Time
	SentByPhone, ReceivedAt time.Time
}

// Skew is how far the phone's clock was ahead when the roster was loaded.
func (i Instants) Skew() time.Duration { return i.Loaded.Sub(i.Given) }

// House gives the instant of the house's clock for one of the phone's.
func (i Instants) House(phone time.Time) time.Time { return phone.Add(-i.Skew()) }

// Trouble is why a result cannot be.
type Trouble string

// The troubles.
const (
	TooEarly   Trouble = "tooEarly"   // something was scanned before the roster was loaded
	TooLate    Trouble = "tooLate"    // scanned or signed when its time was over
	OutOfOrder Trouble = "outOfOrder" // signed before the last entry, or in the future
)

// Judge tells whether the instants of a result can be, and what is odd about
// them.
func (r Row) Judge(i Instants) (Trouble, []Difference) {
	late := func(phone time.Time) bool { return i.House(phone).After(i.Until) }
	switch {
	case !i.First.IsZero() && i.First.Before(i.Loaded):
		return TooEarly, nil
	case late(i.Signed) || (!i.Last.IsZero() && late(i.Last)):
		return TooLate, nil
	case i.Signed.Before(i.Loaded) || i.Signed.Before(i.Last) || i.House(i.Signed).After(i.ReceivedAt.Add(r.Skew())):
		return OutOfOrder, nil
	}
	var out []Difference
	if i.Skew().Abs() > r.Skew() {
		out = append(out, ClockOff)
	}
	if (i.SentByPhone.Sub(i.ReceivedAt) - i.Skew()).Abs() > r.Skew() {
		out = append(out, ClockChanged)
	}
	if i.ReceivedAt.After(r.SendUntil(i.Until)) {
		out = append(out, SentLate)
	}
	return "", out
}
