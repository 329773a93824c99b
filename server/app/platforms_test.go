package app_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// Another platform asks with a key of its own: it verifies in bulk and can do
// nothing else, is counted, and is refused once the key is revoked.
func TestAPlatformVerifiesInBulk(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		c := s.completed(t, "李红")
		bureau := s.user("bureau", "districtBureau", s.bureau)
		var made struct {
			PlatformKey struct{ ID, State, ExpiresOn string }
			Key         string
		}
		raw := s.must("POST /platform-keys", map[string]any{"name": "人才平台", "contact": "李工"})
		if err := json.Unmarshal(raw, &made); err != nil || made.Key == "" || made.PlatformKey.State != "active" {
			t.Fatalf("%s %v", raw, err)
		}
		if status, _, _ := s.call(bureau, "POST /platform-keys", map[string]any{"name": "x"}); status != http.StatusForbidden {
			t.Errorf("a district makes keys: %d", status)
		}
		path := "/platform-keys/" + made.PlatformKey.ID
		ask := map[string]any{"qrTexts": []string{c.QRText, c.QRText + "A"}, "numbers": []map[string]string{{"number": c.Number, "holderName": "李红"}}}
		status, raw, _ := s.call(made.Key, "POST /bulk-verifications", ask)
		if status != http.StatusOK || strings.Count(string(raw), `"verdict":"genuine"`) != 2 || !strings.Contains(string(raw), `"forged":1`) {
			t.Errorf("%d %s", status, raw)
		}
		// Nothing else is open to it, not even what everybody signed in may do.
		for _, route := range s.Web.Router.Routes() {
			p := route.Permission
			if p.Open || p.Noun+":"+p.Verb == "certificate:verifyBulk" || !strings.HasPrefix(route.Path, "/api/v1") || slices.Contains([]string{"PUT", "PATCH"}, route.Method) {
				continue
			}
			what := strings.NewReplacer("{", "", "}", "").Replace(strings.TrimPrefix(route.Path, "/api/v1"))
			if status, raw, _ := s.call(made.Key, route.Method+" "+what, map[string]any{}); status != http.StatusForbidden {
				t.Errorf("%s %s: %d %.100s", route.Method, route.Path, status, raw)
			}
		}
		for token, want := range map[string]string{s.token: "platforms.needs_key", made.Key + "x": "platforms.no_key", "": "accounts.not_signed_in"} {
			if _, raw, _ := s.call(token, "POST /bulk-verifications", ask); !strings.Contains(string(raw), want) {
				t.Errorf("%s: %s", want, raw)
			}
		}
		var seen struct {
			PlatformKey struct {
				State  string
				UsedAt *time.Time
				Ever   struct{ Calls, Items int }
			}
			Days   []struct{ Items int }
			Limits struct{ PerMinute, AtOnce int }
		}
		raw = s.must("GET "+path, nil)
		if err := json.Unmarshal(raw, &seen); err != nil || seen.PlatformKey.Ever.Items != 3 || seen.PlatformKey.UsedAt == nil || len(seen.Days) != 1 || strings.Contains(string(raw), made.Key) {
			t.Errorf("%s %v", raw, err)
		}
		// As many as may be saved up, then a pause.
		many := map[string]any{"qrTexts": slices.Repeat([]string{"x"}, 900)}
		var header http.Header
		for asked := 3; asked <= seen.Limits.AtOnce+900; asked += 900 {
			status, raw, header = s.call(made.Key, "POST /bulk-verifications", many)
		}
		if status != http.StatusTooManyRequests || header.Get("Retry-After") == "" || !strings.Contains(string(raw), "platforms.too_fast") {
			t.Errorf("%d %v %s", status, header, raw)
		}
		s.must("POST "+path+"/revocation", map[string]any{"reason": "合作结束"})
		if status, raw, _ := s.call(made.Key, "POST /bulk-verifications", ask); status != http.StatusUnauthorized || !strings.Contains(string(raw), "platforms.no_key") {
			t.Errorf("%d %s", status, raw)
		}
		s.refused("POST "+path+"/revocation", map[string]any{"reason": "再一次"}, 409, "platforms.ended")
		if raw := s.must("GET /audit?noun=platformKey", nil); strings.Count(string(raw), `"noun":"platformKey"`) < 2 || !strings.Contains(string(raw), "合作结束") {
			t.Errorf("%s", raw)
		}
	})
}
