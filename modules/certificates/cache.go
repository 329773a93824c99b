package certificates

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// statusLife is how old what the public sees may be.
const statusLife = time.Second

// sight is the count of public changes, as read at an instant.
type sight struct {
	changes int64
	at      time.Time
}

// recency knows whether anything that the public sees has changed: one small
// read a second, however many ask.
type recency struct {
	last atomic.Pointer[sight]
	mu   sync.Mutex // one reads at a time
}

// look gives a sight that is at most a second old.
func (r *recency) look(ctx context.Context, now time.Time, repo *repository) (sight, error) {
	if s := r.last.Load(); s != nil && now.Sub(s.at) < statusLife {
		return *s, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if s := r.last.Load(); s != nil && now.Sub(s.at) < statusLife {
		return *s, nil
	}
	changes, err := repo.counted(ctx, counterChanges)
	if err != nil {
		return sight{}, err
	}
	s := sight{changes, now}
	r.last.Store(&s)
	return s, nil
}

// expire makes the next look read: something was changed here.
func (r *recency) expire() { r.last.Store(nil) }

// answer is a public answer in one language, written out once. Only the time
// of its status moves on, for as long as nothing has changed.
type answer struct {
	head, tail []byte // around the time
	changes    int64
	lapses     time.Time // when the verdict turns to expired; zero for never
}

func (a *answer) holds(s sight, now time.Time) bool {
	return a.changes == s.changes && (a.lapses.IsZero() || now.Before(a.lapses))
}

// body is the whole answer, its status as of the sight.
func (a *answer) body(s sight) []byte {
	out := make([]byte, 0, len(a.head)+len(a.tail)+32)
	out = append(out, a.head...)
	out = s.at.AppendFormat(out, `"`+time.RFC3339Nano+`"`)
	return append(out, a.tail...)
}

// generation is how many answers one half of the cache holds.
const generation = 8_000

type cacheKey struct{ language, code string }

// cache keeps answers: a young half, and an old one that is dropped when the
// young is full. What is asked for again becomes young again.
type cache struct {
	mu         sync.RWMutex
	young, old map[cacheKey]*answer
}

func newCache() *cache { return &cache{young: map[cacheKey]*answer{}} }

func (c *cache) get(key cacheKey) (*answer, bool) {
	c.mu.RLock()
	a, ok := c.young[key]
	if ok {
		c.mu.RUnlock()
		return a, true
	}
	a, ok = c.old[key]
	c.mu.RUnlock()
	if ok {
		c.put(key, a)
	}
	return a, ok
}

func (c *cache) put(key cacheKey, a *answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.young) >= generation {
		c.old, c.young = c.young, make(map[cacheKey]*answer, generation)
	}
	c.young[key] = a
}
