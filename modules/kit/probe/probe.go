// Package probe keeps a register from telling who is in it: whoever tries
// numbers on end would learn which are registered. So an account, and all
// accounts of an office together, may hit only so many things within the hour
// that they do not see, and a hit is counted before it is answered.
package probe

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
)

// Limits are how many hits within an hour are answered.
type Limits struct{ Account, Office int }

// Hit is one thing that was met without being seen.
type Hit struct {
	// Key names what was told: the same again within the hour tells nothing new
	// and is not counted twice. Without one every hit counts.
	Key string
	// Free is written down and not counted.
	Free bool
	// Note writes a hit down, once for each key; also one that was refused.
	Note func(ctx context.Context) error
}

// doc counts the hits of a prober (user:… or office:…, and the hour), or marks
// a key as met by an account (user:…|key, and the hour).
type doc struct {
	store.Doc `bson:",inline"`
	Hits      int64 `bson:"hits"`
	Refused   bool  `bson:"refused,omitempty"` // met, and nothing was told
}

const hour = "2006-01-02T15"

// Guard counts the hits of one register.
type Guard struct {
	db      *store.DB
	docs    *store.Collection[doc]
	clock   kernel.Clock
	log     *slog.Logger
	refusal *fault.Fault
}

// New opens the collection, which is the register's own; refusal is what is
// said beyond the limit.
func New(db *store.DB, collection string, clock kernel.Clock, log *slog.Logger, refusal *fault.Fault) *Guard {
	return &Guard{db, store.Open[doc](db, store.Spec{Name: collection}), clock, log, refusal}
}

// Count counts the hits of the actor, all or, beyond the limit, none: they are
// then refused, and with them everything new within the hour. In a transaction
// it is counted with what is told in it; a refusal outlives its end.
func (g *Guard) Count(ctx context.Context, l Limits, hits ...Hit) error {
	var p plan
	inTx := store.InTx(ctx)
	err := g.db.Tx(ctx, func(ctx context.Context) (err error) {
		if p, err = g.plan(ctx, l, hits); err != nil || inTx && p.refused() {
			return err
		}
		return g.write(ctx, p)
	})
	if err != nil || !p.refused() {
		return err
	}
	if inTx {
		store.AfterEnd(ctx, func(ctx context.Context) {
			if err := g.Count(ctx, l, hits...); err != nil && !errors.Is(err, g.refusal) {
				g.log.ErrorContext(ctx, "count what was tried", "hits", len(hits), "error", err)
			}
		})
	}
	return g.refusal
}

// Answer counts a hit on which a use case fails, and only then gives the answer.
// The count outlives the caller's transaction, which will be rolled back: until
// its end the refusal stands in for the answer.
func (g *Guard) Answer(ctx context.Context, l Limits, hit Hit, answer func(ctx context.Context) error) error {
	say := func(ctx context.Context) error {
		if err := g.Count(ctx, l, hit); err != nil {
			return err
		}
		return answer(ctx)
	}
	if !store.InTx(ctx) {
		return say(ctx)
	}
	p := &pending{g.refusal}
	store.AfterEnd(ctx, func(ctx context.Context) { p.told = say(ctx) })
	return p
}

// pending is an error that is decided when the transaction is over.
type pending struct{ told error }

// Error implements error.
func (p *pending) Error() string { return p.told.Error() }

// Unwrap gives the answer.
func (p *pending) Unwrap() error { return p.told }

// plan is what hits come to.
type plan struct {
	account string
	hour    string
	met     []Hit    // to be marked
	noted   []Hit    // to be written down
	counted int64    // to be counted
	probers []string // on whose account they go
	over    []string // who would be beyond their limit
}

func (g *Guard) plan(ctx context.Context, l Limits, hits []Hit) (plan, error) {
	actor := kernel.ActorFrom(ctx)
	p := plan{account: "user:" + string(actor.User), hour: g.clock.Now().UTC().Format(hour)}
	var keys []string
	for _, h := range hits {
		if key := p.mark(h); h.Key != "" && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	marks, err := g.docs.GetMany(ctx, keys)
	if err != nil {
		return p, fmt.Errorf("what was tried before: %w", err)
	}
	known := make(map[string]doc, len(marks))
	for _, m := range marks {
		known[m.ID] = m
	}
	for _, h := range hits {
		mark, met := known[p.mark(h)]
		switch {
		case h.Key == "":
			p.noted = append(p.noted, h)
		case met && !mark.Refused:
			continue
		case !met:
			p.noted = append(p.noted, h)
			fallthrough
		default:
			p.met = append(p.met, h)
			known[p.mark(h)] = doc{} // the same again in this lot
		}
		if !h.Free {
			p.counted++
		}
	}
	return p, g.limit(ctx, l, actor, &p)
}

func (p plan) refused() bool { return len(p.over) > 0 }

func (p plan) mark(h Hit) string { return p.account + "|" + h.Key + "|" + p.hour }

// limit finds who would be beyond their limit.
func (g *Guard) limit(ctx context.Context, l Limits, actor kernel.Actor, p *plan) error {
	most := map[string]int{p.account + "|" + p.hour: l.Account}
	p.probers = []string{p.account + "|" + p.hour}
	for _, grant := range actor.Grants {
		office := "office:" + string(grant.Organization) + "|" + p.hour
		if grant.Organization != "" && !slices.Contains(p.probers, office) {
			p.probers, most[office] = append(p.probers, office), l.Office
		}
	}
	if p.counted == 0 {
		return nil
	}
	counts, err := g.docs.GetMany(ctx, p.probers)
	if err != nil {
		return fmt.Errorf("how much was tried: %w", err)
	}
	hits := map[string]int64{}
	for _, c := range counts {
		hits[c.ID] = c.Hits
	}
	for _, id := range p.probers {
		if hits[id]+p.counted > int64(most[id]) {
			p.over = append(p.over, id)
		}
	}
	return nil
}

// write marks, counts and notes. Who is over is charged although nothing is
// told: else whether a number is among others could be learned from refusals.
func (g *Guard) write(ctx context.Context, p plan) error {
	charged := p.probers
	if p.refused() {
		charged = p.over
	}
	marks := make([]doc, 0, len(p.met))
	for _, h := range p.met {
		m := doc{Refused: p.refused()}
		m.ID = p.mark(h)
		marks = append(marks, m)
	}
	if err := g.docs.PutMany(ctx, marks); err != nil {
		return fmt.Errorf("mark what was tried: %w", err)
	}
	if p.counted > 0 {
		deltas := make(map[string]map[string]int64, len(charged))
		for _, id := range charged {
			deltas[id] = map[string]int64{"hits": p.counted}
		}
		if err := g.docs.IncrementMany(ctx, deltas); err != nil {
			return fmt.Errorf("count what was tried: %w", err)
		}
	}
	for _, h := range p.noted {
		if err := h.Note(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Aged are the counts and marks, which are of no use after their hour.
func (g *Guard) Aged() store.Aged {
	return store.AgingByWalk(g.docs, func(d doc) time.Time {
		at, err := time.Parse(hour, d.ID[strings.LastIndex(d.ID, "|")+1:])
		if err != nil {
			return g.clock.Now() // of no known shape: kept
		}
		return at
	})
}
