package organizations

import (
	"context"
	"sync"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// freshness is how long a card from another process may be out of date.
const freshness = time.Second

// cards keeps what neighbours ask for again and again. After a change in this
// process the next question is answered from the database; a change in another
// process shows within a second.
type cards struct {
	clock kernel.Clock
	docs  collections

	mu         sync.Mutex
	generation int // counts changes, so that what was read before one is not kept after it
	kept       map[kernel.OrganizationID]keptCard
}

type keptCard struct {
	doc organizationDoc
	at  time.Time
}

func newCards(clock kernel.Clock, docs collections) *cards {
	return &cards{clock: clock, docs: docs, kept: map[kernel.OrganizationID]keptCard{}}
}

// forget drops everything: organisations change rarely.
func (c *cards) forget(context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	clear(c.kept)
}

func (c *cards) many(ctx context.Context, wanted []kernel.OrganizationID) (map[kernel.OrganizationID]kernel.OrganizationCard, error) {
	now := c.clock.Now()
	today := kernel.DateOf(now)
	out := make(map[kernel.OrganizationID]kernel.OrganizationCard, len(wanted))
	var missing []string
	c.mu.Lock()
	generation := c.generation
	for _, id := range wanted {
		if k, ok := c.kept[id]; ok && now.Sub(k.at) < freshness && !now.Before(k.at) {
			out[id] = k.doc.card(today)
		} else if id != "" {
			missing = append(missing, string(id))
		}
	}
	c.mu.Unlock()
	if len(missing) == 0 {
		return out, nil
	}
	found, err := c.docs.organizations.GetMany(ctx, missing)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, d := range found {
		id := kernel.OrganizationID(d.ID)
		out[id] = d.card(today)
		if generation == c.generation && !store.InTx(ctx) {
			c.kept[id] = keptCard{doc: d, at: now}
		}
	}
	return out, nil
}
