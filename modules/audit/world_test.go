package audit

import (
	"bytes"
	"context"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/secret"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// tree answers for organisations: street-1 and street-2 of district d, home-1
// of street-1, home-2 of street-2.
type tree map[kernel.OrganizationID][]kernel.OrganizationID

func (t tree) Card(_ context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error) {
	path, ok := t[id]
	if !ok {
		return kernel.OrganizationCard{}, fault.New(fault.NotFound, "organizations.unknown")
	}
	return kernel.OrganizationCard{ID: id, Path: path}, nil
}

// staff are the accounts by user name.
type staff map[string]kernel.UserID

func (s staff) Named(_ context.Context, username string) (kernel.UserID, error) {
	return s[username], nil
}

func shanghai() tree {
	return tree{
		"d":        {"d"},
		"street-1": {"street-1", "d"}, "street-2": {"street-2", "d"},
		"home-1": {"home-1", "street-1", "d"}, "home-2": {"home-2", "street-2", "d"},
	}
}

// world is an audit module on a database, with a clock that goes on by a
// second whenever it is asked.
type world struct {
	*Service
	db *store.DB
}

func each(t *testing.T, body func(t *testing.T, w *world)) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ring, err := secret.New(bytes.Repeat([]byte{7}, secret.KeySize))
		if err != nil {
			t.Fatal(err)
		}
		var seconds atomic.Int64
		m := New(Deps{DB: db, Keys: ring, Log: slog.New(slog.DiscardHandler), Clock: kernel.ClockFunc(func() time.Time {
			return time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(seconds.Add(1)) * time.Second)
		})})
		m.Locate(shanghai())
		m.Recognize(staff{"xiaoli": "user-li"})
		if err := db.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		body(t, &world{m.Service, db})
	})
}

func clerk(ctx context.Context, name string) context.Context {
	return kernel.WithActor(ctx, kernel.Actor{User: kernel.UserID("user-" + name), Name: name, Address: "192.0.2.1", Request: "r1"})
}

func (w *world) record(t *testing.T, who string, a kernel.Act) {
	t.Helper()
	if err := w.Record(clerk(t.Context(), who), a); err != nil {
		t.Fatal(err)
	}
}

// story records ten acts and chains them.
func (w *world) story(t *testing.T) {
	t.Helper()
	for i := range 10 {
		home := kernel.OrganizationID([]string{"home-1", "home-2"}[i%2])
		w.record(t, "li", kernel.Act{
			Verb: "reveal", Noun: "person", ID: "p1", Organization: home, Reason: "identity check",
			Detail: map[string]string{"field": "idNumber", "channel": "web"},
		})
	}
	w.verify(t, nil)
}

// verify compares what Verify names first; nil for nothing.
func (w *world) verify(t *testing.T, want *Bad) {
	t.Helper()
	report, err := w.Verify(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	switch {
	case want == nil && report.Bad != nil:
		t.Errorf("found %+v where all is in order", *report.Bad)
	case want != nil && report.Bad == nil:
		t.Errorf("found nothing, want %+v", *want)
	case want != nil && *want != *report.Bad:
		t.Errorf("found %+v, want %+v", *report.Bad, *want)
	}
}
