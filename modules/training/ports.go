package training

import (
	"context"

	"carecert/modules/kernel"
)

// People is what training asks of the register.
type People interface {
	Card(ctx context.Context, id kernel.PersonID) (kernel.PersonCard, error)
	Cards(ctx context.Context, ids []kernel.PersonID) (map[kernel.PersonID]kernel.PersonCard, error)
	// ByNumber finds people by identity number, whoever asks: for importers.
	ByNumber(ctx context.Context, numbers []kernel.IDNumber) (map[kernel.IDNumber]kernel.Bearers, error)
	// Grant lets the organisation see the person: its learner from now on.
	Grant(ctx context.Context, person kernel.PersonID, to kernel.OrganizationID) error
}

// Organizations is what training asks of the tree of organisations.
type Organizations interface {
	Card(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error)
	Cards(ctx context.Context, ids []kernel.OrganizationID) (map[kernel.OrganizationID]kernel.OrganizationCard, error)
	// Under lists the organisations of a kind in a subtree, by name; "*" is the
	// root of all.
	Under(ctx context.Context, root kernel.OrganizationID, kind string) ([]kernel.OrganizationCard, error)
	// Commissioned names the institutions whose people the school may enrol.
	Commissioned(ctx context.Context, school kernel.OrganizationID, on kernel.Date) ([]kernel.OrganizationID, error)
}

// Certifier issues the certificate of who completed a class, in the
// transaction of the completion.
type Certifier interface {
	IssueCompletion(ctx context.Context, c Completion) (kernel.CertificateID, error)
}

// Levels tells the highest accepted skill level of people; who has none is left
// out.
type Levels interface {
	HighestLevels(ctx context.Context, people []kernel.PersonID) (map[kernel.PersonID]kernel.SkillLevel, error)
}

// Tiers tells whether an organiser trains holders of a level.
type Tiers interface {
	OrganiserDoubt(region kernel.RegionCode, on kernel.Date, level kernel.SkillLevel, tier string) *kernel.Reason
}

// Shortfalls tells what people's running year lacks beyond what is planned for
// them; who lacks nothing is left out.
type Shortfalls interface {
	Lacking(ctx context.Context, people []kernel.PersonID) (map[kernel.PersonID]kernel.Minutes, error)
}

// Completion is what a completion certificate says.
type Completion struct {
	Class         kernel.ClassID
	Course        kernel.CourseID
	Title         string
	Category      Category
	StandardCodes []string
	ClassHours    int
	Minutes       kernel.Minutes // attended
	Score         *int           // hundredths of a point
	Person        kernel.PersonID
	Provider      kernel.OrganizationID
	ProviderName  string
	ProviderPath  []kernel.OrganizationID
	StartsOn      kernel.Date
	EndsOn        kernel.Date
	On            kernel.Date
}

// Owners tells as whom an account acts now, and how far a verb then goes.
type Owners interface {
	// ActingAs gives ctx the account's actor and its reach with the verb; false
	// where the account is closed or may no longer.
	ActingAs(ctx context.Context, user kernel.UserID, noun, verb string) (context.Context, bool, error)
}

// Keys derives secret keys by purpose from the program's one secret.
type Keys interface{ Derive(purpose string) []byte }

// Auditor writes the operation log.
type Auditor interface {
	Record(ctx context.Context, a kernel.Act) error
}
