package accounts

import (
	"sync"
	"time"

	"carecert/modules/kit/web"
)

// identities remembers for a second who credentials stand for, so that a page
// that asks ten things looks its user up once. A change on this instance
// forgets everything at once; another's shows within the second.
type identities struct {
	mu         sync.Mutex
	generation int
	all        map[string]seen
}

type seen struct {
	identity web.Identity
	until    time.Time
}

const (
	rememberFor  = time.Second
	mostRemember = 10_000
)

func newIdentities() *identities { return &identities{all: map[string]seen{}} }

// find answers the generation too: what is looked up under an older one must
// not be remembered.
func (i *identities) find(key string, now time.Time) (id web.Identity, generation int, ok bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	s, ok := i.all[key]
	return s.identity, i.generation, ok && now.Before(s.until)
}

func (i *identities) remember(key string, id web.Identity, generation int, now time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if generation != i.generation {
		return
	}
	if len(i.all) >= mostRemember {
		clear(i.all)
	}
	i.all[key] = seen{id, now.Add(rememberFor)}
}

func (i *identities) forget() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.generation++
	clear(i.all)
}
