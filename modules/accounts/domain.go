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
	ErrNameTaken      = fault.New(fault.Conflict, "accounts.username_taken")
	ErrGrant          = fault.New(fault.Forbidden, "accounts.grant_refused")
	ErrNeedsOrg       = fault.New(fault.Invalid, "accounts.grant_needs_organization")
	ErrNeedsPerson    = fault.New(fault.Invalid, "accounts.caregiver_needs_person")
	ErrPassword       = fault.New(fault.Invalid, "accounts.password_length")
	ErrCurrent        = fault.New(fault.Invalid, "accounts.current_password_wrong")
	ErrOTP            = fault.New(fault.Invalid, "accounts.otp_wrong")
	ErrSlip           = fault.New(fault.NotFound, "accounts.slip_unknown")
	ErrTokenExpiry    = fault.New(fault.Invalid, "accounts.token_expiry")
	ErrNoSecondFactor = fault.New(fault.Conflict, "accounts.second_factor_not_begun")
)

// User is an account.
type User struct {
	ID           kernel.UserID
	Username     string
	DisplayName  string
	Hash         string // Argon2id
	Grants       []kernel.Grant
	Person       kernel.PersonID
	Disabled     bool
	TOTP         string // sealed; empty without a second factor
	TOTPPending  string // sealed; not confirmed yet
	Familiar     []string
	Reach        []kernel.OrganizationID
	CreatedAt    time.Time
	Stored       int64
	PasswordedAt time.Time
}

// familiarLimit is how many addresses are remembered as the user's own.
const familiarLimit = 10

// Met remembers an address from which the user signed in.
func (u User) Met(address string) User {
	u.Familiar = slices.DeleteFunc(slices.Clone(u.Familiar), func(a string) bool { return a == address })
	u.Familiar = append([]string{address}, u.Familiar...)
	u.Familiar = u.Familiar[:min(len(u.Familiar), familiarLimit)]
	return u
}

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

// grantable lists what each role may grant in its tree; nobody grants above
// themselves, and only administrators make administrators and auditors.
func grantable(by kernel.Role) []kernel.Role {
	below := []kernel.Role{
		kernel.RoleCaregiver, kernel.RoleInstitution, kernel.RoleSubdistrict, kernel.RoleSchool, kernel.RoleAssessor,
		kernel.RoleDistrictBureau, kernel.RoleCityBureau, kernel.RoleAuditor, kernel.RoleAdmin,
	}
	switch by {
	case kernel.RoleInstitution:
		return below[:1]
	case kernel.RoleSubdistrict:
		return below[:2]
	case kernel.RoleDistrictBureau:
		return below[:6]
	case kernel.RoleCityBureau:
		return below[:7]
	case kernel.RoleAdmin:
		return below
	case kernel.RoleSchool, kernel.RoleAssessor, kernel.RoleCaregiver, kernel.RoleAuditor:
		return nil
	default:
		return nil
	}
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

// Slip lets a caregiver in for the first time.
type Slip struct {
	Person    kernel.PersonID
	Name      string
	Username  string
	Code      string
	ExpiresAt time.Time
}

// slipValid is how long a slip can be used.
const slipValid = 14 * 24 * time.Hour
