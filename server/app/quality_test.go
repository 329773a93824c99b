package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"carecert/modules/accounts"
	"carecert/modules/kernel"
	"carecert/modules/kit/store/storetest"
	"carecert/server/app"
)

// house is the whole program on a database, and its administrator.
type house struct {
	*app.App
	t     *testing.T
	token string
}

func openHouse(t *testing.T, uri string) *house {
	t.Helper()
	env := map[string]string{"MONGODB_URI": uri, "CARECERT_ENV": "test", "CARECERT_CLOCK": "2026-06-10T09:00:00+08:00"}
	cfg := read(t, env)
	a, err := app.Open(t.Context(), cfg, slog.New(slog.DiscardHandler), app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{App: a, t: t}
	t.Cleanup(func() {
		if err := a.Close(context.Background()); err != nil { //nolint:usetesting // the test's context is over
			t.Error(err)
		}
	})
	if err := a.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.Accounts.Service.Bootstrap(t.Context(), "carecert-test"); err != nil {
		t.Fatal(err)
	}
	in, err := a.Accounts.Service.SignIn(t.Context(), accounts.Login{Username: "admin", Password: "carecert-test"})
	if err != nil {
		t.Fatal(err)
	}
	ctx := kernel.WithActor(t.Context(), kernel.Actor{User: in.User.ID, Name: "admin", Grants: in.User.Grants})
	token, err := a.Accounts.Service.AddToken(ctx, "test", a.Clock.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	h.token = token.Secret
	return h
}

// call makes a request and decodes the answer.
func (h *house) call(method, path, contentType string, body io.Reader, want int, out any) {
	h.t.Helper()
	r := httptest.NewRequestWithContext(h.t.Context(), method, "/api/v1"+path, body)
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Authorization", "Bearer "+h.token)
	res, err := h.Web.Fiber.Test(r, -1)
	if err != nil {
		h.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	if res.StatusCode != want {
		h.t.Fatalf("%s %s: %d, want %d: %s", method, path, res.StatusCode, want, raw)
	}
	if out != nil {
		if err := json.Unmarshal(raw, out); err != nil {
			h.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
}

func (h *house) post(path string, body map[string]any, want int) (id string) {
	h.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		h.t.Fatal(err)
	}
	var made struct{ ID string }
	h.call(http.MethodPost, path, "application/json", bytes.NewReader(raw), want, &made)
	return made.ID
}

func (h *house) get(path string, out any) {
	h.t.Helper()
	h.call(http.MethodGet, path, "", nil, http.StatusOK, out)
}

// upload imports a file and waits until all of it is in.
func (h *house) upload(kind, organization, csv string) {
	h.t.Helper()
	if _, rejected := h.send(kind, organization, csv); rejected > 0 {
		h.t.Fatalf("import of %s: %d rows refused", kind, rejected)
	}
}

// send imports a file and waits until it is over.
func (h *house) send(kind, organization, csv string) (id string, rejected int) {
	h.t.Helper()
	f := newForm(h.t, kind+".csv", []byte(csv), map[string]string{"kind": kind, "organizationId": organization, "dryRun": "false"})
	var job struct {
		ID, Status string
		Rejected   int
		Errors     []struct{ Message string }
	}
	h.call(http.MethodPost, "/imports", f.kind, &f.Buffer, http.StatusAccepted, &job)
	for range 600 {
		h.get("/imports/"+job.ID, &job)
		if job.Status == "done" {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if job.Status != "done" {
		h.t.Fatalf("import of %s: %+v", kind, job)
	}
	return job.ID, job.Rejected
}

// idNumber makes a valid number (GB 11643) of nobody.
func idNumber(n int) string {
	body := fmt.Sprintf("310118%04d0101%03d", 1960+n/400, n%400*2)
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(body[i]-'0') * w
	}
	return body + string("10X98765432"[sum%11])
}

type qualityAnswer struct {
	Numerator, Denominator int64
	Percent                string
	Score                  *string
	Dimensions             []struct {
		Dimension, Percent     string
		Numerator, Denominator int64
	}
	Findings []struct {
		Kind  string
		Count int64
	}
}

func (q qualityAnswer) found(kind string) int64 {
	for _, f := range q.Findings {
		if f.Kind == kind {
			return f.Count
		}
	}
	return -1
}

// FACTS §12, S2-10: 200 people of whom 5 have no certificate number are
// 97.50 %; who was entered three days late is listed.
func TestDataQualityThroughTheHouse(t *testing.T) {
	for engine, uri := range map[string]func(testing.TB) string{
		"sqlite": func(testing.TB) string { return "" }, "mongodb": storetest.MongoURI,
	} {
		t.Run(engine, func(t *testing.T) {
			h := openHouse(t, uri(t))
			district := h.post("/organizations", map[string]any{"kind": "districtBureau", "name": "青浦区民政局", "divisionCode": "310118"}, http.StatusCreated)
			home := h.post("/organizations", map[string]any{"kind": "institution", "name": "养护院", "divisionCode": "310118", "parentId": district, "approvedBeds": 100}, http.StatusCreated)
			roster, papers := strings.Builder{}, strings.Builder{}
			roster.WriteString("姓名,身份证号码,联系电话,文化程度,入职日期\n")
			papers.WriteString("姓名,证件号码,证书编号,职业名称,等级,发证日期,评价机构\n")
			for i := range 200 {
				fmt.Fprintf(&roster, "王%s,%s,139%08d,高中,2024-03-15\n", strings.Repeat("秀", i%2+1), idNumber(i), 10_000_000+i)
				if i >= 5 {
					fmt.Fprintf(&papers, "王%s,%s,S00003100001223%d%06d,养老护理员,五级/初级工,2023-06-01,评价中心\n", strings.Repeat("秀", i%2+1), idNumber(i), 5, i)
				}
			}
			h.upload("people", home, roster.String())
			h.upload("certificates", home, papers.String())
			for _, organization := range []string{home, district} {
				var q qualityAnswer
				h.get("/statistics/data-quality?organizationId="+organization, &q)
				if q.Numerator != 195 || q.Denominator != 200 || q.Percent != "97.50" || q.found("missingCertificate") != 5 {
					t.Errorf("200 people, 5 without a number: %+v", q)
				}
			}
			var page struct {
				Total int
				Items []struct {
					PersonID, Name, Text string
					Findings             []struct {
						Kind string
						Days int
					}
				}
			}
			h.get("/statistics/data-quality/people?organizationId="+district+"&state=missing&finding=missingCertificate", &page)
			if page.Total != 5 || len(page.Items) != 5 {
				t.Errorf("named: %+v", page)
			}
			// Hired ten days ago and entered today: the limit is seven.
			late := h.post("/people", map[string]any{
				"name": "李桂芳", "idType": "residentId", "idNumber": idNumber(400), "phone": "13800138000", "education": "college",
				"kinds": []string{"caregiver"}, "organizationId": home,
			}, http.StatusCreated)
			h.post("/people/"+late+"/employments", map[string]any{"organizationId": home, "role": "caregiver", "startedOn": "2026-05-31"}, http.StatusCreated)
			h.get("/statistics/data-quality/people?organizationId="+home+"&finding=lateStart", &page)
			if page.Total != 1 || page.Items[0].PersonID != late || page.Items[0].Findings[0].Days != 3 || page.Items[0].Text != "入职登记逾期3天" {
				t.Errorf("late: %+v", page)
			}
			var q qualityAnswer
			h.get("/statistics/data-quality?organizationId="+home, &q)
			if d := q.Dimensions[1]; d.Dimension != "timeliness" || d.Numerator != 0 || d.Denominator != 1 {
				t.Errorf("in time: %+v", d) // the roster was opening stock
			}
			h.call(http.MethodPut, "/people/"+late+"/findings/missingCertificate/word", "application/json", strings.NewReader(`{"word":"尚未取得证书"}`), http.StatusOK, nil)
			h.get("/statistics/data-quality?organizationId="+home, &q)
			if q.Numerator != 196 || q.Denominator != 201 || q.found("missingCertificate") != 5 {
				t.Errorf("after the word: %+v", q)
			}
			if n, err := h.Rebuild(kernel.AsSystem(t.Context(), "rebuild")); err != nil || n != 0 {
				t.Errorf("rebuild: %d differences, %v", n, err)
			}
		})
	}
}

// A number that two homes claim is in doubt at both, and at the bureau above
// them twice; refused rows are owed until they are sent again.
func TestConflictsAndRefusalsAreFindings(t *testing.T) {
	for engine, uri := range map[string]func(testing.TB) string{
		"sqlite": func(testing.TB) string { return "" }, "mongodb": storetest.MongoURI,
	} {
		t.Run(engine, func(t *testing.T) {
			h := openHouse(t, uri(t))
			district := h.post("/organizations", map[string]any{"kind": "districtBureau", "name": "青浦区民政局", "divisionCode": "310118"}, http.StatusCreated)
			home := h.post("/organizations", map[string]any{"kind": "institution", "name": "养护院", "divisionCode": "310118", "parentId": district, "approvedBeds": 100}, http.StatusCreated)
			other := h.post("/organizations", map[string]any{"kind": "institution", "name": "福利院", "divisionCode": "310118", "parentId": district, "approvedBeds": 100}, http.StatusCreated)
			const roster = "姓名,身份证号码,联系电话,文化程度,入职日期\n"
			const papers = "姓名,证件号码,证书编号,职业名称,等级,发证日期,评价机构\n"
			h.upload("people", home, roster+"王秀兰,"+idNumber(1)+",13910000001,高中,2024-03-15\n")
			h.upload("people", other, roster+"李桂芳,"+idNumber(2)+",13910000002,高中,2024-03-15\n")
			h.upload("certificates", home, papers+"王秀兰,"+idNumber(1)+",S000031000012235000001,养老护理员,五级/初级工,2023-06-01,评价中心\n")
			twice, rejected := h.send("certificates", other, papers+"李桂芳,"+idNumber(2)+",S000031000012235000001,养老护理员,五级/初级工,2023-06-01,评价中心\n")
			if rejected != 1 {
				t.Fatalf("%d rows refused, want 1", rejected)
			}
			counts := func(org, kind string, want int64) {
				t.Helper()
				var q qualityAnswer
				h.get("/statistics/data-quality?organizationId="+org, &q)
				if got := q.found(kind); got != want {
					t.Errorf("%s: %d, want %d: %+v", kind, got, want, q)
				}
			}
			counts(home, "numberContested", 1)
			counts(other, "numberContested", 1)
			counts(district, "numberContested", 2)
			counts(home, "refusedRows", 0)
			counts(other, "refusedRows", 1)
			counts(district, "refusedRows", 1)
			var conflicts struct{ Items []struct{ ID string } }
			h.get("/certificate-conflicts", &conflicts)
			var people struct {
				Items []struct{ PersonID string }
			}
			h.get("/statistics/data-quality/people?organizationId="+home+"&finding=numberContested", &people)
			if len(people.Items) != 1 {
				t.Fatalf("named: %+v", people)
			}
			var found struct {
				Items []struct {
					Kind        string
					ConflictIDs []string
				}
			}
			h.get("/people/"+people.Items[0].PersonID+"/findings", &found)
			if f := found.Items[len(found.Items)-1]; f.Kind != "numberContested" || len(f.ConflictIDs) != 1 || f.ConflictIDs[0] != conflicts.Items[0].ID {
				t.Errorf("it does not lead to the conflict: %+v", found)
			}
			var files struct {
				Items []struct {
					ID     string
					ToMend int
				}
			}
			h.get("/imports?toMend=true&organizationId="+district, &files)
			if len(files.Items) != 1 || files.Items[0].ID != twice || files.Items[0].ToMend != 1 {
				t.Errorf("it does not lead to the file: %+v", files)
			}
			h.call(http.MethodPost, "/imports/"+twice+"/dismissal", "application/json", strings.NewReader(`{"reason":"编号由主管部门裁定"}`), http.StatusOK, nil)
			counts(district, "refusedRows", 0)
			// Both turn out to be one person: the conflict is closed, and opened again.
			var one struct{ Items []struct{ ID string } }
			h.get("/people?organizationId="+home, &one)
			kept := one.Items[0].ID
			h.get("/people?organizationId="+other, &one)
			gone := one.Items[0].ID
			h.post("/people/"+kept+"/merges", map[string]any{"otherId": gone, "reason": "同一人"}, http.StatusCreated)
			counts(district, "numberContested", 0)
			h.post("/people/"+kept+"/merges/"+gone+"/undo", map[string]any{"reason": "不是同一人"}, http.StatusOK)
			counts(home, "numberContested", 1)
			counts(district, "numberContested", 2)
			if n, err := h.Rebuild(kernel.AsSystem(t.Context(), "rebuild")); err != nil || n != 0 {
				t.Errorf("rebuild: %d differences, %v", n, err)
			}
		})
	}
}
