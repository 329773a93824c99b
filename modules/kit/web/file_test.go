package web_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"testing"

	"github.com/gofiber/fiber/v2"

	"carecert/modules/kit/web"
)

// endless reads as so many bytes without holding them.
type endless struct{ largest int }

func (e *endless) ReadAt(p []byte, _ int64) (int, error) {
	e.largest = max(e.largest, len(p))
	clear(p)
	return len(p), nil
}

// A file of any size is sent in the memory of a piece of it.
func TestAFileIsStreamed(t *testing.T) {
	const size = 512 << 20
	source := &endless{}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/file", func(c *fiber.Ctx) error {
		return web.SendFile(c, web.File{Content: io.NewSectionReader(source, 0, size), ContentType: "video/mp4"})
	})
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- app.Listener(listener) }()
	t.Cleanup(func() {
		if err := app.ShutdownWithContext(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	for asked, want := range map[string]int64{"": size, "bytes=1000-": size - 1000, "bytes=-77": 77} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+listener.Addr().String()+"/file", nil)
		if err != nil {
			t.Fatal(err)
		}
		if asked != "" {
			req.Header.Set("Range", asked)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, res.Body)
		if err := res.Body.Close(); err != nil {
			t.Error(err)
		}
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; err != nil || n != want || res.ContentLength != want || grown > 4<<20 {
			t.Errorf("%q: %d of %d bytes with %d of memory, %v", asked, n, want, grown, err)
		}
	}
	if source.largest > 1<<20 {
		t.Errorf("%d bytes were read at once", source.largest)
	}
}
