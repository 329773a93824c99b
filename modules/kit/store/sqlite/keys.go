package sqlite

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"carecert/modules/kit/store"
)

// An index entry is one BLOB: the index's fields one after the other, each as a
// tag and an order-preserving value, so that comparing bytes compares tuples,
// and equality on a prefix and a range on the next field are one byte range.
const (
	tagNull   = 0x01
	tagFalse  = 0x02
	tagTrue   = 0x03
	tagInt    = 0x04 // eight bytes, big endian, sign flipped
	tagString = 0x05 // 00 is written 00 FF; ends with 00 01
	tagTime   = 0x06 // milliseconds, as an integer
)

var errUnindexable = errors.New("sqlite: a value that cannot be indexed")

func appendInt(k []byte, tag byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(append(k, tag), uint64(n)^(1<<63)) //nolint:gosec // the sign bit is flipped on purpose
}

func appendText(k []byte, s string) []byte {
	for i := range len(s) {
		if k = append(k, s[i]); s[i] == 0 {
			k = append(k, 0xFF)
		}
	}
	return k
}

func appendString(k []byte, s string) []byte {
	return append(appendText(append(k, tagString), s), 0x00, 0x01)
}

// appendValue encodes a query's value.
func appendValue(k []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(k, tagNull), nil
	case bool:
		if v {
			return append(k, tagTrue), nil
		}
		return append(k, tagFalse), nil
	case time.Time:
		return appendInt(k, tagTime, v.UnixMilli()), nil
	case string:
		return appendString(k, v), nil
	}
	// Named strings and integers go through BSON, as they do when stored.
	t, raw, err := bson.MarshalValue(v)
	if err != nil {
		return nil, fmt.Errorf("%w: %T", errUnindexable, v)
	}
	return appendStored(k, bson.RawValue{Type: t, Value: raw})
}

// appendStored encodes a stored value.
func appendStored(k []byte, v bson.RawValue) ([]byte, error) {
	switch v.Type {
	case bson.TypeNull, bson.TypeUndefined, 0:
		return append(k, tagNull), nil
	case bson.TypeBoolean:
		return appendValue(k, v.Boolean())
	case bson.TypeInt32:
		return appendInt(k, tagInt, int64(v.Int32())), nil
	case bson.TypeInt64:
		return appendInt(k, tagInt, v.Int64()), nil
	case bson.TypeString:
		return appendString(k, v.StringValue()), nil
	case bson.TypeDateTime:
		return appendInt(k, tagTime, v.DateTime()), nil
	default:
		return nil, fmt.Errorf("%w: %s", errUnindexable, v.Type)
	}
}

func lookup(doc bson.Raw, path string) bson.RawValue {
	return doc.Lookup(strings.Split(path, ".")...)
}

// keysOf are the entries of a document in an index: none where a partial index
// does not hold it, one, or with a Many field one per distinct element.
func keysOf(doc bson.Raw, index store.Index) ([][]byte, error) {
	if index.Where != "" && !store.IsSet(lookup(doc, index.Where)) {
		return nil, nil
	}
	keys := [][]byte{nil}
	for _, f := range index.Fields {
		values := []bson.RawValue{lookup(doc, f)}
		if f == index.Many {
			if values[0].Type != bson.TypeArray {
				return nil, nil
			}
			elements, err := values[0].Array().Values()
			if err != nil {
				return nil, err
			}
			values = elements
		}
		next := make([][]byte, 0, len(keys)*len(values))
		for _, k := range keys {
			for _, v := range values {
				longer, err := appendStored(bytes.Clone(k), v)
				if err != nil {
					return nil, fmt.Errorf("%s of %s: %w", f, index.Name, err)
				}
				next = append(next, longer)
			}
		}
		keys = next
	}
	if index.Many == "" {
		return keys, nil
	}
	distinct := keys[:0]
	seen := make(map[string]bool, len(keys))
	for _, k := range keys {
		if !seen[string(k)] {
			seen[string(k)] = true
			distinct = append(distinct, k)
		}
	}
	return distinct, nil
}

// after is the first key that no longer begins with k; nil when there is none.
func after(k []byte) []byte {
	k = bytes.Clone(k)
	for i := len(k) - 1; i >= 0; i-- {
		if k[i] < 0xFF {
			k[i]++
			return k[:i+1]
		}
	}
	return nil
}

// equal is what the keys of a query begin with.
func equal(q store.Query) (prefix []byte, err error) {
	for _, v := range q.Equal {
		if prefix, err = appendValue(prefix, v); err != nil {
			return nil, err
		}
	}
	return prefix, nil
}

// bounds turns a query into a byte range: from ≤ key < until.
func bounds(q store.Query) (from, until []byte, err error) {
	prefix, err := equal(q)
	if err != nil {
		return nil, nil, err
	}
	if q.Prefix != "" {
		from = appendText(append(bytes.Clone(prefix), tagString), q.Prefix)
		return from, after(from), nil
	}
	if from, until = bytes.Clone(prefix), after(prefix); from == nil {
		from = []byte{0} // before every key; no bytes at all would be NULL
	}
	if q.From != nil {
		if from, err = appendValue(bytes.Clone(prefix), q.From); err != nil {
			return nil, nil, err
		}
	}
	if q.Until != nil {
		if until, err = appendValue(bytes.Clone(prefix), q.Until); err != nil {
			return nil, nil, err
		}
	}
	if until == nil {
		until = []byte{0xFF}
	}
	return from, until, nil
}
