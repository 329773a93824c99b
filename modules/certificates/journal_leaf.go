package certificates

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"carecert/modules/kernel"
)

// The kinds of leaves.
const (
	leafIssue     = "issue"
	leafRevoke    = "revoke"
	leafSupersede = "supersede"
)

// leafData is what the log says of a certificate. Nothing in it is personal:
// what was certified is bound by hashes.
type leafData struct {
	Kind        string `json:"kind"`
	Certificate string `json:"certificate"`
	Code        string `json:"code"`
	FactsHash   string `json:"factsHash"`  // SHA-256 over the QR text, which holds the signed facts
	RecordHash  string `json:"recordHash"` // SHA-256 over what the leaf is about, see recordOf
	At          string `json:"at"`
}

// leafOf makes a leaf about a certificate. Why and when it was revoked or
// superseded stands in the certificate already.
func leafOf(kind string, c Certificate) (leafData, error) {
	at := c.RecordedAt
	switch {
	case kind == leafRevoke && c.Revocation != nil:
		at = c.Revocation.At
	case kind == leafSupersede && c.Replacement != nil:
		at = c.Replacement.At
	}
	record, err := recordOf(kind, c)
	return leafData{
		Kind: kind, Certificate: string(c.ID), Code: c.Code, FactsHash: digest([]byte(c.QRText)), RecordHash: digest(record),
		At: at.UTC().Format(time.RFC3339Nano),
	}, err
}

func digest(b []byte) string {
	h := tlog.RecordHash(b)
	return base64.RawURLEncoding.EncodeToString(h[:])
}

// issueRecord is everything that is frozen when a certificate is issued. Its
// shape is hashed into the log: fields are only ever added, with omitempty.
type issueRecord struct {
	Person     kernel.PersonID       `json:"person"`
	Name       string                `json:"name"`
	NameMasked string                `json:"nameMasked"`
	IDMasked   string                `json:"idMasked"`
	Family     Family                `json:"family"`
	Number     string                `json:"number"`
	Issuer     kernel.OrganizationID `json:"issuer"`
	IssuerName string                `json:"issuerName"`
	IssuedOn   kernel.Date           `json:"issuedOn"`
	ExpiresOn  kernel.Date           `json:"expiresOn"`
	Title      string                `json:"title"`
	Level      kernel.SkillLevel     `json:"level"`
	Minutes    kernel.Minutes        `json:"minutes"`
	PerHour    kernel.Minutes        `json:"perHour"`
	StatusAt   uint32                `json:"statusAt"`
	Class      kernel.ClassID        `json:"class"`
	Replaces   kernel.CertificateID  `json:"replaces"`
	RecordedBy kernel.UserID         `json:"recordedBy"`
	Tested     bool                  `json:"tested,omitempty"`
	IDType     string                `json:"idType,omitempty"`
	Occupation string                `json:"occupation,omitempty"`
	Direction  string                `json:"direction,omitempty"`
	Template   string                `json:"template,omitempty"` // id@version:hash of what it is printed from
	Wording    string                `json:"wording,omitempty"`  // hash of the words it is printed with
}

// endRecord is what a revocation or a replacement says.
type endRecord struct {
	Reason    string               `json:"reason"`
	By        kernel.UserID        `json:"by"`
	On        kernel.Date          `json:"on"`
	Successor kernel.CertificateID `json:"successor"`
}

// recordOf is what a leaf's hash is over: the identifiers of person and
// certificate in it keep it from being guessed.
func recordOf(kind string, c Certificate) ([]byte, error) {
	for _, end := range []struct {
		kind   string
		change *Change
	}{{leafRevoke, c.Revocation}, {leafSupersede, c.Replacement}} {
		if kind == end.kind && end.change != nil {
			return json.Marshal(endRecord{Reason: end.change.Reason, By: end.change.By, On: end.change.On, Successor: c.ReplacedBy})
		}
	}
	return json.Marshal(issueRecord{
		Person: c.Person, Name: c.Name, NameMasked: c.NameMasked, IDMasked: c.IDMasked, Family: c.Family, Number: c.Number, Issuer: c.Issuer,
		IssuerName: c.IssuerName, IssuedOn: c.IssuedOn, ExpiresOn: c.ExpiresOn, Title: c.Title, Level: c.Level, Minutes: c.Minutes,
		PerHour: c.PerHour, StatusAt: c.StatusAt, Class: c.Class, Replaces: c.Replaces, RecordedBy: c.RecordedBy, Tested: c.Tested,
		IDType: c.IDType, Occupation: c.Occupation, Direction: c.Direction, Template: c.Template.stamp(), Wording: c.Wording,
	})
}
