package app

import (
	"log/slog"
	"testing"

	"carecert/modules/retention/rule"
	"carecert/policies"
	"carecert/server/config"
)

// TestRetentionRows: every kind that modules keep for a time has a period and
// words, an end that nobody can carry out is not promised, and the operation
// log has a floor of six months and no end.
func TestRetentionRows(t *testing.T) {
	r, err := loadRules(policies.Files)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Read(func(string) string { return "" }, config.Flags{Data: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(t.Context(), cfg, slog.New(slog.DiscardHandler), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close(t.Context())
	rows := map[string]rule.Row{}
	for _, row := range r.periods {
		if _, twice := rows[row.Kind]; twice || row.Document == "" || row.Clause == "" || (row.Keep != rule.AtLeast && row.Keep != rule.AtMost) {
			t.Errorf("row %s of %q is not whole", row.ID, row.Kind)
		}
		rows[row.Kind] = row
		if aged := a.Retention.Service.Kinds[row.Kind]; row.Removable() && aged.Remove == nil {
			t.Errorf("%s has an end, and nobody removes it", row.Kind)
		}
	}
	for kind, aged := range a.Retention.Service.Kinds {
		if row, ok := rows[kind]; !ok || (aged.Remove != nil && !row.Removable()) {
			t.Errorf("%s is kept for a time that policies/rules/retention.yaml does not say", kind)
		}
	}
	// What class hours rest on is counted past its floor, and never removed.
	for _, kind := range []string{"learning", "logbook"} {
		if aged, known := a.Retention.Service.Kinds[kind]; !known || aged.Remove != nil {
			t.Errorf("%s: known %t", kind, known)
		}
	}
	if log := rows["auditLog"]; log.Keep != rule.AtLeast || log.Months < 6 || a.Retention.Service.Kinds["auditLog"].Remove != nil {
		t.Errorf("the operation log: %+v", log)
	}
	if err := a.Retention.Service.Remove(t.Context()); err != nil {
		t.Error(err)
	}
}
