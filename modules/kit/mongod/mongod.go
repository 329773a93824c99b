// Package mongod starts a genuine MongoDB as a replica set on loopback, for
// tests and for trying the program out. An operator brings a supported one.
package mongod

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// The replica set's name, and how fast it elects another primary.
const (
	setName  = "carecert"
	election = 2 * time.Second
)

// Codes of replSetInitiate that are no failure, or pass by themselves.
const (
	codeAlreadyInitialized = 23
	codeNotReached         = 74
)

// Options of Start.
type Options struct {
	Binary  string  // the mongod program
	Dir     string  // where the data goes; made when missing
	Port    int     // of the first member, the others follow; 0 picks free ones
	Members int     // 1 or 3
	CacheGB float64 // of each member; a quarter unless stated. What is imported by the hundred thousand wants more: a full cache makes every write wait
	Log     *os.File
}

// Set is a running replica set.
type Set struct {
	opts    Options
	ports   []int
	mu      sync.Mutex
	members []*exec.Cmd
}

// Start runs the members, makes them a set (or wakes the one that the folder
// holds) and waits until it can be written to.
func Start(ctx context.Context, o Options) (*Set, error) {
	if o.Members != 1 && o.Members != 3 {
		return nil, fmt.Errorf("mongod: %d members: 1 or 3", o.Members)
	}
	s := &Set{opts: o, members: make([]*exec.Cmd, o.Members)}
	for i := range o.Members {
		port := o.Port + i
		if o.Port == 0 {
			var err error
			if port, err = freePort(ctx); err != nil {
				return nil, err
			}
		}
		s.ports = append(s.ports, port)
	}
	if err := s.remember(); err != nil {
		return nil, err
	}
	for i := range o.Members {
		if err := s.Restart(i); err != nil {
			return nil, errors.Join(err, s.Stop())
		}
	}
	if err := s.initiate(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// remember keeps the ports with the data: a set knows its members by them.
func (s *Set) remember() error {
	if err := os.MkdirAll(s.opts.Dir, 0o700); err != nil {
		return fmt.Errorf("mongod: %w", err)
	}
	file := filepath.Join(s.opts.Dir, "ports")
	if raw, err := os.ReadFile(file); err == nil && s.opts.Port == 0 {
		var ports []int
		for _, f := range strings.Fields(string(raw)) {
			p, err := strconv.Atoi(f)
			if err != nil {
				return fmt.Errorf("mongod: %s: %w", file, err)
			}
			ports = append(ports, p)
		}
		if len(ports) != len(s.ports) {
			return fmt.Errorf("mongod: %s holds a set of %d members", s.opts.Dir, len(ports))
		}
		s.ports = ports
		return nil
	}
	return os.WriteFile(file, []byte(strings.Trim(fmt.Sprint(s.ports), "[]")+"\n"), 0o600)
}

func freePort(ctx context.Context) (int, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("mongod: a free port: %w", err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(port)
}

// Restart starts a member that is not running.
func (s *Set) Restart(i int) error {
	dir := filepath.Join(s.opts.Dir, "member-"+strconv.Itoa(i))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("mongod: %w", err)
	}
	cmd := exec.Command(s.opts.Binary, "--dbpath", dir, "--bind_ip", "127.0.0.1", "--port", strconv.Itoa(s.ports[i]), //nolint:gosec,noctx // the caller's own program, stopped by Stop
		"--replSet", setName, "--nounixsocket", "--oplogSize", "64", "--wiredTigerCacheSizeGB", strconv.FormatFloat(cmp.Or(s.opts.CacheGB, 0.25), 'f', -1, 64),
		"--logpath", filepath.Join(dir, "mongod.log"), "--logappend", "--quiet")
	cmd.Stderr, cmd.Stdout = s.opts.Log, s.opts.Log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("mongod: start: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.members[i] = cmd
	return nil
}

// Kill ends a member as a power cut would.
func (s *Set) Kill(i int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	cmd := s.members[i]
	if cmd == nil {
		return nil
	}
	s.members[i] = nil
	if err := cmd.Process.Kill(); err != nil {
		return fmt.Errorf("mongod: kill: %w", err)
	}
	_ = cmd.Wait() // it was killed: that is what it says
	return nil
}

// Stop ends all members and waits for them.
func (s *Set) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, cmd := range s.members {
		if cmd != nil {
			errs = append(errs, cmd.Process.Signal(os.Interrupt))
		}
	}
	for i, cmd := range s.members {
		if cmd != nil {
			_ = cmd.Wait() // stopped by a signal: that is what it says
			s.members[i] = nil
		}
	}
	return errors.Join(errs...)
}

// URI of the set, without a database.
func (s *Set) URI() string {
	hosts := make([]string, len(s.ports))
	for i, p := range s.ports {
		hosts[i] = "127.0.0.1:" + strconv.Itoa(p)
	}
	return "mongodb://" + strings.Join(hosts, ",") + "/?replicaSet=" + setName
}

func (s *Set) direct(i int) (*mongo.Client, error) {
	uri := fmt.Sprintf("mongodb://127.0.0.1:%d/?directConnection=true&serverSelectionTimeoutMS=500&connectTimeoutMS=500", s.ports[i])
	return mongo.Connect(options.Client().ApplyURI(uri))
}

// initiate makes the set once every member answers, and waits for a primary.
func (s *Set) initiate(ctx context.Context) error {
	members := bson.A{}
	for i, port := range s.ports {
		members = append(members, bson.D{{Key: "_id", Value: i}, {Key: "host", Value: "127.0.0.1:" + strconv.Itoa(port)}})
		if err := s.answers(ctx, i); err != nil {
			return err
		}
	}
	config := bson.D{
		{Key: "_id", Value: setName},
		{Key: "members", Value: members},
		{Key: "settings", Value: bson.D{{Key: "electionTimeoutMillis", Value: election.Milliseconds()}}},
	}
	client, err := s.direct(0)
	if err != nil {
		return err
	}
	defer func() { _ = client.Disconnect(ctx) }()
	for {
		err := client.Database("admin").RunCommand(ctx, bson.D{{Key: "replSetInitiate", Value: config}}).Err()
		var ce mongo.CommandError
		if err == nil || (errors.As(err, &ce) && ce.Code == codeAlreadyInitialized) {
			break
		}
		if !errors.As(err, &ce) || ce.Code != codeNotReached {
			return fmt.Errorf("mongod: initiate: %w", err)
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
	for {
		if p, err := s.Primary(ctx); err == nil && p >= 0 {
			return nil
		}
		if err := pause(ctx); err != nil {
			return err
		}
	}
}

func (s *Set) answers(ctx context.Context, i int) error {
	client, err := s.direct(i)
	if err != nil {
		return err
	}
	defer func() { _ = client.Disconnect(ctx) }()
	for {
		if err := client.Ping(ctx, nil); err == nil {
			return nil
		}
		if err := pause(ctx); err != nil {
			return fmt.Errorf("mongod: member %d does not answer; its log is in %s: %w", i, s.opts.Dir, err)
		}
	}
}

// Primary tells which member can be written to; -1 when none can.
func (s *Set) Primary(ctx context.Context) (int, error) {
	for i := range s.ports {
		client, err := s.direct(i)
		if err != nil {
			return -1, err
		}
		var hello struct {
			IsWritablePrimary bool `bson:"isWritablePrimary"`
		}
		err = client.Database("admin").RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello)
		_ = client.Disconnect(ctx)
		if err == nil && hello.IsWritablePrimary {
			return i, nil
		}
	}
	return -1, nil
}

func pause(ctx context.Context) error {
	t := time.NewTimer(20 * time.Millisecond)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
