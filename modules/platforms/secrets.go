package platforms

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

// prefix tells keys from the tokens of users, and lets scanners of source code
// find one that was published by mistake.
const prefix = "carecert_platform_"

// IsKey tells whether a bearer token is a platform's.
func IsKey(bearer string) bool { return strings.HasPrefix(bearer, prefix) }

// newSecret draws 256 bits; the key's id stands before them.
func newSecret(id string) string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return prefix + id + "_" + base64.RawURLEncoding.EncodeToString(b[:])
}

func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Authenticate knows whose key a bearer token is; ErrNoKey where it is none,
// has expired or was revoked. Implements web.Authenticator.
func (s *Service) Authenticate(ctx context.Context, c web.Credentials) (web.Identity, error) {
	id, _, _ := strings.Cut(strings.TrimPrefix(c.Bearer, prefix), "_")
	k, err := s.repo.key(ctx, id)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return web.Identity{}, err
	}
	if err != nil || subtle.ConstantTimeCompare([]byte(k.hash), []byte(hashOf(c.Bearer))) != 1 || k.State(s.now()) != Active {
		return web.Identity{}, ErrNoKey
	}
	return web.Identity{Actor: kernel.Actor{
		User: kernel.UserID("platform " + k.ID), Name: k.Name, Platform: k.ID, Grants: []kernel.Grant{{Role: kernel.RolePlatform}},
	}}, nil
}
