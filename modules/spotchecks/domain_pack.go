package spotchecks

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/spotchecks/rule"
)

// Format names the shapes of what is carried and of what is signed.
const Format = "carecert spot check 1"

// Member is one of a roster, as it is carried: no identity number, no phone.
type Member struct {
	rule.Member
	Name     string             `json:"name"`
	Posts    []kernel.StaffRole `json:"posts"`
	Level    kernel.SkillLevel  `json:"level"` // the highest that is held; 0 none
	Verdicts map[string]string  `json:"verdicts"`
}

// Pack is what an inspector carries. Its JSON text is what is hashed.
type Pack struct {
	Format      string    `json:"format"`
	Check       string    `json:"check"`
	Institution Place     `json:"institution"`
	At          time.Time `json:"at"`
	Until       time.Time `json:"until"`
	RateRule    string    `json:"rateRule"`
	EntriesMost int       `json:"entriesMost"`
	StatusLists int       `json:"statusLists"` // how many there are: the phone fetches them all
	Members     []Member  `json:"members"`
}

// Text of the pack, and its hash.
func (p Pack) Text() (text, hash string, err error) {
	raw, err := json.Marshal(p)
	if err != nil {
		return "", "", fmt.Errorf("pack of %s: %w", p.Check, err)
	}
	return string(raw), digest(string(raw)), nil
}

func readPack(text string) (p Pack, err error) {
	if err = json.Unmarshal([]byte(text), &p); err != nil {
		err = fmt.Errorf("pack: %w", err)
	}
	return p, err
}

// Roster of the pack, for counting.
func (p Pack) Roster() rule.Roster {
	all := make([]rule.Member, 0, len(p.Members))
	for _, m := range p.Members {
		all = append(all, m.Member)
	}
	return rule.NewRoster(all)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Entry is one thing that the inspector entered, as it was signed.
type Entry struct {
	rule.Entry
	At      time.Time `json:"at"` // by the phone's clock
	Showing string    `json:"showing,omitempty"`
	Remark  string    `json:"remark,omitempty"`
}

// Signed is what a phone signed.
type Signed struct {
	Format   string      `json:"format"`
	Check    string      `json:"check"`
	PackHash string      `json:"packHash"`
	Entries  []Entry     `json:"entries"`
	Counts   rule.Counts `json:"counts"`
	SignedAt time.Time   `json:"signedAt"`
}

// Limits of what is written in an entry.
const (
	textLimit   = 4096
	calledLimit = 60
	remarkLimit = 300
)

// readSigned reads what was signed; ErrResult for what cannot be read or holds
// more than a result may.
func readSigned(text string, most int) (Signed, error) {
	var r Signed
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields() // what nobody reads is not signed for
	if err := d.Decode(&r); err != nil {
		return r, ErrResult.Because(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return r, ErrResult
	}
	if r.Format != Format || len(r.Entries) > most {
		return r, ErrResult
	}
	for _, e := range r.Entries {
		if !e.sound() {
			return r, ErrResult
		}
	}
	return r, nil
}

func (e Entry) sound() bool {
	short := func(s string, most int) bool { return len([]rune(s)) <= most }
	if e.At.IsZero() || !short(e.Remark, remarkLimit) {
		return false
	}
	switch e.How {
	case rule.Scanned:
		known := false
		for _, v := range rule.Verdicts() {
			known = known || v == e.Verdict
		}
		return known && e.Text != "" && short(e.Text, textLimit) && e.Person == "" && e.Called == "" && (e.Showing == "" || e.Showing == "live" || e.Showing == "static")
	case rule.Tapped:
		return e.Person != "" && e.Text == "" && e.Code == "" && e.Called == "" && e.Verdict == ""
	case rule.Added:
		return rule.Tidy(e.Called) != "" && short(e.Called, calledLimit) && e.Text == "" && e.Code == "" && e.Person == "" && e.Verdict == ""
	default:
		return false
	}
}

// counted are the entries as the phone counts them.
func (s Signed) counted() []rule.Entry {
	out := make([]rule.Entry, 0, len(s.Entries))
	for _, e := range s.Entries {
		out = append(out, e.Entry)
	}
	return out
}

// Found is an entry with what the house finds of it.
type Found struct {
	How         rule.How          `bson:"how"`
	At          time.Time         `bson:"at"`      // by the phone's clock
	HouseAt     time.Time         `bson:"houseAt"` // the same by the house's
	Text        string            `bson:"text,omitempty"`
	Remark      string            `bson:"remark,omitempty"`
	Name        string            `bson:"name,omitempty"` // from the roster; masked, as on the certificate; what they call themselves
	Person      kernel.PersonID   `bson:"person,omitempty"`
	Posts       []string          `bson:"posts,omitempty"`
	Code        string            `bson:"code,omitempty"`
	Title       string            `bson:"title,omitempty"`
	Told        string            `bson:"told,omitempty"`    // the phone's verdict
	Verdict     string            `bson:"verdict,omitempty"` // the house's, as of the scan
	ToldShowing string            `bson:"toldShowing,omitempty"`
	Showing     string            `bson:"showing,omitempty"` // as presentations tells, as of the scan
	ChangedOn   kernel.Date       `bson:"changedOn,omitempty"`
	Standing    rule.Standing     `bson:"standing"`
	Repeated    bool              `bson:"repeated,omitempty"` // somebody who was counted by an earlier entry
	Certified   bool              `bson:"certified,omitempty"`
	Level       kernel.SkillLevel `bson:"level,omitempty"`
	Differences []rule.Difference `bson:"differences,omitempty"`
}

// Missed is one of the roster whom nobody met.
type Missed struct {
	Person    kernel.PersonID   `bson:"person"`
	Name      string            `bson:"name"`
	Certified bool              `bson:"certified,omitempty"`
	Level     kernel.SkillLevel `bson:"level,omitempty"`
}

// Result is what was signed, with what the house found.
type Result struct {
	Text      string // as signed
	Signature []byte
	Entries   []Found
	Missed    []Missed
}
