package people

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/store"
)

// notChecked refuses a number that cannot be checked against the name. It does
// not say that the number is registered.
const notChecked = "people.number_not_checked"

// settle decides what becomes of a row: a new person, a new spell or a change
// of a known one, or nothing new.
func (i *Importer) settle(ctx context.Context, scope *imports.Scope, l *line, known *personDoc) error {
	theirs := known != nil && known.person().visible(kernel.ReachFrom(ctx), i.service.today())
	if known != nil && l.doc.Name != "" {
		called := known.called(l.doc.Name)
		switch {
		case theirs && !called:
			l.Refuse(colName, ErrNameDiffers.Code)
		case !theirs && (!called || l.former): // a number of before tells no stranger whose it is now
			l.Refuse(colIDNumber, notChecked)
		}
	}
	if l.Refused() {
		return nil
	}
	if l.entry == nil && l.Row.Text(colRole) != "" && !l.Row.Cell(colHiredOn).Flawed && !employed(known, scope.Organization) {
		l.Warn(colRole, "people.post_without_start")
	}
	if known == nil {
		l.Action = imports.Created
		if l.entry != nil {
			l.entry.Person = kernel.PersonID(l.doc.ID)
			l.doc.Career = Career{*l.entry}
		}
		return nil
	}
	drawn := l.doc
	l.before, l.doc, l.unseen = known, *known, !theirs
	changed := false
	if l.entry != nil {
		l.entry.Person = kernel.PersonID(known.ID)
		career, err := l.career(known.Career)
		if err != nil {
			return l.RefuseFor(colHiredOn, err)
		}
		changed = len(career) > len(known.Career)
		l.doc.Career = career
	}
	if i.service.kept(ctx, l.doc) { // with the post that the row brings: the same file again says nothing new
		l.mended = l.mend(drawn)
		changed = changed || l.mended
	}
	l.Action = imports.Unchanged
	if changed {
		l.Action = imports.Updated
		if !slices.Contains(l.doc.Imports, scope.Import) {
			l.doc.Imports = append(slices.Clone(l.doc.Imports), scope.Import)
		}
	}
	return nil
}

// employed tells whether a known person is on post at an organisation.
func employed(known *personDoc, at kernel.OrganizationID) bool {
	return known != nil && slices.ContainsFunc(known.Career.Latest(), func(e Entry) bool {
		return e.Organization == at && e.Period.To == kernel.Forever
	})
}

// mend takes over what the row says of a person whom the sender keeps anyway.
func (l *line) mend(drawn personDoc) (changed bool) {
	if drawn.PhoneBlind != "" && drawn.PhoneBlind != l.doc.PhoneBlind {
		l.doc.PhoneSealed, l.doc.PhoneBlind, l.doc.PhoneMasked, changed = drawn.PhoneSealed, drawn.PhoneBlind, drawn.PhoneMasked, true
	}
	if drawn.Education != "" && drawn.Education != l.doc.Education {
		l.doc.Education, changed = drawn.Education, true
	}
	if drawn.Major != "" && drawn.Major != l.doc.Major {
		l.doc.Major, changed = drawn.Major, true
	}
	if l.Row.Text(colKind) != "" {
		kinds, more := union(l.doc.Kinds, drawn.Kinds)
		l.doc.Kinds, changed = kinds, changed || len(more) > 0
	}
	if l.Row.Has(colGender) && drawn.GenderSaid != l.doc.GenderSaid {
		l.doc.GenderSaid, changed = drawn.GenderSaid, true
	}
	return changed
}

// position is what a table calls the post, where that is not the role's own word.
func (l *line) position() string {
	c := l.Row.Cell(colRole)
	if c.Proper || c.Text == "" {
		return ""
	}
	said := []rune(strings.Join(strings.Fields(c.Raw), " "))
	return string(said[:min(len(said), longestPosition)])
}

// longestPosition is the limit of the API.
const longestPosition = 40

// career is the known career with what the row adds: nothing when the same
// spell is there, its end when the row knows one, else the spell.
func (l *line) career(known Career) (Career, error) {
	for _, e := range known.Latest() {
		untold := l.Row.Text(colRole) == "" && l.Row.Text(colKind) == ""
		role := untold || e.Role == l.entry.Role
		if e.Organization != l.entry.Organization || !role || e.Period.From != l.entry.Period.From {
			continue
		}
		if l.entry.Period.To == kernel.Forever || l.entry.Period.To == e.Period.To {
			return known, nil
		}
		ended := *l.entry
		ended.ID, ended.Role = e.ID, e.Role
		if !l.Row.Has(colDispatched) {
			ended.Dispatched = e.Dispatched
		}
		if ended.Position == "" { // the role's own word takes nothing back
			ended.Position = e.Position
		}
		return known.Correct(ended)
	}
	return known.Add(*l.entry)
}

// write saves what the lines leave.
func (i *Importer) write(ctx context.Context, scope *imports.Scope, lines []*line) error {
	s := i.service
	var keys []identityDoc
	var made []personDoc
	count := map[imports.Action]int{}
	var fresh []*personDoc // by what they are looked up by
	for _, l := range lines {
		if l.Refused() {
			continue
		}
		count[l.Action]++
		switch l.Action {
		case imports.Created:
			s.arrange(&l.doc)
			made = append(made, l.doc)
			if l.takesOver {
				if err := s.takeNumber(ctx, l.doc); err != nil {
					return err
				}
				break
			}
			key := identityDoc{Person: l.doc.ID}
			key.ID = l.doc.IDBlind
			keys = append(keys, key)
		case imports.Updated:
			told, err := i.update(ctx, l)
			if err != nil {
				return err
			}
			if told.PhoneBlind != l.before.PhoneBlind || told.Birth != l.before.Birth {
				fresh = append(fresh, &told)
			}
		default:
			continue
		}
		if err := i.announce(ctx, scope, l); err != nil {
			return err
		}
	}
	if err := s.keepMends(ctx, scope.Import, lines); err != nil {
		return err
	}
	if err := s.docs.identities.Insert(ctx, keys...); err != nil {
		return fmt.Errorf("save identities: %w", err)
	}
	if err := s.docs.persons.Insert(ctx, made...); err != nil {
		return fmt.Errorf("save people: %w", err)
	}
	for n := range made {
		fresh = append(fresh, &made[n])
	}
	if _, err := s.suspect(ctx, fresh...); err != nil {
		return err
	}
	if count[imports.Created]+count[imports.Updated] == 0 {
		return nil
	}
	return s.Audit.Record(ctx, kernel.Act{Verb: "import", Noun: "person", ID: scope.Import, Organization: scope.Organization, Detail: map[string]string{
		"created": strconv.Itoa(count[imports.Created]), "updated": strconv.Itoa(count[imports.Updated]),
	}})
}

func (i *Importer) update(ctx context.Context, l *line) (personDoc, error) {
	doc := l.doc
	if err := i.service.save(ctx, &doc); err != nil {
		return doc, err
	}
	act := i.service.act("update", doc)
	act.Detail = differences(*l.before, doc)
	if len(doc.Career) > len(l.before.Career) {
		act.Detail["career"] = describe(doc.Career[len(doc.Career)-1])
	}
	return doc, i.service.Audit.Record(ctx, act)
}

func (i *Importer) announce(ctx context.Context, scope *imports.Scope, l *line) error {
	person := kernel.PersonID(l.doc.ID)
	if l.Action == imports.Created {
		if err := i.service.Facts.Announce(ctx, Changed{person}); err != nil {
			return err
		}
		if err := i.service.Facts.Announce(ctx, Registered{Person: person, Kinds: l.doc.Kinds, Organization: scope.Organization}); err != nil {
			return err
		}
	}
	if l.before != nil && len(l.doc.Career) == len(l.before.Career) || len(l.doc.Career) == 0 {
		return nil
	}
	return i.service.Facts.Announce(ctx, CareerChanged{Person: person, Spells: l.doc.Career.Spells()})
}

// Withdraw implements imports.Withdrawer: people whom the import registered
// leave the register, spells it recorded are void, what it changed is as before.
// In the way is everybody who was trained, certified, granted, given a post or an
// account, merged, heard or worked on by hand since, or whose record says something
// else by now: the refusals of Foundations, ErrImportSince, ErrByHandSince,
// ErrMergedSince, ErrTransferSince, ErrConsentSince, ErrCorrectionSince, ErrBuiltUpon.
func (i *Importer) Withdraw(ctx context.Context, scope *imports.Scope, part imports.Part) (taken imports.Taken, err error) {
	page, err := i.service.docs.persons.Find(ctx, part.Of("imports", scope))
	if err != nil {
		return taken, err
	}
	taken.Next = page.Next
	persons := make([]string, len(page.Items))
	for n, doc := range page.Items {
		persons[n] = doc.ID
	}
	mends, err := i.service.mendsOf(ctx, scope.Import, persons)
	if err != nil {
		return taken, err
	}
	for _, doc := range page.Items {
		built, err := i.built(ctx, doc, scope, mends)
		if err != nil {
			return taken, err
		}
		if built != nil {
			taken.InTheWay = append(taken.InTheWay, built.With("name", doc.Name))
		}
	}
	if part.Look || len(taken.InTheWay) > 0 {
		return taken, nil
	}
	for _, doc := range page.Items {
		if err := i.takeBack(ctx, doc, scope.Import, mends); err != nil {
			return taken, fmt.Errorf("take back %s: %w", doc.ID, err)
		}
	}
	taken.Rows = len(page.Items)
	return taken, nil
}

// built names what rests on what an import left of somebody, or that somebody
// worked on it since; nil where nothing stands in the way.
func (i *Importer) built(ctx context.Context, doc personDoc, scope *imports.Scope, mends map[string]mendDoc) (*fault.Fault, error) {
	ours := func(e Entry) bool { return e.Import == scope.Import }
	made := doc.Import == scope.Import
	if rests, err := i.rests(ctx, doc, scope.Import); err != nil || rests != nil {
		return rests, err
	}
	m, mended := mends[doc.ID]
	if slices.ContainsFunc(doc.Career, func(e Entry) bool { return ours(e) && e.Was != "" }) {
		return ErrMergedSince, nil
	}
	if doc.Career.carriedOn(scope.Import) {
		return ErrImportSince, nil
	}
	if said := doc.spoke(); made && said != nil {
		return said, nil
	}
	byHand := slices.ContainsFunc(doc.Career, func(e Entry) bool { return ours(e) && e.ByHand })
	if byHand || made && doc.Handled || !made && mended && !doc.says(m.After) {
		return ErrByHandSince, nil
	}
	if !made {
		if merged, err := i.broughtByMerge(ctx, doc, scope); err != nil || merged {
			return ErrMergedSince, err
		}
		return nil, nil
	}
	elsewhere := slices.ContainsFunc(doc.Career, func(e Entry) bool {
		return !ours(e) && (e.Import == "" || e.Organization != scope.Organization)
	})
	if elsewhere || len(doc.Granted) > 0 || doc.PreJobOn != "" {
		return ErrBuiltUpon, nil
	}
	if len(doc.Imports) > 1 {
		return ErrImportSince, nil
	}
	asked, err := i.service.docs.transfers.Find(ctx, store.Query{Index: "person", Equal: []any{doc.ID, string(TransferAsked)}, Limit: 1})
	if err != nil || len(asked.Items) > 0 { // whoever asked waits for an answer
		return ErrTransferSince, err
	}
	return nil, nil
}

// broughtByMerge tells whether the record that an import left was merged into
// this one: undone, the merge would bring it back.
func (i *Importer) broughtByMerge(ctx context.Context, doc personDoc, scope *imports.Scope) (found bool, err error) {
	err = i.service.docs.merges.Each(ctx, store.Query{Index: "kept", Equal: []any{doc.ID}}, func(m mergeDoc) error {
		if found = m.UndoneAt == nil && slices.Contains(m.GoneImports, scope.Import); found {
			return store.Stop
		}
		return nil
	})
	return found, err
}

func (i *Importer) takeBack(ctx context.Context, doc personDoc, importID string, mends map[string]mendDoc) error {
	s, at := i.service, i.service.now()
	career := doc.Career.without(importID, at)
	if len(career) > 0 {
		if err := s.Facts.Announce(ctx, CareerChanged{Person: kernel.PersonID(doc.ID), Spells: career.Spells()}); err != nil {
			return err
		}
	}
	act := s.act("withdraw", doc)
	act.Detail = map[string]string{"import": importID}
	if err := s.Audit.Record(ctx, act); err != nil {
		return err
	}
	if doc.Import == importID {
		if err := s.freeNumbers(ctx, doc); err != nil {
			return err
		}
		if err := s.forget(ctx, doc); err != nil {
			return err
		}
		if err := s.revokeAll(ctx, doc); err != nil {
			return err
		}
		if err := s.Facts.Announce(ctx, Changed{kernel.PersonID(doc.ID)}); err != nil {
			return err
		}
		return s.docs.persons.Delete(ctx, doc.ID, doc.Version)
	}
	doc.Career = career
	if m, mended := mends[doc.ID]; mended {
		doc.tell(m.Before)
		if err := s.docs.mends.Delete(ctx, m.ID, 0); err != nil {
			return err
		}
	}
	doc.Imports = slices.DeleteFunc(doc.Imports, func(id string) bool { return id == importID })
	return s.save(ctx, &doc)
}

// freeNumbers gives up every number of a record that leaves the register.
func (s *Service) freeNumbers(ctx context.Context, doc personDoc) error {
	keys, err := s.docs.identities.GetMany(ctx, append(slices.Clone(doc.Blinds), doc.IDBlind))
	if err != nil {
		return err
	}
	for _, k := range keys {
		if k.Person != doc.ID {
			continue
		}
		if err := s.docs.identities.Delete(ctx, k.ID, 0); err != nil {
			return err
		}
	}
	return nil
}

// carriedOn tells whether a spell that an import recorded stands in the words of
// a later import: taken back, it would come again with that one.
func (c Career) carriedOn(importID string) bool {
	return slices.ContainsFunc(c, func(e Entry) bool {
		return e.Import == importID && e.SupersededAt != nil && slices.ContainsFunc(c, func(now Entry) bool {
			return now.ID == e.ID && now.SupersededAt == nil && now.Voided == nil && now.Import != "" && now.Import != importID
		})
	})
}

// without voids what an import recorded and says again what stood before.
func (c Career) without(importID string, at time.Time) Career {
	out := slices.Clone(c)
	theirs := slices.DeleteFunc(slices.Clone(c), func(e Entry) bool { return e.Import != importID })
	for _, e := range theirs.Latest() {
		out = out.Void(e.ID, at)
		said := theirs.firstRecorded(e.ID) // a later withdrawal may have said its words again
		for _, old := range c {
			if old.ID == e.ID && old.SupersededAt != nil && old.SupersededAt.Equal(said) {
				old.RecordedAt, old.SupersededAt = at, nil
				out = append(out, old)
			}
		}
	}
	return out
}
