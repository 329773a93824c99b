package secret_test

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"carecert/modules/kit/secret"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

func TestVault(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		vault, err := secret.Open(ctx, db)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "secret.key")
		first, err := vault.Keyring(ctx, path)
		if err != nil {
			t.Fatalf("an empty database gets a key: %v", err)
		}
		for range 2 {
			if err := vault.CheckDatabase(ctx, first); err != nil {
				t.Fatalf("the key that was made opens it: %v", err)
			}
		}
		if err := vault.CheckDatabase(ctx, ring(t, key(9))); !errors.Is(err, secret.ErrOtherKey) {
			t.Errorf("another key: %v", err)
		}
		if _, err := vault.Keyring(ctx, path+".gone"); !errors.Is(err, secret.ErrKeyMissing) {
			t.Errorf("a lost key file: %v", err)
		}

		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		rotated := append(raw, base64.StdEncoding.EncodeToString(key(2))...)
		if err := os.WriteFile(path, rotated, 0o600); err != nil {
			t.Fatal(err)
		}
		both, err := vault.Keyring(ctx, path)
		if err != nil {
			t.Fatal(err)
		}
		if err := vault.CheckDatabase(ctx, both); err != nil {
			t.Errorf("a key was added: %v", err)
		}
		if err := vault.CheckDatabase(ctx, first); !errors.Is(err, secret.ErrOtherKey) {
			t.Errorf("the added key is gone again: %v", err)
		}
		if err := vault.CheckDatabase(ctx, ring(t, key(2))); !errors.Is(err, secret.ErrOtherKey) {
			t.Errorf("the first key is gone: %v", err)
		}
	})
}

func TestOfTwoFirstKeysOneWins(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		vault, err := secret.Open(ctx, db)
		if err != nil {
			t.Fatal(err)
		}
		var won atomic.Int32
		var all sync.WaitGroup
		for b := range byte(8) {
			r := ring(t, key(b))
			all.Go(func() {
				switch err := vault.CheckDatabase(ctx, r); {
				case err == nil:
					won.Add(1)
				case !errors.Is(err, secret.ErrOtherKey):
					t.Error(err)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			t.Errorf("%d programs with different keys were let in", won.Load())
		}
	})
}
