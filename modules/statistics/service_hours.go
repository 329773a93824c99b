package statistics

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/statistics/rule"
)

// Hours answers how the caregivers of an organisation stand in a year.
func (s *Service) Hours(ctx context.Context, org kernel.OrganizationID, year int) (HoursYear, error) {
	card, err := s.scopeOn(ctx, org, kernel.NewDate(year, time.January, 1))
	if err != nil {
		return HoursYear{}, err
	}
	return s.hoursYear(ctx, card, year)
}

func (s *Service) hoursYear(ctx context.Context, card kernel.OrganizationCard, year int) (HoursYear, error) {
	end := kernel.NewDate(year, time.December, 31)
	h := HoursYear{Organization: card.ID, Year: year, Over: kernel.DateOf(s.clock.Now()) > end, Buckets: make([]int64, buckets)}
	counts, err := s.repo.counts(ctx, rule.Default().Key(), string(card.ID), end)
	if err != nil {
		return h, err
	}
	marks, err := s.repo.hoursCounts(ctx, string(card.ID), year)
	if err != nil {
		return h, err
	}
	h.Subject, h.Met = counts["d"], marks["met"]
	rest := h.Subject
	for b := 1; b < buckets; b++ {
		h.Buckets[b] = marks["b"+strconv.Itoa(b)]
		rest -= h.Buckets[b]
	}
	h.Buckets[0] = rest
	// A year is judged by the row of its first day, as the ledger judges it.
	h.Required, h.RuleVersion = s.requirement(card.Region, kernel.NewDate(year, time.January, 1))
	return h, nil
}

// Why somebody is missing from the hours of a year.
const (
	whyShort      = "short"
	whyInProgress = "in_progress"
)

// HoursQuery asks who is behind the hours of a year.
type HoursQuery struct {
	Organization kernel.OrganizationID
	Year         int
	State        string // "missing", else those who met it
	Limit        int
	Cursor       string
}

// HoursPeople names the people behind the hours of a year, of those who are on
// post at its end: the very ones that Hours counts.
func (s *Service) HoursPeople(ctx context.Context, q HoursQuery) (ListedPage, error) {
	card, err := s.scopeOn(ctx, q.Organization, kernel.NewDate(q.Year, time.January, 1))
	if err != nil {
		return ListedPage{}, err
	}
	sum, err := s.hoursYear(ctx, card, q.Year)
	if err != nil {
		return ListedPage{}, err
	}
	page := ListedPage{Total: sum.Met}
	if q.State == stateMissing {
		if page.Total = sum.Missing(); sum.Required == 0 {
			return page, nil
		}
	}
	docs, next, err := s.repo.listedHours(ctx, q)
	if err != nil {
		return ListedPage{}, err
	}
	page.Next = next
	ids := make([]kernel.PersonID, len(docs))
	for i, d := range docs {
		ids[i] = kernel.PersonID(d.ID)
	}
	cards, err := s.cards(ctx, ids)
	if err != nil {
		return ListedPage{}, fmt.Errorf("names: %w", err)
	}
	end := kernel.NewDate(q.Year, time.December, 31)
	places, err := s.places(ctx, ids, card.ID, end)
	if err != nil {
		return ListedPage{}, err
	}
	for i, d := range docs {
		hours, heard := d.Years[strconv.Itoa(q.Year)]
		if !heard {
			hours.Required = sum.Required
		}
		on, _ := d.onPost(q.Organization, end)
		l := Listed{Card: cards[ids[i]], From: on.From, Places: places[ids[i]], Hours: &hours}
		switch {
		case q.State != stateMissing:
		case sum.Over:
			l.Why = whyShort
		default:
			l.Why = whyInProgress
		}
		page.Items = append(page.Items, l)
	}
	return page, nil
}

// onPost is the stretch of the standard basis that covers a day.
func (d personDoc) onPost(org kernel.OrganizationID, on kernel.Date) (rule.Segment, bool) {
	standard := rule.Default().Key()
	for _, seg := range d.Segments {
		if seg.Basis == standard && seg.Organization == org && seg.From <= on && on <= seg.To {
			return seg.Segment, true
		}
	}
	return rule.Segment{}, false
}

// met tells whether the person counts as having met the year there.
func (d personDoc) met(org kernel.OrganizationID, year int) bool {
	for _, m := range d.HourMarks {
		if m.Organization == string(org) && m.Year == year {
			return m.Met
		}
	}
	return false
}

// listedHours pages the people of an organisation and keeps whom is asked for.
func (r *repository) listedHours(ctx context.Context, q HoursQuery) (docs []personDoc, next string, err error) {
	end := kernel.NewDate(q.Year, time.December, 31)
	for cursor := q.Cursor; ; cursor = next {
		page, err := r.people.Find(ctx, store.Query{
			Index: "organization", Equal: []any{string(q.Organization)}, Limit: q.Limit - len(docs), After: cursor,
		})
		if errors.Is(err, store.ErrBadCursor) {
			err = fault.ErrInvalid.At("query.cursor", "input.cursor", "")
		}
		if err != nil {
			return nil, "", err
		}
		for _, d := range page.Items {
			if _, on := d.onPost(q.Organization, end); on && d.met(q.Organization, q.Year) == (q.State != stateMissing) {
				docs = append(docs, d)
			}
		}
		if next = page.Next; next == "" || len(docs) >= q.Limit {
			return docs, next, nil
		}
	}
}
