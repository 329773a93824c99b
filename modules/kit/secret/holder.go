package secret

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// holderDoc says that a program runs with keys: while one lacks the newest,
// nothing may be sealed anew under it, or that program could not open it.
type holderDoc struct {
	store.Doc    `bson:",inline"`
	Name         string    `bson:"name"` // for whoever has to look for it
	Fingerprints []string  `bson:"fingerprints"`
	Until        time.Time `bson:"until"` // without another sign of life
}

// How often a running program looks at its key file, and how long it counts as
// running after its last sign of life.
const (
	lookEvery = 3 * time.Second
	holdFor   = 15 * time.Second
)

// Holder keeps the ring of a running program up with its key file, and lets
// the others know which keys it has.
type Holder struct {
	vault *Vault
	ring  *Keyring
	path  string
	clock kernel.Clock
	log   *slog.Logger
	doc   holderDoc
}

// Holder makes the holder of a program. The clock is the machine's.
func (v *Vault) Holder(ring *Keyring, path string, clock kernel.Clock, log *slog.Logger) *Holder {
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	return &Holder{vault: v, ring: ring, path: path, clock: clock, log: log, doc: holderDoc{
		Doc: store.Doc{ID: kernel.NewID()}, Name: fmt.Sprintf("%s, process %d", host, os.Getpid()),
	}}
}

// Run looks at the key file until ctx ends.
func (h *Holder) Run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := h.look(ctx); err != nil && ctx.Err() == nil {
			h.log.ErrorContext(ctx, "key file", "error", err)
		}
		pause := time.NewTimer(lookEvery)
		select {
		case <-ctx.Done():
		case <-pause.C:
		}
		pause.Stop()
	}
	gone, cancel := context.WithTimeout(context.WithoutCancel(ctx), lookEvery)
	defer cancel()
	if err := h.vault.holders.Delete(gone, h.doc.ID, 0); err != nil && !errors.Is(err, store.ErrNotFound) {
		h.log.WarnContext(gone, "key holder", "error", err)
	}
}

// look takes up what is new in the file, and only then says so. A file that
// cannot be read changes nothing: the program goes on with the keys it has.
func (h *Holder) look(ctx context.Context) error {
	file, err := Load(h.path)
	if err == nil && len(file.Fingerprints()) != len(h.ring.Fingerprints()) {
		if err = h.ring.take(file); err == nil {
			h.log.InfoContext(ctx, "a new secret key was taken up", "keys", len(file.Fingerprints()))
			err = h.vault.CheckDatabase(ctx, h.ring)
		}
	}
	h.doc.Fingerprints, h.doc.Until = h.ring.Fingerprints(), h.clock.Now().UTC().Add(holdFor)
	return errors.Join(err, h.vault.holders.Put(ctx, &h.doc))
}

// Behind names the running programs that lack the newest key of the ring.
func (v *Vault) Behind(ctx context.Context, ring *Keyring, now time.Time) (names []string, err error) {
	newest := ring.newest().fingerprint
	err = v.holders.Scan(ctx, func(d holderDoc) error { // as many as programs
		if now.Before(d.Until) && !slices.Contains(d.Fingerprints, newest) {
			names = append(names, d.Name)
		}
		return nil
	})
	return names, err
}
