package people

import (
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// linkDoc is a link to a record; _id is a hash of its code, which is kept
// nowhere.
type linkDoc struct {
	store.Doc `bson:",inline"`
	Person    string       `bson:"person"`
	Purpose   LinkPurpose  `bson:"purpose"`
	Own       bool         `bson:"own,omitempty"`
	By        string       `bson:"by,omitempty"`
	ByOffice  string       `bson:"byOffice,omitempty"`
	At        time.Time    `bson:"at"`
	ExpiresAt time.Time    `bson:"expiresAt"`
	RevokedAt *time.Time   `bson:"revokedAt,omitempty"`
	RevokedBy LinkEnd      `bson:"revokedBy,omitempty"`
	Opened    int64        `bson:"opened"`
	OpenedAt  *time.Time   `bson:"openedAt,omitempty"`
	Summary   Summary      `bson:"summary"`
	Via       kernel.Trail `bson:"via,omitempty"` // the records it came from, by merges
}

func openLinks(db *store.DB) *store.Collection[linkDoc] {
	return store.Open[linkDoc](db, store.Spec{Name: "people_links", Indexes: []store.Index{
		{Name: "person", Fields: []string{"person", "at"}},
		{Name: "expires", Fields: []string{"expiresAt"}},
	}})
}

func (d linkDoc) read() Link {
	return Link{
		ID: d.ID, Person: kernel.PersonID(d.Person), Purpose: d.Purpose, Own: d.Own, By: d.By, ByOffice: d.ByOffice, At: d.At, ExpiresAt: d.ExpiresAt,
		RevokedAt: d.RevokedAt, RevokedBy: d.RevokedBy, Opened: d.Opened, OpenedAt: d.OpenedAt, Summary: d.Summary.shown(),
	}
}
