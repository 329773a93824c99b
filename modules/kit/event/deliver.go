package event

import (
	"context"
	"errors"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
)

var (
	// errGone: another process has delivered the rest of the parcel.
	errGone       = errors.New("event: already delivered")
	errNoListener = errors.New("event: no listener of that name in this program")
)

// deliver gives every listener of the parcel its facts, kind by kind in the
// order of the first announcement, listeners in the order of registration. An
// error of a listener is logged and its work left for later; the error that
// deliver returns is the database's.
func (b *Bus) deliver(ctx context.Context, p *parcel) error {
	ctx = kernel.WithReach(kernel.WithActor(ctx, p.Actor), kernel.Reach{Everywhere: true})
	before, err := b.outbox.earlier(ctx, p)
	if err != nil {
		return err
	}
	for _, e := range before {
		if err := b.deliver(ctx, e); err != nil {
			return err
		}
	}
	if len(before) > 0 { // what could not be delivered of them holds ours back
		if before, err = b.outbox.earlier(ctx, p); err != nil {
			return err
		}
	}
	for _, w := range slices.Clone(p.Pending) {
		if p, err = b.work(ctx, p, w, before); errors.Is(err, errGone) {
			return nil
		} else if err != nil {
			return err
		}
	}
	if len(p.Pending) == 0 {
		return nil
	}
	return b.postpone(ctx, p)
}

// work lets one listener react to its facts together; where that fails, one by
// one, so that a fact it cannot bear holds back no other.
func (b *Bus) work(ctx context.Context, p *parcel, w pendingDoc, before []*parcel) (*parcel, error) {
	held := map[string]bool{} // keys of which an earlier fact is undone
	for _, n := range w.Left {
		key := p.Facts[n].Key
		held[key] = key != "" && slices.ContainsFunc(before, func(e *parcel) bool { return e.awaits(w.Listener, key) })
	}
	free := slices.DeleteFunc(slices.Clone(w.Left), func(n int) bool { return held[p.Facts[n].Key] })
	if len(free) == 0 {
		return p, nil
	}
	next, failed, err := b.react(ctx, p, w, free)
	if err != nil || failed == nil {
		return next, err
	}
	if len(free) > 1 {
		for _, n := range free {
			if held[p.Facts[n].Key] {
				continue
			}
			var why error
			if next, why, err = b.react(ctx, next, w, []int{n}); err != nil {
				return next, err
			}
			if why != nil {
				failed = why
				held[p.Facts[n].Key] = p.Facts[n].Key != ""
			}
		}
	}
	if next.work(w.Fact, w.Listener) >= 0 {
		b.log.ErrorContext(ctx, "listener failed", "fact", w.Fact, "listener", w.Listener, "parcel", p.ID,
			"attempts", p.Attempts+1, "error", failed)
	}
	return next, nil
}

// react runs the listener on facts of the parcel in a transaction that crosses
// them off. It answers the parcel as it then stands; failed is the listener's
// own error. The crossing-off comes first: of two processes one stops there.
func (b *Bus) react(ctx context.Context, p *parcel, w pendingDoc, places []int) (_ *parcel, failed, err error) {
	run, found := b.listener(w)
	if !found {
		return p, errNoListener, nil
	}
	for {
		if places = p.left(w, places); len(places) == 0 {
			return p, nil, nil
		}
		next := p.without(w, places)
		err = b.db.Tx(ctx, func(ctx context.Context) error {
			failed = nil // the closure may run again
			after := *next
			if err := b.outbox.save(ctx, &after); err != nil {
				return err
			}
			if failed = fault.Caught(func() error { return run(ctx, p.payloads(places)) }); failed != nil {
				return failed
			}
			next.Doc = after.Doc
			return nil
		})
		switch {
		case err == nil:
			return next, nil, nil
		case failed != nil:
			return p, failed, nil
		case errors.Is(err, store.ErrConflict), errors.Is(err, store.ErrNotFound):
			if p, err = b.outbox.get(ctx, p.ID); err != nil {
				return p, nil, err
			}
		default:
			return p, nil, err
		}
	}
}

func (b *Bus) listener(w pendingDoc) (func(context.Context, []bson.Raw) error, bool) {
	for _, l := range b.listeners[w.Fact] {
		if l.name == w.Listener {
			return l.react, true
		}
	}
	return nil, false
}

// postpone leaves the rest of the parcel to the sweeper. Whoever changed it
// meanwhile has its own word on that.
func (b *Bus) postpone(ctx context.Context, p *parcel) error {
	next := *p
	next.Attempts++
	next.NextAttemptAt = b.now().Add(backoff(next.Attempts))
	err := b.outbox.docs.Replace(ctx, &next)
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// save writes the parcel under its version, and deletes it when nothing is
// left to do.
func (o *outbox) save(ctx context.Context, p *parcel) error {
	if len(p.Pending) == 0 {
		return o.docs.Delete(ctx, p.ID, p.Version)
	}
	return o.docs.Replace(ctx, p)
}

func (o *outbox) get(ctx context.Context, id string) (*parcel, error) {
	p, err := o.docs.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		err = errGone
	}
	return &p, err
}
