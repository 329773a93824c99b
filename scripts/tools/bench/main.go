// Command bench is behind scripts/bench: it measures the program side by side
// with the least that could do the same, in one run, and prints the ratios.
// Figures depend on the machine; ratios hold.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"text/tabwriter"

	"carecert/modules/kit/mongod"
	"carecert/server/app"
	"carecert/server/config"
)

// row is one line of the table. Aim is what the ratio is held against.
type row struct {
	engine, what, ours, bare string
	ratio                    float64
	atLeast, atMost          float64
}

func (r row) verdict() string {
	switch {
	case r.atLeast > 0 && r.ratio < r.atLeast, r.atMost > 0 && r.ratio > r.atMost:
		return "MISSED"
	default:
		return "ok"
	}
}

func (r row) aim() string {
	if r.atLeast > 0 {
		return fmt.Sprintf("≥ %.2f", r.atLeast)
	}
	return fmt.Sprintf("≤ %.2f", r.atMost)
}

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	cache := flag.String("cache", ".cache/mongod", "where a fetched mongod is kept")
	binary := flag.String("binary", "bin/carecert", "the program, for start and memory")
	people := flag.Int("people", 20_000, "rows of the import")
	rows := flag.Int("rows", 100_000, "rows of the import whose memory is measured")
	size := flag.Int("size", 100_000, "people in the largest register that lists and searches are measured on; 1000000 for the full table")
	learners := flag.Int("learners", 500, "people who check in at once")
	leaves := flag.Int("leaves", 100_000, "entries of the issuance log at which appending is measured; 1000000 for the full table")
	zip := flag.Int("zip", 1_000, "certificates of the ZIP whose memory is measured; 10000 for the full table")
	engine := flag.String("engine", "", "sqlite or mongodb alone; both unless stated")
	only := flag.String("only", "", "some parts: pdf, public, memory, size, checkin, offline, issue, log, zip, start; all unless stated")
	profile := flag.String("profile", "", "a file for the processor profile of the run, to look into with go tool pprof")
	flag.Parse()

	stop, err := profiling(*profile)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	dir, err := os.MkdirTemp("", "carecert-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	mongo, err := mongod.Find(*cache)
	if err != nil {
		return err
	}
	set, err := mongod.Start(ctx, mongod.Options{Binary: mongo, Dir: filepath.Join(dir, "mongod"), Members: 1, CacheGB: 2, Log: os.Stderr})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, set.Stop()) }()

	b := bench{binary: *binary, dir: dir, mongo: set.URI(), people: *people, rows: *rows, size: *size, learners: *learners, leaves: *leaves, zip: *zip, engine: *engine}
	return b.run(ctx, *only)
}

// profiling writes a processor profile until it is stopped; none without a file.
func profiling(file string) (stop func() error, err error) {
	if file == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error { pprof.StopCPUProfile(); return f.Close() }, nil
}

// printTable of one part on one engine, as soon as it is measured: a long run that is stopped has
// told what it knows.
func printTable(rows []row) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "engine\twhat\tours\tbare\tratio\taim\t")
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%.2f\t%s\t%s\n", r.engine, r.what, r.ours, r.bare, r.ratio, r.aim(), r.verdict())
	}
	return w.Flush()
}

// bench is one run.
type bench struct {
	binary, dir, mongo string
	people, rows, size int
	learners           int
	leaves, zip        int
	engine             string // "" is both
}

// run measures the parts that are asked for, and prints each.
func (b bench) run(ctx context.Context, only string) error {
	for _, part := range []struct {
		name string
		do   func() error
	}{
		{"pdf", func() error { return printed(printing(ctx)) }},
		{"public", func() error {
			return b.engines(func(engine, uri string) ([]row, error) {
				return onEngine(ctx, engine, uri, filepath.Join(b.dir, engine), b.people)
			})
		}},
		{"memory", func() error {
			return b.engines(func(engine, uri string) ([]row, error) {
				return memory(ctx, engine, named(uri, "memory"), b.binary, b.dir, b.rows)
			})
		}},
		{"size", func() error {
			return b.engines(func(engine, uri string) ([]row, error) { return atSize(ctx, engine, uri, b.dir, b.size) })
		}},
		{"checkin", func() error {
			return b.engines(func(engine, uri string) ([]row, error) { return checkIns(ctx, engine, uri, b.dir, b.learners) })
		}},
		{"offline", func() error { return printed(offline(ctx, b.binary, b.dir)) }},
		{"issue", func() error {
			return b.engines(func(engine, uri string) ([]row, error) { return issuing(ctx, engine, uri, b.dir) })
		}},
		{"log", func() error {
			return b.engines(func(engine, uri string) ([]row, error) { return logGrowing(ctx, engine, uri, b.dir, b.leaves) })
		}},
		{"zip", func() error {
			return b.engines(func(engine, uri string) ([]row, error) { return zipped(ctx, engine, uri, b.dir, b.zip) })
		}},
		{"start", func() error { return printed(start(ctx, b.binary, filepath.Join(b.dir, "sqlite"))) }},
	} {
		if only != "" && !slices.Contains(strings.Split(only, ","), part.name) {
			continue
		}
		fmt.Fprintln(os.Stderr, "measuring:", part.name)
		if err := part.do(); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}

func (b bench) engines(do func(engine, uri string) ([]row, error)) error {
	for _, e := range []struct{ name, uri string }{{"sqlite", ""}, {"mongodb", b.mongo}} {
		if b.engine != "" && b.engine != e.name {
			continue
		}
		if err := printed(do(e.name, e.uri)); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	return nil
}

func printed(rows []row, err error) error {
	if err != nil {
		return err
	}
	return printTable(rows)
}

// named is the URI of another database of the same server.
func named(uri, database string) string { return strings.Replace(uri, "/?", "/"+database+"?", 1) }

// open puts the program together on an engine, rate limits off.
func open(ctx context.Context, uri, dir string) (*app.App, error) {
	return openCached(ctx, uri, dir, "")
}

// openCached is open with so many MB of the embedded engine's cache.
func openCached(ctx context.Context, uri, dir, cacheMB string) (*app.App, error) {
	env := map[string]string{
		"MONGODB_URI": uri, "CARECERT_DATA": dir, "CARECERT_BASE_URL": "https://cert.example.gov.cn", "CARECERT_SQLITE_CACHE_MB": cacheMB,
	}
	cfg, err := config.Read(func(k string) string { return env[k] }, config.Flags{})
	if err != nil {
		return nil, err
	}
	a, err := app.Open(ctx, cfg, slog.New(slog.DiscardHandler), app.Options{})
	if err != nil {
		return nil, err
	}
	return a, a.Run(ctx)
}

func onEngine(ctx context.Context, engine, uri, dir string, people int) (rows []row, err error) {
	a, err := open(ctx, uri, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close(ctx)) }()
	s, err := settle(ctx, a)
	if err != nil {
		return nil, err
	}
	public, err := publicPaths(ctx, engine, a, s)
	if err != nil {
		return nil, err
	}
	imported, err := importing(ctx, engine, uri, dir, a, s, people)
	return append(public, imported), err
}

// median of some measurements.
func median(v []float64) float64 {
	v = slices.Clone(v)
	slices.Sort(v)
	return v[len(v)/2]
}
