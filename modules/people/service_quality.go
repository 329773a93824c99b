package people

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/people/rule"
)

// judging is how many records are judged in one transaction.
const judging = 200

// Judge weighs the records of people anew and announces those whose judgement
// changed. It listens to people.changed.
func (s *Service) Judge(ctx context.Context, people []kernel.PersonID) error {
	_, err := s.judge(ctx, people, nil)
	return err
}

// HearPapers takes in certificates that changed. It listens to
// certificates.holdings_changed.
func (s *Service) HearPapers(ctx context.Context, told []Papers) error {
	people := make([]kernel.PersonID, len(told))
	papers := make(map[string][]rule.Paper, len(told))
	for i, t := range told {
		people[i], papers[string(t.Person)] = t.Person, t.Papers
	}
	_, err := s.judge(ctx, people, func(d *qualityDoc) { d.Papers = papers[d.ID] })
	return err
}

// HearContests takes in conflicts over certificate numbers that were opened or
// closed. It listens to certificates.contested.
func (s *Service) HearContests(ctx context.Context, told []Contest) error {
	people := make([]kernel.PersonID, len(told))
	conflicts := make(map[string][]string, len(told))
	for i, t := range told {
		people[i], conflicts[string(t.Person)] = t.Person, t.Conflicts
	}
	_, err := s.judge(ctx, people, func(d *qualityDoc) {
		if d.Contested = conflicts[d.ID]; len(d.Contested) == 0 {
			d.Contested = nil
		}
	})
	return err
}

// JudgeRefusals weighs what is left to mend of an imported file, from today on.
func (s *Service) JudgeRefusals(ctx context.Context, r rule.Refusals) (on kernel.Date, marks []rule.Mark, err error) {
	card, err := s.Organizations.Card(ctx, r.Organization)
	if err != nil {
		return "", nil, fmt.Errorf("organisation of import %s: %w", r.Import, err)
	}
	r.Path, r.Region = card.Path, card.Region
	return s.today(), rule.JudgeRefusals(s.Quality, r, s.today()), nil
}

// judge weighs records, after a change of what was told of each (nil for
// none), and tells how many judgements changed.
func (s *Service) judge(ctx context.Context, people []kernel.PersonID, change func(*qualityDoc)) (changed int, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		changed = 0
		records, docs, err := s.qualities(ctx, people)
		if err != nil {
			return err
		}
		opened, err := s.opened(ctx, records)
		if err != nil {
			return err
		}
		var saved []qualityDoc
		for _, d := range docs {
			told := d
			if change != nil {
				change(&told)
			}
			news := s.weigh(&told, records[d.ID].file(told, opened))
			if !news && reflect.DeepEqual(told, d) {
				continue
			}
			saved = append(saved, told)
			if !news {
				continue
			}
			changed++
			fact := QualityChanged{Person: kernel.PersonID(told.ID), On: told.On, Marks: told.Marks}
			if err := s.Facts.Announce(ctx, fact); err != nil {
				return err
			}
		}
		return s.docs.quality.PutMany(ctx, saved)
	})
	return changed, err
}

// weigh judges a record from today on, where the judgement that stands is not
// what it would be.
func (s *Service) weigh(d *qualityDoc, f rule.File) (news bool) {
	today := s.today()
	basis := s.qualityBasis(today)
	if d.On != "" && d.Basis == basis {
		if again := rule.JudgeQuality(s.Quality, f, d.Marks, d.On); sameMarks(again, d.Marks) {
			return false
		}
	}
	marks := rule.JudgeQuality(s.Quality, f, d.Marks, today)
	news = len(marks) > 0 || len(d.Marks) > 0
	d.On, d.Basis, d.Marks = today, basis, marks
	return news
}

func sameMarks(a, b []rule.Mark) bool {
	return slices.EqualFunc(a, b, func(x, y rule.Mark) bool { return reflect.DeepEqual(x, y) })
}

// qualityBasis names the rows in force on a day; another name means that
// everybody is judged anew.
func (s *Service) qualityBasis(on kernel.Date) string {
	h := sha256.New()
	for _, r := range s.Quality {
		if r.InForce(on) {
			fmt.Fprintf(h, "%+v\n", r)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// qualities reads records and their judgements, and begins those that are not
// there.
func (s *Service) qualities(ctx context.Context, people []kernel.PersonID) (map[string]personDoc, []qualityDoc, error) {
	keys := texts(people)
	slices.Sort(keys)
	keys = slices.Compact(keys)
	persons, err := s.docs.persons.GetMany(ctx, keys)
	if err != nil {
		return nil, nil, fmt.Errorf("records: %w", err)
	}
	found, err := s.docs.quality.GetMany(ctx, keys)
	if err != nil {
		return nil, nil, fmt.Errorf("judgements: %w", err)
	}
	records, docs := make(map[string]personDoc, len(persons)), make(map[string]qualityDoc, len(found))
	for _, p := range persons {
		records[p.ID] = p
	}
	for _, d := range found {
		docs[d.ID] = d
	}
	out := make([]qualityDoc, len(keys))
	for i, k := range keys {
		out[i] = docs[k]
		out[i].ID = k
	}
	return records, out, nil
}

// opened tells when the organisations of careers entered the register.
func (s *Service) opened(ctx context.Context, records map[string]personDoc) (map[kernel.OrganizationID]kernel.Date, error) {
	var employers []kernel.OrganizationID
	for _, r := range records {
		for _, e := range r.Career {
			employers = append(employers, e.Organization)
		}
	}
	slices.Sort(employers)
	cards, err := s.Organizations.Cards(ctx, slices.Compact(employers))
	if err != nil {
		return nil, fmt.Errorf("employers: %w", err)
	}
	out := make(map[kernel.OrganizationID]kernel.Date, len(cards))
	for id, c := range cards {
		out[id] = c.RegisteredOn
	}
	return out, nil
}

// JudgeAnew weighs the records that were judged by other rows than today's: a
// row came into force, or ran out. To be called every hour.
func (s *Service) JudgeAnew(ctx context.Context) (int, error) {
	basis, n := s.qualityBasis(s.today()), 0
	for _, q := range []store.Query{
		{Index: "basis", From: "", Until: basis, Limit: judging},
		{Index: "basis", From: basis + "\x00", Limit: judging},
	} {
		for {
			page, err := s.docs.quality.Find(ctx, q)
			if err != nil || len(page.Items) == 0 {
				if err != nil {
					return n, fmt.Errorf("judgements by other rows: %w", err)
				}
				break
			}
			people := make([]kernel.PersonID, len(page.Items))
			for i, d := range page.Items {
				people[i] = kernel.PersonID(d.ID)
			}
			if _, err := s.judge(ctx, people, nil); err != nil {
				return n, err
			}
			n += len(people)
		}
	}
	return n, nil
}
