package certificates

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/pdf"
	"carecert/modules/certificates/verify"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/event"
	"carecert/modules/kit/store"
)

// Service holds the use cases of certificates.
type Service struct {
	repo          *repository
	journal       *journal
	keychain      *keychain
	clock         kernel.Clock
	log           *slog.Logger
	audit         Auditor
	facts         event.Announcer
	people        People
	organizations Organizations
	baseURL       string
	renderer      *pdf.Renderer

	public *cache // of public look-ups
	lists  *listCache
}

func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(time.Millisecond) }

// Start loads the keys. Call it once the collections exist.
func (s *Service) Start(ctx context.Context) error {
	if err := s.keychain.load(ctx, s.now()); err != nil {
		return err
	}
	return s.journal.load(ctx)
}

// Draft is a certificate to be issued.
type Draft struct {
	Family    Family
	Person    kernel.PersonID
	Issuer    kernel.OrganizationID
	IssuedOn  kernel.Date
	ExpiresOn kernel.Date // "" never
	Title     string
	Level     kernel.SkillLevel
	Minutes   kernel.Minutes
	PerHour   kernel.Minutes
	Class     kernel.ClassID
	Source    string // the cause; the same cause issues once
}

// Issue makes a signed certificate in the caller's transaction. The same
// Source gives the same certificate again.
func (s *Service) Issue(ctx context.Context, d Draft) (kernel.CertificateID, error) {
	var id kernel.CertificateID
	err := s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if d.Source != "" {
			c, err := s.repo.byKey(ctx, s.repo.sources, d.Source)
			if err == nil {
				id = c.ID
				return nil
			}
			if !errors.Is(err, ErrUnknown) {
				return err
			}
		}
		c, err := s.draw(ctx, d)
		if err != nil {
			return err
		}
		id = c.ID
		return s.enter(ctx, c)
	})
	return id, err
}

// enter saves an issued certificate with its leaf, row and fact.
func (s *Service) enter(ctx context.Context, c Certificate) error {
	if err := s.repo.add(ctx, c); err != nil {
		return err
	}
	if err := s.journal.add(ctx, leafIssue, c, c.RecordedAt); err != nil {
		return err
	}
	if err := s.audit.Record(ctx, kernel.Act{Verb: "issue", Noun: "certificate", ID: string(c.ID), Organization: c.Issuer,
		Detail: map[string]string{"family": string(c.Family), "number": c.Number, "person": string(c.Person)}}); err != nil {
		return err
	}
	return s.announce(ctx, c)
}

// announce tells neighbours what the person now holds, where a level is in it.
func (s *Service) announce(ctx context.Context, c Certificate) error {
	if !c.Level.Valid() {
		return nil
	}
	all, err := s.repo.ofPerson(ctx, c.Person)
	if err != nil {
		return fmt.Errorf("holdings of %s: %w", c.Person, err)
	}
	f := HoldingsChanged{Person: c.Person, Holdings: []Holding{}}
	for _, one := range all {
		if one.Level.Valid() {
			f.Holdings = append(f.Holdings, one.holding())
		}
	}
	return s.facts.Announce(ctx, f)
}

// draw allocates number, code and place, and signs.
func (s *Service) draw(ctx context.Context, d Draft) (Certificate, error) {
	person, err := s.people.Card(ctx, d.Person)
	if err != nil {
		return Certificate{}, fmt.Errorf("holder: %w", err)
	}
	issuer, err := s.organizations.Card(ctx, d.Issuer)
	if err != nil {
		return Certificate{}, fmt.Errorf("issuer: %w", err)
	}
	idNumber, err := s.people.IDNumber(ctx, d.Person)
	if err != nil {
		return Certificate{}, fmt.Errorf("holder: %w", err)
	}
	c := Certificate{
		ID: kernel.CertificateID(kernel.NewID()), Family: d.Family, Origin: OriginIssued, Person: d.Person, Name: person.Name,
		IDMasked: person.IDNumberMasked, NameMasked: maskName(person.Name), Issuer: issuer.ID, IssuerName: issuer.Name,
		IssuedOn: d.IssuedOn, ExpiresOn: d.ExpiresOn, Title: d.Title, Level: d.Level, Minutes: d.Minutes, PerHour: d.PerHour,
		Class: d.Class, Source: d.Source, RecordedAt: s.now(), RecordedBy: kernel.ActorFrom(ctx).User, Status: StatusValid,
		Reach: reachOf(person, issuer),
	}
	return s.sign(ctx, c, idNumber)
}

func (s *Service) sign(ctx context.Context, c Certificate, idNumber string) (Certificate, error) {
	place, err := s.nextPlace(ctx)
	if err != nil {
		return c, fmt.Errorf("place in the status list: %w", err)
	}
	raw := make([]byte, 10)
	_, _ = rand.Read(raw)                            // never fails (crypto/rand)
	c.Code, c.StatusAt = v1.Code(raw), uint32(place) //nolint:gosec // 4 billion certificates
	c.Number = shownCode(c.Code)
	key := s.keychain.signer()
	c.QRText, err = v1.Sign(key, s.baseURL, c.facts(key.id, raw, idNumber))
	return c, err
}

// placeCounters is how many counters hand out places, so that certificates
// issued side by side seldom meet at one.
const placeCounters = 16

// nextPlace hands out a place in the status lists, in the caller's transaction:
// counter k of n gives k, n+k, 2n+k, …
func (s *Service) nextPlace(ctx context.Context) (int64, error) {
	k := mathrand.Int64N(placeCounters)
	id := strconv.FormatInt(k, 10)
	if err := s.repo.places.Increment(ctx, id, map[string]int64{"next": 1}); err != nil {
		return 0, err
	}
	doc, err := s.repo.places.Get(ctx, id)
	return (doc.Next-1)*placeCounters + k, err
}

// reachOf is who may see a certificate: whose person it is, and who issued it.
func reachOf(p kernel.PersonCard, issuer kernel.OrganizationCard) []kernel.OrganizationID {
	reach := slices.Concat(p.Reach, issuer.Path)
	slices.Sort(reach)
	return slices.Compact(reach)
}

// Find reads a certificate in reach.
func (s *Service) Find(ctx context.Context, id kernel.CertificateID) (Certificate, error) {
	c, err := s.repo.get(ctx, id)
	if err != nil {
		return c, err
	}
	if kernel.ReachFrom(ctx).CoversPerson(c.Person, c.Reach) {
		return c, nil
	}
	// The holder may have come to another home since.
	if card, err := s.people.Card(ctx, c.Person); err == nil && kernel.ReachFrom(ctx).Covers(card.Reach) {
		return c, nil
	}
	return Certificate{}, ErrUnknown
}

// Revoke withdraws a certificate for good; the public sees it within a second.
func (s *Service) Revoke(ctx context.Context, id kernel.CertificateID, reason string) (c Certificate, err error) {
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if c, err = s.Find(ctx, id); err != nil {
			return err
		}
		if c, err = c.Revoke(kernel.ActorFrom(ctx), reason, s.now()); err != nil {
			return err
		}
		return s.conclude(ctx, &c, "revoke", leafRevoke, verify.ListedRevoked, reason)
	})
	s.public.forget(c.Code)
	return c, err
}

// conclude saves what a revocation and a replacement have in common.
func (s *Service) conclude(ctx context.Context, c *Certificate, verb, kind string, listed int, reason string) error {
	if err := s.repo.save(ctx, c); err != nil {
		return err
	}
	if c.Issued() {
		if err := s.journal.add(ctx, kind, *c, s.now()); err != nil {
			return err
		}
		list, place := int64(c.StatusAt/verify.ListSize), int64(c.StatusAt)
		doc := statusDoc{Doc: store.Doc{ID: fmt.Sprintf("%d|%d", list, place)}, List: list, Place: place, Listed: listed, At: s.now()}
		if err := s.repo.statuses.Put(ctx, &doc); err != nil {
			return fmt.Errorf("status list: %w", err)
		}
	}
	err := s.audit.Record(ctx, kernel.Act{Verb: verb, Noun: "certificate", ID: string(c.ID), Organization: c.Issuer, Reason: reason,
		Detail: map[string]string{"number": c.Number, "person": string(c.Person)}})
	if err != nil {
		return err
	}
	return s.announce(ctx, *c)
}

// Replace issues the certificate anew, from what it said; the old one is
// superseded and both name each other.
func (s *Service) Replace(ctx context.Context, id kernel.CertificateID, reason string) (next Certificate, err error) {
	var old Certificate
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if old, err = s.Find(ctx, id); err != nil {
			return err
		}
		if !old.Issued() {
			return ErrNotOurs
		}
		draft := Draft{
			Family: old.Family, Person: old.Person, Issuer: old.Issuer, IssuedOn: kernel.DateOf(s.now()), ExpiresOn: old.ExpiresOn,
			Title: old.Title, Level: old.Level, Minutes: old.Minutes, PerHour: old.PerHour, Class: old.Class,
		}
		if next, err = s.draw(ctx, draft); err != nil {
			return err
		}
		next.Replaces = old.ID
		if old, err = old.Supersede(next.ID, kernel.ActorFrom(ctx), reason, s.now()); err != nil {
			return err
		}
		if err := s.conclude(ctx, &old, "replace", leafSupersede, verify.ListedSuperseded, reason); err != nil {
			return err
		}
		return s.enter(ctx, next)
	})
	s.public.forget(old.Code)
	return next, err
}

// Filter narrows a list of certificates.
type Filter struct {
	Person       kernel.PersonID
	Organization kernel.OrganizationID
	Status       Status
	Query        string // a number, or the beginning of one; a public code
}

// Page is a page of certificates.
type Page struct {
	Items []Certificate
	Next  string
	Total int64
	More  bool
}

// List pages certificates in reach, the newest first.
func (s *Service) List(ctx context.Context, f Filter, limit int, cursor string) (Page, error) {
	reach := kernel.ReachFrom(ctx)
	switch {
	case f.Query != "":
		return s.search(ctx, f.Query)
	case f.Person != "":
		return s.ofPerson(ctx, f)
	case !reach.Everywhere && len(reach.Roots) == 0 && reach.Self != "":
		return s.ofPerson(ctx, Filter{Person: reach.Self, Status: f.Status})
	}
	var queries []store.Query
	add := func(index string, equal ...any) {
		if f.Status != "" {
			index, equal = map[string]string{"reach": "reach_status", "recorded": "status"}[index], append(equal, string(f.Status))
		}
		queries = append(queries, store.Query{Index: index, Equal: equal, Desc: true, Limit: limit, After: cursor})
	}
	switch {
	case f.Organization != "":
		card, err := s.organizations.Card(ctx, f.Organization)
		if err != nil {
			return Page{}, err
		}
		if !reach.Covers(card.Path) {
			return Page{}, ErrUnknown
		}
		add("reach", string(f.Organization))
	case reach.Everywhere:
		add("recorded")
	default:
		for _, root := range reach.Roots {
			add("reach", string(root))
		}
	}
	p, err := store.FindMany(ctx, s.repo.certificates, queries, func(a, b certificateDoc) bool { return a.RecordedAt.After(b.RecordedAt) })
	if err != nil {
		return Page{}, err
	}
	out := Page{Next: p.Next}
	for _, d := range p.Items {
		out.Items = append(out.Items, d.read())
	}
	out.Total, out.More, err = store.CountMany(ctx, s.repo.certificates, queries, 10_000)
	return out, err
}

// ofPerson lists one person's certificates, whoever issued them.
func (s *Service) ofPerson(ctx context.Context, f Filter) (Page, error) {
	card, err := s.people.Card(ctx, f.Person)
	if err != nil {
		if x, ok := fault.From(err); ok && x.Kind == fault.NotFound {
			return Page{}, ErrPersonUnknown
		}
		return Page{}, err
	}
	if !kernel.ReachFrom(ctx).CoversPerson(card.ID, card.Reach) {
		return Page{}, ErrPersonUnknown
	}
	all, err := s.repo.ofPerson(ctx, f.Person)
	if err != nil {
		return Page{}, err
	}
	slices.Reverse(all)
	out := Page{}
	for _, c := range all {
		if f.Status == "" || c.Status == f.Status {
			out.Items = append(out.Items, c)
		}
	}
	out.Total = int64(len(out.Items))
	return out, nil
}

// search finds by number, or by public code however it was typed.
func (s *Service) search(ctx context.Context, q string) (Page, error) {
	out := Page{}
	q = strings.TrimSpace(q)
	for _, find := range []func() (Certificate, error){
		func() (Certificate, error) { return s.repo.byCode(ctx, readCode(q)) },
		func() (Certificate, error) { return s.repo.byKey(ctx, s.repo.numbers, strings.ToUpper(q)) },
	} {
		c, err := find()
		if errors.Is(err, ErrUnknown) {
			continue
		}
		if err != nil {
			return out, err
		}
		if c, err = s.Find(ctx, c.ID); errors.Is(err, ErrUnknown) {
			continue
		} else if err != nil {
			return out, err
		}
		out.Items, out.Total = []Certificate{c}, 1
		return out, nil
	}
	return out, nil
}
