package certificates_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"carecert/modules/certificates"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

func TestBulkVerification(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		good, gone := s.issue(t, completion("person-1", "")), s.issue(t, completion("person-2", ""))
		must[certificates.Certificate](t)(s.Revoke(s.as(school), gone.ID, "学时经核查不实"))
		s.Pass(time.Second)
		const path = "/api/v1/bulk-verifications"
		type numbered struct {
			Number     string `json:"number"`
			HolderName string `json:"holderName"`
		}
		texts := []string{good.QRText, gone.QRText, good.QRText + "A", "hello", "", strings.Repeat("x", 5000)}
		status, raw := s.ask(t, path, quoted(map[string]any{
			"qrTexts": texts,
			"numbers": []numbered{{good.Number, good.Name}, {strings.ToLower(" " + gone.Number), gone.Name}, {good.Number, gone.Name}, {"9999-2026-00001", good.Name}},
		}), "en")
		var got struct {
			Items  []map[string]any
			Counts map[string]int
		}
		if err := json.Unmarshal([]byte(raw), &got); err != nil || status != http.StatusOK {
			t.Fatalf("%d %s", status, raw)
		}
		want := []string{"genuine", "revoked", "forged", "unknown", "unknown", "unknown", "genuine", "revoked", "unknown", "unknown"}
		for i, v := range got.Items {
			if v["verdict"] != want[i] {
				t.Errorf("item %d is %v, not %s", i, v["verdict"], want[i])
			}
		}
		if len(got.Items) != len(want) || got.Counts["unknown"] != 5 || got.Counts["genuine"] != 2 || s.taken != len(want) {
			t.Errorf("%s, %d taken", raw, s.taken)
		}
		// Each is what the public is told of it, to the letter.
		_, single := s.ask(t, "/api/v1/public/verifications", quoted(map[string]string{"qrText": gone.QRText}), "en")
		var alone map[string]any
		if err := json.Unmarshal([]byte(single), &alone); err != nil {
			t.Fatal(err)
		}
		for _, v := range []map[string]any{alone, got.Items[1], got.Items[7]} {
			v["statusAsOf"] = ""
			if quoted(v) != quoted(alone) {
				t.Errorf("%s\n%s", quoted(v), quoted(alone))
			}
		}
		for name, body := range map[string]any{
			"nothing": map[string]any{}, "a thousand and one": map[string]any{"qrTexts": make([]string, 1001)},
			"together": map[string]any{"qrTexts": make([]string, 1000), "numbers": []numbered{{"x", "y"}}},
		} {
			if status, raw := s.ask(t, path, quoted(body), "en"); status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d %s", name, status, raw)
			}
		}
		many := make([]string, 1000)
		for i := range many {
			many[i] = good.QRText
		}
		if status, raw := s.ask(t, path, quoted(map[string]any{"qrTexts": many}), "en"); status != http.StatusOK || strings.Count(raw, `"verdict":"genuine"`) != 1000 {
			t.Errorf("%d %.200s", status, raw)
		}
		if status, raw := s.ask(t, path, quoted(map[string]any{"qrTexts": many}), "en"); status != http.StatusTooManyRequests || !strings.Contains(raw, "platforms.too_fast") {
			t.Errorf("%d %s", status, raw)
		}
	})
}
