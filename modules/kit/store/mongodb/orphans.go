package mongodb

import (
	"context"
	"time"

	"github.com/google/uuid"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
)

// A process that is killed leaves the transactions it was in. The database
// keeps their locks for a minute, and whoever writes to the same documents, say
// the counters of a district, stands still so long. So each process has a name
// that its connections carry, and whoever starts, or tries in vain, ends the
// transactions of those that have no connection any more: a living process has
// its own.

const appPrefix = "carecert-"

func processName() string { return appPrefix + uuid.NewString() }

// The database takes a moment to see that a killed process hung up.
const (
	orphanLooks = 5
	orphanPause = 100 * time.Millisecond
	orphanTries = 10 // of a transaction, before it is asked who is in its way
)

// endOrphans ends what dead processes left. It is a courtesy: where the user of
// the URI may not look or the database is sharded, the minute is waited for.
func (e *Engine) endOrphans(ctx context.Context, looks int) {
	for range looks {
		left, dead, err := e.orphans(ctx)
		if err != nil || left == 0 {
			return
		}
		if len(dead) > 0 {
			_ = e.client.Database("admin").RunCommand(ctx, bson.D{{Key: "killSessions", Value: dead}}).Err()
		}
		if left == len(dead) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(orphanPause):
		}
	}
}

// orphans counts what other processes are in the middle of, and gives the
// sessions of those transactions whose process has no connection.
func (e *Engine) orphans(ctx context.Context) (left int, dead []bson.D, err error) {
	local := options.Database().SetReadConcern(readconcern.Local()) // all that this stage takes
	cursor, err := e.client.Database("admin", local).Aggregate(ctx, bson.A{
		bson.D{{Key: "$currentOp", Value: bson.D{{Key: "idleConnections", Value: true}, {Key: "idleSessions", Value: true}}}},
		bson.D{{Key: "$match", Value: bson.D{{Key: "appName", Value: bson.D{{Key: "$regex", Value: "^" + appPrefix}}}}}},
		bson.D{{Key: "$project", Value: bson.D{{Key: "type", Value: 1}, {Key: "appName", Value: 1}, {Key: "lsid", Value: 1}}}},
	})
	if err != nil {
		return 0, nil, err
	}
	var ops []struct {
		Type    string `bson:"type"`
		AppName string `bson:"appName"`
		LSID    struct {
			ID bson.Binary `bson:"id"`
		} `bson:"lsid"`
	}
	if err := cursor.All(ctx, &ops); err != nil {
		return 0, nil, err
	}
	alive := map[string]bool{}
	for _, o := range ops {
		alive[o.AppName] = alive[o.AppName] || o.Type != "idleSession" // else a connection, at work or not
	}
	for _, o := range ops {
		if o.AppName == e.self || len(o.LSID.ID.Data) == 0 {
			continue
		}
		left++
		if !alive[o.AppName] {
			dead = append(dead, bson.D{{Key: "id", Value: o.LSID.ID}})
		}
	}
	return left, dead, nil
}
