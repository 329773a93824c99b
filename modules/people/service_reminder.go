package people

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
	"carecert/modules/people/rule"
)

// Remind sends an organisation in reach a reminder of what is found in its
// records: of the kinds, or of all when none is named. ErrEmployerUnknown,
// ErrNothingToRemind.
func (s *Service) Remind(ctx context.Context, organization kernel.OrganizationID, kinds []rule.Kind, note string) (Reminder, error) {
	card, err := kernel.ReachFrom(ctx).Organization(ctx, s.Organizations, organization, ErrEmployerUnknown)
	if err != nil {
		return Reminder{}, err
	}
	found, err := s.standing(ctx, organization)
	if err != nil {
		return Reminder{}, err
	}
	doc := reminderDoc{
		Doc: store.Doc{ID: kernel.NewID()}, Organization: string(card.ID), Path: texts(card.Path), Kinds: map[string]int64{},
		Note: note, At: s.now(), ByName: kernel.ActorFrom(ctx).Name,
	}
	for k, n := range found {
		if n > 0 && (len(kinds) == 0 || slices.Contains(kinds, rule.Kind(k))) {
			doc.Kinds[k] = n
		}
	}
	if len(doc.Kinds) == 0 {
		return Reminder{}, ErrNothingToRemind
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if err := s.docs.reminders.Insert(ctx, doc); err != nil {
			return fmt.Errorf("save reminder: %w", err)
		}
		return s.Audit.Record(ctx, doc.act("send", note))
	})
	return doc.reminder(found), err
}

// standing asks what is found at an organisation; nothing without a neighbour
// that counts.
func (s *Service) standing(ctx context.Context, organization kernel.OrganizationID) (map[string]int64, error) {
	if s.Standing == nil {
		return map[string]int64{}, nil
	}
	found, err := s.Standing.Findings(ctx, organization)
	if err != nil {
		return nil, fmt.Errorf("findings of %s: %w", organization, err)
	}
	return found, nil
}

// ReadReminder notes that somebody of the organisation has read a reminder, and
// their word; ErrReminderUnknown, ErrReminderRead.
func (s *Service) ReadReminder(ctx context.Context, id, word string) (Reminder, error) {
	var doc reminderDoc
	err := s.DB.Tx(ctx, func(ctx context.Context) (err error) {
		doc, err = s.docs.reminders.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) || (err == nil && !kernel.ReachFrom(ctx).Covers(ids(doc.Path))) {
			return ErrReminderUnknown
		}
		if err != nil {
			return err
		}
		if doc.ReadAt != nil {
			return ErrReminderRead
		}
		at := s.now()
		doc.ReadAt, doc.ReadBy, doc.Word = &at, kernel.ActorFrom(ctx).Name, word
		if err := s.docs.reminders.Replace(ctx, &doc); err != nil {
			return fmt.Errorf("save reminder %s: %w", id, err)
		}
		return s.Audit.Record(ctx, doc.act("answer", word))
	})
	if err != nil {
		return Reminder{}, err
	}
	left, err := s.left(ctx, doc)
	return doc.reminder(left), err
}

// left is what stands today of what was found when a reminder was sent: what
// came up since is for another reminder.
func (s *Service) left(ctx context.Context, doc reminderDoc) (map[string]int64, error) {
	if s.Standing == nil {
		return map[string]int64{}, nil
	}
	found, err := s.Standing.FindingsSince(ctx, kernel.OrganizationID(doc.Organization), slices.Sorted(maps.Keys(doc.Kinds)), kernel.DateOf(doc.At))
	if err != nil {
		return nil, fmt.Errorf("what is left of reminder %s: %w", doc.ID, err)
	}
	return found, nil
}

// ReminderPage is a page of reminders.
type ReminderPage struct {
	Items []Reminder
	Next  string
	Total int64
	More  bool
}

// Reminders lists what was sent to an organisation in reach and those under
// it, the newest first; only what is still open when that is asked, and the
// total is then what the page shows. ErrEmployerUnknown.
func (s *Service) Reminders(ctx context.Context, organization kernel.OrganizationID, open bool, limit int, cursor string) (ReminderPage, error) {
	if _, err := kernel.ReachFrom(ctx).Organization(ctx, s.Organizations, organization, ErrEmployerUnknown); err != nil {
		return ReminderPage{}, err
	}
	q := store.Query{Index: "reach", Equal: []any{string(organization)}, Desc: true, Limit: limit, After: cursor}
	found, err := s.docs.reminders.Find(ctx, q)
	if err != nil {
		return ReminderPage{}, err
	}
	page := ReminderPage{Next: found.Next}
	for _, d := range found.Items {
		left, err := s.left(ctx, d)
		if err != nil {
			return page, err
		}
		if r := d.reminder(left); !open || r.Open() {
			page.Items = append(page.Items, r)
		}
	}
	if open {
		page.Total, page.More = int64(len(page.Items)), page.Next != ""
		return page, nil
	}
	page.Total, page.More, err = s.docs.reminders.Count(ctx, store.Query{Index: "reach", Equal: q.Equal}, web.CountLimit)
	return page, err
}

func (d reminderDoc) act(verb, reason string) kernel.Act {
	a := kernel.Act{Verb: verb, Noun: "reminder", ID: d.ID, Organization: kernel.OrganizationID(d.Organization), Reason: reason, Detail: map[string]string{}}
	for k, n := range d.Kinds {
		a.Detail[k] = strconv.FormatInt(n, 10)
	}
	return a
}

func (d reminderDoc) reminder(left map[string]int64) Reminder {
	r := Reminder{
		ID: d.ID, Organization: kernel.OrganizationID(d.Organization), Kinds: d.Kinds, Left: map[string]int64{}, Note: d.Note,
		At: d.At.UTC().Truncate(time.Millisecond), ByName: d.ByName, ReadAt: d.ReadAt, ReadBy: d.ReadBy, Word: d.Word,
	}
	for k, named := range d.Kinds {
		if n := min(named, left[k]); n > 0 {
			r.Left[k] = n
		}
	}
	return r
}
