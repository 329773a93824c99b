package witnesses_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"gopkg.in/yaml.v3"

	"carecert/modules/kernel"
	"carecert/modules/kit/job"
	"carecert/modules/kit/lease"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/kit/testkit"
	"carecert/modules/witnesses"
	"carecert/modules/witnesses/carry"
	"carecert/modules/witnesses/rule"
	"carecert/modules/witnesses/wire"
	"carecert/modules/witnesses/wire/wiretest"
)

// world is the module on a log in memory, as a log and as a witness.
type world struct {
	*testkit.House
	*witnesses.Service
	t     *testing.T
	issue *wiretest.Log
	dir   string
	later atomic.Int64 // nanoseconds that the machine's clock is ahead by
	jobs  *job.Queue
}

func (w *world) Seal(_, plain string) string { return "sealed:" + plain }

func (w *world) Open(_, sealed string) (string, error) {
	return strings.TrimPrefix(sealed, "sealed:"), nil
}

func (w *world) Key() string { return w.issue.Public }

func (w *world) admin() context.Context {
	return kernel.WithActor(w.t.Context(), kernel.Actor{User: "u1", Name: "陈科长"})
}

func (w *world) verbs() (out []string) {
	for _, a := range w.Logged() {
		out = append(out, a.Noun+":"+a.Verb)
	}
	return out
}

func (w *world) Grown(_ context.Context, from int64) (witnesses.Grown, error) {
	log := w.issue.Copy() // deliveries run beside the test
	if log.Size == 0 {
		return witnesses.Grown{}, nil
	}
	g := witnesses.Grown{Note: log.Head(w.t, log.Size).Note, Shorter: from > log.Size}
	if from > 0 && !g.Shorter {
		var err error
		if g.FromRoot, err = tlog.TreeHash(from, log); err != nil {
			return g, err
		}
		g.Proof = log.Proof(w.t, from, log.Size)
	}
	return g, nil
}

func newWorld(t *testing.T, db *store.DB) *world {
	t.Helper()
	return newWorldWith(t, db, nil)
}

// newWorldWith keeps files in another way, unless it is nil.
func newWorldWith(t *testing.T, db *store.DB, keeper func(dir string) witnesses.Keeper) *world {
	t.Helper()
	raw, err := os.ReadFile("../../policies/rules/witnesses.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var rows []rule.Row
	if err := yaml.Unmarshal(raw, &rows); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, issue: wiretest.New(t), dir: t.TempDir(), House: testkit.At(time.Date(2026, 6, 18, 1, 0, 0, 0, time.UTC))}
	machine := kernel.ClockFunc(func() time.Time { return time.Now().Add(time.Duration(w.later.Load())) })
	leases := lease.New(db, machine)
	w.jobs = job.New(db, leases, machine, slog.New(slog.DiscardHandler))
	var folder witnesses.Keeper = carry.FolderKeeper{Dir: w.dir}
	if keeper != nil {
		folder = keeper(w.dir)
	}
	w.Service = witnesses.New(witnesses.Deps{
		DB: db, Clock: w, Log: slog.New(slog.DiscardHandler), Audit: w, Secrets: w, Issuance: w, Jobs: w.jobs, Leases: leases, Rows: rows, BaseURL: "https://cert.example.cn",
		Carriers: witnesses.Carriers{Bureau: carry.NewBureau(true), Folder: folder},
		Say:      func(_, code string, _ ...string) string { return code },
	}).Service
	if err := db.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

// run works on the queue until the end of the test.
func (w *world) run() {
	ctx, stop := context.WithCancel(w.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); w.jobs.Run(ctx, 1) }()
	w.t.Cleanup(func() { stop(); <-done })
}

// bureau serves a world as a witness, as its HTTP layer does.
func (w *world) bureau() string {
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		raw := make([]byte, r.ContentLength)
		if _, err := r.Body.Read(raw); err != nil && err.Error() != "EOF" {
			w.t.Error(err)
		}
		reply, err := w.Countersign(kernel.WithActor(context.WithoutCancel(w.t.Context()), kernel.Actor{}), string(raw))
		switch {
		case errors.Is(err, witnesses.ErrNoLog):
			rw.WriteHeader(http.StatusNotFound)
		case err != nil:
			rw.WriteHeader(http.StatusBadRequest)
		case reply.Line != "":
			fmt.Fprint(rw, reply.Line)
		case reply.Judgement == wire.Unproven:
			rw.WriteHeader(http.StatusUnprocessableEntity)
		default:
			rw.WriteHeader(http.StatusConflict)
			fmt.Fprintln(rw, reply.Held)
		}
	}))
	w.t.Cleanup(server.Close)
	return server.URL
}

// sent sends and waits until something has come of it.
func (w *world) sent(id string) witnesses.Delivery {
	w.t.Helper()
	if err := w.Send(w.admin(), id); err != nil {
		w.t.Fatal(err)
	}
	now := w.issue.Head(w.t, w.issue.Size).Hash
	return w.until(id, func(d witnesses.Delivery) bool {
		return string(d.Head.Root) == string(now[:]) && d.Outcome != witnesses.Failed
	})
}

func (w *world) until(id string, ready func(witnesses.Delivery) bool) witnesses.Delivery {
	w.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		all, _, _, _, err := w.Deliveries(w.t.Context(), id, 50, "")
		if err != nil {
			w.t.Fatal(err)
		}
		if i := slices.IndexFunc(all, ready); i >= 0 {
			return all[i]
		}
		if time.Now().After(end) {
			w.t.Fatalf("nothing came of it: %+v", all)
		}
	}
}

// pair is a log and a bureau that witnesses it.
func pair(t *testing.T, db *store.DB) (log, bureau *world, id string) {
	t.Helper()
	log, bureau = newWorld(t, db), newWorld(t, storetest.SQLite(t))
	log.issue.Add(t, "a", "b", "c")
	if _, err := bureau.Watch(bureau.admin(), witnesses.WatchDraft{Name: "青浦区", Origin: "https://log.example.cn", Verifier: log.issue.Public}); err != nil {
		t.Fatal(err)
	}
	w, err := log.Name(log.admin(), witnesses.Draft{Name: "金山区民政局", Kind: witnesses.Bureau, Address: bureau.bureau(), Verifier: bureau.Own().String()})
	if err != nil {
		t.Fatal(err)
	}
	log.run()
	return log, bureau, w.ID
}
