package people

import (
	"context"
	"fmt"

	"carecert/modules/kernel"
	"carecert/modules/kit/job"
	"carecert/modules/kit/store"
)

const (
	jobFollowMove = "people.followMove"
	moveBatch     = 50 // people who follow in one transaction
)

// movePayload names an organisation that moved, and behind whom to go on.
type movePayload struct {
	Organization kernel.OrganizationID `bson:"organization"`
	After        string                `bson:"after"`
}

// FollowMove lets the people of an organisation follow it: others oversee it
// now, and may see them; where it stood on days before is kept beside it. It
// listens to organizations.moved. A few follow at once; many are a job, for a
// listener has one transaction.
func (s *Service) FollowMove(ctx context.Context, organization kernel.OrganizationID) error {
	next, _, err := s.followSome(ctx, organization, "")
	if err != nil || next == "" {
		return err
	}
	_, err = s.Jobs.Enqueue(ctx, jobFollowMove, "", movePayload{organization, next})
	return err
}

// followMove is the queue's handler. Where the organisation stands is read anew
// for each batch, so that of two moves that overlap both end where the last
// one does.
func (s *Service) followMove(ctx context.Context, run *job.Run) error {
	var p movePayload
	if err := run.Payload(&p); err != nil {
		return err
	}
	return run.InBatches(ctx, p.After, func(ctx context.Context, after string) (string, int, error) {
		return s.followSome(ctx, p.Organization, after)
	})
}

func (s *Service) followSome(ctx context.Context, organization kernel.OrganizationID, after string) (next string, done int, err error) {
	card, err := s.Organizations.Card(ctx, organization)
	if err != nil {
		return "", 0, fmt.Errorf("organisation that moved: %w", err)
	}
	overseers, err := s.overseers(ctx, card.Path)
	if err != nil {
		return "", 0, err
	}
	page, err := s.docs.persons.Find(ctx, store.Query{Index: "shelf", Equal: []any{string(organization) + shelfLinked}, After: after, Limit: moveBatch})
	if err != nil {
		return "", 0, fmt.Errorf("people of %s: %w", organization, err)
	}
	for _, found := range page.Items {
		err := s.carry(ctx, kernel.PersonID(found.ID), func(doc *personDoc) bool {
			changed := false
			for i, e := range doc.Career {
				if e.Organization == organization {
					doc.Career[i].Path, doc.Career[i].Region, doc.Career[i].Overseers = card.Path, card.Region, overseers
					doc.Career[i].SmallHome, doc.Career[i].Stood = card.SmallCareHome, card.Stood
					changed = true
				}
			}
			if len(doc.Registrar) > 0 && doc.Registrar[0] == string(organization) {
				doc.Registrar = texts(card.Path)
			}
			return changed
		})
		if err != nil {
			return "", 0, err
		}
	}
	return page.Next, len(page.Items), nil
}
