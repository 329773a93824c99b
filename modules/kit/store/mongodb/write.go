package mongodb

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"carecert/modules/kit/store"
)

// upsertAttempts bounds how often concurrent upserts of one id try again: the
// loser of the race finds the document at the next attempt.
const upsertAttempts = 10

// Write implements store.Engine: all of the writes or none.
func (e *Engine) Write(ctx context.Context, writes []store.Write) error {
	if mongo.SessionFromContext(ctx) == nil && len(writes) > 1 {
		return e.Tx(ctx, func(ctx context.Context) error { return e.runs(ctx, writes) })
	}
	if mongo.SessionFromContext(ctx) != nil {
		return e.runs(ctx, writes)
	}
	var err error
	for range upsertAttempts {
		err = e.runs(ctx, writes)
		upsert := len(writes) == 1 && (writes[0].Op == store.OpPut || writes[0].Op == store.OpIncrement)
		if !upsert || !store.IsDuplicate(err, "_id") {
			break
		}
	}
	return err
}

// runs sends neighbouring writes to one collection together.
func (e *Engine) runs(ctx context.Context, writes []store.Write) error {
	for len(writes) > 0 {
		n := 1
		for n < len(writes) && writes[n].Collection == writes[0].Collection {
			n++
		}
		if err := e.bulk(ctx, writes[:n]); err != nil {
			return err
		}
		writes = writes[n:]
	}
	return nil
}

func (e *Engine) bulk(ctx context.Context, writes []store.Write) error {
	spec := e.spec(writes[0].Collection)
	models := make([]mongo.WriteModel, 0, len(writes))
	var replaced, deleted int64
	for i := range writes {
		w := &writes[i]
		byID := bson.D{{Key: "_id", Value: w.ID}}
		switch w.Op {
		case store.OpInsert:
			models = append(models, mongo.NewInsertOneModel().SetDocument(marked(spec, w.Body)))
		case store.OpReplace:
			models = append(models, mongo.NewReplaceOneModel().SetFilter(append(byID, bson.E{Key: "_v", Value: w.Expect})).SetReplacement(marked(spec, w.Body)))
			replaced++
		case store.OpPut:
			models = append(models, mongo.NewReplaceOneModel().SetFilter(byID).SetReplacement(marked(spec, w.Body)).SetUpsert(true))
			replaced++
		case store.OpIncrement:
			inc := bson.D{{Key: "_v", Value: int64(1)}}
			for path, n := range w.Deltas {
				inc = append(inc, bson.E{Key: path, Value: n})
			}
			models = append(models, mongo.NewUpdateOneModel().SetFilter(byID).SetUpdate(bson.D{{Key: "$inc", Value: inc}}).SetUpsert(true))
			replaced++
		case store.OpDelete:
			if w.Expect != 0 {
				byID = append(byID, bson.E{Key: "_v", Value: w.Expect})
			}
			models = append(models, mongo.NewDeleteOneModel().SetFilter(byID))
			deleted++
		default:
			return fmt.Errorf("mongodb: unknown operation %d", w.Op)
		}
	}
	res, err := e.db.Collection(spec.Name).BulkWrite(ctx, models, options.BulkWrite().SetOrdered(true))
	if err != nil {
		return explain(err, spec.Name, writes)
	}
	if res.MatchedCount+res.UpsertedCount < replaced || res.DeletedCount < deleted {
		return e.whyNot(ctx, writes)
	}
	return nil
}

// whyNot finds the write that met a missing document, or one at another
// version. In a transaction the documents are seen as the writes left them.
func (e *Engine) whyNot(ctx context.Context, writes []store.Write) error {
	for i := range writes {
		w := &writes[i]
		if w.Op != store.OpReplace && w.Op != store.OpDelete {
			continue
		}
		found, err := e.Get(ctx, w.Collection, []string{w.ID})
		if err != nil {
			return err
		}
		switch {
		case len(found) == 0 && w.Op == store.OpReplace:
			return store.ErrNotFound
		case len(found) == 0 && len(writes) == 1:
			return store.ErrNotFound
		case len(found) > 0 && w.Op == store.OpDelete:
			return store.ErrConflict
		case len(found) > 0:
			written, _ := bson.Raw(w.Body).Lookup("_v").AsInt64OK()
			if v, _ := bson.Raw(found[0]).Lookup("_v").AsInt64OK(); v != written {
				return store.ErrConflict
			}
		}
	}
	if writes[0].Op == store.OpDelete {
		return store.ErrNotFound
	}
	return store.ErrConflict
}

// explain names the index behind a duplicate key.
func explain(err error, collection string, writes []store.Write) error {
	var be mongo.BulkWriteException
	if errors.As(err, &be) && len(be.WriteErrors) > 0 {
		we := be.WriteErrors[0]
		if we.Code == codeDuplicateKey {
			return &store.DuplicateError{Collection: collection, Index: indexIn(we.Message), ID: writes[min(we.Index, len(writes)-1)].ID}
		}
	}
	return fmt.Errorf("mongodb: write to %s: %w", collection, err)
}

// indexIn reads the index's name from "… index: NAME dup key: …".
func indexIn(message string) string {
	_, rest, _ := strings.Cut(message, " index: ")
	name, _, _ := strings.Cut(rest, " ")
	if name == "_id_" {
		return "_id"
	}
	return name
}

// marked adds the markers of the partial indexes that hold the document.
func marked(spec store.Spec, body []byte) bson.Raw {
	marks := bson.D{}
	for _, ix := range spec.Indexes {
		if ix.Where != "" && store.IsSet(bson.Raw(body).Lookup(strings.Split(ix.Where, ".")...)) {
			marks = append(marks, bson.E{Key: mark(ix), Value: true})
		}
	}
	if len(marks) == 0 {
		return body
	}
	t, value, err := bson.MarshalValue(marks)
	if err != nil { // names and booleans always encode
		return body
	}
	out := make(bson.Raw, 0, len(body)+len(value)+8)
	out = append(out, body[:len(body)-1]...)
	out = append(append(append(out, byte(t)), marker...), 0)
	out = append(append(out, value...), 0)
	return withLength(out)
}

// unmarked takes the markers out again.
func unmarked(body bson.Raw) []byte {
	if body.Lookup(marker).Type != bson.TypeEmbeddedDocument {
		return body
	}
	elements, err := body.Elements()
	if err != nil {
		return body
	}
	out := make(bson.Raw, 4, len(body))
	for _, el := range elements {
		if el.Key() != marker {
			out = append(out, el...)
		}
	}
	return withLength(append(out, 0))
}

func withLength(doc bson.Raw) bson.Raw {
	n := len(doc)
	doc[0], doc[1], doc[2], doc[3] = byte(n), byte(n>>8), byte(n>>16), byte(n>>24) //nolint:gosec // little endian
	return doc
}
