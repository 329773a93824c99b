package people

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/people/rule"
)

// Rebuild works out anew whatever is derived of a record, looks for likely
// duplicates among all of them and judges everybody; it tells how much was not
// what it should have been. So nobody has to save each person once after the
// program has learned to look people up by something new.
func (s *Service) Rebuild(ctx context.Context) (differences int, err error) {
	if _, err := s.Refresh(ctx, s.today()); err != nil { // what a day changes is no difference
		return 0, err
	}
	spoken, err := s.spoken(ctx)
	if err != nil {
		return 0, err
	}
	for _, pass := range []func(context.Context, []string) (int, error){
		func(ctx context.Context, ids []string) (int, error) { return s.mendRecords(ctx, ids, spoken) },
		s.suspectMany, // after all of them can be looked up
		func(ctx context.Context, ids []string) (int, error) { return s.judge(ctx, toIDs(ids), nil) },
	} {
		n, err := s.everybody(ctx, pass)
		if differences += n; err != nil {
			return differences, err
		}
	}
	n, err := s.judgeNobody(ctx)
	return differences + n, err
}

// judgeNobody ends the judgements of people who are in the register no more.
func (s *Service) judgeNobody(ctx context.Context) (n int, err error) {
	err = s.Judgements(ctx, func(part []QualityChanged) error {
		var keys, stray []string
		for _, q := range part {
			if len(q.Marks) > 0 {
				keys = append(keys, string(q.Person))
			}
		}
		known, err := s.docs.persons.GetMany(ctx, keys)
		if err != nil {
			return fmt.Errorf("judgements of nobody: %w", err)
		}
		for _, k := range keys {
			if !slices.ContainsFunc(known, func(d personDoc) bool { return d.ID == k }) {
				stray = append(stray, k)
			}
		}
		m, err := s.judge(ctx, toIDs(stray), nil)
		n += m
		return err
	})
	return n, err
}

func toIDs(keys []string) []kernel.PersonID {
	out := make([]kernel.PersonID, len(keys))
	for i, k := range keys {
		out[i] = kernel.PersonID(k)
	}
	return out
}

// everybody hands on the records of the register in parts.
func (s *Service) everybody(ctx context.Context, fn func(context.Context, []string) (int, error)) (n int, err error) {
	var part []string
	flush := func() error {
		m, err := fn(ctx, part)
		n, part = n+m, part[:0]
		return err
	}
	err = s.docs.persons.Scan(ctx, func(d personDoc) error {
		if part = append(part, d.ID); len(part) < judging {
			return nil
		}
		return flush()
	})
	if err != nil || len(part) == 0 {
		return n, err
	}
	return n, flush()
}

// spoken are the people whose consents or requests are on file.
func (s *Service) spoken(ctx context.Context) (map[string]bool, error) {
	out := map[string]bool{}
	if err := s.docs.consents.Scan(ctx, func(d consentDoc) error { out[d.Person] = true; return nil }); err != nil {
		return nil, fmt.Errorf("consents: %w", err)
	}
	err := s.docs.corrections.Scan(ctx, func(d correctionDoc) error { out[d.Person] = true; return nil })
	return out, err
}

// mendRecords saves the records of which something derived is not what it
// should be.
func (s *Service) mendRecords(ctx context.Context, ids []string, spoken map[string]bool) (n int, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		n = 0
		docs, err := s.docs.persons.GetMany(ctx, ids)
		if err != nil {
			return err
		}
		for _, doc := range docs {
			was := doc
			if err := s.derive(ctx, &doc, spoken[doc.ID]); err != nil {
				return fmt.Errorf("record %s: %w", doc.ID, err)
			}
			if reflect.DeepEqual(was, doc) {
				continue
			}
			n++
			if err := s.docs.persons.Replace(ctx, &doc); err != nil {
				return fmt.Errorf("record %s: %w", doc.ID, err)
			}
			if err := s.reshelve(ctx, doc); err != nil {
				return err
			}
			if err := s.followPerson(ctx, doc); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// derive works out what a record is looked up by and listed under.
func (s *Service) derive(ctx context.Context, doc *personDoc, spoken bool) error {
	if doc.MergedInto == "" && doc.PhoneSealed != "" && doc.PhoneBlind == "" {
		if err := s.reopen(doc); err != nil {
			return err
		}
	}
	if spoken {
		if err := s.settleWords(ctx, doc); err != nil {
			return err
		}
	}
	doc.spell(s.Speller)
	s.arrange(doc)
	return nil
}

// suspectMany looks for likely duplicates of records.
func (s *Service) suspectMany(ctx context.Context, ids []string) (n int, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		docs, err := s.docs.persons.GetMany(ctx, ids)
		if err != nil {
			return err
		}
		fresh := make([]*personDoc, 0, len(docs))
		for i := range docs {
			if docs[i].MergedInto == "" {
				fresh = append(fresh, &docs[i])
			}
		}
		n, err = s.suspect(ctx, fresh...)
		return err
	})
	return n, err
}

// CatchUp takes in what neighbours know of people's certificates and of the
// conflicts about them, where it is not what was heard, and tells of how many
// people that was so.
func (s *Service) CatchUp(ctx context.Context, papers []Papers, contests []Contest) (int, error) {
	held, open := map[string][]rule.Paper{}, map[string][]string{}
	var people []kernel.PersonID
	for _, p := range papers {
		people, held[string(p.Person)] = append(people, p.Person), p.Papers
	}
	for _, c := range contests {
		open[string(c.Person)] = c.Conflicts
	}
	docs, err := s.docs.quality.GetMany(ctx, texts(people))
	if err != nil {
		return 0, fmt.Errorf("judgements: %w", err)
	}
	heard := make(map[string]qualityDoc, len(docs))
	for _, d := range docs {
		heard[d.ID] = d
	}
	stale := slices.DeleteFunc(people, func(p kernel.PersonID) bool {
		h := heard[string(p)]
		conflicts, told := open[string(p)]
		return slices.Equal(h.Papers, held[string(p)]) && (!told || slices.Equal(h.Contested, conflicts))
	})
	_, err = s.judge(ctx, stale, func(d *qualityDoc) {
		d.Papers = held[d.ID]
		if conflicts, told := open[d.ID]; told {
			d.Contested = slices.Clone(conflicts)
		}
	})
	return len(stale), err
}

// Judgements hands on what stands of everybody, in parts.
func (s *Service) Judgements(ctx context.Context, fn func([]QualityChanged) error) error {
	var part []QualityChanged
	err := s.docs.quality.Scan(ctx, func(d qualityDoc) error {
		if d.On == "" {
			return nil
		}
		if part = append(part, QualityChanged{Person: kernel.PersonID(d.ID), On: d.On, Marks: d.Marks}); len(part) < judging {
			return nil
		}
		full := part
		part = nil
		return fn(full)
	})
	if err != nil || len(part) == 0 {
		return err
	}
	return fn(part)
}
