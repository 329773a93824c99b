package certificates

import (
	"context"
	"fmt"
	"time"

	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/kernel"
)

// FindIssued reads a certificate in reach that this house issued; ErrUnknown,
// ErrNotOurs.
func (s *Service) FindIssued(ctx context.Context, id kernel.CertificateID) (Certificate, error) {
	c, err := s.Find(ctx, id)
	if err == nil && !c.Issued() {
		err = ErrNotOurs
	}
	return c, err
}

// HeldBy tells whether a certificate is a person's, under whichever record.
func (s *Service) HeldBy(ctx context.Context, c Certificate, p kernel.PersonID) (bool, error) {
	if p == "" || p == c.Person {
		return p != "", nil
	}
	holder, err := s.repo.holderOf(ctx, c.Person)
	if err != nil {
		return false, fmt.Errorf("holder of %s: %w", c.ID, err)
	}
	own, err := s.repo.holderOf(ctx, p)
	return err == nil && own.ID == holder.ID, err
}

// LiveText is the text of the QR code as its holder shows it at an instant, to
// the second.
func (s *Service) LiveText(c Certificate, at time.Time) string {
	return v1.WithLive(c.QRText, s.live.Make(c.Code, at))
}

// LiveMadeAt tells when the live part of a code was made; false for what this
// house never made for it.
func (s *Service) LiveMadeAt(code, part string) (time.Time, bool) {
	return s.live.MadeAt(readCode(code), part)
}

// LiveOf gives the code and the live part of a text that this house signed;
// false for any other, and for one with no such part.
func (s *Service) LiveOf(text string) (code, part string, shown bool, err error) {
	code, _, err = s.verifySignature(text)
	part, shown = v1.LivePart(text)
	return code, part, shown && code != "", err
}
