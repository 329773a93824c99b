package rule

import "carecert/modules/kernel"

// CareerRow says how long those who wrote a career may read and mend it, and
// which days of a spell can be meant (policies/rules/careers.yaml; house
// parameters, no law names them).
type CareerRow struct {
	kernel.RuleHead `yaml:",inline"`
	// FormerEmployerMonths is how long an employer still reads, after the last
	// day, what was its own of somebody, and mends its own spells.
	FormerEmployerMonths int `yaml:"formerEmployerMonths" json:"formerEmployerMonths"`
	// VoidDays is how many days after recording it an employer may void a spell
	// itself; later its bureau does.
	VoidDays int `yaml:"voidDays" json:"voidDays"`
	// YoungestYears is the age below which nobody's spell begins: what was
	// written down is a slip then.
	YoungestYears int `yaml:"youngestYears" json:"youngestYears"`
	// RegistrarDays is how many days after it an employer who registered
	// somebody reads its own spells at least, however long ago they ended.
	RegistrarDays int `yaml:"registrarDays" json:"registrarDays"`
	// SchoolMonths is how long after its latest enrolment of somebody a school
	// keeps their facts; later it reads the record.
	SchoolMonths int `yaml:"schoolMonths" json:"schoolMonths"`
	// MonthsAhead is how far ahead of today the days of a spell may lie.
	MonthsAhead int `yaml:"monthsAhead" json:"monthsAhead"`
	// Earliest is the day before which no spell begins.
	Earliest kernel.Date `yaml:"earliest" json:"earliest"`
	// ProbesPerHour is how many registered numbers an account may hit within an
	// hour, OfficeProbesPerHour all accounts of an office together: a clerk's bad
	// day, and no fishing.
	ProbesPerHour       int `yaml:"probesPerHour" json:"probesPerHour"`
	OfficeProbesPerHour int `yaml:"officeProbesPerHour" json:"officeProbesPerHour"`
}

// Until is the last day on which an employer reads what ended on a day.
func (r CareerRow) Until(last kernel.Date) kernel.Date { return last.AddMonths(r.FormerEmployerMonths) }
