package web

import (
	"context"
	"math"
	"net/netip"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/time/rate"

	"carecert/modules/kernel"
)

// Public paths are free to all, so an address may ask at a steady pace only.
const (
	publicPerSecond = 50
	publicBurst     = 200
	maxSenders      = 50_000
)

const metaPace = "pace"

type pace struct {
	perMinute float64
	burst     int
}

// Pace limits how often one sender may use the route: an address where the
// route is open, else a user. 429 beyond.
func Pace(perMinute float64, burst int) Option {
	return func(o *huma.Operation) { o.Metadata[metaPace] = pace{perMinute, burst} }
}

// rates limits by sender.
type rates struct {
	on  bool
	mu  sync.Mutex
	all map[string]*rate.Limiter
}

func newRates(on bool) *rates { return &rates{on: on, all: map[string]*rate.Limiter{}} }

// admit refuses an address that asks the open routes too often, or one of them.
func (r *rates) admit(ctx context.Context, p Permission, op *huma.Operation) error {
	if !r.on || !p.Open {
		return nil
	}
	address := neighbourhood(kernel.ActorFrom(ctx).Address)
	if err := r.take(address, pace{publicPerSecond * 60, publicBurst}); err != nil {
		return err
	}
	return r.own(op, address)
}

// neighbourhood is what counts as one sender: whoever has an address of IPv6 has
// 2⁶⁴ of them.
func neighbourhood(address string) string {
	addr, err := netip.ParseAddr(address)
	if err != nil || !addr.Is6() || addr.Is4In6() {
		return address
	}
	const subnet = 64
	return netip.PrefixFrom(addr, subnet).Masked().String()
}

// own counts against the pace of one route.
func (r *rates) own(op *huma.Operation, sender string) error {
	own, ok := op.Metadata[metaPace].(pace)
	if !r.on || !ok {
		return nil
	}
	return r.take(op.OperationID+" "+sender, own)
}

func (r *rates) take(key string, p pace) error {
	r.mu.Lock()
	l, ok := r.all[key]
	if !ok {
		if len(r.all) >= maxSenders {
			clear(r.all) // everybody begins anew; memory stays bounded
		}
		l = rate.NewLimiter(rate.Limit(p.perMinute/60), p.burst)
		r.all[key] = l
	}
	r.mu.Unlock()
	if l.Allow() {
		return nil
	}
	return errTooMany.With("retryAfter", int(math.Ceil(60/p.perMinute)))
}
