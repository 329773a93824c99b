package people

import (
	"time"

	"carecert/modules/kernel"
)

// TransferState is where a transfer stands.
type TransferState string

// The states of a transfer.
const (
	TransferAsked    TransferState = "asked" // the other home has to agree
	TransferDone     TransferState = "done"
	TransferDeclined TransferState = "declined"
)

// Transfer moves somebody from one post to another: the last day here is the
// day before the first day there.
type Transfer struct {
	ID         string
	Person     kernel.PersonID
	Name       string
	IDMasked   string
	Spell      string // that ends
	From, To   kernel.OrganizationID
	Role       kernel.StaffRole
	Dispatched bool
	On         kernel.Date // first day there
	Reason     string
	Waits      kernel.OrganizationID // whose word is awaited
	By         string
	AskedAt    time.Time
	State      TransferState
	Answer     string // why it was declined
	AnsweredBy string
}

// leaving picks the spell that a transfer ends: the named one, else the newest
// that covers the day before.
func (c Career) leaving(spell string, on kernel.Date) (Entry, error) {
	if spell != "" {
		return c.Find(spell)
	}
	for _, e := range c.Latest().Newest() {
		if e.Period.From < on && e.Period.To >= on.AddDays(-1) {
			return e, nil
		}
	}
	return Entry{}, ErrSpellUnknown
}
