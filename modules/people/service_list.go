package people

import (
	"context"
	"slices"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/pinyin"
	"carecert/modules/kit/store"
	"carecert/modules/people/rule"
)

// Status narrows a list to who is on post, or has left.
type Status string

// The statuses.
const (
	StatusOnPost Status = "onPost"
	StatusLeft   Status = "left"
)

// Filter narrows a list.
type Filter struct {
	Organization kernel.OrganizationID // and all under it; must lie in reach
	Q            string                // name, its beginning or a part of it, pinyin, initials; identity or telephone number in full
	Role         kernel.StaffRole
	Kind         Kind // registered as
	Status       Status
	Untrained    bool        // on duty without passed pre-job training; today
	AsOf         kernel.Date // on post on that day
	KnownAt      time.Time   // as it was known then; zero is now
}

// List reads a page of the people in reach, by pinyin; ErrEmployerUnknown for
// an organisation out of reach.
func (s *Service) List(ctx context.Context, f Filter, limit int, cursor string) (listing.Listing[Person], error) {
	reach := kernel.ReachFrom(ctx)
	roots, seesLeavers, err := s.roots(ctx, f.Organization, reach)
	if err != nil {
		return listing.Listing[Person]{}, err
	}
	if pinyin.Unspoken(f.Q) {
		return listing.Listing[Person]{}, nil
	}
	if f.AsOf == s.today() && f.KnownAt.IsZero() {
		f.AsOf, f.Status = "", StatusOnPost
	}
	keep := whole(f, roots, seesLeavers)
	if number := rule.Normalise(f.Q); numeric.MatchString(number) {
		return s.byNumber(ctx, number, func(d personDoc) bool {
			return onAny(d, roots, names(f, seesLeavers)) && (keep == nil || keep(d))
		})
	}
	found, err := listing.Read(ctx, s.docs.persons, limit, cursor, s.phases(f, roots, seesLeavers)...)
	return listing.Map(found, func(d personDoc) Person { return s.asSeen(d, reach) }), err
}

// asSeen is a person as whoever has the reach sees them: a former employer its
// own spells and nothing told since.
func (s *Service) asSeen(d personDoc, reach kernel.Reach) Person {
	p := d.person()
	if p.visible(reach, s.today()) {
		return p
	}
	return p.ownOf(reach)
}

// roots are the organisations to list under, and whether the leavers of the
// named one may be seen for good: not by itself, but by whoever oversees it.
func (s *Service) roots(ctx context.Context, named kernel.OrganizationID, reach kernel.Reach) ([]string, bool, error) {
	if named == "" && reach.Everywhere {
		return []string{everybody}, false, nil
	}
	if named == "" {
		return texts(reach.Roots), false, nil
	}
	card, err := reach.Organization(ctx, s.Organizations, named, ErrEmployerUnknown)
	if err != nil {
		return nil, false, err
	}
	return []string{string(named)}, reach.Everywhere || reach.Covers(card.Path[1:]), nil
}

// names are the shelves, and tokens of reach, by which a question finds people
// by name or number: those of leavers too where it asks about the past.
func names(f Filter, seesLeavers bool) []string {
	switch {
	case f.AsOf == "" && f.Status != StatusLeft:
		return []string{""}
	case seesLeavers:
		return []string{"", shelfLeft, shelfLinked}
	default:
		return []string{"", shelfLeft}
	}
}

func onAny(d personDoc, roots, shelves []string) bool {
	return slices.ContainsFunc(shelves, func(shelf string) bool { return on(d, roots, shelf) })
}

// on tells whether somebody stands on one shelf of an organisation.
func on(d personDoc, roots []string, shelf string) bool {
	return slices.ContainsFunc(roots, func(r string) bool { return slices.Contains(d.Shelf, r+shelf) })
}

// whole is the condition of a filter, for whom a name or a number has found; nil
// when there is none.
func whole(f Filter, roots []string, seesLeavers bool) func(personDoc) bool {
	posted := onPost(f, roots, seesLeavers)
	if f.Kind == "" {
		return posted
	}
	return func(d personDoc) bool { return slices.Contains(d.Kinds, f.Kind) && (posted == nil || posted(d)) }
}

// rest is the part of the condition that the shelves of a list do not tell.
func rest(f Filter, roots []string, seesLeavers bool) func(personDoc) bool {
	switch {
	case f.byKind():
		return onPost(f, roots, seesLeavers)
	case f.AsOf != "" || f.Kind != "":
		return whole(f, roots, seesLeavers)
	default:
		return nil
	}
}

// byKind tells whether a list is read from the shelves of a kind: learners are
// few among all, while most of the staff of a kind are on such a post.
func (f Filter) byKind() bool {
	_, staff := f.Kind.Post()
	return f.Kind != "" && f.AsOf == "" && !f.leavers() && (!staff || suffix(f) == "")
}

// leavers tells whether the filter asks for who has left; who is on duty
// untrained has not.
func (f Filter) leavers() bool { return f.Status == StatusLeft && !f.Untrained }

// onPost is the part of the condition that tells of posts.
func onPost(f Filter, roots []string, seesLeavers bool) func(personDoc) bool {
	switch {
	case f.AsOf != "":
		return func(d personDoc) bool { return servedOn(d, f, roots) }
	case f.leavers():
		return func(d personDoc) bool { return onAny(d, roots, leavers(f, seesLeavers)) }
	case suffix(f) != "":
		return func(d personDoc) bool { return on(d, roots, suffix(f)) }
	default:
		return nil
	}
}

// servedOn tells whether somebody was on post under the roots on the day, as
// it was known then.
func servedOn(d personDoc, f Filter, roots []string) bool {
	career := d.Career.Latest()
	if !f.KnownAt.IsZero() {
		career = d.Career.KnownAt(f.KnownAt)
	}
	return slices.ContainsFunc(career, func(e Entry) bool {
		return (f.Role == "" || e.Role == f.Role) && slices.ContainsFunc(e.at(f.KnownAt), func(s kernel.Spell) bool {
			under := slices.Contains(roots, everybody) || slices.ContainsFunc(s.Path, func(o kernel.OrganizationID) bool { return slices.Contains(roots, string(o)) })
			return under && s.OnPost(f.AsOf)
		})
	})
}

// leavers are the shelves of those who have left the roots themselves.
func leavers(f Filter, seesLeavers bool) []string {
	role := ""
	if f.Role != "" {
		role = "/" + string(f.Role)
	}
	if seesLeavers {
		return []string{shelfLeft + role, shelfGone + role}
	}
	return []string{shelfLeft + role}
}

// shelves that a filter reads.
func shelves(f Filter, seesLeavers bool) []string {
	switch {
	case f.AsOf != "":
		return names(f, seesLeavers)
	case f.leavers():
		return leavers(f, seesLeavers)
	case f.byKind():
		return []string{shelfKind + string(f.Kind)}
	default:
		return []string{suffix(f)}
	}
}

// suffix of the one shelf that a question about today reads.
func suffix(f Filter) string {
	switch {
	case f.AsOf != "":
		return ""
	case f.Untrained && f.Role != "":
		return shelfUntrained + "/" + string(f.Role)
	case f.Untrained:
		return shelfUntrained
	case f.Role != "":
		return shelfOnPost + "/" + string(f.Role)
	case f.Status == StatusOnPost:
		return shelfOnPost
	default:
		return ""
	}
}

func (s *Service) phases(f Filter, roots []string, seesLeavers bool) []listing.Phase[personDoc] {
	keep := whole(f, roots, seesLeavers)
	typed := pinyin.Fold(f.Q)
	if f.AsOf != "" && f.KnownAt.IsZero() && typed == "" {
		return served(f, roots, seesLeavers, keep)
	}
	bySort := func(a, b personDoc) bool { return before(a.Sort, b.Sort, a.ID, b.ID) }
	inside := listing.Phase[personDoc]{Less: bySort, Keep: keep}
	for _, root := range roots {
		for _, token := range names(f, seesLeavers) {
			inside.Queries = append(inside.Queries, store.Query{Index: "within", Equal: []any{within(root+token, typed)}})
		}
	}
	if typed != "" && !pinyin.Latin(typed) {
		return []listing.Phase[personDoc]{s.named(f, roots, seesLeavers, typed), inside}
	}
	meant := pinyin.Sorted(typed)
	shelf := shelved(f, roots, seesLeavers, meant)
	shelf.Apart = len(roots) == 1 && f.AsOf == ""
	if typed == "" {
		return []listing.Phase[personDoc]{shelf}
	}
	spelled := func(d personDoc) bool {
		return slices.ContainsFunc(meant, func(prefix string) bool { return strings.HasPrefix(d.Sort, prefix) })
	}
	return []listing.Phase[personDoc]{shelf, by("initials", roots, names(f, seesLeavers), typed,
		func(d personDoc) string { return d.Initials },
		func(d personDoc) bool { return !spelled(d) && (keep == nil || keep(d)) }), inside}
}

// shelved reads the shelves of a filter, of those whose spelling has one of the
// beginnings.
func shelved(f Filter, roots []string, seesLeavers bool, beginnings []string) listing.Phase[personDoc] {
	shelf := listing.Phase[personDoc]{
		Less: func(a, b personDoc) bool { return before(a.Sort, b.Sort, a.ID, b.ID) }, Keep: rest(f, roots, seesLeavers),
	}
	for _, root := range roots {
		for _, prefix := range beginnings {
			for _, at := range shelves(f, seesLeavers) {
				shelf.Queries = append(shelf.Queries, store.Query{Index: "shelf", Equal: []any{root + at}, Prefix: prefix})
			}
		}
	}
	return shelf
}

// named are those whose name begins with the characters. With a condition they
// are read from its own shelves, by how they are spelled: one director among ten
// thousand people of a name would else not be found among the first of them.
func (s *Service) named(f Filter, roots []string, seesLeavers bool, typed string) listing.Phase[personDoc] {
	keep := whole(f, roots, seesLeavers)
	if keep == nil || f.AsOf != "" {
		return by("characters", roots, names(f, seesLeavers), typed, func(d personDoc) string { return d.Characters }, keep)
	}
	shelf := shelved(f, roots, seesLeavers, s.Speller.Beginnings(typed))
	others := shelf.Keep
	shelf.Keep = func(d personDoc) bool {
		return strings.HasPrefix(d.Characters, typed) && (others == nil || others(d))
	}
	return shelf
}

// served are the look-ups of who was on post on a day: first who is on post
// since then or longer, the longest first, then whose stay there has ended, by
// pinyin.
func served(f Filter, roots []string, seesLeavers bool, keep func(personDoc) bool) []listing.Phase[personDoc] {
	if f.Role == "" && f.Kind == "" {
		keep = nil // the look-ups find exactly these
	}
	open := listing.Phase[personDoc]{
		Less:  func(a, b personDoc) bool { return before(string(a.Since), string(b.Since), a.ID, b.ID) },
		Apart: len(roots) == 1, Keep: keep,
	}
	ended := listing.Phase[personDoc]{
		Less: func(a, b personDoc) bool { return before(a.Sort, b.Sort, a.ID, b.ID) }, Apart: len(roots) == 1, Keep: keep,
	}
	for _, root := range roots {
		open.Queries = append(open.Queries, store.Query{Index: "open", Equal: []any{root}, Until: string(f.AsOf.AddDays(1))})
		for _, name := range stretchesOn(f.AsOf) {
			ended.Queries = append(ended.Queries, store.Query{Index: "shelf", Equal: []any{root + shelfServed + name}})
			if seesLeavers {
				ended.Queries = append(ended.Queries, store.Query{Index: "shelf", Equal: []any{root + shelfServedOnce + name}})
			}
		}
	}
	return []listing.Phase[personDoc]{open, ended}
}

func by(index string, roots, tokens []string, typed string, key func(personDoc) string, keep func(personDoc) bool) listing.Phase[personDoc] {
	p := listing.Phase[personDoc]{Less: func(a, b personDoc) bool { return before(key(a), key(b), a.ID, b.ID) }, Keep: keep}
	for _, root := range roots {
		for _, token := range tokens {
			p.Queries = append(p.Queries, store.Query{Index: index, Equal: []any{root + token}, Prefix: typed})
		}
	}
	return p
}

func before(a, b, idA, idB string) bool { return a < b || (a == b && idA < idB) }
