package certificates

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"carecert/modules/certificates/rule"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/imports"
)

// line is a row on its way onto the books.
type line struct {
	imports.Line
	made Certificate

	contested bool        // the number is another person's on the books,
	held      Certificate // in this certificate
	freed     bool        // the number was refuted for somebody else
}

// doubt warns of what was found about the number, and the day of issue.
func (l *line) doubt(findings []kernel.Reason) {
	for _, r := range findings {
		column := colNumber
		if r.Code == "certificates.issued_young" {
			column = colIssuedOn
		}
		l.Warnings = append(l.Warnings, imports.Problem{Column: column, Code: r.Code, Params: r.Params})
	}
}

func (l *line) outcome() imports.Outcome {
	return l.Outcome(
		imports.Change{Column: colNumber, New: l.made.Number},
		imports.Change{Column: colLevel, New: strconv.Itoa(int(l.made.Level))},
		imports.Change{Column: colIssuedOn, New: string(l.made.IssuedOn)},
		imports.Change{Column: colIssuer, New: l.made.IssuerName},
	)
}

// judge looks up what the batch needs at once and decides row by row.
func (i *Importer) judge(ctx context.Context, scope *imports.Scope, rows []imports.Row) ([]*line, error) {
	ids, numbers := make([]kernel.IDNumber, 0, len(rows)), make([]string, 0, len(rows))
	for _, r := range rows {
		if n := holderOf(r); n.Number != "" {
			ids = append(ids, n)
		}
		numbers = append(numbers, rule.Normalize(r.Text(colNumber)))
	}
	people, err := i.service.people.ByNumber(ctx, ids)
	if err != nil {
		return nil, err
	}
	known, err := i.known(ctx, numbers)
	if err != nil {
		return nil, err
	}
	held, err := i.held(ctx, people)
	if err != nil {
		return nil, err
	}
	bodies := i.service.bodies()
	lines := make([]*line, 0, len(rows))
	for _, r := range rows {
		l := &line{Line: imports.Line{Row: r, Action: imports.Created}}
		if err := i.judgeRow(ctx, scope, l, people, known, bodies); err != nil {
			return nil, err
		}
		if l.Action == imports.Created && len(l.Problems) == 0 && l.made.ID != "" {
			before := len(l.made.Findings)
			i.service.doubtCrowd(&l.made, held[l.made.Person])
			l.doubt(l.made.Findings[before:])
			held[l.made.Person] = append(held[l.made.Person], l.made)
			known[l.made.Number] = l.made // for a later row that says it of somebody else
		}
		lines = append(lines, l)
	}
	return lines, nil
}

func holderOf(r imports.Row) kernel.IDNumber {
	return kernel.IDNumber{Type: r.Text(colIDType), Number: r.Text(colIDNumber)}
}

// alikeRead is how many certificates of a person a row is compared with.
const alikeRead = 50

// held reads what the people of the batch have on the books.
func (i *Importer) held(ctx context.Context, people map[kernel.IDNumber]kernel.Bearers) (map[kernel.PersonID][]Certificate, error) {
	var ids []kernel.PersonID
	for _, bearers := range people {
		for _, card := range bearers {
			ids = append(ids, card.ID)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids) // one person may be asked for by two numbers
	keys := make([][]string, len(ids))
	for n, id := range ids {
		keys[n] = []string{string(id)}
	}
	docs, err := i.service.repo.certificates.Match(ctx, "person", keys, alikeRead)
	if err != nil {
		return nil, err
	}
	out := make(map[kernel.PersonID][]Certificate, len(ids))
	for n, all := range docs {
		for _, d := range all {
			out[ids[n]] = append(out[ids[n]], d.read())
		}
	}
	return out, nil
}

// known reads the certificates that have one of the numbers.
func (i *Importer) known(ctx context.Context, numbers []string) (map[string]Certificate, error) {
	keys, err := i.service.repo.numbers.GetMany(ctx, numbers)
	if err != nil {
		return nil, err
	}
	ids := make([]string, 0, len(keys))
	for _, k := range keys {
		ids = append(ids, string(k.Certificate))
	}
	docs, err := i.service.repo.certificates.GetMany(ctx, ids)
	out := make(map[string]Certificate, len(docs))
	for _, d := range docs {
		out[d.Number] = d.read()
	}
	return out, err
}

func (i *Importer) judgeRow(ctx context.Context, scope *imports.Scope, l *line, people map[kernel.IDNumber]kernel.Bearers, known map[string]Certificate, bodies bodies) error {
	r := l.Row
	card, meant := people[holderOf(r)].Pick(r.Text(colName), func(c kernel.PersonCard) bool { return slices.Contains(c.Reach, scope.Organization) })
	switch meant {
	case kernel.MeantNobody:
		l.Refuse(colIDNumber, "certificates.import_person_unknown")
	case kernel.MeantOther:
		l.Refuse(colName, "certificates.import_name_differs")
	case kernel.MeantSeveral:
		l.Refuse(colIDNumber, "certificates.import_id_type_missing")
	case kernel.MeantOne:
		l.Label = card.Name + " " + card.IDNumberMasked
	}
	number := rule.Normalize(r.Text(colNumber))
	if number == "" {
		return nil // the engine has refused it
	}
	earlier, twice := scope.Seen.Met("number "+number, r)
	level, _ := strconv.Atoi(r.Text(colLevel)) // 0 where the engine refused the cell
	d := Claim{
		Family: Family(r.Text(colFamily)), Number: number, Level: kernel.SkillLevel(level), IssuedOn: r.Date(colIssuedOn),
		IssuerName: r.Text(colIssuer), Occupation: r.Text(colOccupation), Import: scope.Import,
		Offices: []kernel.OrganizationID{scope.Organization},
	}
	if d.Family == "" {
		d.Family = Family(i.service.rules.Numbers.FamilyOf(number, d.IssuedOn))
	}
	if level > 0 && d.IssuedOn != "" && len(l.Problems) == 0 {
		if err := i.settle(ctx, l, d, card, known, bodies); err != nil {
			return err
		}
		if twice { // for another person it is a conflict all the same
			l.Problems, l.Warnings = nil, nil
		}
	}
	if twice {
		l.Refuse(colNumber, "certificates.import_duplicate_row", "row", strconv.Itoa(earlier.Row))
	}
	if !l.Refused() {
		scope.Seen.Keep("number "+number, "", r)
	}
	return nil
}

// settle checks the number and compares with what is on the books.
func (i *Importer) settle(ctx context.Context, l *line, d Claim, card kernel.PersonCard, known map[string]Certificate, bodies bodies) error {
	c, err := i.service.claim(ctx, d, card, bodies)
	if f, refused := fault.From(err); refused {
		if errors.Is(err, ErrNumber) {
			for _, field := range f.Fields {
				l.Problems = append(l.Problems, imports.Problem{Column: colNumber, Code: field.Code, Params: field.Params})
			}
			return nil
		}
		l.Refuse(colIssuedOn, f.Code)
		return nil
	}
	if err != nil {
		return err
	}
	l.doubt(c.Findings)
	l.made = c
	if before, on := known[c.Number]; on {
		holder, err := i.service.repo.holderOf(ctx, before.Person)
		if err != nil {
			return err
		}
		switch {
		case before.leaves(c):
			l.freed = true
			return nil
		case holder.person() != c.Person:
			l.contested, l.held = true, before
			l.Refuse(colNumber, "certificates.import_number_other_person")
			return nil
		case before.Level != c.Level || before.IssuedOn != c.IssuedOn:
			l.Refuse(colNumber, "certificates.import_registered_otherwise", "level", strconv.Itoa(int(before.Level)), "issuedOn", string(before.IssuedOn))
			return nil
		}
		l.Action = imports.Unchanged
	}
	return nil
}
