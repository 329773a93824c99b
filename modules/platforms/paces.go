package platforms

import (
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"carecert/modules/platforms/rule"
)

// paces limits each key in this program.
type paces struct {
	mu  sync.Mutex
	all map[string]*rate.Limiter
}

// take gives how long to wait until n may be asked; 0 when they are taken.
func (p *paces) take(key string, limits rule.Row, now time.Time, n int) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	perSecond := rate.Limit(float64(limits.PerMinute) / 60)
	l, ok := p.all[key]
	if !ok {
		if p.all == nil {
			p.all = map[string]*rate.Limiter{}
		}
		l = rate.NewLimiter(perSecond, limits.AtOnce)
		p.all[key] = l
	}
	if l.Limit() != perSecond || l.Burst() != limits.AtOnce { // other limits are in force since
		l.SetLimitAt(now, perSecond)
		l.SetBurstAt(now, limits.AtOnce)
	}
	r := l.ReserveN(now, n)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

func seconds(d time.Duration) int { return max(1, int(math.Ceil(d.Seconds()))) }
