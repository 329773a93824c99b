package people

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/imports"
	"carecert/modules/people/rule"
)

// Importer reads rosters: people, and their spells at the organisation that
// sends the file where a hire date is given.
type Importer struct{ service *Service }

// The columns of a roster.
const (
	colName       = "name"
	colIDType     = "idType"
	colIDNumber   = "idNumber"
	colGender     = "gender"
	colPhone      = "phone"
	colEducation  = "education"
	colMajor      = "major"
	colRole       = "role"
	colKind       = "kind"
	colHiredOn    = "hiredOn"
	colLeftOn     = "leftOn"
	colDispatched = "dispatched"
	colRemark     = "remark"
)

// Kind implements imports.Importer.
func (i *Importer) Kind() string { return "people" }

// Columns implements imports.Importer.
func (i *Importer) Columns() []imports.Column {
	return []imports.Column{
		{Key: colName, Kind: imports.Name, Required: true, Tells: imports.Loosely},
		{Key: colIDType, Kind: imports.Choice},
		{Key: colIDNumber, Kind: imports.Number, Required: true, Tells: imports.Surely},
		{Key: colGender, Kind: imports.Choice, Mild: true},
		{Key: colPhone, Kind: imports.Number},
		{Key: colEducation, Kind: imports.Choice, Mild: true},
		{Key: colMajor, Kind: imports.Text},
		{Key: colRole, Kind: imports.Choice},
		{Key: colKind, Kind: imports.Choice},
		{Key: colHiredOn, Kind: imports.Date},
		{Key: colLeftOn, Kind: imports.Date},
		{Key: colDispatched, Kind: imports.Choice, Mild: true},
		{Key: colRemark, Kind: imports.Text, Unkept: true},
	}
}

// Check implements imports.Importer.
func (i *Importer) Check(ctx context.Context, scope *imports.Scope, rows []imports.Row) ([]imports.Outcome, error) {
	lines, err := i.judge(ctx, scope, rows)
	if err != nil {
		return nil, err
	}
	out := make([]imports.Outcome, len(lines))
	for n, l := range lines {
		out[n] = l.Outcome(l.changes()...)
	}
	return out, nil
}

// Apply implements imports.Importer.
func (i *Importer) Apply(ctx context.Context, scope *imports.Scope, rows []imports.Row) ([]imports.Outcome, error) {
	lines, err := i.judge(ctx, scope, rows)
	if err != nil {
		return nil, err
	}
	var out []imports.Outcome
	return out, i.service.DB.Tx(ctx, func(ctx context.Context) error {
		out = make([]imports.Outcome, len(lines))
		for n, l := range lines {
			out[n] = l.Outcome()
		}
		return i.write(ctx, scope, lines)
	})
}

// line is a row on its way into the register.
type line struct {
	imports.Line
	doc    personDoc  // as it will be
	before *personDoc // as it is; nil for a new person
	entry  *Entry     // the spell that the row tells of

	mended    bool // the row changes what the record says of them
	unseen    bool // the sender does not see what the record says of them so far
	takesOver bool // the number, from somebody who had it by mistake
	former    bool // the number was its bearer's by mistake
}

func (l *line) changes() []imports.Change {
	var before personDoc
	if l.before != nil {
		before = *l.before
	}
	if l.unseen {
		before = personDoc{Name: before.Name, IDMasked: before.IDMasked, Kinds: before.Kinds, Career: before.Career}
	}
	var out []imports.Change
	for _, c := range []imports.Change{
		{Column: colName, Old: before.Name, New: l.doc.Name},
		{Column: colIDNumber, Old: before.IDMasked, New: l.doc.IDMasked},
		{Column: colPhone, Old: before.PhoneMasked, New: l.doc.PhoneMasked},
		{Column: colEducation, Old: string(before.Education), New: string(l.doc.Education)},
		{Column: colMajor, Old: before.Major, New: l.doc.Major},
	} {
		if c.Old != c.New {
			out = append(out, c)
		}
	}
	if l.Row.Text(colKind) != "" {
		for _, k := range less(l.doc.Kinds, before.Kinds) {
			out = append(out, imports.Change{Column: colKind, New: string(k)})
		}
	}
	if l.entry != nil && len(l.doc.Career) > len(before.Career) {
		out = append(out, imports.Change{Column: colHiredOn, New: string(l.entry.Period.From)}, imports.Change{Column: colRole, New: string(l.entry.Role)})
	}
	return out
}

// employer is the organisation that sends the file.
type employer struct {
	card      kernel.OrganizationCard
	overseers []kernel.OrganizationID
}

// judge reads the rows against the register, which is asked for all of them at
// once.
func (i *Importer) judge(ctx context.Context, scope *imports.Scope, rows []imports.Row) ([]*line, error) {
	card, err := i.service.Organizations.Card(ctx, scope.Organization)
	if err != nil {
		return nil, fmt.Errorf("organisation of the roster: %w", err)
	}
	overseers, err := i.service.overseers(ctx, card.Path)
	if err != nil {
		return nil, err
	}
	lines := make([]*line, len(rows))
	var blinds []string
	for n, row := range rows {
		l := i.read(row)
		i.post(l, employer{card, overseers}, scope)
		if l.doc.IDBlind != "" {
			blinds = append(blinds, l.doc.IDBlind)
		}
		lines[n] = l
	}
	known, err := i.known(ctx, lines, blinds)
	if err != nil {
		return nil, err
	}
	if err := i.probed(ctx, lines, known); err != nil {
		return nil, err
	}
	for _, l := range lines {
		l.Label = strings.TrimSpace(l.doc.Name + " " + l.doc.IDMasked) // as the row says, not the record
		if err := i.once(ctx, scope, l, l.bearer(known)); err != nil {
			return nil, err
		}
		if l.Refused() {
			l.Warnings = nil // of what is not taken: they are told when the row comes mended
		}
	}
	return lines, nil
}

// once settles a row, unless an earlier one that was taken is of the same person:
// by the number, or by another one of the same record.
func (i *Importer) once(ctx context.Context, scope *imports.Scope, l *line, known *personDoc) error {
	number, record := l.doc.IDBlind, ""
	said := l.said()
	if earlier, met := scope.Seen.Met(number, l.Row); met && number != "" {
		code := "people.import_number_of_other"
		if nameOf(earlier.Text) == l.doc.Name {
			code = twice(earlier.Text, said)
		}
		l.Refuse(colIDNumber, code, "row", strconv.Itoa(earlier.Row))
	}
	if err := i.settle(ctx, scope, l, known); err != nil || l.Refused() {
		return err
	}
	if known != nil {
		record = "record|" + known.ID
		if earlier, met := scope.Seen.Met(record, l.Row); met {
			l.Refuse(colIDNumber, twice(earlier.Text, said), "row", strconv.Itoa(earlier.Row))
			return nil
		}
		scope.Seen.Keep(record, said, l.Row)
	}
	scope.Seen.Keep(number, said, l.Row)
	return nil
}

// said is what later rows of the file are compared with: the name and the spell.
func (l *line) said() string {
	spell := ""
	if l.entry != nil {
		spell = string(l.entry.Period.From) + "/" + string(l.entry.Period.To)
	}
	return l.doc.Name + "\x00" + spell
}

func nameOf(said string) string {
	name, _, _ := strings.Cut(said, "\x00")
	return name
}

// twice refuses a second row of one person. Where it tells of another spell, the
// sender is told how that one gets in.
func twice(earlier, said string) string {
	_, one, _ := strings.Cut(earlier, "\x00")
	_, other, _ := strings.Cut(said, "\x00")
	from, to, _ := strings.Cut(one, "/")
	since, until, _ := strings.Cut(other, "/")
	if one != "" && other != "" && (to < since || until < from) {
		return "people.import_twice_spell"
	}
	return "people.import_twice"
}

// read takes over the cells of a row.
func (i *Importer) read(row imports.Row) *line {
	s, l := i.service, &line{Line: imports.Line{Row: row}}
	l.doc = personDoc{Name: rule.TidyName(row.Text(colName)), Education: Education(row.Text(colEducation)), Major: row.Text(colMajor), RecordedAt: s.now()}
	l.doc.ID = kernel.NewID()
	if flaw := rule.NameFlaw(l.doc.Name); flaw != "" && !row.Cell(colName).Flawed {
		l.Refuse(colName, string(flaw))
	}
	if n := len([]rune(l.doc.Name)); n > longestName {
		l.Refuse(colName, "people.name_too_long", "limit", strconv.Itoa(longestName))
	}
	if !row.Cell(colIDNumber).Flawed {
		id, flaw := rule.Identify(rule.IDType(row.Text(colIDType)), row.Text(colIDNumber), s.today())
		if flaw != "" {
			l.Refuse(colIDNumber, string(flaw))
		} else {
			s.identify(&l.doc, id)
		}
	}
	if text := row.Text(colPhone); text != "" {
		phone, ok := rule.Phone(text)
		if !ok {
			l.Refuse(colPhone, "people.phone_invalid")
		} else {
			s.call(&l.doc, phone)
		}
	}
	switch said := row.Text(colGender); {
	case l.doc.Gender == "":
		l.doc.Gender = said
	case said != "" && said != l.doc.Gender:
		l.doc.GenderSaid = said
		l.Warn(colGender, "people.gender_differs")
	}
	l.doc.spell(s.Speller)
	return l
}

const longestName = 50

// role is the post that a row means: what it says, else the kind, else
// caregiver; "" for learners without a post.
func (l *line) role() kernel.StaffRole {
	if said := l.Row.Text(colRole); said != "" {
		return kernel.StaffRole(said)
	}
	kind := Kind(l.Row.Text(colKind))
	if kind == "" {
		return kernel.StaffCaregiver
	}
	role, _ := kind.Post()
	return role
}

// post reads the kind of a row, and the spell if it tells of one.
func (i *Importer) post(l *line, at employer, scope *imports.Scope) {
	from, to := l.Row.Date(colHiredOn), l.Row.Date(colLeftOn)
	role, kind := l.role(), Kind(l.Row.Text(colKind))
	switch {
	case kind == "":
		l.doc.Kinds = []Kind{Kind(role)}
	case role == "" || Kind(role) == kind:
		l.doc.Kinds = []Kind{kind}
	default:
		l.doc.Kinds = []Kind{kind, Kind(role)}
	}
	l.doc.Registrar, l.doc.Import, l.doc.Imports = texts(at.card.Path), scope.Import, []string{scope.Import}
	if to == "" {
		to = kernel.Forever
	} else if from == "" && !l.Row.Cell(colHiredOn).Flawed {
		l.Refuse(colHiredOn, "people.hired_on_missing")
	}
	if from == "" {
		return
	}
	if role == "" { // it would count among the caregivers, where no learner belongs (FACTS S4-9)
		l.Refuse(colHiredOn, "people.import_kind_without_post", "kind", l.Row.Cell(colKind).Raw)
		return
	}
	e := Entry{Overseers: at.overseers, Import: scope.Import, Position: l.position(), Spell: kernel.Spell{
		ID: kernel.NewID(), Organization: at.card.ID, Path: at.card.Path, Region: at.card.Region, Stood: at.card.Stood, Role: role,
		Period: kernel.Period{From: from, To: to}, Dispatched: l.Row.Text(colDispatched) == "yes", SmallHome: at.card.SmallCareHome, RecordedAt: l.doc.RecordedAt,
	}}
	if err := e.sound(l.doc.Birth, i.service.today(), i.service.careerRow(l.doc)); err != nil {
		column := colHiredOn
		if errors.Is(err, ErrSpellReversed) {
			column = colLeftOn
		}
		_ = l.RefuseFor(column, err) // always a fault
	}
	if err := stands(at.card, e.Period); err != nil {
		column := colLeftOn
		if from > at.card.ClosedOn {
			column = colHiredOn
		}
		_ = l.RefuseFor(column, err) // always a fault
	}
	l.entry = &e
}

// bearer is who has the row's number, unless the row takes it over.
func (l *line) bearer(known map[string]*personDoc) *personDoc {
	if l.takesOver {
		return nil
	}
	return known[l.doc.IDBlind]
}

// known finds who has the numbers. One that was somebody's by mistake is free
// for a person of another name.
func (i *Importer) known(ctx context.Context, lines []*line, blinds []string) (map[string]*personDoc, error) {
	keys, err := i.service.docs.identities.GetMany(ctx, blinds)
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	people := make([]string, len(keys))
	for n, k := range keys {
		people[n] = k.Person
	}
	docs, err := i.service.docs.persons.GetMany(ctx, people)
	byID := make(map[string]*personDoc, len(docs))
	for n := range docs {
		byID[docs[n].ID] = &docs[n]
	}
	out := make(map[string]*personDoc, len(keys))
	former := map[string]bool{}
	for _, k := range keys {
		out[k.ID], former[k.ID] = byID[k.Person], k.Former
	}
	for _, l := range lines {
		l.former = former[l.doc.IDBlind]
		if holder := out[l.doc.IDBlind]; l.former && holder != nil && l.doc.Name != "" && !holder.called(l.doc.Name) {
			l.takesOver = true
		}
	}
	return out, err
}
