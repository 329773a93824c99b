package training

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
)

// feeds tell of sessions from some weeks ago on; a calendar keeps what it has.
const (
	feedBack     = 60 // days
	feedSessions = 1000
	feedsOfOne   = 50
)

type feedDoc struct {
	store.Doc `bson:",inline"`
	Kind      FeedKind      `bson:"kind"`
	Target    string        `bson:"target"`
	Title     string        `bson:"title"`
	Owner     kernel.UserID `bson:"owner"`
	At        time.Time     `bson:"at"`
	RevokedAt time.Time     `bson:"revokedAt,omitempty"`
}

func (d feedDoc) feed() Feed {
	return Feed{ID: d.ID, Kind: d.Kind, Target: d.Target, Title: d.Title, Owner: d.Owner, At: d.At, RevokedAt: d.RevokedAt}
}

func feedSpec() store.Spec {
	return store.Spec{Name: "training_feeds", Indexes: []store.Index{
		{Name: "by_owner", Fields: []string{"owner", "at"}},
	}}
}

// OpenFeed makes the address of a calendar: of oneself, of a class that one may
// see, of a practice base in reach. The code is told this once.
func (s *Service) OpenFeed(ctx context.Context, kind FeedKind, target string) (f Feed, code string, err error) {
	actor := kernel.ActorFrom(ctx)
	if kind == FeedPerson {
		target = string(actor.Person)
	}
	title, org, err := s.feedTitle(ctx, kind, target)
	if err != nil {
		return f, "", err
	}
	code = newFeedCode()
	doc := feedDoc{Doc: store.Doc{ID: feedID(code)}, Kind: kind, Target: target, Title: title, Owner: actor.User, At: s.now()}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		standing, err := s.docs.feeds.Find(ctx, store.Query{Index: "by_owner", Equal: []any{string(actor.User)}, Desc: true, Limit: 4 * feedsOfOne})
		if err != nil {
			return err
		}
		if n := len(slices.DeleteFunc(standing.Items, func(d feedDoc) bool { return !d.RevokedAt.IsZero() })); n >= feedsOfOne {
			return ErrTooManyFeeds
		}
		if err := s.docs.feeds.Insert(ctx, doc); err != nil {
			return err
		}
		return s.record(ctx, "create", "calendarFeed", doc.ID, org, "", "kind", string(kind), "target", target)
	})
	return doc.feed(), code, err
}

func (s *Service) feedTitle(ctx context.Context, kind FeedKind, target string) (string, kernel.OrganizationID, error) {
	switch kind {
	case FeedPerson:
		if target == "" {
			return "", "", ErrNoPerson
		}
		return "", "", nil
	case FeedClass:
		c, err := s.visibleClass(ctx, kernel.ClassID(target))
		return c.Terms.Title, c.Provider, err
	case FeedPlace:
		card, err := kernel.ReachFrom(ctx).Organization(ctx, s.Organizations, kernel.OrganizationID(target), ErrBaseUnknown)
		if err == nil && card.Kind != practiceBase {
			err = ErrBaseUnknown
		}
		return card.Name, card.ID, err
	}
	return "", "", ErrFeedUnknown
}

// Feeds lists the actor's own addresses that stand, the latest first.
func (s *Service) Feeds(ctx context.Context) ([]Feed, error) {
	found, err := s.docs.feeds.Find(ctx, store.Query{
		Index: "by_owner", Equal: []any{string(kernel.ActorFrom(ctx).User)}, Desc: true, Limit: 4 * feedsOfOne,
	})
	var out []Feed
	for _, d := range found.Items {
		if d.RevokedAt.IsZero() {
			out = append(out, d.feed())
		}
	}
	return out, err
}

// RevokeFeed ends an address of the actor's; again changes nothing.
func (s *Service) RevokeFeed(ctx context.Context, id string) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		doc, err := s.docs.feeds.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) || (err == nil && doc.Owner != kernel.ActorFrom(ctx).User) {
			return ErrFeedUnknown
		}
		if err != nil || !doc.RevokedAt.IsZero() {
			return err
		}
		doc.RevokedAt = s.now()
		if err := s.docs.feeds.Replace(ctx, &doc); err != nil {
			return err
		}
		return s.record(ctx, "revoke", "calendarFeed", id, "", "")
	})
}

// standing finds a feed by its address, as it stands for who made it: it shows
// what its maker may see at this moment, and nothing once they may not. Of a
// maker whose record was merged it tells the record that stays.
func (s *Service) standing(ctx context.Context, code string) (Feed, error) {
	doc, err := s.docs.feeds.Get(ctx, feedID(code))
	if errors.Is(err, store.ErrNotFound) || (err == nil && !doc.RevokedAt.IsZero()) {
		return Feed{}, ErrFeedUnknown
	}
	if err != nil {
		return Feed{}, err
	}
	f := doc.feed()
	maker, may, err := s.Owners.ActingAs(ctx, f.Owner, "calendarFeed", "create")
	if err != nil {
		return f, fmt.Errorf("maker of a calendar: %w", err)
	}
	if f.Kind == FeedPerson {
		f.Target = string(kernel.ActorFrom(maker).Person)
	}
	if may {
		_, _, err = s.feedTitle(maker, f.Kind, f.Target)
		may = err == nil
	}
	if !may && (err == nil || fault.Missing(err) || errors.Is(err, ErrNoPerson)) {
		return f, ErrFeedUnknown
	}
	return f, err
}

// ReadFeed tells the sessions behind an address: whoever has it may read it;
// ErrFeedUnknown for what never was, was revoked, or is out of its maker's
// reach by now.
func (s *Service) ReadFeed(ctx context.Context, code string) (Feed, []Session, error) {
	f, err := s.standing(ctx, code)
	if err != nil {
		return f, nil, err
	}
	from := kernel.DateOf(s.now()).AddDays(-feedBack).Start()
	var queries []store.Query
	switch f.Kind {
	case FeedPerson:
		classes, err := s.seatedIn(ctx, kernel.PersonID(f.Target))
		if err != nil {
			return f, nil, err
		}
		for _, c := range classes {
			queries = append(queries, store.Query{Index: "by_class", Equal: []any{string(c)}, From: from, Limit: feedSessions})
		}
	case FeedClass:
		queries = []store.Query{{Index: "by_class", Equal: []any{f.Target}, From: from, Limit: feedSessions}}
	case FeedPlace:
		queries = []store.Query{{Index: "by_base", Equal: []any{f.Target}, From: from, Limit: feedSessions}}
	}
	var out []Session
	for _, q := range queries {
		found, err := s.docs.sessions.Find(ctx, q)
		if err != nil {
			return f, nil, fmt.Errorf("sessions of a feed: %w", err)
		}
		for _, d := range found.Items {
			if !d.Draft {
				out = append(out, d.session())
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Session) int { return a.Plan.StartsAt.Compare(b.Plan.StartsAt) })
	return f, out, nil
}

// seatedIn names the classes in which somebody has a seat, the latest first:
// as many as one calendar can hold.
func (s *Service) seatedIn(ctx context.Context, p kernel.PersonID) ([]kernel.ClassID, error) {
	found, err := s.docs.enrolments.Find(ctx, store.Query{Index: "by_person", Equal: []any{string(p)}, Desc: true, Limit: 100})
	var out []kernel.ClassID
	for _, e := range found.Items {
		if e.State == SeatEnrolled {
			out = append(out, e.Class)
		}
	}
	return out, err
}
