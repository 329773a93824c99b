package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// Everything about oneself: what one said, what one asked for, how one signed
// in, who opened one's number and why, which file one came from; and nothing
// about anybody else.
func TestPersonalDataIsComplete(t *testing.T) {
	for engine, uri := range engines() {
		t.Run(engine, func(t *testing.T) {
			s := newStage(t, configured(t, uri(t)))
			home := s.made(s.admin, http.MethodPost, "/organizations", map[string]any{"kind": "institution", "name": "晚晴护理院", "divisionCode": "310118"})
			clerk := s.user("clerk", "institution", home, "")
			roster := "姓名,身份证号码,联系电话,入职日期\n李红," + stageNumber(2) + ",13800138000,2024-03-01\n王芳," + stageNumber(3) + ",13900139000,2024-03-01\n赵敏," + stageNumber(4) + ",13800138000,2024-03-01\n"
			imported := s.made(clerk, http.MethodPost, "/imports", newForm(t, "file.csv", []byte(roster), map[string]string{"kind": "people", "organizationId": home, "dryRun": "false"}))
			until(t, "the import", func() bool { return s.must(clerk, http.MethodGet, "/imports/"+imported, nil)["status"] == "done" })
			var page struct {
				Items []struct{ ID, Name string }
			}
			_, raw, _ := s.ask(clerk, http.MethodGet, "/people?q="+stageNumber(2), nil)
			if err := json.Unmarshal(raw, &page); err != nil || len(page.Items) != 1 {
				t.Fatalf("%s, %v", raw, err)
			}
			id := page.Items[0].ID
			s.must(clerk, http.MethodPut, "/people/"+id+"/identity", map[string]any{"idType": "residentId", "idNumber": stageNumber(5), "reason": "录错"})
			self := s.user("lihong", "caregiver", "", id)
			s.must(clerk, http.MethodPost, "/people/"+id+"/reveal", map[string]any{"field": "idNumber", "reason": "办理社保"})
			notice := s.must(self, http.MethodGet, "/public/privacy-notice", nil)
			s.must(self, http.MethodPost, "/people/"+id+"/consents", map[string]any{"version": notice["version"], "separate": true})
			s.must(self, http.MethodPost, "/people/"+id+"/corrections", map[string]any{"field": "phone", "wanted": "13912345678", "reason": "换号了"})
			s.must(self, http.MethodPost, "/people/"+id+"/record-links", map[string]any{"days": 7})
			// Who looked at a record that was merged into this one looked at oneself.
			double := s.made(s.admin, http.MethodPost, "/people", map[string]any{"name": "李红", "idType": "residentId", "idNumber": stageNumber(6), "kinds": []string{"caregiver"}, "organizationId": home})
			s.must(s.admin, http.MethodPost, "/people/"+double+"/reveal", map[string]any{"field": "idNumber", "reason": "核对重名"})
			s.must(s.admin, http.MethodPost, "/people/"+id+"/merges", map[string]any{"otherId": double, "reason": "同一人"})
			status, raw, _ := s.ask(self, http.MethodGet, "/people/"+id+"/personal-data", nil)
			if status != http.StatusOK {
				t.Fatalf("%d %s", status, raw)
			}
			text := string(raw)
			for _, has := range []string{
				`"idNumber":"` + stageNumber(5) + `"`, `"phone":"13800138000"`, `"version":"` + notice["version"].(string) + `"`, `"wanted":"139****5678"`,
				`"username":"lihong"`, `"verb":"signIn"`, `"verb":"reveal"`, `"reason":"办理社保"`, `"by":"clerk"`, `"organizationName":"晚晴护理院"`,
				`"fileName":"file.csv"`, `"training":[`, `"certificates":[`, `"recordLinks":[{`, `"reason":"核对重名"`, `"merges":[{`, `"transfers":[]`, `"findings":[{`, `"why":"corrected"`, `"exportedAt":`,
				`"lookAlikes":[{"other":"另一份档案","grounds":["phone"],"state":"open"`, `"numberConflicts":[]`, `"learning":[]`, `"logbook":[]`, `"radarFindings":[]`,
			} {
				if !strings.Contains(text, has) {
					t.Errorf("%s is missing in %s", has, text)
				}
			}
			for _, not := range []string{"王芳", "赵敏", stageNumber(3), stageNumber(4), stageNumber(2), "null,"} {
				if strings.Contains(text, not) {
					t.Errorf("%s stands in %s", not, text)
				}
			}
			if status, _, _ := s.ask(clerk, http.MethodGet, "/people/"+id+"/personal-data", nil); status != http.StatusForbidden {
				t.Errorf("the clerk gets %d", status)
			}
		})
	}
}
