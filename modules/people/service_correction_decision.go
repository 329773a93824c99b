package people

import (
	"context"
	"fmt"

	"carecert/modules/kernel"
)

// CorrectionDecision is the answer to a request. By hand means that the change
// was or will be made outside it: a post that the register does not have, a
// spell of another employer.
type CorrectionDecision struct {
	Accept bool
	ByHand bool
	Reason string // the asker reads it
}

// DecideCorrection accepts or rejects a request. Accepting carries the change
// out through the use case that anybody else would use, with its checks and its
// own row in the log. Never by the one who asked. ErrCorrectionUnknown,
// ErrElsewhere, ErrCorrectionDecided, ErrCorrectionOwn, ErrCorrectionByHand where the program
// cannot make the change, and whatever refuses the change.
func (s *Service) DecideCorrection(ctx context.Context, id kernel.PersonID, request string, c CorrectionDecision) (Correction, error) {
	if !c.Accept && c.Reason == "" {
		return Correction{}, ErrCorrectionReason.At("body.reason", "people.correction_reason", "")
	}
	var d correctionDoc
	err := s.DB.Tx(ctx, func(ctx context.Context) (err error) {
		if _, d, err = s.decidableCorrection(ctx, id, request); err != nil {
			return err
		}
		if err := d.decidable(kernel.ActorFrom(ctx)); err != nil {
			return err
		}
		state := CorrectionRejected
		if c.Accept {
			state = CorrectionAccepted
		}
		if c.Accept && !c.ByHand {
			if err := s.fulfil(ctx, id, d); err != nil {
				return err
			}
		}
		d.ByHand = c.Accept && c.ByHand
		d, err = s.endCorrection(ctx, id, d, state, "decideCorrection", c.Reason)
		return err
	})
	return d.correction(), err
}

// WithdrawCorrection takes a request back, which only the person may.
// ErrCorrectionUnknown, ErrCorrectionDecided.
func (s *Service) WithdrawCorrection(ctx context.Context, id kernel.PersonID, request string) (Correction, error) {
	var d correctionDoc
	err := s.DB.Tx(ctx, func(ctx context.Context) (err error) {
		if _, d, err = s.correctionInReach(ctx, id, request); err != nil {
			return err
		}
		if d.State != CorrectionOpen {
			return ErrCorrectionDecided
		}
		d, err = s.endCorrection(ctx, id, d, CorrectionWithdrawn, "withdrawCorrection", "")
		return err
	})
	return d.correction(), err
}

// endCorrection closes a request. The person and the request are read anew:
// carrying it out wrote both.
func (s *Service) endCorrection(ctx context.Context, id kernel.PersonID, ended correctionDoc, state CorrectionState, verb, answer string) (correctionDoc, error) {
	person, d, err := s.correctionInReach(ctx, id, ended.ID)
	if err != nil {
		return d, err
	}
	d.ByHand = ended.ByHand
	d = d.end(state, kernel.ActorFrom(ctx), answer, s.now())
	if err := s.docs.corrections.Replace(ctx, &d); err != nil {
		return d, fmt.Errorf("save correction: %w", err)
	}
	person.OpenCorrections = max(0, person.OpenCorrections-1)
	if err := s.save(ctx, &person); err != nil {
		return d, err
	}
	return d, s.noteCorrection(ctx, verb, person, d)
}

// fulfil makes the change that was asked for.
func (s *Service) fulfil(ctx context.Context, id kernel.PersonID, d correctionDoc) error {
	wanted := d.Wanted
	if d.Sealed != "" {
		plain, err := s.Secrets.Open(purposeCorrection, d.Sealed)
		if err != nil {
			return fmt.Errorf("correction %s: %w", d.ID, err)
		}
		wanted = plain
	}
	amend := func(change func(*Particulars)) error {
		_, err := s.Amend(ctx, id, func(p *Particulars, _ int64) error { change(p); return nil })
		return err
	}
	switch d.Field {
	case CorrectName:
		return amend(func(p *Particulars) { p.Name = wanted })
	case CorrectPhone:
		return amend(func(p *Particulars) { p.Phone = &wanted })
	case CorrectEducation:
		return amend(func(p *Particulars) { p.Education = Education(wanted) })
	case CorrectMajor:
		return amend(func(p *Particulars) { p.Major = wanted })
	case CorrectIDNumber:
		_, err := s.CorrectIdentity(ctx, id, d.IDType, wanted, d.Reason)
		return err
	case CorrectEmployment:
		_, err := s.Correct(ctx, id, d.Spell.Spell, d.Spell.change(d.Reason))
		return err
	default:
		return ErrCorrectionByHand
	}
}

func (w WantedSpell) change(reason string) Change {
	c := Change{Reason: reason}
	if w.Role != "" {
		c.Role = &w.Role
	}
	if w.StartedOn != "" {
		c.From = &w.StartedOn
	}
	switch open := kernel.Forever; {
	case w.Still:
		c.To = &open
	case w.EndedOn != "":
		c.To = &w.EndedOn
	}
	return c
}

// RevealCorrection opens what a masked field should say, to compare it with
// the document, and notes who asked and why. ErrCorrectionUnknown,
// ErrElsewhere, ErrNothingToReveal.
func (s *Service) RevealCorrection(ctx context.Context, id kernel.PersonID, request, reason string) (string, error) {
	person, d, err := s.decidableCorrection(ctx, id, request)
	if err != nil {
		return "", err
	}
	if d.Sealed == "" {
		return "", ErrNothingToReveal
	}
	value, err := s.Secrets.Open(purposeCorrection, d.Sealed)
	if err != nil {
		return "", fmt.Errorf("correction %s: %w", d.ID, err)
	}
	return value, s.DB.Tx(ctx, func(ctx context.Context) error {
		act := s.act("reveal", person)
		act.Reason, act.Detail = reason, map[string]string{"field": string(d.Field), "request": d.ID}
		return s.Audit.Record(ctx, act)
	})
}
