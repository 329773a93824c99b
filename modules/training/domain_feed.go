package training

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"carecert/modules/kernel"
)

// FeedKind is what a calendar feed tells of.
type FeedKind string

// The kinds.
const (
	FeedPerson FeedKind = "person" // somebody's own sessions
	FeedClass  FeedKind = "class"
	FeedPlace  FeedKind = "place" // a practice base
)

// Feed is a calendar that opens by an unguessable address, without a log-in,
// until it is revoked or its maker may no longer see what it tells. It names sessions, rooms and teachers, never learners.
type Feed struct {
	ID        string // of the address: its hash
	Kind      FeedKind
	Target    string
	Title     string
	Owner     kernel.UserID
	At        time.Time
	RevokedAt time.Time
}

const feedCodeBytes = 20 // 160 bits

func newFeedCode() string {
	raw := make([]byte, feedCodeBytes)
	_, _ = rand.Read(raw) // never fails
	return strings.ToLower(letters.EncodeToString(raw))
}

// feedID is what is kept of an address.
func feedID(code string) string {
	sum := sha256.Sum256([]byte("calendar:" + strings.ToLower(code)))
	return hex.EncodeToString(sum[:16])
}
