package audit

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// ErrBadInstant refuses a bound that is neither a day nor an instant.
var ErrBadInstant = fault.New(fault.Invalid, "audit.bad_instant")

// Entry is one line of the log.
type Entry struct {
	ID           string                  `json:"id"`
	At           time.Time               `json:"at"`
	User         kernel.UserID           `json:"user"`
	Person       kernel.PersonID         `json:"person"`
	Name         string                  `json:"name"`
	System       bool                    `json:"system"` // the program itself
	Address      string                  `json:"address"`
	Request      string                  `json:"request"`
	Verb         string                  `json:"verb"`
	Noun         string                  `json:"noun"`
	Subject      string                  `json:"subject"` // of the thing acted on
	Organization kernel.OrganizationID   `json:"organization"`
	Path         []kernel.OrganizationID `json:"path"` // the organisation and its ancestors on that day
	Reason       string                  `json:"reason"`
	Detail       map[string]string       `json:"detail"`
}

// Sequenced is an entry with its place in the chain, 0 while it waits.
type Sequenced struct {
	Entry
	Sequence int64
}

// entryOf puts the actor of the context and the time to an act.
func entryOf(a kernel.Act, by kernel.Actor, path []kernel.OrganizationID, now time.Time) Entry {
	return Entry{
		ID: kernel.NewID(), At: now.UTC().Truncate(time.Millisecond),
		User: by.User, Person: by.Person, Name: by.Name, System: by.System, Address: by.Address, Request: by.Request,
		Verb: a.Verb, Noun: a.Noun, Subject: a.ID, Organization: a.Organization, Path: path, Reason: a.Reason, Detail: a.Detail,
	}
}

// actors are the names under which the entry is found by who did it.
func (e Entry) actors() []string {
	var out []string
	for _, name := range []string{string(e.User), string(e.Person), e.Name} {
		if name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// canonical is the entry in bytes, always the same: fields in order, keys of
// the detail sorted.
func (e Entry) canonical() ([]byte, error) {
	e.At = e.At.UTC()
	if len(e.Path) == 0 {
		e.Path = nil
	}
	if len(e.Detail) == 0 {
		e.Detail = nil
	}
	raw, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("encode audit entry %s: %w", e.ID, err)
	}
	return raw, nil
}

// rowHash stands for a row in the chain.
func rowHash(canonical, mac []byte) []byte {
	h := sha256.New()
	h.Write(canonical)
	h.Write(mac)
	return h.Sum(nil)
}

// link is the hash of a place in the chain.
func link(before, row []byte) []byte {
	h := sha256.New()
	h.Write(before)
	h.Write(row)
	return h.Sum(nil)
}

// Standing is a place of the chain, as somebody may keep it elsewhere.
type Standing struct {
	Sequence int64  // of the link
	Hash     string // of the link, hexadecimal
}

// Report is what Verify found.
type Report struct {
	Entries int64  // in the chain
	Head    string // hash of the last link, hexadecimal
	Bad     *Bad   // nil when everything is in order
}

// Bad is the first entry that is not in order.
type Bad struct {
	Sequence int64  // 0 for a row that is not in the chain
	Row      string // its id, where it is known
	Code     string // message code: what is wrong
}

// What can be wrong with an entry.
const (
	BadRowAltered  = "audit.bad.row_altered"  // its words are not those that were written
	BadRowRemoved  = "audit.bad.row_removed"  // the chain names a row that is not there
	BadRowInserted = "audit.bad.row_inserted" // a row that the chain does not know
	BadLinkAltered = "audit.bad.link_altered" // a link that does not follow from the one before: altered, moved or inserted
	BadLinkRemoved = "audit.bad.link_removed" // a link is missing, or the end of the chain
	BadHeadAltered = "audit.bad.head_altered" // the head is missing or not the program's
	BadCut         = "audit.bad.cut"          // the chain ends before a place that was kept elsewhere
	BadRewritten   = "audit.bad.rewritten"    // at such a place stands something else
)

// Filter narrows the list; empty fields do not.
type Filter struct {
	Actor, Noun, Verb, ID string
	Organization          kernel.OrganizationID
	From, Until           time.Time // From ≤ at < Until
}

// parseBound reads a day in Shanghai, or an instant. A day as the end means
// the end of that day.
func parseBound(location, s string, end bool) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if day, err := kernel.ParseDate(s); err == nil {
		if end {
			return day.End(), nil
		}
		return day.Start(), nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, ErrBadInstant.At(location, "audit.bad_instant", "")
	}
	if end {
		t = t.Add(time.Millisecond) // the last instant belongs to it
	}
	return t, nil
}
