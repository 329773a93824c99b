package rule

import (
	"slices"
	"strconv"

	"carecert/modules/kernel"
)

// PreJobRow says whose first day on duty needs passed pre-job training
// (policies/rules/people.yaml; GB 38600-2019).
type PreJobRow struct {
	kernel.RuleHead `yaml:",inline"`
	Roles           []kernel.StaffRole `yaml:"roles" json:"roles"`
}

// Gate is how a person stands before the pre-job gate.
type Gate struct {
	TrainedOn  kernel.Date   // "" while not passed
	DaysBefore int           // on duty before passing, until today while not passed
	Missing    bool          // on duty now and not passed
	Reason     kernel.Reason // empty when there is nothing to say
}

// Judge counts the days on duty before the training was passed: hired on
// 1 March and passed on the 20th are 19 days. The days that lie before the
// row came into force do not count.
func (r PreJobRow) Judge(spells []kernel.Spell, trainedOn, today kernel.Date) Gate {
	g := Gate{TrainedOn: trainedOn}
	last := today
	if trainedOn != "" {
		last = min(last, trainedOn.AddDays(-1))
	}
	var duty []kernel.Period
	for _, s := range spells {
		if s.SupersededAt == nil && slices.Contains(r.Roles, s.Role) {
			duty = append(duty, kernel.Period{From: max(s.Period.From, r.From), To: min(s.Period.To, last)})
			g.Missing = g.Missing || (trainedOn == "" && s.OnPost(today))
		}
	}
	for _, p := range Union(duty) {
		g.DaysBefore += p.To.Sub(p.From) + 1
	}
	if g.DaysBefore > 0 {
		code := "people.pre_job_was_missing" // nothing is left to hurry with
		if g.Missing {
			code = "people.pre_job_missing"
		}
		g.Reason = kernel.Because(code, r.Source(), "days", strconv.Itoa(g.DaysBefore))
	}
	return g
}
