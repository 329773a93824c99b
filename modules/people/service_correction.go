package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
	"carecert/modules/people/rule"
)

// AskCorrection files a request about a person in reach, which for a caregiver
// is they themselves. ErrUnknown, ErrCorrectionSame, ErrCorrectionTwice,
// ErrCorrectionMany, ErrSpellUnknown.
func (s *Service) AskCorrection(ctx context.Context, id kernel.PersonID, r CorrectionRequest) (Correction, error) {
	var doc correctionDoc
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		person, err := s.inReach(ctx, id)
		if err != nil {
			return err
		}
		if doc, err = s.drawCorrection(person, r); err != nil {
			return err
		}
		row, _ := kernel.Nearest(s.Corrections, person.Career.workplace(), s.today())
		if err := s.admitCorrection(ctx, doc, row); err != nil {
			return err
		}
		now := s.now()
		doc.ID, doc.By, doc.AskedAt = kernel.NewID(), string(kernel.ActorFrom(ctx).User), now
		doc.DueOn, doc.Rule = row.Due(kernel.DateOf(now)), row.Stamp()
		person.OpenCorrections++
		person.Handled = true
		if err := s.save(ctx, &person); err != nil { // also keeps two requests at once apart
			return err
		}
		doc.Reach = texts(doc.deciders(person.person(), s.today(), s.careerRow(person)))
		if err := s.docs.corrections.Insert(ctx, doc); err != nil {
			return fmt.Errorf("save correction: %w", err)
		}
		return s.noteCorrection(ctx, "askCorrection", person, doc)
	})
	return doc.correction(), err
}

func (s *Service) noteCorrection(ctx context.Context, verb string, person personDoc, d correctionDoc) error {
	act := s.act(verb, person)
	act.Reason = d.Reason
	act.Detail = map[string]string{"request": d.ID, "field": string(d.Field), "change": d.Current + " → " + d.Wanted}
	if d.State != CorrectionOpen {
		act.Reason, act.Detail["state"], act.Detail["byHand"] = d.Answer, string(d.State), fmt.Sprint(d.ByHand)
	}
	return s.Audit.Record(ctx, act)
}

// admitCorrection refuses a second request about the same, and more than the
// row allows at a time.
func (s *Service) admitCorrection(ctx context.Context, d correctionDoc, row rule.CorrectionRow) error {
	open := 0
	q := store.Query{Index: "person", Equal: []any{d.Person}, Desc: true}
	err := s.docs.corrections.Each(ctx, q, func(o correctionDoc) error {
		if o.State != CorrectionOpen {
			return nil
		}
		open++
		if o.Field == d.Field && d.Field != CorrectOther && (o.Spell == nil || d.Spell == nil || o.Spell.Spell == d.Spell.Spell) {
			return ErrCorrectionTwice
		}
		return nil
	})
	if err == nil && row.MaxOpen > 0 && open >= row.MaxOpen {
		err = ErrCorrectionMany.With("limit", row.MaxOpen)
	}
	return err
}

const longestMajor = 60

// educations are the words of Education.
var educations = []string{"primary", "secondary", "vocational", "college", "bachelor", "postgraduate"}

// drawCorrection checks what is asked for and writes down what the register
// says now.
func (s *Service) drawCorrection(p personDoc, r CorrectionRequest) (correctionDoc, error) {
	r.Text = strings.TrimSpace(r.Text)
	d := correctionDoc{
		Person: p.ID, Name: p.Name, IDMasked: p.IDMasked, Field: r.Field, Reason: r.Reason, State: CorrectionOpen, Open: true, Wanted: r.Text,
	}
	if r.Text == "" && r.Field != CorrectEmployment {
		return d, ErrCorrectionNoWanted.At("body.wanted", "people.correction_no_wanted", "")
	}
	switch r.Field {
	case CorrectName:
		d.Current, d.Wanted = p.Name, rule.TidyName(r.Text)
		if err := nameFault("body.wanted", d.Wanted); err != nil {
			return d, err
		}
	case CorrectEducation:
		d.Current = string(p.Education)
		if !slices.Contains(educations, d.Wanted) {
			return d, fault.ErrInvalid.At("body.wanted", "input.wrong", "")
		}
	case CorrectMajor:
		d.Current = p.Major
		if len([]rune(d.Wanted)) > longestMajor {
			return d, fault.ErrInvalid.At("body.wanted", "input.wrong", "")
		}
	case CorrectIDNumber:
		err := s.drawNumber(&d, p, r)
		return d, err
	case CorrectPhone:
		phone, ok := rule.Phone(r.Text)
		if !ok {
			return d, fault.ErrInvalid.At("body.wanted", "people.phone_invalid", "")
		}
		d.Current, d.Wanted, d.Sealed = p.PhoneMasked, rule.MaskPhone(phone), s.Secrets.Seal(purposeCorrection, phone)
		if p.PhoneBlind == s.Secrets.Blind(purposePhone, phone) {
			return d, ErrCorrectionSame
		}
		return d, nil
	case CorrectEmployment:
		err := s.drawSpell(&d, p, r.Spell)
		return d, err
	case CorrectOther:
		return d, nil
	}
	if d.Wanted == d.Current {
		return d, ErrCorrectionSame
	}
	return d, nil
}

func (s *Service) drawNumber(d *correctionDoc, p personDoc, r CorrectionRequest) error {
	kind := r.IDType
	if kind == "" {
		kind = p.IDType
	}
	id, flaw := rule.Identify(kind, r.Text, s.today())
	if flaw != "" {
		return fault.ErrInvalid.At("body.wanted", string(flaw), "")
	}
	d.IDType, d.Current, d.Wanted, d.Sealed = id.Type, p.IDMasked, rule.MaskNumber(id.Number), s.Secrets.Seal(purposeCorrection, id.Number)
	if s.blind(id.Type, id.Number) == p.IDBlind {
		return ErrCorrectionSame
	}
	return nil
}

func (s *Service) drawSpell(d *correctionDoc, p personDoc, w WantedSpell) error {
	e, err := p.Career.Find(w.Spell)
	if err != nil {
		return err
	}
	to := e.Period.To
	switch {
	case w.Still:
		to = kernel.Forever
	case w.EndedOn != "":
		to = w.EndedOn
	}
	wanted := e
	wanted.Period.To = to
	if w.Role != "" {
		wanted.Role = w.Role
	}
	if w.StartedOn != "" {
		wanted.Period.From = w.StartedOn
	}
	if wanted.Role == e.Role && wanted.Period == e.Period {
		return ErrCorrectionSame
	}
	if err := wanted.sound(p.Birth, s.today(), s.careerRow(p)); err != nil {
		return err
	}
	d.Spell, d.Current, d.Wanted = &w, describe(e), describe(wanted)
	d.Before = &SpellBefore{Organization: e.Organization, Role: e.Role, StartedOn: e.Period.From}
	if e.Period.To != kernel.Forever {
		d.Before.EndedOn = e.Period.To
	}
	return nil
}

// Corrections lists the requests about a person in reach, the latest first;
// ErrUnknown.
func (s *Service) CorrectionsOf(ctx context.Context, id kernel.PersonID) ([]Correction, error) {
	doc, err := s.inReach(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.corrections(ctx, doc.ID)
}

func (s *Service) corrections(ctx context.Context, person string) ([]Correction, error) {
	var out []Correction
	err := s.docs.corrections.Each(ctx, store.Query{Index: "person", Equal: []any{person}, Desc: true}, func(d correctionDoc) error {
		out = append(out, d.correction())
		return nil
	})
	return out, err
}

// ListCorrections reads the requests about the people in reach, what is due
// first; ErrEmployerUnknown.
func (s *Service) ListCorrections(ctx context.Context, org kernel.OrganizationID, state CorrectionState, limit int, cursor string) (listing.Listing[Correction], error) {
	roots, _, err := s.roots(ctx, org, kernel.ReachFrom(ctx))
	if err != nil {
		return listing.Listing[Correction]{}, err
	}
	p := listing.Phase[correctionDoc]{Less: func(a, b correctionDoc) bool { return before(string(a.DueOn), string(b.DueOn), a.ID, b.ID) }}
	for _, root := range roots {
		q := store.Query{Index: "all", Equal: []any{root}}
		if state != "" {
			q = store.Query{Index: "state", Equal: []any{root, string(state)}}
		}
		p.Queries = append(p.Queries, q)
	}
	found, err := listing.Read(ctx, s.docs.corrections, limit, cursor, p)
	return listing.Map(found, correctionDoc.correction), err
}

// correctionInReach reads a request about a person, both in reach.
func (s *Service) correctionInReach(ctx context.Context, id kernel.PersonID, request string) (personDoc, correctionDoc, error) {
	person, err := s.inReach(ctx, id)
	if err != nil {
		return person, correctionDoc{}, err
	}
	d, err := s.docs.corrections.Get(ctx, request)
	if errors.Is(err, store.ErrNotFound) || (err == nil && d.Person != person.ID) {
		return person, d, ErrCorrectionUnknown
	}
	return person, d, err
}

// decidableCorrection is correctionInReach for whose part the answer is; ErrElsewhere for
// others who read the person.
func (s *Service) decidableCorrection(ctx context.Context, id kernel.PersonID, request string) (personDoc, correctionDoc, error) {
	person, d, err := s.correctionInReach(ctx, id, request)
	if reach := kernel.ReachFrom(ctx); err == nil && !reach.CoversPerson(kernel.PersonID(person.ID), d.deciders(person.person(), s.today(), s.careerRow(person))) {
		return person, d, ErrElsewhere
	}
	return person, d, err
}

// deciders are those whose part a request is: who keeps the person's facts and,
// of a spell, those who oversee that spell.
func (d correctionDoc) deciders(p Person, today kernel.Date, row rule.CareerRow) []kernel.OrganizationID {
	out := p.Keepers(today, row)
	if d.Spell != nil {
		if e, err := p.Career.Find(d.Spell.Spell); err == nil {
			out, _ = union(out, e.Overseers)
		}
	}
	return out
}

// followPerson lets the open requests about a person be seen by those whose part
// they are now.
func (s *Service) followPerson(ctx context.Context, p personDoc) error {
	if p.OpenCorrections == 0 {
		return nil
	}
	var open []correctionDoc
	err := s.docs.corrections.Each(ctx, store.Query{Index: "person", Equal: []any{p.ID}}, func(d correctionDoc) error {
		if d.Open {
			open = append(open, d)
		}
		return nil
	})
	for i := range open {
		if err == nil {
			open[i].Reach = texts(open[i].deciders(p.person(), s.today(), s.careerRow(p)))
			err = s.docs.corrections.Replace(ctx, &open[i])
		}
	}
	if err != nil {
		return fmt.Errorf("corrections of %s: %w", p.ID, err)
	}
	return nil
}
