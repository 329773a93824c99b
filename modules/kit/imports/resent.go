package imports

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"carecert/modules/kit/store"
)

// A refused row is known again, whatever file brings it, by what was right about
// it: the columns that tell rows apart, without those that were named as wrong.
// The workbook of refusals says in a column of its own which row each was. What
// stands of a row is a keyed hash that tells nobody what it said.

// refusalDoc is a refused row that a later file may bring again.
type refusalDoc struct {
	store.Doc `bson:",inline"`
	Import    string    `bson:"import"`
	Clue      string    `bson:"clue,omitempty"`     // hash of what it is known again by; "" where nothing tells
	Loose     bool      `bson:"loose,omitempty"`    // which says it but loosely
	Open      string    `bson:"open,omitempty"`     // the same, until it was brought again
	MendedBy  string    `bson:"mendedBy,omitempty"` // the import that brought it again
	For       []string  `bson:"for,omitempty"`      // refusals of earlier files that it brought again itself
	At        time.Time `bson:"at"`
	OpenAgain time.Time `bson:"openAgain,omitempty"` // since what had brought it was withdrawn
	Settled   bool      `bson:"settled,omitempty"`   // somebody said why it is not sent again, of the file that had brought it
}

func refusalID(imported string, row int) string { return fmt.Sprintf("%s:%d", imported, row) }

// refusedRow is the key of the column in which a workbook of refusals says which
// row of the file each was.
const refusedRow = "refusedRow"

const cluePurpose = "imports.clue"

// telling are the columns that tell rows of a kind apart.
func telling(all []Column) []Column {
	return slices.DeleteFunc(slices.Clone(all), func(c Column) bool { return c.Tells == Not })
}

// rightly are the telling columns that a refused row fills, without those that
// were named as wrong.
func rightly(columns []Column, row Row, problems []Problem) []Column {
	return slices.DeleteFunc(slices.Clone(columns), func(c Column) bool {
		return row.Text(c.Key) == "" || slices.ContainsFunc(problems, func(p Problem) bool { return p.Column == c.Key })
	})
}

// mask names a set of columns.
func mask(columns []Column) string {
	keys := make([]string, len(columns))
	for i, c := range columns {
		keys[i] = c.Key
	}
	return strings.Join(keys, "+")
}

// clue is what a row says in some columns, "" where it is silent in one.
func (s *Service) clue(d importDoc, mask string, row Row) string {
	parts := []string{d.Kind, d.Organization, mask}
	for key := range strings.SplitSeq(mask, "+") {
		text := row.Text(key)
		if text == "" {
			return ""
		}
		parts = append(parts, text)
	}
	return s.ring.Blind(cluePurpose, strings.Join(parts, "\x00"))
}

// refusal is what stays of a refused row; it notes the columns in the import.
func (s *Service) refusal(d *importDoc, columns []Column, row Row, problems []Problem) refusalDoc {
	r := refusalDoc{Doc: store.Doc{ID: refusalID(d.ID, row.Number)}, Import: d.ID, At: s.clock.Now().UTC()}
	right := rightly(columns, row, problems)
	if len(right) == 0 {
		return r
	}
	m := mask(right)
	r.Clue = s.clue(*d, m, row)
	r.Open, r.Loose = r.Clue, !slices.ContainsFunc(right, func(c Column) bool { return c.Tells == Surely })
	if !slices.Contains(d.Masks, m) {
		d.Masks = append(slices.Clone(d.Masks), m)
	}
	return r
}

// mendable is what earlier files of the same kind and organisation have open.
type mendable struct {
	imports map[string]time.Time // when the rest of each was dismissed, if it was
	masks   []string             // the largest first
}

// wants tells whether a refusal waits to be brought again: it is of one of the
// files, nothing has brought it, and it was not dismissed.
func (m mendable) wants(r refusalDoc) bool {
	dismissed, known := m.imports[r.Import]
	return known && r.MendedBy == "" && !r.Settled && !r.OpenAgain.Before(dismissed)
}

func (s *Service) mendable(ctx context.Context, d importDoc) (m mendable, err error) {
	if d.DryRun {
		return m, nil
	}
	open, err := s.repo.toMend(ctx, d.Organization)
	if err != nil {
		return m, fmt.Errorf("what is to be mended: %w", err)
	}
	m.imports = map[string]time.Time{}
	for _, e := range open {
		if e.Kind != d.Kind || e.ID == d.ID {
			continue
		}
		m.imports[e.ID] = time.Time{}
		if e.Dismissal != nil {
			m.imports[e.ID] = e.Dismissal.At
		}
		for _, k := range e.Masks {
			if !slices.Contains(m.masks, k) {
				m.masks = append(m.masks, k)
			}
		}
	}
	slices.SortStableFunc(m.masks, func(a, b string) int { return strings.Count(b, "+") - strings.Count(a, "+") })
	return m, nil
}

// bring marks the refused rows of earlier files that the rows of a batch bring
// again, counts them in both imports, and keeps what was refused of the batch.
func (s *Service) bring(ctx context.Context, d *importDoc, p passage, rows []Row, out []Outcome) error {
	if d.DryRun {
		return nil
	}
	brought, err := s.known(ctx, *d, p.earlier, rows, out)
	if err != nil {
		return fmt.Errorf("rows that were refused before: %w", err)
	}
	var changed []refusalDoc
	mended := map[string]int{}
	for i, row := range rows {
		var standsFor []string
		for _, r := range brought[row.Number] {
			r.MendedBy, r.Open = d.ID, ""
			changed = append(changed, r)
			mended[r.Import]++
			standsFor = append(append(standsFor, r.ID), r.For...)
		}
		if out[i].Action == Rejected {
			r := s.refusal(d, p.telling, row, out[i].Problems)
			r.For = standsFor
			changed = append(changed, r)
		}
	}
	if err := s.repo.refusals.PutMany(ctx, changed); err != nil {
		return fmt.Errorf("keep refused rows: %w", err)
	}
	d.Mended = slices.Clone(d.Mended)
	for id, n := range mended {
		d.mend(id, n)
		if err := s.moreToMend(ctx, id, -n); err != nil {
			return err
		}
	}
	return nil
}

func (d *importDoc) mend(id string, rows int) {
	for i := range d.Mended {
		if d.Mended[i].Import == id {
			d.Mended[i].Rows += rows
			return
		}
	}
	d.Mended = append(d.Mended, Mended{Import: id, Rows: rows})
}

// known finds the open refusals that each row brings again: by what both say,
// the most first, or by the number in the workbook of refusals. Refusals that
// say the same go together, but where they say it loosely a row brings one.
func (s *Service) known(ctx context.Context, d importDoc, m mendable, rows []Row, out []Outcome) (map[int][]refusalDoc, error) {
	brought := map[int][]refusalDoc{}
	if len(m.imports) == 0 {
		return brought, nil
	}
	taken := map[string]bool{}
	take := func(row Row, r refusalDoc) {
		if m.wants(r) && !taken[r.ID] {
			taken[r.ID] = true
			brought[row.Number] = append(brought[row.Number], r)
		}
	}
	for _, k := range m.masks {
		asked := make([][]string, len(rows))
		for i, row := range rows {
			asked[i] = []string{s.clue(d, k, row)}
		}
		found, err := s.repo.refusals.Match(ctx, "open", asked, mostAlike)
		if err != nil {
			return nil, err
		}
		for i, row := range rows {
			if asked[i][0] == "" || len(brought[row.Number]) > 0 {
				continue
			}
			for _, r := range found[i] {
				alone := out[i].Action != Unchanged && row.refused == 0 && len(brought[row.Number]) == 0
				if !r.Loose || alone {
					take(row, r)
				}
			}
		}
	}
	if d.Marked == "" {
		return brought, nil
	}
	for _, row := range rows {
		if row.refused == 0 || len(brought[row.Number]) > 0 {
			continue
		}
		r, err := s.latest(ctx, refusalID(d.Marked, row.refused))
		if err != nil {
			return nil, err
		}
		take(row, r)
	}
	return brought, nil
}

// mostAlike is how many refusals of the same words are looked at for a row.
const mostAlike = 20

// latest follows a refusal to the one that stands for it now: files that
// brought it again may have been refused themselves.
func (s *Service) latest(ctx context.Context, id string) (refusalDoc, error) {
	r, err := s.repo.refusals.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return refusalDoc{}, nil // not a row of that file
	}
	for err == nil && r.MendedBy != "" {
		next, found, again := s.standsFor(ctx, r)
		if again != nil || !found {
			return r, again
		}
		r = next
	}
	return r, err
}

// standsFor finds the refused row of the import that brought a refusal again.
func (s *Service) standsFor(ctx context.Context, r refusalDoc) (found refusalDoc, ok bool, err error) {
	err = s.repo.refusals.Each(ctx, store.Query{Index: "for", Equal: []any{r.ID}}, func(o refusalDoc) error {
		if o.Import == r.MendedBy {
			found, ok = o, true
			return store.Stop
		}
		return nil
	})
	return found, ok, err
}

// release opens the refusals again that a withdrawn import has brought, a part
// of them; more while there may be others. What later files brought of its own
// refusals stays brought, and what was dismissed there stays dismissed.
func (s *Service) release(ctx context.Context, d *importDoc) (more bool, err error) {
	page, err := s.repo.refusals.Find(ctx, store.Query{Index: "mendedBy", Equal: []any{d.ID}, Limit: PartSize})
	if err != nil {
		return false, fmt.Errorf("rows mended by import %s: %w", d.ID, err)
	}
	open := map[string]int{}
	for i := range page.Items {
		r := &page.Items[i]
		later, found, err := s.standsFor(ctx, *r)
		if err != nil {
			return false, err
		}
		r.MendedBy = later.MendedBy
		r.Settled = found && (later.Settled || d.dismissed(later))
		if r.MendedBy == "" && !r.Settled {
			r.Open, r.OpenAgain = r.Clue, s.clock.Now().UTC()
			open[r.Import]++
		}
	}
	if err := s.repo.refusals.PutMany(ctx, page.Items); err != nil {
		return false, err
	}
	for id, n := range open {
		if err := s.moreToMend(ctx, id, n); err != nil {
			return false, err
		}
	}
	return len(page.Items) == PartSize, nil
}

// dismissed tells whether somebody said why a refused row of the import is not
// sent again.
func (d importDoc) dismissed(r refusalDoc) bool {
	return d.Dismissal != nil && r.MendedBy == "" && r.OpenAgain.Before(d.Dismissal.At)
}

// moreToMend adds to what is to be mended of an import, which a withdrawn one
// has not.
func (s *Service) moreToMend(ctx context.Context, id string, rows int) error {
	e, err := s.repo.get(ctx, id)
	if err != nil || e.WithdrawnAt != nil {
		return err
	}
	return s.saveToMend(ctx, e, max(0, e.ToMend+rows))
}

// closed walks the refusals from before an instant that nothing waits for any
// more.
func (s *Service) closed(ctx context.Context, before time.Time, fn func(refusalDoc) error) error {
	waiting := map[string]bool{}
	return s.repo.refusals.Each(ctx, store.Query{Index: "at", Until: before}, func(r refusalDoc) error {
		waits, asked := waiting[r.Import]
		if !asked {
			d, err := s.repo.get(ctx, r.Import)
			if err != nil {
				return err
			}
			waits = d.ToMend > 0
			waiting[r.Import] = waits
		}
		if waits && r.MendedBy == "" {
			return nil
		}
		return fn(r)
	})
}

func (s *Service) countClues(ctx context.Context, before time.Time) (n int64, more bool, err error) {
	err = s.closed(ctx, before, func(refusalDoc) error { n++; return nil })
	return n, false, err
}

func (s *Service) forgetClues(ctx context.Context, before time.Time) (n int64, err error) {
	err = s.closed(ctx, before, func(r refusalDoc) error {
		n++
		return s.repo.refusals.Delete(ctx, r.ID, 0)
	})
	return n, err
}

// rowInFile reads which row of the file a row of a workbook of refusals was; 0
// when it does not say.
func rowInFile(text string) int {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 0 {
		return 0
	}
	return n
}
