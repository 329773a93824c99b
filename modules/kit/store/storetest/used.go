package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
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
		empty []byte // a few megabytes
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
	if usedFile.empty != nil {
		if err := os.WriteFile(path, usedFile.empty, 0o600); err != nil {
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

// keepFile keeps what later tests begin with, of the first closed file.
func keepFile(path string) (err error) {
	usedFile.Lock()
	defer usedFile.Unlock()
	if _, err := os.Stat(path); usedFile.empty != nil || errors.Is(err, os.ErrNotExist) {
		return nil
	}
	into := path + ".empty" // in the test's folder, which is about to go
	if err := emptyFile(path, into); err != nil {
		return err
	}
	usedFile.empty, err = os.ReadFile(into)
	return err
}

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
func emptyDatabase(ctx context.Context, db *mongo.Database) error {
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

func dropDatabase(ctx context.Context, db *mongo.Database) error { return db.Drop(ctx) }

// leave does the last thing to a database that a test used.
func leave(t testing.TB, uri, name string, last func(context.Context, *mongo.Database) error) {
	t.Helper()
	ctx := context.Background() // the test's own is over
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err == nil {
		err = errors.Join(last(ctx, client.Database(name)), client.Disconnect(ctx))
	}
	if err != nil {
		t.Errorf("leave %s: %v", name, err)
	}
}
