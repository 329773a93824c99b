package credential_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"carecert/modules/certificates/credential"
	"carecert/modules/certificates/signature"
)

const base = "https://cert.qingpu.example.gov.cn"

// key n is that of a seed of n's.
func key(n byte) signature.Private {
	k, err := signature.ReadPrivate(signature.Ed25519, bytes.Repeat([]byte{n}, 32))
	if err != nil {
		panic(err)
	}
	return k
}

func public(n byte) string { return base64.RawURLEncoding.EncodeToString(key(n).Public().Bytes()) }

func row(t *testing.T) credential.Row {
	t.Helper()
	raw, err := os.ReadFile("../../../policies/rules/credentials.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var rows []credential.Row
	if err := yaml.Unmarshal(raw, &rows); err != nil {
		t.Fatal(err)
	}
	return rows[0]
}

func facts() credential.Facts {
	return credential.Facts{
		Family: "trainingCompletion", Title: `压疮预防 <b>&</b> "体位"护理`, Number: "0007-2025-00012", Code: "041061050R3GG28A", NameMasked: "王*兰",
		IssuerName: "香格里拉培训学校", IssuedOn: "2025-10-18", Minutes: 540, PerHour: 45, List: 1, Place: 23,
	}
}

func level() credential.Facts {
	f := facts()
	f.Family, f.Title, f.Level, f.Minutes, f.ExpiresOn, f.Place = "skillLevel", "养老护理员", 4, 0, "2028-02-29", 24
	return f
}

// golden compares with a file of testdata, which never changes once credentials
// were handed out; the web app's tests verify them with the libraries of others.
func golden(t *testing.T, name string, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(got+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != strings.TrimSuffix(string(want), "\n") {
		t.Errorf("%s changed:\n got %s\nwant %s", name, got, want)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestCredentialsNeverChange(t *testing.T) {
	site := credential.Site{Base: base, API: "/api/v1"}
	lost := time.Date(2026, 1, 4, 16, 0, 0, 0, time.UTC)
	keys := []credential.Key{{ID: 1, X: public(1)}, {ID: 2, X: public(2), RevokedAt: &lost}, {ID: 3, X: public(3)}}
	kid := credential.KeyID(base, 1)
	for name, f := range map[string]credential.Facts{"completion.jwt": facts(), "level.jwt": level()} {
		golden(t, name, must[string](t)(credential.Secure(t.Context(), must[[]byte](t)(site.Badge(f, row(t))), kid, key(1))))
	}
	golden(t, "foreign.jwt", must[string](t)(credential.Secure(t.Context(), must[[]byte](t)(site.Badge(facts(), row(t))), kid, key(9))))
	golden(t, "lost.jwt", must[string](t)(credential.Secure(t.Context(), must[[]byte](t)(site.Badge(facts(), row(t))), credential.KeyID(base, 2), key(2))))
	list := must[[]byte](t)(site.StatusList(1, []uint32{24, 99_999}, lost, lost.AddDate(0, 0, 7)))
	// How the list is packed may differ from one release of Go to the next.
	if os.Getenv("UPDATE") != "" {
		golden(t, "list.jwt", must[string](t)(credential.Secure(t.Context(), list, kid, key(1))))
	}
	golden(t, "jwks.json", string(must[[]byte](t)(credential.KeySet(base, keys))))
	golden(t, "did.json", string(must[[]byte](t)(credential.Document(base, keys))))
}

func TestWhatACredentialSays(t *testing.T) {
	site := credential.Site{Base: base, API: "/api/v1"}
	raw := must[[]byte](t)(site.Badge(facts(), row(t)))
	var c map[string]any
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	if _, ends := c["validUntil"]; ends {
		t.Error("ends though the certificate does not")
	}
	raw = must[[]byte](t)(site.Badge(level(), row(t)))
	if !bytes.Contains(raw, []byte(`"validUntil":"2028-02-29T23:59:59+08:00"`)) || bytes.Contains(raw, []byte("creditsEarned")) {
		t.Errorf("%s", raw)
	}
	if _, err := site.Badge(credential.Facts{Family: "civilServiceGrade"}, row(t)); err == nil {
		t.Error("a family without words")
	}
}

func TestDID(t *testing.T) {
	for url, want := range map[string]string{
		"https://Cert.example.gov.cn":       "did:web:cert.example.gov.cn",
		"http://127.0.0.1:8080":             "did:web:127.0.0.1%3A8080",
		"https://example.gov.cn/care/cert/": "did:web:example.gov.cn:care:cert",
	} {
		if got := credential.DID(url); got != want {
			t.Errorf("%s: %s", url, got)
		}
	}
}
