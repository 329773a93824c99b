package people

import (
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/people/rule"
)

// The refusals of data quality.
var (
	ErrNothingFound    = fault.New(fault.Conflict, "people.nothing_found")
	ErrNoWord          = fault.New(fault.Conflict, "people.no_word_settles")
	ErrNothingToRemind = fault.New(fault.Conflict, "people.nothing_to_remind")
	ErrReminderUnknown = fault.New(fault.NotFound, "people.reminder_unknown")
	ErrReminderRead    = fault.New(fault.Conflict, "people.reminder_read")
)

// Papers are the certificates with a level that a person has on the books, all
// of them.
type Papers struct {
	Person kernel.PersonID
	Papers []rule.Paper
}

// Contest is the conflicts over certificate numbers that are open about a
// person, all of them.
type Contest struct {
	Person    kernel.PersonID
	Conflicts []string
}

// Finding is something to mend in a person's record.
type Finding struct {
	rule.Mark
	Word      bool     // somebody's word settles it
	Conflicts []string // of a contested number: where it is decided
}

// Word is what somebody said of a finding: it is so.
type Word struct {
	Kind   rule.Kind
	Text   string
	On     kernel.Date
	Until  kernel.Date // the last day it holds; "" for good
	ByName string
}

// Reminder is a bureau's word to an organisation that its records want
// mending.
type Reminder struct {
	ID           string
	Organization kernel.OrganizationID
	Kinds        map[string]int64 // found when it was sent
	Left         map[string]int64 // of them, found today
	Note         string
	At           time.Time
	ByName       string
	ReadAt       *time.Time
	ReadBy, Word string
}

// Mended tells whether nothing of what it names is found any more.
func (r Reminder) Mended() bool { return len(r.Left) == 0 }

// Open tells whether the organisation still has to do something about it.
func (r Reminder) Open() bool { return r.ReadAt == nil && !r.Mended() }

// file gathers what quality judges of a record.
func (d personDoc) file(told qualityDoc, opened map[kernel.OrganizationID]kernel.Date) rule.File {
	f := rule.File{
		Phone: d.PhoneSealed != "", Education: d.Education != "", Birth: d.Birth != "", Gender: d.Gender != "",
		GenderContradicts: d.GenderSaid != "" && d.GenderSaid != d.Gender, Papers: told.Papers, Contested: len(told.Contested) > 0, Words: map[rule.Kind]kernel.Date{},
	}
	for _, w := range told.Words {
		f.Words[w.Kind] = max(f.Words[w.Kind], w.On)
	}
	if d.MergedInto != "" {
		return f
	}
	for _, e := range d.Career.Latest() {
		begun, ended := d.Career.entered(e)
		f.Posts = append(f.Posts, rule.Post{
			ID: e.ID, Organization: e.Organization, Path: e.Path, Region: e.Region, Role: e.Role, Period: e.Period, Dispatched: e.Dispatched,
			BegunOn: begun, EndedOn: ended, Imported: e.Import != "", OpenedOn: opened[e.Organization],
		})
	}
	return f
}

// entered tells on which days the first and the last day of a spell came into
// the register: a correction of a date does not make it late, and what was
// taken back in between was not there.
func (c Career) entered(latest Entry) (begun, ended kernel.Date) {
	versions := slices.DeleteFunc(slices.Clone(c), func(e Entry) bool { return e.ID != latest.ID })
	slices.SortStableFunc(versions, func(a, b Entry) int { return a.RecordedAt.Compare(b.RecordedAt) })
	begun = kernel.DateOf(versions[0].RecordedAt)
	for _, v := range versions {
		switch {
		case v.Period.To == kernel.Forever:
			ended = ""
		case ended == "":
			ended = kernel.DateOf(v.RecordedAt)
		}
	}
	return begun, ended
}
