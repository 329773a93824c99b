package certificates

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"carecert/modules/certificates/verify"
	"carecert/modules/kit/store"
)

// signingKeyDoc is one key: _id its number, the private part sealed.
type signingKeyDoc struct {
	store.Doc     `bson:",inline"`
	Public        []byte     `bson:"public"`
	Sealed        string     `bson:"sealed"`
	ActiveFrom    time.Time  `bson:"activeFrom"`
	RetiredAt     *time.Time `bson:"retiredAt,omitempty"`
	CompromisedAt *time.Time `bson:"compromisedAt,omitempty"`
}

const purposeSigning = "certificates.signing"

// signer signs with the newest key. It implements v1.Signer.
type signer struct {
	id      uint32
	private ed25519.PrivateKey
}

// Sign implements v1.Signer.
func (s signer) Sign(message []byte) ([]byte, error) { return ed25519.Sign(s.private, message), nil }

// keychain holds the keys in memory; they change once in years, and what is
// read from it is never written to.
type keychain struct {
	repo    *repository
	secrets Secrets
	baseURL string

	mu     sync.RWMutex
	public verify.Keys
	newest signer
	whole  map[uint32]signer // those that were never in other hands
}

// load reads the keys, and makes the first one where there is none.
func (k *keychain) load(ctx context.Context, now time.Time) error {
	docs, err := k.read(ctx)
	if err != nil {
		return err
	}
	if len(docs) == 0 {
		if err := k.add(ctx, 1, now); err != nil && !store.IsDuplicate(err, "_id") { // another instance was faster
			return err
		}
		if docs, err = k.read(ctx); err != nil {
			return err
		}
	}
	return k.take(docs)
}

// add makes a key and stores it, its private part sealed.
func (k *keychain) add(ctx context.Context, id uint32, now time.Time) error {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("signing key: %w", err)
	}
	err = k.repo.keys.Insert(ctx, signingKeyDoc{
		Doc: store.Doc{ID: strconv.FormatUint(uint64(id), 10)}, Public: public, ActiveFrom: now,
		Sealed: k.secrets.Seal(purposeSigning, base64.StdEncoding.EncodeToString(private.Seed())),
	})
	if err != nil {
		return fmt.Errorf("signing key: %w", err)
	}
	return nil
}

// rotate retires what signs and makes the next key.
func (k *keychain) rotate(ctx context.Context, now time.Time) error {
	docs, err := k.read(ctx)
	if err != nil {
		return err
	}
	next := uint32(1)
	for _, d := range docs {
		id, err := d.number()
		if err != nil {
			return err
		}
		next = max(next, id+1)
		if d.RetiredAt != nil {
			continue
		}
		d.RetiredAt = &now
		if err := k.repo.keys.Replace(ctx, &d); err != nil {
			return fmt.Errorf("signing key: %w", err)
		}
	}
	return k.add(ctx, next, now)
}

// compromise says since when a key was in other hands.
func (k *keychain) compromise(ctx context.Context, id uint32, since time.Time) error {
	d, err := k.repo.keys.Get(ctx, strconv.FormatUint(uint64(id), 10))
	if errors.Is(err, store.ErrNotFound) {
		return ErrKeyUnknown
	}
	if err != nil {
		return err
	}
	if d.CompromisedAt != nil && d.CompromisedAt.Before(since) {
		return nil // what is known already reaches further back
	}
	d.CompromisedAt = &since
	return k.repo.keys.Replace(ctx, &d)
}

func (d signingKeyDoc) number() (uint32, error) {
	id, err := strconv.ParseUint(d.ID, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("signing key %s: %w", d.ID, err)
	}
	return uint32(id), nil
}

func (k *keychain) read(ctx context.Context) (docs []signingKeyDoc, err error) {
	err = k.repo.keys.Scan(ctx, func(d signingKeyDoc) error { docs = append(docs, d); return nil })
	return docs, err
}

// publish is the public half of the keys.
func (k *keychain) publish(docs []signingKeyDoc) (verify.Keys, error) {
	out := verify.Keys{Issuer: k.baseURL, Keys: make([]verify.Key, 0, len(docs))}
	for _, d := range docs {
		id, err := d.number()
		if err != nil {
			return out, err
		}
		out.Keys = append(out.Keys, verify.Key{
			ID: id, KeyType: "OKP", Curve: "Ed25519", Use: "sig", Public: base64.RawURLEncoding.EncodeToString(d.Public),
			ActiveFrom: d.ActiveFrom, RetiredAt: d.RetiredAt, CompromisedAt: d.CompromisedAt,
		})
	}
	slices.SortFunc(out.Keys, func(a, b verify.Key) int { return int(a.ID) - int(b.ID) })
	return out, nil
}

// take puts the keys to use: the newest that has not retired signs.
func (k *keychain) take(docs []signingKeyDoc) error {
	public, err := k.publish(docs)
	if err != nil {
		return err
	}
	newest, whole := signer{}, map[uint32]signer{}
	for _, d := range docs {
		id, err := d.number()
		if err != nil {
			return err
		}
		if d.CompromisedAt != nil {
			continue
		}
		if whole[id], err = k.open(id, d.Sealed); err != nil {
			return err
		}
		if d.RetiredAt == nil && id >= newest.id {
			newest = whole[id]
		}
	}
	if newest.private == nil {
		return errors.New("no signing key is active")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.public, k.newest, k.whole = public, newest, whole
	return nil
}

// open unseals a key.
func (k *keychain) open(id uint32, sealed string) (signer, error) {
	seed, err := k.secrets.Open(purposeSigning, sealed)
	if err != nil {
		return signer{}, fmt.Errorf("signing key %d: %w", id, err)
	}
	raw, err := base64.StdEncoding.DecodeString(seed)
	if err != nil || len(raw) != ed25519.SeedSize {
		return signer{}, fmt.Errorf("signing key %d: %w", id, errors.Join(err, errors.New("not a seed")))
	}
	return signer{id: id, private: ed25519.NewKeyFromSeed(raw)}, nil
}

// voucher is the key that vouches elsewhere for what a key signed: the same,
// also once it has retired, or where it was lost the next one that was not.
func (k *keychain) voucher(id uint32) signer {
	k.mu.RLock()
	defer k.mu.RUnlock()
	best := k.newest
	for other, s := range k.whole {
		if other >= id && other < best.id {
			best = s
		}
	}
	return best
}

func (k *keychain) keys() verify.Keys {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.public
}

// everTrusted are the keys as if none had been lost: for whether a certificate
// says what was signed, not for whether it is genuine.
func (k *keychain) everTrusted() verify.Keys {
	keys := k.keys()
	keys.Keys = slices.Clone(keys.Keys)
	for i := range keys.Keys {
		keys.Keys[i].CompromisedAt = nil
	}
	return keys
}

func (k *keychain) signer() signer {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.newest
}
