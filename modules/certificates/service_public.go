package certificates

import (
	"context"
	"encoding/base64"
	"errors"
	"sync"
	"time"

	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/verify"
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Public is what anybody may learn of a certificate: its facts with the masked
// name, and its status at a time.
type Public struct {
	Verdict     verify.Verdict
	StatusAsOf  time.Time
	Certificate Certificate // zero where there is none to speak of
	Reason      string      // of a revocation or replacement
	ChangedOn   kernel.Date
	Successor   string // public code
}

// statusLife is how old a status may be: the facts never change, so only that
// is ever looked up again.
const statusLife = time.Second

// cacheSize bounds the memory of public look-ups.
const cacheSize = 20_000

// cache keeps public look-ups for a moment.
type cache struct {
	mu  sync.RWMutex
	all map[string]cached
}

type cached struct {
	public Public
	body   map[string][]byte // rendered, by language
	at     time.Time
}

func newCache() *cache { return &cache{all: map[string]cached{}} }

func (c *cache) get(code string, now time.Time) (cached, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	x, ok := c.all[code]
	return x, ok && now.Sub(x.at) < statusLife
}

func (c *cache) put(code string, x cached) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.all) >= cacheSize {
		clear(c.all)
	}
	c.all[code] = x
}

func (c *cache) forget(code string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.all, code)
}

// Lookup answers for a public code; ErrUnknown. At most a second old.
func (s *Service) Lookup(ctx context.Context, code string) (Public, error) {
	code = readCode(code)
	now := s.now()
	if x, ok := s.public.get(code, now); ok {
		return x.public, nil
	}
	c, err := s.repo.byCode(ctx, code)
	if err != nil {
		return Public{}, err
	}
	p, err := s.judge(ctx, c, now)
	if err != nil {
		return Public{}, err
	}
	s.public.put(code, cached{public: p, at: now})
	return p, nil
}

// judge gives the verdict on a certificate that is ours.
func (s *Service) judge(ctx context.Context, c Certificate, now time.Time) (Public, error) {
	p := Public{Verdict: verify.Genuine, StatusAsOf: now, Certificate: c}
	switch {
	case c.Status == StatusRevoked:
		p.Verdict = verify.Revoked
		if c.Revocation != nil {
			p.Reason, p.ChangedOn = c.Revocation.Reason, c.Revocation.On
		}
	case c.Status == StatusSuperseded:
		p.Verdict = verify.Superseded
		if c.Replacement != nil {
			p.Reason, p.ChangedOn = c.Replacement.Reason, c.Replacement.On
		}
		next, err := s.repo.get(ctx, c.ReplacedBy)
		if err != nil && !errors.Is(err, ErrUnknown) {
			return p, err
		}
		p.Successor = next.Code
	case c.ExpiresOn != "" && kernel.DateOf(now) > c.ExpiresOn:
		p.Verdict = verify.Expired
	}
	return p, nil
}

// Verification limits (CONTRACT §3).
const maxText = 4096

// VerifyText judges the text of a QR code: first the signature, which needs no
// look-up, then the certificate's status.
func (s *Service) VerifyText(ctx context.Context, text string) (Public, error) {
	if text == "" || len([]rune(text)) > maxText {
		return Public{}, ErrText
	}
	now := s.now()
	facts, verdict, err := verify.Signature(text, s.keychain.keys(), true)
	if err != nil {
		return Public{}, err
	}
	if verdict != verify.Genuine {
		return Public{Verdict: verdict, StatusAsOf: now}, nil
	}
	p, err := s.Lookup(ctx, v1.Code(facts.Code))
	if errors.Is(err, ErrUnknown) {
		return Public{Verdict: verify.Unknown, StatusAsOf: now}, nil
	}
	return p, err
}

// Matches compares a full identity number with the certificate's holder.
func (s *Service) Matches(ctx context.Context, text, idNumber string) (bool, error) {
	facts, verdict, err := verify.Signature(text, s.keychain.keys(), true)
	if err != nil || verdict != verify.Genuine {
		return false, err
	}
	c, err := s.repo.byCode(ctx, v1.Code(facts.Code))
	if err != nil {
		return false, err
	}
	number, err := s.people.IDNumber(ctx, c.Person)
	return err == nil && number == idNumber, err
}

// listLife is how long a status list may be used offline, and listFresh how
// old the one we hand out may be.
const (
	listLife  = 7 * 24 * time.Hour
	listFresh = time.Second
)

type listCache struct {
	mu  sync.Mutex
	all map[uint32]listed
}

type listed struct {
	list verify.StatusList
	at   time.Time
}

// StatusList signs the present state of a list; ErrStatusListGone where no
// certificate stands in it.
func (s *Service) StatusList(ctx context.Context, id uint32) (verify.StatusList, error) {
	now := s.now()
	s.lists.mu.Lock()
	defer s.lists.mu.Unlock()
	if x, ok := s.lists.all[id]; ok && now.Sub(x.at) < listFresh {
		return x.list, nil
	}
	used, err := s.usedLists(ctx)
	if err != nil {
		return verify.StatusList{}, err
	}
	if int64(id) >= used {
		return verify.StatusList{}, ErrStatusListGone
	}
	statuses := map[uint32]uint8{}
	err = s.repo.statuses.Each(ctx, store.Query{Index: "list", Equal: []any{int64(id)}}, func(d statusDoc) error {
		statuses[uint32(d.Place)] = uint8(d.Listed) //nolint:gosec // written from small numbers
		return nil
	})
	if err != nil {
		return verify.StatusList{}, err
	}
	encoded, err := verify.Pack(statuses)
	if err != nil {
		return verify.StatusList{}, err
	}
	key := s.keychain.signer()
	list := verify.StatusList{
		ID: id, IssuedAt: now.Truncate(time.Second), ValidUntil: now.Add(listLife).Truncate(time.Second), Bits: 2, Size: verify.ListSize,
		Encoded: encoded, Key: key.id,
	}
	sig, err := key.Sign(list.Message())
	if err != nil {
		return verify.StatusList{}, err
	}
	list.Signature = base64.RawURLEncoding.EncodeToString(sig)
	s.lists.all[id] = listed{list, now}
	return list, nil
}

// usedLists counts the lists that have a certificate in them.
func (s *Service) usedLists(ctx context.Context) (int64, error) {
	var last int64
	err := s.repo.places.Scan(ctx, func(d placeDoc) error { // sixteen documents
		last = max(last, d.Next*placeCounters)
		return nil
	})
	return (last + verify.ListSize - 1) / verify.ListSize, err
}

// differs tells whether a certificate says something else than what was signed
// when it was issued.
func (s *Service) differs(c Certificate) bool {
	facts, verdict, err := verify.Signature(c.QRText, s.keychain.keys(), true)
	if err != nil || verdict != verify.Genuine {
		return true
	}
	want := c.facts(facts.Key, facts.Code, "")
	want.Identity = facts.Identity
	return v1.Code(facts.Code) != c.Code || want.Family != facts.Family || want.NameMasked != facts.NameMasked ||
		want.Issuer != facts.Issuer || want.IssuedOn != facts.IssuedOn || want.ExpiresOn != facts.ExpiresOn || want.Title != facts.Title ||
		want.Level != facts.Level || want.Minutes != facts.Minutes || want.Number != facts.Number || want.Status != facts.Status ||
		maskName(c.Name) != c.NameMasked
}
