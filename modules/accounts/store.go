package accounts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

type userDoc struct {
	store.Doc    `bson:",inline"`
	Username     string                  `bson:"username"`
	DisplayName  string                  `bson:"displayName"`
	Password     Password                `bson:"password"`
	Grants       []kernel.Grant          `bson:"grants"`
	Person       kernel.PersonID         `bson:"person"`
	Was          kernel.Trail            `bson:"was,omitempty"`
	Disabled     bool                    `bson:"disabled"`
	TOTP         string                  `bson:"totp"`
	TOTPPending  string                  `bson:"totpPending"`
	TOTPStep     int64                   `bson:"totpStep"`
	Familiar     []string                `bson:"familiar"`
	Reach        []kernel.OrganizationID `bson:"reach"`
	CreatedAt    time.Time               `bson:"createdAt"`
	PasswordedAt time.Time               `bson:"passwordedAt"`
}

// nameDoc makes user names unique: _id is the normalised name.
type nameDoc struct {
	store.Doc `bson:",inline"`
	User      kernel.UserID `bson:"user"`
}

type sessionDoc struct {
	store.Doc `bson:",inline"` // hash of the token
	User      kernel.UserID    `bson:"user"`
	CSRF      string           `bson:"csrf"`
	CreatedAt time.Time        `bson:"createdAt"`
	SeenAt    time.Time        `bson:"seenAt"`
	Office    bool             `bson:"office"`
}

func (d sessionDoc) read() Session {
	return Session{ID: d.ID, User: d.User, CSRF: d.CSRF, CreatedAt: d.CreatedAt, SeenAt: d.SeenAt, Office: d.Office}
}

func sessionDocOf(s Session) sessionDoc {
	return sessionDoc{Doc: store.Doc{ID: s.ID}, User: s.User, CSRF: s.CSRF, CreatedAt: s.CreatedAt, SeenAt: s.SeenAt, Office: s.Office}
}

type tokenDoc struct {
	store.Doc `bson:",inline"` // hash of the token
	User      kernel.UserID    `bson:"user"`
	PublicID  string           `bson:"publicId"`
	Name      string           `bson:"name"`
	CreatedAt time.Time        `bson:"createdAt"`
	ExpiresAt time.Time        `bson:"expiresAt"`
}

// holderDoc lists a person's accounts: _id is the person.
type holderDoc struct {
	store.Doc `bson:",inline"`
	Users     []kernel.UserID `bson:"users"`
}

// attemptDoc counts failures; _id is a hash of who tried what from where.
type attemptDoc struct {
	store.Doc `bson:",inline"`
	Failures  int       `bson:"failures"`
	LastAt    time.Time `bson:"lastAt"`
}

type slipDoc struct {
	store.Doc `bson:",inline"` // hash of the code
	User      kernel.UserID    `bson:"user"`
	ExpiresAt time.Time        `bson:"expiresAt"`
	IssuedBy  kernel.UserID    `bson:"issuedBy"`
}

type repository struct {
	db       *store.DB
	users    *store.Collection[userDoc]
	names    *store.Collection[nameDoc]
	holders  *store.Collection[holderDoc]
	sessions *store.Collection[sessionDoc]
	tokens   *store.Collection[tokenDoc]
	attempts *store.Collection[attemptDoc]
	slips    *store.Collection[slipDoc]
}

func newRepository(db *store.DB) *repository {
	return &repository{
		db: db,
		users: store.Open[userDoc](db, store.Spec{Name: "accounts_users", Indexes: []store.Index{
			{Name: "username", Fields: []string{"username"}},
			{Name: "reach", Fields: []string{"reach", "username"}, Many: "reach"},
		}}),
		names:   store.Open[nameDoc](db, store.Spec{Name: "accounts_names"}),
		holders: store.Open[holderDoc](db, store.Spec{Name: "accounts_holders"}),
		sessions: store.Open[sessionDoc](db, store.Spec{Name: "accounts_sessions", Indexes: []store.Index{
			{Name: "user", Fields: []string{"user"}},
			{Name: "seen", Fields: []string{"seenAt"}},
		}}),
		tokens: store.Open[tokenDoc](db, store.Spec{Name: "accounts_tokens", Indexes: []store.Index{
			{Name: "user", Fields: []string{"user", "createdAt"}},
			{Name: "public", Fields: []string{"publicId"}},
			{Name: "expires", Fields: []string{"expiresAt"}},
		}}),
		attempts: store.Open[attemptDoc](db, store.Spec{Name: "accounts_attempts", Indexes: []store.Index{
			{Name: "last", Fields: []string{"lastAt"}},
		}}),
		slips: store.Open[slipDoc](db, store.Spec{Name: "accounts_activations", Indexes: []store.Index{
			{Name: "user", Fields: []string{"user"}},
			{Name: "expires", Fields: []string{"expiresAt"}},
		}}),
	}
}

func (d userDoc) read() User {
	return User{
		ID: kernel.UserID(d.ID), Username: d.Username, DisplayName: d.DisplayName, Password: d.Password, Grants: d.Grants,
		Person: d.Person, Was: d.Was, Disabled: d.Disabled, TOTP: d.TOTP, TOTPPending: d.TOTPPending, TOTPStep: d.TOTPStep, Familiar: d.Familiar,
		Reach: d.Reach, CreatedAt: d.CreatedAt, PasswordedAt: d.PasswordedAt, Stored: d.Version,
	}
}

func docOf(u User) userDoc {
	return userDoc{
		Doc: store.Doc{ID: string(u.ID), Version: u.Stored}, Username: u.Username, DisplayName: u.DisplayName, Password: u.Password,
		Grants: u.Grants, Person: u.Person, Was: u.Was, Disabled: u.Disabled, TOTP: u.TOTP, TOTPPending: u.TOTPPending, TOTPStep: u.TOTPStep,
		Familiar: u.Familiar, Reach: u.Reach, CreatedAt: u.CreatedAt, PasswordedAt: u.PasswordedAt,
	}
}

func (r *repository) user(ctx context.Context, id kernel.UserID) (User, error) {
	d, err := r.users.Get(ctx, string(id))
	if errors.Is(err, store.ErrNotFound) {
		return User{}, ErrUnknown
	}
	return d.read(), err
}

func (r *repository) named(ctx context.Context, username string) (User, error) {
	n, err := r.names.Get(ctx, normal(username))
	if errors.Is(err, store.ErrNotFound) {
		return User{}, ErrUnknown
	}
	if err != nil {
		return User{}, err
	}
	return r.user(ctx, n.User)
}

// caregiver finds a person's account that has no office, the open one before
// those that are closed; ErrUnknown.
func (r *repository) caregiver(ctx context.Context, person kernel.PersonID) (User, error) {
	ids, err := r.of(ctx, person)
	if err != nil {
		return User{}, err
	}
	closed, err := User{}, error(ErrUnknown)
	for _, id := range ids {
		u, failed := r.user(ctx, id)
		if failed != nil || u.personal() {
			return u, failed
		}
		if u.caregiverOnly() {
			closed, err = u, nil
		}
	}
	return closed, err
}

// of lists the accounts of people, in one read.
func (r *repository) of(ctx context.Context, people ...kernel.PersonID) (users []kernel.UserID, err error) {
	ids := make([]string, len(people))
	for i, p := range people {
		ids[i] = string(p)
	}
	docs, err := r.holders.GetMany(ctx, ids)
	for _, d := range docs {
		users = append(users, d.Users...)
	}
	return users, err
}

// hold puts an account on its person's list.
func (r *repository) hold(ctx context.Context, person kernel.PersonID, user kernel.UserID) error {
	d, err := r.holders.Get(ctx, string(person))
	if errors.Is(err, store.ErrNotFound) {
		return r.holders.Insert(ctx, holderDoc{Doc: store.Doc{ID: string(person)}, Users: []kernel.UserID{user}})
	}
	if err != nil || slices.Contains(d.Users, user) {
		return err
	}
	d.Users = append(d.Users, user)
	return r.holders.Replace(ctx, &d)
}

// holdAnew writes the person's list also where the account is on it already.
func (r *repository) holdAnew(ctx context.Context, person kernel.PersonID, user kernel.UserID) error {
	if err := r.release(ctx, person, user); err != nil {
		return err
	}
	return r.hold(ctx, person, user)
}

// release takes an account off a person's list.
func (r *repository) release(ctx context.Context, person kernel.PersonID, user kernel.UserID) error {
	d, err := r.holders.Get(ctx, string(person))
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	d.Users = slices.DeleteFunc(slices.Clone(d.Users), func(u kernel.UserID) bool { return u == user })
	if len(d.Users) == 0 {
		return r.holders.Delete(ctx, d.ID, d.Version)
	}
	return r.holders.Replace(ctx, &d)
}

// add saves a new user and their name in the caller's transaction.
func (r *repository) add(ctx context.Context, u User) error {
	err := r.names.Insert(ctx, nameDoc{Doc: store.Doc{ID: normal(u.Username)}, User: u.ID})
	if store.IsDuplicate(err, "") {
		return ErrNameTaken.With("username", u.Username)
	}
	if err != nil {
		return fmt.Errorf("user name: %w", err)
	}
	if u.Person != "" {
		if err := r.hold(ctx, u.Person, u.ID); err != nil {
			return fmt.Errorf("account of %s: %w", u.Person, err)
		}
	}
	return r.users.Insert(ctx, docOf(u))
}

func (r *repository) save(ctx context.Context, u *User) error {
	d := docOf(*u)
	err := r.users.Replace(ctx, &d)
	u.Stored = d.Version
	return err
}

// endSessions ends a user's sessions, but for one.
func (r *repository) endSessions(ctx context.Context, u kernel.UserID, keep string) error {
	q := store.Query{Index: "user", Equal: []any{string(u)}}
	return sweep(ctx, r.sessions, q, func(d sessionDoc) string {
		if d.ID == keep {
			return ""
		}
		return d.ID
	})
}

// endTokens ends a user's API tokens.
func (r *repository) endTokens(ctx context.Context, u kernel.UserID) error {
	return sweep(ctx, r.tokens, store.Query{Index: "user", Equal: []any{string(u)}}, func(d tokenDoc) string { return d.ID })
}

// sweep deletes what a query finds; id is empty for what stays.
func sweep[T any](ctx context.Context, c *store.Collection[T], q store.Query, id func(T) string) error {
	var gone []string
	err := c.Each(ctx, q, func(d T) error {
		if i := id(d); i != "" {
			gone = append(gone, i)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sweep %s: %w", c.Name(), err)
	}
	for _, id := range gone {
		if err := c.Delete(ctx, id, 0); err != nil && !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("sweep %s: %w", c.Name(), err)
		}
	}
	return nil
}
