package cli_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
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
			code := cli.Verify(c.args, strings.NewReader(""), &out, &errs, now.Add(-c.back))
			if code != c.code || !strings.Contains(out.String(), c.out) || c.out == "" && out.Len() > 0 {
				t.Errorf("exit %d: %q %q", code, out.String(), errs.String())
			}
		})
	}
}

func TestVerifyAFile(t *testing.T) {
	now := time.Date(2026, 1, 5, 2, 0, 0, 0, time.UTC)
	key, err := signature.ReadPrivate(signature.Ed25519, make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	keys := write(t, "keys.json", verify.Keys{Keys: []verify.Key{verify.Publish(1, key.Public())}})
	list := func(id uint32, statuses map[uint32]uint8) string {
		encoded, err := verify.Pack(statuses)
		if err != nil {
			t.Fatal(err)
		}
		l := verify.StatusList{ID: id, IssuedAt: now.Add(-time.Hour), ValidUntil: now.Add(time.Hour), Bits: 2, Size: verify.ListSize, Encoded: encoded, Key: 1}
		sig, err := key.Sign(t.Context(), l.Message())
		if err != nil {
			t.Fatal(err)
		}
		l.Signature = base64.RawURLEncoding.EncodeToString(sig)
		return write(t, fmt.Sprintf("list%d.json", id), l)
	}
	const many = 1_900
	var lines, want strings.Builder
	revoked := []map[uint32]uint8{{}, {}}
	for n := range uint32(many) {
		place := n * 105 // across two lists
		f := v1.Facts{Key: 1, Code: make([]byte, 10), Family: 1, NameMasked: "王*兰", Issuer: "香格里拉培训学校", IssuedOn: v1.Days("2025-10-18"), Status: place}
		if n%7 == 3 {
			revoked[place/verify.ListSize][place] = verify.ListedRevoked
		}
		if n%11 == 5 {
			f.Key = 9
		}
		text, err := v1.Sign(t.Context(), key, "https://cert.example.cn", f)
		if err != nil {
			t.Fatal(err)
		}
		verdict := "genuine"
		switch {
		case n%13 == 1:
			text, verdict = text[:len(text)-1], "forged"
		case f.Key == 9:
			verdict = "undecided: verify: cannot be decided: key 9 is not among the keys"
		case n%7 == 3:
			verdict = "revoked"
		}
		fmt.Fprintf(&lines, " %s \r\n", text)
		if n%100 == 0 {
			lines.WriteString("\n")
		}
		fmt.Fprintln(&want, verdict)
	}
	args := []string{"--file", "-", "--keys", keys, "--status-list", list(0, revoked[0]), "--status-list", list(1, revoked[1])}
	var out, errs bytes.Buffer
	if code := cli.Verify(args, strings.NewReader(lines.String()), &out, &errs, now); code != 2 {
		t.Errorf("code %d: %s", code, &errs)
	}
	got := strings.Split(out.String(), "\n")
	for i, line := range strings.Split(want.String(), "\n") {
		if i >= len(got) || got[i] != line {
			t.Fatalf("line %d of %d: want %s, got %s", i, len(got), line, got[min(i, len(got)-1)])
		}
	}
	out.Reset()
	first, _, _ := strings.Cut(lines.String(), "\n")
	if code := cli.Verify(append(args, "--json"), strings.NewReader(first), &out, &errs, now); code != 0 || !strings.Contains(out.String(), `"verdict":"genuine","statusChecked":true`) {
		t.Errorf("code %d: %s", code, &out)
	}
	// With a list of others only, a certificate may be revoked in its own.
	out.Reset()
	apart := []string{"--file", "-", "--keys", keys, "--status-list", list(1, revoked[1])}
	if code := cli.Verify(apart, strings.NewReader(first), &out, &errs, now); code != 2 || !strings.Contains(out.String(), "stands in status list 0") {
		t.Errorf("the list of others: %d %s", code, &out)
	}
	if code := cli.Verify([]string{"--file", "-", "--keys", keys}, strings.NewReader(strings.Repeat("A", 1<<17)), &out, &errs, now); code != 2 || !strings.Contains(errs.String(), "no QR text") {
		t.Errorf("a line without an end: %d %s", code, &errs)
	}
	if code := cli.Verify([]string{"--file", keys + ".no", "--keys", keys}, nil, &out, &errs, now); code != 2 {
		t.Errorf("a file that is not there: %d", code)
	}
}
