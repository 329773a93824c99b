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
	today := kernel.DateOf(c.clock.Now())
	out := make(map[kernel.OrganizationID]kernel.OrganizationCard, len(wanted))
	return out, c.each(ctx, wanted, func(d organizationDoc) { out[kernel.OrganizationID(d.ID)] = d.card(today) })
}

// each tells of every organisation that is known, kept or read.
func (c *cards) each(ctx context.Context, wanted []kernel.OrganizationID, tell func(organizationDoc)) error {
	now := c.clock.Now()
	var missing []string
	c.mu.Lock()
	generation := c.generation
	for _, id := range wanted {
		if k, ok := c.kept[id]; ok && now.Sub(k.at) < freshness && !now.Before(k.at) {
			tell(k.doc)
		} else if id != "" {
			missing = append(missing, string(id))
		}
	}
	c.mu.Unlock()
	if len(missing) == 0 {
		return nil
	}
	found, err := c.docs.organizations.GetMany(ctx, missing)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, d := range found {
		tell(d)
		if generation == c.generation && !store.InTx(ctx) {
			c.kept[kernel.OrganizationID(d.ID)] = keptCard{doc: d, at: now}
		}
	}
	return nil
}
