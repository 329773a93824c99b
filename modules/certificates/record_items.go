package certificates

import (
	"cmp"
	"context"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

// Items implements the register's chapters: a line for each certificate, but
// for honours, which have a chapter of their own.
func (r Record) Items(ctx context.Context, person kernel.PersonID) ([]kernel.RecordItem, error) {
	return r.service.recordItems(ctx, person, kernel.ChapterCertificates)
}

// Honours is the chapter of awards and honours.
type Honours struct{ service *Service }

// Honours of the module.
func (m *Module) Honours() Honours { return Honours{m.Service} }

// Name of the chapter (CONTRACT §3).
func (Honours) Name() string { return kernel.ChapterHonours }

// Items lists awards and honours.
func (h Honours) Items(ctx context.Context, person kernel.PersonID) ([]kernel.RecordItem, error) {
	return h.service.recordItems(ctx, person, kernel.ChapterHonours)
}

func (f Family) chapter() string {
	if f == FamilyContest || f == FamilyHonour {
		return kernel.ChapterHonours
	}
	return kernel.ChapterCertificates
}

func (s *Service) recordItems(ctx context.Context, person kernel.PersonID, chapter string) ([]kernel.RecordItem, error) {
	all, err := s.repo.ofPerson(ctx, person)
	if err != nil {
		return nil, err
	}
	today := kernel.DateOf(s.now())
	items := make([]kernel.RecordItem, 0, len(all))
	for _, c := range all {
		if c.Family.chapter() == chapter && c.Status != StatusWithdrawn {
			items = append(items, s.recordItem(ctx, c, today))
		}
	}
	return items, nil
}

func (s *Service) recordItem(ctx context.Context, c Certificate, today kernel.Date) kernel.RecordItem {
	say := func(code string) string { return web.Text(ctx, "certificates."+code) }
	item := kernel.RecordItem{
		Chapter: c.Family.chapter(), ID: string(c.ID), On: c.IssuedOn, Until: c.ExpiresOn, Place: c.IssuerName,
		Title: say("print.title." + string(c.Family)), State: string(c.Status), StateText: say("status." + string(c.Status)),
		Facts: []kernel.RecordFact{}, Reasons: []kernel.Reason{},
		Evidence: []kernel.Evidence{{Label: say("record.certificate"), Href: web.Prefix + "/certificates/" + string(c.ID)}},
	}
	fact := func(key, value string) {
		if value != "" {
			item.Facts = append(item.Facts, kernel.RecordFact{Key: key, Label: say("record." + key), Value: value})
		}
	}
	fact("subject", cmp.Or(c.Title, s.called(ctx, c.Occupation)))
	if c.Level.Valid() {
		fact("level", web.Text(ctx, levelKey(int(c.Level))))
	}
	if c.Minutes > 0 {
		fact("hours", c.Minutes.ClassHours(c.PerHour))
	}
	fact("number", c.Number)
	if c.Issued() {
		item.Evidence = append(item.Evidence, kernel.Evidence{Label: say("evidence.public"), Href: web.Prefix + "/public/certificates/" + c.Code})
	}
	if c.Class != "" {
		item.Evidence = append(item.Evidence, kernel.Evidence{Label: say("evidence.class"), Href: web.Prefix + "/classes/" + string(c.Class)})
	}
	switch {
	case c.Status == StatusValid && c.ExpiresOn != "" && c.ExpiresOn < today:
		item.State, item.StateText, item.Tone = "expired", say("record.expired"), kernel.ToneWarn
	case c.Status == StatusValid:
		item.Tone = kernel.ToneGood
	case c.Status == StatusRevoked, c.Status == StatusRejected:
		item.Tone = kernel.ToneBad
	default:
		item.Tone = kernel.ToneWarn
	}
	return item
}
