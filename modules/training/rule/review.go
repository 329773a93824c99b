package rule

import (
	"slices"
	"strconv"

	"carecert/modules/kernel"
)

// ReviewRow has a bureau review the classes of some categories before they
// open (policies/rules/class_review.yaml).
type ReviewRow struct {
	kernel.RuleHead `yaml:",inline"`
	Categories      []string `yaml:"categories" json:"categories"`
	Needs           []string `yaml:"needs" json:"needs"`
	House           []string `yaml:"house" json:"house"`
}

// What an application may have to hold.
const (
	NeedRoster    = "roster"
	NeedPlan      = "plan"
	NeedTeachers  = "teachers"
	NeedResources = "resources"
	NeedTestPlan  = "testPlan"
)

// Review finds the row under which a class of the category is reviewed; false
// where it opens at once.
func Review(rows []ReviewRow, region kernel.RegionCode, on kernel.Date, category string) (ReviewRow, bool) {
	about := slices.DeleteFunc(slices.Clone(rows), func(r ReviewRow) bool { return !slices.Contains(r.Categories, category) })
	return kernel.Nearest(about, region, on)
}

// Applied is what an application holds.
type Applied struct {
	Learners  int
	Planned   kernel.Minutes // of all sessions
	Needed    kernel.Minutes // the course's class hours
	Plan      bool
	Teachers  int
	Resources bool
	TestPlan  bool
}

// Missing names what the application lacks; sessions that do not add up to the
// course are a lack of its plan.
func (r ReviewRow) Missing(a Applied) []kernel.Reason {
	var out []kernel.Reason
	lack := func(need, code string, has bool, params ...string) {
		if slices.Contains(r.Needs, need) && !has {
			out = append(out, kernel.Because(code, r.Source(), params...))
		}
	}
	lack(NeedRoster, "training.application_lacks_roster", a.Learners > 0)
	lack(NeedPlan, "training.application_lacks_plan", a.Plan && a.Planned > 0 && a.Planned >= a.Needed,
		"planned", strconv.Itoa(int(a.Planned)), "needed", strconv.Itoa(int(a.Needed)))
	lack(NeedTeachers, "training.application_lacks_teachers", a.Teachers > 0)
	lack(NeedResources, "training.application_lacks_resources", a.Resources)
	lack(NeedTestPlan, "training.application_lacks_testPlan", a.TestPlan)
	return out
}
