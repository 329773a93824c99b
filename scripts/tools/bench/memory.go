package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// memory imports so many rows into the program as a process of its own and
// tells the most memory it ever held.
func memory(ctx context.Context, engine, uri, binary, dir string, people int) ([]row, error) {
	const addr = "127.0.0.1:18988"
	cmd := exec.CommandContext(ctx, binary, "serve")
	cmd.Env = append(os.Environ(), "CARECERT_ADDR="+addr, "CARECERT_DATA="+filepath.Join(dir, "memory-"+engine), "MONGODB_URI="+uri, "CARECERT_ADMIN_PASSWORD="+password)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait() // stopped on purpose
	}()
	c := &visitor{base: "http://" + addr}
	if err := c.ready(ctx); err != nil {
		return nil, err
	}
	if err := c.signIn(ctx); err != nil {
		return nil, err
	}
	home, err := c.institution(ctx)
	if err != nil {
		return nil, err
	}
	file, err := roster(people)
	if err != nil {
		return nil, err
	}
	started := time.Now()
	if err := c.send(ctx, file, home, people); err != nil {
		return nil, err
	}
	took := time.Since(started)
	peak, err := status(cmd.Process.Pid, "VmHWM:")
	return []row{{
		engine: engine, what: fmt.Sprintf("peak memory, import of %d rows (%s)", people, took.Round(time.Second)),
		ours: fmt.Sprintf("%.0f MB", peak), bare: "300 MB", ratio: peak / 300, atMost: 1,
	}}, err
}

// visitor uses the program over HTTP, as a browser does.
type visitor struct {
	base, csrf string
	cookie     *http.Cookie
}

func (v *visitor) ready(ctx context.Context) error {
	for started := time.Now(); time.Since(started) < 20*time.Second; time.Sleep(10 * time.Millisecond) {
		if _, err := fetch(ctx, v.base+"/readyz"); err == nil {
			return nil
		}
	}
	return errors.New("the program does not come up")
}

func (v *visitor) call(ctx context.Context, method, path, contentType string, body []byte, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, v.base+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("X-CSRF-Token", v.csrf)
	if v.cookie != nil {
		req.AddCookie(v.cookie)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %d %s", method, path, res.StatusCode, raw)
	}
	if len(res.Cookies()) > 0 {
		v.cookie = res.Cookies()[0]
	}
	return json.Unmarshal(raw, into)
}

func (v *visitor) post(ctx context.Context, path string, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return v.call(ctx, http.MethodPost, path, "application/json", raw, into)
}

func (v *visitor) signIn(ctx context.Context) error {
	var in struct {
		CSRFToken string `json:"csrfToken"`
	}
	err := v.post(ctx, "/sessions", map[string]string{"username": "admin", "password": password}, &in)
	v.csrf = in.CSRFToken
	return err
}

func (v *visitor) institution(ctx context.Context) (id string, err error) {
	var made struct{ ID string }
	for _, o := range []map[string]any{
		{"kind": "districtBureau", "name": "青浦区民政局", "divisionCode": "310118"},
		{"kind": "institution", "name": "淀山湖福利院", "divisionCode": "310118", "subdistrictCode": "310118102"},
	} {
		if err := v.post(ctx, "/organizations", o, &made); err != nil {
			return "", err
		}
	}
	return made.ID, nil
}

// send imports the file and waits until it is through.
func (v *visitor) send(ctx context.Context, file []byte, home string, people int) error {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", "roster.xlsx")
	if err == nil {
		_, err = part.Write(file)
	}
	if err := errors.Join(err, w.WriteField("kind", "people"), w.WriteField("organizationId", home), w.Close()); err != nil {
		return err
	}
	var made struct{ ID string }
	if err := v.call(ctx, http.MethodPost, "/imports", w.FormDataContentType(), body.Bytes(), &made); err != nil {
		return err
	}
	for {
		var now struct {
			Status  string
			Created int
		}
		if err := v.call(ctx, http.MethodGet, "/imports/"+made.ID, "application/json", nil, &now); err != nil {
			return err
		}
		switch {
		case now.Status == "done" && now.Created == people:
			return nil
		case now.Status == "done" || now.Status == "failed":
			return fmt.Errorf("import %s: created %d of %d", now.Status, now.Created, people)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}
