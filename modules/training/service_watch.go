package training

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
)

// How the live list keeps up: at once with what this instance takes, a room's
// rush gathered into a few answers a second; by looking with what another
// instance takes (CONTRACT §2 wants it within 2 s).
const (
	gathering = 250 * time.Millisecond
	looking   = 2 * time.Second
	patience  = 15 * time.Second // of all who wait for one reading
)

// bells wake those who watch a session on this instance.
type bells struct {
	mu      sync.Mutex
	watched map[kernel.SessionID]chan struct{}
}

// next is closed when the session is next rung.
func (b *bells) next(id kernel.SessionID) <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.watched == nil {
		b.watched = map[kernel.SessionID]chan struct{}{}
	}
	if b.watched[id] == nil {
		b.watched[id] = make(chan struct{})
	}
	return b.watched[id]
}

func (b *bells) ring(id kernel.SessionID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c, ok := b.watched[id]; ok {
		close(c)
		delete(b.watched, id)
	}
}

// ringAfter rings once the transaction of ctx has been committed.
func (s *Service) ringAfter(ctx context.Context, id kernel.SessionID) {
	store.AfterCommit(ctx, func(context.Context) { s.bells.ring(id) })
}

// Live is what changed in a session's attendance.
type Live struct {
	Session  Session
	Enrolled int
	Present  []Present
	AsOf     time.Time
}

// roster is everybody's presence in a session at one instant, whoever asks. It
// is read once for all who watch on this instance, and never changed.
type roster struct {
	session Session
	seats   int
	present map[kernel.PersonID]Present
	asOf    time.Time
	number  int64           // counts the readings of this instance
	rung    <-chan struct{} // closed when something has changed since
}

// roster reads a session's; what was read before spares all that has not
// changed since.
func (s *Service) roster(ctx context.Context, id kernel.SessionID, before roster) (r roster, err error) {
	r.asOf, r.number, r.rung = s.now().Add(-settling), s.readings.Add(1), s.bells.next(id)
	if r.session, err = s.docs.session(ctx, id); err != nil {
		return r, err
	}
	c, err := s.docs.class(ctx, r.session.Class)
	if err != nil {
		return r, err
	}
	r.seats = c.Enrolled()
	proofs, err := s.proofs(ctx, r.session, before.asOf)
	if err != nil {
		return r, err
	}
	proofs = slices.DeleteFunc(proofs, func(a Attendance) bool { return before.knows(a) })
	changed, err := s.describe(ctx, r.session, proofs)
	if err != nil {
		return r, err
	}
	r.present = maps.Clone(before.present)
	if r.present == nil {
		r.present = make(map[kernel.PersonID]Present, len(changed))
	}
	for _, p := range changed {
		r.present[p.Proof.Person] = p
	}
	return r, nil
}

func (r roster) knows(a Attendance) bool {
	p, ok := r.present[a.Person]
	return ok && p.Proof.ChangedAt.Equal(a.ChangedAt)
}

// since is what somebody who has last seen before does not know.
func (r roster) since(before roster) Live {
	news := Live{Session: r.session, Enrolled: r.seats, AsOf: r.asOf}
	for _, p := range r.present {
		if !before.knows(p.Proof) {
			news.Present = append(news.Present, p)
		}
	}
	slices.SortFunc(news.Present, func(a, b Present) int {
		return cmp.Or(a.Proof.ChangedAt.Compare(b.Proof.ChangedAt), cmp.Compare(a.Proof.Person, b.Proof.Person))
	})
	return news
}

// Watch is one reader's view of a session's attendance.
type Watch struct {
	service *Service
	session kernel.SessionID
	since   time.Time
	seen    roster
}

// Watch follows a session's attendance from since on, which is the AsOf of
// what the reader has last seen, or zero for all of it.
func (s *Service) Watch(ctx context.Context, id kernel.SessionID, since time.Time) (*Watch, error) {
	if _, err := s.Session(ctx, id); err != nil {
		return nil, err
	}
	return &Watch{service: s, session: id, since: since}, nil
}

// Next waits until something has changed, or until ctx ends. The first answer
// comes at once. Nothing that changed is left out; a reader who comes again
// may hear of a change twice.
func (w *Watch) Next(ctx context.Context) (Live, error) {
	if w.seen.present == nil {
		return w.first(ctx)
	}
	for {
		r, err := w.service.nextRoster(ctx, w.session, w.seen)
		if err != nil {
			return Live{}, err
		}
		before := w.seen
		if r.number < before.number { // a reading that had begun when this reader came
			continue
		}
		news := w.news(ctx, r, before)
		w.seen = r
		if len(news.Present) > 0 || r.seats != before.seats || r.session.Status != before.session.Status {
			return news, nil
		}
	}
}

func (w *Watch) first(ctx context.Context) (Live, error) {
	r, err := w.service.roster(ctx, w.session, roster{})
	if err != nil {
		return Live{}, err
	}
	w.seen = r
	news := w.news(ctx, r, roster{})
	news.Present = slices.DeleteFunc(news.Present, func(p Present) bool { return p.Proof.ChangedAt.Before(w.since) })
	return news, nil
}

// news is what the reader may see of what is new to them.
func (w *Watch) news(ctx context.Context, r, before roster) Live {
	l := r.since(before)
	l.Present = w.service.visible(ctx, r.session, l.Present)
	return l
}

// visible leaves those whom the actor may see by name.
func (s *Service) visible(ctx context.Context, x Session, all []Present) []Present {
	shown := s.named(ctx, x.Provider)
	return slices.DeleteFunc(all, func(p Present) bool { return !shown(p.Proof.Person, p.Card) })
}

// nextRoster is the one after something was rung, or after a while. All who
// wait for a session's share the reading of whoever came first, whose leaving
// does not end it.
func (s *Service) nextRoster(ctx context.Context, id kernel.SessionID, seen roster) (roster, error) {
	next := s.rosters.DoChan(string(id), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer cancel()
		var r roster
		err := fault.Caught(func() (err error) {
			if err := wait(ctx, seen.rung, looking); err != nil {
				return err
			}
			if err := wait(ctx, nil, gathering); err != nil {
				return err
			}
			r, err = s.roster(ctx, id, seen)
			return err
		})
		return r, err
	})
	select {
	case <-ctx.Done():
		return roster{}, ctx.Err()
	case r := <-next:
		if r.Err != nil {
			return roster{}, r.Err
		}
		return r.Val.(roster), nil //nolint:forcetypeassert // made above
	}
}

// wait ends with the bell, after d, or with ctx, whose error it gives.
func wait(ctx context.Context, bell <-chan struct{}, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-bell:
	case <-t.C:
	}
	return nil
}
