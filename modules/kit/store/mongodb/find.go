package mongodb

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"carecert/modules/kit/store"
)

// A query is equality on a prefix of an index and a range on the next field, in
// the index's order. A page that goes on after an entry is, field by field
// from the last one: equal up to a field and beyond the entry there. So every
// request to the server has tight bounds, however many entries are alike.

// fieldsOf are the index's fields with the one that orders ties.
func fieldsOf(ix store.Index) []string {
	if ix.Unique {
		return ix.Fields
	}
	return append(slices.Clone(ix.Fields), "_id")
}

// highest follows every text that goes on after a prefix.
const highest = "\U0010FFFF"

// span are the conditions on the field after the equal ones. Values of one
// field are of one type, or missing; a missing one comes before all others,
// which $lt would leave out and $not $gte does not.
func span(q store.Query) bson.D {
	if q.Prefix != "" {
		return bson.D{{Key: "$gte", Value: q.Prefix}, {Key: "$lt", Value: q.Prefix + highest}}
	}
	var out bson.D
	if q.From != nil {
		out = append(out, bson.E{Key: "$gte", Value: q.From})
	}
	switch {
	case q.Until != nil && q.From != nil:
		out = append(out, bson.E{Key: "$lt", Value: q.Until})
	case q.Until != nil:
		out = append(out, bson.E{Key: "$not", Value: bson.D{{Key: "$gte", Value: q.Until}}})
	}
	return out
}

// beyond is the condition of coming after a value; false when nothing can.
func beyond(v any, desc bool) (bson.D, bool) {
	switch {
	case desc && v == nil:
		return nil, false
	case desc:
		return bson.D{{Key: "$not", Value: bson.D{{Key: "$gte", Value: v}}}}, true
	case v == nil:
		return bson.D{{Key: "$ne", Value: nil}}, true
	default:
		return bson.D{{Key: "$gt", Value: v}}, true
	}
}

// step is one request to the server: a filter, and the fields it orders by.
type step struct {
	filter bson.D
	order  []string
}

func where(ix store.Index) bson.D {
	if ix.Where == "" {
		return bson.D{}
	}
	return bson.D{{Key: filterKey(ix), Value: true}}
}

func whole(ix store.Index, q store.Query) step {
	fields := fieldsOf(ix)
	s := step{filter: where(ix), order: fields[len(q.Equal):]}
	for i, v := range q.Equal {
		s.filter = append(s.filter, bson.E{Key: fields[i], Value: v})
	}
	if limits := span(q); len(limits) > 0 {
		s.filter = append(s.filter, bson.E{Key: fields[len(q.Equal)], Value: limits})
	}
	if len(s.order) == 0 {
		s.order = []string{"_id"}
	}
	return s
}

// steps splits what comes after an entry.
func steps(ix store.Index, q store.Query, last bson.A) []step {
	fields := fieldsOf(ix)
	var out []step
	for j := len(fields) - 1; j >= len(q.Equal); j-- {
		further, possible := beyond(last[j], q.Desc)
		if !possible {
			continue
		}
		s := step{filter: where(ix), order: fields[j:]}
		for i := range j {
			s.filter = append(s.filter, bson.E{Key: fields[i], Value: last[i]})
		}
		conditions := bson.A{bson.D{{Key: fields[j], Value: further}}}
		if limits := span(q); len(limits) > 0 {
			conditions = append(conditions, bson.D{{Key: fields[len(q.Equal)], Value: limits}})
		}
		s.filter = append(s.filter, bson.E{Key: "$and", Value: conditions})
		out = append(out, s)
	}
	return out
}

// Find implements store.Engine.
func (e *Engine) Find(ctx context.Context, spec store.Spec, ix store.Index, q store.Query) (out [][]byte, more bool, err error) {
	todo := []step{whole(ix, q)}
	if q.After != "" {
		last, ok := readCursor(ix, q)
		if !ok {
			return nil, false, store.ErrBadCursor
		}
		todo = steps(ix, q, last)
	}
	direction := 1
	if q.Desc {
		direction = -1
	}
	for _, s := range todo {
		if len(out) > q.Limit {
			break
		}
		var sort bson.D
		for _, f := range s.order {
			sort = append(sort, bson.E{Key: f, Value: direction})
		}
		opts := options.Find().SetHint(ix.Name).SetSort(sort).SetLimit(int64(q.Limit + 1 - len(out)))
		cur, err := e.db.Collection(spec.Name).Find(ctx, s.filter, opts)
		if err != nil {
			return nil, false, fmt.Errorf("mongodb: find in %s by %s: %w", spec.Name, ix.Name, err)
		}
		found, err := drain(ctx, cur)
		if err != nil {
			return nil, false, fmt.Errorf("mongodb: find in %s by %s: %w", spec.Name, ix.Name, err)
		}
		out = append(out, found...)
	}
	if len(out) > q.Limit {
		return out[:q.Limit], true, nil
	}
	return out, false, nil
}

// Match implements store.Engine: all keys in one request. Where that would
// bring more than the callers take of every key, one key has very many, and
// each is asked for by itself.
func (e *Engine) Match(ctx context.Context, spec store.Spec, ix store.Index, keys [][]string, most int) ([][]byte, error) {
	var filter bson.D
	if len(keys[0]) == 1 {
		values := make(bson.A, len(keys))
		for i, k := range keys {
			values[i] = k[0]
		}
		filter = append(where(ix), bson.E{Key: ix.Fields[0], Value: bson.D{{Key: "$in", Value: values}}})
	} else {
		branches := make(bson.A, len(keys))
		for i, k := range keys {
			branches[i] = whole(ix, store.Query{Equal: anys(k)}).filter
		}
		filter = bson.D{{Key: "$or", Value: branches}}
	}
	var sort bson.D
	for _, f := range fieldsOf(ix) {
		sort = append(sort, bson.E{Key: f, Value: 1})
	}
	limit := len(keys) * most
	opts := options.Find().SetHint(ix.Name).SetSort(sort).SetLimit(int64(limit + 1))
	cur, err := e.db.Collection(spec.Name).Find(ctx, filter, opts)
	if err != nil {
		return nil, fmt.Errorf("mongodb: match in %s by %s: %w", spec.Name, ix.Name, err)
	}
	out, err := drain(ctx, cur)
	if err != nil {
		return nil, fmt.Errorf("mongodb: match in %s by %s: %w", spec.Name, ix.Name, err)
	}
	if len(out) <= limit {
		return out, nil
	}
	out = nil
	for _, k := range keys {
		found, _, err := e.Find(ctx, spec, ix, store.Query{Equal: anys(k), Limit: most})
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

func anys(key []string) bson.A {
	out := make(bson.A, len(key))
	for i, k := range key {
		out[i] = k
	}
	return out
}

// Count implements store.Engine.
func (e *Engine) Count(ctx context.Context, spec store.Spec, ix store.Index, q store.Query, limit int64) (int64, error) {
	filter := whole(ix, q).filter
	if mongo.SessionFromContext(ctx) != nil { // the count command knows no transactions
		return e.countInTx(ctx, spec, ix, filter, limit)
	}
	var res struct {
		N int64 `bson:"n"`
	}
	err := e.db.RunCommand(ctx, bson.D{
		{Key: "count", Value: spec.Name}, {Key: "query", Value: filter}, {Key: "hint", Value: ix.Name}, {Key: "limit", Value: limit},
	}).Decode(&res)
	if err != nil {
		return 0, fmt.Errorf("mongodb: count in %s by %s: %w", spec.Name, ix.Name, err)
	}
	return res.N, nil
}

func (e *Engine) countInTx(ctx context.Context, spec store.Spec, ix store.Index, filter bson.D, limit int64) (int64, error) {
	cur, err := e.db.Collection(spec.Name).Find(ctx, filter,
		options.Find().SetHint(ix.Name).SetLimit(limit).SetProjection(bson.D{{Key: "_id", Value: 1}}))
	if err != nil {
		return 0, fmt.Errorf("mongodb: count in %s by %s: %w", spec.Name, ix.Name, err)
	}
	ids, err := drain(ctx, cur)
	return int64(len(ids)), err
}

// Cursor implements store.Engine: the entry's values behind the equal fields,
// in the index's order.
func (e *Engine) Cursor(ix store.Index, q store.Query, body []byte) (string, error) {
	entry := bson.D{}
	for i, f := range fieldsOf(ix)[len(q.Equal):] {
		v := bson.Raw(body).Lookup(strings.Split(f, ".")...)
		if v.Type == 0 {
			v.Type = bson.TypeNull
		}
		entry = append(entry, bson.E{Key: strconv.Itoa(i), Value: v})
	}
	raw, err := bson.Marshal(entry)
	if err != nil {
		return "", fmt.Errorf("mongodb: cursor: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(raw), nil
}

// readCursor puts what Cursor wrote behind the equal fields of the query. It
// comes back from outside, so anything that could not be an index's value is
// refused: a document would be an operator in the filter.
func readCursor(ix store.Index, q store.Query) (bson.A, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(q.After)
	if err != nil || bson.Raw(raw).Validate() != nil {
		return nil, false
	}
	var entry bson.D
	if err := bson.Unmarshal(raw, &entry); err != nil || len(q.Equal)+len(entry) != len(fieldsOf(ix)) {
		return nil, false
	}
	last := append(bson.A{}, q.Equal...)
	for _, el := range entry {
		if !indexable(el.Value) {
			return nil, false
		}
		last = append(last, el.Value)
	}
	return last, true
}

// indexable tells the values that index fields have (store.Index.Fields).
func indexable(v any) bool {
	switch v.(type) {
	case nil, bool, string, int32, int64, bson.DateTime:
		return true
	default:
		return false
	}
}
