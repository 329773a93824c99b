package secret

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// ErrBehind: a program runs that has not taken up the newest key.
var ErrBehind = errors.New("these programs still run without the newest key; hand them the key file or stop them, then try again")

// Rotation seals anew, under the newest key, what older keys sealed: batch by
// batch, each in one transaction. It may be cut short and begun again at any
// time; what is sealed by the newest key is passed over.
type Rotation struct {
	Ring *Keyring
	DB   *store.DB
	Told func(collection string, resealed int) // hears of every batch; may be nil

	Resealed map[string]int // values, by collection
}

// Value is a sealed value of a document. An empty one is none.
type Value struct {
	Purpose string
	At      *string
}

// Resealer is what a module offers that stores sealed values.
type Resealer interface {
	Reseal(ctx context.Context, r *Rotation) error
}

// Await waits until every running program has the newest key; ErrBehind.
func (v *Vault) Await(ctx context.Context, ring *Keyring, clock kernel.Clock, patience time.Duration) error {
	for end := clock.Now().Add(patience); ; {
		names, err := v.Behind(ctx, ring, clock.Now())
		if err != nil || len(names) == 0 {
			return err
		}
		if clock.Now().After(end) {
			return fmt.Errorf("%w: %s", ErrBehind, strings.Join(names, "; "))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// resealBatch is how many documents one transaction writes.
const resealBatch = 100

// Reseal seals anew what is stale in a collection. Documents are read again in
// the transaction that writes them, so that a server may work on them
// meanwhile.
func Reseal[D any](ctx context.Context, r *Rotation, docs *store.Collection[D], values func(*D) []Value) error {
	var due []string
	err := docs.Scan(ctx, func(d D) error {
		if len(r.stale(values(&d))) == 0 {
			return nil
		}
		m, ok := any(&d).(interface{ Meta() *store.Doc })
		if !ok {
			return fmt.Errorf("reseal %s: %T is no document", docs.Name(), d)
		}
		if due = append(due, m.Meta().ID); len(due) < resealBatch {
			return nil
		}
		err := resealSome(ctx, r, docs, due, values)
		due = due[:0]
		return err
	})
	if err == nil {
		err = resealSome(ctx, r, docs, due, values)
	}
	return err
}

func resealSome[D any](ctx context.Context, r *Rotation, docs *store.Collection[D], ids []string, values func(*D) []Value) error {
	const tries = 5 // somebody else may write one of them at the same moment
	for try := 1; ; try++ {
		n := 0
		err := r.DB.Tx(ctx, func(ctx context.Context) error {
			n = 0
			found, err := docs.GetMany(ctx, ids)
			if err != nil {
				return err
			}
			for i := range found {
				stale := r.stale(values(&found[i]))
				if len(stale) == 0 {
					continue
				}
				if err := r.renew(stale); err != nil {
					return err
				}
				n += len(stale)
				if err := docs.Replace(ctx, &found[i]); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			r.Note(docs.Name(), n)
			return nil
		}
		if try == tries || (!errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrNotFound)) {
			return fmt.Errorf("reseal %s: %w", docs.Name(), err)
		}
	}
}

func (r *Rotation) stale(values []Value) []Value {
	return slices.DeleteFunc(values, func(v Value) bool { return *v.At == "" || !r.Ring.Stale(*v.At) })
}

func (r *Rotation) renew(values []Value) error {
	for _, v := range values {
		plain, err := r.Ring.Open(v.Purpose, *v.At)
		if err != nil {
			return err
		}
		*v.At = r.Ring.Seal(v.Purpose, plain)
	}
	return nil
}

// Note counts values that were sealed anew.
func (r *Rotation) Note(collection string, n int) {
	if r.Resealed == nil {
		r.Resealed = map[string]int{}
	}
	r.Resealed[collection] += n
	if r.Told != nil && n > 0 {
		r.Told(collection, n)
	}
}

// Total is how many values were sealed anew.
func (r *Rotation) Total() (n int) {
	for _, k := range slices.Sorted(maps.Keys(r.Resealed)) {
		n += r.Resealed[k]
	}
	return n
}

// Left counts the documents, by collection, in which something sealed by an
// older key remains. It looks at the bytes of the whole database rather than
// ask the modules, so that nothing a module forgot goes unseen.
func (r *Rotation) Left(ctx context.Context) (map[string]int, error) {
	keys := r.Ring.keys()
	var marks [][]byte
	for _, m := range keys[:len(keys)-1] {
		marks = append(marks, []byte(format+"."+m.fingerprint[:idLength]+"."))
	}
	left := map[string]int{}
	for _, s := range r.DB.Specs() {
		if len(marks) == 0 {
			break
		}
		err := r.DB.ScanRaw(ctx, s.Name, func(_ string, body []byte) error {
			if slices.ContainsFunc(marks, func(m []byte) bool { return bytes.Contains(body, m) }) {
				left[s.Name]++
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("look for what is left in %s: %w", s.Name, err)
		}
	}
	return left, nil
}
