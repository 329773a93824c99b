package app_test

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store/storetest"
)

// listens serves a scene on an address of this machine.
func (s *scene) listens() string {
	s.t.Helper()
	l, err := (&net.ListenConfig{}).Listen(s.t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	go func() { _ = s.Web.Fiber.Listener(l) }()
	s.t.Cleanup(func() { _ = s.Web.Fiber.Shutdown() })
	return "http://" + l.Addr().String()
}

// awaits asks until the answer holds a text.
func (s *scene) awaits(what, text string) string {
	s.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		raw := string(s.must(what, nil))
		if strings.Contains(raw, text) {
			return raw
		}
		if time.Now().After(end) {
			s.t.Fatalf("%s has no %s: %s", what, text, raw)
		}
	}
}

// Two programs: one issues certificates, the other is its witness. What is
// taken back in the first by hand is named by both, and by the file on a medium.
func TestAnotherBureauWitnessesTheLog(t *testing.T) {
	for engine, uri := range map[string]func(testing.TB) string{
		"sqlite": func(testing.TB) string { return "" }, "mongodb": storetest.MongoURI,
	} {
		t.Run(engine, func(t *testing.T) {
			medium := t.TempDir()
			s, b := newScene(t, uri(t), "CARECERT_WITNESS_DIR", medium), newScene(t, "", "CARECERT_BASE_URL", "https://jinshan.example.cn")
			address := b.listens() + "/api/v1/public/witness"
			for _, x := range []*scene{s, b} {
				if err := x.Run(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			c := s.completed(t, "李红")
			var head struct{ Verifier, RootHash string }
			var own struct{ Name, Verifier, Address string }
			for raw, into := range map[string]any{string(s.must("GET /public/log/head", nil)): &head, string(b.must("GET /public/witness", nil)): &own} {
				if err := json.Unmarshal([]byte(raw), into); err != nil {
					t.Fatal(err)
				}
			}
			if own.Name != "jinshan.example.cn" || own.Address != "https://jinshan.example.cn/api/v1/public/witness" {
				t.Errorf("%+v", own)
			}
			// Who may: the platform's administrator and the city, nobody in a district.
			district, auditor := s.user("bureau", "districtBureau", s.bureau), s.user("auditor", "auditor", "")
			naming := map[string]any{"name": "金山区民政局", "kind": "bureau", "address": address, "verifier": own.Verifier}
			for token, want := range map[string]int{district: http.StatusForbidden, auditor: http.StatusForbidden, "": http.StatusUnauthorized} {
				if status, raw, _ := s.call(token, "POST /log-witnesses", naming); status != want {
					t.Errorf("%d %s", status, raw)
				}
			}
			if status, _, _ := s.call(auditor, "GET /log-witnesses", nil); status != http.StatusOK {
				t.Errorf("an auditor reads witnesses: %d", status)
			}
			s.refused("POST /log-witnesses", map[string]any{"name": "x", "kind": "mail", "mail": "a@b.cn"}, 409, "witnesses.way")
			s.refused("POST /log-witnesses", map[string]any{"name": "x", "kind": "bureau", "address": address, "verifier": head.Verifier}, 422, "witnesses.key")
			s.refused("POST /log-witnesses", map[string]any{"name": "x", "kind": "bureau", "address": "https://u:p@x.cn", "verifier": own.Verifier}, 422, "witnesses.address")

			b.id("POST /watched-logs", map[string]any{"name": "青浦区", "origin": "https://example.cn", "verifier": head.Verifier})
			bureau := s.id("POST /log-witnesses", naming)
			folder := s.id("POST /log-witnesses", map[string]any{"name": "区档案馆", "kind": "folder"})
			for _, id := range []string{bureau, folder} {
				s.must("POST /log-witnesses/"+id+"/deliveries", nil)
				s.awaits("GET /log-witnesses/"+id+"/deliveries", `"outcome":"acknowledged"`)
			}
			s.must("GET /log-witnesses/standing", nil)
			b.awaits("GET /watched-logs", `"countersignature"`)
			told := string(s.must("GET /public/log/witnesses", nil))
			if !strings.Contains(told, "— jinshan.example.cn ") || !strings.Contains(told, "区档案馆") || strings.Contains(told, address) {
				t.Errorf("%s", told)
			}
			var standing struct {
				Size, Silent, Refused, Alarms int
				Ways                          []struct {
					Kind, Why string
					Available bool
				}
			}
			if err := json.Unmarshal(s.must("GET /log-witnesses/standing", nil), &standing); err != nil || standing.Refused != 0 || standing.Silent != 0 || !strings.Contains(standing.Ways[2].Why, "CARECERT_SMTP_HOST") {
				t.Errorf("%+v %v", standing, err)
			}
			kept, err := filepath.Glob(filepath.Join(medium, folder, "*.json"))
			if err != nil || len(kept) == 0 {
				t.Fatalf("%v %v", kept, err)
			}
			file, err := os.ReadFile(kept[len(kept)-1])
			if err != nil {
				t.Fatal(err)
			}
			ctx := kernel.AsSystem(t.Context(), "test")
			lines, good, err := s.VerifyLogs(ctx, file)
			if err != nil || !good || !strings.Contains(lines[0], "entries, kept by 区档案馆 since 2025-09-01") {
				t.Errorf("%v %v %v", lines, good, err)
			}
			if _, _, err := s.VerifyLogs(ctx, []byte(`{"note":"of somebody else"}`)); err == nil {
				t.Error("a head that nobody signed is taken")
			}

			// Somebody with the database and the keys writes history anew, without the certificate.
			for _, collection := range []string{"certificates_log", "certificates_hashes", "certificates_heads", "certificates_leaves", "certificates_certificates", "certificates_cards", "certificates_numbers", "certificates_sources"} {
				wipe(t, s.DB, collection)
			}
			s.completed(t, "王平")
			if lines, good, err = s.VerifyLogs(ctx, nil); err != nil || !good {
				t.Errorf("alone it is in order: %v %v %v", lines, good, err)
			}
			lines, good, err = s.VerifyLogs(ctx, file)
			if err != nil || good || !strings.Contains(strings.Join(lines, "\n"), "BAD") {
				t.Errorf("%v %v %v", lines, good, err)
			}
			s.must("POST /log-witnesses/"+bureau+"/deliveries", nil)
			s.awaits("GET /log-witnesses/"+bureau+"/deliveries", `"outcome":"refused"`)
			alarms := b.awaits("GET /log-alarms", `"name":"青浦区"`)
			if raw := string(s.must("GET /log-witnesses/standing", nil)); !strings.Contains(raw, `"refused":1`) {
				t.Errorf("%s", raw)
			}
			var list struct {
				Items []struct{ ID, Kind string }
			}
			if err := json.Unmarshal([]byte(alarms), &list); err != nil || len(list.Items) != 1 {
				t.Fatalf("%s %v", alarms, err)
			}
			b.must("POST /log-alarms/"+list.Items[0].ID+"/settlement", map[string]any{"reason": "已通知对方核查"})
			b.refused("POST /log-alarms/"+list.Items[0].ID+"/settlement", map[string]any{"reason": "再一次"}, 409, "witnesses.settled")
			for _, verb := range []string{"create", "send", "alarm"} {
				if raw := string(s.must("GET /audit?noun=logWitness&limit=50", nil)); !strings.Contains(raw, `"verb":"`+verb+`"`) {
					t.Errorf("no %s in %s", verb, raw)
				}
			}
			_ = c
		})
	}
}

// What the protocol answers to whoever is not a log of ours.
func TestAddCheckpointFromStrangers(t *testing.T) {
	s := newScene(t, "")
	var head struct{ Note string }
	s.completed(t, "李红")
	if err := json.Unmarshal(s.must("GET /public/log/head", nil), &head); err != nil {
		t.Fatal(err)
	}
	address := s.listens() + "/api/v1/public/witness/add-checkpoint"
	for body, want := range map[string]int{
		"nonsense": http.StatusBadRequest, "old 0\n\n" + head.Note: http.StatusNotFound, "old 0\n\n" + strings.Repeat("x", 70_000): http.StatusRequestEntityTooLarge,
	} {
		res, err := http.Post(address, "text/plain", strings.NewReader(body)) //nolint:noctx // ends with the test
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%.20q: %d, want %d", body, res.StatusCode, want)
		}
	}
}
