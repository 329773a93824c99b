package credential

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"carecert/modules/kernel"
)

// Contexts and types of the vocabularies.
const (
	contextV2    = "https://www.w3.org/ns/credentials/v2"
	contextBadge = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
	typeVC       = "VerifiableCredential"
)

// Row says in which words certificates read as credentials
// (policies/rules/credentials.yaml). A row that credentials were made from is
// never changed: other words are a row that begins later.
type Row struct {
	kernel.RuleHead `yaml:",inline"`
	Families        map[string]Wording `yaml:"families"`
	Level           string             `yaml:"level"` // what a skill level is called
}

// Wording is how a family is called.
type Wording struct {
	Type string `yaml:"type"` // AchievementType of Open Badges
	Name string `yaml:"name"`
}

// Facts are what a credential certifies: what anybody may learn of the
// certificate, as it was at issue, and its place in the status lists.
type Facts struct {
	Family, Title, Number, Code string
	NameMasked, IssuerName      string
	IssuedOn, ExpiresOn         kernel.Date // ExpiresOn "" never
	Level                       kernel.SkillLevel
	Minutes, PerHour            kernel.Minutes
	List, Place                 uint32 // status list, and place in it
}

// Site is where things are published.
type Site struct {
	Base string // without a slash at its end
	API  string // prefix of the API, as /api/v1
}

func (s Site) page(code string) string { return s.Base + "/v/" + code }

// Credential is where a certificate's credential is published.
func (s Site) Credential(code string) string {
	return s.Base + s.API + "/public/certificates/" + code + "/credential"
}

// List is where a status list is published as a credential.
func (s Site) List(id uint32) string {
	return s.Base + s.API + "/public/status-lists/" + strconv.FormatUint(uint64(id), 10) + "/credential"
}

type badge struct {
	Context []string `json:"@context"`
	ID      string   `json:"id"`
	Type    []string `json:"type"`
	Name    string   `json:"name"`
	Issuer  profile  `json:"issuer"`
	From    string   `json:"validFrom"`
	Until   string   `json:"validUntil,omitempty"`
	Subject subject  `json:"credentialSubject"`
	Status  status   `json:"credentialStatus"`
}

type profile struct {
	ID   string   `json:"id"`
	Type []string `json:"type"`
	Name string   `json:"name"`
}

type subject struct {
	Type        []string    `json:"type"`
	Identifier  []identity  `json:"identifier"`
	Achievement achievement `json:"achievement"`
	Number      string      `json:"licenseNumber"`
	Credits     json.Number `json:"creditsEarned,omitempty"`
	Result      []result    `json:"result,omitempty"`
}

// identity is the holder as everybody may know them: the masked name.
type identity struct {
	Type   string `json:"type"`
	Hashed bool   `json:"hashed"`
	Value  string `json:"identityHash"`
	Kind   string `json:"identityType"`
}

type achievement struct {
	ID          string              `json:"id"`
	Type        []string            `json:"type"`
	Kind        string              `json:"achievementType"`
	Name        string              `json:"name"`
	Description string              `json:"description"`
	Criteria    reference           `json:"criteria"`
	Results     []resultDescription `json:"resultDescription,omitempty"`
}

type reference struct {
	ID string `json:"id"`
}

type resultDescription struct {
	ID   string   `json:"id"`
	Type []string `json:"type"`
	Name string   `json:"name"`
	Kind string   `json:"resultType"`
}

type result struct {
	Type  []string `json:"type"`
	Of    string   `json:"resultDescription"`
	Value string   `json:"value"`
}

type status struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Purpose string `json:"statusPurpose"`
	Index   string `json:"statusListIndex"`
	List    string `json:"statusListCredential"`
}

// Badge writes the credential of a certificate: the bytes that are signed, and
// the JSON-LD that is read. It fails for a family that the row has no words for.
func (s Site) Badge(f Facts, row Row) ([]byte, error) {
	words, ok := row.Families[f.Family]
	if !ok {
		return nil, fmt.Errorf("credential: %s has no words for %q", row.Stamp(), f.Family)
	}
	page := s.page(f.Code)
	b := badge{
		Context: []string{contextV2, contextBadge}, ID: s.Credential(f.Code), Type: []string{typeVC, "OpenBadgeCredential"}, Name: f.Title,
		Issuer: profile{DID(s.Base), []string{"Profile"}, f.IssuerName}, From: stamp(f.IssuedOn.Start()),
		Subject: subject{
			Type: []string{"AchievementSubject"}, Number: f.Number,
			Identifier: []identity{{Type: "IdentityObject", Value: f.NameMasked, Kind: "name"}},
			Achievement: achievement{
				ID: page + "#achievement", Type: []string{"Achievement"}, Kind: words.Type, Name: f.Title, Description: words.Name, Criteria: reference{page},
			},
		},
		Status: status{
			ID: s.List(f.List) + "#" + strconv.FormatUint(uint64(f.Place), 10), Type: "BitstringStatusListEntry", Purpose: purposeRevocation,
			Index: strconv.FormatUint(uint64(f.Place), 10), List: s.List(f.List),
		},
	}
	if f.Title == "" {
		b.Name, b.Subject.Achievement.Name = words.Name, words.Name
	}
	if f.ExpiresOn != "" { // the last day counts
		b.Until = stamp(f.ExpiresOn.End().Add(-time.Second))
	}
	if f.Minutes > 0 && f.PerHour > 0 {
		b.Subject.Credits = json.Number(strings.TrimSuffix(strings.TrimRight(f.Minutes.ClassHours(f.PerHour), "0"), "."))
	}
	if f.Level.Valid() {
		id := page + "#level"
		b.Subject.Achievement.Results = []resultDescription{{id, []string{"ResultDescription"}, row.Level, "PerformanceLevel"}}
		b.Subject.Result = []result{{[]string{"Result"}, id, strconv.Itoa(int(f.Level))}}
	}
	return write(b)
}

// stamp writes an instant as it is on the wall in Shanghai.
func stamp(t time.Time) string { return t.In(kernel.Shanghai()).Format(time.RFC3339) }

// write is JSON as it is signed: nothing in it is escaped for HTML.
func write(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("credential: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}
