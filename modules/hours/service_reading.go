package hours

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"carecert/modules/hours/rule"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
)

// Account is a year with its verdict.
type Account struct {
	Year     Year
	Row      rule.Row
	Verdict  kernel.Verdict
	Forecast *kernel.Minutes // what the year comes to with what is planned; nil where it means nothing
}

// Moment is the day a year is looked at and the instant of what is known;
// zero values are now.
type Moment struct {
	AsOf    kernel.Date
	KnownAt time.Time
}

func (s *Service) ended(year int, on kernel.Date) bool { return on > rule.YearOf(year).To }

func (s *Service) account(y Year, row rule.Row, on kernel.Date) Account {
	v := row.Judge(y.Year, rule.Standing{Credited: y.Credited, OnPost: y.OnPost, Ended: s.ended(y.Year, on)})
	return Account{Year: y, Row: row, Verdict: v}
}

// YearOf reads a person's year, in one read when it is looked at now.
func (s *Service) YearOf(ctx context.Context, p kernel.PersonID, year int, m Moment) (Account, error) {
	p, err := s.readable(ctx, p)
	if err != nil {
		return Account{}, err
	}
	today := kernel.DateOf(s.now())
	if m.AsOf != "" || !m.KnownAt.IsZero() {
		return s.yearThen(ctx, p, year, m)
	}
	y, err := s.docs.year(ctx, p, year)
	if err != nil {
		return Account{}, err
	}
	if y.Stored == 0 {
		known, err := s.gather(ctx, p, year)
		if err != nil {
			return Account{}, err
		}
		y = s.derive(y, known)
	}
	a := s.account(y, s.rowStamped(y), today)
	return a, s.foresee(ctx, year, []*Account{&a})
}

// readable is the person to read: the one a merged record became.
func (s *Service) readable(ctx context.Context, p kernel.PersonID) (kernel.PersonID, error) {
	card, err := s.People.Card(ctx, p)
	for err == nil && card.Merged != "" {
		card, err = s.People.Card(ctx, card.Merged)
	}
	if fault.Missing(err) {
		return p, ErrPersonUnknown
	}
	if err != nil {
		return p, fmt.Errorf("read card of %s: %w", p, err)
	}
	if !kernel.ReachFrom(ctx).CoversPerson(card.ID, card.Reach) {
		return p, ErrPersonUnknown
	}
	return card.ID, nil
}

// yearThen reads the year out of the ledger, as it stood at a moment.
func (s *Service) yearThen(ctx context.Context, p kernel.PersonID, year int, m Moment) (Account, error) {
	today := kernel.DateOf(s.now())
	if m.AsOf == "" {
		m.AsOf = today
	} else {
		today = m.AsOf.AddDays(1) // asOf is the end of its day
	}
	y := Year{Person: p, Year: year}
	if m.KnownAt.IsZero() {
		m.KnownAt = s.now()
		kept, err := s.docs.year(ctx, p, year)
		if err != nil {
			return Account{}, err
		}
		y.Proof = kept.Proof
	}
	entries, err := s.docs.entriesOf(ctx, p, year, m.KnownAt)
	if err != nil {
		return Account{}, err
	}
	spells, err := s.career(ctx, p)
	if err != nil {
		return Account{}, err
	}
	then := knownThen(spells, m.KnownAt)
	y.Region, y.Lines = regionOf(year, then, nil), linesOf(entries, m.AsOf)
	row := s.rowOfYear(y.Region, year)
	return s.account(y.judge(row, then), row, today), nil
}

// linesOf adds the ledger up by session, days up to asOf.
func linesOf(entries []Entry, asOf kernel.Date) []Line {
	sums := map[kernel.SessionID]kernel.Minutes{}
	last := map[kernel.SessionID]Entry{}
	for _, e := range entries {
		if e.Line.Date > asOf {
			continue
		}
		sums[e.Line.Session] += e.Minutes
		if e.Line.Entries >= last[e.Line.Session].Line.Entries {
			last[e.Line.Session] = e
		}
	}
	lines := make([]Line, 0, len(last))
	for id, e := range last {
		l := e.Line
		l.Credited = sums[id]
		lines = append(lines, l)
	}
	slices.SortFunc(lines, func(a, b Line) int {
		return cmp.Or(a.StartsAt.Compare(b.StartsAt), cmp.Compare(a.Session, b.Session))
	})
	return lines
}

// Ledger lists the entries of a person's year, oldest first.
func (s *Service) Ledger(ctx context.Context, p kernel.PersonID, year int) ([]Entry, error) {
	p, err := s.readable(ctx, p)
	if err != nil {
		return nil, err
	}
	return s.docs.entriesOf(ctx, p, year, s.now())
}

// OfficeFilter narrows the office's list.
type OfficeFilter struct {
	Organization kernel.OrganizationID
	Year         int
	Status       string // of CONTRACT §3; empty: all
	Outlook      Outlook
	LeastFirst   bool // least missing first; else most missing first
}

// Outlook is what a year in progress comes to with what is planned.
type Outlook string

// The outlooks; empty for any, and for years that have none.
const (
	WillMiss Outlook = "willMiss"
	WillMeet Outlook = "willMeet"
)

// outlook is that of an account that was foreseen.
func (a Account) outlook() Outlook {
	switch {
	case a.Forecast == nil:
		return ""
	case *a.Forecast < a.Row.Required():
		return WillMiss
	}
	return WillMeet
}

// OfficeLine is one person of the office's list.
type OfficeLine struct {
	Account Account
	Card    kernel.PersonCard
}

// Office lists the people in reach by what they miss, with what they will have
// at the end of the year: one indexed page.
func (s *Service) Office(ctx context.Context, f OfficeFilter, limit int, after string) (listing.Listing[OfficeLine], error) {
	today := kernel.DateOf(s.now())
	queries, err := s.officeQueries(ctx, f, today)
	if err != nil || len(queries) == 0 {
		return listing.Listing[OfficeLine]{}, err
	}
	less := func(a, b yearDoc) bool { return a.Missing > b.Missing }
	if f.LeastFirst {
		less = func(a, b yearDoc) bool { return a.Missing < b.Missing }
	}
	phase := listing.Phase[yearDoc]{Queries: queries, Less: less}
	if f.Outlook != "" {
		phase.Sift = s.withOutlook(f)
	}
	found, err := listing.Read(ctx, s.docs.years, limit, after, phase)
	years := listing.Map(found, yearDoc.read)
	if err != nil {
		return listing.Listing[OfficeLine]{}, err
	}
	ids := make([]kernel.PersonID, len(years.Items))
	for i, y := range years.Items {
		ids[i] = y.Person
	}
	cards, err := s.People.Cards(ctx, ids)
	if err != nil {
		return listing.Listing[OfficeLine]{}, fmt.Errorf("read cards: %w", err)
	}
	out := listing.Listing[OfficeLine]{Next: years.Next, Total: years.Total, More: years.More}
	accounts := make([]*Account, len(years.Items))
	for _, y := range years.Items {
		out.Items = append(out.Items, OfficeLine{Account: s.account(y, s.rowStamped(y), today), Card: cards[y.Person]})
	}
	for i := range out.Items {
		accounts[i] = &out.Items[i].Account
	}
	return out, s.foresee(ctx, f.Year, accounts)
}

// withOutlook keeps the years of an outlook. What is planned is no part of a
// year, which it would be out of date in: it is looked up.
func (s *Service) withOutlook(f OfficeFilter) func(context.Context, []yearDoc) ([]yearDoc, error) {
	return func(ctx context.Context, found []yearDoc) ([]yearDoc, error) {
		accounts, err := s.accounts(ctx, f.Year, found)
		if err != nil {
			return nil, err
		}
		kept := found[:0]
		for i, d := range found {
			if accounts[i].outlook() == f.Outlook {
				kept = append(kept, d)
			}
		}
		return kept, nil
	}
}

func (s *Service) officeQueries(ctx context.Context, f OfficeFilter, today kernel.Date) ([]store.Query, error) {
	standing, some := s.standingOf(f, today)
	if !some {
		return nil, nil
	}
	reach := kernel.ReachFrom(ctx)
	if f.Organization != "" {
		if _, err := reach.Organization(ctx, s.Organizations, f.Organization, ErrOrganizationUnknown); err != nil {
			return nil, err
		}
		reach = kernel.Reach{Roots: []kernel.OrganizationID{f.Organization}}
	}
	narrowed := func(prefix ...any) []any {
		equal := append(prefix, f.Year)
		if standing != "" {
			equal = append(equal, string(standing))
		}
		return equal
	}
	index := map[bool]string{true: "_missing"}[standing == ""]
	if reach.Everywhere {
		return []store.Query{{Index: "by_year" + index, Equal: narrowed(), Desc: !f.LeastFirst}}, nil
	}
	var out []store.Query
	for _, root := range reach.Roots {
		out = append(out, store.Query{Index: "by_office" + index, Equal: narrowed(string(root)), Desc: !f.LeastFirst})
	}
	return out, nil
}

// standingOf turns a status into the standing that is kept; false when nobody
// can have that status today.
func (s *Service) standingOf(f OfficeFilter, today kernel.Date) (Standing, bool) {
	if f.Outlook != "" && (f.Status == "" || f.Status == rule.InProgress) {
		return StandingOpen, !s.ended(f.Year, today) // the others have no outlook
	}
	switch f.Status {
	case "":
		return "", true
	case rule.Met:
		return StandingMet, true
	case rule.NotSubject:
		return StandingNotSubject, true
	case rule.Short:
		return StandingOpen, s.ended(f.Year, today)
	default:
		return StandingOpen, !s.ended(f.Year, today)
	}
}

// CreditsOf are the minutes that sessions credited to people, whoever asks;
// those of a record that was merged stand under the one that stays.
func (s *Service) CreditsOf(ctx context.Context, people []kernel.PersonID) (map[kernel.PersonID]map[kernel.SessionID]kernel.Minutes, error) {
	years, err := s.docs.yearsOfMany(ctx, people)
	out := make(map[kernel.PersonID]map[kernel.SessionID]kernel.Minutes, len(people))
	for i, all := range years {
		credits := map[kernel.SessionID]kernel.Minutes{}
		for _, y := range all {
			for _, l := range y.Lines {
				credits[l.Session] += l.Credited
			}
		}
		out[people[i]] = credits
	}
	return out, err
}
