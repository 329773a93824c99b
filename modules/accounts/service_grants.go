package accounts

import (
	"context"
	"fmt"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/job"
	"carecert/modules/kit/store"
)

// authorize refuses grants that the actor may not give, and answers in whose
// lists an account with them stands. The program itself may give any.
func (s *Service) authorize(ctx context.Context, grants []kernel.Grant, person kernel.PersonID) ([]kernel.OrganizationID, error) {
	actor := kernel.ActorFrom(ctx)
	cards, err := s.organizations.Cards(ctx, organizationsOf(grants))
	if err != nil {
		return nil, fmt.Errorf("organisations of grants: %w", err)
	}
	own, err := s.own(ctx, grants, person)
	if err != nil {
		return nil, err
	}
	all := slices.Clone(own.Reach)
	for _, g := range grants {
		path := own.Keepers // of a caregiver's grant without an organisation: where they work
		if g.Organization != "" {
			card, known := cards[g.Organization]
			if !known {
				return nil, ErrGrant.With("role", g.Role)
			}
			path = card.Path
			all = append(all, card.Path...)
		} else if !everywhere(g.Role) {
			return nil, ErrNeedsOrg.With("role", g.Role)
		}
		may := actor.System || slices.ContainsFunc(actor.Grants, func(mine kernel.Grant) bool { return mayGrant(mine, g.Role, path) })
		if !may {
			return nil, ErrGrant.With("role", g.Role)
		}
		if at := cards[g.Organization]; g.Organization != "" && !actor.System && !fits(g.Role, at.Kind) {
			return nil, ErrGrantKind.With("organization", at.Name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

func organizationsOf(grants []kernel.Grant) (out []kernel.OrganizationID) {
	for _, g := range grants {
		if g.Organization != "" {
			out = append(out, g.Organization)
		}
	}
	return out
}

// FollowPeople puts people's accounts into the lists of whoever has the people
// now: called when their careers changed.
func (s *Service) FollowPeople(ctx context.Context, people []kernel.PersonID) error {
	ids, err := s.repo.of(ctx, people...)
	if err != nil {
		return fmt.Errorf("accounts of people: %w", err)
	}
	return s.follow(ctx, ids)
}

// FollowMove does the same for all accounts under an organisation that others
// oversee now.
func (s *Service) FollowMove(ctx context.Context, organization kernel.OrganizationID) error {
	next, _, err := s.followSome(ctx, organization, "")
	if err != nil || next == "" {
		return err
	}
	_, err = s.jobs.Enqueue(ctx, jobFollowMove, "", movePayload{organization, next})
	return err
}

const (
	jobFollowMove = "accounts.followMove"
	moveBatch     = 50 // accounts that follow in one transaction
)

// movePayload names an organisation that moved, and behind which account to go on.
type movePayload struct {
	Organization kernel.OrganizationID `bson:"organization"`
	After        string                `bson:"after"`
}

// followMove is the queue's handler: accounts of many people follow batch by
// batch, each by where the organisation stands then.
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
	page, err := s.repo.users.Find(ctx, store.Query{Index: "reach", Equal: []any{string(organization)}, After: after, Limit: moveBatch})
	if err != nil {
		return "", 0, fmt.Errorf("accounts under %s: %w", organization, err)
	}
	ids := make([]kernel.UserID, 0, len(page.Items))
	for _, d := range page.Items {
		ids = append(ids, kernel.UserID(d.ID))
	}
	return page.Next, len(ids), s.follow(ctx, ids)
}

func (s *Service) follow(ctx context.Context, ids []kernel.UserID) error {
	for _, id := range ids {
		err := s.repo.db.Tx(kernel.AsSystem(ctx, "accounts"), func(ctx context.Context) error {
			u, err := s.repo.user(ctx, id)
			if err != nil {
				return err
			}
			reach, err := s.authorize(ctx, u.Grants, u.Person)
			if err != nil || slices.Equal(reach, u.Reach) {
				return err
			}
			u.Reach = reach
			return s.repo.save(ctx, &u)
		})
		if err != nil {
			return fmt.Errorf("account %s follows: %w", id, err)
		}
	}
	return nil
}
