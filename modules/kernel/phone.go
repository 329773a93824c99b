package kernel

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"math/big"
	"strings"
)

// ErrPhoneProof: the key or the signature of a phone does not hold.
var ErrPhoneProof = errors.New("kernel: the phone's proof does not hold")

// PhoneProof is a phone's word: its public key (ECDSA P-256; an uncompressed
// point or a SubjectPublicKeyInfo) and its signature (r and s, 32 bytes each)
// over a text, hashed by SHA-256. The private half never leaves the phone.
type PhoneProof struct{ Key, Signature []byte }

const (
	pointBytes = 65 // 4, x, y
	halfBytes  = 32 // r, s
)

// ReadPhoneProof reads the two as a phone sends them, in base64url;
// ErrPhoneProof.
func ReadPhoneProof(key, signature string) (PhoneProof, error) {
	k, bad := unpad(key)
	s, worse := unpad(signature)
	if bad != nil || worse != nil {
		return PhoneProof{}, ErrPhoneProof
	}
	return PhoneProof{Key: k, Signature: s}, nil
}

func unpad(text string) ([]byte, error) {
	return base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
}

// Phone names the phone whose key signed the text, by a hash of the key;
// ErrPhoneProof.
func (p PhoneProof) Phone(text string) (string, error) {
	point := p.Key
	if len(point) != pointBytes {
		key, err := x509.ParsePKIXPublicKey(p.Key)
		if err != nil {
			return "", errors.Join(ErrPhoneProof, err)
		}
		named, ok := key.(*ecdsa.PublicKey)
		if !ok || named.Curve != elliptic.P256() {
			return "", ErrPhoneProof
		}
		if point, err = named.Bytes(); err != nil {
			return "", errors.Join(ErrPhoneProof, err)
		}
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil || len(p.Signature) != 2*halfBytes {
		return "", ErrPhoneProof
	}
	sum := sha256.Sum256([]byte(text))
	r, s := new(big.Int).SetBytes(p.Signature[:halfBytes]), new(big.Int).SetBytes(p.Signature[halfBytes:])
	if !ecdsa.Verify(key, sum[:], r, s) {
		return "", ErrPhoneProof
	}
	id := sha256.Sum256(point)
	return base64.RawURLEncoding.EncodeToString(id[:]), nil
}
