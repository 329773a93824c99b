package witnesses

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"

	"carecert/modules/kernel"
	"carecert/modules/witnesses/carry"
	"carecert/modules/witnesses/wire"
)

// Auditor writes the operation log.
type Auditor interface {
	Record(ctx context.Context, act kernel.Act) error
}

// Secrets seals the key that countersigns.
type Secrets interface {
	Seal(purpose, plain string) string
	Open(purpose, sealed string) (string, error)
}

// Grown is our log as it is now, and the proof that it goes on from a size.
type Grown struct {
	Note     string         // the signed head
	Shorter  bool           // it never had, or no longer has, so many entries
	FromRoot tlog.Hash      // over the first entries, as they are now
	Proof    tlog.TreeProof // from there to the head
}

// Log is our issuance log.
type Log interface {
	// Grown proves the log from a size on; 0 only gives the head.
	Grown(ctx context.Context, from int64) (Grown, error)
	Key() string
}

// Carriers are the ways to witnesses that this program has; nil where the
// operator has set none up.
type Carriers struct {
	Bureau Countersigner
	Folder Keeper
	Mail   Keeper
}

// Countersigner asks another bureau to countersign a head.
type Countersigner interface {
	// Allows tells whether heads may be sent to the address.
	Allows(address string) bool
	// Ask gives the lines that it answers with.
	Ask(ctx context.Context, address string, r wire.Request) (carry.Answer, error)
}

// Keeper leaves a head's file with somebody.
type Keeper interface {
	Keep(ctx context.Context, d carry.Parcel) error
}
