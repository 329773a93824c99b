package training

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/store"
)

// Importer reads the results of completion tests: what PUT
// /classes/{id}/test-results takes, from a table of any number of classes.
type Importer struct{ service *Service }

// Importer of the module.
func (m *Module) Importer() *Importer { return &Importer{m.Service} }

// The columns.
const (
	colName     = "name"
	colIDType   = "idType"
	colIDNumber = "idNumber"
	colClass    = "class"
	colScore    = "score"
	colTheory   = "theory"
	colPractice = "practice"
)

// Kind implements imports.Importer.
func (i *Importer) Kind() string { return "results" }

// Columns implements imports.Importer.
func (i *Importer) Columns() []imports.Column {
	return []imports.Column{
		{Key: colName, Kind: imports.Name, Required: true, Tells: imports.Loosely},
		{Key: colIDNumber, Kind: imports.Number, Required: true, Tells: imports.Surely},
		{Key: colClass, Kind: imports.Text, Required: true, Tells: imports.Loosely},
		{Key: colScore, Kind: imports.Decimal, Required: true, Alone: true, Or: []string{colTheory, colPractice}},
		{Key: colTheory, Kind: imports.Decimal, Alone: true},
		{Key: colPractice, Kind: imports.Decimal, Alone: true},
		{Key: colIDType, Kind: imports.Choice, Mild: true},
	}
}

// Prefill implements imports.Prefiller: the learners of a class, to write
// their scores behind; ErrClassUnknown. Numbers are masked, as in every list.
func (i *Importer) Prefill(ctx context.Context, of string) ([]map[string]string, error) {
	c, err := i.service.ownClass(ctx, kernel.ClassID(of))
	if err != nil {
		return nil, err
	}
	var ids []kernel.PersonID
	for _, s := range c.Seats {
		if s.State == SeatEnrolled {
			ids = append(ids, s.Person)
		}
	}
	cards, err := i.service.People.Cards(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("learners of %s: %w", of, err)
	}
	rows := make([]map[string]string, 0, len(ids))
	for _, s := range c.Seats {
		card, enrolled := cards[s.Person]
		if !enrolled || s.State != SeatEnrolled {
			continue
		}
		row := inColumns(s.Score, s.Parts)
		row[colName], row[colIDNumber], row[colClass] = card.Name, card.IDNumberMasked, of
		rows = append(rows, row)
	}
	return rows, nil
}

// Check implements imports.Importer.
func (i *Importer) Check(ctx context.Context, scope *imports.Scope, rows []imports.Row) ([]imports.Outcome, error) {
	marks, _, err := i.judge(ctx, scope, rows)
	return outcomesOf(marks), err
}

// Apply implements imports.Importer.
func (i *Importer) Apply(ctx context.Context, scope *imports.Scope, rows []imports.Row) (out []imports.Outcome, err error) {
	s := i.service
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		marks, desk, err := i.judge(ctx, scope, rows)
		if err != nil {
			return err
		}
		out = outcomesOf(marks)
		graded := map[kernel.ClassID]int{}
		var order []kernel.ClassID
		for _, m := range marks {
			if m.Refused() || m.Action == imports.Unchanged {
				continue
			}
			c, err := desk.classes[m.class].GradeFrom(scope.Import, m.person, m.score, m.parts)
			if err != nil {
				return fmt.Errorf("grade %s: %w", m.person, err)
			}
			if desk.classes[m.class] = c; graded[m.class] == 0 {
				order = append(order, m.class)
			}
			graded[m.class]++
		}
		for _, id := range order {
			c := desk.classes[id]
			if err := s.docs.saveClass(ctx, &c); err != nil {
				return err
			}
			if err := s.record(ctx, "grade", "class", string(id), c.Provider, "", "import", scope.Import, "results", strconv.Itoa(graded[id])); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// Withdraw implements imports.Withdrawer: the scores are what they were before,
// while no class is over and nobody has changed one since: ErrClassCompleted,
// ErrScoreChanged, ErrScoresGone.
func (i *Importer) Withdraw(ctx context.Context, scope *imports.Scope, part imports.Part) (taken imports.Taken, err error) {
	s := i.service
	page, err := s.docs.classes.Find(ctx, part.Of("by_import", scope))
	if err != nil {
		return taken, fmt.Errorf("classes with scores of %s: %w", scope.Import, err)
	}
	taken.Next = page.Next
	if part.Look && part.After == "" && len(page.Items) == 0 {
		taken.InTheWay = append(taken.InTheWay, ErrScoresGone)
	}
	before := make([]ungraded, 0, len(page.Items))
	for _, d := range page.Items {
		back, n, err := d.class().Ungrade(scope.Import)
		if refusal, refused := fault.From(err); refused {
			taken.InTheWay = append(taken.InTheWay, refusal)
		} else if err != nil {
			return taken, err
		}
		before = append(before, ungraded{back, n})
	}
	if part.Look || len(taken.InTheWay) > 0 {
		return taken, nil
	}
	for _, b := range before {
		if err := s.docs.saveClass(ctx, &b.class); err != nil {
			return taken, err
		}
		if err := s.record(ctx, "withdraw", "class", string(b.class.ID), b.class.Provider, "", "import", scope.Import, "results", strconv.Itoa(b.scores)); err != nil {
			return taken, err
		}
		taken.Rows += b.scores
	}
	return taken, nil
}

// ungraded is a class without the scores of a table.
type ungraded struct {
	class  Class
	scores int
}

// mark is a row on its way into a class.
type mark struct {
	imports.Line
	class  kernel.ClassID
	person kernel.PersonID
	score  int
	parts  *Parts // where the row has both
	before Seat
}

func outcomesOf(marks []*mark) []imports.Outcome {
	out := make([]imports.Outcome, 0, len(marks))
	for _, m := range marks {
		out = append(out, m.Outcome(m.changes()...))
	}
	return out
}

// changes tells what the row makes of what stood before.
func (m *mark) changes() (out []imports.Change) {
	before, now := inColumns(m.before.Score, m.before.Parts), inColumns(&m.score, m.parts)
	for _, column := range []string{colScore, colTheory, colPractice} {
		if before[column] != now[column] {
			out = append(out, imports.Change{Column: column, Old: before[column], New: now[column]})
		}
	}
	return out
}

// inColumns writes a result as a table has it; what there is none of is left out.
func inColumns(score *int, parts *Parts) map[string]string {
	out := map[string]string{}
	if score != nil {
		out[colScore] = inPoints(*score)
	}
	if parts != nil {
		out[colTheory], out[colPractice] = inPoints(parts.Theory), inPoints(parts.Practice)
	}
	return out
}

// inPoints shows hundredths of a point: 85, 85.5, 85.25.
func inPoints(score int) string {
	return strconv.FormatFloat(float64(score)/100, 'f', -1, 64)
}

// judge looks up what the batch needs at once and decides row by row.
func (i *Importer) judge(ctx context.Context, scope *imports.Scope, rows []imports.Row) ([]*mark, *desk, error) {
	var numbers []kernel.IDNumber
	for _, r := range rows {
		if n := learnerOf(r); n.Number != "" {
			numbers = append(numbers, n)
		}
	}
	people, err := i.service.People.ByNumber(ctx, numbers)
	if err != nil {
		return nil, nil, fmt.Errorf("people of the table: %w", err)
	}
	d := &desk{service: i.service, sender: scope.Organization, classes: map[kernel.ClassID]Class{}, missing: map[kernel.ClassID]bool{}}
	marks := make([]*mark, 0, len(rows))
	for _, r := range rows {
		m := &mark{Line: imports.Line{Row: r, Action: imports.Created}}
		m.points()
		if err := d.settle(ctx, scope, m, people); err != nil {
			return nil, nil, err
		}
		marks = append(marks, m)
	}
	return marks, d, nil
}

// points reads what the row says of the test: a score, or both parts, of which
// the lower one is the score.
func (m *mark) points() {
	given := func(column string) (int, bool) {
		cell := m.Row.Cell(column)
		points := int(cell.Integer)
		if cell.Text != "" && (points < 0 || points > most) {
			m.Refuse(column, "training.import_score_range", "score", inPoints(points))
		}
		return points, cell.Text != ""
	}
	var scored bool
	m.score, scored = given(colScore)
	theory, inTheory := given(colTheory)
	practice, inPractice := given(colPractice)
	switch {
	case m.flawed():
	case inTheory != inPractice:
		m.Refuse(map[bool]string{true: colPractice, false: colTheory}[inTheory], "training.import_part_missing")
	case inTheory:
		m.parts = &Parts{Theory: theory, Practice: practice}
		if lower := m.parts.lower(); !scored {
			m.score = lower
		} else if m.score != lower {
			m.Refuse(colScore, "training.import_score_parts", "score", inPoints(m.score), "lower", inPoints(lower))
		}
	case !scored:
		m.Refuse(colScore, "training.import_score_missing")
	}
}

// flawed tells whether the engine has refused one of the amounts already.
func (m *mark) flawed() bool {
	return m.Row.Cell(colScore).Flawed || m.Row.Cell(colTheory).Flawed || m.Row.Cell(colPractice).Flawed
}

// most is the full mark of a test, in hundredths.
const most = 100_00

func (d *desk) settle(ctx context.Context, scope *imports.Scope, m *mark, people map[kernel.IDNumber]kernel.Bearers) error {
	r := m.Row
	class, named, err := d.byNumber(ctx, r.Text(colClass))
	if err != nil {
		return err
	}
	if r.Text(colIDNumber) == "" {
		return nil // the engine has refused it
	}
	card, meant := people[learnerOf(r)].Pick(r.Text(colName), func(c kernel.PersonCard) bool {
		return slices.Contains(c.Reach, d.sender) || named && class.Learns(c.ID)
	})
	if meant == kernel.MeantNobody {
		if card, meant, err = d.outsider(ctx, r, class, named, people[learnerOf(r)]); err != nil {
			return err
		}
	}
	switch meant {
	case kernel.MeantNobody:
		m.Refuse(colIDNumber, "training.import_person_unknown")
		return nil
	case kernel.MeantOther:
		m.Refuse(colName, "training.import_name_differs")
		return nil
	case kernel.MeantSeveral:
		m.Refuse(colIDNumber, "training.import_id_type_missing")
		return nil
	case kernel.MeantOne:
	}
	if !named && r.Text(colClass) != "" {
		var code string
		if class, code, err = d.byTitle(ctx, r.Text(colClass), card.ID); err != nil {
			return err
		}
		if code != "" {
			m.Refuse(colClass, code)
			return nil
		}
	}
	if class.ID == "" {
		return nil
	}
	m.class, m.person = class.ID, card.ID
	if _, err := class.Grade(card.ID, m.score); err != nil {
		f, refused := fault.From(err)
		if !refused {
			return err
		}
		m.Refuse(map[bool]string{true: colClass, false: colIDNumber}[f.Code == ErrClassCompleted.Code], f.Code)
		return nil
	}
	m.Label = card.Name + " " + card.IDNumberMasked + " · " + class.Terms.Title
	if m.Refused() || m.flawed() {
		return nil
	}
	key := string(class.ID) + " " + string(card.ID)
	if e, twice := scope.Seen.Met(key, r); twice {
		m.Refuse("", "training.import_twice", "row", strconv.Itoa(e.Row))
		return nil
	}
	scope.Seen.Keep(key, "", r)
	if m.before = class.Seats[class.seat(card.ID)]; m.before.Score != nil {
		m.Action = imports.Updated
		if *m.before.Score == m.score && (m.parts == nil || m.before.Parts != nil && *m.parts == *m.before.Parts) {
			m.Action = imports.Unchanged // a score alone takes no parts away
		}
	}
	return nil
}

func learnerOf(r imports.Row) kernel.IDNumber {
	return kernel.IDNumber{Type: r.Text(colIDType), Number: r.Text(colIDNumber)}
}

// outsider finds somebody who is the sender's by a class alone: by the masked
// number of its score sheet, or enrolled in the class that the row names by
// its title. Anybody else is nobody to the sender.
func (d *desk) outsider(ctx context.Context, r imports.Row, class Class, named bool, bearers kernel.Bearers) (kernel.PersonCard, kernel.Meant, error) {
	if named {
		card, found, err := d.masked(ctx, class, r.Text(colName), r.Text(colIDNumber))
		if found {
			return card, kernel.MeantOne, err
		}
		return card, kernel.MeantNobody, err
	}
	for _, card := range bearers {
		_, code, err := d.byTitle(ctx, r.Text(colClass), card.ID)
		if err != nil {
			return card, kernel.MeantNobody, err
		}
		if code == "training.import_not_enrolled" {
			continue
		}
		if name := r.Text(colName); name != "" && !card.Called(name) {
			return card, kernel.MeantOther, nil
		}
		return card, kernel.MeantOne, nil
	}
	return kernel.PersonCard{}, kernel.MeantNobody, nil
}

// desk finds the classes that a batch names, each once.
type desk struct {
	service *Service
	sender  kernel.OrganizationID
	classes map[kernel.ClassID]Class
	missing map[kernel.ClassID]bool // unknown, or not the sender's
}

// class reads one that the actor runs and that the sender of the table holds,
// or an organisation under it.
func (d *desk) class(ctx context.Context, id kernel.ClassID) (Class, bool, error) {
	if c, known := d.classes[id]; known || d.missing[id] {
		return c, known, nil
	}
	c, err := d.service.ownClass(ctx, id)
	if errors.Is(err, ErrClassUnknown) || err == nil && !slices.Contains(c.ProviderPath, d.sender) {
		d.missing[id] = true
		return Class{}, false, nil
	}
	if err != nil {
		return Class{}, false, err
	}
	d.classes[id] = c
	return c, true, nil
}

// byNumber takes the cell for the number of a class.
func (d *desk) byNumber(ctx context.Context, text string) (Class, bool, error) {
	if len(text) != len(kernel.NewID()) {
		return Class{}, false, nil
	}
	return d.class(ctx, kernel.ClassID(strings.ToLower(text)))
}

// byTitle takes it for the title of a class that the person is enrolled in: one
// that is open goes before those that are over.
func (d *desk) byTitle(ctx context.Context, title string, p kernel.PersonID) (Class, string, error) {
	var open, over []Class
	q := store.Query{Index: "by_person", Equal: []any{string(p)}}
	err := d.service.docs.enrolments.Each(ctx, q, func(e enrolmentDoc) error {
		c, known, err := d.class(ctx, e.Class)
		if err != nil || !known || plainTitle(c.Terms.Title) != plainTitle(title) || !c.Learns(p) {
			return err
		}
		if c.running() == nil {
			open = append(open, c)
		} else {
			over = append(over, c)
		}
		return nil
	})
	switch {
	case err != nil:
		return Class{}, "", err
	case len(open) > 1:
		return Class{}, "training.import_class_ambiguous", nil
	case len(open) == 1:
		return open[0], "", nil
	case len(over) > 0:
		why, _ := fault.From(over[0].running())
		return Class{}, why.Code, nil
	}
	return Class{}, "training.import_not_enrolled", nil
}

func plainTitle(s string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "《", "", "》", "").Replace(s))
}

// masked finds the learner of a class by name and masked number, as the score
// sheet of the class shows them.
func (d *desk) masked(ctx context.Context, c Class, name, number string) (kernel.PersonCard, bool, error) {
	if !strings.Contains(number, "*") || name == "" {
		return kernel.PersonCard{}, false, nil
	}
	ids := make([]kernel.PersonID, 0, len(c.Seats))
	for _, s := range c.Seats {
		ids = append(ids, s.Person)
	}
	cards, err := d.service.People.Cards(ctx, ids)
	if err != nil {
		return kernel.PersonCard{}, false, fmt.Errorf("learners of %s: %w", c.ID, err)
	}
	var match []kernel.PersonCard
	for _, card := range cards {
		if card.Called(name) && card.IDNumberMasked == number {
			match = append(match, card)
		}
	}
	if len(match) != 1 {
		return kernel.PersonCard{}, false, nil
	}
	return match[0], true, nil
}
