// Package storetest runs a test on both engines: the embedded one on a file
// of its own, and a genuine MongoDB in a database of its own. A run without
// MongoDB is a failed run.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/mongod"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/mongodb"
	"carecert/modules/kit/store/sqlite"
)

// URIVariable names a MongoDB that is running already; each test makes a
// database of its own in it.
const URIVariable = "CARECERT_TEST_MONGODB_URI"

// Each runs the body as sub-tests "sqlite" and "mongodb", each on an empty
// database. Open the collections in the body, then call db.Ensure.
func Each(t *testing.T, body func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { body(t, SQLite(t)) })
	t.Run("mongodb", func(t *testing.T) { body(t, MongoDB(t)) })
}

// EachNew is Each on databases that nothing was ever in: for tests of the
// engines themselves, which declare one name in several ways.
func EachNew(t *testing.T, body func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { body(t, openFile(t, filepath.Join(t.TempDir(), "carecert.db"))) })
	t.Run("mongodb", func(t *testing.T) { body(t, openURI(t, NewMongoURI(t))) })
}

// SQLite opens an empty embedded database.
func SQLite(t testing.TB) *store.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "carecert.db")
	File(t, path)
	return openFile(t, path)
}

func openFile(t testing.TB, path string) *store.DB {
	t.Helper()
	engine, err := sqlite.Open(t.Context(), path)
	return opened(t, engine, err)
}

// MongoDB opens an empty database of the shared MongoDB.
func MongoDB(t testing.TB) *store.DB {
	t.Helper()
	return openURI(t, MongoURI(t))
}

func openURI(t testing.TB, uri string) *store.DB {
	t.Helper()
	engine, err := mongodb.Open(t.Context(), uri)
	return opened(t, engine, err)
}

func opened(t testing.TB, engine store.Engine, err error) *store.DB {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	db := store.New(engine)
	t.Cleanup(func() {
		if err := db.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return db
}

// MongoURI names an empty database of the shared MongoDB, which may have
// collections and indexes of an earlier test (used.go).
func MongoURI(t testing.TB) string {
	t.Helper()
	name, ok := usedDatabases.take()
	if !ok {
		name = newName()
	}
	uri := uriOf(t, name)
	t.Cleanup(func() {
		if t.Failed() {
			leave(t, uri, name, dropDatabase)
			return
		}
		if leave(t, uri, name, emptyDatabase); !t.Failed() {
			usedDatabases.put(name)
		}
	})
	return uri
}

// NewMongoURI names a database of the shared MongoDB that is not there yet.
func NewMongoURI(t testing.TB) string {
	t.Helper()
	name := newName()
	uri := uriOf(t, name)
	t.Cleanup(func() { leave(t, uri, name, dropDatabase) })
	return uri
}

func newName() string { return "t" + strings.ReplaceAll(kernel.NewID(), "-", "") }

func uriOf(t testing.TB, name string) string {
	t.Helper()
	uri, err := shared.uri()
	if err != nil {
		t.Fatal(err)
	}
	base, query, _ := strings.Cut(uri, "?")
	scheme, rest, _ := strings.Cut(base, "://")
	host, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + host + "/" + name + "?" + query
}

// Binary is the mongod that tests start.
func Binary() (string, error) {
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		return "", errors.New("storetest: no source path")
	}
	root := filepath.Join(filepath.Dir(file), "..", "..", "..", "..")
	return mongod.Find(filepath.Join(root, ".cache", "mongod"))
}

//nolint:gochecknoglobals // one MongoDB for all tests of a process
var shared = &server{}

type server struct {
	once  sync.Once
	found string
	err   error
}

func (s *server) uri() (string, error) {
	s.once.Do(func() {
		if s.found = os.Getenv(URIVariable); s.found == "" {
			s.found, s.err = start()
		}
	})
	return s.found, s.err
}

// start runs a MongoDB under a keeper: a shell that ends it, and removes its
// data, when the test process is gone, however it went.
func start() (string, error) {
	binary, err := Binary()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "carecert-test-")
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	set, err := mongod.Start(ctx, mongod.Options{Binary: binary, Dir: dir, Members: 1})
	if err != nil {
		return "", fmt.Errorf("storetest: %w", err)
	}
	stop := func() {
		_ = set.Stop()
		_ = os.RemoveAll(dir)
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	go func() {
		<-signals
		stop()
		os.Exit(1)
	}()
	if err := set.StopWith(os.Getpid(), dir); err != nil {
		stop()
		return "", err
	}
	return set.URI(), nil
}
