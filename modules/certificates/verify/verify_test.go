package verify_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/signature"
	"carecert/modules/certificates/verify"
)

const base = "https://cert.qingpu.example.gov.cn"

func key(seed byte) signature.Private { return keyOf(signature.Ed25519, seed) }

func keyOf(a signature.Algorithm, seed byte) signature.Private {
	raw := make([]byte, 32)
	raw[0] = seed
	k, err := signature.ReadPrivate(a, raw)
	if err != nil {
		panic(err)
	}
	return k
}

// keys are two of Ed25519 and one of SM2.
func keys() verify.Keys {
	return verify.Keys{Issuer: base, Keys: []verify.Key{
		verify.Publish(1, key(1).Public()), verify.Publish(2, key(2).Public()), verify.Publish(3, keyOf(signature.SM2, 3).Public()),
	}}
}

func now() time.Time { return time.Date(2026, 1, 5, 2, 24, 31, 0, time.UTC) }

func text(t testing.TB, s signature.Private, change func(*v1.Facts)) string {
	t.Helper()
	code := []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	f := v1.Facts{
		Key: 1, Code: code, Family: 1, NameMasked: "王*兰", Issuer: "香格里拉培训学校", IssuedOn: v1.Days("2025-10-18"),
		Title: "压疮预防", Minutes: 540, Status: 123, Serial: 7, Sequence: 12,
	}
	if change != nil {
		change(&f)
	}
	out, err := v1.Sign(t.Context(), s, base, f)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func list(t testing.TB, s signature.Private, statuses map[uint32]uint8) *verify.StatusList {
	t.Helper()
	encoded, err := verify.Pack(statuses)
	if err != nil {
		t.Fatal(err)
	}
	l := &verify.StatusList{IssuedAt: now().Add(-time.Hour), ValidUntil: now().Add(time.Hour), Bits: 2, Size: verify.ListSize, Encoded: encoded, Key: 2}
	return signed(t, s, l)
}

func signed(t testing.TB, s signature.Private, l *verify.StatusList) *verify.StatusList {
	t.Helper()
	sig, err := s.Sign(t.Context(), l.Message())
	if err != nil {
		t.Fatal(err)
	}
	l.Signature = base64.RawURLEncoding.EncodeToString(sig)
	return l
}

// key3 makes facts those of the key of SM2.
func key3(f *v1.Facts) { f.Key = 3 }

func listOfSM2(t testing.TB) *verify.StatusList {
	l := list(t, key(2), map[uint32]uint8{123: verify.ListedRevoked})
	l.Key = 3
	return signed(t, keyOf(signature.SM2, 3), l)
}

func TestOffline(t *testing.T) {
	retired, compromised := keys(), keys()
	long, since := now().AddDate(-1, 0, 0), time.Date(2025, 10, 18, 0, 0, 0, 0, time.UTC)
	retired.Keys[0].RetiredAt, compromised.Keys[0].CompromisedAt = &long, &since
	for _, c := range []struct {
		name    string
		text    string
		keys    verify.Keys
		list    *verify.StatusList
		want    verify.Verdict
		checked bool
	}{
		{"signed by our key", text(t, key(1), nil), keys(), nil, verify.Genuine, false},
		{"and neither revoked nor superseded", text(t, key(1), nil), keys(), list(t, key(2), nil), verify.Genuine, true},
		{"revoked", text(t, key(1), nil), keys(), list(t, key(2), map[uint32]uint8{123: verify.ListedRevoked}), verify.Revoked, true},
		{"superseded", text(t, key(1), nil), keys(), list(t, key(2), map[uint32]uint8{123: verify.ListedSuperseded}), verify.Superseded, true},
		{"somebody else's revocation", text(t, key(1), nil), keys(), list(t, key(2), map[uint32]uint8{122: 1, 124: 1}), verify.Genuine, true},
		{"on its last day", text(t, key(1), func(f *v1.Facts) { f.ExpiresOn = v1.Days("2026-01-05") }), keys(), nil, verify.Genuine, false},
		{"the day after", text(t, key(1), func(f *v1.Facts) { f.ExpiresOn = v1.Days("2026-01-04") }), keys(), nil, verify.Expired, false},
		{"revoked and past its time is revoked", text(t, key(1), func(f *v1.Facts) { f.ExpiresOn = v1.Days("2026-01-04") }), keys(), list(t, key(2), map[uint32]uint8{123: 1}), verify.Revoked, true},
		{"signed by a key that has retired since", text(t, key(1), nil), retired, nil, verify.Genuine, false},
		{"signed by a key on the day it was compromised", text(t, key(1), nil), compromised, nil, verify.Forged, false},
		{"signed before that day", text(t, key(1), func(f *v1.Facts) { f.IssuedOn-- }), compromised, nil, verify.Genuine, false},
		{"signed by a stranger under our key's number", text(t, key(9), nil), keys(), nil, verify.Forged, false},
		{"another of our keys under this number", text(t, key(2), nil), keys(), nil, verify.Forged, false},
		{"signed by our key of SM2", text(t, keyOf(signature.SM2, 3), key3), keys(), nil, verify.Genuine, false},
		{"revoked by a list that SM2 has signed", text(t, keyOf(signature.SM2, 3), key3), keys(), listOfSM2(t), verify.Revoked, true},
		{"by another key of SM2", text(t, keyOf(signature.SM2, 4), key3), keys(), nil, verify.Forged, false},
		{"by Ed25519 under the number of a key of SM2", text(t, key(3), key3), keys(), nil, verify.Forged, false},
		{"by SM2 under the number of a key of Ed25519", text(t, keyOf(signature.SM2, 1), nil), keys(), nil, verify.Forged, false},
		{"altered", text(t, key(1), nil) + "A", keys(), nil, verify.Forged, false},
		{"something else", "https://example.com/", keys(), nil, verify.Unknown, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := verify.Offline(c.text, c.keys, c.list, now())
			if err != nil || r.Verdict != c.want || r.StatusChecked != c.checked {
				t.Errorf("%s checked=%v %v", r.Verdict, r.StatusChecked, err)
			}
		})
	}
}

func TestWhatCannotBeDecidedOffline(t *testing.T) {
	genuine := text(t, key(1), nil)
	past, foreign, cut, other := list(t, key(2), nil), list(t, key(1), nil), list(t, key(2), nil), list(t, key(2), nil)
	lost, since := keys(), now().AddDate(0, 1, 0)
	lost.Keys[1].CompromisedAt = &since
	past.ValidUntil = now().Add(-time.Second)
	sig, _ := key(2).Sign(t.Context(), past.Message())
	past.Signature = base64.RawURLEncoding.EncodeToString(sig)
	cut.Encoded = cut.Encoded[:len(cut.Encoded)-4]
	other.ID = 3
	sig, _ = key(2).Sign(t.Context(), other.Message())
	other.Signature = base64.RawURLEncoding.EncodeToString(sig)
	for _, c := range []struct {
		name string
		text string
		keys verify.Keys
		list *verify.StatusList
	}{
		{"no keys", genuine, verify.Keys{}, nil},
		{"a key that is not among them", text(t, key(4), func(f *v1.Facts) { f.Key = 4 }), keys(), nil},
		{"a status list past its time", genuine, keys(), past},
		{"a status list signed by another key than it says", genuine, keys(), foreign},
		{"a status list signed by a key that was in other hands", genuine, lost, list(t, key(2), nil)},
		{"a status list that was cut", genuine, keys(), cut},
		{"the status list of other certificates", genuine, keys(), other},
	} {
		t.Run(c.name, func(t *testing.T) {
			if r, err := verify.Offline(c.text, c.keys, c.list, now()); !errors.Is(err, verify.ErrUndecided) {
				t.Errorf("decided: %s, %v", r.Verdict, err)
			}
		})
	}
}

// A list of 100,000 stays small: what an offline verifier keeps.
func TestAListIsSmall(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	statuses := map[uint32]uint8{}
	for len(statuses) < verify.ListSize/100 {
		statuses[uint32(r.IntN(verify.ListSize))] = verify.ListedRevoked
	}
	l := list(t, key(2), statuses)
	raw, err := base64.RawURLEncoding.DecodeString(l.Encoded)
	if err != nil {
		t.Fatal(err)
	}
	if len(raw) > 2_048 {
		t.Errorf("1 %% revoked take %d bytes", len(raw))
	}
}

// mutate changes one character of a text.
func mutate(t *rapid.T, s, label string) string {
	b := []byte(s)
	at := rapid.IntRange(0, len(b)-1).Draw(t, label)
	b[at] = rapid.Byte().Filter(func(c byte) bool { return c != s[at] }).Draw(t, label+" to")
	return string(b)
}

// Whoever changes the text, the keys or the list never gets a better verdict
// than the unchanged ones give.
func TestNothingAlteredIsGenuine(t *testing.T) {
	texts := []string{text(t, key(1), nil), text(t, keyOf(signature.SM2, 3), key3)}
	good := list(t, key(2), map[uint32]uint8{123: verify.ListedRevoked})
	encodedKeys, err := json.Marshal(keys())
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		qr, ring, l := rapid.SampledFrom(texts).Draw(t, "certificate"), keys(), *good
		switch rapid.IntRange(0, 4).Draw(t, "what") {
		case 0:
			qr = mutate(t, qr, "text")
		case 1:
			l.Encoded = mutate(t, l.Encoded, "list")
		case 2:
			l.Signature = mutate(t, l.Signature, "signature")
		case 3:
			l.ID = rapid.Uint32Min(1).Draw(t, "id")
		default:
			var other verify.Keys
			if json.Unmarshal([]byte(mutate(t, string(encodedKeys), "keys")), &other) != nil {
				return
			}
			ring = other
		}
		if r, err := verify.Offline(qr, ring, &l, now()); err == nil && r.Verdict == verify.Genuine {
			t.Fatalf("genuine: %q %+v", qr, l)
		}
	})
}
