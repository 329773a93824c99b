package statistics

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/statistics/rule"
)

// HearQuality takes in judgements of records. Hearing one twice changes
// nothing.
func (s *Service) HearQuality(ctx context.Context, judged []Judgement) error {
	heard := make(map[kernel.PersonID][]Judgement, len(judged))
	for _, j := range judged {
		heard[j.Person] = append(heard[j.Person], j)
	}
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		docs, err := s.repo.judged(ctx, slices.Sorted(maps.Keys(heard)))
		if err != nil {
			return fmt.Errorf("judgements: %w", err)
		}
		var made change
		for i := range docs {
			doc := &docs[i]
			before := doc.segments()
			for _, j := range heard[kernel.PersonID(doc.ID)] { // of one person at once, in their order
				doc.take(j.On, j.Marks)
			}
			now := doc.segments()
			doc.Organizations = nil
			for _, seg := range now { // also where somebody stood before the organisation moved
				doc.Organizations = append(doc.Organizations, string(seg.Organization))
			}
			slices.Sort(doc.Organizations)
			doc.Organizations = slices.Compact(doc.Organizations)
			made.of(doc.ID, before, now)
		}
		if err := s.repo.quality.PutMany(ctx, docs); err != nil {
			return fmt.Errorf("save judgements: %w", err)
		}
		return s.repo.book(ctx, made)
	})
}

// CatchUp hears the judgements that are not what stands, and tells how many
// were not.
func (s *Service) CatchUp(ctx context.Context, judged []Judgement) (int, error) {
	ids := make([]kernel.PersonID, len(judged))
	for i, j := range judged {
		ids[i] = j.Person
	}
	docs, err := s.repo.judged(ctx, ids)
	if err != nil {
		return 0, fmt.Errorf("judgements: %w", err)
	}
	stands := make(map[string]qualityDoc, len(docs))
	for _, d := range docs {
		stands[d.ID] = d
	}
	news := slices.DeleteFunc(slices.Clone(judged), func(j Judgement) bool { return stands[string(j.Person)].says(j) })
	if len(news) == 0 {
		return 0, nil
	}
	return len(news), s.HearQuality(ctx, news)
}

// qualityRow picks the row of a region on a day; the zero row where none is.
func (s *Service) qualityRow(region kernel.RegionCode, on kernel.Date) rule.QualityRow {
	row, _ := kernel.Nearest(s.quality, region, on)
	return row
}

// DataQuality answers how an organisation's records stand at the end of a day.
func (s *Service) DataQuality(ctx context.Context, org kernel.OrganizationID, asOf kernel.Date) (Quality, error) {
	card, err := s.scopeOn(ctx, org, asOf)
	if err != nil {
		return Quality{}, err
	}
	return s.dataQuality(ctx, card, asOf)
}

func (s *Service) dataQuality(ctx context.Context, card kernel.OrganizationCard, asOf kernel.Date) (Quality, error) {
	counts, err := s.repo.counts(ctx, qualityBasis, string(card.ID), asOf)
	if err != nil {
		return Quality{}, err
	}
	return qualityOf(card.ID, asOf, s.qualityRow(card.Region, asOf), counts), nil
}

// Findings tells how many findings of each kind stand at an organisation and
// under it today; kinds without any are left out.
func (s *Service) Findings(ctx context.Context, org kernel.OrganizationID) (map[string]int64, error) {
	card, err := s.organizations.Card(ctx, org)
	if err != nil {
		return nil, err
	}
	q, err := s.dataQuality(ctx, card, kernel.DateOf(s.clock.Now()))
	if err != nil {
		return nil, err
	}
	out := map[string]int64{}
	for k, n := range q.Kinds {
		if n > 0 {
			out[k] = n
		}
	}
	return out, nil
}

// FindingsSince counts, of some kinds, the findings that stand at an organisation
// and under it today and stood there on a day already. Where more stand than
// are looked through, all of them count.
func (s *Service) FindingsSince(ctx context.Context, org kernel.OrganizationID, kinds []string, on kernel.Date) (map[string]int64, error) {
	found, err := s.Findings(ctx, org)
	if err != nil {
		return nil, err
	}
	today, out := kernel.DateOf(s.clock.Now()), map[string]int64{}
	for _, k := range kinds {
		if found[k] == 0 || k == KindRefusedRows { // of files, rows go one by one and none comes up
			out[k] = found[k]
			continue
		}
		const most = 1000
		page, err := s.repo.spans.Find(ctx, store.Query{
			Index: "listed", Equal: []any{qualityBasis, string(org), rule.TallyKind(k)}, From: string(today), Limit: most,
		})
		if err != nil {
			return nil, fmt.Errorf("findings of %s: %w", org, err)
		}
		if page.Next != "" {
			out[k] = found[k]
			continue
		}
		for _, sp := range page.Items {
			if sp.From <= string(on) {
				out[k]++
			}
		}
	}
	return out, nil
}

// QualityTrend answers the figure at the end of each of the months up to a
// day; the last is the day itself.
func (s *Service) QualityTrend(ctx context.Context, org kernel.OrganizationID, until kernel.Date, months int) ([]Quality, error) {
	card, err := s.scope(ctx, org)
	if err != nil {
		return nil, err
	}
	days := monthEnds(until, months)
	counts, err := s.repo.series(ctx, qualityBasis, []kernel.OrganizationID{card.ID}, days)
	if err != nil {
		return nil, err
	}
	out := make([]Quality, len(days))
	for i, d := range days {
		out[i] = qualityOf(card.ID, d, s.qualityRow(card.Region, d), counts[card.ID][i])
	}
	return out, nil
}

// monthEnds are the last days of the months before a day's, and the day.
func monthEnds(until kernel.Date, months int) []kernel.Date {
	first := kernel.NewDate(until.Year(), until.Month(), 1)
	out := make([]kernel.Date, 0, months)
	for n := months - 2; n >= 0; n-- {
		out = append(out, first.AddMonths(-n).AddDays(-1))
	}
	return append(out, until)
}

// The orders of a comparison.
const (
	SortScore  = "score" // the lowest first; where there is nothing to weigh, last
	SortPeople = "people"
	SortName   = "name"
)

// CompareQuality answers the institutions under an organisation in an order,
// and how many there are. It reads two documents an institution, however many
// people they have.
func (s *Service) CompareQuality(ctx context.Context, org kernel.OrganizationID, asOf kernel.Date, order string, limit int, cursor string) (items []QualityStanding, next string, total int, err error) {
	root, err := s.scope(ctx, org)
	if err != nil {
		return nil, "", 0, err
	}
	from := 0
	if cursor != "" {
		if from, err = strconv.Atoi(cursor); err != nil || from < 0 {
			return nil, "", 0, fault.ErrInvalid.At("query.cursor", "input.cursor", "")
		}
	}
	cards, err := s.organizations.UnderOn(ctx, root.ID, "institution", asOf)
	if err != nil {
		return nil, "", 0, fmt.Errorf("institutions under %s: %w", org, err)
	}
	ids := make([]kernel.OrganizationID, len(cards))
	for i, c := range cards {
		ids[i] = c.ID
	}
	counts, err := s.repo.series(ctx, qualityBasis, ids, []kernel.Date{asOf})
	if err != nil {
		return nil, "", 0, err
	}
	all := make([]QualityStanding, len(cards))
	for i, c := range cards {
		all[i] = QualityStanding{c, qualityOf(c.ID, asOf, s.qualityRow(c.Region, asOf), counts[c.ID][0])}
	}
	slices.SortStableFunc(all, func(a, b QualityStanding) int {
		return cmp.Or(cmp.Compare(over(a), over(b)), compareStanding(a, b, order))
	})
	end := min(len(all), from+limit)
	if end < len(all) {
		next = strconv.Itoa(end)
	}
	return all[min(from, end):end], next, len(all), nil
}

// over puts homes that have closed, with nobody on post any more, behind those
// where there is something to mend.
func over(s QualityStanding) int {
	if s.Card.Closed && s.Quality.People == 0 {
		return 1
	}
	return 0
}

func compareStanding(a, b QualityStanding, order string) int {
	switch order {
	case SortName:
		return 0 // the tree answers by name
	case SortPeople:
		return cmp.Compare(b.Quality.People, a.Quality.People)
	}
	x, y := a.Quality.Score(), b.Quality.Score()
	switch {
	case x == nil && y == nil:
		return 0
	case x == nil:
		return 1
	case y == nil:
		return -1
	}
	return cmp.Compare(*x, *y)
}

// Wanting is one person behind a number, with what there is to mend.
type Wanting struct {
	Card   kernel.PersonCard
	Found  []Found
	Places map[kernel.OrganizationID]kernel.OrganizationCard
}

// WantingQuery asks whose records are to be mended.
type WantingQuery struct {
	Organization kernel.OrganizationID
	AsOf         kernel.Date
	Kind         string // "" for all
	Limit        int
	Cursor       string
}

// WantingPage is a page of them.
type WantingPage struct {
	Items []Wanting
	Next  string
	Total int64
}

// WantingPeople names the people behind the findings, from the very rows that
// were counted; of late entries, one line each.
func (s *Service) WantingPeople(ctx context.Context, q WantingQuery) (WantingPage, error) {
	card, err := s.scope(ctx, q.Organization)
	if err != nil {
		return WantingPage{}, err
	}
	if q.Kind == KindRefusedRows {
		return WantingPage{}, nil // files, not people
	}
	counts, err := s.repo.counts(ctx, qualityBasis, string(card.ID), q.AsOf)
	if err != nil {
		return WantingPage{}, err
	}
	state := rule.TallyAny
	if q.Kind != "" {
		state = rule.TallyKind(q.Kind)
	}
	spans, next, err := s.repo.listed(ctx, qualityBasis, ListQuery{Organization: card.ID, AsOf: q.AsOf, State: state, Limit: q.Limit, Cursor: q.Cursor})
	if err != nil {
		return WantingPage{}, err
	}
	page := WantingPage{Next: next, Total: counts[state]}
	ids := make([]kernel.PersonID, 0, len(spans))
	for _, sp := range spans {
		ids = append(ids, kernel.PersonID(sp.Person))
	}
	cards, err := s.cards(ctx, ids)
	if err != nil {
		return WantingPage{}, fmt.Errorf("names: %w", err)
	}
	docs, err := s.repo.judged(ctx, ids)
	if err != nil {
		return WantingPage{}, fmt.Errorf("findings: %w", err)
	}
	byID := make(map[string]*qualityDoc, len(docs))
	for i := range docs {
		byID[docs[i].ID] = &docs[i]
	}
	var places []kernel.OrganizationID
	for _, sp := range spans {
		w := Wanting{Card: cards[kernel.PersonID(sp.Person)], Found: byID[sp.Person].found(card.ID, q.Kind, sp.Why, q.AsOf)}
		for _, f := range w.Found {
			places = append(places, f.Organizations...)
		}
		page.Items = append(page.Items, w)
	}
	slices.Sort(places)
	known, err := s.organizations.Cards(ctx, slices.Compact(places))
	if err != nil {
		return WantingPage{}, fmt.Errorf("employers: %w", err)
	}
	for i := range page.Items {
		page.Items[i].Places = known
	}
	return page, nil
}

// qualitySnapshot freezes the figure of a day that is over: what is entered
// later never reaches back before the day it was entered on.
func (s *Service) qualitySnapshot(ctx context.Context, card kernel.OrganizationCard, f FreezeQuery) (Snapshot, error) {
	if f.AsOf >= kernel.DateOf(s.clock.Now()) {
		return Snapshot{}, ErrDayNotOver.At("body.asOf", ErrDayNotOver.Code, string(f.AsOf))
	}
	q, err := s.dataQuality(ctx, card, f.AsOf)
	return Snapshot{Quality: &q, Figure: Certification{Ratio: q.Ratio(rule.Completeness)}}, err
}

// recountQuality counts a frozen figure from the people themselves.
func (s *Service) recountQuality(ctx context.Context, snap Snapshot) (now Certification, people int64, hash string, err error) {
	counts := map[string]int64{}
	var lines []string
	err = s.repo.quality.Each(ctx, store.Query{Index: "organization", Equal: []any{string(snap.Organization)}}, func(doc qualityDoc) error {
		for _, seg := range doc.segments() {
			if !snap.holds(seg.Segment) {
				continue
			}
			line := doc.ID + " " + seg.Why + " " + seg.Ref
			if seg.Rows > 0 {
				line += " " + strconv.Itoa(seg.Rows)
			}
			counts[seg.Why] += int64(max(1, seg.Rows))
			lines = append(lines, line)
		}
		return nil
	})
	if err != nil {
		return now, 0, "", fmt.Errorf("people of %s: %w", snap.Organization, err)
	}
	now = figure(snap.Organization, snap.AsOf, snap.Figure.Row, counts)
	now.Ratio = qualityOf(snap.Organization, snap.AsOf, snap.Quality.Row, counts).Ratio(rule.Completeness)
	return now, counts[rule.TallyPeople], digest(lines), nil
}

// frozenQuality reads a frozen figure; its row is the one it was judged by.
func (s *Service) frozenQuality(doc snapshotDoc) *Quality {
	var row rule.QualityRow
	for _, r := range s.quality {
		if r.ID == doc.RuleID {
			row = r
		}
	}
	q := qualityOf(kernel.OrganizationID(doc.Organization), kernel.Date(doc.AsOf), row, doc.Counts)
	return &q
}
