package organizations

import (
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// directorDoc is where somebody is or was a director; _id is the person.
type directorDoc struct {
	store.Doc     `bson:",inline"`
	Terms         []term      `bson:"terms"`
	Organizations []string    `bson:"organizations"`
	Begins        kernel.Date `bson:"begins,omitempty"` // when the next term begins
}

type term struct {
	Organization kernel.OrganizationID `bson:"organization"`
	Period       kernel.Period         `bson:"period"`
}

func directorSpec() store.Spec {
	return store.Spec{Name: "organizations_directors", Indexes: []store.Index{
		{Name: "organizations", Fields: []string{"organizations"}, Many: "organizations"},
		{Name: "begins", Fields: []string{"begins"}, Where: "begins"},
	}}
}

// changeDoc is one line of an organisation's history.
type changeDoc struct {
	store.Doc    `bson:",inline"`
	Organization kernel.OrganizationID `bson:"organization"`
	What         string                `bson:"what"`
	From         kernel.Date           `bson:"from,omitempty"`
	Fields       []FieldChange         `bson:"fields"`
	By           kernel.UserID         `bson:"by"`
	ByName       string                `bson:"byName"`
	At           time.Time             `bson:"at"`
}

func changeSpec() store.Spec {
	return store.Spec{Name: "organizations_changes", Indexes: []store.Index{
		{Name: "organization", Fields: []string{"organization", "at"}},
	}}
}

func (d changeDoc) change() Change {
	return Change{Organization: d.Organization, What: d.What, From: d.From, Fields: d.Fields, By: d.By, ByName: d.ByName, At: d.At}
}
