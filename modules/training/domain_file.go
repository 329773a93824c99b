package training

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"carecert/modules/kernel"
)

// FileLine is one line of the training file (在岗培训档案): one person in one
// closed session, with everything that an inspector asks of it (FACTS §8).
type FileLine struct {
	Card      kernel.PersonCard
	Employer  kernel.OrganizationID // on that day; empty where there was none
	Class     Class
	Session   Session
	Proof     Attendance
	Held      Presence        // as it stands
	Sheet     *Sheet          // the signed paper that the last word was read from
	Entries   int             // of the logbook, that count
	Scores    string          // the import that brought the score; its file's name once it is known
	Flaw      *kernel.Reason  // why it proves nothing; nil where it stands
	Present   kernel.Minutes  // in the session
	Credited  *kernel.Minutes // of the year's hours; nil where the ledger has no line
	Score     *int            // hundredths of a point
	Parts     *Parts          // where the test had two
	Result    string
	CertID    kernel.CertificateID
	CertNo    string
	Programme string
}

// FileSum adds up lines: of a year and a mode.
type FileSum struct {
	Year     int
	Mode     Mode
	Sessions int
	Minutes  kernel.Minutes
	Credited kernel.Minutes
}

// Sums adds up the lines that stand, by year and mode, the latest year first.
func Sums(lines []FileLine) (out []FileSum) {
	for _, l := range lines {
		if l.Flaw != nil {
			continue
		}
		year := l.Session.Date().Year()
		at := slices.IndexFunc(out, func(s FileSum) bool { return s.Year == year && s.Mode == l.Session.Plan.Mode })
		if at < 0 {
			at = len(out)
			out = append(out, FileSum{Year: year, Mode: l.Session.Plan.Mode})
		}
		out[at].Sessions++
		out[at].Minutes += l.Present
		if l.Credited != nil {
			out[at].Credited += *l.Credited
		}
	}
	slices.SortStableFunc(out, func(a, b FileSum) int { return b.Year - a.Year })
	return out
}

// PersonFile is the training file of a person.
type PersonFile struct {
	Card  kernel.PersonCard
	Year  int // 0 for all
	Lines []FileLine
	Names map[kernel.OrganizationID]string
	At    time.Time
}

// ClassLearner is a learner's line in the file of a class.
type ClassLearner struct {
	Card     kernel.PersonCard
	Employer kernel.OrganizationID // on the class's first day
	Attended int                   // sessions that stand
	Minutes  kernel.Minutes
	Credited kernel.Minutes
	Score    *int
	Parts    *Parts
	Result   string
	CertID   kernel.CertificateID
	CertNo   string
}

// Opinion is what learners thought of a class, as far as it may be told.
type Opinion struct {
	Asked    int64
	Answered int64
	Mean     int64      // of the first question, hundredths of 1 to 5; 0 where nothing is told
	Least    int64      // with fewer answers nothing is told
	Until    *time.Time // while it can be answered
}

// Said is how an opinion reads: training.file.survey.<word>.
func (o Opinion) Said() (word string, params []string) {
	params = []string{"answered", strconv.FormatInt(o.Answered, 10), "asked", strconv.FormatInt(o.Asked, 10), "least", strconv.FormatInt(o.Least, 10)}
	switch {
	case o.Until != nil:
		return "open", append(params, "until", string(kernel.DateOf(*o.Until)))
	case o.Mean == 0:
		return "few", params
	default:
		return "told", append(params, "mean", fmt.Sprintf("%d.%02d", o.Mean/100, o.Mean%100))
	}
}

// employerOn is where somebody was on post on a day: of two posts, the later.
func employerOn(spells []kernel.Spell, on kernel.Date) kernel.OrganizationID {
	var found kernel.Spell
	for _, s := range spells {
		if s.SupersededAt == nil && s.OnPost(on) && (found.Organization == "" || s.Period.From > found.Period.From) {
			found = s
		}
	}
	return found.Organization
}
