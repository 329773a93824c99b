package retention

import (
	"time"

	"carecert/modules/retention/rule"
)

// Run is the last removal of a kind.
type Run struct {
	At      time.Time
	Removed int64 // then
	Total   int64 // ever
	Rule    string
}

// Line is one kind of records: how long, why, and how it stands.
type Line struct {
	rule.Row
	Counted bool      // whether the program can tell how many are past
	Past    int64     // records past the period
	More    bool      // there are more than Past
	Before  time.Time // what began earlier is past; zero where there is no end
	Last    *Run      // nil where nothing was ever removed
}
