package hours

import (
	"context"
	"fmt"

	"carecert/modules/kernel"
)

// first is the record that sat in the session.
func (a Attended) first() kernel.PersonID { return first(a.Person, a.As) }

func (r Refusal) first() kernel.PersonID { return first(r.Person, r.As) }

func first(person, as kernel.PersonID) kernel.PersonID {
	if as != "" {
		return as
	}
	return person
}

// holders tells into which records others were merged.
type holders map[kernel.PersonID]kernel.PersonID

// path lists the records through which a presence came to whose it is.
func (h holders) path(p kernel.PersonID) kernel.Trail {
	var out kernel.Trail
	for next, merged := h[p]; merged; next, merged = h[next] {
		out, p = append(out, p), next
	}
	return out
}

// of is whose a presence of the record is.
func (h holders) of(p kernel.PersonID) kernel.PersonID {
	for next, merged := h[p]; merged; next, merged = h[next] {
		p = next
	}
	return p
}

// holders asks whose the presences are that were not met before.
func (s *Service) holders(ctx context.Context, all []Attended, met map[string]presenceDoc) (holders, error) {
	var ask []kernel.PersonID
	for _, a := range all {
		if len(met) < len(all) {
			ask = append(ask, a.first())
		}
	}
	out := holders{}
	for len(ask) > 0 {
		cards, err := s.People.Cards(ctx, ask)
		if err != nil {
			return nil, fmt.Errorf("read cards: %w", err)
		}
		ask = nil
		for id, card := range cards {
			if card.Merged != "" {
				out[id] = card.Merged
				ask = append(ask, card.Merged)
			}
		}
	}
	return out, nil
}

// oncePerSession leaves one presence of each session: who was enrolled under
// two records that are one person attended once. The one that proves most
// stands.
func oncePerSession(all []presenceDoc) []presenceDoc {
	out := make([]presenceDoc, 0, len(all))
	place := map[kernel.SessionID]int{}
	for _, d := range all {
		i, twice := place[d.Session]
		if !twice {
			place[d.Session] = len(out)
			out = append(out, d)
		} else if d.provesMore(out[i]) {
			out[i] = d
		}
	}
	return out
}

func (d presenceDoc) provesMore(than presenceDoc) bool {
	sound, other := d.Flaw == "" && d.RefusedAt.IsZero(), than.Flaw == "" && than.RefusedAt.IsZero()
	if sound != other {
		return sound
	}
	if a, b := d.Out.Sub(d.In), than.Out.Sub(than.In); a != b {
		return a > b
	}
	return d.ID < than.ID
}

// FollowMerge lets the presences of a person who turned out to be another count
// in that other's years. It listens to people.merged.
func (s *Service) FollowMerge(ctx context.Context, kept, gone kernel.PersonID) error {
	return s.handOver(ctx, gone, kept, causeMerge, func(d *presenceDoc) bool {
		d.Was = d.Was.Left(gone)
		return true
	})
}

// FollowUnmerge gives back what came with a merge that was undone.
func (s *Service) FollowUnmerge(ctx context.Context, kept, gone kernel.PersonID) error {
	return s.handOver(ctx, kept, gone, causeUnmerge, func(d *presenceDoc) (back bool) {
		d.Was, back = d.Was.Back(gone)
		return back
	})
}

// handOver gives presences of one record to another and settles the years of
// both. Doing it twice changes nothing.
func (s *Service) handOver(ctx context.Context, from, to kernel.PersonID, cause string, goes func(*presenceDoc) bool) error {
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		all, err := s.docs.presencesOf(ctx, from, "", kernel.Forever)
		if err != nil {
			return err
		}
		var moved []presenceDoc
		for _, d := range all {
			if goes(&d) {
				d.Person = to
				moved = append(moved, d)
			}
		}
		if err := s.docs.presences.PutMany(ctx, moved); err != nil {
			return fmt.Errorf("hand over presences of %s: %w", from, err)
		}
		for _, p := range []kernel.PersonID{from, to} {
			if err := s.resettleAll(ctx, p, cause); err != nil {
				return err
			}
			for _, d := range moved {
				if err := s.settleAround(ctx, p, d.Date, cause); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
