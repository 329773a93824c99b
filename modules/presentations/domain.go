package presentations

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"math/big"
	"strconv"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/presentations/rule"
)

// Refusals.
var (
	ErrHolder      = fault.New(fault.Forbidden, "presentations.holder_needed")
	ErrLinkUnknown = fault.New(fault.NotFound, "presentations.link_unknown") // or out of reach
	ErrLinkLong    = fault.New(fault.Invalid, "presentations.link_long")
	ErrLinksMost   = fault.New(fault.Conflict, "presentations.links_most")
	ErrVisitorName = fault.New(fault.Invalid, "presentations.visitor_name")
)

// Certificate is one that its holder may show.
type Certificate struct {
	ID     kernel.CertificateID
	Person kernel.PersonID
	Issuer kernel.OrganizationID
	Code   string // public
	Own    bool   // of whoever asks
}

// LiveCode is what the holder's phone shows now.
type LiveCode struct {
	Text    string
	MadeAt  time.Time
	RenewAt time.Time // show the next from then on
	EndsAt  time.Time // it is told from a picture from then on
}

// Showing is how a code came before whoever opened it.
type Showing struct {
	Kind   rule.Kind
	MadeAt time.Time // zero where nothing live was shown
	Before time.Time // when it was opened first, where that was not now
	Sign   string    // for the first who opens it: what the holder's phone shows by now
}

// Opening is that a live code was opened: its phone shows the sign, and a copy
// of its picture does not.
type Opening struct {
	At   time.Time
	Sign string
}

// newSign draws two digits, to be compared by eye within a minute.
func newSign() string {
	n, err := rand.Int(rand.Reader, big.NewInt(90))
	if err != nil { // never (crypto/rand)
		return ""
	}
	return strconv.FormatInt(10+n.Int64(), 10)
}

// LinkState is where a link stands.
type LinkState string

// The states.
const (
	LinkOpen    LinkState = "open"
	LinkExpired LinkState = "expired"
	LinkRevoked LinkState = "revoked"
	LinkUsedUp  LinkState = "usedUp" // opened as often as a link may be
)

// Link lets whoever has its address see what the public page of a certificate
// says, until it ends.
type Link struct {
	ID          string // not its code
	Certificate kernel.CertificateID
	Person      kernel.PersonID
	Was         kernel.Trail // whose it was before merges
	Issuer      kernel.OrganizationID
	PublicCode  string
	Sealed      string // the code of its address
	Label       string // for the holder's own memory
	AsksName    bool   // readers say who they are first
	At          time.Time
	ExpiresAt   time.Time
	RevokedAt   *time.Time
	Visits      int64
	VisitedAt   *time.Time
	Stored      int64
}

// State of the link at an instant.
func (l Link) State(now time.Time, most int64) LinkState {
	switch {
	case l.RevokedAt != nil:
		return LinkRevoked
	case !now.Before(l.ExpiresAt):
		return LinkExpired
	case l.Visits >= most:
		return LinkUsedUp
	default:
		return LinkOpen
	}
}

// Device is the kind of thing a link was opened on: as much as helps its holder
// to remember whom they sent it to, and no more.
type Device string

// The kinds.
const (
	DevicePhone    Device = "phone"
	DeviceComputer Device = "computer"
)

// deviceOf reads the kind out of what a browser calls itself.
func deviceOf(agent string) Device {
	for _, word := range []string{"Mobile", "Android", "iPhone", "HarmonyOS"} {
		if strings.Contains(agent, word) {
			return DevicePhone
		}
	}
	return DeviceComputer
}

// Visit is one look through a link. Name and Office are what the reader said
// of themselves; nobody checked it.
type Visit struct {
	At     time.Time
	Name   string
	Office string
	Device Device
}

// linkBytes are 80 random bits: nobody finds an address by trying.
const linkBytes = 10

var letters = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

func newCode() string {
	raw := make([]byte, linkBytes)
	_, _ = rand.Read(raw) // never fails (crypto/rand)
	return letters.EncodeToString(raw)
}

// linkID is what a link is found by: its code stands nowhere in the clear.
func linkID(code string) string {
	sum := sha256.Sum256([]byte("presentations.link|" + strings.ToUpper(code)))
	return hex.EncodeToString(sum[:16])
}
