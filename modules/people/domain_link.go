package people

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/people/rule"
)

// LinkPurpose is what a link was made for.
type LinkPurpose string

// The purposes.
const (
	LinkPrinted LinkPurpose = "printed" // the QR code of a printed record
	LinkShared  LinkPurpose = "shared"  // made by the person
)

// LinkState is where a link stands.
type LinkState string

// The states.
const (
	LinkOpen    LinkState = "open"
	LinkExpired LinkState = "expired"
	LinkRevoked LinkState = "revoked"
)

// LinkEnd is who ended a link.
type LinkEnd string

// The ends.
const (
	EndByPerson   LinkEnd = "person"
	EndByOffice   LinkEnd = "office"
	EndByRegister LinkEnd = "register" // the record left the register
)

// Link lets whoever has its code see the masked summary of a record, as it was
// when the link was made, until it expires or is revoked.
type Link struct {
	ID        string // not the code, which nobody can read again
	Person    kernel.PersonID
	Purpose   LinkPurpose
	Own       bool   // made by the person themselves, who is named nowhere in it
	By        string // else who made it, and for whom they acted
	ByOffice  string
	At        time.Time
	ExpiresAt time.Time
	RevokedAt *time.Time
	RevokedBy LinkEnd
	Opened    int64
	OpenedAt  *time.Time
	Summary   Summary
}

// State of the link at an instant.
func (l Link) State(now time.Time) LinkState {
	switch {
	case l.RevokedAt != nil:
		return LinkRevoked
	case !now.Before(l.ExpiresAt):
		return LinkExpired
	default:
		return LinkOpen
	}
}

// Summary is what a link shows: nothing that names the person in full.
type Summary struct {
	NameMasked string                         `bson:"nameMasked"`
	Service    rule.Service                   `bson:"service"`
	OnPost     bool                           `bson:"onPost"`
	AsOf       kernel.Date                    `bson:"asOf"`
	Items      map[string][]kernel.RecordItem `bson:"items"` // by language
}

// linkLetters is Crockford's alphabet: nothing that is misread.
const linkLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// linkBytes are 80 random bits: nobody finds a code by trying.
const linkBytes = 10

// newLinkCode makes a code of 16 characters.
func newLinkCode() string {
	raw := make([]byte, linkBytes)
	_, _ = rand.Read(raw) // never fails (crypto/rand)
	return writtenCode(raw)
}

// linkCode makes a code out of a keyed hash.
func linkCode(hash string) string {
	sum := sha256.Sum256([]byte(hash))
	return writtenCode(sum[:linkBytes])
}

func writtenCode(raw []byte) string {
	return base32.NewEncoding(linkLetters).WithPadding(base32.NoPadding).EncodeToString(raw)
}

// linkID is what the register keeps of a code.
func linkID(code string) string {
	sum := sha256.Sum256([]byte("people.record_link|" + strings.ToUpper(code)))
	return hex.EncodeToString(sum[:16])
}

// linkText is the address in a QR code, wholly in upper case where that makes
// it smaller.
func linkText(base, code string) string {
	_, rest, _ := strings.Cut(base, "://")
	if strings.Contains(rest, "/") {
		return base + "/r/" + code
	}
	return strings.ToUpper(base + "/r/" + code)
}

// shown leaves of a kept summary what a link shows by now: one that was made
// under an older rule tells no more than a new one.
func (s Summary) shown() Summary {
	items := make(map[string][]kernel.RecordItem, len(s.Items))
	for language, all := range s.Items {
		items[language] = disclosed(all)
	}
	s.Items = items
	return s
}

// disclosed leaves of a record what a link shows: no numbers of certificates,
// no words that somebody typed (they may name people), no ways to evidence,
// nothing of money and conduct.
func disclosed(items []kernel.RecordItem) []kernel.RecordItem {
	out := make([]kernel.RecordItem, 0, len(items))
	for _, i := range items {
		if i.Chapter == kernel.ChapterSubsidies || i.Chapter == kernel.ChapterConduct {
			continue
		}
		i.ID, i.Reasons, i.Evidence = "", nil, nil
		i.Facts = slices.DeleteFunc(slices.Clone(i.Facts), func(f kernel.RecordFact) bool { return f.Key == "number" || f.Key == "reason" || f.Key == "position" })
		out = append(out, i)
	}
	return out
}
