package hours

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"carecert/modules/hours/rule"
	"carecert/modules/kernel"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/store"
)

// Importer reads hours that were earned elsewhere, or before this system.
type Importer struct{ service *Service }

// Importer of the module.
func (m *Module) Importer() *Importer { return &Importer{m.Service} }

// The columns.
const (
	colName       = "name"
	colIDType     = "idType"
	colIDNumber   = "idNumber"
	colDate       = "date"
	colTitle      = "title"
	colProvider   = "provider"
	colTier       = "tier"
	colCategory   = "category"
	colClassHours = "classHours"
	colMinutes    = "minutes"
	colStart      = "start"
	colEnd        = "end"
	colRemark     = "remark"
)

// Kind implements imports.Importer.
func (i *Importer) Kind() string { return "hours" }

// Columns implements imports.Importer.
func (i *Importer) Columns() []imports.Column {
	return []imports.Column{
		{Key: colName, Kind: imports.Name, Required: true, Tells: imports.Loosely},
		{Key: colIDNumber, Kind: imports.Number, Required: true, Tells: imports.Surely},
		{Key: colDate, Kind: imports.Date, Required: true, Tells: imports.Loosely},
		{Key: colTitle, Kind: imports.Text, Required: true, Tells: imports.Loosely},
		{Key: colProvider, Kind: imports.Text, Required: true},
		{Key: colTier, Kind: imports.Choice},
		{Key: colCategory, Kind: imports.Choice},
		{Key: colClassHours, Kind: imports.Decimal, Alone: true},
		{Key: colMinutes, Kind: imports.Integer, Alone: true},
		{Key: colStart, Kind: imports.Clock},
		{Key: colEnd, Kind: imports.Clock},
		{Key: colRemark, Kind: imports.Text},
		{Key: colIDType, Kind: imports.Choice, Mild: true},
	}
}

// Check implements imports.Importer.
func (i *Importer) Check(ctx context.Context, scope *imports.Scope, rows []imports.Row) ([]imports.Outcome, error) {
	lines, err := i.judge(ctx, scope, rows)
	return outcomesOf(lines), err
}

// Apply implements imports.Importer.
func (i *Importer) Apply(ctx context.Context, scope *imports.Scope, rows []imports.Row) (out []imports.Outcome, err error) {
	s := i.service
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		lines, err := i.judge(ctx, scope, rows)
		if err != nil {
			return err
		}
		out = outcomesOf(lines)
		var fresh, changed []presenceDoc
		count := map[imports.Action]int{}
		for _, l := range lines {
			if l.Refused() {
				continue
			}
			count[l.Action]++
			switch {
			case l.Action == imports.Unchanged:
			case l.known:
				changed = append(changed, l.doc)
			default:
				fresh = append(fresh, l.doc)
			}
		}
		if len(fresh)+len(changed) == 0 {
			return nil
		}
		if err := s.docs.presences.Insert(ctx, fresh...); err != nil {
			return fmt.Errorf("keep imported hours: %w", err)
		}
		if err := s.keepClaims(ctx, changed, causeImport); err != nil {
			return err
		}
		if err := s.settleTouched(ctx, fresh, causeImport); err != nil {
			return err
		}
		return s.Audit.Record(ctx, kernel.Act{Verb: "import", Noun: "importedHours", ID: scope.Import, Organization: scope.Organization, Detail: map[string]string{
			"created": strconv.Itoa(count[imports.Created]), "updated": strconv.Itoa(count[imports.Updated]),
		}})
	})
	return out, err
}

// Withdraw implements imports.Withdrawer: the ledger reverses what was credited
// for the claims, and what an earlier table had said stands again. Nothing can
// stand in the way.
func (i *Importer) Withdraw(ctx context.Context, scope *imports.Scope, part imports.Part) (imports.Taken, error) {
	s := i.service
	page, err := s.docs.presences.Find(ctx, part.Of("by_import", scope))
	if err != nil || part.Look {
		return imports.Taken{}, err
	}
	docs := page.Items
	for n := range docs {
		offices := docs[n].offices()
		docs[n].Claims = withdraw(docs[n].Claims, scope.Import, s.now())
		docs[n].stand(offices)
	}
	return imports.Taken{Next: page.Next, Rows: len(docs)}, s.keepClaims(ctx, docs, causeWithdraw)
}

// line is a row on its way into the ledger.
type line struct {
	imports.Line
	doc    presenceDoc
	known  bool  // there is such a document
	before Claim // what stood in it
}

func outcomesOf(lines []*line) []imports.Outcome {
	out := make([]imports.Outcome, 0, len(lines))
	for _, l := range lines {
		var told []imports.Change
		if l.doc.ID != "" {
			told = changes(l.before, current(l.doc.Claims))
		}
		out = append(out, l.Outcome(told...))
	}
	return out
}

// changes lists what a row says anew.
func changes(old, now Claim) []imports.Change {
	minutes := func(c Claim) string {
		if c.Minutes == 0 {
			return ""
		}
		return strconv.Itoa(int(c.Minutes))
	}
	var out []imports.Change
	for _, c := range []imports.Change{
		{Column: colTitle, Old: old.Title, New: now.Title},
		{Column: colProvider, Old: old.Provider, New: now.Provider},
		{Column: colMinutes, Old: minutes(old), New: minutes(now)},
		{Column: colStart, Old: clockOf(old.StartsAt), New: clockOf(now.StartsAt)},
		{Column: colEnd, Old: clockOf(old.EndsAt), New: clockOf(now.EndsAt)},
		{Column: colTier, Old: old.Tier, New: now.Tier},
		{Column: colCategory, Old: old.Category, New: now.Category},
		{Column: colRemark, Old: old.Remark, New: now.Remark},
	} {
		if c.Old != c.New {
			out = append(out, c)
		}
	}
	return out
}

// judge looks up what the batch needs at once and decides row by row.
func (i *Importer) judge(ctx context.Context, scope *imports.Scope, rows []imports.Row) ([]*line, error) {
	card, err := i.service.Organizations.Card(ctx, scope.Organization)
	if err != nil {
		return nil, fmt.Errorf("organisation of the table: %w", err)
	}
	var numbers []kernel.IDNumber
	for _, r := range rows {
		if n := learnerOf(r); n.Number != "" {
			numbers = append(numbers, n)
		}
	}
	people, err := i.service.People.ByNumber(ctx, numbers)
	if err != nil {
		return nil, fmt.Errorf("people of the table: %w", err)
	}
	lines := make([]*line, 0, len(rows))
	var ids []string
	for _, r := range rows {
		l := &line{Line: imports.Line{Row: r, Action: imports.Created}}
		i.read(ctx, scope, l, card, people)
		if l.doc.ID != "" {
			ids = append(ids, l.doc.ID)
		}
		lines = append(lines, l)
	}
	known, err := i.service.docs.presences.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	before := make(map[string]presenceDoc, len(known))
	for _, d := range known {
		before[d.ID] = d
	}
	for _, l := range lines {
		l.settle(before, officesOf(card))
	}
	return lines, nil
}

func learnerOf(r imports.Row) kernel.IDNumber {
	return kernel.IDNumber{Type: r.Text(colIDType), Number: r.Text(colIDNumber)}
}

// read takes over the cells of a row and names the entry that it tells of.
func (i *Importer) read(ctx context.Context, scope *imports.Scope, l *line, card kernel.OrganizationCard, people map[kernel.IDNumber]kernel.Bearers) {
	s, r := i.service, l.Row
	person, meant := people[learnerOf(r)].Pick(r.Text(colName), func(c kernel.PersonCard) bool { return slices.Contains(c.Reach, scope.Organization) })
	switch meant {
	case kernel.MeantNobody:
		l.Refuse(colIDNumber, "hours.import_person_unknown")
	case kernel.MeantOther:
		l.Refuse(colName, "hours.import_name_differs")
	case kernel.MeantSeveral:
		l.Refuse(colIDNumber, "hours.import_id_type_missing")
	case kernel.MeantOne:
		l.Label = person.Name + " " + person.IDNumberMasked
	}
	on := r.Date(colDate)
	switch today := kernel.DateOf(s.now()); {
	case on == "":
	case on > today:
		l.Refuse(colDate, "hours.import_in_future")
	case on < earliest:
		l.Refuse(colDate, "hours.import_too_early", "from", string(earliest))
	}
	row := s.rowOn(card.Region)(on)
	actor := kernel.ActorFrom(ctx)
	claim := Claim{
		Import: scope.Import, File: scope.FileName, Organization: scope.Organization, By: actor.User, ByName: actor.Name, At: s.now(),
		Title: r.Text(colTitle), Provider: r.Text(colProvider), Category: r.Text(colCategory), Tier: r.Text(colTier),
		Remark: r.Text(colRemark), State: Claimed, Rule: row.Stamp(),
	}
	if claim.Category == "" {
		claim.Category = defaultCategory
	}
	claim.Counts = slices.Contains(row.Imported.Categories, claim.Category)
	if row.Imported.Credit == rule.CreditAtOnce {
		claim.State = Confirmed
	}
	claim.Minutes, claim.StartsAt, claim.EndsAt = l.length(on, row)
	if l.Refused() || on == "" || claim.Title == "" || claim.Provider == "" {
		return
	}
	l.remind(claim, row)
	session := elsewhere(on, claim.Title, claim.Provider)
	l.doc = presenceDoc{
		Doc: store.Doc{ID: presenceID(session, person.ID)}, Session: session, Person: person.ID, Revision: 1, Region: card.Region, Date: on,
		Claims: []Claim{claim},
	}
	if e, twice := scope.Seen.Met(l.doc.ID, r); twice {
		l.Refuse("", "hours.import_twice", "row", strconv.Itoa(e.Row))
		return
	}
	scope.Seen.Keep(l.doc.ID, "", r)
}

// defaultCategory is what is meant where a table does not say.
const defaultCategory = "inService"

// earliest is the first day of the first year that can be asked for.
const earliest kernel.Date = "1990-01-01"

// settle compares with what is on the books.
func (l *line) settle(before map[string]presenceDoc, offices []string) {
	if l.Refused() || l.doc.ID == "" {
		return
	}
	claim := l.doc.Claims[0]
	if was, known := before[l.doc.ID]; known {
		l.known, l.doc = true, was
		if stands := current(was.Claims); stands.State != Withdrawn {
			l.before, l.Action = stands, imports.Updated
			if stands.says(claim) {
				l.Action = imports.Unchanged
				return
			}
			if stands.State == Confirmed && claim.State == Claimed {
				l.Warn("", "hours.import_confirm_again")
			}
		}
		l.doc.Claims = append(slices.Clone(was.Claims), claim)
	}
	l.doc.stand(offices)
}
