// Package store is the document store that modules keep their documents in:
// one small port, two engines (kit/store/sqlite and kit/store/mongodb) that
// pass one contract suite. Nothing else in the program knows either database.
//
// Rules for callers: a query names a declared index; the closure of Tx may run
// more than once and uses only the context it is given; what a decision rests
// on is read inside the Tx; an invariant lives in one document, which the Tx
// writes (MongoDB isolates by snapshot: two transactions that only read what
// the other writes both commit).
package store

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// Doc is what every stored document embeds, as `bson:",inline"`.
type Doc struct {
	ID      string `bson:"_id"`
	Version int64  `bson:"_v"` // 1 after insertion; every write adds one
}

// Meta gives the store access to the embedded part.
func (d *Doc) Meta() *Doc { return d }

// Index is declared beside the queries that use it.
type Index struct {
	Name   string
	Fields []string // bson paths of strings, integers, booleans or times, in order
	Unique bool     // with Where or over all documents
	Many   string   // the one field among Fields that is an array: a look-up per element
	Where  string   // partial: only documents in which this field is set (not missing, null, false, 0 or "")
}

// IsSet is the condition of a partial index (Index.Where), for both engines.
func IsSet(v bson.RawValue) bool {
	switch v.Type {
	case bson.TypeNull, bson.TypeUndefined, 0:
		return false
	case bson.TypeBoolean:
		return v.Boolean()
	case bson.TypeInt32:
		return v.Int32() != 0
	case bson.TypeInt64:
		return v.Int64() != 0
	case bson.TypeString:
		return v.StringValue() != ""
	default:
		return true
	}
}

// Spec declares a collection. Names are "module_noun".
type Spec struct {
	Name    string
	Indexes []Index
	Shard   []string // the shard key on a sharded MongoDB; {"_id"} when empty
}

// Query is equality on a prefix of an index's fields, then a range on the next
// field, in index order (ties by _id).
type Query struct {
	Index  string
	Equal  []any
	From   any    // next field ≥ From; nil for open
	Until  any    // next field < Until; nil for open
	Prefix string // next field (a string) begins with it; instead of From and Until
	Desc   bool
	Limit  int    // 1 to 1000; 0 is 100
	After  string // Page.Next of the page before; it stands for a place behind the equal fields
}

// Page is a slice of a query's answer; Next is empty at the end.
type Page[T any] struct {
	Items []T
	Next  string
}

// ErrNotFound: no document has that id.
var ErrNotFound = errors.New("store: not found")

// ErrConflict: the document is not at the expected version.
var ErrConflict = errors.New("store: version conflict")

// ErrNoIndex: the query names no declared index, or does not fit it.
var ErrNoIndex = errors.New("store: query without a declared index")

// ErrBadCursor: the cursor was not made by such a query.
var ErrBadCursor = errors.New("store: bad cursor")

// DuplicateError names the unique index that refused a write ("_id" for the id).
type DuplicateError struct {
	Collection, Index, ID string
}

func (e *DuplicateError) Error() string {
	return fmt.Sprintf("store: duplicate in %s by %s", e.Collection, e.Index)
}

// IsDuplicate tells whether the error is a duplicate under the index of that
// name; any index when the name is empty.
func IsDuplicate(err error, index string) bool {
	var d *DuplicateError
	return errors.As(err, &d) && (index == "" || d.Index == index)
}

// Write is one prepared write of an engine; bodies are BSON documents.
type Write struct {
	Op         Op
	Collection string
	ID         string
	Body       []byte           // whole document for Insert, Replace, Put
	Expect     int64            // version for Replace and Delete; 0 is any
	Deltas     map[string]int64 // for Increment: path → change; creates the document and fields
}

// Op is the kind of a Write.
type Op int

const (
	// OpInsert refuses an existing id.
	OpInsert Op = iota + 1
	// OpReplace refuses another version than Expect.
	OpReplace
	// OpPut inserts or replaces whatever the version.
	OpPut
	// OpIncrement adds to integers atomically.
	OpIncrement
	// OpDelete removes; a missing document is ErrNotFound.
	OpDelete
)

// Engine is what the two databases implement, on BSON bytes. A context inside
// Tx carries the transaction: all methods join it.
type Engine interface {
	Name() string // "sqlite" or "mongodb"
	Ensure(ctx context.Context, spec Spec) error
	Get(ctx context.Context, collection string, ids []string) ([][]byte, error) // missing ones left out, any order
	Write(ctx context.Context, writes []Write) error                            // all or nothing only inside Tx or with one write; bulk otherwise also all or nothing on SQLite
	Find(ctx context.Context, spec Spec, index Index, q Query) (bodies [][]byte, more bool, err error)
	// Match finds the documents of many keys, equal on a prefix of string fields: at least
	// the first `most` of each, those of one key in the order of the index.
	Match(ctx context.Context, spec Spec, index Index, keys [][]string, most int) ([][]byte, error)
	Cursor(index Index, q Query, body []byte) (string, error)                               // of a document that the query finds, for q.After
	Count(ctx context.Context, spec Spec, index Index, q Query, limit int64) (int64, error) // stops at limit
	Scan(ctx context.Context, collection, afterID string, limit int) ([][]byte, error)      // by _id; for rebuild and export only
	Tx(ctx context.Context, fn func(ctx context.Context) error) error                       // joins an outer one
	Snapshot(ctx context.Context, fn func(ctx context.Context) error) error                 // its scans see one instant, and hold nobody up
	Ping(ctx context.Context) error
	Close(ctx context.Context) error
}
