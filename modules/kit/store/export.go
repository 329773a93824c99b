package store

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// ErrNotEmpty: restore writes only into an empty database.
var ErrNotEmpty = errors.New("store: the database is not empty")

// ErrDamaged: an exported file is not what the manifest says.
var ErrDamaged = errors.New("store: the export is damaged")

const manifestName = "manifest.json"

// manifest says what an export holds; it is written last, so a folder without
// one is an export that did not finish.
type manifest struct {
	Format      int                 `json:"format"`
	ExportedAt  time.Time           `json:"exportedAt"`
	Collections map[string]fileInfo `json:"collections"`
}

type fileInfo struct {
	Documents int64  `json:"documents"`
	SHA256    string `json:"sha256"`
}

// ErrExported: the folder holds an export already, which is not written over.
var ErrExported = errors.New("store: the folder holds an export already")

// Export writes every declared collection into the folder, one file a
// collection, one document a line in canonical extended JSON: the same on both
// engines. All of it is of one instant, for the program may be running beside:
// a log without its newest rows would look like one that was cut. ErrExported.
func (db *DB) Export(ctx context.Context, dir string, now time.Time) (documents int64, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	if _, err := os.Stat(filepath.Join(dir, manifestName)); !errors.Is(err, fs.ErrNotExist) {
		return 0, errors.Join(ErrExported, err)
	}
	m := manifest{Format: 1, ExportedAt: now.UTC(), Collections: map[string]fileInfo{}}
	err = db.engine.Snapshot(ctx, func(ctx context.Context) error {
		for _, s := range db.specs {
			info, err := db.exportOne(ctx, dir, s.Name)
			if err != nil {
				return fmt.Errorf("export %s: %w", s.Name, err)
			}
			m.Collections[s.Name] = info
			documents += info.Documents
		}
		return nil
	})
	if err != nil {
		return documents, err
	}
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return documents, err
	}
	return documents, os.WriteFile(filepath.Join(dir, manifestName), append(raw, '\n'), 0o600)
}

func (db *DB) exportOne(ctx context.Context, dir, name string) (info fileInfo, err error) {
	f, err := os.OpenFile(filepath.Join(dir, name+".jsonl"), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return info, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	sum := sha256.New()
	w := bufio.NewWriterSize(io.MultiWriter(f, sum), 1<<16)
	err = db.ScanRaw(ctx, name, func(_ string, body []byte) error {
		line, err := bson.MarshalExtJSON(bson.Raw(body), true, false)
		if err != nil {
			return err
		}
		info.Documents++
		_, err = w.Write(append(line, '\n'))
		return err
	})
	if err != nil {
		return info, err
	}
	if err := w.Flush(); err != nil {
		return info, err
	}
	info.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return info, f.Sync()
}

// Restore reads an export into an empty database. It checks every file before
// it writes the first document, so that a refusal leaves the database empty;
// ErrNotEmpty, ErrDamaged.
func (db *DB) Restore(ctx context.Context, dir string) (documents int64, err error) {
	m, err := readManifest(dir)
	if err != nil {
		return 0, err
	}
	for _, s := range db.specs {
		bodies, err := db.engine.Scan(ctx, s.Name, "", 1)
		if err != nil {
			return 0, fmt.Errorf("restore: look into %s: %w", s.Name, err)
		}
		if len(bodies) > 0 {
			return 0, fmt.Errorf("%w: %s holds documents", ErrNotEmpty, s.Name)
		}
	}
	for name, info := range m.Collections {
		if !slices.ContainsFunc(db.specs, func(s Spec) bool { return s.Name == name }) {
			return 0, fmt.Errorf("%w: collection %s is not known to this version", ErrDamaged, name)
		}
		if err := check(filepath.Join(dir, name+".jsonl"), info); err != nil {
			return 0, err
		}
	}
	for name := range m.Collections {
		n, err := db.restoreOne(ctx, dir, name)
		documents += n
		if err != nil {
			return documents, fmt.Errorf("restore %s: %w", name, err)
		}
	}
	return documents, nil
}

func readManifest(dir string) (m manifest, err error) {
	raw, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return m, fmt.Errorf("restore: %w", err)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("%w: %s: %w", ErrDamaged, manifestName, err)
	}
	if m.Format != 1 {
		return m, fmt.Errorf("%w: format %d is not known", ErrDamaged, m.Format)
	}
	return m, nil
}

func check(path string, info fileInfo) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != info.SHA256 {
		return fmt.Errorf("%w: %s was altered", ErrDamaged, filepath.Base(path))
	}
	return nil
}

// restoreBatch is how many documents one write carries.
const restoreBatch = 500

func (db *DB) restoreOne(ctx context.Context, dir, name string) (n int64, err error) {
	f, err := os.Open(filepath.Join(dir, name+".jsonl"))
	if err != nil {
		return 0, err
	}
	defer f.Close()
	r := bufio.NewReaderSize(f, 1<<16)
	var batch [][]byte
	flush := func() error {
		err := db.PutRaw(ctx, name, batch...)
		n += int64(len(batch))
		batch = batch[:0]
		return err
	}
	for {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return n, flush()
		}
		if err != nil {
			return n, err
		}
		var doc bson.D
		if err := bson.UnmarshalExtJSON(line, true, &doc); err != nil {
			return n, fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		body, err := bson.Marshal(doc)
		if err != nil {
			return n, err
		}
		if batch = append(batch, body); len(batch) == restoreBatch {
			if err := flush(); err != nil {
				return n, err
			}
		}
	}
}
