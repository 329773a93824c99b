package accounts

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Whoever guesses passwords is slowed, and nobody else. Failures count
// against the user name and the address, so that nobody's guessing stops a
// colleague behind the same address from signing in under another name; a
// browser in which the user has signed in before has a count of its own, so
// that guessing at that address does not stop the user either. All unfamiliar
// addresses together have one more count for each user name.

// try is one attempt to sign in.
type try struct {
	username, address, device string
	user                      User // the zero User when there is none of that name
}

func deviceMark(secret string) string { return "device:" + hashToken(secret) }

func (t try) familiarDevice() bool {
	return t.device != "" && slices.Contains(t.user.Familiar, deviceMark(t.device))
}

// own is the count of this try alone, strangers that of all unfamiliar ones.
func (t try) own() string {
	if t.familiarDevice() {
		return attemptID("device", normal(t.username), deviceMark(t.device))
	}
	return attemptID("address", normal(t.username), t.address)
}

func (t try) strangers() string { return attemptID("strangers", normal(t.username)) }

func (t try) counts() []string {
	if t.familiarDevice() || slices.Contains(t.user.Familiar, t.address) {
		return []string{t.own()}
	}
	return []string{t.own(), t.strangers()}
}

// attemptID is a hash, for people type passwords into the wrong field.
func attemptID(parts ...string) string { return hashToken(strings.Join(parts, "\x00")) }

// mayTry refuses a try that comes too soon after failures.
func (s *Service) mayTry(ctx context.Context, t try) error {
	docs, err := s.repo.attempts.GetMany(ctx, t.counts())
	if err != nil {
		return err
	}
	for _, d := range docs {
		free := freeFailures
		if d.ID == t.strangers() {
			free = strangersFree
		}
		if left := wait(d.Failures, free) - s.now().Sub(d.LastAt); left > 0 {
			s.log.WarnContext(ctx, "log-ins slowed", "user", t.user.ID, "address", t.address, "failures", d.Failures)
			return ErrSlowDown.With("retryAfter", int(math.Ceil(left.Seconds())))
		}
	}
	return nil
}

// failed writes a failure down and answers ErrWrong.
func (s *Service) failed(ctx context.Context, t try) error {
	err := s.repo.db.Tx(ctx, func(ctx context.Context) error {
		for _, id := range t.counts() {
			d, err := s.repo.attempts.Get(ctx, id)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			if s.now().Sub(d.LastAt) > forgetAfter {
				d.Failures = 0
			}
			d.ID, d.Failures, d.LastAt = id, d.Failures+1, s.now()
			if err := s.repo.attempts.Put(ctx, &d); err != nil {
				return err
			}
		}
		return s.audit.Record(ctx, kernel.Act{Verb: "signInFailed", Noun: "login", ID: string(t.user.ID), Organization: home(t.user)})
	})
	if err != nil {
		return err
	}
	return ErrWrong
}
