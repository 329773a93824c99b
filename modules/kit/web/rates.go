package web

import (
	"sync"

	"golang.org/x/time/rate"
)

// Public paths are free to all, so an address may ask at a steady pace only.
const (
	publicPerSecond = 50
	publicBurst     = 200
	maxAddresses    = 50_000
)

// rates limits by address.
type rates struct {
	on  bool
	mu  sync.Mutex
	all map[string]*rate.Limiter
}

func newRates(on bool) *rates { return &rates{on: on, all: map[string]*rate.Limiter{}} }

// public tells whether the address may make one more public request.
func (r *rates) public(address string) bool {
	if !r.on {
		return true
	}
	r.mu.Lock()
	l, ok := r.all[address]
	if !ok {
		if len(r.all) >= maxAddresses {
			clear(r.all) // everybody begins anew; memory stays bounded
		}
		l = rate.NewLimiter(publicPerSecond, publicBurst)
		r.all[address] = l
	}
	r.mu.Unlock()
	return l.Allow()
}
