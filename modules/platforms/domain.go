package platforms

import (
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// Refusals.
var (
	ErrUnknown   = fault.New(fault.NotFound, "platforms.unknown")
	ErrNoKey     = fault.New(fault.Unauthenticated, "platforms.no_key")
	ErrNeedsKey  = fault.New(fault.Forbidden, "platforms.needs_key")
	ErrExpiry    = fault.New(fault.Invalid, "platforms.expiry")
	ErrEnded     = fault.New(fault.Conflict, "platforms.ended")
	ErrTooFast   = fault.New(fault.TooMany, "platforms.too_fast")
	ErrDayIsFull = fault.New(fault.TooMany, "platforms.day_is_full")
)

// State of a key on a day.
type State string

// The states.
const (
	Active  State = "active"
	Expired State = "expired"
	Revoked State = "revoked"
)

// Key is what a platform asks with; the secret in it is told once.
type Key struct {
	ID         string
	Name       string // of the platform
	Contact    string
	CreatedAt  time.Time
	CreatedBy  string
	ExpiresOn  kernel.Date // the last day
	UsedAt     *time.Time  // to the minute; nil never
	Revocation *Revocation
	Stored     int64

	hash string
}

// Revocation says who ended a key and why.
type Revocation struct {
	At     time.Time     `bson:"at"`
	By     kernel.UserID `bson:"by"`
	ByName string        `bson:"byName"`
	Reason string        `bson:"reason"`
}

// State is how the key stands at an instant.
func (k Key) State(now time.Time) State {
	switch {
	case k.Revocation != nil:
		return Revoked
	case kernel.DateOf(now) > k.ExpiresOn:
		return Expired
	default:
		return Active
	}
}

// Revoke ends a key for good; ErrEnded.
func (k Key) Revoke(by kernel.Actor, why string, at time.Time) (Key, error) {
	if k.Revocation != nil {
		return k, ErrEnded
	}
	k.Revocation = &Revocation{At: at, By: by.User, ByName: by.Name, Reason: why}
	return k, nil
}

// Use is how much was asked: questions, and certificates in them.
type Use struct {
	On           kernel.Date // "" ever
	Calls, Items int64
}
