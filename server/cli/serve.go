package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"carecert/server/app"
	"carecert/server/config"
)

// grace is how long running requests may take after a stop was asked for.
const grace = 10 * time.Second

func serve(ctx context.Context, args []string, env Env) (err error) {
	set := flag.NewFlagSet("serve", flag.ContinueOnError)
	set.SetOutput(env.Stderr)
	var f config.Flags
	set.StringVar(&f.Addr, "addr", "", "address to listen on (CARECERT_ADDR)")
	set.StringVar(&f.Data, "data", "", "data folder (CARECERT_DATA)")
	set.BoolVar(&f.Demo, "demo", false, "load demo data into an empty database")
	if err := set.Parse(args); err != nil {
		return err
	}
	cfg, err := config.Read(env.Getenv, f)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, os.Interrupt)
	defer stop()
	a, err := app.Open(ctx, cfg, logger(env), app.Options{RateLimits: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close(context.WithoutCancel(ctx))) }()
	if err := a.Run(ctx); err != nil {
		return err
	}
	logins, err := a.Prepare(ctx, cfg)
	if ctx.Err() != nil { // asked to stop before it was ready
		return nil
	}
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cfg.Addr)
	if err != nil {
		return err
	}
	scheme := "http"
	if cfg.TLS() {
		scheme = "https"
	}
	fmt.Fprintf(env.Stdout, "CareCert at %s://%s\n", scheme, listener.Addr())
	for _, l := range logins {
		fmt.Fprintf(env.Stdout, "login %s %s %s\n", l.Username, l.Password, l.Role)
	}
	served := make(chan error, 1)
	go func() { served <- a.Listen(listener, cfg) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	return a.Web.Shutdown(ending)
}
