package kernel

import "github.com/google/uuid"

// Identifiers are opaque strings (UUID version 7: they sort by creation).
type (
	// OrganizationID names an organisation.
	OrganizationID string
	// UserID names an account.
	UserID string
	// PersonID names one human being in the register.
	PersonID string
	// CourseID names a course.
	CourseID string
	// ClassID names a training class.
	ClassID string
	// SessionID names one meeting of a class.
	SessionID string
	// CertificateID names a certificate.
	CertificateID string
)

// NewID returns a fresh identifier of 36 characters.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }
