package people

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
	"carecert/modules/people/rule"
)

// Issued is a link that was made just now: its code is told this once.
type Issued struct {
	Link
	Code string
	Text string // the address, as it stands in a QR code
}

// Share makes a link to a record for so many days (0: as usual); ErrUnknown,
// ErrLinkTooLong.
func (s *Service) Share(ctx context.Context, id kernel.PersonID, days int) (Issued, error) {
	st, err := s.Tell(ctx, id)
	if err != nil {
		return Issued{}, err
	}
	days, ok := s.linkRow(st.Person).Days(days)
	if !ok {
		return Issued{}, ErrLinkTooLong.At("body.days", "people.link_too_long", "").With("days", s.linkRow(st.Person).LongestDays)
	}
	return s.link(ctx, st, LinkShared, days, StoryFilter{})
}

// Printed makes the link of a record that is about to be printed. Who prints
// the same again on the same day gets the same link.
func (s *Service) Printed(ctx context.Context, st Story, f StoryFilter) (Issued, error) {
	return s.link(ctx, st, LinkPrinted, s.linkRow(st.Person).PrintedDays, f)
}

// RecordLink makes a link to the training in somebody's record, for a printed
// page, and tells until which day it opens.
func (s *Service) RecordLink(ctx context.Context, id kernel.PersonID, year int) (text string, until kernel.Date, err error) {
	st, err := s.Tell(ctx, id)
	if err != nil {
		return "", "", err
	}
	link, err := s.Printed(ctx, st, StoryFilter{Chapter: kernel.ChapterTraining, Year: year})
	return link.Text, kernel.DateOf(link.ExpiresAt), err
}

// linkRow is the row in force where somebody works.
func (s *Service) linkRow(p Person) rule.LinkRow {
	row, _ := kernel.Nearest(s.Links, p.Career.workplace(), s.today())
	return row
}

func (s *Service) link(ctx context.Context, st Story, purpose LinkPurpose, days int, f StoryFilter) (Issued, error) {
	summary, err := s.summarize(ctx, st.Person, f)
	if err != nil {
		return Issued{}, err
	}
	actor, code, now := kernel.ActorFrom(ctx), newLinkCode(), s.now()
	if purpose == LinkPrinted {
		var made *linkDoc
		if code, made, err = s.printedBefore(ctx, actor, st.Person.ID, f, summary); err != nil {
			return Issued{}, err
		}
		if made != nil {
			err := s.DB.Tx(ctx, func(ctx context.Context) error { return s.noteLink(ctx, *made) })
			return Issued{Link: made.read(), Code: code, Text: linkText(s.BaseURL, code)}, err
		}
	}
	doc := linkDoc{
		Person: string(st.Person.ID), Purpose: purpose, Own: actor.Person == st.Person.ID, By: actor.Name, At: now, ExpiresAt: now.Add(time.Duration(days) * 24 * time.Hour), Summary: summary,
	}
	doc.ID = linkID(code)
	if doc.Own {
		doc.By = ""
	} else if doc.ByOffice, err = s.office(ctx, actor); err != nil {
		return Issued{}, err
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if err := s.docs.links.Insert(ctx, doc); err != nil {
			return fmt.Errorf("save link: %w", err)
		}
		return s.noteLink(ctx, doc)
	})
	if purpose == LinkPrinted && store.IsDuplicate(err, "") { // printed twice at the same moment
		return s.link(ctx, st, purpose, days, f)
	}
	return Issued{Link: doc.read(), Code: code, Text: linkText(s.BaseURL, code)}, err
}

func (s *Service) noteLink(ctx context.Context, doc linkDoc) error {
	person, err := s.latest(ctx, kernel.PersonID(doc.Person))
	if err != nil {
		return err
	}
	act := s.act(map[LinkPurpose]string{LinkPrinted: "printRecord", LinkShared: "shareRecord"}[doc.Purpose], person)
	act.Detail = map[string]string{"link": doc.ID, "expiresAt": doc.ExpiresAt.Format(time.RFC3339)}
	return s.Audit.Record(ctx, act)
}

// printedBefore finds the open link of the same page, printed by the same
// person on the same day, and else the code for a new one. Codes are not kept:
// those of printed pages can be made again with the key ring.
func (s *Service) printedBefore(ctx context.Context, actor kernel.Actor, id kernel.PersonID, f StoryFilter, shown Summary) (string, *linkDoc, error) {
	said, err := json.Marshal(shown)
	if err != nil {
		return "", nil, fmt.Errorf("page to print: %w", err)
	}
	page := fmt.Sprintf("%s|%s|%s|%d|%s|%s", actor.User, id, f.Chapter, f.Year, shown.AsOf, said)
	for n := 0; ; n++ { // a link that was revoked stays so
		code := linkCode(s.Secrets.Blind("people.printed_link", page+"|"+strconv.Itoa(n)))
		doc, err := s.docs.links.Get(ctx, linkID(code))
		switch {
		case errors.Is(err, store.ErrNotFound):
			return code, nil, nil
		case err != nil:
			return "", nil, fmt.Errorf("link of a printed page: %w", err)
		case doc.read().State(s.now()) == LinkOpen:
			return code, &doc, nil
		}
	}
}

// summarize renders what a link shows, in both languages: the reader's is not
// known yet, and what is shown is what stood at this hour.
func (s *Service) summarize(ctx context.Context, p Person, f StoryFilter) (Summary, error) {
	sum := Summary{NameMasked: rule.MaskName(p.Name), Service: s.ServiceTime(p), AsOf: s.today(), Items: map[string][]kernel.RecordItem{}}
	for _, e := range p.Career.Latest() {
		sum.OnPost = sum.OnPost || e.OnPost(sum.AsOf)
	}
	for _, language := range []string{web.Chinese, web.English} {
		st, err := s.story(web.In(ctx, language), p)
		if err != nil {
			return sum, err
		}
		sum.Items[language] = disclosed(st.Filter(f, sum.AsOf).Items)
	}
	return sum, nil
}

// office names the organisation that the actor acts for.
func (s *Service) office(ctx context.Context, actor kernel.Actor) (string, error) {
	for _, g := range actor.Grants {
		if g.Organization == "" {
			continue
		}
		card, err := s.Organizations.Card(ctx, g.Organization)
		if fault.Missing(err) {
			continue
		}
		return card.Name, err
	}
	return "", nil
}

// OpenLink reads what a code shows, and counts the look; ErrLinkUnknown. Of a
// link that expired or was revoked the caller shows nothing but that.
func (s *Service) OpenLink(ctx context.Context, code string) (Link, error) {
	doc, err := s.docs.links.Get(ctx, linkID(code))
	if errors.Is(err, store.ErrNotFound) {
		return Link{}, ErrLinkUnknown
	}
	if err != nil || doc.read().State(s.now()) != LinkOpen {
		return doc.read(), err
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if doc, err = s.docs.links.Get(ctx, doc.ID); err != nil {
			return err
		}
		at := s.now()
		doc.Opened, doc.OpenedAt = doc.Opened+1, &at
		if err := s.docs.links.Replace(ctx, &doc); err != nil {
			return err
		}
		return s.Audit.Record(ctx, kernel.Act{Verb: "open", Noun: "recordLink", ID: doc.ID, Detail: map[string]string{"person": doc.Person}})
	})
	return doc.read(), err
}

// LinksOf lists the links to a record, and to those that were merged into it,
// the latest first; ErrUnknown.
func (s *Service) LinksOf(ctx context.Context, id kernel.PersonID) ([]Link, error) {
	doc, err := s.inReach(ctx, id)
	if err != nil {
		return nil, err
	}
	records, err := s.RecordsOf(ctx, kernel.PersonID(doc.ID))
	if err != nil {
		return nil, err
	}
	return s.linksOf(ctx, records)
}

func (s *Service) linksOf(ctx context.Context, records []kernel.PersonID) ([]Link, error) {
	out := []Link{}
	for _, record := range records {
		page, err := s.docs.links.Find(ctx, store.Query{Index: "person", Equal: []any{string(record)}, Desc: true, Limit: 100})
		if err != nil {
			return nil, err
		}
		for _, d := range page.Items {
			out = append(out, d.read())
		}
	}
	slices.SortStableFunc(out, func(a, b Link) int { return b.At.Compare(a.At) })
	return out, nil
}

// revokeAll ends every open link to a record that leaves the register: what it
// shows never was.
func (s *Service) revokeAll(ctx context.Context, person personDoc) error {
	links, err := all(ctx, s.docs.links, person.ID)
	if err != nil {
		return fmt.Errorf("links of %s: %w", person.ID, err)
	}
	for _, d := range links {
		if d.RevokedAt == nil {
			if err := s.revoke(ctx, person, d, EndByRegister); err != nil {
				return err
			}
		}
	}
	return nil
}

// Revoke ends a link to a record at once; ErrUnknown, ErrLinkUnknown. Revoking
// again changes nothing.
func (s *Service) Revoke(ctx context.Context, id kernel.PersonID, link string) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		person, err := s.inReach(ctx, id)
		if err != nil {
			return err
		}
		records, err := s.RecordsOf(ctx, kernel.PersonID(person.ID))
		if err != nil {
			return err
		}
		doc, err := s.docs.links.Get(ctx, link)
		if errors.Is(err, store.ErrNotFound) || (err == nil && !slices.Contains(records, kernel.PersonID(doc.Person))) {
			return ErrLinkUnknown
		}
		if err != nil || doc.RevokedAt != nil {
			return err
		}
		end := EndByOffice
		if string(kernel.ActorFrom(ctx).Person) == person.ID {
			end = EndByPerson
		}
		return s.revoke(ctx, person, doc, end)
	})
}

func (s *Service) revoke(ctx context.Context, person personDoc, doc linkDoc, by LinkEnd) error {
	at := s.now()
	doc.RevokedAt, doc.RevokedBy = &at, by
	if err := s.docs.links.Replace(ctx, &doc); err != nil {
		return fmt.Errorf("revoke link: %w", err)
	}
	act := s.act("revokeRecordLink", person)
	act.Detail = map[string]string{"link": doc.ID}
	return s.Audit.Record(ctx, act)
}
