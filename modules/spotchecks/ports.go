package spotchecks

import (
	"context"
	"time"

	"carecert/modules/kernel"
)

// Auditor writes the operation log.
type Auditor interface {
	Record(ctx context.Context, act kernel.Act) error
}

// Organizations is what spotchecks asks of the tree of organisations.
type Organizations interface {
	Card(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error)
}

// Staff is what spotchecks asks of the register, whoever asks.
type Staff interface {
	// Roster calls those who are on post in the tree of an organisation today,
	// by name; it stops beyond `most`.
	Roster(ctx context.Context, org kernel.OrganizationID, most int) ([]kernel.OnPost, error)
}

// Rate is what spotchecks asks of statistics.
type Rate interface {
	// Counted tells, of people, whom the certification rate counts at an
	// organisation on a day and at which level (0 none); the rule's version.
	Counted(ctx context.Context, org kernel.OrganizationCard, on kernel.Date, people []kernel.PersonID) (map[kernel.PersonID]kernel.SkillLevel, string, error)
}

// Judged is what certificates know of a text as of an instant. Person and Name
// are of whoever stands for the holder now; empty where nothing is known.
type Judged struct {
	Verdict    string
	Code       string
	Person     kernel.PersonID
	NameMasked string
	Title      string
	ChangedOn  kernel.Date // revoked or replaced
	Since      bool        // after the instant
}

// Certificates is what spotchecks asks of certificates, whoever asks.
type Certificates interface {
	// Codes are the public codes of people's certificates, with their verdicts.
	Codes(ctx context.Context, people []kernel.PersonID, at time.Time) (map[kernel.PersonID]map[string]string, error)
	// Lists is how many status lists there are.
	Lists(ctx context.Context) (int, error)
	// Judge judges a text as of an instant.
	Judge(ctx context.Context, text string, at time.Time) (Judged, error)
}

// Showings tells how a code was shown.
type Showings interface {
	// ShownAt tells it as of an instant, without noting that it was opened.
	ShownAt(ctx context.Context, text string, at time.Time) (string, error)
}
