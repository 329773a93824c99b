package certificates

import (
	"context"
	"fmt"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// Doubts are what the number itself does not tell: the verifier sees them
// beside the findings on it.

// bodies knows who the assessment bodies are and when they were registered,
// each asked for once.
type bodies struct {
	organizations Organizations
	known         map[string]body // the zero body where there is none
	names         map[string]string
}

// body is a registered assessment body.
type body struct {
	card   kernel.OrganizationCard
	period kernel.Period
}

func (s *Service) bodies() bodies {
	return bodies{organizations: s.organizations, known: map[string]body{}, names: map[string]string{}}
}

// of finds the body with the code; the zero body where there is none.
func (b bodies) of(ctx context.Context, code string) (body, error) {
	one, known := b.known[code]
	if known {
		return one, nil
	}
	card, period, err := b.organizations.AssessmentBody(ctx, code)
	if x, ok := fault.From(err); err != nil && !(ok && x.Kind == fault.NotFound) {
		return one, fmt.Errorf("assessment body %s: %w", code, err)
	}
	if err == nil {
		if period.To == "" { // open ends are empty
			period.To = kernel.Forever
		}
		one = body{card, period}
	}
	b.known[code] = one
	return one, nil
}

// valid tells whether a body with the code was registered on the day.
func (b bodies) valid(ctx context.Context, code string, on kernel.Date) (bool, error) {
	one, err := b.of(ctx, code)
	return one.period.Holds(on), err
}

// called tells whether the body was called so on the day, or is now.
func (b bodies) called(ctx context.Context, one body, name string, on kernel.Date) (bool, error) {
	if same(name, one.card.Name) {
		return true, nil
	}
	key := string(one.card.ID) + "|" + string(on)
	then, known := b.names[key]
	if !known {
		var err error
		if then, err = b.organizations.NameOn(ctx, one.card.ID, on); err != nil {
			return false, fmt.Errorf("name of %s on %s: %w", one.card.ID, on, err)
		}
		b.names[key] = then
	}
	return same(name, then), nil
}

// doubtIssuer compares the issuer that a certificate names with the body that
// its number names.
func (s *Service) doubtIssuer(ctx context.Context, d Claim, number string, registered bodies) ([]kernel.Reason, error) {
	table := s.rules.Numbers
	code := table.Head(number)
	if code == "" || table.Family(string(d.Family)).AnyShape {
		return nil, nil
	}
	one, err := registered.of(ctx, code)
	if err != nil || one.card.ID == "" {
		return nil, err
	}
	agrees, err := registered.called(ctx, one, d.IssuerName, d.IssuedOn)
	if err != nil || agrees {
		return nil, err
	}
	return []kernel.Reason{kernel.Because("certificates.issuer_name_differs", table.Document, "code", code, "name", one.card.Name)}, nil
}

// doubtCrowd notes on a certificate that its holder has more of the same level
// in the same occupation than people come to have.
func (s *Service) doubtCrowd(c *Certificate, others []Certificate) {
	table, n := s.rules.Numbers, 0
	for _, o := range others {
		alike := o.Family == c.Family && o.Level == c.Level && o.Occupation == c.Occupation && o.Number != c.Number
		if alike && (o.Status == StatusValid || o.Status == StatusClaimed) {
			n++
		}
	}
	if c.Family == FamilySkillLevel && n >= table.AlikeMost {
		c.Findings = append(c.Findings, kernel.Because("certificates.many_alike", table.Document, "n", fmt.Sprint(n+1)))
	}
}
