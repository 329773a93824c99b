// Package rule decides how a certificate was shown: facts and dated parameters
// in, a word out. Pure.
package rule

import (
	"fmt"
	"slices"
	"time"

	"carecert/modules/kernel"
)

// Kind is how a code came before whoever opened it.
type Kind string

// The kinds.
const (
	Static  Kind = "static"  // from paper, or a picture of it: nothing live
	Live    Kind = "live"    // on its holder's phone, just now
	Again   Kind = "again"   // just now, and somebody opened it before
	Stale   Kind = "stale"   // live once: a picture that was sent on
	Foreign Kind = "foreign" // made by somebody else
)

// Row holds the house's figures for showing certificates; no document sets any
// (policies/rules/presentations.yaml).
type Row struct {
	kernel.RuleHead `yaml:",inline"`
	RenewSeconds    int      `yaml:"renewSeconds"` // a phone shows the next code after so long
	LiveSeconds     int      `yaml:"liveSeconds"`  // a code is live for so long: for whoever looks at the last moment
	LinkHours       []int    `yaml:"linkHours"`    // how long a link may open; the first is the usual
	LinksMost       int      `yaml:"linksMost"`    // of one certificate that are open
	VisitsMost      int64    `yaml:"visitsMost"`   // through one link
	House           []string `yaml:"house"`
}

// Check refuses figures that cannot hold together.
func (r Row) Check() error {
	if r.RenewSeconds < 1 || r.LiveSeconds < r.RenewSeconds || len(r.LinkHours) == 0 || r.LinksMost < 1 || r.VisitsMost < 1 || slices.Min(r.LinkHours) < 1 {
		return fmt.Errorf("%s: a code lives as long as it is shown at least, and links open for hours", r.ID)
	}
	return nil
}

// RenewAt is when a phone shows the next code.
func (r Row) RenewAt(made time.Time) time.Time {
	return made.Add(time.Duration(r.RenewSeconds) * time.Second)
}

// EndsAt is when a code is live no more.
func (r Row) EndsAt(made time.Time) time.Time {
	return made.Add(time.Duration(r.LiveSeconds) * time.Second)
}

// Shown tells how a code of ours is shown that was made at an instant. One that
// was opened before is worth another look: by the same reader it means nothing,
// by another that a picture goes round.
func (r Row) Shown(made, now time.Time, before bool) Kind {
	switch {
	case !now.Before(r.EndsAt(made)):
		return Stale
	case before:
		return Again
	default:
		return Live
	}
}

// Hours is how long a link opens when so many hours are asked for (0: the
// usual); false for what is not among those offered.
func (r Row) Hours(asked int) (time.Duration, bool) {
	if asked == 0 {
		asked = r.LinkHours[0]
	}
	return time.Duration(asked) * time.Hour, slices.Contains(r.LinkHours, asked)
}
