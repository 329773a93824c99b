package cli_test

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"carecert/modules/certificates/cli"
	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/signature"
	"carecert/modules/certificates/verify"
)

func write(t *testing.T, name string, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestVerify(t *testing.T) {
	now := time.Date(2026, 1, 5, 2, 0, 0, 0, time.UTC)
	s, err := signature.ReadPrivate(signature.Ed25519, make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	text, err := v1.Sign(t.Context(), s, "https://cert.example.cn", v1.Facts{
		Key: 1, Code: make([]byte, 10), Family: 1, NameMasked: "王*兰", Issuer: "香格里拉培训学校", IssuedOn: v1.Days("2025-10-18"), Status: 7,
		Serial: 7, Sequence: 12,
	})
	if err != nil {
		t.Fatal(err)
	}
	keys := write(t, "keys.json", verify.Keys{Keys: []verify.Key{verify.Publish(1, s.Public())}})
	passing, err := v1.Sign(t.Context(), s, "https://cert.example.cn", v1.Facts{
		Key: 1, Code: make([]byte, 10), Family: 1, NameMasked: "王*兰", Issuer: "香格里拉培训学校", IssuedOn: v1.Days("2025-01-05"),
		ExpiresOn: v1.Days("2026-01-04"), Status: 7, Serial: 7, Sequence: 12,
	})
	if err != nil {
		t.Fatal(err)
	}
	list := func(status uint8, until time.Time) string {
		encoded, err := verify.Pack(map[uint32]uint8{7: status})
		if err != nil {
			t.Fatal(err)
		}
		l := verify.StatusList{IssuedAt: now.Add(-time.Hour), ValidUntil: until, Bits: 2, Size: verify.ListSize, Encoded: encoded, Key: 1}
		sig, _ := s.Sign(t.Context(), l.Message())
		l.Signature = base64.RawURLEncoding.EncodeToString(sig)
		return write(t, "list.json", l)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		out  string
		back time.Duration // how far the verifier's clock is behind
	}{
		{"genuine, its status not checked", []string{text, "--keys", keys}, 0, "genuine (status unchecked)", 0},
		{"genuine with a status list", []string{"--keys", keys, "--status-list", list(0, now.Add(time.Hour)), text}, 0, "genuine\n", 0},
		{"revoked", []string{text, "--keys", keys, "--status-list", list(1, now.Add(time.Hour))}, 1, "revoked\n", 0},
		{"superseded", []string{text, "--keys", keys, "--status-list", list(2, now.Add(time.Hour))}, 1, "superseded\n", 0},
		{"altered", []string{text[:len(text)-1], "--keys", keys}, 1, "forged\n", 0},
		{"something else", []string{"hello", "--keys", keys}, 1, "unknown\n", 0},
		{"as JSON", []string{text, "--json", "--keys", keys}, 0, `"number": "0007-2025-00012"`, 0},
		{"its family by name", []string{text, "--json", "--keys", keys}, 0, `"family": "trainingCompletion"`, 0},
		{"a status list past its time", []string{text, "--keys", keys, "--status-list", list(0, now.Add(-time.Hour))}, 2, "", 0},
		{"no keys", []string{text}, 2, "", 0},
		{"keys that are not there", []string{text, "--keys", "nowhere.json"}, 2, "", 0},
		{"keys that are none", []string{text, "--keys", write(t, "x.json", []int{1})}, 2, "", 0},
		{"two texts", []string{text, text, "--keys", keys}, 2, "", 0},
		{"no text", []string{"--keys", keys}, 2, "", 0},
		{"undecided as JSON", []string{text, "--json"}, 2, `"error"`, 0},
		{"expired, its status not checked", []string{passing, "--keys", keys}, 1, "expired\n", 0},
		{"expired, with a status list", []string{passing, "--keys", keys, "--status-list", list(0, now.Add(time.Hour))}, 1, "expired\n", 0},
		{"expired, as JSON", []string{passing, "--json", "--keys", keys}, 1, `"expiresOn": "2026-01-04"`, 0},
		{"revoked before it expired", []string{passing, "--keys", keys, "--status-list", list(1, now.Add(time.Hour))}, 1, "revoked\n", 0},
		{"its last day, by Shanghai's calendar", []string{passing, "--keys", keys}, 0, "genuine (status unchecked)", 10*time.Hour + time.Second},
		{"the first moment after it", []string{passing, "--keys", keys}, 1, "expired\n", 10 * time.Hour},
		{"a clock that is behind the status list", []string{passing, "--keys", keys, "--status-list", list(0, now.Add(time.Hour))}, 1, "expired\n", 90 * 24 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, errs strings.Builder
			code := cli.Verify(c.args, &out, &errs, now.Add(-c.back))
			if code != c.code || !strings.Contains(out.String(), c.out) || c.out == "" && out.Len() > 0 {
				t.Errorf("exit %d: %q %q", code, out.String(), errs.String())
			}
		})
	}
}
