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
	Import     string // the list it came with
}

// lastSerial is the last of six digits.
const lastSerial = 999_999

// IssueLevel issues it with the next number of the body's year. The same again
// is the same certificate; another of the same level is ErrLevelHeld.
func (s *Service) IssueLevel(ctx context.Context, d LevelDraft) (c Certificate, err error) {
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		c, _, err = s.issueLevel(ctx, d)
		return err
	})
	return c, err
}

// issueLevel works in the caller's transaction and tells whether the body had
// issued just this before. What it refuses leaves nothing behind.
func (s *Service) issueLevel(ctx context.Context, d LevelDraft) (c Certificate, before bool, err error) {
	plan, err := s.planLevel(ctx, d)
	if err != nil {
		return c, false, err
	}
	if plan.held != nil {
		return *plan.held, true, nil
	}
	if plan.draft.Number, err = s.levelNumber(ctx, plan.draft.Issuer, plan.draft); err != nil {
		return c, false, err
	}
	if c, err = s.draw(ctx, plan.draft); err != nil {
		return c, false, err
	}
	c.Import = d.Import
	return c, false, s.enter(ctx, c)
}

// levelPlan is a draft that may be issued, but for its number.
type levelPlan struct {
	draft Draft
	held  *Certificate // just this, issued before
}

// planLevel checks everything and writes nothing. Its refusals name the field
// they are about.
func (s *Service) planLevel(ctx context.Context, d LevelDraft) (plan levelPlan, err error) {
	if d.IssuedOn == "" {
		d.IssuedOn = kernel.DateOf(s.now())
	}
	if d.IssuedOn > kernel.DateOf(s.now()) {
		return plan, ErrFuture.At("body.issuedOn", ErrFuture.Code, string(d.IssuedOn))
	}
	occupation, known := s.rules.Numbers.Occupation(d.Occupation)
	if !known {
		return plan, ErrOccupation.With("occupation", d.Occupation).At("body.occupationCode", ErrOccupation.Code, d.Occupation)
	}
	body, err := kernel.ReachFrom(ctx).Organization(ctx, s.organizations, d.Body, ErrBodyUnknown)
	if err != nil {
		return plan, err
	}
	if _, _, err = s.assessing(ctx, body.ID); err != nil {
		return plan, err
	}
	person, err := s.candidate(ctx, d)
	if errors.Is(err, ErrPersonUnknown) {
		field := "body.idNumber"
		if d.Person != "" {
			field = "body.personId"
		}
		return plan, ErrPersonUnknown.At(field, ErrPersonUnknown.Code, "")
	}
	if err != nil {
		return plan, err
	}
	plan.draft = Draft{
		Family: FamilySkillLevel, Person: person, Issuer: body.ID, IssuedOn: d.IssuedOn, Title: s.rules.Numbers.Name(occupation),
		Level: d.Level, Occupation: occupation, Direction: d.Direction,
	}
	held, found, err := s.heldFrom(ctx, &plan.draft)
	if err != nil {
		return plan, err
	}
	if found {
		plan.held = &held
		return plan, nil
	}
	_, err = s.numbering(ctx, body.ID, d.IssuedOn)
	return plan, err
}

// candidate finds whose certificate it is; ErrPersonUnknown, whatever does not
// match.
func (s *Service) candidate(ctx context.Context, d LevelDraft) (kernel.PersonID, error) {
	if d.Person != "" {
		card, err := s.person(ctx, d.Person)
		if fault.Missing(err) || err == nil && !kernel.ReachFrom(ctx).CoversPerson("", card.Reach) {
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
		return Certificate{}, false, ErrLevelHeld.With("number", c.Number).With("certificateId", c.ID).At("body.level", ErrLevelHeld.Code, strconv.Itoa(int(d.Level)))
	}
}

var bodyCode = regexp.MustCompile(`^[A-Z]\d{12}$`)

// numbering is the code that a body numbers with on a day; ErrBodyNotValid
// outside its time, and what assessing refuses.
func (s *Service) numbering(ctx context.Context, body kernel.OrganizationID, on kernel.Date) (string, error) {
	code, valid, err := s.assessing(ctx, body)
	if err == nil && !valid.Holds(on) {
		err = ErrBodyNotValid.With("on", on).With("from", valid.From).With("to", valid.To).At("body.issuedOn", ErrBodyNotValid.Code, string(on))
	}
	return code, err
}

// assessing is the code of a body and the time it is valid; ErrBodyUnknown for
// what is none, ErrBodyCode where no number can be made of the code.
func (s *Service) assessing(ctx context.Context, body kernel.OrganizationID) (string, kernel.Period, error) {
	code, valid, err := s.organizations.AssessmentCode(ctx, body)
	if fault.Missing(err) {
		return "", valid, ErrBodyUnknown
	}
	if err != nil {
		return "", valid, err
	}
	if !bodyCode.MatchString(code) {
		return "", valid, ErrBodyCode
	}
	if valid.To == "" { // open ends are empty
		valid.To = kernel.Forever
	}
	return code, valid, nil
}

func levelCounter(code string, year int) string { return fmt.Sprintf("level|%s|%d", code, year) }

// levelNumber is the next number of a body's year, in the caller's transaction:
// the body's 13 characters, two digits of the year, the level, six digits that
// count on over all levels (人社鉴发〔2019〕2号). One counter document for a body
// and year, so that none is given twice and none left out. A number that the
// body gave elsewhere and that is registered already is passed over.
func (s *Service) levelNumber(ctx context.Context, body kernel.OrganizationID, d Draft) (string, error) {
	code, err := s.numbering(ctx, body, d.IssuedOn)
	if err != nil {
		return "", err
	}
	year := d.IssuedOn.Year()
	for {
		serial, err := s.repo.count(ctx, levelCounter(code, year))
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

// LevelDesk is what a body needs to know before it issues.
type LevelDesk struct {
	Body        kernel.OrganizationCard
	Code        string
	Valid       kernel.Period // To is kernel.Forever where no end is known
	Today       kernel.Date
	Issued      int64 // serials of this year that are given
	Occupations []LevelOccupation
}

// LevelOccupation is one that a level may be of.
type LevelOccupation struct{ Code, Name string }

// Open tells whether the body may issue with the date of today.
func (d LevelDesk) Open() bool { return d.Valid.Holds(d.Today) }

// LevelDesk tells it of a body in reach; ErrBodyUnknown, ErrBodyCode.
func (s *Service) LevelDesk(ctx context.Context, id kernel.OrganizationID) (LevelDesk, error) {
	desk := LevelDesk{Today: kernel.DateOf(s.now())}
	var err error
	if desk.Body, err = kernel.ReachFrom(ctx).Organization(ctx, s.organizations, id, ErrBodyUnknown); err != nil {
		return desk, err
	}
	if desk.Code, desk.Valid, err = s.assessing(ctx, id); err != nil {
		return desk, err
	}
	for _, o := range s.rules.Numbers.Occupations {
		desk.Occupations = append(desk.Occupations, LevelOccupation{o.Code, s.rules.Numbers.Name(o.Code)})
	}
	desk.Issued, err = s.repo.counted(ctx, levelCounter(desk.Code, desk.Today.Year()))
	return desk, err
}
