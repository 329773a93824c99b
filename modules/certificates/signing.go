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

// keychain holds the keys in memory; they change once in years.
type keychain struct {
	repo    *repository
	secrets Secrets
	baseURL string

	mu     sync.RWMutex
	public verify.Keys
	newest signer
}

// load reads the keys, and makes the first one where there is none.
func (k *keychain) load(ctx context.Context, now time.Time) error {
	docs, err := k.read(ctx)
	if err != nil {
		return err
	}
	if len(docs) == 0 {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return fmt.Errorf("signing key: %w", err)
		}
		doc := signingKeyDoc{
			Doc: store.Doc{ID: "1"}, Public: public, ActiveFrom: now,
			Sealed: k.secrets.Seal(purposeSigning, base64.StdEncoding.EncodeToString(private.Seed())),
		}
		if err := k.repo.keys.Insert(ctx, doc); err != nil && !store.IsDuplicate(err, "_id") { // another instance was faster
			return fmt.Errorf("signing key: %w", err)
		}
		if docs, err = k.read(ctx); err != nil {
			return err
		}
	}
	return k.take(docs)
}

func (k *keychain) read(ctx context.Context) (docs []signingKeyDoc, err error) {
	err = k.repo.keys.Scan(ctx, func(d signingKeyDoc) error { docs = append(docs, d); return nil })
	return docs, err
}

func (k *keychain) take(docs []signingKeyDoc) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.public = verify.Keys{Issuer: k.baseURL, Keys: []verify.Key{}}
	for _, d := range docs {
		id, err := strconv.ParseUint(d.ID, 10, 32)
		if err != nil {
			return fmt.Errorf("signing key %s: %w", d.ID, err)
		}
		k.public.Keys = append(k.public.Keys, verify.Key{
			ID: uint32(id), KeyType: "OKP", Curve: "Ed25519", Use: "sig", Public: base64.RawURLEncoding.EncodeToString(d.Public),
			ActiveFrom: d.ActiveFrom, RetiredAt: d.RetiredAt, CompromisedAt: d.CompromisedAt,
		})
		if d.RetiredAt != nil || d.CompromisedAt != nil || uint32(id) < k.newest.id {
			continue
		}
		seed, err := k.secrets.Open(purposeSigning, d.Sealed)
		if err != nil {
			return fmt.Errorf("signing key %s: %w", d.ID, err)
		}
		raw, err := base64.StdEncoding.DecodeString(seed)
		if err != nil || len(raw) != ed25519.SeedSize {
			return fmt.Errorf("signing key %s: %w", d.ID, errors.Join(err, errors.New("not a seed")))
		}
		k.newest = signer{id: uint32(id), private: ed25519.NewKeyFromSeed(raw)}
	}
	slices.SortFunc(k.public.Keys, func(a, b verify.Key) int { return int(a.ID) - int(b.ID) })
	if k.newest.private == nil {
		return errors.New("no signing key is active")
	}
	return nil
}

func (k *keychain) keys() verify.Keys {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.public
}

func (k *keychain) signer() signer {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.newest
}
