package accounts

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"carecert/modules/kernel"
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
	hasher        *hasher
	permissions   Permissions
}

func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(time.Millisecond) }

// Draft is a new account.
type Draft struct {
	Username    string
	DisplayName string
	Password    string
	Grants      []kernel.Grant
	Person      kernel.PersonID
}

// Create makes an account; ErrNameTaken, ErrGrant, ErrNeedsOrg, ErrNeedsPerson.
func (s *Service) Create(ctx context.Context, d Draft) (User, error) {
	if err := checkPassword(d.Password); err != nil {
		return User{}, err
	}
	hash, err := s.hasher.hash(d.Password) // slow on purpose: before the transaction
	if err != nil {
		return User{}, fmt.Errorf("hash password: %w", err)
	}
	u := User{
		ID: kernel.UserID(kernel.NewID()), Username: d.Username, DisplayName: d.DisplayName, Hash: hash,
		Grants: d.Grants, Person: d.Person, CreatedAt: s.now(), PasswordedAt: s.now(),
	}
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.authorize(ctx, u.Grants); err != nil {
			return err
		}
		if u.Reach, err = s.reachOf(ctx, u); err != nil {
			return err
		}
		if err := s.repo.add(ctx, u); err != nil {
			return err
		}
		return s.audit.Record(ctx, kernel.Act{Verb: "create", Noun: "user", ID: string(u.ID), Organization: firstOrganization(u.Grants), Detail: grantsDetail(u)})
	})
	u.Stored = 1
	return u, err
}

func grantsDetail(u User) map[string]string {
	d := map[string]string{"username": u.Username}
	for i, g := range u.Grants {
		d[fmt.Sprintf("grant%d", i+1)] = string(g.Role) + " " + string(g.Organization)
	}
	return d
}

func firstOrganization(grants []kernel.Grant) kernel.OrganizationID {
	for _, g := range grants {
		if g.Organization != "" {
			return g.Organization
		}
	}
	return ""
}

// authorize refuses grants that the actor may not give.
func (s *Service) authorize(ctx context.Context, grants []kernel.Grant) error {
	actor, reach := kernel.ActorFrom(ctx), kernel.ReachFrom(ctx)
	var ids []kernel.OrganizationID
	for _, g := range grants {
		if g.Organization != "" {
			ids = append(ids, g.Organization)
		} else if !everywhere(g.Role) {
			return ErrNeedsOrg.With("role", g.Role)
		}
	}
	cards, err := s.organizations.Cards(ctx, ids)
	if err != nil {
		return fmt.Errorf("organisations of grants: %w", err)
	}
	for _, g := range grants {
		card, known := cards[g.Organization]
		if g.Organization != "" && (!known || !reach.Covers(card.Path)) {
			return ErrGrant.With("role", g.Role)
		}
		may := actor.System || slices.ContainsFunc(actor.Grants, func(mine kernel.Grant) bool {
			return slices.Contains(grantable(mine.Role), g.Role)
		})
		if !may {
			return ErrGrant.With("role", g.Role)
		}
	}
	return nil
}

// reachOf lists whose list of accounts the user stands in.
func (s *Service) reachOf(ctx context.Context, u User) ([]kernel.OrganizationID, error) {
	var ids, reach []kernel.OrganizationID
	for _, g := range u.Grants {
		if g.Organization != "" {
			ids = append(ids, g.Organization)
		}
	}
	cards, err := s.organizations.Cards(ctx, ids)
	if err != nil {
		return nil, err
	}
	for _, c := range cards {
		reach = append(reach, c.Path...)
	}
	caregiver := slices.ContainsFunc(u.Grants, func(g kernel.Grant) bool { return g.Role == kernel.RoleCaregiver })
	if caregiver && u.Person == "" {
		return nil, ErrNeedsPerson
	}
	if u.Person != "" {
		cards, err := s.people.Cards(ctx, []kernel.PersonID{u.Person})
		if err != nil {
			return nil, err
		}
		card, known := cards[u.Person]
		if !known || !kernel.ReachFrom(ctx).Covers(card.Reach) {
			return nil, ErrNeedsPerson
		}
		reach = append(reach, card.Reach...)
	}
	slices.Sort(reach)
	return slices.Compact(reach), nil
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
	ctx = kernel.AsSystem(ctx, "bootstrap")
	_, err = s.Create(ctx, Draft{
		Username: "admin", DisplayName: "admin", Password: password, Grants: []kernel.Grant{{Role: kernel.RoleAdmin}},
	})
	if errors.Is(err, ErrNameTaken) { // another instance was faster
		return "", false, nil
	}
	return generated, err == nil, err
}

// Find reads an account by its user name, whoever asks; ErrUnknown.
func (s *Service) Find(ctx context.Context, username string) (User, error) {
	return s.repo.named(ctx, username)
}

// ChangePassword sets a new password and ends the other sessions.
func (s *Service) ChangePassword(ctx context.Context, current, fresh, session string) error {
	if err := checkPassword(fresh); err != nil {
		return err
	}
	u, err := s.repo.user(ctx, kernel.ActorFrom(ctx).User)
	if err != nil {
		return err
	}
	if !s.hasher.matches(current, u.Hash) {
		return ErrCurrent.At("body.current", "accounts.current_password_wrong", "")
	}
	hash, err := s.hasher.hash(fresh)
	if err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		u, err := s.repo.user(ctx, u.ID)
		if err != nil {
			return err
		}
		u.Hash, u.PasswordedAt = hash, s.now()
		if err := s.repo.save(ctx, &u); err != nil {
			return err
		}
		if err := s.repo.endSessions(ctx, u.ID, hashToken(session)); err != nil {
			return err
		}
		return s.audit.Record(ctx, kernel.Act{Verb: "changePassword", Noun: "user", ID: string(u.ID)})
	})
}

// Change alters an account: what is nil stays.
type Change struct {
	DisplayName *string
	Grants      []kernel.Grant
	Disabled    *bool
	Password    *string
}

// Update changes an account in reach; check sees the stored version first.
func (s *Service) Update(ctx context.Context, id kernel.UserID, c Change, check func(int64) error) (User, error) {
	var hash string
	if c.Password != nil {
		if err := checkPassword(*c.Password); err != nil {
			return User{}, err
		}
		var err error
		if hash, err = s.hasher.hash(*c.Password); err != nil {
			return User{}, fmt.Errorf("hash password: %w", err)
		}
	}
	var u User
	err := s.repo.db.Tx(ctx, func(ctx context.Context) (err error) {
		if u, err = s.inReach(ctx, id); err != nil {
			return err
		}
		if err := check(u.Stored); err != nil {
			return err
		}
		if err := s.authorize(ctx, u.Grants); err != nil { // who may not have made it may not change it
			return err
		}
		if c.DisplayName != nil {
			u.DisplayName = *c.DisplayName
		}
		if c.Disabled != nil {
			u.Disabled = *c.Disabled
		}
		if hash != "" {
			u.Hash, u.PasswordedAt = hash, s.now()
		}
		if c.Grants != nil {
			if err := s.authorize(ctx, c.Grants); err != nil {
				return err
			}
			u.Grants = c.Grants
			if u.Reach, err = s.reachOf(ctx, u); err != nil {
				return err
			}
		}
		if err := s.repo.save(ctx, &u); err != nil {
			return err
		}
		if u.Disabled || hash != "" || c.Grants != nil {
			if err := s.repo.endSessions(ctx, u.ID, ""); err != nil {
				return err
			}
		}
		return s.audit.Record(ctx, kernel.Act{Verb: "update", Noun: "user", ID: string(u.ID), Organization: firstOrganization(u.Grants), Detail: grantsDetail(u)})
	})
	return u, err
}

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

// List pages accounts by user name: all, or those under the actor's roots.
func (s *Service) List(ctx context.Context, org kernel.OrganizationID, limit int, cursor string) (items []User, next string, total int64, more bool, err error) {
	reach := kernel.ReachFrom(ctx)
	q := store.Query{Index: "username", Limit: limit, After: cursor}
	switch {
	case org != "":
		cards, err := s.organizations.Cards(ctx, []kernel.OrganizationID{org})
		if err != nil {
			return nil, "", 0, false, err
		}
		if card, known := cards[org]; !known || !reach.Covers(card.Path) {
			return nil, "", 0, false, ErrUnknown
		}
		q.Index, q.Equal = "reach", []any{string(org)}
	case !reach.Everywhere && len(reach.Roots) > 0:
		q.Index, q.Equal = "reach", []any{string(reach.Roots[0])}
	case !reach.Everywhere:
		return nil, "", 0, false, nil
	}
	p, err := s.repo.users.Find(ctx, q)
	if err != nil {
		return nil, "", 0, false, err
	}
	for _, d := range p.Items {
		items = append(items, d.read())
	}
	total, more, err = s.repo.users.Count(ctx, q, 10_000)
	return items, p.Next, total, more, err
}
