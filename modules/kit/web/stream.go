package web

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

// Limits of streams.
const (
	streamLife  = 10 * time.Minute // then the browser comes again, and its session is looked at anew
	streamPulse = 15 * time.Second // a sign of life, by which a reader who has left is noticed
	maxStreams  = 2000             // open at a time on one instance
)

const eventStream = "text/event-stream"

// Feed tells what is new, one event a call: it waits until there is something,
// or until ctx ends, when it answers ctx's error. The id is what a reader who
// comes again brings along, so that it misses nothing.
type Feed[E any] func(ctx context.Context) (id string, event E, err error)

// Opening is what a stream is opened with.
type Opening struct {
	ID   string // of the path
	Last string // id of the last event that the reader has seen, or empty
}

// Stream registers a read that goes on answering, as server-sent events of the
// name "news" with an E as JSON. What open refuses is a problem as anywhere; a
// feed that fails later ends the stream, and the reader comes again.
func Stream[E any](r *Router, path string, p Permission, open func(context.Context, Opening) (Feed[E], error), opts ...Option) {
	opts = append(opts, func(op *huma.Operation) {
		op.Responses = map[string]*huma.Response{"200": {
			Description: `server-sent events: event "news", data as JSON of this schema, one at a time`,
			Content:     map[string]*huma.MediaType{eventStream: {Schema: r.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[E](), true, "News")}},
		}}
	})
	r.naming = packageOf[E, E]()
	Raw(r, http.MethodGet, path, p, func(c *fiber.Ctx) error {
		ctx, leave, err := r.streams.enter(c.UserContext())
		if err != nil {
			return err
		}
		feed, err := open(ctx, Opening{ID: c.Params("id"), Last: c.Get("Last-Event-ID")})
		if err != nil {
			leave()
			return err
		}
		c.Set(fiber.HeaderContentType, eventStream)
		c.Set("X-Accel-Buffering", "no") // proxies pass each event on at once
		c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
			defer leave()
			if err := pour(ctx, w, feed); ctx.Err() == nil {
				r.log.InfoContext(ctx, "stream ended", "path", path, "error", err)
			}
		})
		return nil
	}, opts...)
}

// pour writes the feed's events until it fails, the reader leaves or ctx ends,
// and tells which.
func pour[E any](ctx context.Context, w *bufio.Writer, feed Feed[E]) error {
	if _, err := fmt.Fprint(w, "retry: 2000\n\n"); err != nil {
		return err
	}
	for {
		if err := w.Flush(); err != nil {
			return err
		}
		waiting, cancel := context.WithTimeout(ctx, streamPulse)
		id, event, err := feed(waiting)
		cancel()
		switch {
		case err == nil:
			err = write(w, id, event)
		case ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded):
			_, err = fmt.Fprint(w, ": still here\n\n")
		}
		if err != nil {
			return err
		}
	}
}

func write(w *bufio.Writer, id string, event any) error {
	raw, err := json.Marshal(event)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "id: %s\nevent: news\ndata: %s\n\n", strings.NewReplacer("\r", "", "\n", "").Replace(id), raw)
	return err
}

// streams are the open ones: counted, and ended when the server stops, which
// would wait for them.
type streams struct {
	mu    sync.Mutex
	next  int
	open  map[int]context.CancelFunc
	ended bool
}

func newStreams() *streams { return &streams{open: map[int]context.CancelFunc{}} }

// enter gives the context of a stream: the request's values, a life of its own.
func (s *streams) enter(request context.Context) (ctx context.Context, leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || len(s.open) >= maxStreams {
		return nil, nil, errTooMany.With("retryAfter", int(streamPulse.Seconds()))
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(request), streamLife)
	id := s.next
	s.next++
	s.open[id] = cancel
	return ctx, func() {
		cancel()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, id)
	}, nil
}

func (s *streams) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	for _, cancel := range s.open {
		cancel()
	}
}

// Shutdown ends the streams and stops the server, once what it is answering is
// answered or ctx ends.
func (a *App) Shutdown(ctx context.Context) error {
	a.Router.streams.end()
	return a.Fiber.ShutdownWithContext(ctx)
}
