package imports

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/kit/web"
)

// teacher is signed in at the home whatever the credentials, and may all.
type teacher struct{}

func (teacher) Authenticate(context.Context, web.Credentials) (web.Identity, error) {
	grants := []kernel.Grant{{Role: kernel.RoleSchool, Organization: "home"}}
	return web.Identity{Actor: kernel.Actor{User: "u1", Name: "沈老师", Grants: grants}}, nil
}

func (teacher) Decide(kernel.Role, string, string) (string, bool) { return web.ScopeTree, true }

type site struct {
	rig
	app *web.App
}

func newSite(t *testing.T, db *store.DB) site {
	t.Helper()
	words, err := web.LoadWords(os.DirFS("../../../policies"))
	if err != nil {
		t.Fatal(err)
	}
	app := web.NewApp(web.Config{
		DB: db, Clock: kernel.ClockFunc(time.Now), Log: slog.New(slog.DiscardHandler), Words: words,
		Guard: &web.Guard{Authenticator: teacher{}, Enforcer: teacher{}},
	})
	s := site{newRig(t, db), app}
	s.module.Routes(app.Router)
	app.Finish()
	if err := db.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s site) do(t *testing.T, r *http.Request) (int, []byte) {
	t.Helper()
	r.Header.Set("Authorization", "Bearer x")
	res, err := s.app.Fiber.Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, body
}

func upload(t *testing.T, file []byte, fields map[string]string) *http.Request {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", "花名册.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		t.Fatal(err)
	}
	for k, v := range fields {
		if err := w.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/api/v1/imports", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

func TestOverHTTP(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db)
		over := s.diary.over
		ctx, stop := context.WithCancel(s.ctx)
		ended := make(chan struct{})
		go func() { defer close(ended); s.queue.Run(ctx, 1) }()
		defer func() { stop(); <-ended }()

		fields := map[string]string{"kind": "people", "organizationId": "home", "dryRun": "false"}
		request := func() *http.Request {
			r := upload(t, sample(t, "roster-sample.xlsx"), fields)
			r.Header.Set("Idempotency-Key", "one")
			return r
		}
		status, body := s.do(t, request())
		var accepted struct{ ID string }
		if err := json.Unmarshal(body, &accepted); err != nil || status != http.StatusAccepted || accepted.ID == "" {
			t.Fatalf("%d %s", status, body)
		}
		if status, again := s.do(t, request()); status != http.StatusAccepted || !bytes.Contains(again, []byte(accepted.ID)) {
			t.Errorf("the same key: %d %s", status, again)
		}
		<-over
		for _, c := range []struct {
			name, path string
			status     int
			present    []string
		}{
			{"the report", "/imports/" + accepted.ID, 200, []string{
				`"status":"done"`, `"total":60`, `"created":56`, `"rejected":4`, `"fileName":"花名册.xlsx"`,
				`"row":18,"column":"身份证号","code":"imports.number_lost_digits","message":"“身份证号”被表格软件当成了数值`,
			}},
			{"the list", "/imports", 200, []string{accepted.ID, `"total":1`}},
			{"the error workbook", "/imports/" + accepted.ID + "/errors.xlsx", 200, []string{"PK\x03\x04"}},
			{"the template", "/imports/templates/people.xlsx", 200, []string{"PK\x03\x04"}},
			{"a template that is not", "/imports/templates/hours.xlsx", 422, []string{"imports.kind_unsupported"}},
			{"an import that is not", "/imports/nothing", 404, []string{"imports.unknown"}},
		} {
			t.Run(c.name, func(t *testing.T) {
				status, body := s.do(t, httptest.NewRequest(http.MethodGet, "/api/v1"+c.path, nil))
				for _, p := range c.present {
					if status != c.status || !bytes.Contains(body, []byte(p)) {
						t.Errorf("%d, without %s: %.600s", status, p, body)
					}
				}
			})
		}
		t.Run("a workbook is sent to be saved", func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/api/v1/imports/templates/people.xlsx", nil)
			r.Header.Set("Authorization", "Bearer x")
			res, err := s.app.Fiber.Test(r, -1)
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			if ct, cd := res.Header.Get("Content-Type"), res.Header.Get("Content-Disposition"); !strings.HasSuffix(ct, "spreadsheetml.sheet") || !strings.HasPrefix(cd, "attachment") {
				t.Errorf("%s, %s", ct, cd)
			}
		})
		t.Run("a file that is no table is refused at once", func(t *testing.T) {
			if status, body := s.do(t, upload(t, []byte("%PDF-1.7"), fields)); status != 422 || !bytes.Contains(body, []byte("imports.not_a_workbook")) {
				t.Errorf("%d %s", status, body)
			}
		})
		t.Run("a body that is no form is another media type", func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/api/v1/imports", strings.NewReader(`{"kind":"people"}`))
			r.Header.Set("Content-Type", "application/json")
			if status, body := s.do(t, r); status != 415 || !bytes.Contains(body, []byte("web.media_type")) {
				t.Errorf("%d %s", status, body)
			}
		})
		t.Run("a withdrawal", func(t *testing.T) {
			r := httptest.NewRequest(http.MethodPost, "/api/v1/imports/"+accepted.ID+"/withdrawal", strings.NewReader(`{"reason":"发错了文件"}`))
			r.Header.Set("Content-Type", "application/json")
			if status, body := s.do(t, r); status != 200 || !bytes.Contains(body, []byte(`"withdrawable":false`)) {
				t.Errorf("%d %s", status, body)
			}
		})
	})
}
