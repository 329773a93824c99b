package accounts

import (
	"context"
	"sync"
)

// queue lets those who try under one name from one address try one after the
// other: else many guesses at once would all be weighed before the first
// failure is counted. Nobody else waits.
type queue struct {
	mu    sync.Mutex
	lines map[string]*line
}

type line struct {
	turn    chan struct{} // holds one
	waiting int
}

func newQueue() *queue { return &queue{lines: map[string]*line{}} }

// enter waits for the turn, or for ctx.
func (q *queue) enter(ctx context.Context, key string) (leave func(), err error) {
	q.mu.Lock()
	l, ok := q.lines[key]
	if !ok {
		l = &line{turn: make(chan struct{}, 1)}
		q.lines[key] = l
	}
	l.waiting++
	q.mu.Unlock()
	gone := func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if l.waiting--; l.waiting == 0 {
			delete(q.lines, key)
		}
	}
	select {
	case l.turn <- struct{}{}:
		return func() { <-l.turn; gone() }, nil
	case <-ctx.Done():
		gone()
		return nil, ctx.Err()
	}
}
