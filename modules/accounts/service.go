package accounts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/job"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
)

// Service holds the use cases of accounts.
type Service struct {
	repo          *repository
	clock         kernel.Clock
	log           *slog.Logger
	audit         Auditor
	people        People
	organizations Organizations
	sealer        Sealer
	jobs          *job.Queue
	hasher        *hasher
	tries         *queue
	known         *identities
	permissions   Permissions
}

func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(time.Millisecond) }

// Password hashes a password, which takes tens of milliseconds: call it before
// a transaction. ErrPassword.
func (s *Service) Password(ctx context.Context, plain string) (Password, error) {
	if err := checkPassword(plain); err != nil {
		return "", err
	}
	p, err := s.hasher.hash(ctx, plain)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return p, nil
}

// Draft is a new account.
type Draft struct {
	Username    string
	DisplayName string
	Password    Password
	Grants      []kernel.Grant
	Person      kernel.PersonID
}

// Create makes an account; ErrNameTaken, ErrGrant, ErrNeedsOrg, ErrNeedsPerson,
// ErrPersonUnknown, ErrHasAccount.
func (s *Service) Create(ctx context.Context, d Draft) (User, error) {
	u := User{
		ID: kernel.UserID(kernel.NewID()), Username: d.Username, DisplayName: d.DisplayName, Password: d.Password,
		Grants: d.Grants, Person: d.Person, CreatedAt: s.now(), PasswordedAt: s.now(), Stored: 1,
	}
	err := s.repo.db.Tx(ctx, func(ctx context.Context) (err error) {
		if u.Reach, err = s.authorize(ctx, u.Grants, u.Person); err != nil {
			return err
		}
		if u.personal() {
			if err := s.alone(ctx, u); err != nil {
				return err
			}
		}
		if err := s.repo.add(ctx, u); err != nil {
			return err
		}
		return s.record(ctx, "create", u)
	})
	return u, err
}

// record writes what was done to an account, with its grants.
func (s *Service) record(ctx context.Context, verb string, u User) error {
	detail := map[string]string{"username": u.Username}
	for i, g := range u.Grants {
		detail[fmt.Sprintf("grant%d", i+1)] = string(g.Role) + " " + string(g.Organization)
	}
	return s.audit.Record(ctx, kernel.Act{Verb: verb, Noun: "user", ID: string(u.ID), Organization: home(u), Detail: detail})
}

// home is whose log tells of the user.
func home(u User) kernel.OrganizationID {
	for _, g := range u.Grants {
		if g.Organization != "" {
			return g.Organization
		}
	}
	return ""
}

// Named is the account that signs in under a name; "" where there is none.
func (s *Service) Named(ctx context.Context, username string) (kernel.UserID, error) {
	u, err := s.repo.named(ctx, username)
	if errors.Is(err, ErrUnknown) {
		return "", nil
	}
	return u.ID, err
}

// Find reads an account by its user name, whoever asks; ErrUnknown.
func (s *Service) Find(ctx context.Context, username string) (User, error) {
	return s.repo.named(ctx, username)
}

// Bootstrap makes the first administrator when there is nobody yet. It tells
// the password only where it had to make one up.
func (s *Service) Bootstrap(ctx context.Context, password string) (generated string, made bool, err error) {
	_, err = s.repo.users.First(ctx, store.Query{Index: "username"})
	if !errors.Is(err, store.ErrNotFound) {
		return "", false, err
	}
	if password == "" {
		generated = draw(codeLetters+"abcdefghjkmnpqrstvwxyz", 16)
		password = generated
	}
	hash, err := s.Password(ctx, password)
	if err != nil {
		return "", false, err
	}
	_, err = s.Create(kernel.AsSystem(ctx, "bootstrap"), Draft{
		Username: "admin", DisplayName: "admin", Password: hash, Grants: []kernel.Grant{{Role: kernel.RoleAdmin}},
	})
	if errors.Is(err, ErrNameTaken) { // another instance was faster
		return "", false, nil
	}
	return generated, err == nil, err
}

// Change alters an account: what is nil stays.
type Change struct {
	DisplayName  *string
	Grants       []kernel.Grant
	Disabled     *bool
	Password     Password
	SecondFactor *bool // false ends it, for who has lost the device
}

// rights tells whether the change is of more than how the account is shown. To
// oneself it is made under /users/me, which asks for the password or a code: a
// session left open must not be enough to keep an account.
func (c Change) rights() bool {
	return c.Grants != nil || c.Disabled != nil || c.Password != "" || c.SecondFactor != nil
}

// closes tells a change that shuts the account and does nothing else.
func (c Change) closes() bool {
	return c.Disabled != nil && *c.Disabled && c.DisplayName == nil && c.Grants == nil && c.Password == "" && c.SecondFactor == nil
}

// Update changes an account in reach; check sees the stored version first.
// Nobody changes whom they could not have made, nor their own rights; ErrSelf,
// ErrKeptElsewhere, ErrHasAccount.
func (s *Service) Update(ctx context.Context, id kernel.UserID, c Change, check func(int64) error) (User, error) {
	var u User
	err := s.repo.db.Tx(ctx, func(ctx context.Context) (err error) {
		if u, err = s.inReach(ctx, id); err != nil {
			return err
		}
		if err := check(u.Stored); err != nil {
			return err
		}
		if u.ID == kernel.ActorFrom(ctx).User && c.rights() {
			return ErrSelf
		}
		if err := s.changeable(ctx, u, c); err != nil {
			return err
		}
		before := u
		if c.Grants != nil {
			u.Grants = c.Grants
			if u.Reach, err = s.authorize(ctx, u.Grants, u.Person); err != nil {
				return err
			}
		}
		u = s.changed(u, c)
		if u.personal() && !before.personal() {
			if err := s.alone(ctx, u); err != nil {
				return err
			}
		}
		if err := s.save(ctx, &u); err != nil {
			return err
		}
		if u.Disabled || c.Password != "" || c.Grants != nil {
			if err := s.repo.endSessions(ctx, u.ID, ""); err != nil {
				return err
			}
		}
		if c.Password != "" { // whoever had the old one may have made them
			if err := s.repo.endTokens(ctx, u.ID); err != nil {
				return err
			}
		}
		return s.record(ctx, "update", u)
	})
	return u, err
}

func (s *Service) changed(u User, c Change) User {
	if c.DisplayName != nil {
		u.DisplayName = *c.DisplayName
	}
	if c.Disabled != nil {
		u.Disabled = *c.Disabled
	}
	if c.Password != "" {
		u.Password, u.PasswordedAt = c.Password, s.now()
	}
	if c.SecondFactor != nil && !*c.SecondFactor {
		u.TOTP, u.TOTPPending = "", ""
	}
	return u
}

// save writes the user; who is signed in is looked up anew after the commit.
func (s *Service) save(ctx context.Context, u *User) error {
	store.AfterCommit(ctx, func(context.Context) { s.known.forget() })
	return s.repo.save(ctx, u)
}

// inReach reads an account in reach; ErrUnknown.
func (s *Service) inReach(ctx context.Context, id kernel.UserID) (User, error) {
	u, err := s.repo.user(ctx, id)
	if err != nil {
		return u, err
	}
	if !kernel.ReachFrom(ctx).Covers(u.Reach) {
		return User{}, ErrUnknown
	}
	return u, nil
}

// List pages accounts by user name: all, or those in reach, or of one
// organisation and everything under it; ErrOrganization.
func (s *Service) List(ctx context.Context, org kernel.OrganizationID, begins string, limit int, cursor string) (listing.Listing[User], error) {
	reach := kernel.ReachFrom(ctx)
	roots := reach.Roots
	if org != "" {
		cards, err := s.organizations.Cards(ctx, []kernel.OrganizationID{org})
		if err != nil {
			return listing.Listing[User]{}, fmt.Errorf("organisation %s: %w", org, err)
		}
		if card, known := cards[org]; !known || !reach.Covers(card.Path) {
			return listing.Listing[User]{}, ErrOrganization
		}
		roots = []kernel.OrganizationID{org}
	}
	p := listing.Phase[userDoc]{Less: func(a, b userDoc) bool { return a.Username < b.Username }}
	if reach.Everywhere && org == "" {
		p.Queries = []store.Query{{Index: "username", Prefix: begins}}
	} else {
		for _, root := range roots {
			p.Queries = append(p.Queries, store.Query{Index: "reach", Equal: []any{string(root)}, Prefix: begins})
		}
	}
	page, err := listing.Read(ctx, s.repo.users, limit, cursor, p)
	return listing.Map(page, userDoc.read), err
}
