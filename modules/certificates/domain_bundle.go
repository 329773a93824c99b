package certificates

import (
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// Refusals of bundles.
var (
	ErrBundleUnknown = fault.New(fault.NotFound, "certificates.bundle_unknown")
	ErrBundleEmpty   = fault.New(fault.Conflict, "certificates.bundle_empty")
	ErrBundleLarge   = fault.New(fault.Conflict, "certificates.bundle_large")
	ErrBundleUndone  = fault.New(fault.Conflict, "certificates.bundle_undone")
)

const (
	bundleMost = 10_000             // certificates
	bundlePart = 100                // of them, in one file and one step of the work
	bundleKept = 7 * 24 * time.Hour // after its end; then it is made anew
)

// Bundle is many certificates to print, as one ZIP of PDFs. It belongs to who
// asked for it.
type Bundle struct {
	ID        string
	By        kernel.UserID
	Reason    string
	Class     kernel.ClassID
	Detail    map[string]string // what was asked for
	At        time.Time
	Total     int64
	Done      int64    // certificates that were looked at
	Skipped   []string // numbers of those that cannot be printed
	Parts     int
	EndedAt   *time.Time
	ExpiresAt time.Time
}
