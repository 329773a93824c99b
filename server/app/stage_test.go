package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"carecert/modules/accounts"
	"carecert/modules/kernel"
	"carecert/modules/kit/store/storetest"
	"carecert/server/app"
	"carecert/server/config"
)

// engines names a fresh database on each engine: the empty URI is the embedded
// one.
func engines() map[string]func(testing.TB) string {
	return map[string]func(testing.TB) string{"sqlite": func(testing.TB) string { return "" }, "mongodb": storetest.MongoURI}
}

// read makes a configuration of an environment, with a data folder of its own.
func read(t *testing.T, env map[string]string) config.Config {
	t.Helper()
	cfg, err := config.Read(func(k string) string { return env[k] }, config.Flags{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if cfg.MongoURI == "" {
		storetest.File(t, cfg.DatabaseFile())
	}
	return cfg
}

// configured reads a configuration with a data folder of its own.
func configured(t *testing.T, uri string) config.Config {
	t.Helper()
	return read(t, map[string]string{"MONGODB_URI": uri})
}

// opened puts the program together, as a server (run) or as a command.
func opened(t *testing.T, cfg config.Config, run bool) *app.App {
	t.Helper()
	a, err := app.Open(t.Context(), cfg, slog.New(slog.DiscardHandler), app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	if run {
		if err := a.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

// stage is a running program that is asked over HTTP.
type stage struct {
	*app.App
	t     *testing.T
	admin string // token
}

const stagePassword = "stage-password"

func newStage(t *testing.T, cfg config.Config) *stage {
	t.Helper()
	s := &stage{App: opened(t, cfg, true), t: t}
	if _, _, err := s.Accounts.Service.Bootstrap(t.Context(), stagePassword); err != nil {
		t.Fatal(err)
	}
	s.admin = s.token("admin")
	return s
}

// token signs a user in and gives a bearer token of theirs.
func (s *stage) token(username string) string {
	s.t.Helper()
	in, err := s.Accounts.Service.SignIn(s.t.Context(), accounts.Login{Username: username, Password: stagePassword})
	if err != nil {
		s.t.Fatalf("sign in %s: %v", username, err)
	}
	actor := kernel.Actor{User: in.User.ID, Person: in.User.Person, Name: in.User.DisplayName, Grants: in.User.Grants}
	token, err := s.Accounts.Service.AddToken(kernel.WithActor(s.t.Context(), actor), "stage", s.Clock.Now().Add(time.Hour))
	if err != nil {
		s.t.Fatal(err)
	}
	return token.Secret
}

// ask makes a request and gives the answer as it is.
func (s *stage) ask(token, method, path string, body any) (int, []byte, http.Header) {
	s.t.Helper()
	var sent io.Reader
	kind := "application/json"
	switch b := body.(type) {
	case nil:
	case *form:
		sent, kind = &b.Buffer, b.kind
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			s.t.Fatal(err)
		}
		sent = bytes.NewReader(raw)
	}
	r := httptest.NewRequestWithContext(s.t.Context(), method, "/api/v1"+path, sent)
	if sent != nil {
		r.Header.Set("Content-Type", kind)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := s.Web.Fiber.Test(r, -1)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, raw, res.Header
}

// must asks, wants a status of success, and gives the answer.
func (s *stage) must(token, method, path string, body any) map[string]any {
	s.t.Helper()
	status, raw, _ := s.ask(token, method, path, body)
	if status >= 300 {
		s.t.Fatalf("%s %s: %d %s", method, path, status, raw)
	}
	var out map[string]any
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &out); err != nil {
			s.t.Fatalf("%s %s: %v in %s", method, path, err, raw)
		}
	}
	return out
}

// made is must for what has an id.
func (s *stage) made(token, method, path string, body any) string {
	s.t.Helper()
	id, ok := s.must(token, method, path, body)["id"].(string)
	if !ok {
		s.t.Fatalf("%s %s made nothing with an id", method, path)
	}
	return id
}

// user makes an account and gives a token of it.
func (s *stage) user(username, role, organization, person string) string {
	s.t.Helper()
	grant := map[string]any{"role": role}
	if organization != "" {
		grant["organizationId"] = organization
	}
	body := map[string]any{"username": username, "displayName": username, "password": stagePassword, "grants": []any{grant}}
	if person != "" {
		body["personId"] = person
	}
	s.made(s.admin, http.MethodPost, "/users", body)
	return s.token(username)
}

// form is a multipart body.
type form struct {
	bytes.Buffer
	kind string
}

func newForm(t *testing.T, name string, file []byte, fields map[string]string) *form {
	t.Helper()
	f := &form{}
	w := multipart.NewWriter(&f.Buffer)
	for k, v := range fields {
		if err := w.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f.kind = w.FormDataContentType()
	return f
}

// until waits for something that background work does.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 400 {
		if done() {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("waited in vain for %s", what)
}

// stageNumber makes identity numbers that check.
func stageNumber(n int) string {
	first17 := fmt.Sprintf("31011819850615%03d", n)
	weights := []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(first17[i]-'0') * w
	}
	return first17 + string("10X98765432"[sum%11])
}
