package app

import (
	"context"
	"time"

	"carecert/modules/certificates"
	"carecert/modules/kernel"
	"carecert/modules/presentations"
)

// shownCertificates tells presentations of certificates.
type shownCertificates struct{ *certificates.Service }

// Shown implements presentations.Certificates.
func (s shownCertificates) Shown(ctx context.Context, id kernel.CertificateID) (presentations.Certificate, error) {
	c, err := s.FindIssued(ctx, id)
	if err != nil {
		return presentations.Certificate{}, err
	}
	own, err := s.HeldBy(ctx, c, kernel.ActorFrom(ctx).Person)
	return presentations.Certificate{ID: c.ID, Person: c.Person, Issuer: c.Issuer, Code: c.Code, Own: own}, err
}

// LiveText implements presentations.Certificates.
func (s shownCertificates) LiveText(ctx context.Context, id kernel.CertificateID, at time.Time) (string, error) {
	c, err := s.FindIssued(ctx, id)
	if err != nil {
		return "", err
	}
	return s.Service.LiveText(c, at), nil
}

// Page implements presentations.Certificates.
func (s shownCertificates) Page(ctx context.Context, code string, n presentations.Note, brief bool) (int, []byte, error) {
	return s.Service.Page(ctx, code, certificates.Note{Kind: n.Kind, Word: n.Word, Why: n.Why, Brief: brief})
}
