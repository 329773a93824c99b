package secret

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"carecert/modules/kit/store"
)

var (
	// ErrKeyMissing: the database was written with keys, and the key file is gone.
	ErrKeyMissing = errors.New("the database was written with a secret key and the key file is not there: put it back (CARECERT_SECRET_KEY_FILE)")
	// ErrOtherKey: the key file is not the one the database was written with.
	ErrOtherKey = errors.New("the secret key is not the one this database was written with: hand over its key file (CARECERT_SECRET_KEY_FILE)")
)

// keysDoc is one document, so that of two programs with different keys only
// one can be the first.
type keysDoc struct {
	store.Doc    `bson:",inline"`
	Fingerprints []string `bson:"fingerprints"` // the first key's first
}

const keysID = "keys"

// Collection is where a database says which keys it was written with.
const Collection = "kit_keys"

// Vault knows which keys a database was written with, and who runs with them.
type Vault struct {
	docs    *store.Collection[keysDoc]
	holders *store.Collection[holderDoc]
}

// Open declares its collections and makes them exist: the keys are checked before
// anything else is opened.
func Open(ctx context.Context, db *store.DB) (*Vault, error) {
	v := &Vault{
		docs:    store.Open[keysDoc](db, store.Spec{Name: Collection}),
		holders: store.Open[holderDoc](db, store.Spec{Name: "kit_key_holders"}),
	}
	return v, db.Ensure(ctx)
}

// Keyring reads the key file. Where there is none it makes one, but only for a
// database that no key has written; ErrKeyMissing.
func (v *Vault) Keyring(ctx context.Context, path string) (*Keyring, error) {
	ring, err := Load(path)
	if !errors.Is(err, os.ErrNotExist) {
		return ring, err
	}
	switch known, err := v.docs.Get(ctx, keysID); {
	case errors.Is(err, store.ErrNotFound):
		return Create(path)
	case err != nil:
		return nil, err
	default:
		return nil, fmt.Errorf("%w (%s; the first key's fingerprint is %s)", ErrKeyMissing, path, known.Fingerprints[0])
	}
}

// CheckDatabase refuses a ring that lacks a key the database was written with,
// or begins with another; ErrOtherKey. New keys of the ring are recorded.
func (v *Vault) CheckDatabase(ctx context.Context, ring *Keyring) error {
	prints := ring.Fingerprints()
	for {
		known, err := v.docs.Get(ctx, keysID)
		if errors.Is(err, store.ErrNotFound) {
			err = v.docs.Insert(ctx, keysDoc{Doc: store.Doc{ID: keysID}, Fingerprints: prints})
			if store.IsDuplicate(err, "") {
				continue // another program was quicker: compare with its key
			}
			return err
		}
		if err != nil {
			return err
		}
		lacking := slices.ContainsFunc(known.Fingerprints, func(k string) bool { return !slices.Contains(prints, k) })
		if lacking || known.Fingerprints[0] != prints[0] {
			return fmt.Errorf("%w (it was written with %v, the file holds %v)", ErrOtherKey, known.Fingerprints, prints)
		}
		if len(known.Fingerprints) == len(prints) {
			return nil
		}
		known.Fingerprints = prints
		if err := v.docs.Replace(ctx, &known); !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
}
