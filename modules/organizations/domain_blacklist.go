package organizations

import (
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// The refusals about the blacklist.
var (
	ErrBlacklistedAlready  = fault.New(fault.Conflict, "organizations.blacklisted_already")
	ErrBlacklistingUnknown = fault.New(fault.NotFound, "organizations.blacklisting_unknown")
	ErrLiftedAlready       = fault.New(fault.Conflict, "organizations.lifted_already")
)

// Blacklisting keeps an organisation out of what neighbours ask the blacklist
// about, such as opening classes, for a time or until it is lifted.
type Blacklisting struct {
	ID         string        `bson:"id"`
	Reason     string        `bson:"reason"`
	Period     kernel.Period `bson:"period"`
	By         kernel.UserID `bson:"by"`
	ByName     string        `bson:"byName"`
	RecordedAt time.Time     `bson:"recordedAt"`
	Lifted     *Lifting      `bson:"lifted,omitempty"`
}

// Lifting ends a blacklisting before its time.
type Lifting struct {
	Reason string        `bson:"reason"`
	By     kernel.UserID `bson:"by"`
	ByName string        `bson:"byName"`
	At     time.Time     `bson:"at"`
}

// Holds tells whether it keeps the organisation out on the day; the day it is
// lifted is free.
func (b Blacklisting) Holds(on kernel.Date) bool {
	return b.Period.Holds(on) && (b.Lifted == nil || on < kernel.DateOf(b.Lifted.At))
}

// BlacklistedUntil is the last day of what keeps the organisation out on the
// day; "" when nothing does.
func (o Organization) BlacklistedUntil(on kernel.Date) (until kernel.Date) {
	for _, b := range o.Blacklistings {
		if b.Holds(on) {
			until = max(until, b.Period.To)
		}
	}
	return until
}

// Blacklist adds a blacklisting; one at a time.
func (o Organization) Blacklist(b Blacklisting) (Organization, error) {
	if b.Period.To < b.Period.From {
		return o, fault.ErrInvalid.At("body.endsOn", "organizations.blacklisting_reversed", string(b.Period.To))
	}
	for _, other := range o.Blacklistings {
		if other.Lifted == nil && other.Period.Overlaps(b.Period) {
			return o, ErrBlacklistedAlready.With("from", other.Period.From)
		}
	}
	o.Blacklistings = append(slices.Clone(o.Blacklistings), b)
	return o, nil
}

// Lift ends a blacklisting.
func (o Organization) Lift(id string, l Lifting) (Organization, error) {
	i := slices.IndexFunc(o.Blacklistings, func(b Blacklisting) bool { return b.ID == id })
	if i < 0 {
		return o, ErrBlacklistingUnknown
	}
	if o.Blacklistings[i].Lifted != nil || o.Blacklistings[i].Period.To < kernel.DateOf(l.At) {
		return o, ErrLiftedAlready
	}
	o.Blacklistings = slices.Clone(o.Blacklistings)
	o.Blacklistings[i].Lifted = &l
	return o, nil
}

// blacklistings are told in the history as one field.
func blacklistText(all []Blacklisting) string {
	if len(all) == 0 {
		return ""
	}
	last := all[len(all)-1]
	text := string(last.Period.From) + " – "
	if last.Period.To != kernel.Forever {
		text += string(last.Period.To)
	}
	text += "：" + last.Reason
	if last.Lifted != nil {
		text += "（" + string(kernel.DateOf(last.Lifted.At)) + "：" + last.Lifted.Reason + "）"
	}
	return text
}
