package certificates

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carecert/modules/certificates/verify"
	"carecert/modules/kernel"
)

// CodesOf are the public codes of people's certificates with their verdicts at
// an instant, whoever asks.
func (s *Service) CodesOf(ctx context.Context, people []kernel.PersonID, at time.Time) (map[kernel.PersonID]map[string]string, error) {
	out := make(map[kernel.PersonID]map[string]string, len(people))
	for _, p := range people {
		all, err := s.repo.ofPerson(ctx, p)
		if err != nil {
			return nil, fmt.Errorf("certificates of %s: %w", p, err)
		}
		for _, c := range all {
			if c.Code == "" {
				continue
			}
			if out[p] == nil {
				out[p] = map[string]string{}
			}
			out[p][c.Code] = string(c.card("").verdict(at))
		}
	}
	return out, nil
}

// Lists is how many status lists there are.
func (s *Service) Lists(ctx context.Context) (int64, error) { return s.usedLists(ctx) }

// Judgement is what is known of a text as of an instant. Certificate is the
// zero value for what this house did not sign.
type Judgement struct {
	Verdict     verify.Verdict
	Certificate Certificate
	Holder      kernel.PersonID // who stands for it now
	ChangedOn   kernel.Date     // revoked or replaced
	Since       bool            // after the instant
}

// JudgeAt judges the text of a QR code as of an instant: what was revoked or
// replaced later stood then. Whoever asks.
func (s *Service) JudgeAt(ctx context.Context, text string, at time.Time) (Judgement, error) {
	if _, err := s.look(ctx, s.now()); err != nil { // the keys may have changed
		return Judgement{}, err
	}
	code, verdict, err := s.trust(ctx, text)
	if err != nil || verdict != verify.Genuine {
		return Judgement{Verdict: verdict}, err
	}
	c, err := s.repo.byCode(ctx, code)
	if errors.Is(err, ErrUnknown) {
		return Judgement{Verdict: verify.Unknown}, nil
	}
	if err != nil {
		return Judgement{}, fmt.Errorf("certificate %s: %w", code, err)
	}
	holder, err := s.repo.holderOf(ctx, c.Person)
	if err != nil {
		return Judgement{}, fmt.Errorf("holder of %s: %w", c.ID, err)
	}
	j := Judgement{Certificate: c, Holder: holder.person()}
	card := c.card("")
	for _, change := range []*Change{c.Revocation, c.Replacement} {
		if change == nil {
			continue
		}
		j.ChangedOn = change.On
		if change.At.After(at) {
			j.Since, card.Status = true, StatusValid
		}
	}
	j.Verdict = card.verdict(at)
	return j, nil
}
