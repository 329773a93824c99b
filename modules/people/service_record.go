package people

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
	"carecert/modules/people/rule"
)

// Story is the whole of a person's career, in the reader's words.
type Story struct {
	Person  Person
	Service rule.Service
	Gate    rule.Gate
	Items   []kernel.RecordItem // the newest first
}

// StoryFilter narrows what is shown of a record.
type StoryFilter struct {
	Chapter string
	Year    int
}

// Filter leaves the items of a chapter and of a year: what began, ended or
// went on in it.
func (st Story) Filter(f StoryFilter, today kernel.Date) Story {
	first, last := kernel.NewDate(f.Year, 1, 1), kernel.NewDate(f.Year, 12, 31)
	st.Items = slices.DeleteFunc(slices.Clone(st.Items), func(i kernel.RecordItem) bool {
		if f.Chapter != "" && i.Chapter != f.Chapter {
			return true
		}
		if f.Year == 0 {
			return false
		}
		until := max(i.On, i.Until)
		if i.Open {
			until = max(i.On, today)
		}
		if i.Chapter == kernel.ChapterCertificates || i.Chapter == kernel.ChapterHonours {
			until = i.On // of the year in which it was issued, however long it holds
		}
		return until < first || i.On > last
	})
	return st
}

// Years in which something stands, the latest first.
func (st Story) Years() []int {
	var out []int
	for _, i := range st.Items {
		if y := i.On.Year(); !slices.Contains(out, y) {
			out = append(out, y)
		}
	}
	slices.SortFunc(out, func(a, b int) int { return b - a })
	return out
}

// Chapter lists the items of one chapter.
func (st Story) Chapter(name string) []kernel.RecordItem {
	out := []kernel.RecordItem{}
	for _, i := range st.Items {
		if i.Chapter == name {
			out = append(out, i)
		}
	}
	return out
}

// Tell reads a person's story; to a former employer, as far as it was one.
// ErrUnknown.
func (s *Service) Tell(ctx context.Context, id kernel.PersonID) (Story, error) {
	p, err := s.Read(ctx, id)
	if err != nil {
		return Story{}, err
	}
	return s.story(ctx, p)
}

// untilLast leaves what a former employer may read: what lies before the last
// day on which the person was its own. A certificate of then counts in its rates
// of then, however late it was registered: the link behind them must show it.
func untilLast(items []kernel.RecordItem, own Career) []kernel.RecordItem {
	last := own.lastDay()
	return slices.DeleteFunc(items, func(i kernel.RecordItem) bool { return i.On > last })
}

// story gathers the chapters; of somebody who has left their reader, up to then.
func (s *Service) story(ctx context.Context, p Person) (Story, error) {
	items, err := s.spellItems(ctx, p)
	if err != nil {
		return Story{}, err
	}
	for _, c := range s.Chapters {
		more, err := c.Items(ctx, p.ID)
		if err != nil {
			return Story{}, fmt.Errorf("record of %s, %s: %w", p.ID, c.Name(), err)
		}
		items = append(items, more...)
	}
	if p.FormerOnly {
		items = untilLast(items, p.Career.Latest())
	}
	order := kernel.Chapters()
	slices.SortStableFunc(items, func(a, b kernel.RecordItem) int {
		return cmp.Or(cmp.Compare(b.On, a.On), cmp.Compare(slices.Index(order, a.Chapter), slices.Index(order, b.Chapter)), cmp.Compare(a.ID, b.ID))
	})
	return Story{Person: p, Service: s.ServiceTime(p), Gate: s.Gate(p), Items: items}, nil
}

// spellItems are the stretches of employment.
func (s *Service) spellItems(ctx context.Context, p Person) ([]kernel.RecordItem, error) {
	latest := p.Career.Latest()
	employers, err := s.employers(ctx, latest)
	if err != nil {
		return nil, err
	}
	today := s.today()
	items := make([]kernel.RecordItem, 0, len(latest))
	for i, e := range latest {
		items = append(items, spellItem(ctx, e, employers[i], today))
	}
	return items, nil
}

// naming is what an organisation was called at the end of a spell, and what
// it is called today where that is another name.
type naming struct{ name, now string }

// employers are those of the entries, in their order: a proof of 2020 names the
// home as it was called then.
func (s *Service) employers(ctx context.Context, entries Career) ([]naming, error) {
	today := s.today()
	ids := make([]kernel.OrganizationID, len(entries))
	byDay := map[kernel.Date][]int{}
	for i, e := range entries {
		ids[i] = e.Organization
		day := min(today, e.Period.To)
		byDay[day] = append(byDay[day], i)
	}
	cards, err := s.Organizations.Cards(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("employers: %w", err)
	}
	out := make([]naming, len(entries))
	for day, places := range byDay {
		wanted := make([]kernel.OrganizationID, len(places))
		for n, i := range places {
			wanted[n] = ids[i]
		}
		names, err := s.Organizations.NamesOn(ctx, wanted, day)
		if err != nil {
			return nil, fmt.Errorf("names of employers: %w", err)
		}
		for _, i := range places {
			out[i].name = names[ids[i]]
			if now := cards[ids[i]].Name; now != out[i].name {
				out[i].now = now
			}
		}
	}
	return out, nil
}

func spellItem(ctx context.Context, e Entry, at naming, today kernel.Date) kernel.RecordItem {
	say := func(code string) string { return web.Text(ctx, "people.record."+code) }
	item := kernel.RecordItem{
		Chapter: kernel.ChapterSpells, ID: e.ID, On: e.Period.From, Until: e.Period.To, Title: web.Text(ctx, "people.role."+string(e.Role)), Place: at.name, PlaceNow: at.now,
		State: "left", Facts: []kernel.RecordFact{}, Reasons: []kernel.Reason{},
		Evidence: []kernel.Evidence{{Label: say("organization"), Href: web.Prefix + "/organizations/" + string(e.Organization)}},
	}
	if e.Period.To == kernel.Forever {
		item.Until, item.Open = "", true
	}
	switch {
	case e.Period.From > today:
		item.State, item.Tone = "planned", kernel.ToneWarn
	case e.OnPost(today):
		item.State, item.Tone = "onPost", kernel.ToneGood
	}
	item.StateText = say("state." + item.State)
	if e.Position != "" {
		item.Facts = append(item.Facts, kernel.RecordFact{Key: "position", Label: say("position"), Value: e.Position})
	}
	if e.Dispatched {
		item.Facts = append(item.Facts, kernel.RecordFact{Key: "dispatched", Label: say("dispatched"), Value: say("yes")})
	}
	if e.Reason != "" {
		item.Facts = append(item.Facts, kernel.RecordFact{Key: "reason", Label: say("reason"), Value: e.Reason})
	}
	return item
}
