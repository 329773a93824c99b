// Package cli is the command line: CONTRACT §1.
package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	verifycli "carecert/modules/certificates/cli"
	"carecert/modules/kernel"
	"carecert/modules/kit/imports"
	"carecert/server/app"
	"carecert/server/config"
)

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

const usage = `usage: carecert COMMAND

  serve [--addr HOST:PORT] [--data DIR] [--demo]
  import people FILE --organization ID [--dry-run]
  verify "QR TEXT" --keys FILE [--status-list FILE] [--json]
  verify --file TEXTS --keys FILE [--status-list FILE]… [--json]
  export DIR
  restore DIR
  rebuild
  log verify [--head FILE]
  keys add
  keys rotate
`

// Env is what a command needs of the world.
type Env struct {
	Getenv         func(string) string
	Stdin          io.Reader // of "verify --file -"
	Stdout, Stderr io.Writer
}

// Run carries out one command and gives its exit code.
func Run(ctx context.Context, args []string, env Env) int {
	if len(args) == 0 {
		fmt.Fprint(env.Stderr, usage)
		return exitUsage
	}
	commands := map[string]func(context.Context, []string, Env) error{
		"serve": serve, "import": importFile, "export": export, "restore": restore, "rebuild": rebuild, "log": logVerify, "keys": keys,
	}
	if args[0] == "verify" {
		return verifycli.Verify(args[1:], env.Stdin, env.Stdout, env.Stderr, now(env))
	}
	command, ok := commands[args[0]]
	if !ok {
		fmt.Fprint(env.Stderr, usage)
		return exitUsage
	}
	if err := command(ctx, args[1:], env); err != nil {
		fmt.Fprintln(env.Stderr, "error:", err)
		return exitFailed
	}
	return exitOK
}

// now is the program's time: CARECERT_CLOCK moves it in tests. A configuration
// that is wrong elsewhere does not matter to a command that needs none.
func now(env Env) time.Time {
	machine := kernel.ClockFunc(time.Now)
	cfg, err := config.Read(env.Getenv, config.Flags{})
	if err != nil {
		return machine.Now()
	}
	return cfg.Clock(machine).Now()
}

func logger(env Env) *slog.Logger {
	level := slog.LevelInfo
	if env.Getenv("CARECERT_LOG") == "debug" {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(env.Stderr, &slog.HandlerOptions{Level: level}))
}

// opened runs a command on the database, beside a running server or without.
func opened(ctx context.Context, env Env, do func(context.Context, *app.App, config.Config) error) (err error) {
	cfg, err := config.Read(env.Getenv, config.Flags{})
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, cfg, logger(env), app.Options{})
	if err != nil {
		return err
	}
	defer func() {
		if cerr := a.Close(context.WithoutCancel(ctx)); err == nil {
			err = cerr
		}
	}()
	return do(kernel.AsSystem(ctx, "command line"), a, cfg)
}

func importFile(ctx context.Context, args []string, env Env) error {
	set := flag.NewFlagSet("import", flag.ContinueOnError)
	set.SetOutput(env.Stderr)
	organization := set.String("organization", "", "whose people they are")
	dryRun := set.Bool("dry-run", false, "only tell what would happen")
	var names []string
	for rest := args; ; {
		if err := set.Parse(rest); err != nil {
			return err
		}
		if set.NArg() == 0 {
			break
		}
		names, rest = append(names, set.Arg(0)), set.Args()[1:]
	}
	if len(names) != 2 || *organization == "" {
		return fmt.Errorf("import KIND FILE --organization ID [--dry-run]")
	}
	f, err := os.Open(names[1])
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return opened(ctx, env, func(ctx context.Context, a *app.App, _ config.Config) error {
		ctx = a.Speak(ctx, env.Getenv("LANG"))
		r, err := a.Imports.Service.Run(ctx, imports.Request{
			Kind: names[0], Organization: kernel.OrganizationID(*organization), FileName: filepath.Base(names[1]), File: f, Size: info.Size(), DryRun: *dryRun,
		})
		if err != nil {
			return a.Explain(ctx, err)
		}
		for _, line := range a.ImportLines(ctx, r) {
			fmt.Fprintln(env.Stdout, line)
		}
		fmt.Fprintf(env.Stdout, "total: %d created: %d updated: %d unchanged: %d rejected: %d\n",
			r.Total, r.Counts.Created, r.Counts.Updated, r.Counts.Unchanged, r.Counts.Rejected)
		if r.Status == imports.Failed {
			return fmt.Errorf("the file was refused")
		}
		return nil
	})
}

func export(ctx context.Context, args []string, env Env) error {
	if len(args) != 1 {
		return fmt.Errorf("export DIR")
	}
	return opened(ctx, env, func(ctx context.Context, a *app.App, _ config.Config) error {
		n, err := a.DB.Export(ctx, args[0], a.Clock.Now())
		if err == nil {
			fmt.Fprintf(env.Stdout, "documents: %d\n", n)
		}
		return err
	})
}

func restore(ctx context.Context, args []string, env Env) error {
	if len(args) != 1 {
		return fmt.Errorf("restore DIR")
	}
	cfg, err := config.Read(env.Getenv, config.Flags{})
	if err != nil {
		return err
	}
	n, err := app.Restore(ctx, cfg, logger(env), args[0])
	if err == nil {
		fmt.Fprintf(env.Stdout, "documents: %d\n", n)
	}
	return err
}

func rebuild(ctx context.Context, _ []string, env Env) error {
	return opened(ctx, env, func(ctx context.Context, a *app.App, _ config.Config) error {
		n, err := a.Rebuild(ctx)
		if err == nil {
			fmt.Fprintf(env.Stdout, "differences: %d\n", n)
		}
		return err
	})
}

func logVerify(ctx context.Context, args []string, env Env) error {
	set := flag.NewFlagSet("log verify", flag.ContinueOnError)
	set.SetOutput(env.Stderr)
	headFile := set.String("head", "", "an earlier head: a file that a witness keeps, or the body of /api/v1/public/log/head")
	if len(args) == 0 || args[0] != "verify" {
		return fmt.Errorf("log verify [--head FILE]")
	}
	if err := set.Parse(args[1:]); err != nil {
		return err
	}
	var head []byte
	if *headFile != "" {
		raw, err := os.ReadFile(*headFile)
		if err != nil {
			return err
		}
		head = raw
	}
	return opened(ctx, env, func(ctx context.Context, a *app.App, _ config.Config) error {
		ctx = a.Speak(ctx, env.Getenv("LANG"))
		lines, good, err := a.VerifyLogs(ctx, head)
		for _, l := range lines {
			fmt.Fprintln(env.Stdout, l)
		}
		if err == nil && !good {
			err = fmt.Errorf("the logs are not as they were written")
		}
		return err
	})
}
