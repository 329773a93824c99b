package app_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"
)

// pocket is a phone: a key and what it signs.
type pocket struct{ key *ecdsa.PrivateKey }

func newPocket(t *testing.T) pocket {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return pocket{key}
}

func (p pocket) proof(t *testing.T, lines ...string) map[string]any {
	t.Helper()
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	r, s, err := ecdsa.Sign(rand.Reader, p.key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	point, err := p.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]any{"key": base64.RawURLEncoding.EncodeToString(point), "signature": base64.URLEncoding.EncodeToString(signature)}
}

// A class of today, its learners with an account and a phone each.
func TestCheckingInThatCannotBeFaked(t *testing.T) {
	for engine, uri := range engines() {
		t.Run(engine, func(t *testing.T) {
			s := newStage(t, configured(t, uri(t)))
			place := func(kind, name string) string {
				return s.made(s.admin, http.MethodPost, "/organizations", map[string]any{"kind": kind, "name": name, "divisionCode": "310118"})
			}
			home, school := place("institution", "晚晴护理院"), place("trainingSchool", "青浦培训学校")
			teacher, clerk := s.user("teacher", "school", school, ""), s.user("clerk", "institution", home, "")
			type learner struct {
				id, token string
				phone     pocket
			}
			var all []learner
			var ids []string
			for i, name := range []string{"李红", "王芳", "张敏"} {
				id := s.made(s.admin, http.MethodPost, "/people", map[string]any{
					"name": name, "idType": "residentId", "idNumber": stageNumber(i + 2), "kinds": []string{"caregiver"}, "organizationId": home,
				})
				s.made(s.admin, http.MethodPost, "/people/"+id+"/employments", map[string]any{"organizationId": home, "role": "caregiver", "startedOn": "2024-01-01"})
				all = append(all, learner{id, s.user("learner"+string('a'+rune(i)), "caregiver", "", id), newPocket(t)})
				ids = append(ids, id)
			}
			now := s.Clock.Now()
			course := s.made(s.admin, http.MethodPost, "/courses", map[string]any{"title": "压疮预防", "category": "inService", "classHours": 2, "mode": "classroom", "countsTowardInService": true})
			class := s.made(s.admin, http.MethodPost, "/classes", map[string]any{
				"courseId": course, "providerId": school, "organiserTier": "institution", "startsOn": now.AddDate(0, 0, -1).Format(time.DateOnly), "endsOn": now.AddDate(0, 0, 1).Format(time.DateOnly), "capacity": 20,
			})
			session := s.made(s.admin, http.MethodPost, "/classes/"+class+"/sessions", map[string]any{
				"startsAt": now.Add(30 * time.Minute), "endsAt": now.Add(2 * time.Hour), "minutes": 90, "venue": "201", "teacher": "周老师",
			})
			s.must(s.admin, http.MethodPost, "/classes/"+class+"/enrolments", map[string]any{"personIds": ids})
			one := "/sessions/" + session
			code, _ := s.must(teacher, http.MethodGet, one+"/check-in-code", nil)["code"].(string)
			body := func(p pocket, direction string, more map[string]any) map[string]any {
				out := map[string]any{"code": code, "direction": direction, "device": p.proof(t, "carecert check-in 1", session, code, direction)}
				for k, v := range more {
					out[k] = v
				}
				return out
			}
			forged := body(all[0].phone, "in", nil)
			forged["device"] = all[0].phone.proof(t, "carecert check-in 1", session, code, "out")
			known := func(l learner) map[string]any {
				return map[string]any{"device": l.phone.proof(t, "carecert device 1", l.id), "label": "Android · Chrome"}
			}
			for _, x := range []struct {
				name, token, method, path string
				body                      any
				status                    int
				has                       string
			}{
				{"a phone tells who it is", all[0].token, "PUT", "/check-in-devices", known(all[0]), 200, `"label":"Android · Chrome"`},
				{"what another signed is not taken", all[1].token, "PUT", "/check-in-devices", known(all[0]), 409, "training.device_signature"},
				{"a teacher has none", teacher, "GET", "/check-in-devices", nil, 403, ""},
				{"what was signed for another direction", all[0].token, "POST", one + "/check-ins", forged, 409, "training.device_signature"},
				{"half a proof", all[0].token, "POST", one + "/check-ins", map[string]any{"code": code, "direction": "in", "device": map[string]any{"key": "AAAA"}}, 422, ""},
				{"the phone's own time is no field", all[0].token, "POST", one + "/check-ins", body(all[0].phone, "in", map[string]any{"at": now}), 422, ""},
				{"out before in", all[0].token, "POST", one + "/check-ins", body(all[0].phone, "out", nil), 409, "training.not_checked_in"},
				{"in", all[0].token, "POST", one + "/check-ins", body(all[0].phone, "in", nil), 201, `"late":false`},
				{"again, by the path without a session", all[0].token, "POST", one + "/check-ins", body(all[0].phone, "in", nil), 201, `"direction":"in"`},
				{"a second person on that phone", all[1].token, "POST", one + "/check-ins", body(all[0].phone, "in", nil), 409, "training.device_shared"},
				{"their own phone, said to be without a network while the code stands", all[1].token, "POST", one + "/check-ins", body(all[1].phone, "in", map[string]any{"offline": true}), 201, `"late":false`},
				{"without a network, a code that never was", all[2].token, "POST", one + "/check-ins", map[string]any{"code": "AAAAAAAA", "direction": "in", "offline": true, "device": all[2].phone.proof(t, "carecert check-in 1", session, "AAAAAAAA", "in")}, 409, "training.code_invalid"},
				{"everybody who is missing, by a learner", all[2].token, "POST", one + "/attendance", map[string]any{"reason": "签到表"}, 403, ""},
				{"from a sheet that is not there", teacher, "POST", one + "/attendance", map[string]any{"reason": "签到表", "sheetId": "x"}, 404, "training.sheet_unknown"},
				{"without a reason", teacher, "POST", one + "/attendance", map[string]any{}, 422, ""},
				{"a learner reads no sheet", all[0].token, "GET", one + "/attendance-sheets", nil, 403, ""},
				{"a home reads none that no word names", clerk, "GET", one + "/attendance-sheets", nil, 404, ""},
			} {
				if status, raw, _ := s.ask(x.token, x.method, x.path, x.body); status != x.status || !strings.Contains(string(raw), x.has) {
					t.Errorf("%s: %d %s, want %d %s", x.name, status, raw, x.status, x.has)
				}
			}
			if status, raw, _ := s.ask(teacher, "POST", one+"/attendance-sheets", newForm(t, "file.csv", []byte("MZ"), nil)); status != 415 || !strings.Contains(string(raw), "training.sheet_kind") {
				t.Errorf("a program as a sheet: %d %s", status, raw)
			}
			sheet := s.made(teacher, "POST", one+"/attendance-sheets", newForm(t, "file.csv", []byte("%PDF-1.4 signed"), nil))
			if raw := s.must(teacher, "POST", one+"/attendance", map[string]any{"reason": "签到表", "sheetId": sheet, "checkedInAt": now}); len(raw["marked"].([]any)) != 1 {
				t.Errorf("marked: %v", raw)
			}
			status, raw, header := s.ask(clerk, "GET", one+"/attendance-sheets/"+sheet, nil)
			if status != 200 || !bytes.Equal(raw, []byte("%PDF-1.4 signed")) || header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(header.Get("Content-Disposition"), "attachment") {
				t.Errorf("the second person's sheet: %d %s %v", status, raw, header)
			}
			_, raw, _ = s.ask(teacher, "GET", one+"/attendance", nil)
			for _, has := range []string{`"sheetId":"` + sheet + `"`, `"act":"enter"`, `"pending":false`} {
				if !strings.Contains(string(raw), has) {
					t.Errorf("%s is missing in %s", has, raw)
				}
			}
			if status, raw, _ = s.ask(clerk, "POST", one+"/attendance/"+all[2].id+"/refusal", map[string]any{"reason": "当天不在岗"}); status != 200 {
				t.Errorf("refused: %d %s", status, raw)
			}
			if own, _ := s.must(all[0].token, "GET", "/people/"+all[0].id+"/personal-data", nil)["devices"].([]any); len(own) != 1 {
				t.Errorf("everything about oneself names %d phones", len(own))
			}
		})
	}
}
