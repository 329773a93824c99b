package presentations

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
	"carecert/modules/presentations/rule"
)

// Service holds the use cases: load, decide, save.
type Service struct {
	Deps
	repo *repository
}

func (s *Service) now() time.Time { return s.Clock.Now().UTC().Truncate(time.Millisecond) }

// row is the one in force: the figures are the house's own, for all regions.
func (s *Service) row() rule.Row {
	row, _ := kernel.Nearest(s.Rows, "", kernel.DateOf(s.now()))
	return row
}

// ownCertificate reads a certificate of whoever asks. A live code says that its
// holder shows it, and a link that its holder sent it: nobody else makes one,
// whatever they may do. ErrHolder.
func (s *Service) ownCertificate(ctx context.Context, id kernel.CertificateID) (Certificate, error) {
	c, err := s.Certificates.Shown(ctx, id)
	if err == nil && !c.Own {
		err = ErrHolder
	}
	return c, err
}

// LiveCode makes what the holder's phone shows now; ErrHolder.
func (s *Service) LiveCode(ctx context.Context, id kernel.CertificateID) (LiveCode, error) {
	if _, err := s.ownCertificate(ctx, id); err != nil {
		return LiveCode{}, err
	}
	made := s.now().Truncate(time.Second)
	text, err := s.Certificates.LiveText(ctx, id, made)
	row := s.row()
	return LiveCode{Text: text, MadeAt: made, RenewAt: row.RenewAt(made), EndsAt: row.EndsAt(made)}, err
}

// Open judges a live code that somebody opened, and notes that it was.
func (s *Service) Open(ctx context.Context, code, part string) (Showing, error) {
	made, ours := s.Certificates.LiveMadeAt(code, part)
	if !ours {
		return Showing{Kind: rule.Foreign}, nil
	}
	now, row := s.now(), s.row()
	if kind := row.Shown(made, now, false); kind == rule.Stale { // nothing to be noted of a picture
		return Showing{Kind: kind, MadeAt: made}, nil
	}
	first, again, err := s.repo.opened(ctx, part, Opening{At: now, Sign: newSign()})
	x := Showing{Kind: row.Shown(made, now, again), MadeAt: made}
	if again {
		x.Before = first.At
	} else {
		x.Sign = first.Sign
	}
	return x, err
}

// Opened tells the holder's phone that the code it shows was opened; false while
// it was not. ErrHolder.
func (s *Service) Opened(ctx context.Context, id kernel.CertificateID, part string) (Opening, bool, error) {
	c, err := s.ownCertificate(ctx, id)
	if err != nil {
		return Opening{}, false, err
	}
	if _, ours := s.Certificates.LiveMadeAt(c.Code, part); !ours {
		return Opening{}, false, nil
	}
	return s.repo.opening(ctx, part)
}

// OpenText is Open for the text of a QR code; Static for one with nothing live.
func (s *Service) OpenText(ctx context.Context, text string) (Showing, error) {
	code, part, shown, err := s.Certificates.LiveOf(text)
	if err != nil || !shown {
		return Showing{Kind: rule.Static}, err
	}
	return s.Open(ctx, code, part)
}

// ShownAt tells how the text of a QR code was shown, as of an instant that is
// past; that it was seen is not noted.
func (s *Service) ShownAt(ctx context.Context, text string, at time.Time) (rule.Kind, error) {
	code, part, shown, err := s.Certificates.LiveOf(text)
	if err != nil || !shown {
		return rule.Static, err
	}
	made, ours := s.Certificates.LiveMadeAt(code, part)
	if !ours {
		return rule.Foreign, nil
	}
	before, err := s.repo.openedBefore(ctx, part, at)
	if err != nil {
		return "", err
	}
	return s.row().Shown(made, at, before), nil
}

// Limits of what is written at a link.
const (
	labelLimit = 60
	nameLimit  = 40
	listed     = 100 // links of a certificate
)

// LinkDraft is a link to be made.
type LinkDraft struct {
	Hours    int // 0: as usual
	Label    string
	AsksName bool
}

// MakeLink makes a link to a certificate of one's own and gives its code;
// ErrHolder, ErrLinkLong, ErrLinksMost.
func (s *Service) MakeLink(ctx context.Context, id kernel.CertificateID, d LinkDraft) (l Link, code string, err error) {
	c, err := s.ownCertificate(ctx, id)
	if err != nil {
		return l, "", err
	}
	row, now := s.row(), s.now()
	open, ok := row.Hours(d.Hours)
	if !ok {
		return l, "", ErrLinkLong.At("body.hours", ErrLinkLong.Code, "")
	}
	code = newCode()
	l = Link{
		ID: linkID(code), Certificate: c.ID, Person: c.Person, Issuer: c.Issuer, PublicCode: c.Code, Sealed: s.Sealer.Seal(purposeCode, code),
		Label: clip(d.Label, labelLimit), AsksName: d.AsksName, At: now, ExpiresAt: now.Add(open),
	}
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		all, err := s.repo.linksOf(ctx, "certificate", string(c.ID), listed)
		if err != nil {
			return err
		}
		standing := 0
		for _, other := range all {
			if other.State(now, row.VisitsMost) == LinkOpen {
				standing++
			}
		}
		if standing >= row.LinksMost {
			return ErrLinksMost.With("most", row.LinksMost)
		}
		if err := s.repo.links.Insert(ctx, docOf(l)); err != nil {
			return fmt.Errorf("certificate link: %w", err)
		}
		return s.Audit.Record(ctx, act("create", l))
	})
	return l, code, err
}

const purposeCode = "presentations.link"

func act(verb string, l Link) kernel.Act {
	return kernel.Act{
		Verb: verb, Noun: "certificateLink", ID: l.ID, Organization: l.Issuer,
		Detail: map[string]string{"certificate": string(l.Certificate), "person": string(l.Person), "expiresAt": l.ExpiresAt.Format(time.RFC3339)},
	}
}

// clip cuts what somebody wrote to a length that is stated where it is written.
func clip(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most])
}

// Links lists the links to a certificate of one's own, the latest first.
func (s *Service) Links(ctx context.Context, id kernel.CertificateID) ([]Link, error) {
	c, err := s.Certificates.Shown(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.repo.linksOf(ctx, "certificate", string(c.ID), listed)
}

// CodeOf is the code of a link's address.
func (s *Service) CodeOf(l Link) (string, error) { return s.Sealer.Open(purposeCode, l.Sealed) }

// StateOf a link now.
func (s *Service) StateOf(l Link) LinkState { return l.State(s.now(), s.row().VisitsMost) }

// own reads a link to a certificate in reach; ErrLinkUnknown.
func (s *Service) own(ctx context.Context, id string) (Link, error) {
	l, err := s.repo.link(ctx, id)
	if err != nil {
		return l, err
	}
	if _, err := s.Certificates.Shown(ctx, l.Certificate); err != nil {
		return Link{}, ErrLinkUnknown.Because(err)
	}
	return l, nil
}

// Revoke ends a link at once; again changes nothing. ErrLinkUnknown.
func (s *Service) Revoke(ctx context.Context, id string) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		l, err := s.own(ctx, id)
		if err != nil || l.RevokedAt != nil {
			return err
		}
		at := s.now()
		l.RevokedAt = &at
		if err := s.repo.save(ctx, l); err != nil {
			return fmt.Errorf("certificate link: %w", err)
		}
		return s.Audit.Record(ctx, act("revoke", l))
	})
}

// Visits lists who looked through a link, the latest first; ErrLinkUnknown.
func (s *Service) Visits(ctx context.Context, id string, limit int, cursor string) (listing.Listing[Visit], error) {
	if _, err := s.own(ctx, id); err != nil {
		return listing.Listing[Visit]{}, err
	}
	found, err := listing.Read(ctx, s.repo.visits, limit, cursor, listing.Phase[visitDoc]{
		Queries: []store.Query{{Index: "link", Equal: []any{id}, Desc: true}},
	})
	return listing.Map(found, visitDoc.visit), err
}

// Find reads the link of a code, as whoever has it may; ErrLinkUnknown.
func (s *Service) Find(ctx context.Context, code string) (Link, error) {
	return s.repo.link(ctx, linkID(code))
}

// Reader is who opens a link, as they say, and what they open it with.
type Reader struct{ Name, Office, Agent string }

// Visit opens a link and notes who did, and tells whether it opened: one that
// ended is given back as it stands, and nothing is noted. ErrLinkUnknown,
// ErrVisitorName.
func (s *Service) Visit(ctx context.Context, code string, r Reader) (l Link, opened bool, err error) {
	r.Name, r.Office = clip(r.Name, nameLimit), clip(r.Office, labelLimit)
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if l, err = s.Find(ctx, code); err != nil {
			return err
		}
		if opened = s.StateOf(l) == LinkOpen; !opened {
			return nil
		}
		if l.AsksName && r.Name == "" {
			return ErrVisitorName
		}
		at := s.now()
		visit := visitDoc{Doc: store.Doc{ID: kernel.NewID()}, Link: l.ID, At: at, Device: deviceOf(r.Agent)}
		if l.AsksName {
			visit.Name, visit.Office = r.Name, r.Office
		}
		l.Visits, l.VisitedAt = l.Visits+1, &at
		if err := s.repo.visits.Insert(ctx, visit); err != nil {
			return fmt.Errorf("visit: %w", err)
		}
		return s.repo.save(ctx, l)
	})
	return l, opened, err
}
