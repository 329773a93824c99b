// Package demo fills an empty database with an invented district, through the
// same API that everybody uses: 青浦 with its streets, the institutions, the
// school and the bases that the 2025 task list names, about three hundred
// synthetic people, two years of classes, and a dozen named characters, one
// per rule edge. Nobody in it exists.
package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
)

// Handler answers one request in process; the app's test entrance does.
type Handler func(*http.Request) (*http.Response, error)

// client calls the API with one user's token.
type client struct {
	do    Handler
	token string
}

type call struct {
	method, path string
	body         any
	content      string // of a prepared body
	want         int
}

// send makes a call and decodes the answer into out (nil to drop it).
func (c *client) send(ctx context.Context, k call, out any) error {
	var body io.Reader
	switch b := k.body.(type) {
	case nil:
	case io.Reader:
		body = b
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			return fmt.Errorf("demo: encode %s: %w", k.path, err)
		}
		body, k.content = bytes.NewReader(raw), "application/json"
	}
	req := httptest.NewRequestWithContext(ctx, k.method, "/api/v1"+k.path, body)
	req.Header.Set("Content-Type", k.content)
	req.Header.Set("Accept-Language", "zh-CN")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.do(req)
	if err != nil {
		return fmt.Errorf("demo: %s %s: %w", k.method, k.path, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("demo: %s %s: %w", k.method, k.path, err)
	}
	if res.StatusCode != k.want {
		return fmt.Errorf("demo: %s %s answered %d, want %d: %.400s", k.method, k.path, res.StatusCode, k.want, raw)
	}
	if out == nil || len(raw) == 0 {
		return nil
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("demo: decode %s %s: %w", k.method, k.path, err)
	}
	return nil
}

func (c *client) post(ctx context.Context, path string, body, out any) error {
	return c.send(ctx, call{method: http.MethodPost, path: path, body: body, want: http.StatusCreated}, out)
}

func (c *client) act(ctx context.Context, path string, body, out any) error {
	return c.send(ctx, call{method: http.MethodPost, path: path, body: body, want: http.StatusOK}, out)
}

func (c *client) put(ctx context.Context, path string, body any) error {
	return c.send(ctx, call{method: http.MethodPut, path: path, body: body, want: http.StatusOK}, nil)
}

func (c *client) patch(ctx context.Context, path string, body any) error {
	return c.send(ctx, call{method: http.MethodPatch, path: path, body: body, want: http.StatusOK}, nil)
}

func (c *client) get(ctx context.Context, path string, out any) error {
	return c.send(ctx, call{method: http.MethodGet, path: path, want: http.StatusOK}, out)
}

// upload sends a file to the importer and waits until it is through.
func (c *client) upload(ctx context.Context, kind, organization, name string, file []byte) error {
	var job struct{ ID string }
	fields := map[string]string{"kind": kind, "organizationId": organization, "dryRun": "false"}
	if err := c.form(ctx, "/imports", name, file, fields, http.StatusAccepted, &job); err != nil {
		return err
	}
	return c.await(ctx, job.ID)
}

// form posts a file with its fields.
func (c *client) form(ctx context.Context, path, name string, file []byte, fields map[string]string, want int, out any) error {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for field, value := range fields {
		if err := w.WriteField(field, value); err != nil {
			return err
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		return err
	}
	if _, err := part.Write(file); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return c.send(ctx, call{method: http.MethodPost, path: path, body: &buf, content: w.FormDataContentType(), want: want}, out)
}
