package accounts

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
)

// Login is what somebody signs in with. Device is the secret that an earlier
// log-in left in the browser.
type Login struct{ Username, Password, OTP, Device string }

// SignedIn is a fresh session with its secrets, which are told once.
type SignedIn struct {
	User    User
	Session Session
	Token   string
	Device  string
}

// SignIn checks a user name, a password and, where there is one, the second
// factor. A wrong one answers the same whatever was wrong: ErrWrong.
// ErrSecondFactor, ErrSlowDown.
func (s *Service) SignIn(ctx context.Context, l Login) (SignedIn, error) {
	u, err := s.repo.named(ctx, l.Username)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return SignedIn{}, err
	}
	t := try{username: l.Username, address: kernel.ActorFrom(ctx).Address, device: l.Device, user: u}
	leave, err := s.tries.enter(ctx, t.own())
	if err != nil {
		return SignedIn{}, err
	}
	defer leave()
	if err := s.mayTry(ctx, t); err != nil {
		return SignedIn{}, err
	}
	right, err := s.hasher.matches(ctx, l.Password, u.Password)
	if err != nil {
		return SignedIn{}, fmt.Errorf("compare password: %w", err)
	}
	right = right && !u.Disabled
	var step int64
	if right && u.TOTP != "" {
		if l.OTP == "" {
			return SignedIn{}, ErrSecondFactor
		}
		if step, right, err = s.otpFits(u.TOTP, l.OTP); err != nil {
			return SignedIn{}, err
		}
	}
	if !right {
		return SignedIn{}, s.failed(ctx, t)
	}
	in, err := s.begin(ctx, t, step)
	if errors.Is(err, ErrWrong) { // the code has signed in already
		err = s.failed(ctx, t)
	}
	return in, err
}

// begin opens a session for a user who has proved who they are; step is that
// of the second factor's code, 0 without one.
func (s *Service) begin(ctx context.Context, t try, step int64) (in SignedIn, err error) {
	in.Token, in.Device = newToken(), t.device
	if !t.familiarDevice() {
		in.Device = newToken()
	}
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		u, err := s.repo.user(ctx, t.user.ID)
		if err != nil {
			return err
		}
		if step != 0 && step <= u.TOTPStep {
			return ErrWrong
		}
		u, changed := u.Met(t.address, deviceMark(in.Device))
		if step != 0 {
			u.TOTPStep, changed = step, true
		}
		if changed {
			if err := s.repo.save(ctx, &u); err != nil {
				return err
			}
		}
		in.User = u
		in.Session = Session{ID: hashToken(in.Token), User: u.ID, CSRF: newToken(), CreatedAt: s.now(), SeenAt: s.now(), Office: u.office()}
		if err := s.repo.sessions.Insert(ctx, sessionDocOf(in.Session)); err != nil {
			return err
		}
		if err := s.repo.attempts.Delete(ctx, t.own(), 0); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return s.audit.Record(asUser(ctx, u), kernel.Act{Verb: "signIn", Noun: "login", ID: string(u.ID), Organization: home(u)})
	})
	return in, err
}

// asUser makes the one who signs in the actor of the log's row.
func asUser(ctx context.Context, u User) context.Context {
	a, before := actorOf(u), kernel.ActorFrom(ctx)
	a.Address, a.Request = before.Address, before.Request
	return kernel.WithActor(ctx, a)
}

func actorOf(u User) kernel.Actor {
	return kernel.Actor{User: u.ID, Person: u.Person, Name: u.DisplayName, Grants: slices.Clone(u.Grants)}
}

// SignOut ends the session with the token.
func (s *Service) SignOut(ctx context.Context, token string) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		store.AfterCommit(ctx, func(context.Context) { s.known.forget() })
		err := s.repo.sessions.Delete(ctx, hashToken(token), 0)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		return s.audit.Record(ctx, kernel.Act{Verb: "signOut", Noun: "login", ID: string(kernel.ActorFrom(ctx).User)})
	})
}

// Authenticate implements web.Authenticator; ErrNotSignedIn, ErrExpired.
func (s *Service) Authenticate(ctx context.Context, c web.Credentials) (web.Identity, error) {
	secret := c.Bearer
	if secret == "" {
		secret = c.Session
	}
	if secret == "" {
		return web.Identity{}, ErrNotSignedIn
	}
	key := hashToken(secret)
	id, generation, known := s.known.find(key, s.now())
	if known {
		return id, nil
	}
	var user kernel.UserID
	var err error
	if c.Bearer != "" {
		user, err = s.tokenHolder(ctx, key)
	} else {
		user, id.CSRF, err = s.sessionHolder(ctx, key)
	}
	if err != nil {
		return web.Identity{}, err
	}
	u, err := s.repo.user(ctx, user)
	if errors.Is(err, ErrUnknown) || (err == nil && u.Disabled) {
		return web.Identity{}, ErrExpired
	}
	if err != nil {
		return web.Identity{}, err
	}
	id.Actor = actorOf(u)
	s.known.remember(key, id, generation, s.now())
	return id, nil
}

// sessionHolder reads a live session and now and then writes its use down.
func (s *Service) sessionHolder(ctx context.Context, id string) (kernel.UserID, string, error) {
	d, err := s.repo.sessions.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || (err == nil && d.read().Over(s.now())) {
		return "", "", ErrExpired
	}
	if err != nil {
		return "", "", err
	}
	if s.now().Sub(d.SeenAt) > seenEvery {
		d.SeenAt = s.now()
		err := s.repo.sessions.Replace(ctx, &d)
		if err != nil && !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrNotFound) {
			return "", "", err
		}
	}
	return d.User, d.CSRF, nil
}

// Current tells who is signed in, with the session's CSRF token; an API token
// has none.
func (s *Service) Current(ctx context.Context, token string) (User, string, error) {
	u, err := s.repo.user(ctx, kernel.ActorFrom(ctx).User)
	if err != nil || token == "" {
		return u, "", err
	}
	holder, csrf, err := s.sessionHolder(ctx, hashToken(token))
	if errors.Is(err, ErrExpired) || holder != u.ID {
		return u, "", nil
	}
	return u, csrf, err
}

// ChangePassword sets one's own password and ends one's other sessions.
// ErrCurrent, ErrSlowDown: guesses at the current one are slowed like log-ins.
func (s *Service) ChangePassword(ctx context.Context, current string, fresh Password, session string) error {
	u, err := s.repo.user(ctx, kernel.ActorFrom(ctx).User)
	if err != nil {
		return err
	}
	t := try{username: u.Username, address: kernel.ActorFrom(ctx).Address, user: u}
	leave, err := s.tries.enter(ctx, t.own())
	if err != nil {
		return err
	}
	defer leave()
	if err := s.mayTry(ctx, t); err != nil {
		return err
	}
	right, err := s.hasher.matches(ctx, current, u.Password)
	if err != nil {
		return fmt.Errorf("compare password: %w", err)
	}
	if !right {
		if err := s.failed(ctx, t); !errors.Is(err, ErrWrong) {
			return err
		}
		return ErrCurrent.At("body.current", "accounts.current_password_wrong", "")
	}
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		u, err := s.repo.user(ctx, u.ID)
		if err != nil {
			return err
		}
		u.Password, u.PasswordedAt = fresh, s.now()
		if err := s.save(ctx, &u); err != nil {
			return err
		}
		if err := s.repo.endSessions(ctx, u.ID, hashToken(session)); err != nil {
			return err
		}
		return s.audit.Record(ctx, kernel.Act{Verb: "changePassword", Noun: "user", ID: string(u.ID), Organization: home(u)})
	})
}
