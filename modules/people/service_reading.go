package people

import (
	"context"
	"fmt"

	"carecert/modules/kernel"
	"carecert/modules/people/rule"
)

// Field is something that is masked and may be revealed.
type Field string

// The fields.
const (
	FieldIDNumber Field = "idNumber"
	FieldPhone    Field = "phone"
)

// Reveal opens a masked field and notes who asked and why; ErrUnknown,
// ErrElsewhere, ErrNothingToReveal.
func (s *Service) Reveal(ctx context.Context, id kernel.PersonID, f Field, reason string) (string, error) {
	doc, err := s.inKeeping(ctx, id)
	if err != nil {
		return "", err
	}
	value, err := s.open(doc, f)
	if err != nil {
		return "", err
	}
	if value == "" {
		return "", ErrNothingToReveal
	}
	return value, s.DB.Tx(ctx, func(ctx context.Context) error {
		act := s.act("reveal", doc)
		act.Reason, act.Detail = reason, map[string]string{"field": string(f)}
		return s.Audit.Record(ctx, act)
	})
}

func (s *Service) open(doc personDoc, f Field) (string, error) {
	purpose, sealed := purposeNumber, doc.IDSealed
	if f == FieldPhone {
		purpose, sealed = purposePhone, doc.PhoneSealed
	}
	if sealed == "" {
		return "", nil
	}
	value, err := s.Secrets.Open(purpose, sealed)
	if err != nil {
		return "", fmt.Errorf("open %s of %s: %w", f, doc.ID, err)
	}
	return value, nil
}

// Gate judges the pre-job gate of a person by the row in force where they
// work; the zero Gate where no row is.
func (s *Service) Gate(p Person) rule.Gate {
	today := s.today()
	row, found := kernel.Nearest(s.Rules, p.Career.workplace(), today)
	if !found {
		return rule.Gate{TrainedOn: p.PreJobOn}
	}
	return row.Judge(p.Career.Spells(), p.PreJobOn, today)
}

// careerRow is how long those who wrote a career may read and mend it, where
// the person worked last; the zero row where none is in force.
func (s *Service) careerRow(d personDoc) rule.CareerRow { return s.rowOf(d.person()) }

func (s *Service) rowOf(p Person) rule.CareerRow {
	row, _ := kernel.Nearest(s.Careers, p.Career.workplace(), s.today())
	return row
}

// arrange derives what a record is found and listed by today.
func (s *Service) arrange(doc *personDoc) {
	doc.arrange(s.today(), s.untrained(*doc), s.careerRow(*doc))
}

// untrained tells whether somebody is on duty without passed pre-job training.
func (s *Service) untrained(d personDoc) bool { return s.Gate(d.person()).Missing }

// ServiceTime adds up the years of service until today.
func (s *Service) ServiceTime(p Person) rule.Service {
	return rule.ServiceTime(p.Career.Periods(), s.today())
}

func (s *Service) parts(ctx context.Context, id kernel.PersonID) (map[string]any, error) {
	parts := make(map[string]any, len(s.Parts))
	for _, part := range s.Parts {
		content, err := part.Part(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("record of %s, %s: %w", id, part.Name(), err)
		}
		parts[part.Name()] = content
	}
	return parts, nil
}
