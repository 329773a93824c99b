package hours

import (
	"context"
	"time"

	"carecert/modules/kernel"
)

// People is what hours asks of the register.
type People interface {
	Card(ctx context.Context, id kernel.PersonID) (kernel.PersonCard, error)
	Cards(ctx context.Context, ids []kernel.PersonID) (map[kernel.PersonID]kernel.PersonCard, error)
	Spells(ctx context.Context, person kernel.PersonID) ([]kernel.Spell, error) // all versions
	// ByNumber finds people by identity number, whoever asks: for importers.
	ByNumber(ctx context.Context, numbers []kernel.IDNumber) (map[kernel.IDNumber]kernel.Bearers, error)
}

// Organizations is what hours asks of the tree of organisations.
type Organizations interface {
	Card(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error)
}

// Planned is a session that somebody has a seat in and that is yet to be held.
type Planned struct {
	Session       kernel.SessionID
	Date          kernel.Date
	StartsAt      time.Time
	EndsAt        time.Time
	Minutes       kernel.Minutes
	Mode          string
	Category      string
	Counts        bool // toward the in-service year
	OrganiserTier string
}

// Plans is what hours asks of training for the forecast.
type Plans interface {
	// Planned tells, by person, what is planned for them on the days from..to.
	Planned(ctx context.Context, people []kernel.PersonID, from, to kernel.Date) (map[kernel.PersonID][]Planned, error)
}

// Certifier issues proofs and takes them back.
type Certifier interface {
	CertifyYear(ctx context.Context, y YearProved) (kernel.CertificateID, error)
	// Holds tells whether a certificate, or what took its place, is valid.
	Holds(ctx context.Context, id kernel.CertificateID) (bool, error)
	// TakeBack revokes it, or what took its place; the reason is a message code.
	TakeBack(ctx context.Context, id kernel.CertificateID, code string, params ...string) error
}

// Auditor writes the operation log.
type Auditor interface {
	Record(ctx context.Context, a kernel.Act) error
}
