package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"carecert/modules/certificates"
	"carecert/modules/kernel"
	"carecert/server/app"
	"carecert/server/config"
)

// openQuiet is open without the work in the background, which would append by
// itself.
func openQuiet(ctx context.Context, uri, dir string) (*app.App, error) {
	env := map[string]string{"MONGODB_URI": uri, "CARECERT_DATA": dir, "CARECERT_BASE_URL": "https://cert.example.gov.cn"}
	cfg, err := config.Read(func(k string) string { return env[k] }, config.Flags{})
	if err != nil {
		return nil, err
	}
	return app.Open(ctx, cfg, slog.New(slog.DiscardHandler), app.Options{})
}

// logGrowing measures what it costs to append to the issuance log when it is short
// and when it has so many entries, and what a proof then takes.
func logGrowing(ctx context.Context, engine, uri, dir string, leaves int) (rows []row, err error) {
	const batch, few = 500, 40 // leaves, and batches that are measured
	if uri != "" {
		uri = named(uri, "log")
	}
	a, err := openQuiet(ctx, uri, filepath.Join(dir, "log-"+engine))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close(ctx)) }()
	s, err := settle(ctx, a)
	if err != nil {
		return nil, err
	}
	system := kernel.AsSystem(ctx, "bench")
	log := a.Certificates.Service
	head, err := log.LogHead(ctx)
	if err != nil {
		return nil, err
	}
	var took []float64
	for size := head.Size; size < int64(leaves); size += batch {
		t, err := timed(func() error {
			if err := a.DB.Tx(system, func(ctx context.Context) error {
				for n := range int64(batch) {
					if err := log.Anchor(ctx, size+n, "bench"); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				return err
			}
			_, err := log.LogHead(ctx)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("append behind %d: %w", size, err)
		}
		took = append(took, t.Seconds())
	}
	if len(took) < 3*few {
		return nil, fmt.Errorf("%d leaves are too few to compare", leaves)
	}
	short, long := median(took[few:2*few]), median(took[len(took)-few:]) // the first ones warm up
	started := time.Now()
	p, err := log.LogProof(ctx, s.codes[0])
	if err != nil {
		return nil, err
	}
	each := func(s float64) string { return fmt.Sprintf("%.0f µs", s/batch*1e6) }
	return []row{
		{engine: engine, what: fmt.Sprintf("append a leaf, at %d against at 20,000", leaves), ours: each(long), bare: each(short), ratio: long / short, atMost: 1.5},
		{
			engine: engine, what: fmt.Sprintf("proof at %d, hashes (%s)", leaves, time.Since(started).Round(time.Millisecond)),
			ours: fmt.Sprint(len(p.Path)), bare: "20", ratio: float64(len(p.Path)) / 20, atMost: 1,
		},
	}, nil
}

// zipped measures the most memory that the program holds while it prints so many
// certificates as one ZIP and hands it out, against a tenth of them.
func zipped(ctx context.Context, engine, uri, dir string, count int) (rows []row, err error) {
	if uri != "" {
		uri = named(uri, "zip")
	}
	a, err := open(ctx, uri, filepath.Join(dir, "zip-"+engine))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close(ctx)) }()
	s, err := settle(ctx, a)
	if err != nil {
		return nil, err
	}
	system := kernel.AsSystem(ctx, "bench")
	for n := range count + count/10 {
		class := kernel.ClassID("all")
		if n >= count {
			class = "tenth"
		}
		if _, err := a.Certificates.Service.Issue(system, certificates.Draft{
			Family: certificates.FamilyTraining, Person: kernel.PersonID(s.person), Issuer: kernel.OrganizationID(s.school), Class: class,
			IssuedOn: "2025-10-18", Title: "压疮预防与体位护理", Minutes: 540, PerHour: 45, Source: fmt.Sprint("zip:", n),
		}); err != nil {
			return nil, err
		}
	}
	small, _, err := bundled(system, a, "tenth")
	if err != nil {
		return nil, err
	}
	large, took, err := bundled(system, a, "all")
	mb := func(v float64) string { return fmt.Sprintf("%.0f MB", v) }
	return []row{{
		engine: engine, what: fmt.Sprintf("peak memory, ZIP of %d certificates (%s) against a tenth", count, took.Round(time.Second)),
		ours: mb(large), bare: mb(small), ratio: large / small, atMost: 1.3,
	}}, err
}

// bundled prints the certificates of a class and takes them out, and tells the
// most memory that this process held meanwhile.
func bundled(ctx context.Context, a *app.App, class kernel.ClassID) (peak float64, took time.Duration, err error) {
	ended, all := make(chan struct{}), sync.WaitGroup{}
	all.Go(func() {
		for {
			if now, err := status(os.Getpid(), "VmRSS:"); err == nil {
				peak = max(peak, now)
			}
			select {
			case <-ended:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	started := time.Now()
	err = bundle(ctx, a, class)
	close(ended)
	all.Wait()
	return peak, time.Since(started), err
}

func bundle(ctx context.Context, a *app.App, class kernel.ClassID) error {
	service := a.Certificates.Service
	b, err := service.Bundle(ctx, certificates.BundleDraft{Class: class, Reason: "bench"})
	if err != nil {
		return err
	}
	for b.EndedAt == nil {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
		if b, err = service.FindBundle(ctx, b.ID); err != nil {
			return err
		}
	}
	_, write, err := service.TakeBundle(ctx, b.ID)
	if err != nil {
		return err
	}
	return write(ctx, io.Discard)
}
