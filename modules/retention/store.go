package retention

import (
	"time"

	"carecert/modules/kit/store"
)

// runDoc is the last removal of a kind, which is its id.
type runDoc struct {
	store.Doc `bson:",inline"`
	At        time.Time `bson:"at"`
	Removed   int64     `bson:"removed"`
	Total     int64     `bson:"total"`
	Rule      string    `bson:"rule"`
}

func openRuns(db *store.DB) *store.Collection[runDoc] {
	return store.Open[runDoc](db, store.Spec{Name: "retention_runs"})
}
