package people

import (
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// transferDoc is a transfer that one home asked another for. Name and number
// are kept as they were: the home that is asked may not have the person in
// reach.
type transferDoc struct {
	store.Doc  `bson:",inline"`
	Person     string           `bson:"person"`
	Name       string           `bson:"name"`
	IDMasked   string           `bson:"idMasked"`
	Spell      string           `bson:"spell"`
	From       string           `bson:"from"`
	To         string           `bson:"to"`
	Role       kernel.StaffRole `bson:"role"`
	Dispatched bool             `bson:"dispatched"`
	On         kernel.Date      `bson:"on"`
	Reason     string           `bson:"reason"`
	Waits      string           `bson:"waits,omitempty"`
	By         string           `bson:"by"`
	AskedAt    time.Time        `bson:"askedAt"`
	State      TransferState    `bson:"state"`
	Answer     string           `bson:"answer,omitempty"`
	AnsweredBy string           `bson:"answeredBy,omitempty"`
	Shelf      []string         `bson:"shelf,omitempty"` // path of the home that is asked, while it is
}

func openTransfers(db *store.DB) *store.Collection[transferDoc] {
	return store.Open[transferDoc](db, store.Spec{Name: "people_transfers", Indexes: []store.Index{
		{Name: "shelf", Fields: []string{"shelf", "askedAt"}, Many: "shelf"},
		{Name: "person", Fields: []string{"person", "state"}},
	}})
}

func (d transferDoc) read() Transfer {
	return Transfer{
		ID: d.ID, Person: kernel.PersonID(d.Person), Name: d.Name, IDMasked: d.IDMasked, Spell: d.Spell, From: kernel.OrganizationID(d.From),
		To: kernel.OrganizationID(d.To), Role: d.Role, Dispatched: d.Dispatched, On: d.On, Reason: d.Reason, Waits: kernel.OrganizationID(d.Waits),
		By: d.By, AskedAt: d.AskedAt, State: d.State, Answer: d.Answer, AnsweredBy: d.AnsweredBy,
	}
}
