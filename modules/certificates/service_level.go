package certificates

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"carecert/modules/certificates/rule"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// LevelDraft is a 职业技能等级证书 to be issued by a registered assessment body.
// Whose it is says either Person, in reach, or Name and IDNumber, which both
// have to match: an assessing body sees candidates' documents, not rosters.
type LevelDraft struct {
	Body       kernel.OrganizationID
	Person     kernel.PersonID
	Name       string
	IDNumber   string
	Level      kernel.SkillLevel
	Occupation string // code or name; "" is 养老护理员
	Direction  string // 工种/职业方向
	IssuedOn   kernel.Date
}

// lastSerial is the last of six digits.
const lastSerial = 999_999

// IssueLevel issues it with the next number of the body's year. The same again
// is the same certificate; another of the same level is ErrLevelHeld.
func (s *Service) IssueLevel(ctx context.Context, d LevelDraft) (c Certificate, err error) {
	if d.IssuedOn == "" {
		d.IssuedOn = kernel.DateOf(s.now())
	}
	if d.IssuedOn > kernel.DateOf(s.now()) {
		return c, ErrFuture.At("body.issuedOn", ErrFuture.Code, string(d.IssuedOn))
	}
	occupation, known := s.rules.Numbers.Occupation(d.Occupation)
	if !known {
		return c, ErrOccupation.With("occupation", d.Occupation).At("body.occupationCode", ErrOccupation.Code, d.Occupation)
	}
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		body, err := s.organizations.Card(ctx, d.Body)
		if x, ok := fault.From(err); ok && x.Kind == fault.NotFound || err == nil && !kernel.ReachFrom(ctx).Covers(body.Path) {
			return ErrBodyUnknown
		}
		if err != nil {
			return err
		}
		person, err := s.candidate(ctx, d)
		if err != nil {
			return err
		}
		draft := Draft{
			Family: FamilySkillLevel, Person: person, Issuer: body.ID, IssuedOn: d.IssuedOn, Title: s.rules.Numbers.Name(occupation),
			Level: d.Level, Occupation: occupation, Direction: d.Direction,
		}
		held, found, err := s.heldFrom(ctx, &draft)
		if err != nil || found {
			c = held
			return err
		}
		if draft.Number, err = s.levelNumber(ctx, body.ID, draft); err != nil {
			return err
		}
		if c, err = s.draw(ctx, draft); err != nil {
			return err
		}
		return s.enter(ctx, c)
	})
	return c, err
}

// candidate finds whose certificate it is; ErrPersonUnknown, whatever does not
// match.
func (s *Service) candidate(ctx context.Context, d LevelDraft) (kernel.PersonID, error) {
	if d.Person != "" {
		card, err := s.person(ctx, d.Person)
		if x, ok := fault.From(err); ok && x.Kind == fault.NotFound || err == nil && !kernel.ReachFrom(ctx).CoversPerson("", card.Reach) {
			return "", ErrPersonUnknown
		}
		return card.ID, err
	}
	number := kernel.IDNumber{Number: rule.Normalize(d.IDNumber)}
	found, err := s.people.ByNumber(ctx, []kernel.IDNumber{number})
	if err != nil {
		return "", err
	}
	card, meant := found[number].Pick(d.Name, func(kernel.PersonCard) bool { return true })
	if meant != kernel.MeantOne || d.Name == "" {
		return "", ErrPersonUnknown
	}
	if card.Merged != "" {
		card, err = s.person(ctx, card.ID)
	}
	return card.ID, err
}

// heldFrom looks for the level among what the body has issued to the person,
// and names the cause under which the draft would be issued. What was revoked
// does not stand in the way of another.
func (s *Service) heldFrom(ctx context.Context, d *Draft) (Certificate, bool, error) {
	cause := fmt.Sprintf("level:%s|%s|%s|%d", d.Issuer, d.Person, d.Occupation, d.Level)
	for n := 1; ; n++ {
		d.Source = cause
		if n > 1 {
			d.Source += "|" + strconv.Itoa(n)
		}
		first, err := s.repo.byKey(ctx, s.repo.sources, d.Source)
		if errors.Is(err, ErrUnknown) {
			return Certificate{}, false, nil
		}
		if err != nil {
			return Certificate{}, false, err
		}
		c, err := s.Latest(ctx, first.ID)
		if err != nil {
			return c, false, err
		}
		switch {
		case c.Status == StatusRevoked:
			continue
		case first.IssuedOn == d.IssuedOn && first.Direction == d.Direction:
			return c, true, nil
		}
		return Certificate{}, false, ErrLevelHeld.With("number", c.Number).With("certificateId", c.ID)
	}
}

var bodyCode = regexp.MustCompile(`^[A-Z]\d{12}$`)

// levelNumber is the next number of a body's year, in the caller's transaction:
// the body's 13 characters, two digits of the year, the level, six digits that
// count on over all levels (人社鉴发〔2019〕2号). One counter document for a body
// and year, so that none is given twice and none left out. A number that the
// body gave elsewhere and that is registered already is passed over.
func (s *Service) levelNumber(ctx context.Context, body kernel.OrganizationID, d Draft) (string, error) {
	code, valid, err := s.organizations.AssessmentCode(ctx, body)
	if x, ok := fault.From(err); ok && x.Kind == fault.NotFound {
		return "", ErrBodyUnknown
	}
	if err != nil {
		return "", err
	}
	if !bodyCode.MatchString(code) {
		return "", ErrBodyCode
	}
	if valid.To == "" { // open ends are empty
		valid.To = kernel.Forever
	}
	if !valid.Holds(d.IssuedOn) {
		return "", ErrBodyNotValid.With("on", d.IssuedOn).With("from", valid.From).With("to", valid.To)
	}
	year := d.IssuedOn.Year()
	for {
		serial, err := s.repo.count(ctx, fmt.Sprintf("level|%s|%d", code, year))
		if err != nil {
			return "", err
		}
		if serial > lastSerial {
			return "", ErrSerialsUsedUp.With("year", year)
		}
		number := fmt.Sprintf("%s%02d%d%06d", code, year%100, d.Level, serial)
		if _, err = s.repo.byNumber(ctx, number); errors.Is(err, ErrUnknown) {
			return number, nil
		}
		if err != nil {
			return "", err
		}
	}
}
