package organizations

import (
	"context"
	"errors"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/pinyin"
	"carecert/modules/kit/store"
)

// Service keeps the register of organisations.
type Service struct {
	Deps
	docs    collections
	regions Regions
	cards   *cards

	// Handed over last, for these neighbours are built on the organisations.
	People  People
	Classes Classes
}

// Draft is an organisation to be registered.
type Draft struct {
	Kind Kind
	Particulars
}

// Register adds an organisation under whoever oversees it; ErrOutsideTree,
// ErrParentUnknown, ErrCodeTaken.
func (s *Service) Register(ctx context.Context, d Draft) (Organization, error) {
	now := s.now()
	if d.Kind == AssessmentBody && len(d.Occupations) == 0 {
		d.Occupations = s.mainOccupation()
	}
	blank := Organization{ID: kernel.OrganizationID(kernel.NewID()), Kind: d.Kind, RecordedAt: now}
	made, err := blank.amend(d.Particulars, s.regions, Days{}, now)
	if err != nil {
		return Organization{}, err
	}
	return s.change(ctx, func(ctx context.Context) (Organization, error) {
		var doc organizationDoc
		doc.write(made, s.Speller)
		if err := s.place(ctx, &doc, nil); err != nil {
			return Organization{}, err
		}
		if err := s.settle(ctx, &doc, organizationDoc{}, "", now); err != nil {
			return Organization{}, err
		}
		if err := s.note(ctx, ChangeRegistered, Organization{}, doc.organization(), "", now); err != nil {
			return Organization{}, err
		}
		if err := s.Audit.Record(ctx, kernel.Act{Verb: "create", Noun: "organization", ID: doc.ID, Organization: made.ID, Detail: map[string]string{"kind": string(made.Kind), "name": made.Name}}); err != nil {
			return Organization{}, err
		}
		o := s.shown(doc)
		return o, s.Facts.Announce(ctx, Registered{Organization: o.ID, Kind: o.Kind, Path: o.Path})
	})
}

// Days are those from which a change holds; today where none is named.
type Days struct {
	From    kernel.Date // of all that changes
	Renamed kernel.Date // of the name, where it is another
}

// renamed is the day of a new name, and the field that says it.
func (d Days) renamed() (on kernel.Date, field string) {
	if d.Renamed == "" {
		return d.From, "body.from"
	}
	return d.Renamed, "body.renamedOn"
}

// Amend changes an organisation. The change gets the particulars and the
// stored version, and may refuse. What was the case before its day stays so in
// every figure of the days before. ErrUnknown, ErrNeedsSuperior, ErrCircle, ErrCodeTaken.
func (s *Service) Amend(ctx context.Context, id kernel.OrganizationID, days Days, change func(p *Particulars, stored int64) error) (Organization, error) {
	return s.change(ctx, func(ctx context.Context) (Organization, error) {
		doc, err := s.inReach(ctx, id)
		if err != nil {
			return Organization{}, err
		}
		before := doc.organization()
		to := before.Particulars
		if err := change(&to, before.Stored); err != nil {
			return Organization{}, err
		}
		now := s.now()
		from, err := s.from(days.From, now)
		if err != nil {
			return Organization{}, err
		}
		named := Days{From: from, Renamed: days.Renamed}
		after, err := before.amend(to, s.regions, named, now)
		if err != nil {
			return Organization{}, err
		}
		if days.From == "" && before.fillsIn(after.Particulars) {
			from = ""
		}
		if before.needsSuperior(after.Particulars) && !kernel.ReachFrom(ctx).Covers(before.Path[1:]) {
			return Organization{}, ErrNeedsSuperior
		}
		if after.ClosedOn != "" && after.ClosedOn != before.ClosedOn {
			if err := s.closable(ctx, id, after.ClosedOn); err != nil {
				return Organization{}, err
			}
		}
		old := doc
		doc.write(after, s.Speller)
		if err := s.place(ctx, &doc, old.Path); err != nil {
			return Organization{}, err
		}
		if err := s.direct(ctx, &doc); err != nil {
			return Organization{}, err
		}
		if err := s.settle(ctx, &doc, old, from, now); err != nil {
			return Organization{}, err
		}
		if err := s.note(ctx, ChangeAmended, before, after, from, now); err != nil {
			return Organization{}, err
		}
		if err := s.Audit.Record(ctx, kernel.Act{Verb: "update", Noun: "organization", ID: doc.ID, Organization: id, Detail: differences(before, after)}); err != nil {
			return Organization{}, err
		}
		if after.Name != before.Name {
			since, _ := named.renamed()
			if err := s.Facts.Announce(ctx, Renamed{Organization: id, Name: after.Name, From: since}); err != nil {
				return Organization{}, err
			}
		}
		return s.shown(doc), nil
	})
}

// change is a transaction after which cards are read anew. Two changes that
// meet at one seat are done one after the other.
func (s *Service) change(ctx context.Context, do func(ctx context.Context) (Organization, error)) (o Organization, err error) {
	err = s.retry(ctx, func(ctx context.Context) error {
		o, err = do(ctx)
		return err
	})
	return o, err
}

func (s *Service) retry(ctx context.Context, do func(ctx context.Context) error) (err error) {
	const attempts = 5
	for range attempts {
		err = s.DB.Tx(ctx, func(ctx context.Context) error {
			store.AfterCommit(ctx, s.cards.forget)
			return do(ctx)
		})
		met := errors.Is(err, store.ErrConflict) || store.IsDuplicate(err, "_id")
		if !met || store.InTx(ctx) {
			break
		}
	}
	return err
}

// Find reads an organisation in reach; ErrUnknown.
func (s *Service) Find(ctx context.Context, id kernel.OrganizationID) (Organization, error) {
	doc, err := s.inReach(ctx, id)
	if err != nil {
		return Organization{}, err
	}
	return s.shown(doc), nil
}

// shown is the organisation with what is missing of it today.
func (s *Service) shown(d organizationDoc) Organization {
	o := d.organization()
	o.Flags = d.flags(s.today())
	return o
}

func (s *Service) inReach(ctx context.Context, id kernel.OrganizationID) (organizationDoc, error) {
	doc, err := s.docs.organizations.Get(ctx, string(id))
	if errors.Is(err, store.ErrNotFound) || (err == nil && !kernel.ReachFrom(ctx).Covers(ids(doc.Path))) {
		return doc, ErrUnknown
	}
	return doc, err
}

// Filter narrows a list.
type Filter struct {
	Kind  Kind
	Under kernel.OrganizationID // a subtree
	Q     string                // beginning of the name, also of a former one: characters, pinyin or initials
	Flag  string                // FlagNoDirector
}

// FlagNoDirector marks an institution without a director: the first who is
// responsible (长民〔2023〕4号: 养老机构以院长为第一责任人).
const FlagNoDirector = "noDirector"

// flags of an organisation on a day.
func (d organizationDoc) flags(today kernel.Date) []string {
	if d.Kind == Institution && d.Directed < today {
		return []string{FlagNoDirector}
	}
	return nil
}

// List reads a page of what is in reach, by name; ErrUnknown for a subtree out
// of reach.
func (s *Service) List(ctx context.Context, f Filter, limit int, cursor string) (listing.Listing[Organization], error) {
	roots := roots(kernel.ReachFrom(ctx))
	if f.Under != "" {
		if _, err := s.inReach(ctx, f.Under); err != nil {
			return listing.Listing[Organization]{}, err
		}
		roots = []string{string(f.Under)}
	}
	found, err := listing.Read(ctx, s.docs.organizations, limit, cursor, phases(roots, f, s.today())...)
	return listing.Map(found, s.shown), err
}

// Directory reads a page of the bodies that anybody who is signed in may look
// up: schools, bases and assessment bodies that stand.
func (s *Service) Directory(ctx context.Context, f Filter, limit int, cursor string) (listing.Listing[Organization], error) {
	today := s.today()
	ps := phases([]string{everybody}, f, today)
	for i := range ps {
		keep := ps[i].Keep
		ps[i].Keep = func(d organizationDoc) bool {
			return (keep == nil || keep(d)) && !d.organization().Closed(today)
		}
	}
	found, err := listing.Read(ctx, s.docs.organizations, limit, cursor, ps...)
	return listing.Map(found, organizationDoc.organization), err
}

func roots(r kernel.Reach) []string {
	if r.Everywhere {
		return []string{everybody}
	}
	var out []string
	for _, o := range r.Roots {
		out = append(out, string(o))
	}
	return out
}

// phases are the look-ups of a list: by shelf, or by what was typed.
func phases(roots []string, f Filter, today kernel.Date) []listing.Phase[organizationDoc] {
	if pinyin.Unspoken(f.Q) {
		return nil
	}
	typed := pinyin.Fold(f.Q)
	if f.Flag == FlagNoDirector && typed == "" {
		return []listing.Phase[organizationDoc]{{
			Queries: queries(roots, func(root string) store.Query {
				return store.Query{Index: "directed", Equal: []any{shelfOf(root, Institution)}, Until: string(today)}
			}),
			Less: func(a, b organizationDoc) bool { return before(string(a.Directed), string(b.Directed), a.ID, b.ID) },
		}}
	}
	if typed == "" {
		return []listing.Phase[organizationDoc]{{
			Queries: queries(roots, func(root string) store.Query {
				return store.Query{Index: "shelf", Equal: []any{shelfOf(root, f.Kind)}}
			}),
			Less: func(a, b organizationDoc) bool { return before(a.Sort, b.Sort, a.ID, b.ID) },
		}}
	}
	var ofKind func(organizationDoc) bool
	if f.Kind != "" || f.Flag != "" {
		ofKind = func(d organizationDoc) bool {
			return (f.Kind == "" || d.Kind == f.Kind) && (f.Flag == "" || len(d.flags(today)) > 0)
		}
	}
	by := func(index string, key func(organizationDoc) string, keep func(organizationDoc) bool) listing.Phase[organizationDoc] {
		return listing.Phase[organizationDoc]{
			Queries: queries(roots, func(root string) store.Query {
				return store.Query{Index: index, Equal: []any{root}, Prefix: typed}
			}),
			Less: func(a, b organizationDoc) bool { return before(key(a), key(b), a.ID, b.ID) },
			Keep: keep,
		}
	}
	once := listing.Phase[organizationDoc]{
		Queries: queries(roots, func(root string) store.Query {
			return store.Query{Index: "formerly", Equal: []any{formerly(root, typed)}}
		}),
		Less: func(a, b organizationDoc) bool { return before(a.Sort, b.Sort, a.ID, b.ID) },
		Keep: ofKind,
	}
	if !pinyin.Latin(typed) {
		return []listing.Phase[organizationDoc]{by("characters", func(d organizationDoc) string { return d.Characters }, ofKind), once}
	}
	return []listing.Phase[organizationDoc]{
		by("pinyin", func(d organizationDoc) string { return d.Pinyin }, ofKind),
		by("initials", func(d organizationDoc) string { return d.Initials }, func(d organizationDoc) bool {
			spelled := len(d.Pinyin) >= len(typed) && d.Pinyin[:len(typed)] == typed
			return (ofKind == nil || ofKind(d)) && !spelled // those stand in the first phase
		}),
		once,
	}
}

// foundAs is the former name by which a question found an organisation; "" where
// it was the present one.
func (s *Service) foundAs(o Organization, q string) string {
	typed, former := pinyin.Fold(q), o.formerNames()
	if typed == "" || len(former) == 0 {
		return ""
	}
	now := s.Speller.Name(o.Name)
	for _, once := range slices.Backward(former) {
		if s.Speller.Name(once).FindsFormer(typed, now) {
			return once
		}
	}
	return ""
}

func queries(roots []string, of func(root string) store.Query) []store.Query {
	out := make([]store.Query, 0, len(roots))
	for _, r := range roots {
		out = append(out, of(r))
	}
	return out
}

func before(a, b, idA, idB string) bool { return a < b || (a == b && idA < idB) }

func (s *Service) today() kernel.Date { return kernel.DateOf(s.Clock.Now()) }
