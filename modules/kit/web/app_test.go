package web_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"carecert/modules/kit/store/storetest"
	"carecert/modules/kit/web"
)

func TestPace(t *testing.T) {
	s := newSite(t, storetest.SQLite(t), func(c *web.Config) { c.RateLimits, c.TrustedProxies = true, []string{"0.0.0.0"} })
	ask := func(from string) int {
		res, _ := s.call(t, "GET /public/jars/none", "X-Forwarded-For: "+from)
		if res.StatusCode == http.StatusTooManyRequests && res.Header.Get("Retry-After") == "" {
			t.Error("429 without Retry-After")
		}
		return res.StatusCode
	}
	var got []int
	for range 4 {
		got = append(got, ask("192.0.2.1"))
	}
	if !slices.Equal(got, []int{404, 404, 404, 429}) {
		t.Errorf("four in a row: %v", got)
	}
	if got := ask("192.0.2.2"); got != 404 {
		t.Errorf("another address is refused too: %d", got)
	}
	var neighbours []int
	for _, from := range []string{"2001:db8::1", "2001:db8::2", "2001:db8::ffff:3", "2001:db8::4", "2001:db8:0:1::1"} {
		neighbours = append(neighbours, ask(from))
	}
	if !slices.Equal(neighbours, []int{404, 404, 404, 429, 404}) {
		t.Errorf("four of one IPv6 network and one of the next: %v", neighbours)
	}
	if got := ask("192.0.2.9, 192.0.2.1"); got != 429 {
		t.Errorf("an address made up by the sender is believed: %d", got)
	}
}

func TestOpenAPI(t *testing.T) {
	one := newSite(t, storetest.SQLite(t), nil)
	first, err := one.app.Router.OpenAPI()
	must(t, err)
	second, err := newSite(t, storetest.SQLite(t), nil).app.Router.OpenAPI()
	must(t, err)
	if string(first) != string(second) {
		t.Error("two descriptions of the same routes differ")
	}
	for _, want := range []string{
		`"openapi": "3.1.0"`, `"operationId": "post-jars"`, `"name": "Idempotency-Key"`, `"/jars/{id}/label.txt"`, `"format": "date"`,
		`"application/problem+json"`, `"additionalProperties": false`, `"maximum": 5`, `"Problem": {`,
	} {
		if !strings.Contains(string(first), want) {
			t.Errorf("the description lacks %s", want)
		}
	}
	if res, body := one.call(t, "GET //api/openapi.json"); res.StatusCode != http.StatusOK || body != string(first) {
		t.Errorf("served: %d", res.StatusCode)
	}
}

func TestFinish(t *testing.T) {
	for _, c := range []struct {
		name, want string
		wrong      func(*web.Router, *shelf)
	}{
		{"a route twice", "registered twice", func(r *web.Router, s *shelf) { web.Get(r, "/jars", web.May("jar", "list"), s.list) }},
		{"an open route that no policy opens", "no policy grants", func(r *web.Router, s *shelf) { web.Get(r, "/open", web.Public("jar", "list"), s.list) }},
		{"an embedded part that is not read", "must be exported", func(r *web.Router, s *shelf) {
			type part struct {
				ID string `path:"id"`
			}
			type input struct{ part }
			web.Get(r, "/parts/{id}", web.May("jar", "list"), func(ctx context.Context, in *input) (*web.Versioned[jarView], error) {
				return s.read(ctx, &JarInput{ID: in.ID})
			})
		}},
		{"a First of another input", "another input", func(r *web.Router, s *shelf) {
			web.Post(r, "/other", web.May("jar", "list"), s.spill, web.First(s.steep))
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newSite(t, storetest.SQLite(t), nil)
			c.wrong(s.app.Router, s.shelf)
			if err := s.app.Finish(); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestHealth(t *testing.T) {
	s := newSite(t, storetest.SQLite(t), func(c *web.Config) { c.MetricsToken = "meter" })
	for _, c := range []answer{
		{"alive", "GET //healthz", nil, 200, "ok", ""},
		{"ready", "GET //readyz", nil, 200, "ready", ""},
		{"metrics are not for everybody", "GET //metrics", nil, 403, "web.forbidden", "seconds"},
		{"nor for a wrong token", "GET //metrics", []string{"Authorization: Bearer other"}, 403, "web.forbidden", "seconds"},
		{"but for whoever holds the token", "GET //metrics", []string{"Authorization: Bearer meter"}, 200, "carecert_http_request_seconds", ""},
	} {
		t.Run(c.name, func(t *testing.T) { s.expect(t, c) })
	}
}

// Whoever is not signed in is refused by the length they announce; nothing of
// it is read.
func TestLargeBodiesAreNotRead(t *testing.T) {
	s := newSite(t, storetest.SQLite(t), nil)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	served := make(chan error, 1)
	go func() { served <- s.app.Fiber.Listener(l) }()
	const tooLarge, nobody = `413 "code":"web.too_large"`, `401 "code":"accounts.not_signed_in"`
	form := "Content-Type: multipart/form-data; boundary=x\r\n"
	for _, c := range []struct{ name, header, want string }{
		{"a document", "Content-Type: application/json\r\nAuthorization: Bearer anna\r\nContent-Length: 9000000", tooLarge},
		{"an upload from nobody", form + "Content-Length: 9000000", nobody},
		{"an upload with credentials that nobody knows", form + "Authorization: Bearer stranger\r\nContent-Length: 9000000", nobody},
		{"an upload with a cookie that nobody knows", form + "Cookie: carecert_session=stranger\r\nContent-Length: 9000000", nobody},
		{"a head without an end", "X-Padding: " + strings.Repeat("x", 5000), tooLarge},
		{"an upload beyond all limits", form + "Authorization: Bearer anna\r\nContent-Length: 900000000", tooLarge},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", l.Addr().String())
			must(t, err)
			defer conn.Close()
			_, err = io.WriteString(conn, "POST /api/v1/jars HTTP/1.1\r\nHost: x\r\nAccept-Language: en\r\n"+c.header+"\r\n\r\n")
			must(t, err)
			res, err := http.ReadResponse(bufio.NewReader(conn), nil)
			must(t, err)
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			must(t, err)
			status, code, _ := strings.Cut(c.want, " ")
			if strconv.Itoa(res.StatusCode) != status || !strings.Contains(string(body), code) {
				t.Errorf("%d %s", res.StatusCode, body)
			}
		})
	}
	must(t, s.app.Fiber.Shutdown())
	must(t, <-served)
}

func TestAnswersArePacked(t *testing.T) {
	s := newSite(t, storetest.SQLite(t), nil)
	if res, _ := s.call(t, "GET /jars/j1/label.txt", anna, "Accept-Encoding: gzip"); res.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("%v", res.Header)
	}
}
