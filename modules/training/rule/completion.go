package rule

import (
	"strconv"

	"carecert/modules/kernel"
)

// Learner is what completion looks at.
type Learner struct {
	Attended kernel.Minutes // in sessions that were held
	Score    *int           // hundredths of a point; nil when there is none
}

// Need is what the class asks for.
type Need struct {
	Held                 kernel.Minutes // minutes of all sessions that were held
	MinAttendancePercent int            // 0: the row's
	Tested               bool           // the course has a test, or results were entered
}

// The outcomes of Complete.
const (
	Completed = "completed"
	Refused   = "refused"
)

// Complete judges one learner; every ground of a refusal is named.
func (r Row) Complete(need Need, l Learner) kernel.Verdict {
	v := kernel.Verdict{Outcome: Completed, RuleVersion: r.Stamp(), Reasons: []kernel.Reason{}}
	percent := need.MinAttendancePercent
	if percent == 0 {
		percent = r.MinAttendancePercent
	}
	attended := kernel.Ratio{Numerator: int64(l.Attended), Denominator: int64(need.Held)}
	if !attended.AtLeast(int64(percent) * 100) {
		v.Reasons = append(v.Reasons, kernel.Because("training.attendance_short", r.Source(),
			"percent", attended.Percent(), "required", strconv.Itoa(percent)))
	}
	switch {
	case !need.Tested:
	case l.Score == nil:
		v.Reasons = append(v.Reasons, kernel.Because("training.no_test_result", r.Source()))
	case *l.Score < r.PassMark*100:
		v.Reasons = append(v.Reasons, kernel.Because("training.test_failed", r.Source(),
			"score", Points(*l.Score), "required", strconv.Itoa(r.PassMark)))
	}
	if len(v.Reasons) > 0 {
		v.Outcome = Refused
	}
	return v
}

// Points shows hundredths of a point: 5950 is "59.5".
func Points(hundredths int) string {
	return strconv.FormatFloat(float64(hundredths)/100, 'f', -1, 64)
}
