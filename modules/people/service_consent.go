package people

import (
	"context"
	"fmt"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
)

// ConsentWord is what somebody says to a notice, by themselves or on paper.
type ConsentWord struct {
	Version  string
	Separate bool        // to sensitive data as well
	SignedOn kernel.Date // of the paper; empty when said by oneself
	Note     string
}

// Notice is the version in force; ErrNoticeUnknown.
func (s *Service) Notice() (Notice, error) {
	n, ok := s.Notices.Current(s.today())
	if !ok {
		return n, ErrNoticeUnknown
	}
	return n, nil
}

// Consent records a person's consent to the notice in force. Said for somebody
// else it was signed on paper, whose day is named. Consent to an old version is
// refused: it was not about what is done today. ErrUnknown, ErrNoticeOld,
// ErrConsentAlready, ErrSignedOn.
func (s *Service) Consent(ctx context.Context, id kernel.PersonID, w ConsentWord) (Consent, error) {
	current, err := s.Notice()
	if err != nil {
		return Consent{}, err
	}
	if w.Version != current.Version {
		return Consent{}, ErrNoticeOld.With("version", current.Version)
	}
	return s.say(ctx, id, w, "consent", func(doc personDoc) error {
		if doc.Consent.State(current.Version) == ConsentGiven && doc.Consent.Separate == w.Separate {
			return ErrConsentAlready
		}
		return nil
	})
}

// WithdrawConsent records that a person takes their consent back (PIPL article
// 15: as easily as it was given; what was done before stays lawful).
// ErrUnknown, ErrNoConsent, ErrSignedOn.
func (s *Service) WithdrawConsent(ctx context.Context, id kernel.PersonID, w ConsentWord) (Consent, error) {
	w.Separate = false
	return s.say(ctx, id, w, "withdrawConsent", func(doc personDoc) error {
		if doc.Consent == nil || doc.Consent.Withdrawn {
			return ErrNoConsent
		}
		return nil
	})
}

// say adds a row, and the standing to the person, in one transaction.
func (s *Service) say(ctx context.Context, id kernel.PersonID, w ConsentWord, verb string, check func(personDoc) error) (Consent, error) {
	var row consentDoc
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		doc, err := s.inKeeping(ctx, id)
		if err != nil {
			return err
		}
		if err := check(doc); err != nil {
			return err
		}
		if row, err = s.row(ctx, doc, w); err != nil {
			return err
		}
		row.Withdrawn = verb == "withdrawConsent"
		if row.Withdrawn {
			row.Notice = doc.Consent.Version
		}
		if err := s.docs.consents.Insert(ctx, row); err != nil {
			return fmt.Errorf("save consent: %w", err)
		}
		doc.Consent = &ConsentStanding{Version: row.Notice, Withdrawn: row.Withdrawn, Separate: row.Separate, Channel: row.Channel, At: row.At}
		doc.Handled = true
		if err := s.save(ctx, &doc); err != nil {
			return err
		}
		act := s.act(verb, doc)
		act.Reason = row.Note
		act.Detail = map[string]string{"version": row.Notice, "channel": string(row.Channel), "separate": fmt.Sprint(row.Separate)}
		return s.Audit.Record(ctx, act)
	})
	return row.consent(), err
}

// row says who speaks, and on what.
func (s *Service) row(ctx context.Context, doc personDoc, w ConsentWord) (consentDoc, error) {
	actor := kernel.ActorFrom(ctx)
	row := consentDoc{
		Doc: store.Doc{ID: kernel.NewID()}, Person: doc.ID, Notice: w.Version, Separate: w.Separate, Channel: ChannelPhone, Note: w.Note,
		By: string(actor.User), ByName: actor.Name, At: s.now(),
	}
	if string(actor.Person) == doc.ID {
		return row, nil
	}
	row.Channel, row.SignedOn = ChannelPaper, w.SignedOn
	if orgs := own(ctx); len(orgs) > 0 {
		row.Organization = string(orgs[0])
	}
	if row.SignedOn == "" || row.SignedOn > s.today() || (doc.Birth != "" && row.SignedOn < doc.Birth) {
		return row, ErrSignedOn.At("body.signedOn", "people.signed_on", "")
	}
	return row, nil
}

// ConsentOutcome is what became of one person of a list.
type ConsentOutcome struct {
	Person kernel.PersonID
	Err    error // nil where it was recorded
}

// ConsentMany records papers of many people, each on its own: one that is
// refused leaves the others.
func (s *Service) ConsentMany(ctx context.Context, people []kernel.PersonID, w ConsentWord) []ConsentOutcome {
	out := make([]ConsentOutcome, 0, len(people))
	for _, id := range people {
		_, err := s.Consent(ctx, id, w)
		out = append(out, ConsentOutcome{id, err})
	}
	return out
}

// Consents lists every word of a person, the latest first, and the latest
// standing, nil while they have said nothing. ErrUnknown.
func (s *Service) Consents(ctx context.Context, id kernel.PersonID) ([]Consent, *ConsentStanding, error) {
	doc, err := s.inReach(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	rows, err := s.consents(ctx, doc.ID)
	return rows, doc.Consent, err
}

func (s *Service) consents(ctx context.Context, person string) ([]Consent, error) {
	var out []Consent
	q := store.Query{Index: "person", Equal: []any{person}, Desc: true}
	err := s.docs.consents.Each(ctx, q, func(d consentDoc) error {
		out = append(out, d.consent())
		return nil
	})
	return out, err
}

// ConsentFilter narrows the list of who has consented.
type ConsentFilter struct {
	Organization kernel.OrganizationID
	State        ConsentState // "" is everybody without consent in force
	OnPost       bool         // only who is on post
}

// ListConsents reads a page of the people in reach by what they have said;
// ErrEmployerUnknown.
func (s *Service) ListConsents(ctx context.Context, f ConsentFilter, limit int, cursor string) (listing.Listing[Person], error) {
	roots, _, err := s.roots(ctx, f.Organization, kernel.ReachFrom(ctx))
	if err != nil {
		return listing.Listing[Person]{}, err
	}
	var phases []listing.Phase[personDoc]
	for _, shelf := range s.consentShelves(f.State) {
		p := listing.Phase[personDoc]{Less: func(a, b personDoc) bool { return before(a.Sort, b.Sort, a.ID, b.ID) }}
		if f.OnPost {
			shelf += shelfOnPost
		}
		for _, root := range roots {
			p.Queries = append(p.Queries, store.Query{Index: "shelf", Equal: []any{root + shelf}})
		}
		phases = append(phases, p)
	}
	found, err := listing.Read(ctx, s.docs.persons, limit, cursor, phases...)
	return listing.Map(found, personDoc.person), err
}

// consentShelves are the shelves that a state is read from.
func (s *Service) consentShelves(state ConsentState) []string {
	current, _ := s.Notices.Current(s.today()) // none: every version is outdated
	var given, old []string
	for _, n := range s.Notices {
		shelf := (&ConsentStanding{Version: n.Version}).shelf()
		if n.Version == current.Version {
			given = append(given, shelf)
		} else {
			old = append(old, shelf)
		}
	}
	missing, withdrawn := (*ConsentStanding)(nil).shelf(), (&ConsentStanding{Withdrawn: true}).shelf()
	switch state {
	case ConsentGiven:
		return given
	case ConsentOutdated:
		return old
	case ConsentMissing:
		return []string{missing}
	case ConsentWithdrawn:
		return []string{withdrawn}
	default:
		return append([]string{missing, withdrawn}, old...)
	}
}
