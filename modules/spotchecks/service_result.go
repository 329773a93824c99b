package spotchecks

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/spotchecks/rule"
)

// Delivery is a result as a phone sends it.
type Delivery struct {
	Text      string
	Signature []byte
	PhoneAt   time.Time // the phone's clock as it was sent
}

// Send takes a result in, once: again with the same content answers the same,
// another content is refused. ErrUnknown, ErrMakerNeeded, ErrNotGiven,
// ErrSignature, ErrResult, ErrOtherPack, ErrInstants, ErrSentAlready.
func (s *Service) Send(ctx context.Context, id string, d Delivery) (c Check, err error) {
	if c, err = s.Find(ctx, id); err != nil {
		return c, err
	}
	if kernel.ActorFrom(ctx).User != c.By {
		return c, ErrMakerNeeded
	}
	if c.Outcome != nil {
		return c, c.sameAs(d.Text)
	}
	signed, err := c.signed(d)
	if err != nil {
		return c, err
	}
	text, err := s.repo.pack(ctx, id)
	if err != nil {
		return c, err
	}
	p, err := readPack(text)
	if err != nil {
		return c, err
	}
	outcome, result, err := s.judge(ctx, c, p, signed, d)
	if err != nil {
		return c, err
	}
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		now, err := s.repo.check(ctx, id)
		if err != nil {
			return err
		}
		if now.Outcome != nil {
			c = now
			return c.sameAs(d.Text)
		}
		now.Outcome = &outcome
		c = now
		if err := s.repo.save(ctx, c); err != nil {
			return err
		}
		if err := s.repo.keep(ctx, c, result); err != nil {
			return err
		}
		return s.note(ctx, "send", c, "hash", outcome.Hash, "device", c.Phone.ID)
	})
	return c, err
}

// sameAs tells whether a result is the one that stands.
func (c Check) sameAs(text string) error {
	if digest(text) != c.Outcome.Hash {
		return ErrSentAlready
	}
	return nil
}

// signed reads a result whose signature, roster and instants hold.
func (c Check) signed(d Delivery) (Signed, error) {
	if c.Phone == nil {
		return Signed{}, ErrNotGiven
	}
	phone, err := kernel.PhoneProof{Key: c.Phone.Key, Signature: d.Signature}.Phone(resultText(d.Text))
	if err != nil || phone != c.Phone.ID {
		return Signed{}, ErrSignature.Because(err)
	}
	signed, err := readSigned(d.Text, c.Row.EntriesMost)
	if err != nil {
		return signed, err
	}
	if signed.Check != c.ID || signed.PackHash != c.PackHash {
		return signed, ErrOtherPack
	}
	return signed, nil
}

// judge looks at everything again: instants, every code as of its scan, and
// the sums.
func (s *Service) judge(ctx context.Context, c Check, p Pack, signed Signed, d Delivery) (Outcome, Result, error) {
	instants := c.instants(signed, d.PhoneAt, s.now())
	trouble, odd := c.Row.Judge(instants)
	if trouble != "" {
		return Outcome{}, Result{}, ErrInstants.With("trouble", string(trouble))
	}
	roster := p.Roster()
	byID := map[kernel.PersonID]Member{}
	for _, m := range p.Members {
		byID[m.Person] = m
	}
	told := roster.Count(signed.counted())
	if !told.Same(signed.Counts) {
		odd = append(odd, rule.CountsDiffer)
	}
	result := Result{Text: d.Text, Signature: d.Signature}
	own, met, differing := make([]rule.Entry, 0, len(signed.Entries)), map[string]bool{}, int64(0)
	for _, e := range signed.Entries {
		if e.How == rule.Tapped && !roster.Has(e.Person) {
			return Outcome{}, Result{}, ErrResult
		}
		f, entry, err := s.find(ctx, roster, e, instants.House(e.At))
		if err != nil {
			return Outcome{}, Result{}, err
		}
		subject, standing := roster.Subject(entry)
		f.Standing, f.Repeated = standing, subject != "" && met[subject]
		met[subject] = true
		if m, on := byID[f.Person]; on {
			f.Name, f.Certified, f.Level = m.Name, m.Counted && m.Certified, m.Level
			for _, post := range m.Posts {
				f.Posts = append(f.Posts, string(post))
			}
		}
		if len(f.Differences) > 0 {
			differing++
		}
		own, result.Entries = append(own, entry), append(result.Entries, f)
	}
	for _, id := range roster.Absent(own) {
		m := byID[id]
		result.Missed = append(result.Missed, Missed{Person: id, Name: m.Name, Certified: m.Certified, Level: m.Level})
	}
	return Outcome{
		Hash: digest(d.Text), SignedAt: instants.House(signed.SignedAt), ReceivedAt: instants.ReceivedAt, SkewSeconds: int64(instants.Skew() / time.Second),
		Told: signed.Counts, Counts: roster.Count(own), Differences: odd, Differing: differing,
	}, result, nil
}

func (c Check) instants(signed Signed, phoneAt, now time.Time) rule.Instants {
	i := rule.Instants{
		Packed: c.At, Given: c.Phone.GivenAt, Until: c.Until, Loaded: c.Phone.PhoneAt, Signed: signed.SignedAt, SentByPhone: phoneAt, ReceivedAt: now,
	}
	for _, e := range signed.Entries {
		if i.First.IsZero() || e.At.Before(i.First) {
			i.First = e.At
		}
		if e.At.After(i.Last) {
			i.Last = e.At
		}
	}
	return i
}

// find is an entry with what the house knows of it, and as the house counts it.
func (s *Service) find(ctx context.Context, roster rule.Roster, e Entry, at time.Time) (Found, rule.Entry, error) {
	f := Found{How: e.How, At: e.At.UTC(), HouseAt: at.UTC(), Text: e.Text, Remark: e.Remark, Name: e.Called, Person: e.Person, Code: e.Code, Told: e.Verdict, ToldShowing: e.Showing}
	if e.How != rule.Scanned {
		return f, e.Entry, nil
	}
	j, err := s.Certificates.Judge(ctx, e.Text, at)
	if err != nil {
		return f, e.Entry, fmt.Errorf("judge a code: %w", err)
	}
	if f.Showing, err = s.Showings.ShownAt(ctx, e.Text, at); err != nil {
		return f, e.Entry, fmt.Errorf("how a code was shown: %w", err)
	}
	own := rule.Entry{How: e.How, Text: e.Text, Code: j.Code, Verdict: j.Verdict, Person: j.Person}
	f.Verdict, f.Title, f.Name, f.ChangedOn = j.Verdict, j.Title, j.NameMasked, j.ChangedOn
	_, toldAs := roster.Subject(e.Entry)
	subject, foundAs := roster.Subject(own)
	if foundAs != rule.Nobody {
		f.Code, f.Person = j.Code, kernel.PersonID(strings.TrimPrefix(subject, "person:"))
	}
	differ := func(is bool, d rule.Difference) {
		if is {
			f.Differences = append(f.Differences, d)
		}
	}
	differ(e.Verdict != j.Verdict, rule.VerdictDiffers)
	differ(j.Since, rule.ChangedSince)
	differ(e.Code != "" && j.Code != "" && e.Code != j.Code, rule.CodeDiffers)
	differ(f.Showing == "stale" || f.Showing == "foreign", rule.NotLive)
	differ(toldAs == rule.NotOnBooks && (foundAs == rule.OnRoster || foundAs == rule.Other), rule.NowKnown)
	return f, own, nil
}

// FollowMerge gives where a record was met to the record it was merged into.
func (s *Service) FollowMerge(ctx context.Context, kept, gone kernel.PersonID) error {
	return s.move(ctx, gone, kept, func(d *metDoc) bool {
		d.Was = d.Was.Left(gone)
		return true
	})
}

// FollowUnmerge gives back what came with a merge that was undone.
func (s *Service) FollowUnmerge(ctx context.Context, kept, gone kernel.PersonID) error {
	return s.move(ctx, kept, gone, func(d *metDoc) bool {
		was, came := d.Was.Back(gone)
		if came {
			d.Was = was
		}
		return came
	})
}

// move changes whose meetings are; what was signed is never altered.
func (s *Service) move(ctx context.Context, from, to kernel.PersonID, alter func(*metDoc) bool) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		var all []metDoc
		if err := s.repo.met.Each(ctx, store.Query{Index: "person", Equal: []any{string(from)}}, func(d metDoc) error {
			all = append(all, d)
			return nil
		}); err != nil {
			return err
		}
		for _, d := range all {
			if !alter(&d) {
				continue
			}
			d.Person = to
			if err := s.repo.met.Replace(ctx, &d); err != nil && !errors.Is(err, store.ErrNotFound) {
				return fmt.Errorf("meeting %s: %w", d.ID, err)
			}
		}
		return nil
	})
}
