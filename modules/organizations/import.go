package organizations

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/pinyin"
	"carecert/modules/kit/store"
)

// Importer reads lists of organisations. An organisation of the same kind,
// name and division is the same; a parent stands before its children.
type Importer struct{ service *Service }

// The columns of a list.
const (
	colKind      = "kind"
	colName      = "name"
	colParent    = "parent"
	colCredit    = "creditCode"
	colDivision  = "divisionCode"
	colStreet    = "subdistrictCode"
	colBeds      = "approvedBeds"
	colClinic    = "inHouseClinic"
	colSmall     = "smallCareHome"
	colGrade     = "grade"
	colCode      = "assessmentCode"
	colValidFrom = "validFrom"
	colValidTo   = "validTo"
)

const mostBeds = 20_000

// Kind implements imports.Importer.
func (i *Importer) Kind() string { return "organizations" }

// Columns implements imports.Importer.
func (i *Importer) Columns() []imports.Column {
	return []imports.Column{
		{Key: colKind, Kind: imports.Choice, Required: true},
		{Key: colName, Kind: imports.Text, Required: true},
		{Key: colParent, Kind: imports.Text},
		{Key: colCredit, Kind: imports.Number},
		{Key: colDivision, Kind: imports.Number, Required: true},
		{Key: colStreet, Kind: imports.Number},
		{Key: colBeds, Kind: imports.Integer},
		{Key: colClinic, Kind: imports.Choice},
		{Key: colSmall, Kind: imports.Choice},
		{Key: colGrade, Kind: imports.Text},
		{Key: colCode, Kind: imports.Number},
		{Key: colValidFrom, Kind: imports.Date},
		{Key: colValidTo, Kind: imports.Date},
	}
}

// Check implements imports.Importer.
func (i *Importer) Check(ctx context.Context, scope *imports.Scope, rows []imports.Row) ([]imports.Outcome, error) {
	return i.each(rows, func(row imports.Row) (imports.Outcome, error) { return i.judge(ctx, scope, row) })
}

// Apply implements imports.Importer.
func (i *Importer) Apply(ctx context.Context, scope *imports.Scope, rows []imports.Row) ([]imports.Outcome, error) {
	return i.each(rows, func(row imports.Row) (imports.Outcome, error) {
		o, err := i.judge(ctx, scope, row)
		if err != nil || o.Action == imports.Rejected || o.Action == imports.Unchanged {
			return o, err
		}
		return o, i.write(ctx, row)
	})
}

func (i *Importer) each(rows []imports.Row, do func(imports.Row) (imports.Outcome, error)) ([]imports.Outcome, error) {
	out := make([]imports.Outcome, 0, len(rows))
	for _, row := range rows {
		o, err := do(row)
		var refusal *fault.Fault
		if errors.As(err, &refusal) {
			o, err = row.Refused(problems(refusal)...), nil
		}
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", row.Number, err)
		}
		o.Label = row.Text(colName)
		out = append(out, o)
	}
	return out, nil
}

// problems names the columns of a refusal: they are called as the fields of the
// API are.
func problems(f *fault.Fault) []imports.Problem {
	if len(f.Fields) == 0 {
		return []imports.Problem{{Code: f.Code, Params: f.Params}}
	}
	var out []imports.Problem
	for _, field := range f.Fields {
		out = append(out, imports.Because(strings.TrimPrefix(field.Location, "body."), field.Code))
	}
	return out
}

// judge tells what a row would do, without doing it.
func (i *Importer) judge(ctx context.Context, scope *imports.Scope, row imports.Row) (imports.Outcome, error) {
	if e, again := scope.Seen.Meet(row.Text(colKind)+"|"+row.Text(colName)+"|"+row.Text(colDivision), "", row); again {
		return row.Refused(imports.Because(colName, "organizations.import_twice", "row", strconv.Itoa(e.Row))), nil
	}
	if beds := row.Cell(colBeds).Integer; beds < 0 || beds > mostBeds {
		return row.Refused(imports.Because(colBeds, "organizations.beds_invalid")), nil
	}
	known, err := i.known(ctx, row)
	if err != nil {
		return imports.Outcome{}, err
	}
	var before Organization
	if known != nil {
		before = known.organization()
	}
	to, err := i.particulars(ctx, scope, row, before.Particulars)
	if err != nil {
		return imports.Outcome{}, err
	}
	kind := Kind(row.Text(colKind))
	if to, err = to.check(kind, i.service.regions); err != nil {
		return imports.Outcome{}, err
	}
	switch {
	case known == nil:
		return row.Done(imports.Created), i.placeable(ctx, kind, to, nil)
	case before.Particulars == to:
		return row.Done(imports.Unchanged), nil
	case before.needsSuperior(to) && !kernel.ReachFrom(ctx).Covers(before.Path[1:]):
		return imports.Outcome{}, ErrNeedsSuperior
	}
	o := row.Done(imports.Updated)
	o.Changes = changes(before, to)
	return o, i.placeable(ctx, kind, to, known)
}

// changes are the differences by column, for the preview.
func changes(before Organization, to Particulars) []imports.Change {
	after := before
	after.Particulars = to
	found := differences(before, after)
	var out []imports.Change
	for _, field := range slices.Sorted(maps.Keys(found)) {
		column := field
		switch field {
		case "parentId":
			column = colParent
		case "hasInHouseClinic":
			column = colClinic
		}
		was, is, _ := strings.Cut(found[field], arrow)
		out = append(out, imports.Change{Column: column, Old: was, New: is})
	}
	return out
}

// placeable refuses what lies in nobody's reach. A parent that an earlier row
// of a dry run registers is not there yet, and judged when it is.
func (i *Importer) placeable(ctx context.Context, kind Kind, p Particulars, known *organizationDoc) error {
	if p.Parent == pending {
		return nil
	}
	doc := organizationDoc{}
	var before []string
	o := Organization{ID: "new", Kind: kind, Particulars: p}
	if known != nil {
		doc, before, o.ID = *known, known.Path, kernel.OrganizationID(known.ID)
	}
	doc.write(o, pinyin.Keys{})
	return i.service.place(ctx, &doc, before)
}

// pending stands for a parent that an earlier row of the file registers.
const pending kernel.OrganizationID = "pending"

// particulars are the known ones with what the row says.
func (i *Importer) particulars(ctx context.Context, scope *imports.Scope, row imports.Row, p Particulars) (Particulars, error) {
	p.Name, p.Division = row.Text(colName), kernel.RegionCode(row.Text(colDivision))
	text(&p.CreditCode, row, colCredit)
	text(&p.Street, row, colStreet)
	text(&p.Grade, row, colGrade)
	text(&p.AssessmentCode, row, colCode)
	text(&p.Validity.From, row, colValidFrom)
	text(&p.Validity.To, row, colValidTo)
	if row.Text(colBeds) != "" {
		p.ApprovedBeds = int(row.Cell(colBeds).Integer)
	}
	if said := row.Text(colClinic); said != "" {
		p.InHouseClinic = said == "yes"
	}
	if said := row.Text(colSmall); said != "" {
		p.SmallCareHome = said == "yes"
	}
	name := row.Text(colParent)
	scope.Seen.Meet("name|"+row.Text(colName), "", row)
	if name == "" {
		return p, nil
	}
	parent, err := i.named(ctx, name, func(organizationDoc) bool { return true })
	if err != nil {
		return p, err
	}
	if parent != nil {
		p.Parent = kernel.OrganizationID(parent.ID)
		return p, nil
	}
	if _, earlier := scope.Seen.Meet("name|"+name, "", imports.Row{}); earlier {
		p.Parent = pending
		return p, nil
	}
	return p, ErrParentUnknown
}

// text takes over a cell that says something.
func text[T ~string](to *T, row imports.Row, column string) {
	if said := row.Text(column); said != "" {
		*to = T(said)
	}
}

func (i *Importer) known(ctx context.Context, row imports.Row) (*organizationDoc, error) {
	return i.named(ctx, row.Text(colName), func(d organizationDoc) bool {
		return d.Kind == Kind(row.Text(colKind)) && d.Division == row.Text(colDivision)
	})
}

// named finds an organisation in reach by its exact name.
func (i *Importer) named(ctx context.Context, name string, fits func(organizationDoc) bool) (*organizationDoc, error) {
	var found *organizationDoc
	reach := kernel.ReachFrom(ctx)
	q := store.Query{Index: "characters", Equal: []any{everybody, pinyin.Fold(name)}}
	return found, i.service.docs.organizations.Each(ctx, q, func(d organizationDoc) error {
		if d.Name == name && reach.Covers(ids(d.Path)) && fits(d) {
			found = &d
			return store.Stop
		}
		return nil
	})
}

// write does what judge found in order.
func (i *Importer) write(ctx context.Context, row imports.Row) error {
	scope := &imports.Scope{Seen: imports.NewSeen()}
	known, err := i.known(ctx, row)
	if err != nil {
		return err
	}
	if known == nil {
		p, err := i.particulars(ctx, scope, row, Particulars{})
		if err == nil {
			_, err = i.service.Register(ctx, Draft{Kind: Kind(row.Text(colKind)), Particulars: p})
		}
		return err
	}
	_, err = i.service.Amend(ctx, kernel.OrganizationID(known.ID), "", func(p *Particulars, _ int64) (err error) {
		*p, err = i.particulars(ctx, scope, row, *p)
		return err
	})
	return err
}
