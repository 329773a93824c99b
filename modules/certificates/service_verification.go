package certificates

import (
	"context"
	"errors"
	"slices"

	"carecert/modules/certificates/rule"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// Refusals of words.
var (
	ErrEvidenceUnknown = fault.New(fault.Invalid, "certificates.evidence_unknown")
	ErrTooManyAtOnce   = fault.New(fault.Invalid, "certificates.too_many_at_once")
)

// Said is what somebody who compared a certificate found.
type Said struct {
	Method   string
	Result   string
	Note     string
	Reason   string   // of a correction
	Evidence []string // ids of files that were attached before
}

// Confirm takes in the word of whoever compared a registered certificate with
// the national query, the original or the issuer's letter.
func (s *Service) Confirm(ctx context.Context, id kernel.CertificateID, said Said) (c Certificate, err error) {
	return s.speak(ctx, id, said, "verify", func(c Certificate, v Verification) (Certificate, error) {
		conduct, err := s.conduct(ctx, c)
		if err != nil {
			return c, err
		}
		return c.Verify(v, conduct.AsksSecond(string(c.Family), kernel.ActorFrom(ctx)))
	})
}

// Correct lets a second person replace the word that stands, or withdraw it,
// with a reason. What was said before stays on file, and figures follow.
func (s *Service) Correct(ctx context.Context, id kernel.CertificateID, said Said) (c Certificate, err error) {
	return s.speak(ctx, id, said, "correct", func(c Certificate, v Verification) (Certificate, error) {
		next, err := c.Correct(v)
		if err != nil || next.Status == StatusRejected {
			return next, err
		}
		if next.Status == StatusValid {
			if err := s.undisputed(ctx, next); err != nil {
				return next, err
			}
		}
		// A refuted number may have gone to somebody else meanwhile.
		holder, err := s.repo.byNumber(ctx, c.Number)
		if err == nil && holder.ID != c.ID {
			err = ErrNumberTaken.With("number", c.Number)
		}
		return next, err
	})
}

// undisputed refuses to say among many, or against what was said before, that a
// certificate is right whose number is claimed for somebody else as well: that
// is decided first. Who looks at this one alone sees the dispute. ErrDisputed.
func (s *Service) undisputed(ctx context.Context, c Certificate) error {
	disputed, err := s.repo.disputed(ctx, c.ID)
	if err == nil && disputed {
		err = ErrDisputed.With("number", c.Number)
	}
	return err
}

// speak saves a word with its row in the log, and tells the neighbours.
func (s *Service) speak(ctx context.Context, id kernel.CertificateID, said Said, verb string, change func(Certificate, Verification) (Certificate, error)) (c Certificate, err error) {
	actor := kernel.ActorFrom(ctx)
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if c, err = s.Find(ctx, id); err != nil {
			return err
		}
		for _, e := range said.Evidence {
			if !slices.ContainsFunc(c.Files, func(f File) bool { return f.ID == e }) {
				return ErrEvidenceUnknown.At("body.evidenceIds", "certificates.evidence_unknown", e)
			}
		}
		before := c
		c, err = change(c, Verification{
			Method: said.Method, Result: said.Result, Note: said.Note, Reason: said.Reason, Evidence: said.Evidence,
			By: actor.User, ByName: actor.Name, At: s.now(),
		})
		if err != nil {
			return err
		}
		return s.follow(ctx, before, &c, verb)
	})
	return c, err
}

// follow saves a certificate on which a word was said.
func (s *Service) follow(ctx context.Context, before Certificate, c *Certificate, verb string) error {
	if err := s.repo.save(ctx, c, ""); err != nil {
		return err
	}
	v := c.Words[len(c.Words)-1]
	act := s.registered(*c)
	act.Verb, act.Reason = verb, v.Note
	if v.Reason != "" {
		act.Reason = v.Reason
	}
	act.Detail["method"], act.Detail["result"] = v.Method, v.Result
	act.Detail["status"] = string(before.Status) + " → " + string(c.Status)
	if err := s.audit.Record(ctx, act); err != nil {
		return err
	}
	if c.Disputed {
		if err := s.tellContested(ctx, c.Person); err != nil {
			return err
		}
	}
	return s.announce(ctx, *c)
}

// conduct is the row on how certificates are compared where the holder works.
func (s *Service) conduct(ctx context.Context, c Certificate) (rule.Conduct, error) {
	var region kernel.RegionCode
	if len(c.Reach) > 0 {
		cards, err := s.organizations.Cards(ctx, c.Reach)
		if err != nil {
			return rule.Conduct{}, err
		}
		for _, card := range cards { // the nearest has the longest code
			if len(card.Region) > len(region) {
				region = card.Region
			}
		}
	}
	row, _ := kernel.Nearest(s.rules.Verification, region, kernel.DateOf(s.now()))
	return row, nil
}

// Outcome of one certificate among many.
type Outcome struct {
	ID      kernel.CertificateID
	Status  Status       // "" where it was refused
	Refused *fault.Fault // why
}

// ConfirmMany says one word of many certificates. Each stands for itself: what
// is refused leaves the others as they are.
func (s *Service) ConfirmMany(ctx context.Context, ids []kernel.CertificateID, said Said) ([]Outcome, error) {
	row, _ := kernel.Nearest(s.rules.Verification, "", kernel.DateOf(s.now()))
	if len(ids) > row.BulkMost {
		return nil, ErrTooManyAtOnce.With("most", row.BulkMost)
	}
	out := make([]Outcome, 0, len(ids))
	for _, id := range ids {
		c, err := s.confirmAmong(ctx, id, said)
		o := Outcome{ID: id, Status: c.Status}
		if refused := (*fault.Fault)(nil); errors.As(err, &refused) {
			o.Status, o.Refused = "", refused
		} else if err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, nil
}

func (s *Service) confirmAmong(ctx context.Context, id kernel.CertificateID, said Said) (Certificate, error) {
	c, err := s.Find(ctx, id)
	if err == nil && said.Result == ResultConfirmed {
		err = s.undisputed(ctx, c)
	}
	if err != nil {
		return c, err
	}
	return s.Confirm(ctx, id, said)
}
