package certificates

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"carecert/modules/certificates/credential"
	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/layout"
	"carecert/modules/certificates/live"
	"carecert/modules/certificates/pdf"
	"carecert/modules/certificates/rule"
	"carecert/modules/kernel"
	"carecert/modules/kit/blob"
	"carecert/modules/kit/event"
	"carecert/modules/kit/job"
	"carecert/modules/kit/probe"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
)

// Service holds the use cases of certificates.
type Service struct {
	repo          *repository
	journal       *journal
	keychain      *keychain
	clock         kernel.Clock
	log           *slog.Logger
	audit         Auditor
	guard         *probe.Guard // against trying numbers on end
	facts         event.Announcer
	people        People
	organizations Organizations
	files         *blob.Files
	secrets       Secrets
	meter         Meter
	rules         rule.Rules
	house         layout.House // templates
	badges        []credential.Row
	modules       int // of the densest QR code
	baseURL       string
	live          live.Codes
	renderer      *pdf.Renderer
	jobs          *job.Queue

	public  *cache                // of what the public is told
	seen    atomic.Pointer[sight] // of its changes
	looking sync.Mutex            // one looks at a time
	lists   *listCache

	words    *web.Words
	wording  string   // what is issued now is printed with
	wordings sync.Map // that were read, by hash
}

func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(time.Millisecond) }

// Start loads the keys and looks where the public's changes stand. Call it
// once the collections exist.
func (s *Service) Start(ctx context.Context) error {
	if err := s.journal.load(ctx); err != nil {
		return err
	}
	if err := s.keepWording(ctx); err != nil {
		return err
	}
	_, err := s.look(ctx, s.now()) // loads the keys
	return err
}

// Draft is a certificate to be issued.
type Draft struct {
	Family    Family
	Person    kernel.PersonID
	Issuer    kernel.OrganizationID
	IssuedOn  kernel.Date
	ExpiresOn kernel.Date // "" as the template says
	Title     string
	Level     kernel.SkillLevel
	Minutes   kernel.Minutes
	PerHour   kernel.Minutes
	Tested    bool // a test was passed
	Class     kernel.ClassID

	Number     string // "" is the next of the issuer's year
	Occupation string
	Direction  string
	Source     string // the cause; the same cause issues once
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
		if err := s.standsWithdrawn(ctx, d.Class); err != nil {
			return err
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
	if err := s.journal.add(ctx, leafIssue, c); err != nil {
		return err
	}
	if err := s.audit.Record(ctx, kernel.Act{
		Verb: "issue", Noun: "certificate", ID: string(c.ID), Organization: c.Issuer,
		Detail: map[string]string{"family": string(c.Family), "number": c.Number, "person": string(c.Person)},
	}); err != nil {
		return err
	}
	s.remember(ctx, c)
	return s.announce(ctx, c)
}

// holding is a certificate as neighbours count it, with its occupation where
// that is another one.
func (s *Service) holding(c Certificate) Holding {
	h := c.holding()
	if c.Occupation != s.rules.Numbers.Main() {
		h.Occupation = c.Occupation
	}
	return h
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
	template, err := s.inForce(ctx, d.Family, issuer.Path)
	if err != nil {
		return Certificate{}, err
	}
	if d.ExpiresOn == "" {
		d.ExpiresOn = template.Validity.LastDay(d.IssuedOn)
	}
	c := Certificate{
		ID: kernel.CertificateID(kernel.NewID()), Family: d.Family, Origin: OriginIssued, Person: d.Person, Name: person.Name,
		Template: template.Ref(), Wording: s.wording, IDType: person.IDType, IDMasked: person.IDNumberMasked, NameMasked: maskName(person.Name), Issuer: issuer.ID, IssuerName: issuer.Name,
		IssuedOn: d.IssuedOn, ExpiresOn: d.ExpiresOn, Title: d.Title, Level: d.Level, Minutes: d.Minutes, PerHour: d.PerHour, Tested: d.Tested,
		Class: d.Class, Number: d.Number, Occupation: d.Occupation, Direction: d.Direction, Source: d.Source, RecordedAt: s.now(), RecordedBy: kernel.ActorFrom(ctx).User, Status: StatusValid,
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
	if c.Number == "" {
		if err := s.number(ctx, &c); err != nil {
			return c, fmt.Errorf("number: %w", err)
		}
	}
	key := s.keychain.signer()
	c.QRText, err = v1.Sign(ctx, key, s.baseURL, c.facts(key.id, raw, idNumber))
	return c, err
}

// number allocates the next number of the issuer's year, in the caller's
// transaction: none is given twice, none is left out.
func (s *Service) number(ctx context.Context, c *Certificate) error {
	serial, err := s.serial(ctx, c.Issuer)
	if err != nil {
		return err
	}
	year := v1.Date(v1.Days(c.IssuedOn)).Year() // as the signed facts have it
	sequence, err := s.repo.count(ctx, fmt.Sprintf("number|%d|%d", serial, year))
	if err != nil {
		return err
	}
	c.Serial, c.Sequence = uint32(serial), uint32(sequence) //nolint:gosec // 4 billion issuers, and a year's certificates
	c.Number = v1.Number(c.Serial, year, c.Sequence)
	return nil
}

// serial is an issuer's place in the order of their first certificates.
func (s *Service) serial(ctx context.Context, issuer kernel.OrganizationID) (int64, error) {
	id := "issuer|" + string(issuer)
	serial, err := s.repo.counted(ctx, id)
	if err != nil || serial > 0 {
		return serial, err
	}
	if serial, err = s.repo.count(ctx, counterIssuers); err != nil {
		return 0, err
	}
	return serial, s.repo.counters.Insert(ctx, counterDoc{Doc: store.Doc{ID: id}, Count: serial})
}

// placeCounters is how many counters hand out places, so that certificates
// issued side by side seldom meet at one.
const placeCounters = 16

func placeCounter(k int64) string { return fmt.Sprintf("place|%d", k) }

// nextPlace hands out a place in the status lists, in the caller's transaction:
// counter k of n gives k, n+k, 2n+k, …
func (s *Service) nextPlace(ctx context.Context) (int64, error) {
	k := mathrand.Int64N(placeCounters)
	count, err := s.repo.count(ctx, placeCounter(k))
	return (count-1)*placeCounters + k, err
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
	// The holder may have come to another home since, or be known by another record.
	if card, err := s.person(ctx, c.Person); err == nil && kernel.ReachFrom(ctx).CoversPerson(card.ID, card.Reach) {
		return c, nil
	}
	return Certificate{}, ErrUnknown
}
