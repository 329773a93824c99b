// Package app is the composition root: the only code that knows every module.
package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"carecert/modules/certificates"
	"carecert/modules/kernel"
	"carecert/modules/kit/blob"
	"carecert/modules/kit/event"
	"carecert/modules/kit/job"
	"carecert/modules/kit/lease"
	"carecert/modules/kit/secret"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/mongodb"
	"carecert/modules/kit/store/sqlite"
	"carecert/modules/kit/web"
	"carecert/server/config"
	pages "carecert/server/web"
)

// Version of the program, in OpenAPI.
const Version = "1.0.0"

// workers is how many background jobs run side by side.
const workers = 2

// App is the program, put together.
type App struct {
	*Modules
	DB    *store.DB
	Web   *web.App
	Clock kernel.Clock

	demo   *store.Collection[demoDoc]
	house  house
	stop   context.CancelFunc
	wait   sync.WaitGroup
	closed sync.Once
}

// Options are what tests and benchmarks change.
type Options struct {
	RateLimits bool
	Machine    kernel.Clock // nil is the machine's
}

// Open puts the program together on an open or new database: collections
// exist, keys are checked, routes are registered; nothing runs yet.
func Open(ctx context.Context, cfg config.Config, log *slog.Logger, o Options) (*App, error) {
	if o.Machine == nil {
		o.Machine = kernel.ClockFunc(time.Now)
	}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	db, err := openStore(ctx, cfg)
	if err != nil {
		return nil, err
	}
	a, err := assemble(ctx, db, cfg, log, o)
	if err != nil {
		return nil, errors.Join(err, db.Close(ctx))
	}
	return a, nil
}

func openStore(ctx context.Context, cfg config.Config) (*store.DB, error) {
	if cfg.MongoURI != "" {
		engine, err := mongodb.Open(ctx, cfg.MongoURI)
		if err != nil {
			return nil, err
		}
		return store.New(engine), nil
	}
	engine, err := sqlite.OpenCached(ctx, cfg.DatabaseFile(), cfg.SQLiteCacheMB)
	if err != nil {
		return nil, err
	}
	return store.New(engine), nil
}

func assemble(ctx context.Context, db *store.DB, cfg config.Config, log *slog.Logger, o Options) (*App, error) {
	vault, err := secret.Open(ctx, db)
	if err != nil {
		return nil, err
	}
	ring, err := vault.Keyring(ctx, cfg.SecretKeyFile)
	if err != nil {
		return nil, err
	}
	if err := vault.CheckDatabase(ctx, ring); err != nil {
		return nil, err
	}
	h, words, err := foundation(db, ring, cfg, log, o)
	if err != nil {
		return nil, err
	}
	h.vault, h.keys = vault, vault.Holder(ring, cfg.SecretKeyFile, o.Machine, log)
	if h.signing, err = certificates.ReadSigningKeys(cfg.Signing, cfg.SigningKeyFile); err != nil {
		return nil, fmt.Errorf("CARECERT_SIGNING, CARECERT_SIGNING_KEY_FILE: %w", err)
	}
	clock := h.clock
	a := &App{DB: db, Clock: clock, demo: h.demo, house: h}
	if a.Modules, err = build(h); err != nil {
		return nil, err
	}
	a.Web = web.NewApp(web.Config{
		DB: db, Clock: clock, Log: log, Words: words, Guard: h.guard, TrustedProxies: cfg.Proxies(), RateLimits: o.RateLimits,
		MetricsToken: cfg.MetricsToken, Version: Version,
	})
	maps.Copy(a.Retention.Service.Kinds, a.Web.Aged())
	a.routes(a.Web.Router)
	site, err := pages.Pages()
	if err != nil {
		return nil, err
	}
	servePages(a.Web.Fiber, site)
	if err := a.Web.Finish(); err != nil {
		return nil, err
	}
	if err := db.Ensure(ctx); err != nil {
		return nil, err
	}
	if cfg.Demo {
		if err := a.clearDemo(ctx); err != nil {
			return nil, err
		}
	}
	return a, errors.Join(a.Certificates.Service.Start(ctx), a.Witnesses.Service.Start(ctx))
}

// foundation makes what every module is built on.
func foundation(db *store.DB, ring *secret.Keyring, cfg config.Config, log *slog.Logger, o Options) (house, *web.Words, error) {
	policy, err := givenPolicy()
	if err != nil {
		return house{}, nil, err
	}
	words, err := givenWords()
	if err != nil {
		return house{}, nil, err
	}
	clock, leases := cfg.Clock(o.Machine), lease.New(db, o.Machine)
	return house{
		db: db, machine: o.Machine, clock: clock, log: log, ring: ring, leases: leases, policy: policy, guard: &web.Guard{}, words: words,
		bus: event.New(db, o.Machine, log), jobs: job.New(db, leases, o.Machine, log), files: blob.New(db, clock), demo: openDemo(db), baseURL: cfg.BaseURL,
		ways: carriers(cfg, clock),
	}, words, nil
}

// Run starts the background work: redelivery, jobs, the sequencers, what
// recurs. Close ends it.
func (a *App) Run(ctx context.Context) error {
	ctx, a.stop = context.WithCancel(kernel.AsSystem(context.WithoutCancel(ctx), "carecert"))
	if err := a.house.bus.Recover(ctx); err != nil {
		return fmt.Errorf("facts of the last run: %w", err)
	}
	a.recur()
	for _, run := range []func(context.Context){
		func(ctx context.Context) { a.house.bus.Run(ctx, a.house.leases) },
		func(ctx context.Context) { a.house.jobs.Run(ctx, workers) },
		a.house.keys.Run,
		func(ctx context.Context) { a.Audit.Service.Sequence(ctx, a.house.leases) },
		func(ctx context.Context) { a.Certificates.Service.Sequence(ctx, a.house.leases) },
	} {
		a.wait.Go(func() { run(ctx) })
	}
	return nil
}

// recur lists the work that comes back.
func (a *App) recur() {
	j := a.house.jobs
	today := func() kernel.Date { return kernel.DateOf(a.Clock.Now()) }
	j.Every("certificates.anchor", 24*time.Hour, a.anchor)
	j.Every("certificates.remove_bundles", time.Hour, a.Certificates.Service.RemoveBundles)
	j.Every("witnesses.send", 10*time.Minute, a.Witnesses.Service.SendDue)
	j.Every("witnesses.silent", time.Hour, a.Witnesses.Service.TellSilent)
	j.Every("retention.remove", 24*time.Hour, a.Retention.Service.Remove)
	j.Every("surveys.settle", time.Minute, a.Surveys.Service.Settle)
	j.Every("people.refresh", time.Hour, func(ctx context.Context) error {
		_, err := a.People.Service.Refresh(ctx, today())
		return err
	})
	j.Every("people.judge_anew", time.Hour, func(ctx context.Context) error {
		_, err := a.People.Service.JudgeAnew(ctx)
		return err
	})
	j.Every("organizations.begin_directors", time.Hour, a.Organizations.Service.BeginDirectors)
	j.Every("notifications.remind", time.Hour, a.Remind)
	j.Every("hours.open_year", 24*time.Hour, func(ctx context.Context) error {
		return a.Hours.Service.OpenYear(ctx, today().Year())
	})
}

// Close ends the background work and the database.
func (a *App) Close(ctx context.Context) (err error) {
	a.closed.Do(func() {
		if a.stop != nil {
			a.stop()
		}
		a.wait.Wait()
		err = a.DB.Close(ctx)
	})
	return err
}

// exists tells whether a page was built into the program.
func exists(site fs.FS, name string) bool {
	info, err := fs.Stat(site, strings.TrimPrefix(filepath.ToSlash(name), "/"))
	return err == nil && !info.IsDir()
}
