package store

import (
	"context"
	"fmt"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// ScanRaw walks a declared collection as BSON documents: for export.
func (db *DB) ScanRaw(ctx context.Context, collection string, fn func(id string, body []byte) error) error {
	after := ""
	for {
		bodies, err := db.engine.Scan(ctx, collection, after, 500)
		if err != nil || len(bodies) == 0 {
			return err
		}
		for _, b := range bodies {
			id, _ := bson.Raw(b).Lookup("_id").StringValueOK()
			if err := fn(id, b); err != nil {
				return err
			}
			after = id
		}
	}
}

// PutRaw writes BSON documents as they are: for restore.
func (db *DB) PutRaw(ctx context.Context, collection string, bodies ...[]byte) error {
	return db.writeRaw(ctx, OpPut, collection, bodies)
}

// Clear deletes every document of every declared collection but the kept ones:
// for data that never came into use. What is cut short is cleared the next
// time.
func (db *DB) Clear(ctx context.Context, keep ...string) error {
	for _, s := range db.specs {
		for !slices.Contains(keep, s.Name) {
			bodies, err := db.engine.Scan(ctx, s.Name, "", 500)
			if err != nil {
				return fmt.Errorf("clear %s: %w", s.Name, err)
			}
			if len(bodies) == 0 {
				break
			}
			if err := db.writeRaw(ctx, OpDelete, s.Name, bodies); err != nil {
				return fmt.Errorf("clear %s: %w", s.Name, err)
			}
		}
	}
	return nil
}

// InsertRaw inserts BSON documents as they are: for benchmarks.
func (db *DB) InsertRaw(ctx context.Context, collection string, bodies ...[]byte) error {
	return db.writeRaw(ctx, OpInsert, collection, bodies)
}

func (db *DB) writeRaw(ctx context.Context, op Op, collection string, bodies [][]byte) error {
	writes := make([]Write, 0, len(bodies))
	for _, b := range bodies {
		id, ok := bson.Raw(b).Lookup("_id").StringValueOK()
		if !ok {
			return fmt.Errorf("store: %s: document without an id", collection)
		}
		writes = append(writes, Write{Op: op, Collection: collection, ID: id, Body: b})
	}
	if len(writes) == 0 {
		return nil
	}
	return db.engine.Write(ctx, writes)
}
