package imports

import (
	"context"
	"maps"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
)

// Importer is what a module provides to have its documents imported. It never
// sees a workbook: the engine reads, normalises and refuses what is wrong at
// the level of cells; the importer judges rows against its register.
//
// Check and Apply get the rows of the file in order, in batches of about 500,
// and answer one Outcome for each row, in the same order. They look up what a
// batch needs at once and write it at once. Doing a file again changes
// nothing: every row is then Unchanged.
//
// The context carries the actor and the reach of whoever sent the file.
type Importer interface {
	// Kind is the word of the API: "people", "certificates", …
	Kind() string
	// Columns lists what can be read, in the order of the template.
	Columns() []Column
	// Check says what Apply would do and writes nothing.
	//
	// The engine also passes rows through it that it refuses itself, so that a
	// sender sees every defect of a row at once (problems of a column that the
	// engine has already named are dropped), and, after a restart, rows that
	// were applied before it, so that Scope.Seen knows the whole file again.
	Check(ctx context.Context, scope *Scope, rows []Row) ([]Outcome, error)
	// Apply writes the batch. It runs inside the transaction that also saves
	// the progress of the import: write with the given ctx (a Tx of one's own
	// joins it). It may run again when the transaction is retried. Rejected
	// rows leave nothing behind. An error undoes the batch and is a failure,
	// not a refusal of a row.
	Apply(ctx context.Context, scope *Scope, rows []Row) ([]Outcome, error)
}

// Withdrawer is implemented by importers whose imports can be undone while
// nothing was built on them.
//
// Withdraw goes through what carries the import's id, about PartSize documents
// at a time: it names everything that stands in the way, and where nothing does
// takes the part back in the transaction of ctx, or only looks. The engine looks
// at every part before it takes the first one back; a part that is taken back
// is looked at once more.
type Withdrawer interface {
	Withdraw(ctx context.Context, scope *Scope, part Part) (Taken, error)
}

// Taken is what a part of a withdrawal came to.
type Taken struct {
	Next     string         // where it ended; "" when it was the last
	Rows     int            // taken back
	InTheWay []*fault.Fault // why nothing may be
}

// PartSize is how many documents a part of a withdrawal has.
const PartSize = 100

// Part of a withdrawal.
type Part struct {
	After string // where the part before it ended; "" at the beginning
	Look  bool   // only refuse
}

// Of makes the query of a part on the index that lists what an import left.
func (p Part) Of(index string, scope *Scope) store.Query {
	return store.Query{Index: index, Equal: []any{scope.Import}, After: p.After, Limit: PartSize}
}

// Prefiller is implemented by importers whose template can come with rows
// filled in: the learners of a class, say. The context carries the reader's
// reach.
type Prefiller interface {
	Prefill(ctx context.Context, of string) ([]map[string]string, error)
}

// Scope is the import that a batch belongs to.
type Scope struct {
	Import       string // its id: keep it on what is created, for Withdraw
	FileName     string // as it was sent
	Organization kernel.OrganizationID
	DryRun       bool
	Seen         *Seen
}

// Kind of a column: how its cells are read before the importer gets them.
type Kind int

const (
	// Text is trimmed and half-width; blanks inside stay.
	Text Kind = iota
	// Name is text without the blanks that people put between Chinese
	// characters; the middle dot and rare characters stay.
	Name
	// Number is a number that is a name (identity number, certificate number,
	// telephone): no blanks inside, upper case; refused when Excel turned it
	// into a number that has lost digits.
	Number
	// Date is a day in any usual spelling, or an Excel serial date.
	Date
	// Integer is a whole number.
	Integer
	// Decimal is a number of at most two decimals, in Cell.Integer as
	// hundredths: points of a test, class hours.
	Decimal
	// Clock is a time of day, in Cell.Integer as minutes after midnight.
	Clock
	// Choice is one of a few words, read as the code they stand for; words and
	// codes are data beside the header texts.
	Choice
)

// Telling is how far a column tells the rows of a kind apart.
type Telling int

// How far. What a refused row says only loosely (a name, which others have too)
// is known again in a row that leaves something, not in one that is there anyway.
const (
	Not Telling = iota
	Loosely
	Surely
)

// Column is something that an importer can read from a row. Its header texts,
// example and choices are data (policies/rules/import_columns.yaml).
type Column struct {
	Key      string // "idNumber": key of Row, Problem, Change and of the header texts
	Kind     Kind
	Required bool     // the header must be there, and the cell filled
	Mild     bool     // what cannot be read is a warning, and the cell counts as empty
	Unkept   bool     // its header is known and its cells are not read: nothing in them refuses a row
	Or       []string // other columns that together may stand for a required one, which the importer then looks into
	Alone    bool     // an amount: one cell merged over several rows is refused in each of them
	Tells    Telling  // how far the column tells rows apart
}

// Cell is one cell as the importer gets it.
type Cell struct {
	Text    string      // normalised by Kind; a date as 2006-01-02, a choice as its code; "" when empty or flawed
	Raw     string      // as the sender wrote it
	Date    kernel.Date // Kind Date
	Integer int64       // Kind Integer, Decimal, Clock
	Proper  bool        // Kind Choice: written as the template writes it, not as one of the other words that mean the same
	Flawed  bool        // the engine has already refused this cell
}

// Row is one row of the table.
type Row struct {
	Number  int // as Excel shows it
	refused int // in the file of which this one is the workbook of refusals; 0 where it does not say
	cells   []Cell
	layout  map[string]int // key → place in cells
}

// Cell of a column; empty when the file has no such column.
func (r Row) Cell(key string) Cell {
	if i, ok := r.layout[key]; ok && i < len(r.cells) {
		return r.cells[i]
	}
	return Cell{}
}

// Text of a column.
func (r Row) Text(key string) string { return r.Cell(key).Text }

// Date of a column; "" when empty.
func (r Row) Date(key string) kernel.Date { return r.Cell(key).Date }

// Has tells whether the file has the column at all: an empty cell then says
// "none", otherwise nothing is said.
func (r Row) Has(key string) bool { _, ok := r.layout[key]; return ok }

// Action is what became (or would become) of a row.
type Action string

// The actions.
const (
	Created   Action = "created"
	Updated   Action = "updated"
	Unchanged Action = "unchanged"
	Rejected  Action = "rejected"
)

// Problem is one ground for refusing a row or warning about it. The words of
// Code are in the message files; {column} is always filled with the header as
// the sender wrote it.
type Problem struct {
	Column string            `bson:"column"` // key; "" for the whole row
	Code   string            `bson:"code"`
	Params map[string]string `bson:"params,omitempty"`
}

// Change is one value in the preview of a dry run, masked where the register
// masks it. Old is empty for what is created.
type Change struct {
	Column string `bson:"column"`
	Old    string `bson:"old"`
	New    string `bson:"new"`
}

// Outcome is what became of one row.
type Outcome struct {
	Row      int
	Action   Action
	Problems []Problem // why it was rejected; empty otherwise
	Warnings []Problem
	Label    string   // who or what the row is about, masked, for the preview
	Changes  []Change // from Check only
}

// Done makes the outcome of a row that was taken.
func (r Row) Done(a Action, warnings ...Problem) Outcome {
	return Outcome{Row: r.Number, Action: a, Warnings: warnings}
}

// Refused makes the outcome of a row that was not.
func (r Row) Refused(problems ...Problem) Outcome {
	return Outcome{Row: r.Number, Action: Rejected, Problems: problems}
}

// Because makes a problem; params come in pairs of name and value.
func Because(column, code string, params ...string) Problem {
	p := Problem{Column: column, Code: code}
	for i := 0; i+1 < len(params); i += 2 {
		if p.Params == nil {
			p.Params = map[string]string{}
		}
		p.Params[params[i]] = params[i+1]
	}
	return p
}

// Seen remembers what earlier rows of the same file said that were taken, for
// duplicates within the file: a row that was refused takes nothing from a later
// one. It is safe to tell it the same row again.
type Seen struct {
	before map[string]Earlier // in earlier batches
	now    map[string]Earlier // in this one, which may be done again
	closed bool               // remembers nothing more
}

// Earlier is what the first row with a key said.
type Earlier struct {
	Row  int
	Text string
}

// NewSeen makes an empty memory.
func NewSeen() *Seen { return &Seen{before: map[string]Earlier{}, now: map[string]Earlier{}} }

// close gives the same memory to look into.
func (s *Seen) close() *Seen { return &Seen{before: s.before, now: s.now, closed: true} }

// again forgets what a batch said that is done once more.
func (s *Seen) again() { clear(s.now) }

// settle is for a batch that was written.
func (s *Seen) settle() {
	maps.Copy(s.before, s.now)
	clear(s.now)
}

// Met tells whether an earlier row had the key (an identity number, say), and
// what it said (the name). A zero row asks about the whole file so far.
func (s *Seen) Met(key string, row Row) (Earlier, bool) {
	e, ok := s.before[key]
	if !ok {
		e, ok = s.now[key]
	}
	return e, ok && (e.Row < row.Number || row.Number == 0)
}

// Keep remembers a row that is taken by a key; the first one stays, and those
// that the engine has refused are not remembered.
func (s *Seen) Keep(key, text string, row Row) {
	if _, known := s.before[key]; known || s.closed {
		return
	}
	if _, known := s.now[key]; !known {
		s.now[key] = Earlier{Row: row.Number, Text: text}
	}
}
