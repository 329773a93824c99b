package certificates

import (
	"context"

	"carecert/modules/kernel"
)

// People is what certificates asks the register.
type People interface {
	Card(ctx context.Context, id kernel.PersonID) (kernel.PersonCard, error)
	Cards(ctx context.Context, ids []kernel.PersonID) (map[kernel.PersonID]kernel.PersonCard, error)
	// ByNumber finds people by identity number; unknown ones are left out.
	ByNumber(ctx context.Context, numbers []kernel.IDNumber) (map[kernel.IDNumber]kernel.Bearers, error)
	// IDNumber gives the number in clear, for the hash in the QR code; it
	// never leaves the module.
	IDNumber(ctx context.Context, id kernel.PersonID) (string, error)
}

// Organizations is what certificates asks the organisations.
type Organizations interface {
	Card(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error)
	Cards(ctx context.Context, ids []kernel.OrganizationID) (map[kernel.OrganizationID]kernel.OrganizationCard, error)
	// NameOn is what an organisation was called on a day.
	NameOn(ctx context.Context, id kernel.OrganizationID, on kernel.Date) (string, error)
	// AssessmentBody finds the body with that code of 13 characters and the
	// time it is valid (open ends are empty); a fault of kind NotFound for none.
	AssessmentBody(ctx context.Context, code string) (kernel.OrganizationCard, kernel.Period, error)
	// AssessmentCode is the code of a body and the time it is valid; a fault of
	// kind NotFound for what is no assessment body.
	AssessmentCode(ctx context.Context, id kernel.OrganizationID) (string, kernel.Period, error)
}

// Auditor writes the operation log.
type Auditor interface {
	Record(ctx context.Context, act kernel.Act) error
}

// Meter lets the platform of ctx ask for n certificates, and counts them; a
// fault of kind Forbidden for who is none, TooMany for who asks too much.
type Meter interface {
	Take(ctx context.Context, n int) error
}

// Secrets seals private keys and what verifiers have seen, and authenticates
// waiting leaves and live codes.
type Secrets interface {
	Seal(purpose, plain string) string
	Open(purpose, sealed string) (string, error)
	MAC(purpose string, data []byte) []byte
}
