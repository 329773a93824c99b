package platforms

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/platforms/rule"
)

// Service holds the use cases.
type Service struct {
	repo  *repository
	clock kernel.Clock
	audit Auditor
	rows  []rule.Row
	paces paces
}

func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(time.Millisecond) }

func (s *Service) today() kernel.Date { return kernel.DateOf(s.now()) }

// Limits are how much a key may ask today.
func (s *Service) Limits() (rule.Row, error) {
	row, ok := kernel.Nearest(s.rows, "", s.today())
	if !ok {
		return row, fmt.Errorf("platforms: no limits are in force on %s", s.today())
	}
	return row, nil
}

// Draft is a key to be made.
type Draft struct {
	Name, Contact string
	ExpiresOn     kernel.Date // "" as usual
}

// Create makes a key and tells its secret, once; ErrExpiry.
func (s *Service) Create(ctx context.Context, d Draft) (k Key, secret string, err error) {
	limits, err := s.Limits()
	if err != nil {
		return k, "", err
	}
	last, ok := limits.Last(s.today(), d.ExpiresOn)
	if !ok {
		return k, "", ErrExpiry.With("days", limits.LongestDays).At("body.expiresOn", ErrExpiry.Code, string(d.ExpiresOn))
	}
	k = Key{
		ID: kernel.NewID(), Name: d.Name, Contact: d.Contact, CreatedAt: s.now(), CreatedBy: kernel.ActorFrom(ctx).Name, ExpiresOn: last, Stored: 1,
	}
	secret = newSecret(k.ID)
	k.hash = hashOf(secret)
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.repo.keys.Insert(ctx, docOf(k)); err != nil {
			return fmt.Errorf("platform key: %w", err)
		}
		return s.audit.Record(ctx, kernel.Act{Verb: "create", Noun: "platformKey", ID: k.ID, Detail: map[string]string{
			"platform": k.Name, "expiresOn": string(k.ExpiresOn),
		}})
	})
	return k, secret, err
}

// Revoke ends a key for good, at once; ErrUnknown, ErrEnded.
func (s *Service) Revoke(ctx context.Context, id, reason string) (k Key, err error) {
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if k, err = s.repo.key(ctx, id); err != nil {
			return err
		}
		if k, err = k.Revoke(kernel.ActorFrom(ctx), reason, s.now()); err != nil {
			return err
		}
		if err := s.repo.save(ctx, &k); err != nil {
			return fmt.Errorf("platform key: %w", err)
		}
		return s.audit.Record(ctx, kernel.Act{Verb: "revoke", Noun: "platformKey", ID: k.ID, Reason: reason, Detail: map[string]string{"platform": k.Name}})
	})
	return k, err
}

// Used is a key with what was asked by it.
type Used struct {
	Key
	Today, Ever Use
}

// List is a page of keys, the newest first, with their counts.
func (s *Service) List(ctx context.Context, limit int, cursor string) (items []Used, page store.Page[keyDoc], total int64, more bool, err error) {
	q := store.Query{Index: "created", Desc: true, Limit: limit, After: cursor}
	if page, err = s.repo.keys.Find(ctx, q); err != nil {
		return nil, page, 0, false, err
	}
	keys := make([]Key, 0, len(page.Items))
	for _, d := range page.Items {
		keys = append(keys, d.read())
	}
	if items, err = s.counted(ctx, keys); err != nil {
		return nil, page, 0, false, err
	}
	total, more, err = s.repo.keys.Count(ctx, store.Query{Index: "created"}, countLimit)
	return items, page, total, more, err
}

const countLimit = 10_000

func (s *Service) counted(ctx context.Context, keys []Key) ([]Used, error) {
	var ids []string
	for _, k := range keys {
		ids = append(ids, useID(k.ID, s.today()), useID(k.ID, ""))
	}
	uses, err := s.repo.used(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("uses of platform keys: %w", err)
	}
	out := make([]Used, 0, len(keys))
	for _, k := range keys {
		out = append(out, Used{Key: k, Today: uses[useID(k.ID, s.today())], Ever: uses[useID(k.ID, "")]})
	}
	return out, nil
}

// daysShown is how many days a key's use is told of.
const daysShown = 30

// Find reads a key and what it asked on the last days, the newest first; days
// without a question are left out. ErrUnknown.
func (s *Service) Find(ctx context.Context, id string) (Used, []Use, error) {
	k, err := s.repo.key(ctx, id)
	if err != nil {
		return Used{}, nil, err
	}
	all, err := s.counted(ctx, []Key{k})
	if err != nil {
		return Used{}, nil, err
	}
	ids := make([]string, 0, daysShown)
	for n := range daysShown {
		ids = append(ids, useID(id, s.today().AddDays(-n)))
	}
	uses, err := s.repo.used(ctx, ids)
	if err != nil {
		return Used{}, nil, fmt.Errorf("uses of platform key %s: %w", id, err)
	}
	days := []Use{}
	for n := range daysShown {
		on := s.today().AddDays(-n)
		if u, asked := uses[useID(id, on)]; asked {
			u.On = on
			days = append(days, u)
		}
	}
	return all[0], days, nil
}

// usedEvery is how exactly the last use is known.
const usedEvery = time.Minute

// Take lets the platform of ctx ask for n certificates, and counts them.
// ErrNeedsKey for who is none; ErrTooFast and ErrDayIsFull say when to come
// again.
func (s *Service) Take(ctx context.Context, n int) error {
	id := kernel.ActorFrom(ctx).Platform
	if id == "" {
		return ErrNeedsKey
	}
	limits, err := s.Limits()
	if err != nil {
		return err
	}
	now := s.now()
	if wait := s.paces.take(id, limits, now, n); wait > 0 {
		return ErrTooFast.With("retryAfter", seconds(wait)).With("perMinute", limits.PerMinute)
	}
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		today := kernel.DateOf(now)
		used, err := s.repo.count(ctx, id, today, int64(n))
		if err != nil {
			return fmt.Errorf("count a question: %w", err)
		}
		if used.Items > limits.PerDay {
			return ErrDayIsFull.With("retryAfter", seconds(today.End().Sub(now))).With("perDay", limits.PerDay)
		}
		return s.touch(ctx, id, now)
	})
}

// touch notes when a key was used.
func (s *Service) touch(ctx context.Context, id string, now time.Time) error {
	k, err := s.repo.key(ctx, id)
	if err != nil || (k.UsedAt != nil && now.Sub(*k.UsedAt) < usedEvery) {
		return err
	}
	k.UsedAt = &now
	if err := s.repo.save(ctx, &k); err != nil && !errors.Is(err, store.ErrConflict) { // another question noted it
		return fmt.Errorf("platform key: %w", err)
	}
	return nil
}
