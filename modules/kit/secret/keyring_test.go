package secret_test

import (
	"bytes"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"carecert/modules/kit/secret"
)

func key(b byte) []byte { return bytes.Repeat([]byte{b}, secret.KeySize) }

func ring(t *testing.T, keys ...[]byte) *secret.Keyring {
	t.Helper()
	r, err := secret.New(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhatIsSealedOpens(t *testing.T) {
	r := ring(t, key(1))
	rapid.Check(t, func(t *rapid.T) {
		plain := rapid.String().Draw(t, "plain")
		sealed := r.Seal("people.phone", plain)
		if got, err := r.Open("people.phone", sealed); err != nil || got != plain {
			t.Fatalf("opened %q (%v), sealed %q", got, err, plain)
		}
		if plain != "" && strings.Contains(sealed, plain) && len(plain) > 8 {
			t.Fatalf("%q shows %q", sealed, plain)
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	r := ring(t, key(1))
	sealed := r.Seal("people.phone", "13800000000")
	flipped := []byte(sealed)
	flipped[len(flipped)-4] ^= 1
	for _, c := range []struct {
		name            string
		purpose, sealed string
		want            error
	}{
		{"a value sealed for another purpose", "people.bank", sealed, secret.ErrUnreadable},
		{"an altered value", "people.phone", string(flipped), secret.ErrUnreadable},
		{"a value that was cut", "people.phone", sealed[:len(sealed)-6], secret.ErrUnreadable},
		{"a value in clear", "people.phone", "13800000000", secret.ErrUnreadable},
		{"an empty value", "people.phone", "", secret.ErrUnreadable},
		{"a value under another key", "people.phone", ring(t, key(2)).Seal("people.phone", "x"), secret.ErrUnknownKey},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := r.Open(c.purpose, c.sealed); !errors.Is(err, c.want) || got != "" {
				t.Errorf("got %q, %v; want %v", got, err, c.want)
			}
		})
	}
}

func TestEqualValuesAreSealedDifferently(t *testing.T) {
	r := ring(t, key(1))
	if once, again := r.Seal("p", "x"), r.Seal("p", "x"); once == again {
		t.Error("the same text twice")
	}
}

func TestRotation(t *testing.T) {
	before, after := ring(t, key(1)), ring(t, key(1), key(2))
	old := before.Seal("p", "x")
	if got, err := after.Open("p", old); err != nil || got != "x" {
		t.Errorf("the old key's value opens as %q, %v", got, err)
	}
	if !after.Stale(old) || before.Stale(old) {
		t.Error("a value is stale when a newer key is there, and not before")
	}
	fresh := after.Seal("p", "x")
	if _, err := before.Open("p", fresh); !errors.Is(err, secret.ErrUnknownKey) {
		t.Errorf("the newest key seals, yet the old ring says %v", err)
	}
	if before.Blind("p", "x") != after.Blind("p", "x") || !bytes.Equal(before.MAC("p", []byte("x")), after.MAC("p", []byte("x"))) ||
		!bytes.Equal(before.Derive("p"), after.Derive("p")) {
		t.Error("blinds, MACs and derived keys must outlive a rotation")
	}
}

func TestPurposesHaveNothingInCommon(t *testing.T) {
	r := ring(t, key(1))
	if r.Blind("a", "x") == r.Blind("b", "x") || bytes.Equal(r.MAC("a", nil), r.MAC("b", nil)) || bytes.Equal(r.Derive("a"), r.Derive("b")) {
		t.Error("two purposes give the same")
	}
	if len(r.Derive("a")) != 32 || len(r.MAC("a", nil)) != 32 {
		t.Error("keys and MACs have 32 bytes")
	}
}

// The derivation is written out; it is HKDF all the same.
func TestDeriveIsHKDF(t *testing.T) {
	want, err := hkdf.Key(sha256.New, key(1), []byte("carecert"), "derive/codes", 32)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(ring(t, key(1)).Derive("codes"), want) {
		t.Error("not HKDF-SHA-256")
	}
}

func TestNewRefuses(t *testing.T) {
	for name, keys := range map[string][][]byte{
		"no key":             nil,
		"a short key":        {key(1)[:31]},
		"the same key twice": {key(1), key(1)},
	} {
		if _, err := secret.New(keys...); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestSealingFromManySides(t *testing.T) {
	r := ring(t, key(1))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 200 {
				if got, err := r.Open("p", r.Seal("p", "x")); err != nil || got != "x" {
					t.Errorf("opened %q, %v", got, err)
				}
			}
		})
	}
	all.Wait()
}

func TestKeyFileIsMadeOnceAndForItsOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "secret.key")
	rings := make([]*secret.Keyring, 4)
	var all sync.WaitGroup
	for i := range rings {
		all.Go(func() {
			r, err := secret.Create(path)
			if err != nil {
				t.Error(err)
			}
			rings[i] = r
		})
	}
	all.Wait()
	if t.Failed() {
		return
	}
	for _, r := range rings {
		if r.Fingerprints()[0] != rings[0].Fingerprints()[0] {
			t.Error("programs that start at once have different keys")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

func TestLoad(t *testing.T) {
	line := func(k []byte) string { return base64.StdEncoding.EncodeToString(k) + "\n" }
	for _, c := range []struct {
		name, content string
		keys          int
		refusal       string
	}{
		{"one key", line(key(1)), 1, ""},
		{"two keys and empty lines", "\n" + line(key(1)) + "\r\n" + line(key(2)), 2, ""},
		{"no key", "\n", 0, "no key"},
		{"a line that is no key", line(key(1)) + "secret\n", 0, "line 2"},
		{"a short key", line(key(1)[:16]), 0, "line 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "k")
			if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := secret.Load(path)
			switch {
			case c.refusal != "" && (err == nil || !strings.Contains(err.Error(), c.refusal)):
				t.Errorf("error %v does not say %q", err, c.refusal)
			case c.refusal == "" && (err != nil || len(r.Fingerprints()) != c.keys):
				t.Errorf("got %v, %v", r, err)
			}
		})
	}
	if _, err := secret.Load(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}
