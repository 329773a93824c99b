package accounts

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/pquerna/otp/totp"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
)

// SignedIn is a fresh session with its secret, which is told once.
type SignedIn struct {
	User    User
	Session Session
	Token   string
}

// SignIn checks a user name, a password and, where there is one, the second
// factor. A wrong one answers the same whatever was wrong.
func (s *Service) SignIn(ctx context.Context, username, password, otp string) (SignedIn, error) {
	address := kernel.ActorFrom(ctx).Address
	u, err := s.repo.named(ctx, username)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return SignedIn{}, err
	}
	familiar := slices.Contains(u.Familiar, address)
	if err := s.mayTry(ctx, username, address, familiar); err != nil {
		return SignedIn{}, err
	}
	right := s.hasher.matches(password, u.Hash) && !u.Disabled
	if right && u.TOTP != "" {
		if otp == "" {
			return SignedIn{}, ErrSecondFactor
		}
		if right, err = s.otpFits(u.TOTP, otp); err != nil {
			return SignedIn{}, err
		}
	}
	if !right {
		return SignedIn{}, s.failed(ctx, username, address, familiar)
	}
	return s.begin(ctx, u.ID, username, address)
}

func (s *Service) otpFits(sealed, otp string) (bool, error) {
	secret, err := s.sealer.Open(purposeTOTP, sealed)
	if err != nil {
		return false, fmt.Errorf("second factor: %w", err)
	}
	return totp.ValidateCustom(otp, secret, s.now(), totpOptions())
}

// begin opens a session for a user who has proved who they are.
func (s *Service) begin(ctx context.Context, id kernel.UserID, username, address string) (in SignedIn, err error) {
	in.Token = newToken()
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		u, err := s.repo.user(ctx, id)
		if err != nil {
			return err
		}
		u = u.Met(address)
		if err := s.repo.save(ctx, &u); err != nil {
			return err
		}
		in.User = u
		in.Session = Session{ID: hashToken(in.Token), User: u.ID, CSRF: newToken(), CreatedAt: s.now(), SeenAt: s.now(), Office: u.office()}
		doc := sessionDoc{
			Doc: store.Doc{ID: in.Session.ID}, User: u.ID, CSRF: in.Session.CSRF, CreatedAt: in.Session.CreatedAt,
			SeenAt: in.Session.SeenAt, Office: in.Session.Office,
		}
		if err := s.repo.sessions.Insert(ctx, doc); err != nil {
			return err
		}
		if err := s.repo.attempts.Delete(ctx, attemptID(username, address), 0); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		actor := actorOf(u)
		actor.Address, actor.Request = address, kernel.ActorFrom(ctx).Request
		return s.audit.Record(kernel.WithActor(ctx, actor), kernel.Act{Verb: "signIn", Noun: "session", ID: string(u.ID), Organization: firstOrganization(u.Grants)})
	})
	return in, err
}

func attemptID(username, address string) string { return normal(username) + "|" + address }

// mayTry refuses an attempt that comes too soon after failures: of this
// address, or for strangers of all addresses.
func (s *Service) mayTry(ctx context.Context, username, address string, familiar bool) error {
	ids := []string{attemptID(username, address)}
	if !familiar {
		ids = append(ids, attemptID(username, ""))
	}
	docs, err := s.repo.attempts.GetMany(ctx, ids)
	if err != nil {
		return err
	}
	for _, d := range docs {
		free := freeFailures
		if d.ID == attemptID(username, "") {
			free = strangersFree
		}
		if left := wait(d.Failures, free) - s.now().Sub(d.LastAt); left > 0 {
			return ErrSlowDown.With("retryAfter", int(math.Ceil(left.Seconds())))
		}
	}
	return nil
}

// failed writes a failure down and answers ErrWrong.
func (s *Service) failed(ctx context.Context, username, address string, familiar bool) error {
	err := s.repo.db.Tx(ctx, func(ctx context.Context) error {
		ids := []string{attemptID(username, address)}
		if !familiar && address != "" {
			ids = append(ids, attemptID(username, ""))
		}
		for _, id := range ids {
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
		return s.audit.Record(ctx, kernel.Act{Verb: "signInFailed", Noun: "session", Detail: map[string]string{"username": username}})
	})
	if err != nil {
		return err
	}
	return ErrWrong
}

// SignOut ends the session with the token.
func (s *Service) SignOut(ctx context.Context, token string) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		err := s.repo.sessions.Delete(ctx, hashToken(token), 0)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return s.audit.Record(ctx, kernel.Act{Verb: "signOut", Noun: "session", ID: string(kernel.ActorFrom(ctx).User)})
	})
}

func actorOf(u User) kernel.Actor {
	return kernel.Actor{User: u.ID, Person: u.Person, Name: u.DisplayName, Grants: u.Grants}
}

// Authenticate implements web.Authenticator.
func (s *Service) Authenticate(ctx context.Context, c web.Credentials) (web.Identity, error) {
	var id kernel.UserID
	var csrf string
	switch {
	case c.Bearer != "":
		d, err := s.repo.tokens.Get(ctx, hashToken(c.Bearer))
		if errors.Is(err, store.ErrNotFound) || (err == nil && s.now().After(d.ExpiresAt)) {
			return web.Identity{}, ErrExpired
		}
		if err != nil {
			return web.Identity{}, err
		}
		id = d.User
	case c.Session != "":
		d, err := s.session(ctx, c.Session)
		if err != nil {
			return web.Identity{}, err
		}
		id, csrf = d.User, d.CSRF
	default:
		return web.Identity{}, ErrNotSignedIn
	}
	u, err := s.repo.user(ctx, id)
	if errors.Is(err, ErrUnknown) || (err == nil && u.Disabled) {
		return web.Identity{}, ErrExpired
	}
	if err != nil {
		return web.Identity{}, err
	}
	return web.Identity{Actor: actorOf(u), CSRF: csrf}, nil
}

// session reads a live session and now and then writes its use down.
func (s *Service) session(ctx context.Context, token string) (sessionDoc, error) {
	d, err := s.repo.sessions.Get(ctx, hashToken(token))
	if errors.Is(err, store.ErrNotFound) {
		return d, ErrExpired
	}
	if err != nil {
		return d, err
	}
	live := Session{CreatedAt: d.CreatedAt, SeenAt: d.SeenAt, Office: d.Office}
	if live.Over(s.now()) {
		return d, ErrExpired
	}
	if s.now().Sub(d.SeenAt) > seenEvery {
		d.SeenAt = s.now()
		if err := s.repo.sessions.Replace(ctx, &d); err != nil && !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrNotFound) {
			return d, err
		}
	}
	return d, nil
}

// Current tells who is signed in, with the session's CSRF token.
func (s *Service) Current(ctx context.Context, token string) (User, string, error) {
	u, err := s.repo.user(ctx, kernel.ActorFrom(ctx).User)
	if err != nil || token == "" {
		return u, "", err
	}
	d, err := s.session(ctx, token)
	if err != nil {
		return u, "", nil // signed in by an API token
	}
	return u, d.CSRF, nil
}

// Token is an API token; Secret is told once.
type Token struct {
	ID, Name, Secret     string
	CreatedAt, ExpiresAt time.Time
}

// tokenLife is the longest life of an API token.
const tokenLife = 366 * 24 * time.Hour

// AddToken makes an API token for oneself.
func (s *Service) AddToken(ctx context.Context, name string, expires time.Time) (Token, error) {
	now := s.now()
	if !expires.After(now) || expires.Sub(now) > tokenLife {
		return Token{}, ErrTokenExpiry.At("body.expiresAt", "accounts.token_expiry", "")
	}
	t := Token{ID: kernel.NewID(), Name: name, Secret: newToken(), CreatedAt: now, ExpiresAt: expires.UTC()}
	err := s.repo.db.Tx(ctx, func(ctx context.Context) error {
		d := tokenDoc{Doc: store.Doc{ID: hashToken(t.Secret)}, User: kernel.ActorFrom(ctx).User, PublicID: t.ID, Name: name, CreatedAt: now, ExpiresAt: t.ExpiresAt}
		if err := s.repo.tokens.Insert(ctx, d); err != nil {
			return err
		}
		return s.audit.Record(ctx, kernel.Act{Verb: "create", Noun: "token", ID: t.ID})
	})
	return t, err
}

// Tokens lists one's own API tokens.
func (s *Service) Tokens(ctx context.Context) ([]Token, error) {
	var out []Token
	q := store.Query{Index: "user", Equal: []any{string(kernel.ActorFrom(ctx).User)}}
	err := s.repo.tokens.Each(ctx, q, func(d tokenDoc) error {
		out = append(out, Token{ID: d.PublicID, Name: d.Name, CreatedAt: d.CreatedAt, ExpiresAt: d.ExpiresAt})
		return nil
	})
	return out, err
}

// RemoveToken ends one of one's own API tokens.
func (s *Service) RemoveToken(ctx context.Context, id string) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		d, err := s.repo.tokens.First(ctx, store.Query{Index: "public", Equal: []any{id}})
		if errors.Is(err, store.ErrNotFound) || (err == nil && d.User != kernel.ActorFrom(ctx).User) {
			return ErrUnknown
		}
		if err != nil {
			return err
		}
		if err := s.repo.tokens.Delete(ctx, d.ID, 0); err != nil {
			return err
		}
		return s.audit.Record(ctx, kernel.Act{Verb: "delete", Noun: "token", ID: id})
	})
}

// Sweep forgets sessions, failures and slips that are over.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.now()
	return errors.Join(
		sweep(ctx, s.repo.sessions, store.Query{Index: "seen", Until: now.Add(-personalIdle)}, func(d sessionDoc) string { return d.ID }),
		sweep(ctx, s.repo.attempts, store.Query{Index: "last", Until: now.Add(-forgetAfter)}, func(d attemptDoc) string { return d.ID }),
		sweep(ctx, s.repo.slips, store.Query{Index: "expires", Until: now}, func(d slipDoc) string { return d.ID }),
	)
}

func sweep[T any](ctx context.Context, c *store.Collection[T], q store.Query, id func(T) string) error {
	var old []string
	if err := c.Each(ctx, q, func(d T) error { old = append(old, id(d)); return nil }); err != nil {
		return err
	}
	for _, o := range old {
		if err := c.Delete(ctx, o, 0); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}
