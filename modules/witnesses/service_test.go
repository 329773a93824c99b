package witnesses_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/witnesses"
	"carecert/modules/witnesses/carry"
	"carecert/modules/witnesses/wire"
	"carecert/modules/witnesses/wire/wiretest"
)

func TestABureauCountersignsWhatGrows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		log, bureau, id := pair(t, db)
		known := bureau.Own()
		for _, more := range [][]string{nil, {"d"}, {"e", "f", "g"}} {
			log.issue.Add(t, more...)
			d := log.sent(id)
			head := log.issue.Head(t, log.issue.Size)
			if _, _, err := known.Check(head.Text, d.Head.Countersignature); err != nil || d.Outcome != witnesses.Acknowledged || d.By != "陈科长" {
				t.Fatalf("%+v %v", d, err)
			}
			if d = log.sent(id); d.Attempts != 1 {
				t.Errorf("the same head went out %d times", d.Attempts)
			}
			log.Pass(24 * time.Hour)
			bureau.Pass(24 * time.Hour)
		}
		w, err := log.Find(t.Context(), id)
		if err != nil || w.Held.Size != 7 || w.Outcome != witnesses.Acknowledged {
			t.Errorf("%+v %v", w, err)
		}
		watched, _, _, _, err := bureau.Logs(t.Context(), 10, "")
		if err != nil || watched[0].Held.Size != 7 || watched[0].Alarms != 0 {
			t.Errorf("%+v %v", watched, err)
		}
		heads, _, total, _, err := bureau.Heads(t.Context(), watched[0].ID, 10, "")
		if err != nil || total != 3 || heads[0].Size != 7 || heads[0].Countersignature == "" {
			t.Errorf("%d %+v %v", total, heads, err)
		}
	})
}

// What was acknowledged is found when it is taken back, backdated or altered,
// by both sides, and kept as evidence.
func TestAWitnessRefusesAnotherHistory(t *testing.T) {
	for _, c := range []struct {
		name  string
		write func(t *testing.T, l *wiretest.Log)
		alarm wire.Judgement
	}{
		{"an entry was backdated", func(t *testing.T, l *wiretest.Log) { l.Cut(1); l.Add(t, "backdated", "b", "c", "d") }, wire.Unproven},
		{"an entry was altered", func(t *testing.T, l *wiretest.Log) { l.Cut(1); l.Add(t, "B", "c") }, wire.Fork},
		{"the last entries were removed", func(_ *testing.T, l *wiretest.Log) { l.Cut(2) }, wire.Shorter},
	} {
		t.Run(c.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				log, bureau, id := pair(t, db)
				log.sent(id)
				c.write(t, log.issue)
				d := log.sent(id)
				if d.Outcome != witnesses.Refused || d.Code != "witnesses.outcome.rewritten" || !slices.Contains(log.verbs(), "logWitness:alarm") {
					t.Errorf("the log's side: %+v", d)
				}
				log.sent(id) // once more changes nothing
				alarms, _, total, _, err := bureau.Alarms(t.Context(), 10, "")
				if err != nil || total != 1 || alarms[0].Kind != string(c.alarm) || alarms[0].Held.Size != 3 || alarms[0].Head.Size != log.issue.Size || !slices.Contains(bureau.verbs(), "watchedLog:alarm") {
					t.Fatalf("the witness's side: %d %+v %v", total, alarms, err)
				}
				st, err := bureau.Standing(t.Context())
				if err != nil || st.Alarms != 1 {
					t.Errorf("%+v %v", st, err)
				}
				if st, err = log.Standing(t.Context()); err != nil || st.Refused != 1 {
					t.Errorf("%+v %v", st, err)
				}
				if _, err := bureau.Settle(bureau.admin(), alarms[0].ID, "已电话核实，对方误恢复旧库"); err != nil {
					t.Fatal(err)
				}
				if _, err := bureau.Settle(bureau.admin(), alarms[0].ID, "再一次"); !errors.Is(err, witnesses.ErrSettled) {
					t.Errorf("settled twice: %v", err)
				}
				watched, _, _, _, err := bureau.Logs(t.Context(), 10, "")
				if err != nil || watched[0].Alarms != 0 || watched[0].Held.Size != 3 {
					t.Errorf("%+v %v", watched, err)
				}
			})
		})
	}
}

// Everybody can read heads: passing them on makes no lasting alarm.
func TestHeadsOfStrangers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		l, other := wiretest.New(t), wiretest.New(t)
		l.Add(t, "a", "b", "c", "d")
		other.Add(t, "a")
		logged, err := w.Watch(w.admin(), witnesses.WatchDraft{Name: "青浦区", Origin: "https://log.example.cn", Verifier: l.Public})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Watch(w.admin(), witnesses.WatchDraft{Name: "又一次", Origin: "https://log.example.cn", Verifier: l.Public}); !errors.Is(err, witnesses.ErrWatched) {
			t.Errorf("a log is watched twice: %v", err)
		}
		ask := func(old int64, proof tlog.TreeProof, head wire.Head) (wire.Judgement, error) {
			r, err := w.Countersign(t.Context(), wire.Request{Old: old, Proof: proof, Note: head.Note}.Format())
			return r.Judgement, err
		}
		open := func() int64 {
			st, err := w.Standing(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return st.Alarms
		}
		for _, c := range []struct {
			name string
			head wire.Head
			old  int64
			want wire.Judgement
		}{
			{"the first", l.Head(t, 2), 0, wire.Extends},
			{"the same", l.Head(t, 2), 0, wire.Same},
			{"from elsewhere", l.Head(t, 3), 1, wire.Behind},
			{"the next", l.Head(t, 3), 2, wire.Extends},
			{"an old one that was held", l.Head(t, 2), 2, wire.Shorter},
		} {
			got, err := ask(c.old, l.Proof(t, c.old, c.head.N), c.head)
			if err != nil || got != c.want || open() != 0 {
				t.Errorf("%s: %s %v, %d alarms", c.name, got, err, open())
			}
		}
		// A stranger passes on a head with a proof that is none; then the log proves it.
		if got, err := ask(3, tlog.TreeProof{{1}}, l.Head(t, 4)); err != nil || got != wire.Unproven || open() != 1 {
			t.Errorf("%s %v, %d alarms", got, err, open())
		}
		if got, err := ask(3, l.Proof(t, 3, 4), l.Head(t, 4)); err != nil || got != wire.Extends || open() != 0 {
			t.Errorf("%s %v, %d alarms", got, err, open())
		}
		if alarms, _, _, _, err := w.Alarms(t.Context(), 10, ""); err != nil || alarms[0].Settlement == nil || alarms[0].Settlement.ByName != "" {
			t.Errorf("%+v %v", alarms, err)
		}
		if _, err := ask(0, nil, other.Head(t, 1)); !errors.Is(err, witnesses.ErrNoLog) {
			t.Errorf("a log that nobody named: %v", err)
		}
		forged := l.Head(t, 4)
		forged.Note = strings.Replace(forged.Note, "\n4\n", "\n9\n", 1)
		if _, err := ask(4, nil, forged); !errors.Is(err, witnesses.ErrKey) {
			t.Errorf("a head that was altered after signing: %v", err)
		}
		if _, err := w.Countersign(t.Context(), "nonsense"); !errors.Is(err, wire.ErrRequest) {
			t.Errorf("nonsense: %v", err)
		}
		if _, err := w.Unwatch(w.admin(), logged.ID, "合作结束"); err != nil {
			t.Fatal(err)
		}
		if _, err := ask(4, nil, l.Head(t, 4)); !errors.Is(err, witnesses.ErrNoLog) {
			t.Errorf("a log that is no longer watched: %v", err)
		}
	})
}

func TestFilesAndHands(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		file, err := w.Name(w.admin(), witnesses.Draft{Name: "档案馆", Kind: witnesses.Folder})
		if err != nil {
			t.Fatal(err)
		}
		hand, err := w.Name(w.admin(), witnesses.Draft{Name: "公证处", Kind: witnesses.Hand})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := w.Take(w.admin(), hand.ID); !errors.Is(err, witnesses.ErrNothing) {
			t.Errorf("a head of nothing: %v", err)
		}
		w.issue.Add(t, "a", "b")
		w.run()
		w.sent(file.ID)
		raw, err := os.ReadFile(filepath.Join(w.dir, file.ID, carry.FileName(2)))
		if err != nil {
			t.Fatal(err)
		}
		d, taken, err := w.Take(w.admin(), hand.ID)
		if err != nil || d.Outcome != witnesses.Acknowledged {
			t.Fatalf("%+v %v", d, err)
		}
		for _, kept := range [][]byte{raw, taken} {
			if h, err := wire.ReadFile(kept, w.issue.Verifier(t)); err != nil || h.N != 2 {
				t.Errorf("%s: %v", kept, err)
			}
		}
		// Rows that tell of the delivery are gone too: the medium still knows.
		w.issue.Cut(1)
		w.issue.Add(t, "B")
		again, err := w.Name(w.admin(), witnesses.Draft{Name: "档案馆", Kind: witnesses.Folder})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(w.dir, file.ID), filepath.Join(w.dir, again.ID)); err != nil {
			t.Fatal(err)
		}
		if d := w.sent(again.ID); d.Outcome != witnesses.Refused || d.Code != "witnesses.outcome.differs" {
			t.Errorf("%+v", d)
		}
		for what, refused := range map[string]error{
			"sent to a hand":   w.Send(w.admin(), hand.ID),
			"mail without one": second(w.Name(w.admin(), witnesses.Draft{Name: "x", Kind: witnesses.Mail, Mail: "a@b.cn"})),
			"a bad address":    second(w.Name(w.admin(), witnesses.Draft{Name: "x", Kind: witnesses.Bureau, Address: "ftp://x", Verifier: w.Own().String()})),
			"a log's key":      second(w.Name(w.admin(), witnesses.Draft{Name: "x", Kind: witnesses.Bureau, Address: "https://x.cn", Verifier: w.issue.Public})),
		} {
			if refused == nil {
				t.Error(what)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestWhoIsSentTo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.issue.Add(t, "a")
		x, err := w.Name(w.admin(), witnesses.Draft{Name: "档案馆", Kind: witnesses.Folder})
		if err != nil {
			t.Fatal(err)
		}
		w.run()
		due := func() {
			t.Helper()
			if err := w.SendDue(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		due()
		d := w.until(x.ID, func(d witnesses.Delivery) bool { return d.Outcome == witnesses.Acknowledged })
		if d.By != "" {
			t.Errorf("%+v", d)
		}
		w.issue.Add(t, "b")
		due() // not twice a day
		if _, err := w.Pause(w.admin(), x.ID, "介质更换"); err != nil {
			t.Fatal(err)
		}
		w.Pass(24 * time.Hour)
		due() // nor while it is paused
		time.Sleep(200 * time.Millisecond)
		if _, _, total, _, err := w.Deliveries(t.Context(), x.ID, 10, ""); err != nil || total != 1 {
			t.Errorf("%d deliveries, %v", total, err)
		}
		if err := w.Send(w.admin(), x.ID); !errors.Is(err, witnesses.ErrPaused) {
			t.Errorf("sent to one that is paused: %v", err)
		}
		if _, err := w.Resume(w.admin(), x.ID); err != nil {
			t.Fatal(err)
		}
		silent := func() int {
			st, err := w.Standing(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return st.Silent
		}
		if silent() != 0 {
			t.Error("silent after a day")
		}
		w.Pass(3 * 24 * time.Hour)
		if silent() != 1 {
			t.Error("not silent after four days in which the log grew")
		}
		alarms := func() (n int) {
			t.Helper()
			for range 2 { // told once, however often it is looked for
				if err := w.TellSilent(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			for _, a := range w.Logged() {
				if a.Noun+a.Verb == "logWitnessalarm" && a.Detail["cause"] == "silent" && a.ID == x.ID {
					n++
				}
			}
			return n
		}
		if n := alarms(); n != 1 {
			t.Errorf("told %d times that it is silent", n)
		}
		due()
		w.until(x.ID, func(d witnesses.Delivery) bool { return d.Head.Size == 2 && d.Outcome == witnesses.Acknowledged })
		w.Pass(30 * 24 * time.Hour)
		if silent() != 0 {
			t.Error("a witness that holds the whole log is called silent")
		}
		if n := alarms(); n != 1 {
			t.Errorf("told %d times, one that holds the whole log", n)
		}
		w.issue.Add(t, "c")
		if n := alarms(); n != 2 {
			t.Errorf("told %d times, silent once more", n)
		}
		if _, err := w.Remove(w.admin(), x.ID, "合作结束"); err != nil {
			t.Fatal(err)
		}
		if all, err := w.Public(t.Context()); err != nil || len(all) != 0 {
			t.Errorf("%+v %v", all, err)
		}
		for what, refused := range map[string]error{
			"removed twice": second(w.Remove(w.admin(), x.ID, "再一次")), "paused": second(w.Pause(w.admin(), x.ID, "x")), "resumed": second(w.Resume(w.admin(), x.ID)),
		} {
			if !errors.Is(refused, witnesses.ErrRemoved) {
				t.Errorf("%s: %v", what, refused)
			}
		}
	})
}

// A delivery that was cut off after the head went out, and before that was
// written down, is finished by the next run: nothing is lost, nothing doubled.
func TestADeliveryThatWasCutOffIsFinished(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		log, bureau, id := pair(t, db)
		log.sent(id)
		log.issue.Add(t, "d", "e")
		// The bureau has the head already, and its answer never arrived.
		r := wire.Request{Old: 3, Proof: log.issue.Proof(t, 3, 5), Note: log.issue.Head(t, 5).Note}
		if reply, err := bureau.Countersign(t.Context(), r.Format()); err != nil || reply.Judgement != wire.Extends {
			t.Fatalf("%+v %v", reply, err)
		}
		if d := log.sent(id); d.Outcome != witnesses.Acknowledged || d.Head.Countersignature == "" {
			t.Errorf("%+v", d)
		}
		log.issue.Add(t, "f")
		if reply, err := bureau.Countersign(t.Context(), wire.Request{Old: 5, Proof: log.issue.Proof(t, 5, 6), Note: log.issue.Head(t, 6).Note}.Format()); err != nil || reply.Line == "" {
			t.Fatalf("%+v %v", reply, err)
		}
		log.issue.Add(t, "g") // and then it went on: the witness holds more than it told us
		if d := log.sent(id); d.Outcome != witnesses.Acknowledged || d.Head.Size != 7 {
			t.Errorf("%+v", d)
		}
		heads, _, total, _, err := bureau.Heads(t.Context(), must(bureau.Logs(t.Context(), 1, "")).ID, 10, "")
		if err != nil || total != 4 || heads[0].Size != 7 {
			t.Errorf("%d %+v %v", total, heads, err)
		}
	})
}

func must(items []witnesses.Watched, _ string, _ int64, _ bool, err error) witnesses.Watched {
	if err != nil || len(items) == 0 {
		return witnesses.Watched{}
	}
	return items[0]
}

func TestWhatAWitnessAnswersWrongly(t *testing.T) {
	db := storetest.SQLite(t)
	w := newWorld(t, db)
	w.issue.Add(t, "a")
	w.run()
	for status, want := range map[int]string{
		http.StatusOK: "witnesses.outcome.unsigned", http.StatusNotFound: "witnesses.outcome.stranger", http.StatusForbidden: "witnesses.outcome.stranger",
		http.StatusUnprocessableEntity: "witnesses.outcome.refused",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.WriteHeader(status)
			fmt.Fprint(rw, "<script>alert(1)</script>")
		}))
		x, err := w.Name(w.admin(), witnesses.Draft{Name: "某局", Kind: witnesses.Bureau, Address: server.URL, Verifier: w.Own().String()})
		if err != nil {
			t.Fatal(err)
		}
		if d := w.sent(x.ID); d.Outcome != witnesses.Refused || d.Code != want {
			t.Errorf("%d: %+v", status, d)
		}
		server.Close()
	}
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusBadGateway) }))
	defer server.Close()
	x, err := w.Name(w.admin(), witnesses.Draft{Name: "某局", Kind: witnesses.Bureau, Address: server.URL, Verifier: w.Own().String()})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Send(w.admin(), x.ID); err != nil {
		t.Fatal(err)
	}
	w.until(x.ID, func(d witnesses.Delivery) bool {
		return d.Outcome == witnesses.Failed && d.Attempts >= 2 && d.Code == "witnesses.outcome.unreached"
	})
}
