package witnesses

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"time"

	"carecert/modules/kit/secret"
	"carecert/modules/kit/store"
	"carecert/modules/witnesses/wire"
)

const purposeOwn = "witnesses.own"

// countersigner is this program as a witness.
type countersigner struct {
	witness wire.Witness
	name    string
	private ed25519.PrivateKey
}

func (c *countersigner) countersign(text string, at time.Time) (string, error) {
	return wire.Countersign(c.name, c.private, text, at)
}

// Start reads the key that countersigns, and makes it where there is none. Its
// name is the host of the base URL at that time.
func (s *Service) Start(ctx context.Context) error {
	d, err := s.repo.keys.Get(ctx, "own")
	if errors.Is(err, store.ErrNotFound) {
		if d, err = s.makeKey(); err != nil {
			return err
		}
		if err := s.repo.keys.Insert(ctx, d); err != nil && !store.IsDuplicate(err, "_id") { // another instance was faster
			return fmt.Errorf("witness key: %w", err)
		}
		d, err = s.repo.keys.Get(ctx, "own")
	}
	if err != nil {
		return fmt.Errorf("witness key: %w", err)
	}
	opened, err := s.secrets.Open(purposeOwn, d.Sealed)
	if err != nil {
		return fmt.Errorf("witness key: %w", err)
	}
	seed, err := base64.StdEncoding.DecodeString(opened)
	if err != nil || len(seed) != ed25519.SeedSize {
		return errors.New("witness key: it is not one")
	}
	s.own = &countersigner{name: d.Name, private: ed25519.NewKeyFromSeed(seed)}
	s.own.witness, err = wire.NewWitness(d.Name, s.own.private)
	return err
}

func (s *Service) makeKey() (keyDoc, error) {
	seed := make([]byte, ed25519.SeedSize)
	if _, err := rand.Read(seed); err != nil {
		return keyDoc{}, fmt.Errorf("witness key: %w", err)
	}
	u, err := url.Parse(s.baseURL)
	if err != nil {
		return keyDoc{}, fmt.Errorf("witness key: %w", err)
	}
	return keyDoc{Doc: store.Doc{ID: "own"}, Name: u.Host, Sealed: s.secrets.Seal(purposeOwn, base64.StdEncoding.EncodeToString(seed))}, nil
}

// Own is this program's public key as a witness.
func (s *Service) Own() wire.Witness { return s.own.witness }

// Reseal seals the key that countersigns anew under the newest master key.
func (s *Service) Reseal(ctx context.Context, r *secret.Rotation) error {
	return secret.Reseal(ctx, r, s.repo.keys, func(d *keyDoc) []secret.Value {
		return []secret.Value{{Purpose: purposeOwn, At: &d.Sealed}}
	})
}
