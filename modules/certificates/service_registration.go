package certificates

import (
	"context"
	"errors"
	"slices"

	"carecert/modules/certificates/rule"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// Claim is a certificate that others issued, as somebody says it reads.
type Claim struct {
	Person     kernel.PersonID
	Family     Family
	Number     string
	Level      kernel.SkillLevel
	IssuedOn   kernel.Date
	IssuerName string
	Occupation string
	Import     string
	Offices    []kernel.OrganizationID // whom it is registered for
}

// Register takes a certificate of somebody in reach onto the books: its number
// checked, waiting for somebody else to compare it.
func (s *Service) Register(ctx context.Context, d Claim) (c Certificate, err error) {
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		card, err := s.people.Card(ctx, d.Person)
		if fault.Missing(err) {
			return ErrPersonUnknown
		}
		if err != nil {
			return err
		}
		if !kernel.ReachFrom(ctx).CoversPerson("", card.Reach) {
			return ErrPersonUnknown
		}
		d.Offices = offices(ctx)
		if c, err = s.claim(ctx, d, card, s.bodies()); err != nil {
			return err
		}
		held, err := s.repo.ofPerson(ctx, c.Person)
		if err != nil {
			return err
		}
		s.doubtCrowd(&c, held)
		if err := s.repo.add(ctx, c); err != nil {
			if errors.Is(err, ErrNumberTaken) {
				return s.collide(ctx, c, err)
			}
			return err
		}
		if err := s.audit.Record(ctx, s.registered(c)); err != nil {
			return err
		}
		return s.announce(ctx, c)
	})
	return c, err
}

func (s *Service) registered(c Certificate) kernel.Act {
	act := kernel.Act{Verb: "register", Noun: "certificate", ID: string(c.ID), Detail: map[string]string{"number": c.Number, "person": string(c.Person)}}
	if len(c.Reach) > 0 {
		act.Organization = c.Reach[0]
	}
	return act
}

// collide is the refusal of a number that is on the books. That it is another
// person's is a conflict, for as long as nobody tries numbers on end.
func (s *Service) collide(ctx context.Context, c Certificate, taken error) error {
	held, err := s.repo.byNumber(ctx, c.Number)
	if errors.Is(err, ErrUnknown) {
		return taken
	}
	if err != nil {
		return err
	}
	holder, err := s.repo.holderOf(ctx, held.Person)
	if err != nil {
		return err
	}
	if holder.person() == c.Person {
		return taken
	}
	limits, hit, err := s.tried(ctx, held, c)
	if err != nil {
		return err
	}
	return s.guard.Answer(ctx, limits, hit, func(ctx context.Context) error {
		s.disputeNow(ctx, c)
		return taken
	})
}

// claim checks a claim and makes the certificate of it; ErrNumber names what
// is wrong with the number.
func (s *Service) claim(ctx context.Context, d Claim, card kernel.PersonCard, registered bodies) (Certificate, error) {
	age, err := s.judgeDay(d, card)
	if err != nil {
		return Certificate{}, err
	}
	finding, err := s.judgeNumber(ctx, d, registered)
	if err != nil {
		return Certificate{}, err
	}
	if finding.Verdict == rule.Refused {
		f := ErrNumber
		for _, r := range finding.Reasons {
			f = f.With("reason", r.Code)
			for k, v := range r.Params {
				f = f.With(k, v)
			}
			f.Fields = append(f.Fields, fault.Field{Location: "body.number", Code: r.Code, Params: r.Params})
		}
		return Certificate{}, f
	}
	occupation, known := s.rules.Numbers.Occupation(d.Occupation)
	if !known {
		finding.Reasons = append(finding.Reasons, kernel.Because("certificates.occupation_unknown", s.rules.Numbers.Document, "occupation", d.Occupation))
	}
	doubts, err := s.doubtIssuer(ctx, d, finding.Number, registered)
	if err != nil {
		return Certificate{}, err
	}
	finding.Reasons = slices.Concat(finding.Reasons, doubts, age)
	return Certificate{
		ID: kernel.CertificateID(kernel.NewID()), Family: d.Family, Origin: OriginRegistered, Person: card.ID, Name: card.Name,
		IDMasked: card.IDNumberMasked, NameMasked: maskName(card.Name), Number: finding.Number, IssuerName: d.IssuerName,
		IssuedOn: d.IssuedOn, Level: d.Level, Occupation: occupation, RecordedAt: s.now(), RecordedBy: kernel.ActorFrom(ctx).User,
		Offices: d.Offices, Import: d.Import, Format: FormatCheck{Verdict: finding.Verdict, Rule: s.rules.Numbers.Version}, Findings: finding.Reasons, Status: StatusClaimed, Reach: card.Reach,
	}, nil
}

// judgeDay refuses a day of issue that cannot be, and doubts one on which the
// holder was a child. ErrFuture, ErrBeforeBirth.
func (s *Service) judgeDay(d Claim, card kernel.PersonCard) ([]kernel.Reason, error) {
	if d.IssuedOn > kernel.DateOf(s.now()) {
		return nil, ErrFuture.At("body.issuedOn", ErrFuture.Code, string(d.IssuedOn))
	}
	f := s.rules.Numbers.JudgeHolder(d.IssuedOn, card.BirthDate)
	if f.Verdict == rule.Refused {
		return nil, ErrBeforeBirth.At("body.issuedOn", ErrBeforeBirth.Code, string(d.IssuedOn))
	}
	return f.Reasons, nil
}

func (s *Service) judgeNumber(ctx context.Context, d Claim, registered bodies) (finding rule.Finding, err error) {
	finding = s.rules.Numbers.Judge(rule.Number{Text: d.Number, Family: string(d.Family), Level: d.Level, IssuedOn: d.IssuedOn}, func(code string, on kernel.Date) bool {
		valid, failed := registered.valid(ctx, code, on)
		err = errors.Join(err, failed)
		return valid
	})
	return finding, err
}
