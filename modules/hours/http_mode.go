package hours

import (
	"carecert/modules/hours/rule"
	"carecert/modules/kernel"
)

// byModeView is what each way of learning gave the year (FACTS §8: online,
// classroom and practice minutes are recorded apart).
type byModeView struct {
	Classroom kernel.Minutes `json:"classroom"`
	Remote    kernel.Minutes `json:"remote"`
	OnTheJob  kernel.Minutes `json:"onTheJob"`
	Unstated  kernel.Minutes `json:"unstated" doc:"of hours earned elsewhere nobody said how"`
}

func viewByMode(y Year) (v byModeView) {
	for _, l := range y.Lines {
		switch l.Mode {
		case rule.ModeClassroom:
			v.Classroom += l.Credited
		case rule.ModeRemote:
			v.Remote += l.Credited
		case rule.ModeOnTheJob:
			v.OnTheJob += l.Credited
		default:
			v.Unstated += l.Credited
		}
	}
	return v
}
