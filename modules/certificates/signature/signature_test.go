package signature_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"carecert/modules/certificates/signature"
)

func TestWhatIsSignedIsAcceptedAndNothingElse(t *testing.T) {
	keys := map[signature.Algorithm][2]signature.Private{}
	for _, a := range []signature.Algorithm{signature.Ed25519, signature.SM2} {
		var pair [2]signature.Private
		for i := range pair {
			key, err := signature.Generate(a)
			if err != nil {
				t.Fatal(err)
			}
			pair[i] = key
		}
		keys[a] = pair
	}
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SampledFrom([]signature.Algorithm{signature.Ed25519, signature.SM2}).Draw(t, "algorithm")
		message := rapid.SliceOfN(rapid.Byte(), 1, 200).Draw(t, "message")
		key, other := keys[a][0], keys[a][1]
		sig, err := key.Sign(context.Background(), message)
		if err != nil || len(sig) != signature.Size || !key.Public().Checks(message, sig) {
			t.Fatalf("%s: %d bytes, %v", a, len(sig), err)
		}
		if other.Public().Checks(message, sig) || (signature.Public{}).Checks(message, sig) {
			t.Errorf("%s: another key accepts it", a)
		}
		for _, of := range keys {
			if of[0].Public().Algorithm() != a && of[0].Public().Checks(message, sig) {
				t.Errorf("%s: the other algorithm accepts it", a)
			}
		}
		bit := rapid.IntRange(0, 8*(signature.Size+len(message))-1).Draw(t, "bit")
		changed := append(append([]byte{}, sig...), message...)
		changed[bit/8] ^= 1 << (bit % 8)
		if key.Public().Checks(changed[signature.Size:], changed[:signature.Size]) {
			t.Errorf("%s: bit %d may be turned", a, bit)
		}
		again, err := signature.ReadPrivate(a, key.Bytes())
		if err != nil || string(again.Public().Bytes()) != string(key.Public().Bytes()) {
			t.Errorf("%s: another key after it was kept: %v", a, err)
		}
	})
}

// Made for this test by OpenSSL 3.0: genpkey -algorithm SM2 and -algorithm
// ed25519; dgst -sm3 -sign -sigopt distid:1234567812345678 (GB/T 35276), its
// DER written as R ‖ S.
const (
	ofOpenSSL = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqBHM9VAYItBG0wawIBAQQgxj+pYrXhcOzeHJ8V
I/bRsmsLk3K9wec+KY63Z5dAf42hRANCAASXipZiAnCZtdGpoa0RbM8NVxzkraMF
oPfZTt/B7V3ZSMhU/SRzL0ZDQFuFO3gY9IrQUDAuPA+ID+YA2xFBQKqJ
-----END PRIVATE KEY-----
`
	edOpenSSL = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIGi5sfOLIXFnVQ9Bp0wPRkqz7rFHI6GCLcJH0yScTr/w
-----END PRIVATE KEY-----
`
	byOpenSSL = "fc7985861e2404355ee6ea2cc6321bd6894b3cb2f2e682d621dfb35b13f1ee04" +
		"5a34b851a9d6cd8fee9c0bcfc307b73d92dbc6b98bf12134a49da05d3ab75e0e"
)

func TestSignaturesOfOthersAreAccepted(t *testing.T) {
	key, err := signature.ReadPEM([]byte(ofOpenSSL))
	if err != nil {
		t.Fatal(err)
	}
	sig, err := hex.DecodeString(byOpenSSL)
	if err != nil {
		t.Fatal(err)
	}
	if !key.Public().Checks([]byte("王秀兰 四级/中级工"), sig) {
		t.Error("a signature by OpenSSL is refused")
	}
}

func TestKeysOfOthersAreRead(t *testing.T) {
	for text, want := range map[string]signature.Algorithm{ofOpenSSL: signature.SM2, edOpenSSL: signature.Ed25519} {
		if key, err := signature.ReadPEM([]byte(text)); err != nil || key.Public().Algorithm() != want {
			t.Errorf("%s is %s: %v", want, key.Public().Algorithm(), err)
		}
	}
}

func TestWhatIsNoKeyIsRefused(t *testing.T) {
	zero, ones := make([]byte, 32), make([]byte, 32)
	for i := range ones {
		ones[i] = 0xff
	}
	for name, try := range map[string]func() error{
		"SM2 number 0":                 func() error { _, err := signature.ReadPrivate(signature.SM2, zero); return err },
		"SM2 number above the order":   func() error { _, err := signature.ReadPrivate(signature.SM2, ones); return err },
		"a seed too short":             func() error { _, err := signature.ReadPrivate(signature.Ed25519, zero[1:]); return err },
		"an algorithm of tomorrow":     func() error { _, err := signature.Generate("ML-DSA"); return err },
		"a point off the curve":        func() error { _, err := signature.ReadPublic(signature.SM2, make([]byte, 64)); return err },
		"a P-256 key":                  func() error { _, err := signature.ReadPEM(p256(t)); return err },
		"no PEM":                       func() error { _, err := signature.ReadPEM([]byte("secret")); return err },
		"signing with no key at all":   func() error { _, err := signature.Private{}.Sign(t.Context(), nil); return err },
		"a public key of no algorithm": func() error { _, err := signature.ReadPublic("", zero); return err },
	} {
		if err := try(); !errors.Is(err, signature.ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func p256(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw})
}
