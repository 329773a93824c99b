package sheet

// Type tells how a cell was stored.
type Type uint8

const (
	// String is text.
	String Type = iota
	// Number is a number; Text has its digits as stored.
	Number
	// Day is a number shown as a date; Text is 2006-01-02, with 15:04:05
	// behind it where it has a time.
	Day
	// Bool is TRUE or FALSE.
	Bool
	// Fault is an error such as #N/A.
	Fault
	// Uncalculated is a formula that was never worked out: it has no value.
	Uncalculated
	// Merged is an amount written once for several rows: whose it is cannot be
	// told.
	Merged
)

// Cell is one cell as the sender stored it.
type Cell struct {
	Text string
	Type Type
	// From1904 tells that the workbook counts its days from 1904.
	From1904 bool
}

// Rows walks the rows of one sheet. Cells are valid until the next Next.
type Rows interface {
	Next() bool
	Number() int // as Excel shows it
	Cells() []Cell
	Hidden() bool // by hand or by a filter
	Err() error
	Close()
}
