package organizations

import (
	"context"
	"slices"
	"strconv"

	"carecert/modules/kernel"
	"carecert/modules/kit/imports"
)

// judged is what a row would do, and the organisation as it would then be.
type judged struct {
	imports.Outcome
	doc organizationDoc // its id is unsaid where the row registers it
}

// unsaid is the id of what is not registered yet.
const unsaid = "new"

// remember tells the rows after it what a row that is taken said.
func (j judged) remember(scope *imports.Scope, row imports.Row) {
	scope.Seen.Keep(site(row), "", row)
	scope.Seen.Keep(byName(row.Text(colName)), "", row)
	if j.doc.ID != unsaid {
		scope.Seen.Keep(byID(j.doc.ID), "", row)
	}
	if code := j.doc.bears(); code != "" && j.doc.ClosedOn == "" {
		scope.Seen.Keep(byCode(code), j.doc.Name, row)
	}
	if seat := seatOf(j.doc); seat != "" {
		scope.Seen.Keep(bySeat(seat), j.doc.Name, row)
	}
}

// site is what a row is known by in its file.
func site(row imports.Row) string {
	return "site|" + string(kindOf(row)) + "|" + row.Text(colName) + "|" + row.Text(colDivision)
}

// byName is how other rows of the file mean it.
func byName(name string) string { return "name|" + name }

// byID is what it is known by under whichever of its names.
func byID(id string) string { return "id|" + id }

// byCode is what a body is known by in numbers of certificates.
func byCode(code string) string { return "code|" + code }

// bySeat is the region that a row has the office of.
func bySeat(seat string) string { return "seat|" + seat }

// smallHome is a word for a kind that says two things: an institution, and that
// it is a small care home.
const smallHome = "smallCareHome"

func saysSmall(row imports.Row) bool { return row.Text(colKind) == smallHome }

// kindOf is the kind that a row means.
func kindOf(row imports.Row) Kind {
	if saysSmall(row) {
		return Institution
	}
	return Kind(row.Text(colKind))
}

// ownFlaws are those that the row shows without the register.
func ownFlaws(row imports.Row) (wrong []imports.Problem) {
	if beds := row.Cell(colBeds).Integer; beds < 0 || beds > mostBeds {
		wrong = append(wrong, imports.Because(colBeds, "organizations.beds_invalid"))
	}
	if saysSmall(row) && row.Text(colSmall) == "no" {
		wrong = append(wrong, imports.Because(colSmall, "organizations.import_small_contradicts"))
	}
	return wrong
}

// twice finds the earlier row of the file about the same organisation, by
// whichever name.
func twice(scope *imports.Scope, row imports.Row, known *organizationDoc) (imports.Earlier, bool) {
	e, again := scope.Seen.Met(site(row), row)
	if !again && known != nil {
		e, again = scope.Seen.Met(byID(known.ID), row)
	}
	return e, again
}

// judge tells what a row would do, without doing it.
func (i *Importer) judge(ctx context.Context, scope *imports.Scope, row imports.Row) (judged, error) {
	known, err := i.known(ctx, row)
	if err != nil {
		return judged{}, err
	}
	if e, again := twice(scope, row, known); again {
		return judged{Outcome: row.Refused(imports.Because(colName, "organizations.import_twice", "row", strconv.Itoa(e.Row)))}, nil
	}
	var before Organization
	if known != nil {
		before = known.organization()
	}
	to, err := i.particulars(ctx, scope, row, before.Particulars)
	found, err := flaws(err)
	if err != nil {
		return judged{}, err
	}
	kind := kindOf(row)
	to, err = to.check(kind, before.Particulars, i.service.regions)
	more, err := flaws(err)
	// All of them: a row is mended once.
	if wrong := slices.Concat(ownFlaws(row), found, more); err != nil || len(wrong) > 0 {
		return judged{Outcome: row.Refused(wrong...)}, err
	}
	if known != nil && before.Particulars.equal(to) {
		return judged{row.Done(imports.Unchanged, former(known, row)...), *known}, nil
	}
	if known != nil && before.needsSuperior(to) && !kernel.ReachFrom(ctx).Covers(before.Path[1:]) {
		return judged{}, ErrNeedsSuperior
	}
	j := judged{Outcome: row.Done(imports.Updated, former(known, row)...), doc: i.wouldBe(kind, to, known)}
	if known == nil {
		j.Action = imports.Created
	}
	if j.Changes, err = i.changes(ctx, row, before, to); err != nil {
		return j, err
	}
	if err = i.placeable(ctx, scope, row, j.doc, known); err == nil && known == nil && to.Parent != pending {
		j.Warnings, err = i.doubts(ctx, scope, row, Organization{Kind: kind, Particulars: to})
	}
	return j, err
}

// wouldBe is the organisation with the particulars, not placed.
func (i *Importer) wouldBe(kind Kind, p Particulars, known *organizationDoc) organizationDoc {
	doc := organizationDoc{}
	o := Organization{ID: unsaid, Kind: kind, Particulars: p}
	if known != nil {
		doc, o.ID = *known, kernel.OrganizationID(known.ID)
	}
	doc.write(o, i.service.Speller)
	return doc
}

// doubts are the warnings about what a row would register. A trial warns of a
// seat that an earlier row takes, as of one that is taken.
func (i *Importer) doubts(ctx context.Context, scope *imports.Scope, row imports.Row, o Organization) (out []imports.Problem, err error) {
	reasons, err := i.service.Warnings(ctx, o)
	told := slices.ContainsFunc(reasons, func(r kernel.Reason) bool { return r.Code == codeSeatShared })
	if e, taken := scope.Seen.Met(bySeat(string(o.Seat())), row); taken && !told {
		reasons = append(reasons, seatShared(e.Text))
	}
	for _, r := range reasons {
		out = append(out, imports.Problem{Code: r.Code, Params: r.Params})
	}
	return out, err
}

// placeable refuses a code that another has, registered or in an earlier row,
// and what lies in nobody's reach. A parent that an earlier row of a dry run
// registers is not there yet, and judged when it is.
func (i *Importer) placeable(ctx context.Context, scope *imports.Scope, row imports.Row, doc organizationDoc, known *organizationDoc) error {
	if code := doc.bears(); code != "" && doc.ClosedOn == "" {
		if e, taken := scope.Seen.Met(byCode(code), row); taken {
			return codeTaken(e.Text)
		}
	}
	if err := i.service.soleBearer(ctx, doc); err != nil {
		return err
	}
	if doc.Parent == string(pending) {
		return nil
	}
	var before []string
	if known != nil {
		before = known.Path
	}
	return i.service.place(ctx, &doc, before)
}
