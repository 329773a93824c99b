package app

import (
	"log/slog"
	"testing"

	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/server/config"
)

// A start that was killed while the demo data loaded leaves a part of them; the
// next one begins anew, under the same key.
func TestDemoDataThatWereCutShortAreCleared(t *testing.T) {
	for engine, uri := range map[string]func(testing.TB) string{
		"sqlite": func(testing.TB) string { return "" }, "mongodb": storetest.MongoURI,
	} {
		t.Run(engine, func(t *testing.T) {
			env := map[string]string{"MONGODB_URI": uri(t)}
			cfg, err := config.Read(func(k string) string { return env[k] }, config.Flags{Data: t.TempDir(), Demo: true})
			if err != nil {
				t.Fatal(err)
			}
			start := func(then func(a *App)) {
				t.Helper()
				a, err := Open(t.Context(), cfg, slog.New(slog.DiscardHandler), Options{})
				if err != nil {
					t.Fatal(err)
				}
				then(a)
				if err := a.Close(t.Context()); err != nil {
					t.Error(err)
				}
			}
			begin := func(a *App) {
				if err := a.demo.Put(t.Context(), &demoDoc{Doc: store.Doc{ID: demoLoading}}); err != nil {
					t.Fatal(err)
				}
				if _, made, err := a.Accounts.Service.Bootstrap(t.Context(), "demo-password"); err != nil || !made {
					t.Fatalf("the database is not empty: %v", err)
				}
			}
			start(begin)
			start(func(a *App) { // killed above: all of it is gone
				begin(a)
				if err := a.demo.Delete(t.Context(), demoLoading, 0); err != nil { // this time it loads to its end
					t.Fatal(err)
				}
			})
			start(func(a *App) {
				if _, err := a.Accounts.Service.Find(t.Context(), "admin"); err != nil {
					t.Errorf("what was loaded whole is gone: %v", err)
				}
			})
		})
	}
}

// What one program exports another restores, whichever engine either has.
func TestAnExportIsRestored(t *testing.T) {
	at := func(data, uri string) config.Config {
		t.Helper()
		cfg, err := config.Read(func(k string) string { return map[string]string{"MONGODB_URI": uri}[k] }, config.Flags{Data: data})
		if err != nil {
			t.Fatal(err)
		}
		return cfg
	}
	start := func(cfg config.Config, then func(a *App)) {
		t.Helper()
		a, err := Open(t.Context(), cfg, slog.New(slog.DiscardHandler), Options{})
		if err != nil {
			t.Fatal(err)
		}
		then(a)
		if err := a.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	from, dir := at(t.TempDir(), ""), t.TempDir()
	start(from, func(a *App) {
		if _, made, err := a.Accounts.Service.Bootstrap(t.Context(), "demo-password"); err != nil || !made {
			t.Fatalf("the database is not empty: %v", err)
		}
		if _, err := a.DB.Export(t.Context(), dir, a.Clock.Now()); err != nil {
			t.Fatal(err)
		}
	})
	for engine, uri := range map[string]string{"sqlite": "", "mongodb": storetest.MongoURI(t)} {
		t.Run(engine, func(t *testing.T) {
			to := at(t.TempDir(), uri)
			to.SecretKeyFile = from.SecretKeyFile
			if n, err := Restore(t.Context(), to, slog.New(slog.DiscardHandler), dir); err != nil || n == 0 {
				t.Fatalf("%d documents, %v", n, err)
			}
			start(to, func(a *App) {
				if _, err := a.Accounts.Service.Find(t.Context(), "admin"); err != nil {
					t.Errorf("the administrator: %v", err)
				}
			})
		})
	}
}
