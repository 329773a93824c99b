package app_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// reads opens a public page, or sends its form, and wants a status and parts.
func (s *scene) reads(method, path string, form url.Values, status int, said ...string) string {
	s.t.Helper()
	req := httptest.NewRequestWithContext(s.t.Context(), method, path, strings.NewReader(form.Encode()))
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.Header.Set("User-Agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile")
	res, err := s.Web.Fiber.Test(req, -1)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	page := string(raw)
	if res.StatusCode != status {
		s.t.Errorf("%s %s: %d, want %d: %s", method, path, res.StatusCode, status, page)
	}
	for _, part := range said {
		if !strings.Contains(page, part) {
			s.t.Errorf("%s %s does not say %s: %s", method, path, part, page)
		}
	}
	return page
}

// A code on the holder's phone is live for a minute; a picture of it, one that
// was opened before, and one that somebody made up are told apart.
func TestACodeShownLive(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		c := s.completed(t, "王秀兰")
		wang, li := s.caregiver("wang", c.PersonID), s.caregiver("li", s.person("李桂芳", nil))
		s.says(li, "GET /certificates/"+c.ID+"/live-code", nil, 404, "certificates.unknown")
		s.says(s.user("home", "institution", s.home), "GET /certificates/"+c.ID+"/live-code", nil, 403, "web.forbidden")
		// The administrator may do everything, and is not the holder all the same.
		s.says(s.token, "GET /certificates/"+c.ID+"/live-code", nil, 403, "presentations.holder_needed")
		s.says(s.token, "POST /certificates/"+c.ID+"/links", map[string]any{}, 403, "presentations.holder_needed")
		var shown struct {
			QRText                  string
			MadeAt, RenewAt, EndsAt time.Time
		}
		fresh := func() (text, part string) {
			s.pass(time.Second)
			s.as(wang, "GET /certificates/"+c.ID+"/live-code", nil, &shown)
			head, _, _ := strings.Cut(shown.QRText, "#")
			return shown.QRText, head[strings.LastIndexByte(head, '/')+1:]
		}
		text, part := fresh()
		if shown.RenewAt.Sub(shown.MadeAt) != 30*time.Second || shown.EndsAt.Sub(shown.MadeAt) != time.Minute || strings.Replace(text, "/"+part, "", 1) != c.QRText {
			t.Errorf("%+v of %s", shown, c.QRText)
		}
		judged := func(text, kind string) {
			t.Helper()
			s.says("", "POST /public/presentations", map[string]any{"qrText": text}, 200, `"showing":"`+kind+`"`)
		}
		s.says("", "POST /public/verifications", map[string]any{"qrText": text}, 200, `"verdict":"genuine"`, c.PublicCode)
		judged(c.QRText, "static")
		judged(text, "live")
		judged(text, "again")
		text, part = fresh()
		s.reads("GET", "/V/"+c.PublicCode+"/"+part, nil, 200, `data-verdict="genuine"`, `data-kind="live"`, "持证人正在出示")
		s.reads("GET", "/v/"+strings.ToLower(c.PublicCode)+"/"+part, nil, 200, `data-kind="again"`)
		s.reads("GET", "/v/"+c.PublicCode, nil, 200, `data-kind="static"`)
		s.pass(time.Minute)
		s.reads("GET", "/v/"+c.PublicCode+"/"+part, nil, 200, `data-verdict="genuine"`, `data-kind="stale"`)
		judged(text, "stale")
		s.says("", "POST /public/verifications", map[string]any{"qrText": text}, 200, `"verdict":"genuine"`)

		last := "0"
		if strings.HasSuffix(part, "0") {
			last = "1"
		}
		madeUp := part[:len(part)-1] + last
		s.reads("GET", "/v/"+c.PublicCode+"/"+madeUp, nil, 200, `data-kind="foreign"`)
		s.reads("GET", "/v/0000000000000000/"+part, nil, 404, `data-verdict="unknown"`)
		s.says("", "POST /public/verifications", map[string]any{"qrText": strings.Replace(text, part, madeUp, 1)}, 200, `"verdict":"forged"`)
		judged(strings.Replace(text, part, madeUp, 1), "static")
		other := s.completed(t, "赵敏")
		s.reads("GET", "/v/"+other.PublicCode+"/"+part, nil, 200, `data-kind="foreign"`)

		// Of eight that open one code at a time, one is the first.
		text, _ = fresh()
		var live atomic.Int32
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if _, raw, _ := s.call("", "POST /public/presentations", map[string]any{"qrText": text}); strings.Contains(string(raw), `"showing":"live"`) {
					live.Add(1)
				}
			})
		}
		all.Wait()
		if live.Load() != 1 {
			t.Errorf("first %d times", live.Load())
		}
		s.must("POST /certificates/"+c.ID+"/revocation", map[string]any{"reason": "冒名学习"})
		s.pass(2 * time.Second)
		_, part = fresh()
		s.reads("GET", "/v/"+c.PublicCode+"/"+part, nil, 200, `data-verdict="revoked"`, `data-kind="live"`)
	})
}

// The phone that made a code shows the sign that its first opener was told; a
// second opener is told none, and nobody else may ask.
func TestASignTellsThePhoneFromItsPicture(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		c := s.completed(t, "王秀兰")
		wang, li := s.caregiver("wang", c.PersonID), s.caregiver("li", s.person("李桂芳", nil))
		var shown struct{ QRText string }
		s.as(wang, "GET /certificates/"+c.ID+"/live-code", nil, &shown)
		head, _, _ := strings.Cut(shown.QRText, "#")
		path := "/certificates/" + c.ID + "/live-code/opening?part="
		at := path + head[strings.LastIndexByte(head, '/')+1:]
		s.says(wang, "GET "+at, nil, 200, `"opened":false`)
		s.says(wang, "GET "+path+"000000000000000000000000", nil, 200, `"opened":false`)
		s.says(li, "GET "+at, nil, 404, "certificates.unknown")
		s.says(s.token, "GET "+at, nil, 403, "presentations.holder_needed")
		var told, again, phone struct{ Showing, Sign, Why string }
		s.as("", "POST /public/presentations", map[string]any{"qrText": shown.QRText}, &told)
		if told.Showing != "live" || len(told.Sign) != 2 || !strings.Contains(told.Why, told.Sign) {
			t.Errorf("%+v", told)
		}
		s.as(wang, "GET "+at, nil, &phone)
		if phone.Sign != told.Sign {
			t.Errorf("the phone shows %q, the verifier was told %q", phone.Sign, told.Sign)
		}
		s.as("", "POST /public/presentations", map[string]any{"qrText": shown.QRText}, &again)
		if again.Showing != "again" || again.Sign != "" || strings.Contains(again.Why, told.Sign+"；") {
			t.Errorf("the second was told %+v", again)
		}
	})
}

// A link opens until it ends, and its holder sees who looked.
func TestALinkSaysWhoLooked(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		c := s.completed(t, "王秀兰")
		wang, li := s.caregiver("wang", c.PersonID), s.caregiver("li", s.person("李桂芳", nil))
		path := "/certificates/" + c.ID + "/links"
		s.says(li, "POST "+path, map[string]any{}, 404, "certificates.unknown")
		s.says(wang, "POST "+path, map[string]any{"hours": 2}, 422, "presentations.link_long")
		var asked, plain struct{ ID, URL string }
		s.as(wang, "POST "+path, map[string]any{"hours": 1, "label": "徐泾养老院面试", "asksName": true}, &asked)
		s.as(wang, "POST "+path, map[string]any{}, &plain)
		at := func(address string) string { return strings.TrimPrefix(address, "https://example.cn") }

		if page := s.reads("GET", at(asked.URL), nil, 200, "打开证书", `name="name"`); strings.Contains(page, "王") || strings.Contains(page, "徐泾") {
			t.Errorf("told before it was opened: %s", page)
		}
		s.reads("POST", at(asked.URL), url.Values{"name": {"  "}}, 422, "请填写您的姓名")
		said := url.Values{"name": {"周 主任"}, "office": {"徐泾养老院"}}
		page := s.reads("POST", at(asked.URL), said, 200, `data-verdict="genuine"`, "王*兰", `data-kind="link"`)
		for _, secret := range []string{c.PublicCode, c.PublicCode[:4] + " " + c.PublicCode[4:8], "log/proof", "/log?code"} {
			if strings.Contains(page, secret) {
				t.Errorf("the page of a link tells %s", secret)
			}
		}
		s.reads("POST", at(plain.URL), url.Values{"name": {"不必说"}}, 200, `data-verdict="genuine"`)
		s.says(wang, "GET /certificate-links/"+asked.ID+"/visits", nil, 200, `"name":"周 主任"`, `"office":"徐泾养老院"`, `"device":"phone"`, `"total":1`)
		if _, raw, _ := s.call(wang, "GET /certificate-links/"+plain.ID+"/visits", nil); !strings.Contains(string(raw), `"total":1`) || strings.Contains(string(raw), "不必说") {
			t.Errorf("a name nobody asked for: %s", raw)
		}
		s.says(li, "GET /certificate-links/"+asked.ID+"/visits", nil, 404, "presentations.link_unknown")
		s.says(li, "DELETE /certificate-links/"+asked.ID, nil, 404, "presentations.link_unknown")
		s.says(wang, "GET /people/"+c.PersonID+"/personal-data", nil, 200, `"certificateLinks":[{`, `"name":"周 主任"`)

		s.pass(time.Hour)
		s.reads("GET", at(asked.URL), nil, http.StatusGone, "链接已到期")
		s.reads("POST", at(asked.URL), said, http.StatusGone, "链接已到期")
		s.as(wang, "DELETE /certificate-links/"+plain.ID, nil, nil)
		s.as(wang, "DELETE /certificate-links/"+plain.ID, nil, nil)
		s.reads("POST", at(plain.URL), said, http.StatusGone, "链接已停用")
		s.reads("GET", "/s/0000000000000000", nil, 404, "没有这个链接")
		s.says(wang, "GET "+path, nil, 200, `"state":"expired"`, `"state":"revoked"`, `"visits":1`)

		for range 10 {
			s.as(wang, "POST "+path, map[string]any{}, nil)
		}
		s.says(wang, "POST "+path, map[string]any{}, 409, "presentations.links_most")
	})
}

// Of visitors who come at one time each is noted, and no more than a link has
// room for.
func TestVisitsAtOneTime(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		c := s.completed(t, "王秀兰")
		wang := s.caregiver("wang", c.PersonID)
		var link struct{ ID, URL string }
		s.as(wang, "POST /certificates/"+c.ID+"/links", map[string]any{}, &link)
		var opened atomic.Int32
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				req := httptest.NewRequestWithContext(t.Context(), "POST", strings.TrimPrefix(link.URL, "https://example.cn"), nil)
				res, err := s.Web.Fiber.Test(req, -1)
				if err != nil {
					t.Error(err)
					return
				}
				if res.Body.Close(); res.StatusCode == http.StatusOK {
					opened.Add(1)
				}
			})
		}
		all.Wait()
		_, raw, _ := s.call(wang, "GET /certificate-links/"+link.ID+"/visits", nil)
		var told struct{ Total int32 }
		if err := json.Unmarshal(raw, &told); err != nil || opened.Load() != 8 || told.Total != 8 {
			t.Errorf("%d of 8 opened it, %s", opened.Load(), raw)
		}
	})
}

// Links follow a record into the one it turns out to be, and back.
func TestLinksFollowMerges(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		c := s.completed(t, "王秀兰")
		wang := s.caregiver("wang", c.PersonID)
		var link struct{ ID string }
		s.as(wang, "POST /certificates/"+c.ID+"/links", map[string]any{"label": "徐泾养老院面试"}, &link)
		kept := s.person("王秀兰", nil)
		told := func(of string) bool {
			t.Helper()
			return strings.Contains(string(s.must("GET /people/"+of+"/personal-data", nil)), "徐泾养老院面试")
		}
		s.must("POST /people/"+kept+"/merges", map[string]any{"otherId": c.PersonID, "reason": "同一人"})
		if !told(kept) {
			t.Error("the links of the other record are not told")
		}
		s.must("POST /people/"+kept+"/merges/"+c.PersonID+"/undo", map[string]any{"reason": "核对后是两人"})
		if told(kept) || !told(c.PersonID) {
			t.Errorf("after it was undone: %v and %v", told(kept), told(c.PersonID))
		}
	})
}
