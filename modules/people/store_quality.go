package people

import (
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/people/rule"
)

// qualityDoc is the judgement of one person's record (_id: person), with what
// the register was told for it: it stands apart from the record, so that a
// verified certificate is no change of the person.
type qualityDoc struct {
	store.Doc `bson:",inline"`
	On        kernel.Date  `bson:"on"`    // the marks hold from this day on
	Basis     string       `bson:"basis"` // the rows in force then, as one word
	Marks     []rule.Mark  `bson:"marks"`
	Papers    []rule.Paper `bson:"papers,omitempty"`
	Words     []wordDoc    `bson:"words,omitempty"`
	Contested []string     `bson:"contested,omitempty"` // open conflicts over certificate numbers
}

// wordDoc is somebody's word that what is found is so.
type wordDoc struct {
	Kind   rule.Kind   `bson:"kind"`
	Text   string      `bson:"text"`
	On     kernel.Date `bson:"on"`
	ByName string      `bson:"byName"`
}

// reminderDoc is a reminder that a bureau sent an organisation.
type reminderDoc struct {
	store.Doc    `bson:",inline"`
	Organization string           `bson:"organization"`
	Path         []string         `bson:"path"`
	Kinds        map[string]int64 `bson:"kinds"` // found when it was sent
	Note         string           `bson:"note"`
	At           time.Time        `bson:"at"`
	ByName       string           `bson:"byName"`
	ReadAt       *time.Time       `bson:"readAt,omitempty"`
	ReadBy       string           `bson:"readBy,omitempty"`
	Word         string           `bson:"word,omitempty"`
}

func openQuality(db *store.DB) *store.Collection[qualityDoc] {
	return store.Open[qualityDoc](db, store.Spec{Name: "people_quality", Indexes: []store.Index{
		{Name: "basis", Fields: []string{"basis"}},
	}})
}

func openReminders(db *store.DB) *store.Collection[reminderDoc] {
	return store.Open[reminderDoc](db, store.Spec{Name: "people_reminders", Indexes: []store.Index{
		{Name: "reach", Fields: []string{"path", "at"}, Many: "path"},
	}})
}
