package people

import (
	"context"
	"regexp"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/pinyin"
	"carecert/modules/kit/store"
	"carecert/modules/people/rule"
)

// numeric is what is looked up as a number: long, and with digits in it.
var numeric = regexp.MustCompile(`^[A-Z+]{0,3}[0-9-]{5,}[0-9A-Z]*$`)

// byNumber looks people up by a full identity or telephone number; those that
// keep leaves stand in the reader's reach, or did.
func (s *Service) byNumber(ctx context.Context, number string, keep func(personDoc) bool) (listing.Listing[Person], error) {
	var out listing.Listing[Person]
	reach := kernel.ReachFrom(ctx)
	take := func(d personDoc) {
		p := s.asSeen(d, reach)
		known := slices.ContainsFunc(out.Items, func(o Person) bool { return o.ID == p.ID })
		if !known && keep(d) {
			out.Items, out.Total = append(out.Items, p), out.Total+1
		}
	}
	asked := kernel.IDNumber{Number: number}
	found, err := s.ByNumber(ctx, []kernel.IDNumber{asked})
	if err != nil {
		return out, err
	}
	for _, card := range found[asked] {
		doc, err := s.docs.persons.Get(ctx, string(card.ID))
		if err != nil {
			return out, err
		}
		take(doc)
	}
	if phone, ok := rule.Phone(number); ok {
		q := store.Query{Index: "phone", Equal: []any{s.Secrets.Blind(purposePhone, phone)}, Limit: 200}
		page, err := s.docs.persons.Find(ctx, q)
		if err != nil {
			return out, err
		}
		for _, d := range page.Items {
			if d.person().visible(reach, s.today()) { // a former employer does not read it
				take(d)
			}
		}
	}
	return out, nil
}

// foundAs is the former name by which a question found somebody; "" where it
// was the present one, or a number.
func (s *Service) foundAs(p Person, q string) string {
	typed := pinyin.Fold(q)
	if typed == "" || len(p.NamesOnce)+len(p.Aliases) == 0 {
		return ""
	}
	now := s.Speller.Person(p.Name)
	for _, once := range slices.Backward(p.otherNames()) {
		if s.Speller.Person(once).FindsFormer(typed, now) {
			return once
		}
	}
	return ""
}

// shown is the spell that a list shows of a person: of those that match the
// filter the one that is on post, else the newest.
func (s *Service) shown(p Person, f Filter) *Entry {
	day := f.AsOf
	if day == "" {
		day = s.today()
	}
	career := p.Career.Latest()
	if !f.KnownAt.IsZero() {
		career = p.Career.KnownAt(f.KnownAt)
	}
	var best *Entry
	for _, e := range career.Newest() {
		under := f.Organization == "" || slices.Contains(e.Path, f.Organization) || slices.ContainsFunc(e.at(f.KnownAt), func(s kernel.Spell) bool {
			return s.OnPost(day) && slices.Contains(s.Path, f.Organization)
		})
		if !under || (f.Role != "" && e.Role != f.Role) {
			continue
		}
		if best == nil || (e.OnPost(day) && !best.OnPost(day)) {
			best = &e
		}
	}
	return best
}
