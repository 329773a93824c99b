package certificates

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"carecert/modules/certificates/rule"
	"carecert/modules/certificates/verify"
	"carecert/modules/kernel"
)

// Numbered is a certificate that somebody holds without its QR code.
type Numbered struct{ Number, HolderName string }

// VerifyBulk judges the texts of QR codes, and then certificates by number, in
// their order, for a platform with a key; the answers are those of VerifyText.
// What is no text of ours at all, however long, is unknown. A number alone
// tells nothing, for numbers can be counted through: the holder's full name has
// to fit.
func (s *Service) VerifyBulk(ctx context.Context, texts []string, numbered []Numbered) ([]Public, error) {
	if err := s.meter.Take(ctx, len(texts)+len(numbered)); err != nil {
		return nil, err
	}
	found, err := s.textsOf(ctx, numbered)
	if err != nil {
		return nil, err
	}
	out := make([]Public, 0, len(texts)+len(numbered))
	for _, text := range append(append(make([]string, 0, cap(out)), texts...), found...) {
		p, err := s.VerifyText(ctx, text)
		if errors.Is(err, ErrText) {
			p, err = Public{Verdict: verify.Unknown, StatusAsOf: s.now()}, nil
		}
		if err != nil {
			return nil, fmt.Errorf("verify %d of %d: %w", len(out)+1, cap(out), err)
		}
		out = append(out, p)
	}
	return out, nil
}

// textsOf finds the QR texts of certificates issued here, all at once; "" for
// one that is unknown, or another's.
func (s *Service) textsOf(ctx context.Context, numbered []Numbered) ([]string, error) {
	keys := make([]string, len(numbered))
	for i, n := range numbered {
		keys[i] = rule.Normalize(n.Number)
	}
	taken, err := s.repo.numbers.GetMany(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("numbers: %w", err)
	}
	ids, of := make([]string, 0, len(taken)), map[kernel.CertificateID]string{}
	for _, d := range taken {
		ids = append(ids, string(d.Certificate))
		of[d.Certificate] = d.ID
	}
	docs, err := s.repo.certificates.GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("certificates: %w", err)
	}
	byKey := map[string]Certificate{}
	for _, d := range docs {
		byKey[of[kernel.CertificateID(d.ID)]] = d.read()
	}
	out := make([]string, len(numbered))
	for i, n := range numbered {
		if c := byKey[keys[i]]; c.Issued() && c.Name == strings.TrimSpace(n.HolderName) {
			out[i] = c.QRText
		}
	}
	return out, nil
}
