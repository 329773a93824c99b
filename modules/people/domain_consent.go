package people

import (
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// The refusals around consent.
var (
	ErrNoticeUnknown  = fault.New(fault.NotFound, "people.notice_unknown")
	ErrNoticeOld      = fault.New(fault.Conflict, "people.notice_old")
	ErrConsentAlready = fault.New(fault.Conflict, "people.consent_already")
	ErrNoConsent      = fault.New(fault.Conflict, "people.no_consent")
	ErrSignedOn       = fault.New(fault.Invalid, "people.signed_on")
)

// Notice is what people are told before their data are handled (PIPL article
// 17), one version of it.
type Notice struct {
	Version string                `yaml:"version" json:"version"`
	On      kernel.Date           `yaml:"on" json:"on" doc:"in force since"`
	Texts   map[string]NoticeText `yaml:"texts" json:"-"`
}

// NoticeText is a notice in one language.
type NoticeText struct {
	Title    string          `yaml:"title" json:"title"`
	Sections []NoticeSection `yaml:"sections" json:"sections"`
}

// NoticeSection is a part of a notice under its heading.
type NoticeSection struct {
	Heading    string   `yaml:"heading" json:"heading"`
	Paragraphs []string `yaml:"paragraphs" json:"paragraphs"`
}

// Notices are all versions.
type Notices []Notice

// Current is the version in force on a day; false where there is none yet.
func (n Notices) Current(on kernel.Date) (best Notice, ok bool) {
	for _, x := range n {
		if x.On <= on && (!ok || x.On > best.On) {
			best, ok = x, true
		}
	}
	return best, ok
}

// Find is a version by its name; ErrNoticeUnknown.
func (n Notices) Find(version string) (Notice, error) {
	for _, x := range n {
		if x.Version == version {
			return x, nil
		}
	}
	return Notice{}, ErrNoticeUnknown
}

// ConsentState is what a person has said to the notice in force.
type ConsentState string

// The states. Whoever consented to an earlier version is asked anew (PIPL
// article 14: a change of purpose, means or kinds of data needs new consent).
const (
	ConsentMissing   ConsentState = "missing"
	ConsentOutdated  ConsentState = "outdated"
	ConsentGiven     ConsentState = "given"
	ConsentWithdrawn ConsentState = "withdrawn"
)

// Channel is how a word of consent came.
type Channel string

// The channels: by oneself, or on paper that an organisation keeps.
const (
	ChannelPhone Channel = "phone"
	ChannelPaper Channel = "paper"
)

// Consent is one word of a person: consent given (PIPL articles 13 (1) and 14)
// or withdrawn (article 15). Separate is the separate consent to the handling
// of sensitive data (articles 28 and 29). Rows are only ever added.
type Consent struct {
	ID           string
	Person       kernel.PersonID
	Version      string // of the notice
	Withdrawn    bool
	Separate     bool
	Channel      Channel
	SignedOn     kernel.Date // of the paper
	Note         string      // where the paper is kept, or why it was withdrawn
	By           kernel.UserID
	ByName       string
	Organization kernel.OrganizationID // whose clerk entered it
	At           time.Time
}

// ConsentStanding is the latest word of a person, as it stands on their record.
type ConsentStanding struct {
	Version   string    `bson:"version"`
	Withdrawn bool      `bson:"withdrawn,omitempty"`
	Separate  bool      `bson:"separate,omitempty"`
	Channel   Channel   `bson:"channel"`
	At        time.Time `bson:"at"`
}

// State judges a standing by the version in force.
func (s *ConsentStanding) State(current string) ConsentState {
	switch {
	case s == nil:
		return ConsentMissing
	case s.Withdrawn:
		return ConsentWithdrawn
	case s.Version != current:
		return ConsentOutdated
	default:
		return ConsentGiven
	}
}

// shelf is the place of the standing on the shelves of lists: a version or what
// was said to none. A new version moves nobody: the list of who has not
// consented reads all shelves but the current version's.
func (s *ConsentStanding) shelf() string {
	switch {
	case s == nil:
		return shelfConsent + string(ConsentMissing)
	case s.Withdrawn:
		return shelfConsent + string(ConsentWithdrawn)
	default:
		return shelfConsent + "v" + s.Version
	}
}

const shelfConsent = "/consent/"
