package kernel

// The chapters of a person's career record (CONTRACT §3).
const (
	ChapterSpells       = "spells"
	ChapterTraining     = "training"
	ChapterHours        = "hours"
	ChapterAssessments  = "assessments"
	ChapterCertificates = "certificates"
	ChapterHonours      = "honours"
	ChapterSubsidies    = "subsidies"
	ChapterConduct      = "conduct"
)

// Chapters lists them in the order in which a record is read.
func Chapters() []string {
	return []string{
		ChapterSpells, ChapterTraining, ChapterHours, ChapterAssessments, ChapterCertificates, ChapterHonours, ChapterSubsidies,
		ChapterConduct,
	}
}

// RecordItem is one line of a person's career record, in the reader's words:
// what, when, where, how it stands, and the evidence one click away.
type RecordItem struct {
	Chapter   string       `json:"chapter" enum:"spells,training,hours,assessments,certificates,honours,subsidies,conduct" bson:"chapter"`
	ID        string       `json:"id" bson:"id"`
	On        Date         `json:"on" format:"date" doc:"the day it stands under in a timeline" bson:"on"`
	Until     Date         `json:"until,omitempty" format:"date" doc:"its last day, where it lasted" bson:"until,omitempty"`
	Open      bool         `json:"open,omitempty" doc:"it lasts still" bson:"open,omitempty"`
	Title     string       `json:"title" bson:"title"`
	Place     string       `json:"place,omitempty" doc:"the organisation, as it was called then" bson:"place,omitempty"`
	PlaceNow  string       `json:"placeNow,omitempty" doc:"what the organisation is called today, where that is another name" bson:"placeNow,omitempty"`
	State     string       `json:"state" doc:"code of how it stands" bson:"state"`
	StateText string       `json:"stateText" bson:"stateText"`
	Tone      string       `json:"tone,omitempty" enum:"good,warn,bad" doc:"how it stands at a glance; nothing where there is nothing to say" bson:"tone,omitempty"`
	Facts     []RecordFact `json:"facts" bson:"facts"`
	Reasons   []Reason     `json:"reasons" bson:"reasons"`
	Evidence  []Evidence   `json:"evidence" bson:"evidence"`
}

// RecordFact is a figure of a RecordItem.
type RecordFact struct {
	Key   string `json:"key" bson:"key"`
	Label string `json:"label" bson:"label"`
	Value string `json:"value" bson:"value"`
}

// The tones of a RecordItem.
const (
	ToneGood = "good"
	ToneWarn = "warn"
	ToneBad  = "bad"
)
