// Package signature signs what certificates say, and checks it, under the
// algorithm of the key: Ed25519, or SM2 with SM3 as Chinese offices are asked to
// use (GB/T 32918.2, GB/T 32905; the signer's identity of GB/T 35276). Which one
// it is the key says, never the signed text, so that nobody chooses the weaker.
// Both write 64 bytes. Pure.
package signature

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// Algorithm of a key.
type Algorithm string

// The algorithms, as keys are published.
const (
	Ed25519 Algorithm = "Ed25519"
	SM2     Algorithm = "SM2"
)

// ReadAlgorithm reads an algorithm's name, in any case. ErrKey.
func ReadAlgorithm(name string) (Algorithm, error) {
	for _, a := range []Algorithm{Ed25519, SM2} {
		if strings.EqualFold(name, string(a)) {
			return a, nil
		}
	}
	return "", fmt.Errorf("%w: %q", ErrKey, name)
}

// Size of a signature in bytes: R ‖ S, 32 each.
const Size = 64

// half of a signature, or of a point.
const half = 32

// ErrKey: not a key of an algorithm that is known here.
var ErrKey = errors.New("signature: not an Ed25519 or SM2 key")

// Public checks signatures. The zero value accepts none.
type Public struct {
	algorithm Algorithm
	raw       []byte
	point     *ecdsa.PublicKey // of SM2
}

// ReadPublic reads a public key: 32 bytes of Ed25519, or X ‖ Y of SM2, a point
// of the curve. ErrKey.
func ReadPublic(a Algorithm, raw []byte) (Public, error) {
	switch {
	case a == Ed25519 && len(raw) == ed25519.PublicKeySize:
		return Public{algorithm: a, raw: raw}, nil
	case a == SM2 && len(raw) == 2*half:
		//nolint:staticcheck // crypto/ecdsa does not know this curve: the library takes its points so
		point := &ecdsa.PublicKey{Curve: sm2.P256(), X: new(big.Int).SetBytes(raw[:half]), Y: new(big.Int).SetBytes(raw[half:])}
		//nolint:staticcheck // as above
		if !point.IsOnCurve(point.X, point.Y) {
			return Public{}, ErrKey
		}
		return Public{algorithm: a, raw: raw, point: point}, nil
	default:
		return Public{}, ErrKey
	}
}

// Algorithm of the key.
func (p Public) Algorithm() Algorithm { return p.algorithm }

// Bytes of the key, as ReadPublic takes them.
func (p Public) Bytes() []byte { return p.raw }

// Checks tells whether the signature of a message was made with this key.
func (p Public) Checks(message, signature []byte) bool {
	if len(signature) != Size {
		return false
	}
	switch p.algorithm {
	case Ed25519:
		return ed25519.Verify(p.raw, message, signature)
	case SM2:
		r, s := new(big.Int).SetBytes(signature[:half]), new(big.Int).SetBytes(signature[half:])
		return sm2.VerifyWithSM2(p.point, nil, message, r, s) // nil: the identity of GB/T 35276
	default:
		return false
	}
}

// Private signs.
type Private struct {
	public Public
	raw    []byte
	ed     ed25519.PrivateKey
	sm     *sm2.PrivateKey
}

// Generate makes a key.
func Generate(a Algorithm) (Private, error) {
	switch a {
	case Ed25519:
		_, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return Private{}, fmt.Errorf("signature: %w", err)
		}
		return ReadPrivate(a, private.Seed())
	case SM2:
		private, err := sm2.GenerateKey(rand.Reader)
		if err != nil {
			return Private{}, fmt.Errorf("signature: %w", err)
		}
		return ofSM2(private)
	default:
		return Private{}, ErrKey
	}
}

// ReadPrivate reads what Bytes gives: the seed of Ed25519 or the number of SM2,
// 32 bytes. ErrKey.
func ReadPrivate(a Algorithm, raw []byte) (Private, error) {
	switch {
	case a == Ed25519 && len(raw) == ed25519.SeedSize:
		return ofEd25519(ed25519.NewKeyFromSeed(raw))
	case a == SM2 && len(raw) == half:
		number, curve := new(big.Int).SetBytes(raw), sm2.P256()
		if last := new(big.Int).Sub(curve.Params().N, big.NewInt(1)); number.Sign() == 0 || number.Cmp(last) >= 0 {
			return Private{}, ErrKey // GB/T 32918.1: from 1 to n-2
		}
		private := new(sm2.PrivateKey)
		private.D, private.Curve = number, curve
		//nolint:staticcheck // crypto/ecdh does not know this curve
		private.X, private.Y = curve.ScalarBaseMult(raw)
		return ofSM2(private)
	default:
		return Private{}, ErrKey
	}
}

// ReadPEM reads a private key in PKCS #8, as openssl and GmSSL write it. ErrKey.
func ReadPEM(text []byte) (Private, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return Private{}, fmt.Errorf("%w: no PEM", ErrKey)
	}
	key, err := smx509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return Private{}, fmt.Errorf("%w: %w", ErrKey, err)
	}
	switch key := key.(type) {
	case ed25519.PrivateKey:
		return ofEd25519(key)
	case *sm2.PrivateKey:
		return ofSM2(key)
	default:
		return Private{}, ErrKey
	}
}

func ofEd25519(key ed25519.PrivateKey) (Private, error) {
	raw := key.Seed()
	public, err := ReadPublic(Ed25519, key[ed25519.SeedSize:])
	return Private{public: public, raw: raw, ed: key}, err
}

func ofSM2(key *sm2.PrivateKey) (Private, error) {
	point := make([]byte, 2*half)
	key.X.FillBytes(point[:half])
	key.Y.FillBytes(point[half:])
	public, err := ReadPublic(SM2, point)
	return Private{public: public, raw: key.D.FillBytes(make([]byte, half)), sm: key}, err
}

// Public half of the key.
func (p Private) Public() Public { return p.public }

// Bytes of the key, as ReadPrivate takes them: to be sealed.
func (p Private) Bytes() []byte { return p.raw }

// Sign signs a message: 64 bytes. It needs no context; a key server would.
// ErrKey for the zero value.
func (p Private) Sign(_ context.Context, message []byte) ([]byte, error) {
	switch {
	case p.ed != nil:
		return ed25519.Sign(p.ed, message), nil
	case p.sm != nil:
		r, s, err := sm2.SignWithSM2(rand.Reader, &p.sm.PrivateKey, nil, message)
		if err != nil {
			return nil, fmt.Errorf("signature: %w", err)
		}
		out := make([]byte, Size)
		r.FillBytes(out[:half])
		s.FillBytes(out[half:])
		return out, nil
	default:
		return nil, ErrKey
	}
}
