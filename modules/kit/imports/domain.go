package imports

import (
	"context"
	"errors"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/event"
)

// Status of an import (CONTRACT §3).
type Status string

// The states. Done is a file that was read to its end, whatever became of its
// rows; Failed is a file that could not be taken as a whole.
const (
	Queued  Status = "queued"
	Running Status = "running"
	Done    Status = "done"
	Failed  Status = "failed"
)

// The refusals of the engine.
var (
	ErrUnknown         = fault.New(fault.NotFound, "imports.unknown")
	ErrSenderUnknown   = fault.New(fault.NotFound, "imports.organization_unknown")
	ErrUnsupported     = fault.New(fault.Invalid, "imports.kind_unsupported")
	ErrForbiddenKind   = fault.New(fault.Forbidden, "imports.kind_forbidden")
	ErrNoFile          = fault.New(fault.Invalid, "imports.file_missing")
	ErrFileGone        = fault.New(fault.NotFound, "imports.file_gone")
	ErrNotDone         = fault.New(fault.Conflict, "imports.not_done")
	ErrDryRun          = fault.New(fault.Conflict, "imports.dry_run_leaves_nothing")
	ErrWithdrawn       = fault.New(fault.Conflict, "imports.already_withdrawn")
	ErrWithdrawing     = fault.New(fault.Conflict, "imports.withdrawing")
	ErrNotSender       = fault.New(fault.Forbidden, "imports.not_sender")
	ErrNotWithdrawable = fault.New(fault.Conflict, "imports.not_withdrawable")
	ErrNothingToMend   = fault.New(fault.Conflict, "imports.nothing_to_mend")
)

// errOutcomes is a mistake of an importer.
var errOutcomes = errors.New("imports: one outcome for each row, in order, is needed")

// Counts of rows by what became of them.
type Counts struct {
	Created   int `bson:"created"`
	Updated   int `bson:"updated"`
	Unchanged int `bson:"unchanged"`
	Rejected  int `bson:"rejected"`
	Warnings  int `bson:"warnings"` // rows with at least one
}

func (c *Counts) add(o Outcome) {
	switch o.Action {
	case Created:
		c.Created++
	case Updated:
		c.Updated++
	case Unchanged:
		c.Unchanged++
	case Rejected:
		c.Rejected++
	}
	if len(o.Warnings) > 0 {
		c.Warnings++
	}
}

// Done is how many rows have been judged.
func (c Counts) Done() int { return c.Created + c.Updated + c.Unchanged + c.Rejected }

// Import is one file on its way into the register.
type Import struct {
	ID           string
	Kind         string
	Organization kernel.OrganizationID
	FileName     string
	DryRun       bool
	Status       Status
	Total        int // rows with data, known once the file was read through
	Counts       Counts
	Failure      *Problem          // why it failed
	Notes        []Problem         // about the file: sheets that were not read
	Headers      map[string]string // column key → header as the sender wrote it
	By           string            // name of who sent it
	CreatedAt    time.Time
	FinishedAt   *time.Time
	Withdrawal   *Withdrawal
	WithdrawnAt  *time.Time
	Withdrawable bool
	Dismissable  bool
	ToMend       int        // refused rows that were neither sent again nor dismissed
	Mended       []Mended   // of earlier files: this one was sent for them
	Dismissal    *Dismissal // why nobody mends what was left
}

// Mended is how many refused rows of an earlier file were sent again.
type Mended struct {
	Import string `bson:"import"`
	Rows   int    `bson:"rows"`
}

// Dismissal is somebody's word that refused rows are not sent again.
type Dismissal struct {
	Reason string    `bson:"reason"`
	ByName string    `bson:"byName"`
	At     time.Time `bson:"at"`
	Rows   int       `bson:"rows"`
}

// Finding is a refusal or a warning about one row.
type Finding struct {
	Row int
	Problem
}

// Preview is what a dry run would do with one row.
type Preview struct {
	Row     int
	Action  Action
	Label   string
	Changes []Change
}

// Report is an import with what was found in it, the first of each.
type Report struct {
	Import
	Errors, Warnings         []Finding
	MoreErrors, MoreWarnings bool
	Preview                  []Preview
}

// inline is how many findings stand in a report; the error workbook has all.
const inline = 1000

// previewRows is how many rows a dry run shows.
const previewRows = 200

// Announcer keeps facts for who listens.
type Announcer interface {
	Announce(ctx context.Context, f event.Fact) error
}

// Auditor keeps the operation log.
type Auditor interface {
	Record(ctx context.Context, a kernel.Act) error
}

// Organizations is what the engine asks about organisations.
type Organizations interface {
	Card(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error)
}

// Permits tells whether the actor of the context holds a verb, and how far.
type Permits interface {
	Reach(ctx context.Context, noun, verb string) (reach kernel.Reach, may bool, err error)
}
