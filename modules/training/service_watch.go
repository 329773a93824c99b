package training

import (
	"context"
	"sync"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// How the live list keeps up: at once with what this instance takes, a room's
// rush gathered into a few answers a second; by looking with what another
// instance takes (CONTRACT §2 wants it within 2 s).
const (
	gathering = 250 * time.Millisecond
	looking   = 2 * time.Second
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

// Watch is one reader's view of a session's attendance.
type Watch struct {
	service *Service
	session kernel.SessionID
	since   time.Time
	told    map[kernel.PersonID]time.Time // when what they were told had changed
	status  SessionStatus
	seats   int
	begun   bool
}

// Watch follows a session's attendance from since on, which is the AsOf of
// what the reader has last seen, or zero for all of it.
func (s *Service) Watch(ctx context.Context, id kernel.SessionID, since time.Time) (*Watch, error) {
	if _, err := s.Session(ctx, id); err != nil {
		return nil, err
	}
	return &Watch{service: s, session: id, since: since, told: map[kernel.PersonID]time.Time{}}, nil
}

// Next waits until something has changed, or until ctx ends. The first answer
// comes at once. Nothing that changed is left out; a reader who comes again
// may hear of a change twice.
func (w *Watch) Next(ctx context.Context) (Live, error) {
	for {
		rung := w.service.bells.next(w.session)
		news, changed, err := w.look(ctx)
		if err != nil || changed {
			return news, err
		}
		if err := wait(ctx, rung, looking); err != nil {
			return Live{}, err
		}
		if err := wait(ctx, nil, gathering); err != nil {
			return Live{}, err
		}
	}
}

// look reads what has changed since the last look.
func (w *Watch) look(ctx context.Context) (news Live, changed bool, err error) {
	news.AsOf = w.service.now().Add(-settling)
	var present []Present
	if news.Session, news.Enrolled, present, err = w.service.Attendance(ctx, w.session, w.since); err != nil {
		return Live{}, false, err
	}
	for _, p := range present {
		if at, ok := w.told[p.Proof.Person]; !ok || !at.Equal(p.Proof.ChangedAt) {
			news.Present = append(news.Present, p)
			w.told[p.Proof.Person] = p.Proof.ChangedAt
		}
	}
	changed = !w.begun || len(news.Present) > 0 || news.Session.Status != w.status || news.Enrolled != w.seats
	w.begun, w.status, w.seats, w.since = true, news.Session.Status, news.Enrolled, news.AsOf
	return news, changed, nil
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
