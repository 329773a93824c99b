// Package secret holds the program's one secret and what is made of it:
// sealing (AES-256-GCM), blind indexes and MACs (HMAC-SHA-256), derived keys,
// and the check that a database is opened with the keys it was written with.
//
// A key file holds one master key a line, 32 bytes in base64, the newest last.
// The newest seals and every one opens. What must stay the same for ever
// (blind indexes, MACs, derived keys) is made of the first.
//
// Keys are rotated in two steps: AddKey puts a fresh one into the file, which
// every running program takes up by itself (Holder), and a Rotation seals anew
// what older ones sealed, once no program lacks the newest.
//
// Owns: kit_keys (fingerprints, never keys), kit_key_holders (who runs with
// which).
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// KeySize is the size of a master key in bytes.
const KeySize = 32

const (
	format   = "v1"
	idLength = 8 // of the fingerprint, stored with every sealed value
)

var (
	// ErrUnreadable: the value was altered, or sealed for another purpose.
	ErrUnreadable = errors.New("secret: the sealed value cannot be read")
	// ErrUnknownKey: the value was sealed with a key that is not on the ring.
	ErrUnknownKey = errors.New("secret: sealed with a key that is not in the key file")
)

type master struct {
	extracted   []byte
	fingerprint string
	sealers     sync.Map // purpose → cipher.AEAD
}

// Keyring is safe for concurrent use, also while it takes up a newer key.
type Keyring struct {
	held atomic.Pointer[[]*master] // oldest first, never empty
}

func (k *Keyring) keys() []*master { return *k.held.Load() }

// New makes a ring of master keys, the newest last.
func New(keys ...[]byte) (*Keyring, error) {
	if len(keys) == 0 {
		return nil, errors.New("secret: no key")
	}
	var held []*master
	for n, key := range keys {
		if len(key) != KeySize {
			return nil, fmt.Errorf("secret: key %d has %d bytes, it must have %d", n+1, len(key), KeySize)
		}
		extracted, err := hkdf.Extract(sha256.New, key, []byte("carecert"))
		if err != nil {
			return nil, fmt.Errorf("secret: key %d: %w", n+1, err)
		}
		m := &master{extracted: extracted}
		m.fingerprint = hex.EncodeToString(m.derive("fingerprint")[:16])
		for _, other := range held {
			if other.fingerprint == m.fingerprint {
				return nil, fmt.Errorf("secret: key %d is there twice", n+1)
			}
		}
		held = append(held, m)
	}
	ring := &Keyring{}
	ring.held.Store(&held)
	return ring, nil
}

// take goes on with the keys of a ring that begins with these; others are
// ErrOtherKey.
func (k *Keyring) take(longer *Keyring) error {
	mine, theirs := k.Fingerprints(), longer.Fingerprints()
	if len(theirs) < len(mine) || !slices.Equal(theirs[:len(mine)], mine) {
		return fmt.Errorf("%w (in use are %v, the file holds %v)", ErrOtherKey, mine, theirs)
	}
	k.held.Store(longer.held.Load())
	return nil
}

// derive is HKDF-Expand (RFC 5869) for one block of 32 bytes, written out
// because it then cannot fail.
func (m *master) derive(purpose string) []byte {
	mac := hmac.New(sha256.New, m.extracted)
	mac.Write([]byte(purpose))
	mac.Write([]byte{1})
	return mac.Sum(nil)
}

func (m *master) sealer(purpose string) cipher.AEAD {
	if s, ok := m.sealers.Load(purpose); ok {
		if aead, ok := s.(cipher.AEAD); ok {
			return aead
		}
	}
	block, _ := aes.NewCipher(m.derive("seal/" + purpose)) // 32 bytes: never refused
	aead, _ := cipher.NewGCMWithRandomNonce(block)         // a block of AES: never refused
	m.sealers.Store(purpose, aead)
	return aead
}

func (k *Keyring) oldest() *master { return k.keys()[0] }

func (k *Keyring) newest() *master {
	keys := k.keys()
	return keys[len(keys)-1]
}

// Fingerprints of the keys, oldest first. They tell nothing of the keys.
func (k *Keyring) Fingerprints() []string {
	keys := k.keys()
	out := make([]string, len(keys))
	for i, m := range keys {
		out[i] = m.fingerprint
	}
	return out
}

// Seal encrypts under the newest key. A purpose is a fixed word of the caller
// ("people.phone"); a value opens only for the purpose it was sealed for.
func (k *Keyring) Seal(purpose, plain string) string {
	m := k.newest()
	box := m.sealer(purpose).Seal(nil, nil, []byte(plain), []byte(purpose))
	return format + "." + m.fingerprint[:idLength] + "." + base64.RawURLEncoding.EncodeToString(box)
}

// Open decrypts what Seal made under any key of the ring; ErrUnreadable,
// ErrUnknownKey.
func (k *Keyring) Open(purpose, sealed string) (string, error) {
	m, box, err := k.parse(sealed)
	if err != nil {
		return "", err
	}
	plain, err := m.sealer(purpose).Open(nil, nil, box, []byte(purpose))
	if err != nil {
		return "", ErrUnreadable
	}
	return string(plain), nil
}

// Stale tells whether a sealed value is to be sealed anew: it was sealed by
// another key than the newest.
func (k *Keyring) Stale(sealed string) bool {
	m, _, err := k.parse(sealed)
	return err != nil || m != k.newest()
}

func (k *Keyring) parse(sealed string) (*master, []byte, error) {
	parts := strings.Split(sealed, ".")
	if len(parts) != 3 || parts[0] != format {
		return nil, nil, ErrUnreadable
	}
	box, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return nil, nil, ErrUnreadable
	}
	for _, m := range k.keys() {
		if m.fingerprint[:idLength] == parts[1] {
			return m, box, nil
		}
	}
	return nil, nil, ErrUnknownKey
}

// Derive gives a key of 32 bytes for a purpose, always the same.
func (k *Keyring) Derive(purpose string) []byte { return k.oldest().derive("derive/" + purpose) }

// MAC authenticates data, always the same for the same data.
func (k *Keyring) MAC(purpose string, data []byte) []byte {
	mac := hmac.New(sha256.New, k.oldest().derive("mac/"+purpose))
	mac.Write(data)
	return mac.Sum(nil)
}

// Blind is a look-up key for a value that is stored sealed: equal values have
// equal blinds, and nobody without the key can tell whose they are.
func (k *Keyring) Blind(purpose, value string) string {
	mac := hmac.New(sha256.New, k.oldest().derive("blind/"+purpose))
	mac.Write([]byte(value))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
