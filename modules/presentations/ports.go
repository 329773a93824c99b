package presentations

import (
	"context"
	"time"

	"carecert/modules/kernel"
)

// Auditor writes the operation log.
type Auditor interface {
	Record(ctx context.Context, act kernel.Act) error
}

// Sealer keeps the codes of links from whoever reads the database.
type Sealer interface {
	Seal(purpose, plain string) string
	Open(purpose, sealed string) (string, error)
}

// Certificates is what presentations asks of certificates.
type Certificates interface {
	// Shown finds a certificate in reach that was issued here; a fault of kind
	// NotFound or Conflict for any other.
	Shown(ctx context.Context, id kernel.CertificateID) (Certificate, error)
	// LiveText is its QR text as shown at an instant, to the second.
	LiveText(ctx context.Context, id kernel.CertificateID, at time.Time) (string, error)
	// LiveMadeAt tells when the live part of a public code was made; false for
	// what this house never made for it.
	LiveMadeAt(code, part string) (time.Time, bool)
	// LiveOf gives the public code and the live part of a QR text that this
	// house signed; false for a text without.
	LiveOf(text string) (code, part string, shown bool, err error)
	// Page renders the public page of a code, with a note on how it was shown.
	// Brief leaves out what would open the certificate again.
	Page(ctx context.Context, code string, note Note, brief bool) (status int, page []byte, err error)
}

// Note is what the public page says of how a certificate was shown, in the
// reader's language.
type Note struct{ Kind, Word, Why string }
