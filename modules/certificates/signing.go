package certificates

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/signature"
	"carecert/modules/certificates/verify"
	"carecert/modules/kit/store"
)

// signingKeyDoc is one key: _id its number, the private part sealed, or in a
// file that is handed in from outside.
type signingKeyDoc struct {
	store.Doc     `bson:",inline"`
	Algorithm     signature.Algorithm `bson:"algorithm,omitempty"` // "" is Ed25519
	Public        []byte              `bson:"public"`
	Sealed        string              `bson:"sealed,omitempty"` // "" for one from outside
	ActiveFrom    time.Time           `bson:"activeFrom"`
	RetiredAt     *time.Time          `bson:"retiredAt,omitempty"`
	CompromisedAt *time.Time          `bson:"compromisedAt,omitempty"`
}

const purposeSigning = "certificates.signing"

// SigningKeys says which keys sign: an algorithm, and a key that is handed in
// from outside instead of one that the program makes and seals.
type SigningKeys struct {
	Algorithm signature.Algorithm // "" is Ed25519
	Outside   *signature.Private
}

// ReadSigningKeys reads what an operator decides: the algorithm's name in any
// case, and a file with a private key in PKCS #8 (PEM), whose algorithm must be
// that one. Both may be empty.
func ReadSigningKeys(algorithm, file string) (SigningKeys, error) {
	var k SigningKeys
	if algorithm != "" {
		var err error
		if k.Algorithm, err = signature.ReadAlgorithm(algorithm); err != nil {
			return k, err
		}
	}
	if file == "" {
		return k, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return k, fmt.Errorf("signing key: %w", err)
	}
	key, err := signature.ReadPEM(text)
	if err != nil {
		return k, fmt.Errorf("signing key %s: %w", file, err)
	}
	if a := key.Public().Algorithm(); algorithm != "" && a != k.Algorithm {
		return k, fmt.Errorf("signing key %s is %s, not %s: %w", file, a, k.Algorithm, signature.ErrKey)
	}
	return SigningKeys{Algorithm: key.Public().Algorithm(), Outside: &key}, nil
}

func (k SigningKeys) withDefault() SigningKeys {
	if k.Algorithm == "" {
		k.Algorithm = signature.Ed25519
	}
	return k
}

// signer is a key by its number.
type signer struct {
	v1.Signer
	id uint32
}

// keychain holds the keys in memory; they change once in years, and what is
// read from it is never written to.
//
// JOSE has no SM2: credentials are signed with Ed25519 whatever signs the
// certificates, so there is always such a key too.
type keychain struct {
	repo    *repository
	secrets Secrets
	use     SigningKeys
	baseURL string

	mu       sync.RWMutex
	public   verify.Keys
	current  *verify.Verifier
	ever     *verify.Verifier  // as if no key had been lost
	newest   signer            // signs certificates and status lists
	vouching signer            // the newest of Ed25519
	whole    map[uint32]signer // of Ed25519, that were never in other hands
}

// load reads the keys, and makes what is missing: the first one, one of the
// algorithm that is asked for, the one from outside.
func (k *keychain) load(ctx context.Context, now time.Time) error {
	docs, err := k.read(ctx)
	if err != nil {
		return err
	}
	if k.lacks(docs) {
		err := k.repo.db.Tx(ctx, func(ctx context.Context) error { return k.complete(ctx, now) })
		if err != nil && !store.IsDuplicate(err, "_id") { // another instance was faster
			return err
		}
		if docs, err = k.read(ctx); err != nil {
			return err
		}
	}
	return k.take(docs)
}

// algorithms that there must be a key of.
func (k *keychain) algorithms() []signature.Algorithm {
	return slices.Compact([]signature.Algorithm{signature.Ed25519, k.use.Algorithm})
}

func (k *keychain) lacks(docs []signingKeyDoc) bool {
	return len(k.missing(docs)) > 0 || k.use.Outside != nil && !slices.ContainsFunc(docs, k.outside)
}

// missing algorithms have no key that signs here.
func (k *keychain) missing(docs []signingKeyDoc) (out []signature.Algorithm) {
	for _, a := range k.algorithms() {
		if !slices.ContainsFunc(docs, func(d signingKeyDoc) bool { return d.algorithm() == a && d.active() && k.has(d) }) {
			out = append(out, a)
		}
	}
	return out
}

// has tells whether this instance can sign with a key.
func (k *keychain) has(d signingKeyDoc) bool { return d.Sealed != "" || k.outside(d) }

// outside tells whether a key is the one that was handed in.
func (k *keychain) outside(d signingKeyDoc) bool {
	return k.use.Outside != nil && d.algorithm() == k.use.Algorithm && bytes.Equal(d.Public, k.use.Outside.Public().Bytes())
}

// complete adds what load found missing, in the caller's transaction.
func (k *keychain) complete(ctx context.Context, now time.Time) error {
	docs, err := k.read(ctx)
	if err != nil {
		return err
	}
	if len(docs) > 0 { // others sign with it within a second
		if _, err := k.repo.count(ctx, counterChanges); err != nil {
			return err
		}
	}
	if k.use.Outside != nil && !slices.ContainsFunc(docs, k.outside) {
		for i, d := range docs {
			if d.algorithm() == k.use.Algorithm && d.active() {
				docs[i].RetiredAt = &now
				if err := k.repo.keys.Replace(ctx, &docs[i]); err != nil {
					return fmt.Errorf("signing key: %w", err)
				}
			}
		}
		if docs, err = k.add(ctx, docs, k.use.Outside.Public(), "", now); err != nil {
			return err
		}
	}
	return k.make(ctx, docs, k.missing(docs), now)
}

// make makes a key of each algorithm and seals its private part.
func (k *keychain) make(ctx context.Context, docs []signingKeyDoc, algorithms []signature.Algorithm, now time.Time) error {
	for _, a := range algorithms {
		key, err := signature.Generate(a)
		if err != nil {
			return fmt.Errorf("signing key: %w", err)
		}
		sealed := k.secrets.Seal(purposeSigning, base64.StdEncoding.EncodeToString(key.Bytes()))
		if docs, err = k.add(ctx, docs, key.Public(), sealed, now); err != nil {
			return err
		}
	}
	return nil
}

// add stores a key under the next number.
func (k *keychain) add(ctx context.Context, docs []signingKeyDoc, public signature.Public, sealed string, now time.Time) ([]signingKeyDoc, error) {
	next := uint32(1)
	for _, d := range docs {
		id, err := d.number()
		if err != nil {
			return docs, err
		}
		next = max(next, id+1)
	}
	d := signingKeyDoc{
		Doc: store.Doc{ID: strconv.FormatUint(uint64(next), 10)}, Algorithm: public.Algorithm(), Public: public.Bytes(), ActiveFrom: now, Sealed: sealed,
	}
	if err := k.repo.keys.Insert(ctx, d); err != nil {
		return docs, fmt.Errorf("signing key: %w", err)
	}
	return append(docs, d), nil
}

// rotate retires what signs and makes the next keys.
func (k *keychain) rotate(ctx context.Context, now time.Time) error {
	docs, err := k.read(ctx)
	if err != nil {
		return err
	}
	for i := range docs {
		if docs[i].RetiredAt != nil {
			continue
		}
		docs[i].RetiredAt = &now
		if err := k.repo.keys.Replace(ctx, &docs[i]); err != nil {
			return fmt.Errorf("signing key: %w", err)
		}
	}
	return k.make(ctx, docs, k.algorithms(), now)
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

// active tells whether a key still signs.
func (d signingKeyDoc) active() bool { return d.RetiredAt == nil && d.CompromisedAt == nil }

func (d signingKeyDoc) algorithm() signature.Algorithm {
	if d.Algorithm == "" { // from before there was a choice
		return signature.Ed25519
	}
	return d.Algorithm
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
		public, err := signature.ReadPublic(d.algorithm(), d.Public)
		if err != nil {
			return out, fmt.Errorf("signing key %d: %w", id, err)
		}
		key := verify.Publish(id, public)
		key.ActiveFrom, key.RetiredAt, key.CompromisedAt = d.ActiveFrom, d.RetiredAt, d.CompromisedAt
		out.Keys = append(out.Keys, key)
	}
	slices.SortFunc(out.Keys, func(a, b verify.Key) int { return int(a.ID) - int(b.ID) })
	return out, nil
}

// take puts the keys to use: the newest of the algorithm that is asked for
// signs, and the one from outside where there is one.
func (k *keychain) take(docs []signingKeyDoc) error {
	public, err := k.publish(docs)
	if err != nil {
		return err
	}
	var newest, vouching signer
	fixed := false // one from outside goes before the program's own
	whole := map[uint32]signer{}
	for _, d := range docs {
		if d.CompromisedAt != nil || !k.has(d) { // one from outside too: what was made instead signs
			continue
		}
		s, err := k.open(d)
		if err != nil {
			return err
		}
		if d.algorithm() == signature.Ed25519 {
			whole[s.id] = s
		}
		if d.RetiredAt == nil && d.algorithm() == k.use.Algorithm && !fixed && s.id >= newest.id {
			newest, fixed = s, k.outside(d)
		}
		if d.RetiredAt == nil && d.algorithm() == signature.Ed25519 && s.id >= vouching.id {
			vouching = s
		}
	}
	if newest.id == 0 || vouching.id == 0 {
		return errors.New("no signing key is active")
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.public, k.newest, k.vouching, k.whole = public, newest, vouching, whole
	k.current, k.ever = verify.Issuer(public), verify.Issuer(everTrusted(public))
	return nil
}

// open gives a key to sign with.
func (k *keychain) open(d signingKeyDoc) (signer, error) {
	id, err := d.number()
	if err != nil {
		return signer{}, err
	}
	if k.outside(d) {
		return signer{*k.use.Outside, id}, nil
	}
	opened, err := k.secrets.Open(purposeSigning, d.Sealed)
	if err != nil {
		return signer{}, fmt.Errorf("signing key %d: %w", id, err)
	}
	raw, err := base64.StdEncoding.DecodeString(opened)
	if err != nil {
		return signer{}, fmt.Errorf("signing key %d: %w", id, err)
	}
	key, err := signature.ReadPrivate(d.algorithm(), raw)
	if err != nil {
		return signer{}, fmt.Errorf("signing key %d: %w", id, err)
	}
	return signer{key, id}, nil
}

// voucher is the key that vouches elsewhere for what a key signed: the same,
// also once it has retired, or where it was lost, or is of an algorithm that is
// unknown elsewhere, the next one.
func (k *keychain) voucher(id uint32) signer {
	k.mu.RLock()
	defer k.mu.RUnlock()
	best := k.vouching
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

// signature judges the signature of a text.
func (k *keychain) signature(text string) (v1.Facts, verify.Verdict, error) {
	k.mu.RLock()
	current := k.current
	k.mu.RUnlock()
	return current.Signature(text)
}

// lost tells whether a key was ever in other hands.
func (k *keychain) lost(id uint32) bool {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return slices.ContainsFunc(k.public.Keys, func(key verify.Key) bool { return key.ID == id && key.CompromisedAt != nil })
}

// everSigned judges as if no key had been lost: whether a certificate says what
// was signed, not whether it is genuine.
func (k *keychain) everSigned(text string) (v1.Facts, verify.Verdict, error) {
	k.mu.RLock()
	ever := k.ever
	k.mu.RUnlock()
	return ever.Signature(text)
}

func everTrusted(keys verify.Keys) verify.Keys {
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
