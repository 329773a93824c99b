// Package mongodb is the production engine: go.mongodb.org/mongo-driver/v2 on
// a replica set or a sharded cluster, MongoDB 6.0 or newer. Majority and
// journalled writes, primary reads, snapshot transactions; every query names
// its index and its bounds.
package mongodb

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"carecert/modules/kit/store"
)

// defaultDatabase is used when the URI's path names none.
const defaultDatabase = "carecert"

// Engine implements store.Engine on a MongoDB.
type Engine struct {
	self    string // what its connections are called
	client  *mongo.Client
	db      *mongo.Database
	sharded bool

	mu    sync.RWMutex
	specs map[string]store.Spec
}

// Open connects and waits until the primary answers.
func Open(ctx context.Context, uri string) (store.Engine, error) {
	journal, self := true, processName()
	opts := options.Client().ApplyURI(uri).
		SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journal}).
		// What a transaction would not see yet, a read must not see either: both
		// read what a majority has.
		SetReadPreference(readpref.Primary()).SetReadConcern(readconcern.Majority()).
		SetRetryWrites(true).SetRetryReads(true).
		SetAppName(self)
	client, err := mongo.Connect(opts)
	if err != nil {
		return nil, fmt.Errorf("mongodb: %w", err)
	}
	e := &Engine{self: self, client: client, db: client.Database(databaseOf(uri)), specs: map[string]store.Spec{}}
	var hello struct {
		Msg     string `bson:"msg"`
		SetName string `bson:"setName"`
	}
	err = client.Database("admin").RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello)
	if err == nil && hello.Msg != "isdbgrid" && hello.SetName == "" {
		err = errors.New("it is neither a replica set nor a sharded cluster, so it has no transactions")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("mongodb: %w", err), client.Disconnect(ctx))
	}
	e.sharded = hello.Msg == "isdbgrid"
	if !e.sharded {
		e.endOrphans(ctx, orphanLooks)
	}
	return e, nil
}

// databaseOf reads the database from the path of the URI.
func databaseOf(uri string) string {
	_, rest, _ := strings.Cut(uri, "://")
	rest, _, _ = strings.Cut(rest, "?")
	_, path, _ := strings.Cut(rest, "/")
	if name, err := url.PathUnescape(path); err == nil && name != "" {
		return name
	}
	return defaultDatabase
}

// Name implements store.Engine.
func (e *Engine) Name() string { return "mongodb" }

// Ping implements store.Engine.
func (e *Engine) Ping(ctx context.Context) error { return e.client.Ping(ctx, readpref.Primary()) }

// Close implements store.Engine.
func (e *Engine) Close(ctx context.Context) error { return e.client.Disconnect(ctx) }

// Tx implements store.Engine; the driver runs the closure again on transient
// errors.
func (e *Engine) Tx(ctx context.Context, fn func(context.Context) error) error {
	if mongo.SessionFromContext(ctx) != nil {
		return fn(ctx)
	}
	session, err := e.client.StartSession()
	if err != nil {
		return fmt.Errorf("mongodb: session: %w", err)
	}
	defer session.EndSession(context.WithoutCancel(ctx))
	tries := 0
	_, err = session.WithTransaction(ctx, func(tx context.Context) (any, error) {
		if tries++; tries%orphanTries == 0 && !e.sharded {
			e.endOrphans(ctx, 1)
		}
		return nil, fn(tx)
	}, options.Transaction().SetReadConcern(readconcern.Snapshot()))
	return err
}

// Snapshot implements store.Engine. The database keeps an instant readable for
// five minutes unless it is told otherwise (minSnapshotHistoryWindowInSeconds).
func (e *Engine) Snapshot(ctx context.Context, fn func(context.Context) error) error {
	session, err := e.client.StartSession(options.Session().SetSnapshot(true))
	if err != nil {
		return fmt.Errorf("mongodb: session: %w", err)
	}
	defer session.EndSession(context.WithoutCancel(ctx))
	return fn(mongo.NewSessionContext(ctx, session))
}

// Ensure implements store.Engine.
func (e *Engine) Ensure(ctx context.Context, spec store.Spec) error {
	e.mu.Lock()
	e.specs[spec.Name] = spec
	e.mu.Unlock()
	err := e.db.CreateCollection(ctx, spec.Name)
	var ce mongo.CommandError
	if err != nil && (!errors.As(err, &ce) || ce.Code != codeNamespaceExists) {
		return fmt.Errorf("mongodb: collection %s: %w", spec.Name, err)
	}
	if e.sharded {
		if err := e.shard(ctx, spec); err != nil {
			return err
		}
	}
	return e.indexes(ctx, spec)
}

// Codes of the server that are answered, not reported.
const (
	codeNamespaceExists       = 48
	codeIndexOptionsConflict  = 85
	codeIndexKeySpecsConflict = 86
	codeDuplicateKey          = 11000
)

func (e *Engine) shard(ctx context.Context, spec store.Spec) error {
	key := bson.D{{Key: "_id", Value: "hashed"}}
	if len(spec.Shard) > 0 {
		key = nil
		for _, f := range spec.Shard {
			key = append(key, bson.E{Key: f, Value: 1})
		}
	}
	err := e.client.Database("admin").RunCommand(ctx, bson.D{
		{Key: "shardCollection", Value: e.db.Name() + "." + spec.Name}, {Key: "key", Value: key},
	}).Err()
	if err != nil {
		return fmt.Errorf("mongodb: shard %s: %w", spec.Name, err)
	}
	return nil
}

// marker is the field by which a partial index knows its documents: partial
// filters know no "not empty", so the engine writes the answer down.
const marker = "_p"

// mark is the place of an index's answer in the marker. Its name says what was
// asked: of an index that asks something else now, nothing is answered yet.
func mark(ix store.Index) string { return ix.Name + "~" + strings.ReplaceAll(ix.Where, ".", "~") }

// indexes makes the declared indexes, replaces changed ones and drops those
// that are declared no more.
func (e *Engine) indexes(ctx context.Context, spec store.Spec) error {
	view := e.db.Collection(spec.Name).Indexes()
	existing, err := e.existing(ctx, view)
	if err != nil {
		return fmt.Errorf("mongodb: indexes of %s: %w", spec.Name, err)
	}
	declared := map[string]bool{"_id_": true, "_id_hashed": true}
	for _, ix := range spec.Indexes {
		declared[ix.Name] = true
	}
	for name := range existing {
		if !declared[name] {
			if err := view.DropOne(ctx, name); err != nil {
				return fmt.Errorf("mongodb: drop index %s.%s: %w", spec.Name, name, err)
			}
		}
	}
	for _, ix := range spec.Indexes {
		if ix.Where != "" && existing[ix.Name].Lookup("partialFilterExpression", filterKey(ix)).Type == 0 {
			if err := e.fill(ctx, spec, ix); err != nil {
				return err
			}
		}
		if err := e.index(ctx, view, ix); err != nil {
			return fmt.Errorf("mongodb: index %s.%s: %w", spec.Name, ix.Name, err)
		}
	}
	return nil
}

func filterKey(ix store.Index) string { return marker + "." + mark(ix) }

// existing are the indexes that are there, by name.
func (e *Engine) existing(ctx context.Context, view mongo.IndexView) (map[string]bson.Raw, error) {
	cur, err := view.List(ctx)
	if err != nil {
		return nil, err
	}
	all, err := drain(ctx, cur)
	found := make(map[string]bson.Raw, len(all))
	for _, raw := range all {
		name, _ := bson.Raw(raw).Lookup("name").StringValueOK()
		found[name] = raw
	}
	return found, err
}

// fill writes the answer down in the documents that were there before the
// partial index. What other instances write meanwhile is marked by them, if
// they know the index too.
func (e *Engine) fill(ctx context.Context, spec store.Spec, ix store.Index) error {
	set := bson.D{{Key: ix.Where, Value: bson.D{{Key: "$nin", Value: bson.A{nil, false, 0, ""}}}}} // as store.IsSet
	_, err := e.db.Collection(spec.Name).UpdateMany(ctx, set, bson.D{{Key: "$set", Value: bson.D{{Key: filterKey(ix), Value: true}}}})
	if err != nil {
		return fmt.Errorf("mongodb: fill index %s.%s: %w", spec.Name, ix.Name, err)
	}
	return nil
}

// index makes one, in place of another of its name.
func (e *Engine) index(ctx context.Context, view mongo.IndexView, ix store.Index) error {
	var keys bson.D
	for _, f := range ix.Fields {
		keys = append(keys, bson.E{Key: f, Value: 1})
	}
	if !ix.Unique {
		keys = append(keys, bson.E{Key: "_id", Value: 1}) // the order of ties
	}
	opts := options.Index().SetName(ix.Name).SetUnique(ix.Unique)
	if ix.Where != "" {
		opts.SetPartialFilterExpression(bson.D{{Key: filterKey(ix), Value: true}})
	}
	model := mongo.IndexModel{Keys: keys, Options: opts}
	_, err := view.CreateOne(ctx, model)
	var ce mongo.CommandError
	if errors.As(err, &ce) && (ce.Code == codeIndexOptionsConflict || ce.Code == codeIndexKeySpecsConflict) {
		if err = view.DropOne(ctx, ix.Name); err == nil {
			_, err = view.CreateOne(ctx, model)
		}
	}
	return err
}

func (e *Engine) spec(collection string) store.Spec {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.specs[collection]
}

// Get implements store.Engine.
func (e *Engine) Get(ctx context.Context, collection string, ids []string) ([][]byte, error) {
	filter := bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}
	if len(ids) == 1 {
		filter = bson.D{{Key: "_id", Value: ids[0]}}
	}
	cur, err := e.db.Collection(collection).Find(ctx, filter)
	if err != nil {
		return nil, fmt.Errorf("mongodb: get from %s: %w", collection, err)
	}
	return drain(ctx, cur)
}

// Scan implements store.Engine.
func (e *Engine) Scan(ctx context.Context, collection, afterID string, limit int) ([][]byte, error) {
	cur, err := e.db.Collection(collection).Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: afterID}}}},
		options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(int64(limit)).SetHint("_id_"))
	if err != nil {
		return nil, fmt.Errorf("mongodb: scan %s: %w", collection, err)
	}
	return drain(ctx, cur)
}

// drain reads a cursor to its end, each document without the marker.
func drain(ctx context.Context, cur *mongo.Cursor) (out [][]byte, err error) {
	defer func() { err = errors.Join(err, cur.Close(context.WithoutCancel(ctx))) }()
	for cur.Next(ctx) {
		out = append(out, unmarked(append(bson.Raw(nil), cur.Current...)))
	}
	return out, cur.Err()
}
