package certificates_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"carecert/modules/certificates"
	"carecert/modules/kernel"
	"carecert/modules/kit/pdf"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/kit/web"
)

// officer is signed in at the bureau, whatever the credentials, and may all.
type officer struct{ at kernel.OrganizationID }

func (o officer) Authenticate(context.Context, web.Credentials) (web.Identity, error) {
	grants := []kernel.Grant{{Role: kernel.RoleDistrictBureau, Organization: o.at}}
	return web.Identity{Actor: kernel.Actor{User: "u1", Name: "陈科长", Grants: grants}}, nil
}

func (officer) Decide(kernel.Role, string, string) (string, bool) { return web.ScopeTree, true }

type site struct {
	*world
	app *web.App
}

func newSite(t testing.TB, db *store.DB, change ...func(*web.Config)) site {
	t.Helper()
	return newSiteAt(t, db, bureau, change...)
}

func newSiteAt(t testing.TB, db *store.DB, at kernel.OrganizationID, change ...func(*web.Config)) site {
	t.Helper()
	return serve(t, newWorld(t, db), at, change...)
}

// serve puts a world's module on the web.
func serve(t testing.TB, w *world, at kernel.OrganizationID, change ...func(*web.Config)) site {
	t.Helper()
	words, err := web.LoadWords(os.DirFS("../../policies"))
	if err != nil {
		t.Fatal(err)
	}
	cfg := web.Config{
		DB: w.db, Clock: w, Log: slog.New(slog.DiscardHandler), Words: words, Guard: &web.Guard{Authenticator: officer{at}, Enforcer: officer{at}},
	}
	for _, c := range change {
		c(&cfg)
	}
	app := web.NewApp(cfg)
	w.module.Routes(app.Router)
	if err := app.Finish(); err != nil {
		t.Fatal(err)
	}
	if err := w.db.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	return site{w, app}
}

// ask sends a request; a body makes it a POST. The header is the language.
func (s site) ask(t testing.TB, path, body, language string) (int, string) {
	t.Helper()
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer x")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept-Language", language)
	res, err := s.app.Fiber.Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(raw)
}

func quoted(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}

func TestWhatThePublicSees(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		good, gone, old := s.issue(t, completion("person-1", "")), s.issue(t, completion("person-2", "")), s.issue(t, completion("person-3", ""))
		api := "/api/v1/public"
		s.ask(t, api+"/certificates/"+gone.Code, "", "zh-CN") // is remembered
		must[certificates.Certificate](t)(s.Revoke(s.as(school), gone.ID, "学时经核查不实"))
		next := must[certificates.Certificate](t)(s.Replace(s.as(school), old.ID, "姓名更正"))
		text := func(q string) string { return quoted(map[string]string{"qrText": q}) }
		personal := []string{good.Name, good.IDMasked, string(good.Person), s.ids["person-1"]}
		for _, c := range []struct {
			name, path, body, language string
			status                     int
			present                    []string
		}{
			{"a genuine one", api + "/certificates/" + good.Code, "", "zh-CN", 200, []string{`"verdict":"genuine"`, `"nameMasked":"王*兰"`, `"number":"0001-2026-00001"`, `"classHours":"12.00"`, `"statusAsOf":"2026-01-05T02:24:31Z"`, "真实有效"}},
			{"the same again", api + "/certificates/" + good.Code, "", "zh-CN", 200, []string{`"verdict":"genuine"`, `"statusAsOf":"2026-01-05T02:24:31Z"`}},
			{"in English", api + "/certificates/" + good.Code, "", "en", 200, []string{`"verdict":"genuine"`, `signed`}},
			{"a revoked one", api + "/certificates/" + gone.Code, "", "zh-CN", 200, []string{`"verdict":"revoked"`, `"reason":"学时经核查不实"`, `"changedOn":"2026-01-05"`}},
			{"a superseded one", api + "/certificates/" + old.Code, "", "zh-CN", 200, []string{`"verdict":"superseded"`, `"successorCode":"` + next.Code}},
			{"one that is not", api + "/certificates/7QK4M2XW9DHCT3VN", "", "zh-CN", 404, []string{`"code":"certificates.unknown"`}},
			{"a text", api + "/verifications", text(good.QRText), "zh-CN", 200, []string{`"verdict":"genuine"`, `"publicCode":"` + good.Code, `"holder":{"nameMasked":"王*兰"}`}},
			{"a revoked one's text", api + "/verifications", text(gone.QRText), "zh-CN", 200, []string{`"verdict":"revoked"`}},
			{"an altered text", api + "/verifications", text(good.QRText + "A"), "zh-CN", 200, []string{`"verdict":"forged"`, "statusAsOf"}},
			{"another text", api + "/verifications", text("hello"), "zh-CN", 200, []string{`"verdict":"unknown"`}},
			{"no text", api + "/verifications", text(""), "zh-CN", 422, []string{"certificates.qr_text_length"}},
			{"too long a text", api + "/verifications", text(strings.Repeat("A", 4097)), "zh-CN", 422, []string{"certificates.qr_text_length"}},
			{"the longest text", api + "/verifications", text(strings.Repeat("王", 4096)), "zh-CN", 200, []string{`"verdict":"unknown"`}},
			{"a field too many", api + "/verifications", `{"qrText":"x","more":1}`, "zh-CN", 422, []string{"body.more"}},
			{"a field too many beside a good text", api + "/verifications", strings.TrimSuffix(text(good.QRText), "}") + `,"more":1}`, "zh-CN", 422, []string{"body.more"}},
			{"a good text under another name", api + "/verifications", strings.Replace(text(good.QRText), "qrText", "QRTEXT", 1), "zh-CN", 422, []string{"body.QRTEXT"}},
			{"something behind a good text", api + "/verifications", text(good.QRText) + "}", "zh-CN", 400, []string{"input.malformed"}},
			{"two good texts", api + "/verifications", text(good.QRText) + text(good.QRText), "zh-CN", 400, []string{"input.malformed"}},
			{"the holder's number", api + "/identity-checks", quoted(map[string]string{"qrText": good.QRText, "idNumber": s.ids["person-1"]}), "zh-CN", 200, []string{`"matches":true`}},
			{"another number", api + "/identity-checks", quoted(map[string]string{"qrText": good.QRText, "idNumber": s.ids["person-2"]}), "zh-CN", 200, []string{`"matches":false`}},
			{"the keys", api + "/keys", "", "zh-CN", 200, []string{`"kid":1`, `"kty":"OKP"`, `"crv":"Ed25519"`}},
			{"the status list", api + "/status-lists/0", "", "zh-CN", 200, []string{`"id":0`, `"signature":`, `"validUntil":`}},
			{"a status list that is not", api + "/status-lists/9", "", "zh-CN", 404, []string{"certificates.status_list_unknown"}},
			{"the head of the log", api + "/log/head", "", "zh-CN", 200, []string{`"size":6`, `"note":"go.sum database tree`, "carecert-issuance-log"}},
			{"a proof", api + "/log/proof?certificate=" + good.Code, "", "zh-CN", 200, []string{`"leafIndex":`, `"treeSize":6`, `"path":[`}},
			{"a proof of nothing", api + "/log/proof?certificate=7QK4M2XW9DHCT3VN", "", "zh-CN", 404, []string{"certificates.unknown"}},
			{"the page", "/v/" + good.Code, "", "zh-CN", 200, []string{"真实有效", "Genuine", `data-verdict="genuine"`, "王*兰", "0001-2026-00001", "2026-01-05", `id="signature"`, "/assets/verify.js"}},
			{"the page by the address in the QR code", "/V/" + good.Code, "", "zh-CN", 200, []string{"真实有效"}},
			{"the page in English", "/v/" + good.Code, "", "en", 200, []string{`lang="en"`, "Genuine", "真实有效"}},
			{"the page of a revoked one", "/v/" + gone.Code, "", "zh-CN", 200, []string{"已撤销", "Revoked", "学时经核查不实", `data-verdict="revoked"`}},
			{"the page of a superseded one", "/v/" + old.Code, "", "zh-CN", 200, []string{"已被取代", next.Code[:4] + " " + next.Code[4:8]}},
			{"the page of nothing", "/v/7QK4M2XW9DHCT3VN", "", "zh-CN", 404, []string{"查无此证", `data-verdict="unknown"`, "certificates.unknown"}},
		} {
			t.Run(c.name, func(t *testing.T) {
				status, body := s.ask(t, c.path, c.body, c.language)
				if status != c.status {
					t.Fatalf("%d %.400s", status, body)
				}
				for _, p := range c.present {
					if !strings.Contains(body, p) {
						t.Errorf("without %s: %.1200s", p, body)
					}
				}
				for _, p := range personal {
					if strings.Contains(body, p) {
						t.Errorf("tells %s", p)
					}
				}
			})
		}
	})
}

// Whoever scans too often reads a page, a program reads a problem.
func TestTooManyScansAreToldAsAPage(t *testing.T) {
	s := newSite(t, storetest.SQLite(t), func(c *web.Config) { c.RateLimits = true })
	path, status, body := "/v/7QK4M2XW9DHCT3VN", 0, ""
	for range 400 {
		if status, body = s.ask(t, path, "", "zh-CN"); status == http.StatusTooManyRequests {
			break
		}
	}
	for _, want := range []string{"<!doctype html>", "请稍后再查", "请求过于频繁", `data-problem="web.too_many"`, `data-verdict=""`} {
		if status != http.StatusTooManyRequests || !strings.Contains(body, want) {
			t.Errorf("%d without %s: %.600s", status, want, body)
		}
	}
	for range 400 {
		if status, body = s.ask(t, path, "", "en"); status == http.StatusTooManyRequests {
			break
		}
	}
	if !strings.Contains(body, `lang="en"`) || !strings.Contains(body, "try again") {
		t.Errorf("in English: %d %.600s", status, body)
	}
	for range 400 {
		if status, body = s.ask(t, "/api/v1/public/certificates/7QK4M2XW9DHCT3VN", "", "en"); status == http.StatusTooManyRequests {
			break
		}
	}
	if !strings.HasPrefix(body, `{`) {
		t.Errorf("a program: %d %.300s", status, body)
	}
}

// A certificate is of the occupation that was said, known or not, and shown by
// its name; where nothing is said it is that of caregivers.
func TestTheOccupationOfARegisteredOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		const registrations = "/api/v1/certificates/registrations"
		claim := func(person, number, occupation string) string {
			return quoted(map[string]any{
				"personId": person, "family": "skillLevel", "number": number, "level": 4, "issuedOn": "2023-06-01",
				"issuerName": "上海市养老护理技能评价中心", "occupationCode": occupation,
			})
		}
		for _, c := range []struct {
			name, path, body, language string
			status                     int
			present                    []string
			absent                     string
		}{
			{"the known ones, the main one first", "/api/v1/certificates/occupations", "", "zh-CN", 200, []string{`"items":[{"code":"4-10-01-05","name":"养老护理员"},{"code":"4-14-01-03","name":"健康照护师"}]`}, ""},
			{"in English", "/api/v1/certificates/occupations", "", "en", 200, []string{`{"code":"4-10-01-05","name":"Elderly-care worker"}`}, ""},
			{"nothing said", registrations, claim("person-1", "S000031000012234000201", ""), "zh-CN", 201, []string{`"occupationCode":"4-10-01-05","occupationName":"养老护理员"`}, "occupation_unknown"},
			{"by code", registrations, claim("person-1", "S000031000012234000202", "4-14-01-03"), "en", 201, []string{`"occupationName":"Health carer"`}, "occupation_unknown"},
			{"by name", registrations, claim("person-2", "S000031000012234000203", "健康照护师（四级）"), "zh-CN", 201, []string{`"occupationCode":"4-14-01-03","occupationName":"健康照护师"`}, "occupation_unknown"},
			{"one that is in no list", registrations, claim("person-2", "S000031000012234000204", "保育师"), "zh-CN", 201, []string{`"occupationCode":"保育师","occupationName":"保育师"`, "certificates.occupation_unknown"}, ""},
			{"in the queue", "/api/v1/certificates/queue?finding=family", "", "zh-CN", 200, []string{`"total":1`, `"occupationName":"保育师"`}, ""},
			{"claimed for somebody else", registrations, claim("person-2", "S000031000012234000202", "4-14-01-03"), "zh-CN", 409, []string{"certificates.number_taken"}, ""},
			{"and in the conflict", "/api/v1/certificate-conflicts", "", "zh-CN", 200, []string{`"occupationName":"健康照护师"`}, ""},
		} {
			status, body := s.ask(t, c.path, c.body, c.language)
			for _, p := range c.present {
				if status != c.status || !strings.Contains(body, p) || (c.absent != "" && strings.Contains(body, c.absent)) {
					t.Errorf("%s: %d, without %s: %.700s", c.name, status, p, body)
				}
			}
		}
	})
}

func TestTheOffice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		c := s.issue(t, completion("person-3", "")) // a rare character in the name
		one := "/api/v1/certificates/" + string(c.ID)
		picture, err := pdf.QRPNG(c.QRText, 400)
		if err != nil {
			t.Fatal(err)
		}
		if status, body := s.ask(t, one+"/qr.png?size=400", "", "zh-CN"); status != 200 || body != string(picture) {
			t.Errorf("qr.png: %d", status)
		}
		registration := quoted(map[string]any{
			"personId": "person-1", "family": "skillLevel", "number": "S000031000012234000123", "level": 4, "issuedOn": "2023-06-01", "issuerName": "上海市养老护理技能评价中心",
		})
		status, body := s.ask(t, "/api/v1/certificates/registrations", registration, "zh-CN")
		var registered struct{ ID string }
		if err := json.Unmarshal([]byte(body), &registered); err != nil || status != 201 {
			t.Fatalf("%d %s", status, body)
		}
		other := "/api/v1/certificates/" + registered.ID
		for _, c := range []struct {
			name, path, body string
			status           int
			present          []string
		}{
			{"one", one, "", 200, []string{`"qrText":"HTTPS://`, `"publicCode":"` + c.Code, `"statusListId":0`, `"status":"valid"`, `"number":"0001-2026-00001"`, "欧阳䶮𬍛", `/api/v1/classes/class-1`}},
			{"the list", "/api/v1/certificates", "", 200, []string{`"total":2`, c.Code}},
			{"by name", "/api/v1/certificates?q=%E6%AC%A7%E9%98%B3", "", 200, []string{`"total":1`, c.Code}},
			{"of a family", "/api/v1/certificates?family=skillLevel&status=unverified", "", 200, []string{`"total":1`, registered.ID}},
			{"of a family that is none", "/api/v1/certificates?family=diploma", "", 422, []string{"query.family"}},
			{"as a drawing", one + "/qr.svg", "", 200, []string{"<svg"}},
			{"to print", one + "/certificate.pdf", "", 200, []string{"%PDF-"}},
			{"registered again", "/api/v1/certificates/registrations", strings.Replace(registration, "person-1", "person-2", 1), 409, []string{"certificates.number_taken"}},
			{"another level than the number's", "/api/v1/certificates/registrations", strings.Replace(registration, `"level":4`, `"level":3`, 1), 422, []string{"certificates.number_refused", "body.number", "第 16 位"}},
			{"a registered one has no code", other + "/qr.png", "", 409, []string{"certificates.not_issued_here"}},
			{"verified", other + "/verifications", `{"method":"ostaQuery","result":"confirmed","note":"已查"}`, 201, []string{`"status":"valid"`, `"method":"ostaQuery"`}},
			{"verified twice", other + "/verifications", `{"method":"ostaQuery","result":"refuted"}`, 409, []string{"certificates.already_verified"}},
			{"replaced", one + "/replacement", `{"reason":"姓名更正"}`, 201, []string{`"replaces":"` + string(c.ID)}},
			{"and cannot be revoked", one + "/revocation", `{"reason":"学时不实"}`, 409, []string{"certificates.not_valid"}},
			{"without a reason", one + "/revocation", `{"reason":""}`, 422, []string{"body.reason"}},
			{"the next key", "/api/v1/certificates/keys", `{"reason":"每年更换"}`, 201, []string{`"kid":2`, `"retiredAt":"2026-01-05T02:24:31Z"`}},
			{"a key in other hands", "/api/v1/certificates/keys/1/compromise", `{"since":"2026-01-04","reason":"密钥文件外泄"}`, 200, []string{`"compromisedAt":"2026-01-03T16:00:00Z"`}},
			{"a key that is none", "/api/v1/certificates/keys/9/compromise", `{"since":"2026-01-04","reason":"密钥文件外泄"}`, 404, []string{"certificates.key_unknown"}},
			{"one that is not", "/api/v1/certificates/nothing", "", 404, []string{"certificates.unknown"}},
		} {
			t.Run(c.name, func(t *testing.T) {
				status, body := s.ask(t, c.path, c.body, "zh-CN")
				for _, p := range c.present {
					if status != c.status || !strings.Contains(body, p) {
						t.Errorf("%d, without %s: %.600s", status, p, body)
					}
				}
			})
		}
	})
}

func TestACertificateThatCannotBePrintedWhole(t *testing.T) {
	s := newSite(t, storetest.SQLite(t))
	s.cards["person-1"] = kernel.PersonCard{ID: "person-1", Name: "王ئا", Reach: []kernel.OrganizationID{home, bureau}}
	c := s.issue(t, completion("person-1", ""))
	status, body := s.ask(t, "/api/v1/certificates/"+string(c.ID)+"/certificate.pdf", "", "zh-CN")
	if status != 409 || !strings.Contains(body, "certificates.character_unprintable") || !strings.Contains(body, "ئ") {
		t.Errorf("%d %s", status, body)
	}
}

func BenchmarkLookUp(b *testing.B) {
	s := newSite(b, storetest.SQLite(b))
	c := s.issue(b, completion("person-1", ""))
	h := s.app.Fiber.Handler()
	run(b, h, "GET", "/api/v1/public/certificates/"+c.Code, func(int) []byte { return nil })
}

func BenchmarkVerification(b *testing.B) {
	s := newSite(b, storetest.SQLite(b))
	var bodies [][]byte
	for range 2000 {
		c := s.issue(b, completion("person-1", ""))
		bodies = append(bodies, []byte(quoted(map[string]string{"qrText": c.QRText})))
	}
	h := s.app.Fiber.Handler()
	run(b, h, "POST", "/api/v1/public/verifications", func(i int) []byte { return bodies[i%len(bodies)] })
}

// run puts requests to the program without a network between.
func run(b *testing.B, h fasthttp.RequestHandler, method, path string, body func(int) []byte) {
	b.Helper()
	near, far := net.Pipe()
	b.Cleanup(func() { _, _ = near.Close(), far.Close() })
	var ctx fasthttp.RequestCtx
	ctx.Init2(near, nil, false)
	i := 0
	for b.Loop() {
		ctx.Request.Reset()
		ctx.Response.Reset()
		ctx.ResetUserValues()
		ctx.Request.Header.SetMethod(method)
		ctx.Request.SetRequestURI(path)
		ctx.Request.Header.SetContentType("application/json")
		ctx.Request.SetBody(body(i))
		h(&ctx)
		if ctx.Response.StatusCode() != http.StatusOK || !bytes.Contains(ctx.Response.Body(), []byte("genuine")) {
			b.Fatalf("%d %s", ctx.Response.StatusCode(), ctx.Response.Body())
		}
		i++
	}
}
