package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"carecert/modules/kit/store"
	"carecert/modules/kit/store/sqlite"
)

type d struct {
	store.Doc `bson:",inline"`
	P         []string `bson:"p"`
	N         string   `bson:"n"`
	C         int64    `bson:"c"`
}

func TestQuick(t *testing.T) {
	ctx := context.Background()
	e, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "a b.db"))
	if err != nil {
		t.Fatal(err)
	}
	db := store.New(e)
	c := store.Open[d](db, store.Spec{Name: "x_ds", Indexes: []store.Index{{Name: "pn", Fields: []string{"p", "n"}, Many: "p"}, {Name: "n", Fields: []string{"n"}, Unique: true}, {Name: "c", Fields: []string{"c", "n"}, Where: "c"}}})
	if err := db.Ensure(ctx); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 500 {
				if err := c.Insert(ctx, d{Doc: store.Doc{ID: fmt.Sprint(g, "-", i)}, P: []string{"a", "b"}, N: fmt.Sprintf("%02d%04d", g, i)}); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wg.Wait()
	t.Log("16x500 inserts", time.Since(start), float64(8000)/time.Since(start).Seconds())
	q := store.Query{Index: "pn", Equal: []any{"a"}, Limit: 100}
	n := 0
	start = time.Now()
	if err := c.Each(ctx, q, func(x d) error { n++; return nil }); err != nil || n != 8000 {
		t.Fatal(n, err)
	}
	t.Log("walk", time.Since(start))
	err = c.Insert(ctx, d{Doc: store.Doc{ID: "zz"}, N: "000001"})
	if !store.IsDuplicate(err, "n") {
		t.Fatal(err)
	}
	for g := range 16 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range 50 {
				if err := c.Increment(ctx, "k", map[string]int64{"c": 1, "m.a.b": 2}); err != nil {
					t.Error(err, g)
				}
			}
		}()
	}
	wg.Wait()
	k, err := c.Get(ctx, "k")
	if err != nil || k.C != 800 {
		t.Fatal(k, err)
	}
	x, more, err := c.Count(ctx, store.Query{Index: "c", Equal: []any{800}}, 10)
	t.Log(x, more, err)
	err = db.Tx(ctx, func(ctx context.Context) error {
		a, err := c.Get(ctx, "0-1")
		if err != nil {
			return err
		}
		a.N = "changed"
		if err := c.Replace(ctx, &a); err != nil {
			return err
		}
		p, err := c.Find(ctx, store.Query{Index: "pn", Equal: []any{"b"}, Prefix: "chan"})
		if len(p.Items) != 1 {
			t.Error("not visible", err)
		}
		return fmt.Errorf("no")
	})
	if err == nil {
		t.Fatal("no error")
	}
	a, _ := c.Get(ctx, "0-1")
	if a.N == "changed" || a.Version != 1 {
		t.Fatal(a)
	}
	start = time.Now()
	for i := range 2000 {
		if _, err := c.Get(ctx, fmt.Sprint("3-", i%500)); err != nil {
			t.Fatal(err)
		}
	}
	t.Log("get", time.Since(start)/2000)
	if err := db.Close(ctx); err != nil {
		t.Fatal(err)
	}
}
