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
	"slices"
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
	flag.Parse()

	dir, err := os.MkdirTemp("", "carecert-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	mongo, err := mongod.Find(*cache)
	if err != nil {
		return err
	}
	set, err := mongod.Start(ctx, mongod.Options{Binary: mongo, Dir: filepath.Join(dir, "mongod"), Members: 1, Log: os.Stderr})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, set.Stop()) }()

	var table []row
	pdf, err := printing(ctx)
	if err != nil {
		return err
	}
	table = append(table, pdf)
	for _, engine := range []string{"sqlite", "mongodb"} {
		uri := ""
		if engine == "mongodb" {
			uri = set.URI()
		}
		rows, err := onEngine(ctx, engine, uri, filepath.Join(dir, engine), *people)
		if err != nil {
			return fmt.Errorf("%s: %w", engine, err)
		}
		table = append(table, rows...)
	}
	started, err := start(ctx, *binary, filepath.Join(dir, "sqlite"))
	if err != nil {
		return err
	}
	table = append(table, started...)

	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "engine\twhat\tours\tbare\tratio\taim\t")
	for _, r := range table {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%.2f\t%s\t%s\n", r.engine, r.what, r.ours, r.bare, r.ratio, r.aim(), r.verdict())
	}
	return w.Flush()
}

// open puts the program together on an engine, rate limits off.
func open(ctx context.Context, uri, dir string) (*app.App, error) {
	env := map[string]string{"MONGODB_URI": uri, "CARECERT_DATA": dir, "CARECERT_BASE_URL": "https://cert.example.gov.cn"}
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
