package verify_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/signature"
	"carecert/modules/certificates/verify"
)

// passing is a certificate whose last day is 17 October 2026.
func passing(t testing.TB) string {
	return text(t, key(1), func(f *v1.Facts) { f.ExpiresOn = v1.Days("2026-10-17") })
}

// listOf is a status list of a day, good for a week.
func listOf(t testing.TB, at time.Time, statuses map[uint32]uint8) *verify.StatusList {
	t.Helper()
	l := list(t, key(2), statuses)
	l.IssuedAt, l.ValidUntil = at, at.AddDate(0, 0, 7)
	return signed(t, key(2), l)
}

func TestWhatExpiresAndByWhoseClock(t *testing.T) {
	at := func(day, clock string) time.Time {
		moment, err := time.Parse(time.RFC3339, day+"T"+clock+"+08:00")
		if err != nil {
			t.Fatal(err)
		}
		return moment
	}
	for _, c := range []struct {
		name string
		now  time.Time
		list *verify.StatusList
		want verify.Verdict
	}{
		{"on its last day, to the last second", at("2026-10-17", "23:59:59"), nil, verify.Genuine},
		{"the day after has begun in Shanghai", at("2026-10-18", "00:00:00"), nil, verify.Expired},
		{"years later, with no list", at("2031-01-01", "12:00:00"), nil, verify.Expired},
		{"with a list that has it valid", at("2026-10-18", "09:00:00"), listOf(t, at("2026-10-18", "08:00:00"), nil), verify.Expired},
		{"revoked is said, though it has expired too", at("2026-10-18", "09:00:00"), listOf(t, at("2026-10-18", "08:00:00"), map[uint32]uint8{123: verify.ListedRevoked}), verify.Revoked},
		{"replaced is said", at("2026-10-18", "09:00:00"), listOf(t, at("2026-10-18", "08:00:00"), map[uint32]uint8{123: verify.ListedSuperseded}), verify.Superseded},
		{"a clock that is behind the list does not keep it alive", at("2026-01-01", "09:00:00"), listOf(t, at("2026-10-18", "08:00:00"), nil), verify.Expired},
		{"a clock that is behind, with a list of before", at("2026-01-01", "09:00:00"), listOf(t, at("2026-10-17", "08:00:00"), nil), verify.Genuine},
		{"a clock that is behind, with no list, is believed", at("2026-01-01", "09:00:00"), nil, verify.Genuine},
	} {
		r, err := verify.Offline(passing(t), keys(), c.list, c.now)
		if err != nil || r.Verdict != c.want || r.StatusChecked != (c.list != nil) {
			t.Errorf("%s: %+v %v", c.name, r, err)
		}
	}
	// A clock that is ahead makes a list useless, and never a certificate genuine.
	if r, err := verify.Offline(passing(t), keys(), listOf(t, at("2026-10-01", "08:00:00"), nil), at("2026-10-09", "08:00:00")); err == nil {
		t.Errorf("a list past its time: %+v", r)
	}
}

// The browser's verifier is tested against the same files (frontend/tests/expired.test.ts).
func TestGoldenFilesOfTheBrowser(t *testing.T) {
	golden := struct {
		Text string             `json:"text"`
		Keys verify.Keys        `json:"keys"`
		List *verify.StatusList `json:"list"`
	}{passing(t), keys(), listOf(t, time.Date(2026, 10, 18, 0, 0, 0, 0, time.UTC), nil)}
	raw, err := json.MarshalIndent(golden, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	kept := keptAs(t, "expiring.json", raw)
	if !bytes.Equal(bytes.TrimSpace(kept), raw) {
		t.Error("testdata/expiring.json is not what is signed now")
	}
}

// keptAs is a golden file; UPDATE writes it.
func keptAs(t *testing.T, name string, raw []byte) []byte {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, append(raw, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// SM2 signs with chance: what was kept is checked, and not what is signed now
// (frontend/tests/sm2.test.ts checks the same file).
func TestGoldenFilesOfSM2(t *testing.T) {
	type golden struct {
		Text  string             `json:"text"`
		Other string             `json:"other"` // by Ed25519 under the same number
		Keys  verify.Keys        `json:"keys"`
		List  *verify.StatusList `json:"list"`
	}
	raw, err := json.MarshalIndent(golden{text(t, keyOf(signature.SM2, 3), key3), text(t, key(3), key3), keys(), listOfSM2(t)}, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(keptAs(t, "sm2.json", raw), &g); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		text string
		list *verify.StatusList
		want verify.Verdict
	}{{g.Text, nil, verify.Genuine}, {g.Text, g.List, verify.Revoked}, {g.Other, nil, verify.Forged}} {
		if r, err := verify.Offline(c.text, g.Keys, c.list, now()); err != nil || r.Verdict != c.want {
			t.Errorf("%s, want %s: %v", r.Verdict, c.want, err)
		}
	}
}
