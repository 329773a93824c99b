package certificates

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/imports"
)

// LevelImporter reads the results of an assessment and issues a level for each
// row. What is issued is revoked or replaced one by one, so that an import of
// this kind cannot be withdrawn.
type LevelImporter struct{ service *Service }

// LevelImporter of the module.
func (m *Module) LevelImporter() *LevelImporter { return &LevelImporter{m.Service} }

const colDirection = "direction"

// Kind implements imports.Importer.
func (i *LevelImporter) Kind() string { return "skillLevels" }

// Columns implements imports.Importer.
func (i *LevelImporter) Columns() []imports.Column {
	return []imports.Column{
		{Key: colName, Kind: imports.Name, Required: true, Tells: imports.Loosely},
		{Key: colIDNumber, Kind: imports.Number, Required: true, Tells: imports.Surely},
		{Key: colLevel, Kind: imports.Choice, Required: true, Tells: imports.Loosely},
		{Key: colIssuedOn, Kind: imports.Date, Required: true},
		{Key: colOccupation, Kind: imports.Text},
		{Key: colDirection, Kind: imports.Text},
	}
}

// Check implements imports.Importer.
func (i *LevelImporter) Check(ctx context.Context, scope *imports.Scope, rows []imports.Row) ([]imports.Outcome, error) {
	return i.each(ctx, scope, rows, func(ctx context.Context, d LevelDraft) (Certificate, bool, error) {
		plan, err := i.service.planLevel(ctx, d)
		if plan.held != nil {
			return *plan.held, true, err
		}
		return Certificate{Level: d.Level, IssuedOn: d.IssuedOn, Direction: d.Direction}, false, err
	})
}

// Apply implements imports.Importer.
func (i *LevelImporter) Apply(ctx context.Context, scope *imports.Scope, rows []imports.Row) ([]imports.Outcome, error) {
	return i.each(ctx, scope, rows, i.service.issueLevel)
}

func (i *LevelImporter) each(ctx context.Context, scope *imports.Scope, rows []imports.Row, do func(context.Context, LevelDraft) (Certificate, bool, error)) ([]imports.Outcome, error) {
	out := make([]imports.Outcome, 0, len(rows))
	for _, r := range rows {
		outcome, err := i.row(ctx, scope, r, do)
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", r.Number, err)
		}
		out = append(out, outcome)
	}
	return out, nil
}

func (i *LevelImporter) row(ctx context.Context, scope *imports.Scope, r imports.Row, do func(context.Context, LevelDraft) (Certificate, bool, error)) (imports.Outcome, error) {
	level, _ := strconv.Atoi(r.Text(colLevel)) // 0 where the engine refused the cell
	d := LevelDraft{
		Body: scope.Organization, Name: r.Text(colName), IDNumber: r.Text(colIDNumber), Level: kernel.SkillLevel(level),
		Occupation: r.Text(colOccupation), Direction: r.Text(colDirection), IssuedOn: r.Date(colIssuedOn), Import: scope.Import,
	}
	if !d.Level.Valid() || d.Name == "" || d.IDNumber == "" || d.IssuedOn == "" {
		return r.Refused(), nil // the engine has said why
	}
	c, before, err := do(ctx, d)
	key := fmt.Sprintf("level %s %s %d", d.IDNumber, d.Occupation, d.Level)
	if err == nil || errors.Is(err, ErrLevelHeld) {
		if earlier, twice := scope.Seen.Met(key, r); twice {
			return r.Refused(imports.Because(colLevel, "certificates.import_level_twice", "row", strconv.Itoa(earlier.Row))), nil
		}
	}
	if f, refused := fault.From(err); refused {
		return r.Refused(imports.Problem{Column: columnOf(f), Code: f.Code, Params: f.Params}), nil
	}
	if err != nil {
		return imports.Outcome{}, err
	}
	scope.Seen.Keep(key, "", r)
	out := r.Done(imports.Created)
	switch {
	case before:
		out = r.Done(imports.Unchanged)
	case scope.DryRun:
		out.Changes = []imports.Change{
			{Column: colLevel, New: strconv.Itoa(level)}, {Column: colIssuedOn, New: string(d.IssuedOn)},
		}
		if d.Direction != "" {
			out.Changes = append(out.Changes, imports.Change{Column: colDirection, New: d.Direction})
		}
	}
	out.Label = strings.TrimSpace(d.Name + " " + c.Number)
	return out, nil
}

// columnOf is the column that a refusal is about; "" for the whole row.
func columnOf(f *fault.Fault) string {
	switch {
	case errors.Is(f, ErrOccupation):
		return colOccupation
	case errors.Is(f, ErrFuture), errors.Is(f, ErrBodyNotValid):
		return colIssuedOn
	case errors.Is(f, ErrPersonUnknown):
		return colIDNumber
	case errors.Is(f, ErrLevelHeld):
		return colLevel
	default:
		return ""
	}
}
