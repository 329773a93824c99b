package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"carecert/modules/kit/store"
)

// table holds the statements of a collection.
type table struct {
	name                   string
	single                 []store.Index // a column each
	many                   []side        // a side table each
	get, getMany, scan     string
	insert, update, delete string
}

// side is the side table of an array index.
type side struct {
	store.Index
	side           string
	insert, delete string
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// column of a single-key index. A trailing underscore keeps one index's name
// from being the beginning of another's in error texts.
func column(ix store.Index) string { return "k_" + ix.Name + "_" }

func newTable(spec store.Spec) *table {
	t := &table{name: spec.Name}
	cols, marks, sets := "id, v, body", "?, ?, ?", "v = ?, body = ?"
	for _, ix := range spec.Indexes {
		if ix.Many != "" {
			s := side{Index: ix, side: spec.Name + "__" + ix.Name + "_"}
			s.insert = "INSERT INTO " + quote(s.side) + " (k, id) VALUES (?, ?)"
			s.delete = "DELETE FROM " + quote(s.side) + " WHERE k = ? AND id = ?"
			t.many = append(t.many, s)
			continue
		}
		t.single = append(t.single, ix)
		cols += ", " + quote(column(ix))
		marks += ", ?"
		sets += ", " + quote(column(ix)) + " = ?"
	}
	n := quote(spec.Name)
	t.get = "SELECT body FROM " + n + " WHERE id = ?"
	t.getMany = "SELECT body FROM " + n + " WHERE id IN (SELECT value FROM json_each(?))"
	t.scan = "SELECT body FROM " + n + " WHERE id > ? ORDER BY id LIMIT ?"
	t.insert = "INSERT INTO " + n + " (" + cols + ") VALUES (" + marks + ")"
	t.update = "UPDATE " + n + " SET " + sets + " WHERE id = ? AND v = ?"
	t.delete = "DELETE FROM " + n + " WHERE id = ?"
	return t
}

func (e *Engine) prepareMeta(ctx context.Context) error {
	_, err := e.write.conn.ExecContext(ctx,
		"CREATE TABLE IF NOT EXISTS store_indexes (collection TEXT, name TEXT, definition TEXT, PRIMARY KEY (collection, name)) WITHOUT ROWID")
	return err
}

// Ensure implements store.Engine: makes the table and its indexes, fills in
// the keys of an index that is new or changed, drops what is declared no more.
func (e *Engine) Ensure(ctx context.Context, spec store.Spec) error {
	t := newTable(spec)
	err := e.write.do(ctx, func(ctx context.Context) error {
		ctx = context.WithoutCancel(ctx) // never interrupted (writer.go)
		create := "CREATE TABLE IF NOT EXISTS " + quote(spec.Name) + " (id TEXT PRIMARY KEY, v INTEGER NOT NULL, body BLOB NOT NULL)"
		if _, err := e.write.conn.ExecContext(ctx, create); err != nil {
			return err
		}
		known, err := e.definitions(ctx, spec.Name)
		if err != nil {
			return err
		}
		var fresh []store.Index
		for _, ix := range spec.Indexes {
			definition, err := json.Marshal(ix)
			if err != nil {
				return err
			}
			if known[ix.Name] != string(definition) {
				if err := e.makeIndex(ctx, spec.Name, ix, string(definition)); err != nil {
					return fmt.Errorf("index %s: %w", ix.Name, err)
				}
				fresh = append(fresh, ix)
			}
			delete(known, ix.Name)
		}
		for name := range known {
			if err := e.dropIndex(ctx, spec.Name, name); err != nil {
				return fmt.Errorf("drop index %s: %w", name, err)
			}
		}
		return e.fill(ctx, t, fresh)
	})
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.specs[spec.Name] = t
	return nil
}

func (e *Engine) definitions(ctx context.Context, collection string) (map[string]string, error) {
	rows, err := e.write.conn.QueryContext(ctx, "SELECT name, definition FROM store_indexes WHERE collection = ?", collection)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	known := map[string]string{}
	for rows.Next() {
		var name, definition string
		if err := rows.Scan(&name, &definition); err != nil {
			return nil, err
		}
		known[name] = definition
	}
	return known, rows.Err()
}

func (e *Engine) makeIndex(ctx context.Context, collection string, ix store.Index, definition string) error {
	if err := e.dropIndex(ctx, collection, ix.Name); err != nil {
		return err
	}
	var statements []string
	switch table, col := quote(collection), quote(column(ix)); {
	case ix.Many != "":
		unique := "PRIMARY KEY (k, id)"
		if ix.Unique {
			unique = "PRIMARY KEY (k)"
		}
		statements = append(statements, "CREATE TABLE "+quote(collection+"__"+ix.Name+"_")+" (k BLOB NOT NULL, id TEXT NOT NULL, "+unique+") WITHOUT ROWID")
	case ix.Unique:
		statements = append(statements, "ALTER TABLE "+table+" ADD COLUMN "+col+" BLOB",
			"CREATE UNIQUE INDEX "+quote(collection+"_"+ix.Name+"_i")+" ON "+table+" ("+col+")")
	default:
		statements = append(statements, "ALTER TABLE "+table+" ADD COLUMN "+col+" BLOB",
			"CREATE INDEX "+quote(collection+"_"+ix.Name+"_i")+" ON "+table+" ("+col+", id)")
	}
	for _, s := range statements {
		if _, err := e.write.conn.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	_, err := e.write.conn.ExecContext(ctx, "INSERT OR REPLACE INTO store_indexes VALUES (?, ?, ?)", collection, ix.Name, definition)
	return err
}

func (e *Engine) dropIndex(ctx context.Context, collection, name string) error {
	ix := store.Index{Name: name}
	for _, s := range []string{
		"DROP TABLE IF EXISTS " + quote(collection+"__"+name+"_"),
		"DROP INDEX IF EXISTS " + quote(collection+"_"+name+"_i"),
	} {
		if _, err := e.write.conn.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	var has int
	err := e.write.conn.QueryRowContext(ctx, "SELECT 1 FROM pragma_table_info(?) WHERE name = ?", collection, column(ix)).Scan(&has)
	if err == nil {
		_, err = e.write.conn.ExecContext(ctx, "ALTER TABLE "+quote(collection)+" DROP COLUMN "+quote(column(ix)))
	} else if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	if err != nil {
		return err
	}
	_, err = e.write.conn.ExecContext(ctx, "DELETE FROM store_indexes WHERE collection = ? AND name = ?", collection, name)
	return err
}

// fill writes the keys of fresh indexes for the documents that are there.
func (e *Engine) fill(ctx context.Context, t *table, fresh []store.Index) error {
	if len(fresh) == 0 {
		return nil
	}
	last := ""
	for {
		rows, err := e.write.conn.QueryContext(ctx, t.scan, last, 1000)
		if err != nil {
			return err
		}
		docs, err := bodies(rows)
		if err != nil || len(docs) == 0 {
			return err
		}
		for _, body := range docs {
			last = bson.Raw(body).Lookup("_id").StringValue()
			for _, ix := range fresh {
				keys, err := keysOf(body, ix)
				if err != nil {
					return err
				}
				for _, k := range keys {
					if err := e.fillKey(ctx, t, ix, last, k); err != nil {
						return t.explain(err, last)
					}
				}
			}
		}
	}
}

func (e *Engine) fillKey(ctx context.Context, t *table, ix store.Index, id string, k []byte) error {
	query := "UPDATE " + quote(t.name) + " SET " + quote(column(ix)) + " = ? WHERE id = ?"
	if ix.Many != "" {
		query = "INSERT INTO " + quote(t.name+"__"+ix.Name+"_") + " (k, id) VALUES (?, ?)"
	}
	_, err := e.write.conn.ExecContext(ctx, query, k, id)
	return err
}
