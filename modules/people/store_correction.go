package people

import (
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/people/rule"
)

const purposeCorrection = "people.correction"

// correctionDoc is a request for correction. Sealed is what it should say,
// where the register masks that field.
type correctionDoc struct {
	store.Doc     `bson:",inline"`
	Person        string          `bson:"person"`
	Name          string          `bson:"name"`
	IDMasked      string          `bson:"idMasked"`
	Field         CorrectionField `bson:"field"`
	IDType        rule.IDType     `bson:"idType,omitempty"`
	Current       string          `bson:"current"`
	Wanted        string          `bson:"wanted"`
	Sealed        string          `bson:"sealed,omitempty"`
	Spell         *WantedSpell    `bson:"spell,omitempty"`
	Before        *SpellBefore    `bson:"before,omitempty"`
	Reason        string          `bson:"reason"`
	State         CorrectionState `bson:"state"`
	Open          bool            `bson:"open"`
	By            string          `bson:"by"`
	AskedAt       time.Time       `bson:"askedAt"`
	DueOn         kernel.Date     `bson:"dueOn"`
	Rule          string          `bson:"rule"`
	DecidedAt     *time.Time      `bson:"decidedAt,omitempty"`
	DecidedBy     string          `bson:"decidedBy,omitempty"`
	DecidedByName string          `bson:"decidedByName,omitempty"`
	Answer        string          `bson:"answer,omitempty"`
	ByHand        bool            `bson:"byHand,omitempty"`
	Reach         []string        `bson:"reach"`         // of the person: follows them
	Via           kernel.Trail    `bson:"via,omitempty"` // records it came from by merges, the last one last
}

func openCorrections(db *store.DB) *store.Collection[correctionDoc] {
	return store.Open[correctionDoc](db, store.Spec{Name: "people_corrections", Indexes: []store.Index{
		{Name: "person", Fields: []string{"person", "askedAt"}},
		{Name: "state", Fields: []string{"reach", "state", "dueOn"}, Many: "reach"},
		{Name: "all", Fields: []string{"reach", "dueOn"}, Many: "reach"},
	}})
}

func (d correctionDoc) correction() Correction {
	return Correction{
		ID: d.ID, Person: kernel.PersonID(d.Person), Name: d.Name, IDMasked: d.IDMasked, Field: d.Field, IDType: d.IDType, Current: d.Current,
		Wanted: d.Wanted, Spell: d.Spell, Before: d.Before, Reason: d.Reason, State: d.State, AskedAt: d.AskedAt, DueOn: d.DueOn, Rule: d.Rule,
		DecidedAt: d.DecidedAt, DecidedBy: d.DecidedByName, Answer: d.Answer, ByHand: d.ByHand,
	}
}
