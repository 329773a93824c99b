package app_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/secret"
)

// A key is added while a server runs, the rotation is cut short and repeated;
// then nothing of the first key's seal is left anywhere in the database, and
// the server still opens everything.
func TestKeysRotateWhileAServerRuns(t *testing.T) {
	for engine, uri := range engines() {
		t.Run(engine, func(t *testing.T) {
			cfg := configured(t, uri(t))
			s := newStage(t, cfg)
			home := s.made(s.admin, http.MethodPost, "/organizations", map[string]any{"kind": "institution", "name": "晚晴护理院", "divisionCode": "310118"})
			var roster bytes.Buffer
			roster.WriteString("姓名,身份证号码,联系电话,入职日期\n")
			for n := range 250 {
				fmt.Fprintf(&roster, "王小%d,%s,139%08d,2024-03-01\n", n, stageNumber(n+100), n)
			}
			fields := map[string]string{"kind": "people", "organizationId": home, "dryRun": "false"}
			imported := s.made(s.admin, http.MethodPost, "/imports", newForm(t, "file.csv", roster.Bytes(), fields))
			until(t, "the import", func() bool { return s.must(s.admin, http.MethodGet, "/imports/"+imported, nil)["status"] == "done" })
			person := s.made(s.admin, http.MethodPost, "/people", map[string]any{"name": "李红", "idType": "residentId", "idNumber": stageNumber(2), "phone": "13800138000", "kinds": []string{"caregiver"}})
			s.must(s.admin, http.MethodPost, "/users/me/second-factor", nil)
			opens := s.sealed(home, person)

			ring, err := secret.AddKey(cfg.SecretKeyFile)
			if err != nil {
				t.Fatal(err)
			}
			old := []byte("v1." + ring.Fingerprints()[0][:8] + ".")
			command := opened(t, cfg, false)
			ctx, cut := context.WithCancel(kernel.AsSystem(t.Context(), "command line"))
			first, err := command.RotateKeys(ctx, func(string, int) { cut() })
			if err == nil || first.Resealed == 0 {
				t.Fatalf("it was not cut short: %+v, %v", first, err)
			}
			if got := s.must(s.admin, http.MethodPost, "/people/"+person+"/reveal", map[string]any{"field": "phone", "reason": "核对"})["value"]; got != "13800138000" {
				t.Errorf("half way the phone opens as %v", got)
			}
			done, err := command.RotateKeys(kernel.AsSystem(t.Context(), "command line"), nil)
			if err != nil || len(done.Left) != 0 {
				t.Fatalf("%+v, %v", done, err)
			}
			// 251 people with two values each, the signing key, the log's key, the witness's key, a second factor, a link, three files.
			if got, want := first.Resealed+done.Resealed, 2*251+8; got != want {
				t.Errorf("%d values were sealed anew, want %d", got, want)
			}
			if again, err := command.RotateKeys(kernel.AsSystem(t.Context(), "command line"), nil); err != nil || again.Resealed != 0 {
				t.Errorf("once more: %+v, %v", again, err)
			}
			for _, spec := range s.DB.Specs() {
				err := s.DB.ScanRaw(t.Context(), spec.Name, func(id string, body []byte) error {
					if bytes.Contains(body, old) {
						t.Errorf("%s %s is still sealed by the old key", spec.Name, id)
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			for field, want := range map[string]string{"phone": "13800138000", "idNumber": stageNumber(2)} {
				if got := s.must(s.admin, http.MethodPost, "/people/"+person+"/reveal", map[string]any{"field": field, "reason": "核对"})["value"]; got != want {
					t.Errorf("%s opens as %v", field, got)
				}
			}
			if status, raw, _ := s.ask(s.admin, http.MethodGet, "/imports/"+imported+"/errors.xlsx", nil); status >= 500 {
				t.Errorf("the file of the import: %d %s", status, raw)
			}
			opens()
			found := s.must(s.admin, http.MethodGet, "/people?q="+stageNumber(2), nil)
			if fmt.Sprint(found["total"]) != "1" {
				t.Errorf("looked up by number: %v", found)
			}
			log := fmt.Sprint(s.must(s.admin, http.MethodGet, "/audit?noun=masterKey", nil)["items"])
			if !strings.Contains(log, "rotate") {
				t.Errorf("the log has %s", log)
			}
		})
	}
}

// sealed makes one of everything that is sealed beside people and imports: the
// evidence of a certificate, a sheet of a session, a link to a certificate. What
// it gives looks whether all of them open as they were made.
func (s *stage) sealed(home, person string) (opens func()) {
	s.t.Helper()
	now := s.Clock.Now()
	day := func(n int) string { return now.AddDate(0, 0, n).Format(time.DateOnly) }
	paper := append([]byte("%PDF-1.4 signed "), bytes.Repeat([]byte("0123456789"), 60_000)...) // several chunks
	claimed := s.made(s.admin, http.MethodPost, "/certificates/registrations", map[string]any{
		"personId": person, "family": "skillLevel", "number": "Y000131000099234000001", "level": 4, "issuedOn": "2023-06-15", "issuerName": "上海某评价机构",
	})
	files := map[string]string{"/certificates/" + claimed + "/evidence": ""}
	course := s.made(s.admin, http.MethodPost, "/courses", map[string]any{"title": "压疮预防", "category": "inService", "classHours": 2, "mode": "classroom", "countsTowardInService": true})
	class := s.made(s.admin, http.MethodPost, "/classes", map[string]any{
		"courseId": course, "providerId": home, "organiserTier": "institution", "startsOn": day(-1), "endsOn": day(1), "capacity": 20,
	})
	session := s.made(s.admin, http.MethodPost, "/classes/"+class+"/sessions", map[string]any{
		"startsAt": now.Add(-3 * time.Hour), "endsAt": now.Add(-2 * time.Hour), "minutes": 45, "venue": "201", "teacher": "周老师",
	})
	files["/sessions/"+session+"/attendance-sheets"] = ""
	for path := range files {
		files[path] = s.made(s.admin, http.MethodPost, path, newForm(s.t, "paper.pdf", paper, nil))
	}
	body := s.made(s.admin, http.MethodPost, "/organizations", map[string]any{
		"kind": "assessmentBody", "name": "上海养老护理评价中心", "divisionCode": "310118", "assessmentCode": "S000031000012", "validFrom": day(-400), "validTo": day(400),
	})
	level := s.made(s.user("assessor", "assessor", body, ""), http.MethodPost, "/certificates/skill-levels", map[string]any{
		"bodyId": body, "name": "李红", "idNumber": stageNumber(2), "level": 4, "issuedOn": day(-1),
	})
	holder := s.user("holder", "caregiver", "", person)
	link := s.must(holder, http.MethodPost, "/certificates/"+level+"/links", map[string]any{})["url"]
	return func() {
		s.t.Helper()
		for path, file := range files {
			if status, raw, _ := s.ask(s.admin, http.MethodGet, path+"/"+file, nil); status != http.StatusOK || !bytes.Equal(raw, paper) {
				s.t.Errorf("%s: %d, %d bytes", path, status, len(raw))
			}
		}
		if again := s.must(holder, http.MethodGet, "/certificates/"+level+"/links", nil)["items"].([]any)[0].(map[string]any)["url"]; again != link {
			s.t.Errorf("the address of the link was %v, now %v", link, again)
		}
	}
}
