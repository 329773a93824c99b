package people

import (
	"context"
	"errors"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/people/rule"
)

// QualityOf tells what there is to mend today in the record of a person in reach,
// and the words that settle what would be found; ErrUnknown.
func (s *Service) QualityOf(ctx context.Context, id kernel.PersonID) ([]Finding, []Word, error) {
	person, _, err := s.readable(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	doc, err := s.quality(ctx, person.ID)
	if err != nil {
		return nil, nil, err
	}
	return s.findings(ctx, person, doc), s.words(person, doc), nil
}

func (s *Service) quality(ctx context.Context, id string) (qualityDoc, error) {
	doc, err := s.docs.quality.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		doc.ID, err = id, nil
	}
	return doc, err
}

// findings that stand today at organisations in reach; oneself sees all.
func (s *Service) findings(ctx context.Context, person personDoc, doc qualityDoc) []Finding {
	reach, today := kernel.ReachFrom(ctx), s.today()
	var out []Finding
	for _, m := range doc.Marks {
		if m.Finding() && m.From <= today && today <= m.To && reach.CoversPerson(kernel.PersonID(person.ID), m.Path) {
			_, word := s.asked(person, m.Kind)
			f := Finding{Mark: m, Word: word}
			if m.Kind == rule.NumberContested {
				f.Conflicts = doc.Contested
			}
			out = append(out, f)
		}
	}
	return out
}

// asked finds the row by which a kind is judged at one of the person's posts,
// and whether a word settles it there.
func (s *Service) asked(person personDoc, kind rule.Kind) (row rule.QualityRow, word bool) {
	for _, e := range person.Career.Latest().Newest() {
		row, found := kernel.Nearest(s.Quality, e.Region, s.today())
		if !found {
			continue
		}
		if slices.ContainsFunc(row.Of(), func(j rule.Judged) bool { return j.Kind == kind && j.Word }) {
			return row, true
		}
	}
	return row, false
}

func (s *Service) words(person personDoc, doc qualityDoc) []Word {
	var out []Word
	for _, w := range doc.Words {
		word := Word{Kind: w.Kind, Text: w.Text, On: w.On, ByName: w.ByName}
		if row, ok := s.asked(person, w.Kind); ok && row.WordMonths > 0 {
			word.Until = w.On.AddMonths(row.WordMonths).AddDays(-1)
		}
		if word.Until == "" || word.Until >= s.today() {
			out = append(out, word)
		}
	}
	return out
}

// Explain takes in somebody's word that what is found is so: the person has no
// telephone, holds no certificate yet, does work at two homes. ErrUnknown,
// ErrNoWord, ErrNothingFound.
func (s *Service) Explain(ctx context.Context, id kernel.PersonID, kind rule.Kind, text string) error {
	return s.settle(ctx, id, "explain", kind, text, func(person personDoc, doc *qualityDoc) error {
		if _, word := s.asked(person, kind); !word {
			return ErrNoWord
		}
		if !slices.ContainsFunc(s.findings(ctx, person, *doc), func(f Finding) bool { return f.Kind == kind }) {
			return ErrNothingFound
		}
		doc.Words = append(without(doc.Words, kind), wordDoc{Kind: kind, Text: text, On: s.today(), ByName: kernel.ActorFrom(ctx).Name})
		return nil
	})
}

// TakeBack withdraws a word; ErrUnknown, ErrNothingFound where there is none.
func (s *Service) TakeBack(ctx context.Context, id kernel.PersonID, kind rule.Kind) error {
	return s.settle(ctx, id, "takeBackWord", kind, "", func(_ personDoc, doc *qualityDoc) error {
		left := without(doc.Words, kind)
		if len(left) == len(doc.Words) {
			return ErrNothingFound
		}
		doc.Words = left
		return nil
	})
}

func without(words []wordDoc, kind rule.Kind) []wordDoc {
	return slices.DeleteFunc(slices.Clone(words), func(w wordDoc) bool { return w.Kind == kind })
}

// settle changes the words of a person in reach, notes who did and judges anew.
func (s *Service) settle(ctx context.Context, id kernel.PersonID, verb string, kind rule.Kind, text string, change func(personDoc, *qualityDoc) error) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		person, err := s.inReach(ctx, id)
		if err != nil {
			return err
		}
		doc, err := s.quality(ctx, person.ID)
		if err != nil {
			return err
		}
		if err := change(person, &doc); err != nil {
			return err
		}
		act := s.act(verb, person)
		act.Reason, act.Detail = text, map[string]string{"finding": string(kind)}
		if err := s.Audit.Record(ctx, act); err != nil {
			return err
		}
		_, err = s.judge(ctx, []kernel.PersonID{kernel.PersonID(person.ID)}, func(d *qualityDoc) { d.Words = doc.Words })
		return err
	})
}
