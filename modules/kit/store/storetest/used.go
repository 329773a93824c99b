package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	_ "modernc.org/sqlite" // the driver
)

// used are databases that passed tests left behind, emptied. Making a hundred
// collections with their indexes takes longer than most tests; a database that
// has them is handed to the next one. What a failed test used is thrown away.
type used struct {
	mu   sync.Mutex
	free []string
}

//nolint:gochecknoglobals // shared by all tests of a process
var (
	usedDatabases = &used{}
	usedFile      struct {
		sync.Mutex
		path string
	}
)

func (u *used) take() (string, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.free) == 0 {
		return "", false
	}
	last := u.free[len(u.free)-1]
	u.free = u.free[:len(u.free)-1]
	return last, true
}

func (u *used) put(name string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.free = append(u.free, name)
}

// File places an empty embedded database at the path: once a test has left a
// file behind, a copy of it without its rows.
func File(t testing.TB, path string) {
	t.Helper()
	usedFile.Lock()
	defer usedFile.Unlock()
	if usedFile.path != "" {
		raw, err := os.ReadFile(usedFile.path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Cleanup(func() {
		if t.Failed() {
			return
		}
		if err := keepFile(path); err != nil {
			t.Errorf("empty %s: %v", path, err)
		}
	})
}

// keepFile makes the file that later tests begin with.
func keepFile(path string) error {
	usedFile.Lock()
	defer usedFile.Unlock()
	if _, err := os.Stat(path); usedFile.path != "" || errors.Is(err, os.ErrNotExist) {
		return nil
	}
	folder, err := spareFolder()
	if err != nil {
		return err
	}
	empty := filepath.Join(folder, "empty.db")
	if err := emptyFile(path, empty); err != nil {
		return err
	}
	usedFile.path = empty
	return nil
}

// spareFolder is a folder of this process; those of processes that are gone are
// removed.
//
//nolint:gochecknoglobals // shared by all tests of a process
var spareFolder = sync.OnceValues(func() (string, error) {
	const prefix = "carecert-used-"
	left, err := filepath.Glob(filepath.Join(os.TempDir(), prefix+"*"))
	if err != nil {
		return "", err
	}
	for _, folder := range left {
		pid, err := strconv.Atoi(strings.TrimPrefix(filepath.Base(folder), prefix))
		if err == nil && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			_ = os.RemoveAll(folder)
		}
	}
	folder := filepath.Join(os.TempDir(), prefix+strconv.Itoa(os.Getpid()))
	return folder, os.MkdirAll(folder, 0o700)
})

// emptyFile writes the tables and indexes of a file into another, without a row.
func emptyFile(path, into string) error {
	ctx := context.Background()
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(15000)&_pragma=synchronous(OFF)")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	rows, err := db.QueryContext(ctx, "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'store_indexes' AND name NOT LIKE 'sqlite_%'")
	if err != nil {
		return err
	}
	defer rows.Close()
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		tables = append(tables, name)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for _, name := range tables {
		if _, err := tx.ExecContext(ctx, `DELETE FROM "`+strings.ReplaceAll(name, `"`, `""`)+`"`); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", into)
	return err
}

// emptyDatabase removes every document of a MongoDB database.
func emptyDatabase(ctx context.Context, uri, name string) (err error) {
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Disconnect(ctx)) }()
	db := client.Database(name)
	collections, err := db.ListCollectionNames(ctx, bson.D{})
	if err != nil {
		return err
	}
	for _, c := range collections {
		if _, err := db.Collection(c).DeleteMany(ctx, bson.D{}); err != nil {
			return fmt.Errorf("%s: %w", c, err)
		}
	}
	return nil
}

// dropDatabase removes a MongoDB database.
func dropDatabase(ctx context.Context, uri, name string) (err error) {
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, client.Disconnect(ctx)) }()
	return client.Database(name).Drop(ctx)
}
