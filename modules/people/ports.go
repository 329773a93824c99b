package people

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// Auditor writes the operation log.
type Auditor interface {
	Record(ctx context.Context, a kernel.Act) error
}

// Organizations is what people asks of the tree of organisations.
type Organizations interface {
	Card(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error)
	Cards(ctx context.Context, ids []kernel.OrganizationID) (map[kernel.OrganizationID]kernel.OrganizationCard, error)
	// NamesOn is what organisations were called on a day.
	NamesOn(ctx context.Context, ids []kernel.OrganizationID, on kernel.Date) (map[kernel.OrganizationID]string, error)
}

// Secrets seals what must not be read in the database, and makes look-up keys
// for it.
type Secrets interface {
	Seal(purpose, plain string) string
	Open(purpose, sealed string) (string, error)
	Blind(purpose, value string) string
}

// Levels tells the highest accepted skill level of people; who has none is
// left out. Optional.
type Levels interface {
	HighestLevels(ctx context.Context, people []kernel.PersonID) (map[kernel.PersonID]kernel.SkillLevel, error)
}

// RecordPart is what a neighbour keeps about a person, whole, for the export of
// one's own data, under one of the names of CONTRACT §3: training, hours,
// assessments, certificates, honours, subsidies, conduct; beyond it devices,
// numberConflicts, certificateLinks, learning, logbook, surveys,
// radarFindings, spotChecks.
type RecordPart interface {
	Name() string
	Part(ctx context.Context, person kernel.PersonID) (any, error)
}

// Chapter is what a neighbour adds to the timeline of a person's record, in the
// reader's words, in one of kernel.Chapters.
type Chapter interface {
	Name() string
	Items(ctx context.Context, person kernel.PersonID) ([]kernel.RecordItem, error)
}

// Trail is what the neighbours know of somebody beyond their record: for the
// export of everything about oneself (PIPL articles 44, 45 and 48). Optional.
type Trail interface {
	Accounts(ctx context.Context, person kernel.PersonID) ([]OwnAccount, error)
	// Disclosures are the looks at the record and at those that were merged into it,
	// the latest first.
	Disclosures(ctx context.Context, records []kernel.PersonID) ([]Disclosure, error)
	Imports(ctx context.Context, ids []string) ([]ImportNote, error)
	Told(ctx context.Context, person kernel.PersonID) ([]ToldNote, error)
}

// OwnAccount is a log-in of a person and when it was used, the latest first.
type OwnAccount struct {
	Username     string      `json:"username"`
	Roles        []string    `json:"roles"`
	CreatedAt    time.Time   `json:"createdAt"`
	Disabled     bool        `json:"disabled"`
	SecondFactor bool        `json:"secondFactor"`
	Uses         []AccessLog `json:"uses" doc:"sign-ins and what else happened to the account, the latest first"`
}

// AccessLog is one use of an account.
type AccessLog struct {
	At      time.Time `json:"at"`
	Verb    string    `json:"verb"`
	Address string    `json:"address,omitempty"`
}

// Disclosure is one look at what is masked, or at what lay out of reach.
type Disclosure struct {
	At           time.Time `json:"at"`
	Verb         string    `json:"verb" doc:"reveal, probe (the number was entered to register it), outOfReach (refused)"`
	Field        string    `json:"field,omitempty"`
	By           string    `json:"by"`
	Organization string    `json:"organizationName,omitempty"`
	Reason       string    `json:"reason,omitempty"`
}

// ImportNote is a file that something about the person came from.
type ImportNote struct {
	ID           string    `json:"id"`
	Kind         string    `json:"kind"`
	FileName     string    `json:"fileName"`
	By           string    `json:"by"`
	Organization string    `json:"organizationName,omitempty"`
	At           time.Time `json:"at"`
	Withdrawn    bool      `json:"withdrawn"`
}

// ToldNote is something that a person was told.
type ToldNote struct {
	At     time.Time  `json:"at"`
	Text   string     `json:"text"`
	ReadAt *time.Time `json:"readAt"`
}

// Foundation is what a neighbour built on people, so that an import is not
// withdrawn from under it.
type Foundation struct {
	Refusal    *fault.Fault // what it is: ErrTrainedSince
	PersonOnly bool         // it rests on the person, whatever their spells: an account
	Of         interface {
		// Built tells whether something was recorded at an instant or after it;
		// since the zero time, anything ever.
		Built(ctx context.Context, person kernel.PersonID, since time.Time) (bool, error)
	}
}

// Growth tells whether a neighbour built something on a person after an
// instant that could belong to either of two records: a refusal that names it,
// or nil. A merge is then not undone.
type Growth interface {
	GrownSince(ctx context.Context, person kernel.PersonID, since time.Time) error
}

// Standing tells how many findings of each kind stand at an organisation and
// under it today; kinds without any are left out.
type Standing interface {
	Findings(ctx context.Context, organization kernel.OrganizationID) (map[string]int64, error)
	// FindingsSince counts, of some kinds, those that stood on a day already.
	FindingsSince(ctx context.Context, organization kernel.OrganizationID, kinds []string, on kernel.Date) (map[string]int64, error)
}
