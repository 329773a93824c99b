package accounts

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// Refusals.
var (
	ErrWrong          = fault.New(fault.Unauthenticated, "accounts.wrong_credentials")
	ErrSecondFactor   = fault.New(fault.Unauthenticated, "accounts.second_factor_required")
	ErrExpired        = fault.New(fault.Unauthenticated, "accounts.session_expired")
	ErrSlowDown       = fault.New(fault.TooMany, "accounts.slow_down")
	ErrUnknown        = fault.New(fault.NotFound, "accounts.unknown")
	ErrTokenUnknown   = fault.New(fault.NotFound, "accounts.token_unknown")
	ErrNameTaken      = fault.New(fault.Conflict, "accounts.username_taken")
	ErrGrant          = fault.New(fault.Forbidden, "accounts.grant_refused")
	ErrGrantKind      = fault.New(fault.Invalid, "accounts.grant_kind")
	ErrNeedsOrg       = fault.New(fault.Invalid, "accounts.grant_needs_organization")
	ErrNeedsPerson    = fault.New(fault.Invalid, "accounts.caregiver_needs_person")
	ErrPassword       = fault.New(fault.Invalid, "accounts.password_length")
	ErrCurrent        = fault.New(fault.Invalid, "accounts.current_password_wrong")
	ErrOTP            = fault.New(fault.Invalid, "accounts.otp_wrong")
	ErrSlip           = fault.New(fault.NotFound, "accounts.slip_unknown")
	ErrTokenExpiry    = fault.New(fault.Invalid, "accounts.token_expiry")
	ErrNoSecondFactor = fault.New(fault.Conflict, "accounts.second_factor_not_begun")
	ErrNotSignedIn    = fault.New(fault.Unauthenticated, "accounts.not_signed_in")
	ErrDisabled       = fault.New(fault.Conflict, "accounts.disabled")
	ErrSelf           = fault.New(fault.Conflict, "accounts.not_oneself")
	ErrPersonUnknown  = fault.New(fault.NotFound, "accounts.person_unknown")
	ErrKeptElsewhere  = fault.New(fault.Forbidden, "accounts.kept_elsewhere")
	ErrHasAccount     = fault.New(fault.Conflict, "accounts.person_has_account")
	ErrOrganization   = fault.New(fault.NotFound, "accounts.organization_unknown")
)

// Password is the Argon2id hash of one: slow to make, so it is made before any
// transaction (Service.Password). Empty, it fits nothing.
type Password string

// User is an account. One without a password waits for its slip to be redeemed.
type User struct {
	ID           kernel.UserID
	Username     string
	DisplayName  string
	Password     Password
	Grants       []kernel.Grant
	Person       kernel.PersonID
	Was          kernel.Trail // whose it was before merges, the last at the end
	Disabled     bool
	TOTP         string // sealed; empty without a second factor
	TOTPPending  string // sealed; not confirmed yet
	TOTPStep     int64  // of the last code that signed in: it is good once
	Familiar     []string
	Reach        []kernel.OrganizationID // in whose lists it stands
	CreatedAt    time.Time
	PasswordedAt time.Time
	Stored       int64
}

// familiarLimit is how many addresses and devices are remembered as the user's.
const familiarLimit = 20

// Met remembers where the user has signed in from; false when it was known.
func (u User) Met(places ...string) (User, bool) {
	changed := false
	for _, p := range places {
		if p == "" || slices.Contains(u.Familiar, p) {
			continue
		}
		u.Familiar, changed = append(slices.Clone(u.Familiar), p), true
	}
	u.Familiar = u.Familiar[max(0, len(u.Familiar)-familiarLimit):]
	return u, changed
}

// caregiverOnly tells an account that its institution may hand over by a slip.
func (u User) caregiverOnly() bool { return !u.office() }

// personal tells the one account by which a person signs in for themselves.
func (u User) personal() bool { return u.Person != "" && !u.Disabled && u.caregiverOnly() }

// office tells whether the user works at a desk: their sessions end sooner.
func (u User) office() bool {
	return slices.ContainsFunc(u.Grants, func(g kernel.Grant) bool { return g.Role != kernel.RoleCaregiver })
}

// Password limits (CONTRACT §2): 8 to 128 characters, no forced change.
const (
	minPassword = 8
	maxPassword = 128
)

func checkPassword(p string) error {
	if n := utf8.RuneCountInString(p); n < minPassword || n > maxPassword {
		return ErrPassword.At("body.password", "accounts.password_length", "")
	}
	return nil
}

// normal is how user names are compared.
func normal(username string) string { return strings.ToLower(strings.TrimSpace(username)) }

// ranks are the roles from the lowest. Nobody grants above themselves; only
// administrators make administrators and auditors.
func ranks() []kernel.Role {
	return []kernel.Role{
		kernel.RoleCaregiver, kernel.RoleInstitution, kernel.RoleSubdistrict, kernel.RoleSchool, kernel.RoleAssessor,
		kernel.RoleDistrictBureau, kernel.RoleCityBureau, kernel.RoleAuditor, kernel.RoleAdmin,
	}
}

// grantable lists what a role may grant: an institution only caregivers, a
// subdistrict institutions too, a bureau everything up to its own kind.
func grantable(by kernel.Role) []kernel.Role {
	upTo := map[kernel.Role]kernel.Role{
		kernel.RoleInstitution: kernel.RoleCaregiver, kernel.RoleSubdistrict: kernel.RoleInstitution,
		kernel.RoleDistrictBureau: kernel.RoleDistrictBureau, kernel.RoleCityBureau: kernel.RoleCityBureau, kernel.RoleAdmin: kernel.RoleAdmin,
	}
	return ranks()[:slices.Index(ranks(), upTo[by])+1]
}

// fits tells whether a role can be held at an organisation of a kind: a home
// with a bureau's role would verify its own certificates. A home or a base that
// trains by itself (机构自行) may have teachers.
func fits(role kernel.Role, kind string) bool {
	kinds := seats(role)
	return kinds == nil || slices.Contains(kinds, kind)
}

// seats are the kinds of organisation a role is held at; nil of a role that
// needs none.
func seats(role kernel.Role) []string {
	return map[kernel.Role][]string{
		kernel.RoleCityBureau: {"cityBureau"}, kernel.RoleDistrictBureau: {"districtBureau"}, kernel.RoleSubdistrict: {"subdistrict"},
		kernel.RoleInstitution: {"institution", "operatorGroup"}, kernel.RoleSchool: {"trainingSchool", "practiceBase", "institution"},
		kernel.RoleAssessor: {"assessmentBody"},
	}[role]
}

// Grantable is a role that somebody may give, and at which kinds of
// organisation it is held.
type Grantable struct {
	Role  kernel.Role
	Kinds []string
}

// Grantables lists the roles that an actor may give by any of theirs, the
// highest first.
func Grantables(a kernel.Actor) (out []Grantable) {
	for _, role := range slices.Backward(ranks()) {
		if slices.ContainsFunc(a.Grants, func(g kernel.Grant) bool { return slices.Contains(grantable(g.Role), role) }) {
			out = append(out, Grantable{role, seats(role)})
		}
	}
	return out
}

// mayGrant tells whether a grant that one holds lets one give a role to
// somebody in the organisations of the path (nearest first).
func mayGrant(mine kernel.Grant, role kernel.Role, path []kernel.OrganizationID) bool {
	if !slices.Contains(grantable(mine.Role), role) {
		return false
	}
	return mine.Role == kernel.RoleAdmin || slices.Contains(path, mine.Organization)
}

// everywhere tells the roles that need no organisation.
func everywhere(r kernel.Role) bool {
	return r == kernel.RoleAdmin || r == kernel.RoleAuditor || r == kernel.RoleCaregiver
}

// Session is a signed-in browser.
type Session struct {
	ID        string // hash of the token
	User      kernel.UserID
	CSRF      string
	CreatedAt time.Time
	SeenAt    time.Time
	Office    bool
}

// How long sessions last: without use, and at all.
const (
	officeIdle    = 2 * time.Hour
	officeWhole   = 12 * time.Hour
	personalIdle  = 30 * 24 * time.Hour
	personalWhole = 180 * 24 * time.Hour
	seenEvery     = 5 * time.Minute // how often use is written down
	deviceKept    = 400 * 24 * time.Hour
)

// Over tells whether the session has ended by itself.
func (s Session) Over(now time.Time) bool {
	idle, whole := personalIdle, personalWhole
	if s.Office {
		idle, whole = officeIdle, officeWhole
	}
	return now.Sub(s.SeenAt) > idle || now.Sub(s.CreatedAt) > whole
}

// Failed log-ins: the first few are free, then the wait doubles.
const (
	freeFailures  = 5
	firstWait     = time.Second
	longestWait   = 15 * time.Minute
	forgetAfter   = 24 * time.Hour
	strangersFree = 30 // failures of a user name from all unfamiliar addresses
)

// wait is how long to wait after so many failures.
func wait(failures, free int) time.Duration {
	if failures < free {
		return 0
	}
	w := firstWait
	for range min(failures-free, 12) {
		w *= 2
	}
	return min(w, longestWait)
}

// Slip lets a caregiver in for the first time, or again.
type Slip struct {
	Person    kernel.PersonID
	Name      string
	Username  string
	Code      string
	ExpiresAt time.Time
}

// slipValid is how long a slip can be used.
const slipValid = 14 * 24 * time.Hour

// Token is an API token; Secret is told once.
type Token struct {
	ID, Name, Secret     string
	CreatedAt, ExpiresAt time.Time
}

// tokenLife is the longest life of an API token.
const tokenLife = 5 * 366 * 24 * time.Hour
