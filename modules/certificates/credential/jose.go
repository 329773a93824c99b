package credential

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Media types.
const (
	TypeJSON = "application/vc"
	TypeJWT  = "application/vc+jwt"
	TypeJWKS = "application/jwk-set+json"
	TypeDID  = "application/did+json"
)

// Signer signs; a key in the program, or a key server.
type Signer interface {
	Sign(ctx context.Context, message []byte) ([]byte, error)
}

// Key is the public half of a signing key.
type Key struct {
	ID        uint32
	X         string     // base64url, 32 bytes
	RevokedAt *time.Time // since when it was in other hands
}

// DID is the program's name as an issuer: its domain (did:web), with the path
// where there is one.
func DID(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	did := "did:web:" + strings.ReplaceAll(strings.ToLower(u.Host), ":", "%3A")
	for _, part := range strings.Split(strings.Trim(u.EscapedPath(), "/"), "/") {
		if part != "" {
			did += ":" + part
		}
	}
	return did
}

// KeyID names a key in headers, in the key set and in the DID document alike.
func KeyID(base string, id uint32) string { return fmt.Sprintf("%s#key-%d", DID(base), id) }

type header struct {
	Algorithm string `json:"alg"`
	Type      string `json:"typ"`
	Content   string `json:"cty"`
	Key       string `json:"kid"`
}

// Secure signs a credential: a compact JWS with the credential as its payload,
// to the letter.
func Secure(ctx context.Context, payload []byte, kid string, s Signer) (string, error) {
	head, err := write(header{Algorithm: "EdDSA", Type: "vc+jwt", Content: "vc", Key: kid})
	if err != nil {
		return "", err
	}
	enc := base64.RawURLEncoding
	message := enc.EncodeToString(head) + "." + enc.EncodeToString(payload)
	signature, err := s.Sign(ctx, []byte(message))
	if err != nil {
		return "", fmt.Errorf("credential: sign: %w", err)
	}
	return message + "." + enc.EncodeToString(signature), nil
}

type jwk struct {
	KeyType   string `json:"kty"`
	Curve     string `json:"crv"`
	X         string `json:"x"`
	Use       string `json:"use"`
	Algorithm string `json:"alg"`
	ID        string `json:"kid"`
}

func jwkOf(base string, k Key) jwk {
	return jwk{KeyType: "OKP", Curve: "Ed25519", X: k.X, Use: "sig", Algorithm: "EdDSA", ID: KeyID(base, k.ID)}
}

// KeySet writes the keys that may be trusted (RFC 7517). Retired ones stay; one
// that was in other hands is left out, for a verifier elsewhere cannot tell
// what its holder signed before from what a thief dated back.
func KeySet(base string, keys []Key) ([]byte, error) {
	out := struct {
		Keys []jwk `json:"keys"`
	}{[]jwk{}}
	for _, k := range keys {
		if k.RevokedAt == nil {
			out.Keys = append(out.Keys, jwkOf(base, k))
		}
	}
	return write(out)
}

type document struct {
	Context []string `json:"@context"`
	ID      string   `json:"id"`
	Methods []method `json:"verificationMethod"`
	Asserts []string `json:"assertionMethod"`
}

type method struct {
	ID         string `json:"id"`
	Type       string `json:"type"`
	Controller string `json:"controller"`
	Revoked    string `json:"revoked,omitempty"`
	Key        jwk    `json:"publicKeyJwk"`
}

// Document writes the DID document (a controller document): which keys speak
// for the program. One that was in other hands is named as revoked, and speaks
// for nobody.
func Document(base string, keys []Key) ([]byte, error) {
	d := document{
		Context: []string{"https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"}, ID: DID(base), Methods: []method{}, Asserts: []string{},
	}
	for _, k := range keys {
		m := method{ID: KeyID(base, k.ID), Type: "JsonWebKey", Controller: d.ID, Key: jwkOf(base, k)}
		if k.RevokedAt != nil {
			m.Revoked = stamp(*k.RevokedAt)
		} else {
			d.Asserts = append(d.Asserts, m.ID)
		}
		d.Methods = append(d.Methods, m)
	}
	return write(d)
}
