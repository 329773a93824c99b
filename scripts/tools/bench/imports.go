package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/xuri/excelize/v2"

	"carecert/modules/kernel"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/mongodb"
	"carecert/modules/kit/store/sqlite"
	"carecert/server/app"
)

// importing measures an import against reading the file with excelize and
// inserting every document that the import leaves.
func importing(ctx context.Context, engine, uri, dir string, a *app.App, s scene, people int) (row, error) {
	file, err := roster(people)
	if err != nil {
		return row{}, err
	}
	path := filepath.Join(dir, "roster.xlsx")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		return row{}, err
	}
	read, err := timed(func() error { return discard(file) })
	if err != nil {
		return row{}, err
	}
	before, err := census(ctx, a.DB)
	if err != nil {
		return row{}, err
	}
	f, err := os.Open(path)
	if err != nil {
		return row{}, err
	}
	defer f.Close()
	ours, err := timed(func() error {
		r, err := a.Imports.Service.Run(kernel.AsSystem(ctx, "bench"), imports.Request{
			Kind: "people", Organization: kernel.OrganizationID(s.institution), FileName: "roster.xlsx", File: f, Size: int64(len(file)),
		})
		if err == nil && r.Counts.Created != people {
			err = fmt.Errorf("created %d of %d", r.Counts.Created, people)
		}
		return err
	})
	if err != nil {
		return row{}, err
	}
	insert, documents, err := inserting(ctx, engine, uri, dir, a.DB, before)
	if err != nil {
		return row{}, err
	}
	bare := read + insert
	return row{
		engine: engine, what: fmt.Sprintf("import of %d rows (%d documents)", people, documents),
		ours: ours.Round(time.Millisecond).String(), bare: bare.Round(time.Millisecond).String(), ratio: ours.Seconds() / bare.Seconds(), atMost: 2.5,
	}, nil
}

func timed(do func() error) (time.Duration, error) {
	started := time.Now()
	err := do()
	return time.Since(started), err
}

// census remembers which documents there are.
func census(ctx context.Context, db *store.DB) (map[string]bool, error) {
	seen := map[string]bool{}
	for _, s := range db.Specs() {
		err := db.ScanRaw(ctx, s.Name, func(id string, _ []byte) error { seen[s.Name+"/"+id] = true; return nil })
		if err != nil {
			return nil, err
		}
	}
	return seen, nil
}

// inserting bulk-inserts the documents that came, under the same indexes, into
// an empty database of the same engine.
func inserting(ctx context.Context, engine, uri, dir string, db *store.DB, before map[string]bool) (took time.Duration, documents int, err error) {
	var e store.Engine
	if engine == "sqlite" {
		e, err = sqlite.Open(ctx, filepath.Join(dir, "bare.db"))
	} else {
		e, err = mongodb.Open(ctx, named(uri, "bare"))
	}
	if err != nil {
		return 0, 0, err
	}
	bare := store.New(e)
	defer func() { err = errors.Join(err, bare.Close(ctx)) }()
	batches := map[string][][][]byte{}
	for _, s := range db.Specs() {
		if err := e.Ensure(ctx, s); err != nil {
			return 0, 0, err
		}
		var batch [][]byte
		err := db.ScanRaw(ctx, s.Name, func(id string, body []byte) error {
			if before[s.Name+"/"+id] {
				return nil
			}
			documents++
			if batch = append(batch, bytes.Clone(body)); len(batch) == 500 {
				batches[s.Name], batch = append(batches[s.Name], batch), nil
			}
			return nil
		})
		if err != nil {
			return 0, 0, err
		}
		if len(batch) > 0 {
			batches[s.Name] = append(batches[s.Name], batch)
		}
	}
	took, err = timed(func() error {
		for name, all := range batches {
			for _, b := range all {
				if err := bare.InsertRaw(ctx, name, b...); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return took, documents, err
}

// roster makes a workbook of invented people.
func roster(people int) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, err
	}
	if err := w.SetRow("A1", []any{"序号", "姓名", "身份证号码", "联系电话", "文化程度", "入职日期"}); err != nil {
		return nil, err
	}
	given := []string{"秀兰", "桂芳", "建国", "志明", "玉珍", "海燕", "文娟", "小红", "国强", "丽"}
	names := []string{"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"}
	for n := range people {
		cell, err := excelize.CoordinatesToCellName(1, n+2)
		if err != nil {
			return nil, err
		}
		born := kernel.Date("1965-01-01").AddDays(n % 12_000)
		line := []any{n + 1, names[n%10] + given[(n/10+n/12_000)%10], identity("31011"+fmt.Sprint(n/12_000%10), born, n%999), fmt.Sprintf("138%08d", n), "高中", "2024-03-01"}
		if err := w.SetRow(cell, line); err != nil {
			return nil, err
		}
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = f.Write(&out)
	return out.Bytes(), err
}

// identity makes a checksum-valid number of nobody.
func identity(prefix string, born kernel.Date, sequence int) string {
	body := prefix + string(born[0:4]) + string(born[5:7]) + string(born[8:10]) + fmt.Sprintf("%03d", sequence)
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(body[i]-'0') * w
	}
	return body + string("10X98765432"[sum%11])
}

// discard reads the workbook and throws every row away.
func discard(file []byte) error {
	f, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := f.Rows("Sheet1")
	if err != nil {
		return err
	}
	for rows.Next() {
		if _, err := rows.Columns(); err != nil {
			return err
		}
	}
	return rows.Close()
}
