package training

import (
	"context"
	"fmt"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/training/rule"
)

// classHour of 45 minutes is what every source has (FACTS §8); it measures
// whether the sessions add up to the course.
const classHour kernel.Minutes = 45

// reviewed tells under which row a bureau reviews a class before it opens.
func (s *Service) reviewed(c Class) (rule.ReviewRow, bool) {
	return rule.Review(s.Reviews, c.Region, c.StartsOn, string(c.Terms.Category))
}

// notBlacklisted refuses an organisation that the bureau keeps out.
func (s *Service) notBlacklisted(card kernel.OrganizationCard) error {
	switch card.BlacklistedUntil {
	case "":
		return nil
	case kernel.Forever:
		return ErrBlacklisted
	}
	return ErrBlacklistedUntil.With("until", card.BlacklistedUntil)
}

// Dossier is an application as whoever wrote or reviews it sees it.
type Dossier struct {
	Class    Class
	Row      rule.ReviewRow
	Missing  []kernel.Reason
	Planned  kernel.Minutes
	Sessions int
	Doubts   []Doubt
}

// Doubt is what speaks against a class being for some of its learners.
type Doubt struct {
	Reason kernel.Reason
	Names  []string
}

// Dossier reads the application of a class: to its provider and the offices
// above; the class is unknown to everybody else.
func (s *Service) Dossier(ctx context.Context, id kernel.ClassID) (Dossier, error) {
	c, err := s.ownClass(ctx, id)
	if err != nil {
		return Dossier{}, err
	}
	return s.dossier(ctx, c)
}

func (s *Service) dossier(ctx context.Context, c Class) (Dossier, error) {
	if c.Application == nil {
		return Dossier{}, ErrNoReview
	}
	d := Dossier{Class: c, Row: s.stamped(c)}
	sessions, err := s.docs.sessionsOf(ctx, c.ID)
	if err != nil {
		return d, err
	}
	for _, x := range sessions {
		if x.Status != SessionCancelled {
			d.Planned += x.Plan.Minutes
			d.Sessions++
		}
	}
	a := c.Application
	d.Missing = d.Row.Missing(rule.Applied{
		Learners: c.Enrolled(), Planned: d.Planned, Needed: kernel.Minutes(c.Terms.ClassHours) * classHour,
		Plan: a.Plan != "", Teachers: len(a.Teachers), Resources: a.Resources != "", TestPlan: a.TestPlan != "",
	})
	d.Doubts, err = s.rosterDoubts(ctx, c)
	return d, err
}

// stamped is the row that the class was found to need a review under.
func (s *Service) stamped(c Class) rule.ReviewRow {
	i := slices.IndexFunc(s.Reviews, func(r rule.ReviewRow) bool { return r.Stamp() == c.Application.RuleVersion })
	if i < 0 {
		return rule.ReviewRow{}
	}
	return s.Reviews[i]
}

func (s *Service) rosterDoubts(ctx context.Context, c Class) ([]Doubt, error) {
	ids := make([]kernel.PersonID, len(c.Seats))
	for i, seat := range c.Seats {
		ids[i] = seat.Person
	}
	doubts, err := s.doubts(ctx, c, ids)
	if err != nil {
		return nil, err
	}
	cards, err := s.People.Cards(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read cards: %w", err)
	}
	var out []Doubt
	for _, p := range ids {
		for _, reason := range doubts[p] {
			i := slices.IndexFunc(out, func(d Doubt) bool { return d.Reason.Code == reason.Code })
			if i < 0 {
				out, i = append(out, Doubt{Reason: reason}), len(out)
			}
			out[i].Names = append(out[i].Names, cards[p].Name)
		}
	}
	return out, nil
}

// Describe writes the particulars of an application.
func (s *Service) Describe(ctx context.Context, id kernel.ClassID, p Particulars) (Dossier, error) {
	return s.handle(ctx, id, "describe", "", s.ownClass, func(_ context.Context, c Class) (Class, error) { return c.Describe(p) })
}

// Submit hands an application that lacks nothing to the bureau.
func (s *Service) Submit(ctx context.Context, id kernel.ClassID) (Dossier, error) {
	return s.handle(ctx, id, "submit", "", s.ownClass, func(ctx context.Context, c Class) (Class, error) {
		if err := s.mayOpen(ctx, c); err != nil {
			return c, err
		}
		d, err := s.dossier(ctx, c)
		if err != nil {
			return c, err
		}
		if len(d.Missing) > 0 {
			lacking := ErrApplicationLacks
			for _, m := range d.Missing {
				lacking = lacking.At("body", m.Code, "")
				lacking.Fields[len(lacking.Fields)-1].Params = m.Params
			}
			return c, lacking
		}
		return c.Submit(s.stepNow(ctx, ""))
	})
}

// Recall takes an application back before it is decided.
func (s *Service) Recall(ctx context.Context, id kernel.ClassID) (Dossier, error) {
	return s.handle(ctx, id, "recall", "", s.ownClass, func(ctx context.Context, c Class) (Class, error) {
		return c.Recall(s.stepNow(ctx, ""))
	})
}

// Decide approves an application or sends it back with the reason: by a bureau
// above the provider, never by who submitted it.
func (s *Service) Decide(ctx context.Context, id kernel.ClassID, approve bool, reason string) (Dossier, error) {
	if !isBureau(kernel.ActorFrom(ctx)) {
		return Dossier{}, ErrBureauNeeded
	}
	verb := map[bool]string{true: "approve", false: "sendBack"}[approve]
	return s.handle(ctx, id, verb, reason, s.ownClass, func(ctx context.Context, c Class) (Class, error) {
		if !approve {
			return c.SendBack(s.stepNow(ctx, reason))
		}
		if err := s.mayOpen(ctx, c); err != nil {
			return c, err
		}
		c, err := c.Approve(s.stepNow(ctx, reason))
		if err != nil {
			return c, err
		}
		return s.publish(ctx, c)
	})
}

// isBureau tells whether the actor works for a bureau; an administrator does
// not review.
func isBureau(a kernel.Actor) bool {
	return slices.ContainsFunc(a.Grants, func(g kernel.Grant) bool {
		return g.Role == kernel.RoleDistrictBureau || g.Role == kernel.RoleCityBureau
	})
}

// mayOpen refuses a provider that has closed or is on the blacklist.
func (s *Service) mayOpen(ctx context.Context, c Class) error {
	card, err := s.Organizations.Card(ctx, c.Provider)
	switch {
	case err != nil:
		return fmt.Errorf("read provider %s: %w", c.Provider, err)
	case card.Closed:
		return ErrProviderClosed
	}
	return s.notBlacklisted(card)
}

// publish shows a class that was approved, and its sessions, to its audience.
func (s *Service) publish(ctx context.Context, c Class) (Class, error) {
	seen, err := s.audience(ctx, c)
	if err != nil {
		return c, err
	}
	c.SeenBy = seen
	sessions, err := s.docs.sessionsOf(ctx, c.ID)
	if err != nil {
		return c, err
	}
	for _, x := range sessions {
		x.SeenBy, x.Draft = seen, false
		if err := s.docs.saveSession(ctx, &x); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (s *Service) stepNow(ctx context.Context, reason string) Step {
	actor := kernel.ActorFrom(ctx)
	return Step{By: actor.User, ByName: actor.Name, Reason: reason, At: s.now()}
}

type classReader func(context.Context, kernel.ClassID) (Class, error)

// handle loads, decides, saves and records one step of an application.
func (s *Service) handle(ctx context.Context, id kernel.ClassID, verb, reason string, read classReader, decide func(context.Context, Class) (Class, error)) (d Dossier, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		c, err := read(ctx, id)
		if err != nil {
			return err
		}
		if c, err = decide(ctx, c); err != nil {
			return err
		}
		if err := s.docs.saveClass(ctx, &c); err != nil {
			return err
		}
		if err := s.record(ctx, verb, "class", string(id), c.Provider, reason); err != nil {
			return err
		}
		d, err = s.dossier(ctx, c)
		return err
	})
	return d, err
}

// ArchiveClass closes the file of a completed class; closing it again answers
// the same.
func (s *Service) ArchiveClass(ctx context.Context, id kernel.ClassID) (c Class, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if c, err = s.ownClass(ctx, id); err != nil || c.Status == ClassArchived {
			return err
		}
		if c, err = c.Archive(s.now()); err != nil {
			return err
		}
		if err := s.docs.saveClass(ctx, &c); err != nil {
			return err
		}
		return s.record(ctx, "archive", "class", string(id), c.Provider, "")
	})
	return c, err
}
