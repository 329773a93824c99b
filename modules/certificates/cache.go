package certificates

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"carecert/modules/certificates/verify"
	"carecert/modules/kit/store"
)

// statusLife is how old what the public is told may be.
const statusLife = time.Second

// sight is the count of revocations, replacements and changes of the keys, as
// read at an instant.
type sight struct {
	changes int64
	at      time.Time
}

// fresh tells whether a sight is of now. One of the future is of a clock that
// was set back since, and would be believed until the clock has caught up.
func (x sight) fresh(now time.Time) bool { return within(x.at, now, statusLife) }

func within(at, now time.Time, life time.Duration) bool {
	return !now.Before(at) && now.Sub(at) < life
}

// look gives a sight that is at most a second old. One small read a second
// tells whether anything changed, however many ask; only what did is forgotten.
func (s *Service) look(ctx context.Context, now time.Time) (sight, error) {
	if seen := s.seen.Load(); seen != nil && seen.fresh(now) {
		return *seen, nil
	}
	s.looking.Lock()
	defer s.looking.Unlock()
	before := s.seen.Load()
	if before != nil && before.fresh(now) {
		return *before, nil
	}
	changes, err := s.repo.counted(ctx, counterChanges)
	if err != nil {
		return sight{}, err
	}
	known := s.public.changesSeen()
	var codes []string
	if known != unseen && known < changes {
		err = s.repo.statuses.Each(ctx, store.Query{Index: "change", From: known + 1, Until: changes + 1}, func(d statusDoc) error {
			codes = append(codes, d.Code)
			return nil
		})
	}
	if err == nil && known != changes {
		err = s.keychain.load(ctx, now)
	}
	if err != nil {
		return sight{}, fmt.Errorf("changes since %d: %w", known, err)
	}
	s.public.advance(changes, codes)
	seen := sight{changes, now}
	s.seen.CompareAndSwap(before, &seen) // not over a forgetting that came meanwhile
	return seen, nil
}

// forget makes the next who asks look again, a look under way included: it may
// have read before the change was committed.
func (s *Service) forget() { s.seen.Store(&sight{}) }

// card gives what the public is told of a certificate; ErrUnknown.
func (s *Service) card(ctx context.Context, code string, now time.Time) (*shown, sight, error) {
	seen, err := s.look(ctx, now)
	if err != nil {
		return nil, seen, err
	}
	if x, known := s.public.get(code); known {
		return x, seen, nil
	}
	d, err := s.repo.card(ctx, code)
	if err != nil {
		return nil, seen, err
	}
	x := &shown{card: d.Card}
	s.public.put(code, x, seen.changes)
	return x, seen, nil
}

// remember keeps a certificate once it is committed: it is soon scanned.
func (s *Service) remember(ctx context.Context, c Certificate) {
	before := s.public.changesSeen()
	store.AfterCommit(ctx, func(context.Context) { s.public.put(c.Code, &shown{card: c.card("")}, before) })
}

// recall reads the newest certificates at start, for the same reason.
func (s *Service) recall(ctx context.Context) error {
	seen, err := s.look(ctx, s.now())
	if err != nil {
		return err
	}
	enough, n := errors.New("enough"), 0
	query := store.Query{Index: "status", Equal: []any{string(StatusValid)}, Desc: true, Limit: 500}
	err = s.repo.certificates.Each(ctx, query, func(d certificateDoc) error {
		if c := d.read(); c.Issued() {
			s.public.put(c.Code, &shown{card: c.card("")}, seen.changes)
		}
		if n++; n == generation {
			return enough
		}
		return nil
	})
	return unless(err, enough)
}

// shown is a certificate as the public sees it, and its answers written out.
type shown struct {
	card    Card
	answers [2]atomic.Pointer[answer] // by language
}

// answer is the body of a public answer: only the time of its status moves on.
type answer struct {
	verdict    verify.Verdict
	head, tail []byte // around the time
}

func (a *answer) body(asOf time.Time) []byte {
	out := make([]byte, 0, len(a.head)+len(a.tail)+32)
	out = append(out, a.head...)
	out = asOf.AppendFormat(out, `"`+time.RFC3339Nano+`"`)
	return append(out, a.tail...)
}

// generation is how many certificates one half of the cache holds.
const generation = 10_000

// cache keeps certificates by code: a young half, and an old one that is
// dropped when the young is full. What is asked for again becomes young again.
type cache struct {
	mu         sync.RWMutex
	changes    int64
	young, old map[string]*shown
}

// unseen: nothing was looked at yet, and nothing is kept.
const unseen = -1

func newCache() *cache { return &cache{changes: unseen, young: map[string]*shown{}} }

func (c *cache) changesSeen() int64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.changes
}

// advance forgets what changed.
func (c *cache) advance(changes int64, codes []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes = changes
	for _, code := range codes {
		delete(c.young, code)
		delete(c.old, code)
	}
}

func (c *cache) get(code string) (*shown, bool) {
	c.mu.RLock()
	x, young := c.young[code]
	if !young {
		x = c.old[code]
	}
	changes := c.changes
	c.mu.RUnlock()
	if x != nil && !young {
		c.put(code, x, changes)
	}
	return x, x != nil
}

// put keeps what was read under a sight; not if something has changed since,
// for it might be that.
func (c *cache) put(code string, x *shown, changes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if changes != c.changes || changes == unseen {
		return
	}
	if len(c.young) >= generation {
		c.old, c.young = c.young, make(map[string]*shown, generation)
	}
	c.young[code] = x
}
