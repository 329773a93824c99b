package people

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/people/rule"
)

// Particulars are what may be changed of a person. Phone is in clear, nil
// while it stays.
type Particulars struct {
	Name      string
	Phone     *string
	Birth     kernel.Date
	Gender    string
	Education Education
	Major     string
	Kinds     []Kind
}

// Amend changes a person; the change gets the stored version and may refuse.
// ErrUnknown, ErrElsewhere; ErrIdentityShared for who somebody is, as for their number.
func (s *Service) Amend(ctx context.Context, id kernel.PersonID, change func(p *Particulars, stored int64) error) (Person, error) {
	var doc personDoc
	err := s.DB.Tx(ctx, func(ctx context.Context) (err error) {
		if doc, err = s.inKeeping(ctx, id); err != nil {
			return err
		}
		before := doc
		p := Particulars{Name: doc.Name, Birth: doc.Birth, Gender: doc.Gender, Education: doc.Education, Major: doc.Major, Kinds: doc.Kinds}
		if err := change(&p, doc.Version); err != nil {
			return err
		}
		if err := s.take(&doc, p); err != nil {
			return err
		}
		who := doc.Name != before.Name || doc.Birth != before.Birth || doc.Gender != before.Gender
		if who && before.person().sharedBeyond(kernel.ReachFrom(ctx), s.today()) {
			return ErrIdentityShared
		}
		doc.Handled = true
		if err := s.save(ctx, &doc); err != nil {
			return err
		}
		act := s.act("update", doc)
		act.Detail = differences(before, doc)
		if err := s.Audit.Record(ctx, act); err != nil {
			return err
		}
		if doc.Name == before.Name && doc.Birth == before.Birth && doc.PhoneBlind == before.PhoneBlind {
			return nil
		}
		_, err = s.suspect(ctx, &doc)
		return err
	})
	return doc.person(), err
}

func (s *Service) take(doc *personDoc, p Particulars) error {
	name := rule.TidyName(p.Name)
	if name != doc.Name {
		if err := nameFault("body.name", name); err != nil {
			return err
		}
	}
	if flaw := rule.BirthFlaw(p.Birth, s.today()); flaw != "" && p.Birth != doc.Birth {
		return fault.ErrInvalid.At("body.birthDate", string(flaw), "")
	}
	if p.Phone != nil {
		phone, ok := rule.Phone(*p.Phone)
		if *p.Phone != "" && !ok {
			return fault.ErrInvalid.At("body.phone", "people.phone_invalid", "")
		}
		s.call(doc, phone)
	}
	if id := doc.IDType; id == rule.Passport || id == rule.HMTPass || id == rule.ForeignPermanent {
		doc.Birth, doc.Gender = p.Birth, p.Gender
	}
	if name != doc.Name {
		once := slices.DeleteFunc(slices.Clone(doc.NamesOnce), func(n FormerName) bool { return n.Name == doc.Name })
		doc.NamesOnce = append(once, FormerName{Name: doc.Name, Until: s.today()})
	}
	doc.Name, doc.Education, doc.Major, doc.Kinds = name, p.Education, p.Major, p.Kinds
	doc.spell(s.Speller)
	return nil
}

// nameFault refuses a name that nobody has.
func nameFault(location, name string) error {
	f := fault.Field{Location: location, Code: string(rule.NameFlaw(name))}
	if f.Code == "" && len([]rune(name)) > longestName {
		f.Code, f.Params = "people.name_too_long", map[string]string{"limit": strconv.Itoa(longestName)}
	}
	if f.Code == "" {
		return nil
	}
	wrong := *fault.ErrInvalid
	wrong.Fields = []fault.Field{f}
	return &wrong
}

// save arranges and replaces a document, and says so.
func (s *Service) save(ctx context.Context, doc *personDoc) error {
	s.arrange(doc)
	if err := s.docs.persons.Replace(ctx, doc); err != nil {
		return fmt.Errorf("save person %s: %w", doc.ID, err)
	}
	if err := s.Facts.Announce(ctx, Changed{kernel.PersonID(doc.ID)}); err != nil {
		return err
	}
	if err := s.reshelve(ctx, *doc); err != nil {
		return err
	}
	return s.followPerson(ctx, *doc)
}
