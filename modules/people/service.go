package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/probe"
	"carecert/modules/kit/store"
	"carecert/modules/people/rule"
)

// Service keeps the register of people.
type Service struct {
	Deps
	docs  collections
	guard *probe.Guard
}

// Draft is a person to be registered.
type Draft struct {
	Name         string
	IDType       rule.IDType
	IDNumber     string
	Phone        string
	Birth        kernel.Date // only where the identity does not tell
	Gender       string
	Education    Education
	Major        string
	Kinds        []Kind
	Organization kernel.OrganizationID // on whose behalf; the actor's own when empty
}

// Register adds a person; ErrDuplicate, ErrTooManyProbes.
func (s *Service) Register(ctx context.Context, d Draft) (Person, error) {
	doc, err := s.draw(d)
	if err != nil {
		return Person{}, err
	}
	registrar, err := s.registrar(ctx, d.Organization)
	if err != nil {
		return Person{}, err
	}
	doc.Registrar = texts(registrar.Path)
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		return s.enter(ctx, &doc)
	})
	if store.IsDuplicate(err, "_id") && !store.InTx(ctx) { // somebody was quicker by a moment
		known, found := s.known(ctx, doc.IDBlind)
		if found == nil && known != nil {
			return Person{}, s.counted(ctx, duplicate(*known, doc.Name))
		}
	}
	if store.IsDuplicate(err, "_id") {
		return Person{}, ErrDuplicate
	}
	return doc.person(), s.counted(ctx, err)
}

// enter writes a new person and their identity.
func (s *Service) enter(ctx context.Context, doc *personDoc) error {
	if err := s.takeNumber(ctx, *doc); err != nil {
		return err
	}
	docs := []personDoc{*doc}
	s.arrange(&docs[0])
	if err := s.docs.persons.Insert(ctx, docs...); err != nil {
		return fmt.Errorf("save person: %w", err)
	}
	if _, err := s.suspect(ctx, &docs[0]); err != nil {
		return err
	}
	*doc = docs[0]
	act := s.act("create", *doc)
	act.Detail = map[string]string{"idNumber": doc.IDMasked, "idType": string(doc.IDType)}
	if err := s.Audit.Record(ctx, act); err != nil {
		return err
	}
	if err := s.Facts.Announce(ctx, Changed{kernel.PersonID(doc.ID)}); err != nil {
		return err
	}
	return s.Facts.Announce(ctx, Registered{Person: kernel.PersonID(doc.ID), Kinds: doc.Kinds, Organization: act.Organization})
}

// draw checks a draft and makes the document of it; its fields are named in
// the refusal.
func (s *Service) draw(d Draft) (personDoc, error) {
	now := s.now()
	wrong := fault.ErrInvalid
	doc := personDoc{Name: rule.TidyName(d.Name), Education: d.Education, Major: d.Major, Kinds: d.Kinds, RecordedAt: now}
	doc.ID = kernel.NewID()
	if flaw := rule.NameFlaw(doc.Name); flaw != "" {
		wrong = wrong.At("body.name", string(flaw), "")
	}
	id, flaw := rule.Identify(d.IDType, d.IDNumber, kernel.DateOf(now))
	if flaw != "" {
		wrong = wrong.At("body.idNumber", string(flaw), "")
	}
	phone, ok := rule.Phone(d.Phone)
	if d.Phone != "" && !ok {
		wrong = wrong.At("body.phone", "people.phone_invalid", "")
	}
	if flaw := rule.BirthFlaw(d.Birth, kernel.DateOf(now)); flaw != "" {
		wrong = wrong.At("body.birthDate", string(flaw), "")
	}
	if len(wrong.Fields) > 0 {
		return doc, wrong
	}
	s.identify(&doc, id)
	if doc.Birth == "" {
		doc.Birth, doc.Gender = d.Birth, d.Gender
	}
	s.call(&doc, phone)
	doc.spell(s.Speller)
	return doc, nil
}

func (s *Service) identify(doc *personDoc, id rule.Identity) {
	doc.IDType, doc.Birth, doc.Gender = id.Type, id.Birth, id.Gender
	doc.IDMasked = rule.MaskNumber(id.Number)
	doc.IDSealed = s.Secrets.Seal(purposeNumber, id.Number)
	doc.IDBlind = s.blind(id.Type, id.Number)
}

func (s *Service) call(doc *personDoc, phone string) {
	doc.PhoneSealed, doc.PhoneBlind, doc.PhoneMasked = "", "", ""
	if phone != "" {
		doc.PhoneSealed = s.Secrets.Seal(purposePhone, phone)
		doc.PhoneBlind = s.Secrets.Blind(purposePhone, phone)
		doc.PhoneMasked = rule.MaskPhone(phone)
	}
}

func (s *Service) blind(kind rule.IDType, number string) string {
	return s.Secrets.Blind(purposeNumber, string(kind)+":"+number)
}

// registrar is the organisation on whose behalf the actor registers: the named
// one, which must be in reach, else the first they have a role in.
func (s *Service) registrar(ctx context.Context, named kernel.OrganizationID) (kernel.OrganizationCard, error) {
	id := named
	if id == "" {
		for _, g := range kernel.ActorFrom(ctx).Grants {
			if g.Organization != "" {
				id = g.Organization
				break
			}
		}
	}
	if id == "" {
		return kernel.OrganizationCard{}, nil
	}
	if named != "" {
		return kernel.ReachFrom(ctx).Organization(ctx, s.Organizations, id, ErrEmployerUnknown)
	}
	return s.Organizations.Card(ctx, id)
}

// known is who has the number; nil when nobody has.
func (s *Service) known(ctx context.Context, blind string) (*personDoc, error) {
	key, err := s.docs.identities.Get(ctx, blind)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	doc, err := s.docs.persons.Get(ctx, key.Person)
	if err != nil {
		return nil, fmt.Errorf("person of an identity: %w", err)
	}
	return &doc, nil
}

// Find reads a person in reach; ErrUnknown.
func (s *Service) Find(ctx context.Context, id kernel.PersonID) (Person, error) {
	doc, err := s.inReach(ctx, id)
	if err != nil {
		return Person{}, err
	}
	return doc.person(), nil
}

func (s *Service) inReach(ctx context.Context, id kernel.PersonID) (personDoc, error) {
	doc, err := s.latest(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return personDoc{}, s.unseen(ctx, nobody(id))
	}
	if err == nil && !doc.person().visible(kernel.ReachFrom(ctx), s.today()) {
		return personDoc{}, s.unseen(ctx, doc)
	}
	return doc, err
}

// inKeeping reads a person whose own facts are known and mended in reach;
// ErrUnknown, ErrElsewhere for one whose record alone is read.
func (s *Service) inKeeping(ctx context.Context, id kernel.PersonID) (personDoc, error) {
	doc, err := s.inReach(ctx, id)
	if err == nil && !s.kept(ctx, doc) {
		return personDoc{}, ErrElsewhere
	}
	return doc, err
}

func (s *Service) kept(ctx context.Context, doc personDoc) bool {
	return doc.person().kept(kernel.ReachFrom(ctx), s.today(), s.careerRow(doc))
}

// readable reads a person in reach, or one whom somebody in reach employed
// until lately; then former is true, and only what was its own may be told.
func (s *Service) readable(ctx context.Context, id kernel.PersonID) (doc personDoc, former bool, err error) {
	doc, err = s.latest(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return personDoc{}, false, s.unseen(ctx, nobody(id))
	}
	if err != nil {
		return doc, false, err
	}
	p, reach := doc.person(), kernel.ReachFrom(ctx)
	switch {
	case p.visible(reach, s.today()):
		return doc, false, nil
	case reach.Covers(p.Former(s.today(), s.careerRow(doc))):
		return doc, true, nil
	}
	return personDoc{}, false, s.unseen(ctx, doc)
}

// Read is Find for those too who employed the person until lately: they see
// their own spells. ErrUnknown.
func (s *Service) Read(ctx context.Context, id kernel.PersonID) (Person, error) {
	doc, former, err := s.readable(ctx, id)
	if err != nil || !former {
		return doc.person(), err
	}
	return doc.person().ownOf(kernel.ReachFrom(ctx)), nil
}

// nobody stands for an id that is nobody's.
func nobody(id kernel.PersonID) personDoc { return personDoc{Doc: store.Doc{ID: string(id)}} }

// unseen is the answer for a person out of reach and for an id that is
// nobody's: the same words, and the same row in the log, which outlives the
// refusal. Both take the same time, so that the clock tells no more than the
// words.
func (s *Service) unseen(ctx context.Context, doc personDoc) error {
	store.AfterEnd(ctx, func(ctx context.Context) {
		err := s.DB.Tx(ctx, func(ctx context.Context) error { return s.Audit.Record(ctx, s.act("outOfReach", doc)) })
		if err != nil {
			s.Log.ErrorContext(ctx, "log a look out of reach", "person", doc.ID, "error", err)
		}
	})
	return ErrUnknown
}

// latest reads a record, or the one it was merged into.
func (s *Service) latest(ctx context.Context, id kernel.PersonID) (personDoc, error) {
	doc, err := s.docs.persons.Get(ctx, string(id))
	for err == nil && doc.MergedInto != "" {
		doc, err = s.docs.persons.Get(ctx, doc.MergedInto)
	}
	return doc, err
}

func (s *Service) act(verb string, doc personDoc) kernel.Act {
	a := kernel.Act{Verb: verb, Noun: "person", ID: doc.ID}
	p := doc.person()
	if latest := p.Career.Latest().Newest(); len(latest) > 0 {
		a.Organization = latest[0].Organization
	} else if len(p.Registrar) > 0 {
		a.Organization = p.Registrar[0]
	}
	return a
}

func (s *Service) today() kernel.Date { return kernel.DateOf(s.Clock.Now()) }

func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Millisecond) }
