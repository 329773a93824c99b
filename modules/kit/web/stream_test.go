package web_test

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/kit/web"
)

// A drip tells of the levels that are poured, until the jar is empty.
func (s *shelf) drip(levels <-chan int) func(context.Context, web.Opening) (web.Feed[jarView], error) {
	return func(_ context.Context, o web.Opening) (web.Feed[jarView], error) {
		if o.ID == "unknown" {
			return nil, fault.ErrNotFound
		}
		return func(ctx context.Context) (string, jarView, error) {
			select {
			case <-ctx.Done():
				return "", jarView{}, ctx.Err()
			case n, ok := <-levels:
				if !ok {
					return "", jarView{}, errors.New("the jar is empty")
				}
				return strconv.Itoa(n), jarView{ID: o.ID, Label: "after " + o.Last}, nil
			}
		}, nil
	}
}

func TestAStreamTellsAsItHappensAndEndsWithTheServer(t *testing.T) {
	s := newSite(t, storetest.SQLite(t), nil)
	levels := make(chan int)
	web.Stream(s.app.Router, "/jars/{id}/stream", web.May("jar", "read"), s.drip(levels))
	must(t, s.app.Finish())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	served := make(chan error, 1)
	go func() { served <- s.app.Fiber.Listener(l) }()

	open := func(path, token string) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+l.Addr().String()+web.Prefix+path, nil)
		must(t, err)
		r.Header.Set("Authorization", token)
		r.Header.Set("Last-Event-ID", "6")
		res, err := http.DefaultClient.Do(r)
		must(t, err)
		return res
	}
	for path, want := range map[string]int{"/jars/unknown/stream": http.StatusNotFound, "/jars/7/stream": http.StatusUnauthorized} {
		token := ""
		if want == http.StatusNotFound {
			token = "Bearer anna"
		}
		res := open(path, token)
		if res.StatusCode != want || res.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", path, res.StatusCode, res.Header.Get("Content-Type"))
		}
		must(t, res.Body.Close())
	}

	res := open("/jars/7/stream", "Bearer anna")
	defer res.Body.Close()
	if got := res.Header.Get("Content-Type"); got != "text/event-stream" {
		t.Errorf("content type %s", got)
	}
	lines := bufio.NewScanner(res.Body)
	for n := range 3 {
		levels <- n
		var event []string
		for len(event) < 3 && lines.Scan() {
			if line := lines.Text(); line != "" && !strings.HasPrefix(line, "retry") {
				event = append(event, line)
			}
		}
		got := strings.Join(event, "|")
		if want := "id: " + strconv.Itoa(n) + `|event: news|data: {"id":"7","label":"after 6"`; !strings.HasPrefix(got, want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
	must(t, s.app.Shutdown(t.Context())) // would wait for ever for a stream that does not end
	for lines.Scan() {
		if lines.Text() != "" {
			t.Errorf("after the end: %s", lines.Text())
		}
	}
	must(t, <-served)
}
