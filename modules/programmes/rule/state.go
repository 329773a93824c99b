// Package rule tells how a programme stands on a day. Pure.
package rule

import "carecert/modules/kernel"

// State is where a programme stands.
type State string

// The states.
const (
	Planned State = "planned" // its first day lies ahead
	Running State = "running"
	Ended   State = "ended" // its last day, which belongs to it, is over
)

// Plan is a programme as its state depends on it.
type Plan struct {
	StartsOn, EndsOn kernel.Date
	StartDueOn       kernel.Date // the day by which it must have begun; none where nothing says so
	StartedOn        kernel.Date // the day it did begin, as the office entered it
}

// StateOn tells the state on a day.
func (p Plan) StateOn(day kernel.Date) State {
	switch {
	case day < p.StartsOn:
		return Planned
	case day > p.EndsOn:
		return Ended
	}
	return Running
}

// Overdue tells a programme that should have begun and has not: 4月底前启动
// shows from 1 May on (长民〔2023〕4号).
func (p Plan) Overdue(day kernel.Date) bool {
	return p.StartDueOn != "" && p.StartedOn == "" && day > p.StartDueOn
}
