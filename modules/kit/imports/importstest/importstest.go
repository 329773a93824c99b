// Package importstest runs an importer of a module through the real engine.
package importstest

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kit/blob"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/job"
	"carecert/modules/kit/lease"
	"carecert/modules/kit/secret"
	"carecert/modules/kit/store"
)

// House is what the test of a module has already: the time, the operation log,
// and who hears facts.
type House interface {
	kernel.Clock
	imports.Auditor
	imports.Announcer
}

// columns are the house's own headers, seen from the folder of a module.
const columns = "../../policies/rules/import_columns.yaml"

// New makes an engine with one importer, and the collections of all that was
// opened on the database. Everybody may import as far as their reach.
func New(t testing.TB, db *store.DB, house House, organizations imports.Organizations, importer imports.Importer) *imports.Service {
	t.Helper()
	raw, err := os.ReadFile(columns)
	if err != nil {
		t.Fatal(err)
	}
	words, err := imports.ParseWords(raw)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := secret.New(bytes.Repeat([]byte{7}, secret.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	m, err := imports.New(imports.Deps{
		DB: db, Clock: house, Log: log, Audit: house, Facts: house, Files: blob.New(db, house), Ring: ring,
		Jobs: job.New(db, lease.New(db, house), house, log), Organizations: organizations, Permits: permits{}, Words: words,
		Importers: []imports.Importer{importer},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	return m.Service
}

type permits struct{}

func (permits) Reach(ctx context.Context, _, _ string) (kernel.Reach, bool, error) {
	return kernel.ReachFrom(ctx), true, nil
}
