package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// TestTheOperationLogIsAttestedDaily: the program itself writes where the
// operation log stands into the issuance log, and then the whole of it cannot
// be taken away.
func TestTheOperationLogIsAttestedDaily(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		s.person("王秀兰", nil)
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		if err := s.Run(ctx); err != nil {
			t.Fatal(err)
		}
		anchored := func() bool {
			r, err := s.Certificates.Service.LogVerify(kernel.AsSystem(t.Context(), "test"), nil)
			if err != nil || r.Bad != nil {
				t.Fatalf("%+v %v", r.Bad, err)
			}
			return len(r.Anchors) > 0
		}
		for until := time.Now().Add(30 * time.Second); !anchored(); time.Sleep(200 * time.Millisecond) {
			if time.Now().After(until) {
				t.Fatal("nothing was attested")
			}
		}
		s.sound("attested")
		wipe(t, s.DB, "audit_")
		lines, good, err := s.VerifyLogs(kernel.AsSystem(t.Context(), "test"), nil)
		if err != nil || good || !strings.Contains(strings.Join(lines, "\n"), "audit chain") {
			t.Errorf("without the operation log: %v %v %v", good, lines, err)
		}
	})
}

// wipe deletes documents by hand.
func wipe(t *testing.T, db *store.DB, prefix string) {
	t.Helper()
	for _, spec := range db.Specs() {
		if !strings.HasPrefix(spec.Name, prefix) {
			continue
		}
		var ids []string
		if err := db.ScanRaw(t.Context(), spec.Name, func(id string, _ []byte) error { ids = append(ids, id); return nil }); err != nil {
			t.Fatal(err)
		}
		c := store.Open[struct {
			store.Doc `bson:",inline"`
		}](db, store.Spec{Name: spec.Name})
		for _, id := range ids {
			if err := c.Delete(t.Context(), id, 0); err != nil {
				t.Fatal(err)
			}
		}
	}
}
