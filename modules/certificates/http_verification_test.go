package certificates_test

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"carecert/modules/certificates"
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

func (s site) upload(t *testing.T, path, name, content string) (int, string) {
	t.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	part := must[io.Writer](t)(w.CreateFormFile("file", name))
	_, _ = io.WriteString(part, content)
	w.Close()
	r := httptest.NewRequest(http.MethodPost, path, &buf)
	r.Header.Set("Authorization", "Bearer x")
	r.Header.Set("Content-Type", w.FormDataContentType())
	res, err := s.app.Fiber.Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode, string(must[[]byte](t)(io.ReadAll(res.Body)))
}

func TestVerifyingOverHTTP(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		c := must[certificates.Certificate](t)(s.Register(s.as(home), claim("person-1")))
		second := claim("person-2")
		second.Number = "Y000131000099234000001"
		d := must[certificates.Certificate](t)(s.Register(s.as(home), second))
		one := "/api/v1/certificates/" + string(c.ID)
		for name, x := range map[string]string{"证书.pdf": "MZ\x90 a program", "a.svg": "<svg onload=alert(1)>", "b.html": "<!doctype html>"} {
			if status, body := s.upload(t, one+"/evidence", name, x); status != 415 || !strings.Contains(body, "certificates.evidence_kind") {
				t.Errorf("%s: %d %s", name, status, body)
			}
		}
		status, body := s.upload(t, one+"/evidence", "证书.html", "%PDF-1.4 …")
		var file struct{ ID, Href, Name string }
		if err := json.Unmarshal([]byte(body), &file); err != nil || status != 201 || file.Name != "证书.pdf" {
			t.Fatalf("%d %s", status, body)
		}
		for _, x := range []struct {
			name, path, body string
			status           int
			has, hasNot      string
		}{
			{"the number taken apart", one, "", 200, `"label":"省级代码","from":6,"to":7,"text":"31","meaning":"上海","mark":"fits"`, ""},
			{"where to ask, as text", one, "", 200, `"querySite":"http://jndj.osta.org.cn"`, ""},
			{"the body's name of that day", one, "", 200, `"sameName":true`, ""},
			{"a body that is not registered", "/api/v1/certificates/" + string(d.ID), "", 200, `"valid":false,"sameName":false`, ""},
			{"the queue", "/api/v1/certificates/queue?finding=issuer", "", 200, `"total":1`, string(c.ID)},
			{"no such finding", "/api/v1/certificates/queue?finding=colour", "", 422, "finding", ""},
			{"confirmed with what was seen", one + "/verifications", `{"method":"originalSeen","result":"confirmed","note":"见原件","evidenceIds":["` + file.ID + `"]}`, 201, `"status":"valid"`, ""},
			{"corrected by the same person", one + "/corrections", `{"result":"withdrawn","reason":"弄错"}`, 409, "certificates.second_person", ""},
			{"corrected without a method", one + "/corrections", `{"result":"refuted","reason":"弄错"}`, 422, "certificates.method_missing", ""},
			{"several at once", "/api/v1/certificates/verifications", `{"certificateIds":["` + string(c.ID) + `","` + string(d.ID) + `"],"method":"ostaQuery","result":"confirmed"}`, 200, `"done":1,"refused":1`, ""},
			{"none at once", "/api/v1/certificates/verifications", `{"certificateIds":[],"method":"ostaQuery","result":"confirmed"}`, 422, "certificateIds", ""},
		} {
			status, body := s.ask(t, x.path, x.body, "zh-CN")
			if status != x.status || !strings.Contains(body, x.has) || (x.hasNot != "" && strings.Contains(body, x.hasNot)) {
				t.Errorf("%s: %d %s", x.name, status, body)
			}
		}
		r := httptest.NewRequest(http.MethodGet, file.Href, nil)
		r.Header.Set("Authorization", "Bearer x")
		res, err := s.app.Fiber.Test(r, -1)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		raw := must[[]byte](t)(io.ReadAll(res.Body))
		if string(raw) != "%PDF-1.4 …" || res.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment;") || res.Header.Get("Content-Type") != "application/pdf" {
			t.Errorf("%q %v", raw, res.Header)
		}
	})
}

func TestAConflictOverHTTP(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db) // the officer's reach is the bureau of person-1
		c := s.contested(t)
		status, body := s.ask(t, "/api/v1/certificate-conflicts", "", "zh-CN")
		for _, has := range []string{`"total":1`, `"name":"王秀兰"`, `"name":"赵*宁"`, `"name":"仙霞养老院"`, `"mayDecide":false`} {
			if status != 200 || !strings.Contains(body, has) {
				t.Errorf("%d without %s: %s", status, has, body)
			}
		}
		for _, hidden := range []string{"赵长宁", "person-far", "310105", string(farHome)} {
			if strings.Contains(body, hidden) {
				t.Errorf("%s is shown: %s", hidden, body)
			}
		}
		// Either home learns that there is a conflict, and nothing of the other side.
		for at, hidden := range map[kernel.OrganizationID][]string{
			farHome: {"王秀兰", "王*兰", "person-1", "淀山湖福利院", string(c.Held.Certificate)},
			home:    {"赵长宁", "赵*宁", "person-far", "仙霞养老院"},
		} {
			status, body := newSiteAt(t, db, at).ask(t, "/api/v1/certificate-conflicts", "", "zh-CN")
			if status != 200 || !strings.Contains(body, `"total":1`) || !strings.Contains(body, c.Number) {
				t.Errorf("%s sees %d %s", at, status, body)
			}
			for _, x := range hidden {
				if strings.Contains(body, x) {
					t.Errorf("%s is shown to %s: %s", x, at, body)
				}
			}
		}
		if status, body := s.ask(t, "/api/v1/certificate-conflicts/"+c.ID+"/decision", `{"holder":"held","method":"ostaQuery","reason":"查询一致"}`, "zh-CN"); status != 403 || !strings.Contains(body, "certificates.conflict_one_side") {
			t.Errorf("%d %s", status, body)
		}
		if status, body := s.ask(t, "/api/v1/certificate-conflicts/nothing", "", "zh-CN"); status != 404 || !strings.Contains(body, "certificates.conflict_unknown") {
			t.Errorf("%d %s", status, body)
		}
	})
}
