package certificates

import (
	"context"
	"crypto/hmac"
	"encoding/json"
	"errors"
	"maps"

	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/verify"
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// compareCertificates checks the documents against what was logged of them:
// none without an issue, none altered or backdated, none revoked or restored
// by hand, none removed; and that the public is told the same. Size is that of
// the log which told so; certificates may be issued meanwhile.
func (s *Service) compareCertificates(ctx context.Context, told map[kernel.CertificateID]logged, size int64) (*BadEntry, error) {
	listed := map[string]int{}
	err := s.repo.statuses.Scan(ctx, func(d statusDoc) error { listed[d.ID] = d.Listed; return nil })
	if err != nil {
		return nil, err
	}
	var bad *BadEntry
	found := errors.New("found")
	err = s.repo.certificates.Scan(ctx, func(d certificateDoc) error {
		c := d.read()
		if !c.Issued() {
			return nil
		}
		code, err := s.compareCertificate(ctx, c, told[c.ID], listed)
		if err == nil && code != "" {
			code, err = s.compareAnew(ctx, c.ID, told[c.ID], size, code)
		}
		if err != nil {
			return err
		}
		if code != "" {
			bad = &BadEntry{Seq: -1, Certificate: c.ID, Code: code}
			return found
		}
		delete(told, c.ID)
		delete(listed, statusID(c.StatusAt))
		return nil
	})
	if err != nil && !errors.Is(err, found) || bad != nil {
		return bad, unless(err, found)
	}
	for id := range told {
		return &BadEntry{Seq: -1, Certificate: id, Code: "certificates.log_certificate_removed"}, nil
	}
	if len(listed) > 0 {
		return &BadEntry{Seq: -1, Code: "certificates.log_status_altered"}, nil
	}
	return nil, nil //nolint:nilnil // nothing found
}

func unless(err, target error) error {
	if errors.Is(err, target) {
		return nil
	}
	return err
}

// compareAnew looks again at a certificate of which the log tells more by now
// than when it was read, all at one instant; what was found stands otherwise.
func (s *Service) compareAnew(ctx context.Context, id kernel.CertificateID, told logged, size int64, found string) (code string, err error) {
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		code = found
		late, err := s.journal.since(ctx, id, size)
		if err != nil || len(late) == 0 {
			return err
		}
		c, err := s.repo.get(ctx, id)
		if err != nil {
			return unless(err, ErrUnknown)
		}
		listed := map[string]int{}
		switch d, err := s.repo.statuses.Get(ctx, statusID(c.StatusAt)); {
		case err == nil:
			listed[d.ID] = d.Listed
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
		maps.Copy(late, told)
		code, err = s.compareCertificate(ctx, c, late, listed)
		return err
	})
	return code, err
}

// since is what was written of a certificate after the log had that size.
func (j *journal) since(ctx context.Context, id kernel.CertificateID, size int64) (logged, error) {
	late := logged{}
	err := j.leaves.Each(ctx, store.Query{Index: "certificate", Equal: []any{string(id)}}, func(d leafDoc) error {
		var leaf leafData
		if !d.Pending && d.Seq < size || !hmac.Equal(d.MAC, j.mac(d.ID, d.Data)) || json.Unmarshal(d.Data, &leaf) != nil {
			return nil
		}
		late[leaf.Kind] = leaf
		return nil
	})
	return late, err
}

// compareCertificate gives the message code of what is wrong with one; "" for
// nothing.
func (s *Service) compareCertificate(ctx context.Context, c Certificate, told logged, listed map[string]int) (string, error) {
	issue, known := told[leafIssue]
	if !known {
		return "certificates.log_certificate_unlogged", nil
	}
	for kind, leaf := range told {
		want, err := leafOf(kind, c)
		if err != nil {
			return "", err
		}
		if want != leaf {
			if kind == issue.Kind {
				return "certificates.log_certificate_altered", nil
			}
			return "certificates.log_status_altered", nil
		}
	}
	if s.differs(c) {
		return "certificates.log_certificate_altered", nil
	}
	_, revoked := told[leafRevoke]
	_, superseded := told[leafSupersede]
	want := 0
	switch {
	case revoked:
		want = verify.ListedRevoked
	case superseded:
		want = verify.ListedSuperseded
	}
	if revoked != (c.Status == StatusRevoked) || superseded != (c.Status == StatusSuperseded) || listed[statusID(c.StatusAt)] != want {
		return "certificates.log_status_altered", nil
	}
	same, err := s.sameCard(ctx, c)
	if err == nil && !same {
		return "certificates.log_card_altered", nil
	}
	return "", err
}

// sameCard tells whether the public is told what the certificate says.
func (s *Service) sameCard(ctx context.Context, c Certificate) (bool, error) {
	successor := ""
	if c.ReplacedBy != "" {
		next, err := s.repo.get(ctx, c.ReplacedBy)
		if err != nil {
			return false, unless(err, ErrUnknown)
		}
		successor = next.Code
	}
	d, err := s.repo.cards.Get(ctx, c.Code)
	if err != nil {
		return false, unless(err, store.ErrNotFound)
	}
	return d.Certificate == c.ID && d.Card == c.card(successor), nil
}

// differs tells whether a certificate says something else than what was signed
// when it was issued.
func (s *Service) differs(c Certificate) bool {
	facts, verdict, err := s.keychain.everSigned(c.QRText)
	if err != nil || verdict != verify.Genuine {
		return true
	}
	want := c.facts(facts.Key, facts.Code, "")
	want.Identity = facts.Identity
	return v1.Code(facts.Code) != c.Code || want.Family != facts.Family || want.NameMasked != facts.NameMasked ||
		want.Issuer != facts.Issuer || want.IssuedOn != facts.IssuedOn || want.ExpiresOn != facts.ExpiresOn || want.Title != facts.Title ||
		want.Level != facts.Level || want.Minutes != facts.Minutes || want.Number() != facts.Number() || c.Number != facts.Number() || want.Status != facts.Status ||
		maskName(c.Name) != c.NameMasked
}
