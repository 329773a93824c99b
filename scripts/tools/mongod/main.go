// Command mongod is behind scripts/mongod: it gets a genuine MongoDB, starts it
// as a replica set on loopback, prints its URI when it can be written to, and
// stops it on SIGTERM.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"carecert/modules/kit/mongod"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run() (err error) {
	cache := flag.String("cache", ".cache/mongod", "where a fetched mongod is kept")
	dir := flag.String("dir", "", "data folder; a temporary one when empty")
	port := flag.Int("port", 0, "port of the first member; a free one when 0")
	members := flag.Int("members", 1, "1 or 3")
	fetchOnly := flag.Bool("fetch-only", false, "get the program, start nothing")
	flag.Parse()

	binary, err := mongod.Find(*cache)
	if err != nil {
		return err
	}
	if *fetchOnly {
		fmt.Println(binary)
		return nil
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if *dir == "" {
		if *dir, err = os.MkdirTemp("", "carecert-mongod-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(*dir)) }()
	}
	starting, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	set, err := mongod.Start(starting, mongod.Options{Binary: binary, Dir: *dir, Port: *port, Members: *members, CacheGB: 1, Log: os.Stderr})
	if err != nil {
		return err
	}
	fmt.Println("MONGODB_URI=" + set.URI())
	<-ctx.Done()
	return set.Stop()
}
