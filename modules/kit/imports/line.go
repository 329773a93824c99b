package imports

import "carecert/modules/kernel/fault"

// Line is a row on its way through an importer, which embeds it in a line of
// its own.
type Line struct {
	Row      Row
	Action   Action
	Label    string // who or what it is about, masked
	Problems []Problem
	Warnings []Problem
}

// Refuse notes a ground for refusing the row; params come in pairs.
func (l *Line) Refuse(column, code string, params ...string) {
	l.Problems = append(l.Problems, Because(column, code, params...))
}

// RefuseFor refuses for a fault of the domain; what is none is answered.
func (l *Line) RefuseFor(column string, err error) error {
	f, ok := fault.From(err)
	if !ok {
		return err
	}
	l.Problems = append(l.Problems, Problem{Column: column, Code: f.Code, Params: f.Params})
	return nil
}

// Warn notes something that does not refuse the row.
func (l *Line) Warn(column, code string, params ...string) {
	l.Warnings = append(l.Warnings, Because(column, code, params...))
}

// Refused tells whether there is a ground for it.
func (l *Line) Refused() bool { return len(l.Problems) > 0 }

// Outcome is what became of the row; changes are those of one that is taken.
func (l *Line) Outcome(changes ...Change) Outcome {
	o := Outcome{Row: l.Row.Number, Action: l.Action, Problems: l.Problems, Warnings: l.Warnings, Label: l.Label}
	switch {
	case l.Refused():
		o.Action = Rejected
	case l.Action != Unchanged:
		o.Changes = changes
	}
	return o
}
