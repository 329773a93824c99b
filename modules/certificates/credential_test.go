package certificates_test

import (
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"carecert/modules/certificates"
	"carecert/modules/certificates/verify"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// trusts verifies a VC-JWT with the published key set, as a verifier elsewhere
// does; it gives the payload, or "" where the key is not there or does not fit.
func (s site) trusts(t *testing.T, jwt string) string {
	t.Helper()
	status, raw := s.ask(t, "/.well-known/jwks.json", "", "en")
	var set struct {
		Keys []struct{ Kid, X string }
	}
	parts := strings.Split(jwt, ".")
	if err := json.Unmarshal([]byte(raw), &set); err != nil || status != http.StatusOK || len(parts) != 3 {
		t.Fatalf("%d %s, %v; %s", status, raw, err, jwt)
	}
	decode := func(s string) []byte { return must[[]byte](t)(base64.RawURLEncoding.DecodeString(s)) }
	var head struct{ Alg, Typ, Kid string }
	if err := json.Unmarshal(decode(parts[0]), &head); err != nil || head.Alg != "EdDSA" || head.Typ != "vc+jwt" {
		t.Fatalf("%s, %v", decode(parts[0]), err)
	}
	for _, k := range set.Keys {
		if k.Kid == head.Kid && ed25519.Verify(decode(k.X), []byte(parts[0]+"."+parts[1]), decode(parts[2])) {
			return string(decode(parts[1]))
		}
	}
	return ""
}

// gone tells whether a credential's place in its status list is set.
func (s site) gone(t *testing.T, credential string) bool {
	t.Helper()
	var c struct {
		CredentialStatus struct {
			StatusListIndex      json.Number
			StatusListCredential string
		}
	}
	if err := json.Unmarshal([]byte(credential), &c); err != nil {
		t.Fatal(err)
	}
	status, jwt := s.ask(t, strings.TrimPrefix(c.CredentialStatus.StatusListCredential, baseURL)+".jwt", "", "en")
	var list struct {
		ID                string
		CredentialSubject struct{ EncodedList string }
	}
	payload := s.trusts(t, jwt)
	if err := json.Unmarshal([]byte(payload), &list); err != nil || status != http.StatusOK || list.ID != c.CredentialStatus.StatusListCredential {
		t.Fatalf("%d %s, %v", status, jwt, err)
	}
	packed := must[[]byte](t)(base64.RawURLEncoding.DecodeString(strings.TrimPrefix(list.CredentialSubject.EncodedList, "u")))
	bits := must[[]byte](t)(io.ReadAll(must[*gzip.Reader](t)(gzip.NewReader(bytes.NewReader(packed)))))
	at := must[int64](t)(c.CredentialStatus.StatusListIndex.Int64())
	return len(bits) >= 131_072/8 && bits[at/8]&(0x80>>(at%8)) != 0
}

func TestCredentials(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		yearly := completion("person-2", "")
		yearly.ExpiresOn = "2027-01-04"
		good, gone, old := s.issue(t, completion("person-1", "")), s.issue(t, yearly), s.issue(t, completion("person-3", ""))
		at := func(code string) string { return "/api/v1/public/certificates/" + code + "/credential" }
		get := func(code string) (string, string) {
			t.Helper()
			status, jwt := s.ask(t, at(code)+".jwt", "", "en")
			_, plain := s.ask(t, at(strings.ToLower(code)), "", "zh-CN")
			if status != http.StatusOK || s.trusts(t, jwt) != plain {
				t.Fatalf("%d %s\n%s", status, jwt, plain)
			}
			return jwt, plain
		}
		first, plain := get(good.Code)
		for _, secret := range []string{good.Name, good.IDMasked, string(good.Person), string(good.Issuer), s.ids["person-1"]} {
			if strings.Contains(plain, secret) {
				t.Errorf("discloses %s", secret)
			}
		}
		for _, fact := range []string{`"王*兰"`, `"压疮预防与体位护理"`, `"香格里拉培训学校"`, `"` + good.Number + `"`, `"creditsEarned":12`, `"validFrom":"2026-01-05T00:00:00+08:00"`} {
			if !strings.Contains(plain, fact) {
				t.Errorf("does not say %s: %s", fact, plain)
			}
		}
		if _, plain := get(gone.Code); !strings.Contains(plain, `"validUntil":"2027-01-04T23:59:59+08:00"`) || s.gone(t, plain) {
			t.Errorf("%s", plain)
		}
		must[certificates.Certificate](t)(s.Revoke(s.as(school), gone.ID, "学时经核查不实"))
		must[certificates.Certificate](t)(s.Replace(s.as(school), old.ID, "姓名更正"))
		s.Pass(2 * time.Second)
		for code, want := range map[string]bool{good.Code: false, gone.Code: true, old.Code: true} {
			if _, plain := get(code); s.gone(t, plain) != want {
				t.Errorf("%s: gone is %v", code, !want)
			}
		}

		// The key that signed retires: the same bytes, and still trusted.
		must[verify.Keys](t)(s.RotateKey(s.as(bureau), "每年更换"))
		s.Pass(time.Second)
		if again, _ := get(good.Code); again != first {
			t.Errorf("another proof:\n%s\n%s", first, again)
		}
		// It is lost since the day after: a key that was not vouches for what is
		// older, and what it signed elsewhere is trusted no more.
		s.Pass(24 * time.Hour)
		must[verify.Keys](t)(s.CompromiseKey(s.as(bureau), 1, "2026-01-06", "密钥文件外泄"))
		s.Pass(time.Second)
		if again, same := get(good.Code); again == first || same != plain || s.trusts(t, first) != "" {
			t.Errorf("%s\n%s", again, same)
		}
		if _, did := s.ask(t, "/.well-known/did.json", "", "en"); !strings.Contains(did, `"revoked":"2026-01-06T00:00:00+08:00"`) || !strings.Contains(did, `"assertionMethod":["did:web:cert.qingpu.example.gov.cn#key-2"]`) {
			t.Errorf("%s", did)
		}
		// And since before it was issued: as forged as its QR code.
		must[verify.Keys](t)(s.CompromiseKey(s.as(bureau), 1, "2026-01-05", "密钥文件外泄"))
		s.Pass(time.Second)
		if status, raw := s.ask(t, at(good.Code), "", "en"); status != http.StatusConflict || !strings.Contains(raw, "certificates.key_lost") {
			t.Errorf("%d %s", status, raw)
		}
		if status, raw := s.ask(t, at("0000000000000000"), "", "en"); status != http.StatusNotFound || !strings.Contains(raw, "certificates.unknown") {
			t.Errorf("%d %s", status, raw)
		}
		if status, raw := s.ask(t, "/api/v1/public/status-lists/7/credential", "", "en"); status != http.StatusNotFound {
			t.Errorf("%d %s", status, raw)
		}
	})
}

// What was altered in the database is not signed anew.
func TestAnAlteredRecordGetsNoCredential(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.issue(t, completion("person-1", ""))
		must[certificates.Secured](t)(w.Credential(w.ctx, c.Code))
		alter(t, db, "certificates_certificates", string(c.ID), "title", "高级护理技能")
		if _, err := w.Credential(w.ctx, c.Code); !errors.Is(err, certificates.ErrAltered) {
			t.Errorf("%v", err)
		}
	})
}

// The page says the certificate in schema.org's words: whatever a title says,
// it closes no script, and nobody learns more than they see.
func TestThePageIsLinkedData(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		d := completion("person-1", "")
		d.Title = `</script><script>alert("护理")</script>`
		c := s.issue(t, d)
		_, html := s.ask(t, "/v/"+c.Code, "", "en")
		_, rest, _ := strings.Cut(html, `<script type="application/ld+json">`)
		raw, _, _ := strings.Cut(rest, "</script>")
		var l map[string]any
		if err := json.Unmarshal([]byte(raw), &l); err != nil {
			t.Fatalf("%v: %s", err, raw)
		}
		if l["@type"] != "EducationalOccupationalCredential" || l["name"] != d.Title || l["identifier"] != c.Number || l["about"].(map[string]any)["name"] != "王*兰" {
			t.Errorf("%s", raw)
		}
		if strings.Contains(html, `alert("护理")`) || strings.Contains(raw, c.Name) || strings.Contains(raw, c.IDMasked) {
			t.Errorf("%s", html)
		}
		if !strings.Contains(html, `href="/api/v1/public/certificates/`+c.Code+`/credential"`) || strings.Contains(raw, "expires") {
			t.Errorf("%s", html)
		}
		must[certificates.Certificate](t)(s.Revoke(s.as(school), c.ID, "学时经核查不实"))
		if _, html := s.ask(t, "/v/"+c.Code, "", "en"); strings.Contains(html, "MediaObject") || !strings.Contains(html, "creativeWorkStatus") {
			t.Errorf("%s", html)
		}
		if _, html := s.ask(t, "/v/0000000000000000", "", "en"); strings.Contains(html, "ld+json") {
			t.Errorf("%s", html)
		}
	})
}
