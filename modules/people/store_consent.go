package people

import (
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// consentDoc is one word of consent; it is never changed.
type consentDoc struct {
	store.Doc    `bson:",inline"`
	Person       string       `bson:"person"`
	Notice       string       `bson:"notice"`
	Withdrawn    bool         `bson:"withdrawn"`
	Separate     bool         `bson:"separate"`
	Channel      Channel      `bson:"channel"`
	SignedOn     kernel.Date  `bson:"signedOn,omitempty"`
	Note         string       `bson:"note,omitempty"`
	By           string       `bson:"by"`
	ByName       string       `bson:"byName"`
	Organization string       `bson:"organization,omitempty"`
	At           time.Time    `bson:"at"`
	Via          kernel.Trail `bson:"via,omitempty"` // records it came from by merges, the last one last
}

func openConsents(db *store.DB) *store.Collection[consentDoc] {
	return store.Open[consentDoc](db, store.Spec{Name: "people_consents", Indexes: []store.Index{
		{Name: "person", Fields: []string{"person", "at"}},
	}})
}

func (d consentDoc) consent() Consent {
	return Consent{
		ID: d.ID, Person: kernel.PersonID(d.Person), Version: d.Notice, Withdrawn: d.Withdrawn, Separate: d.Separate, Channel: d.Channel,
		SignedOn: d.SignedOn, Note: d.Note, By: kernel.UserID(d.By), ByName: d.ByName, Organization: kernel.OrganizationID(d.Organization), At: d.At,
	}
}
