package platforms_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/kit/testkit"
	"carecert/modules/kit/web"
	"carecert/modules/platforms"
	"carecert/modules/platforms/rule"
)

type world struct {
	*testkit.House
	*platforms.Service
	db *store.DB
}

// newWorld is the module with the house's limits, changed.
func newWorld(t *testing.T, db *store.DB, change func(*rule.Row)) *world {
	t.Helper()
	raw, err := os.ReadFile("../../policies/rules/platforms.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var rows []rule.Row
	if err := yaml.Unmarshal(raw, &rows); err != nil {
		t.Fatal(err)
	}
	change(&rows[0])
	w := &world{db: db, House: testkit.At(time.Date(2026, 1, 5, 2, 24, 30, 0, time.UTC))}
	w.Service = platforms.New(platforms.Deps{DB: db, Clock: w, Audit: w, Rows: rows}).Service
	if err := db.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) admin(t *testing.T) context.Context {
	return kernel.WithActor(t.Context(), kernel.Actor{User: "u1", Name: "陈科长"})
}

func (w *world) make(t *testing.T, d platforms.Draft) (platforms.Key, string) {
	t.Helper()
	k, secret, err := w.Create(w.admin(t), d)
	if err != nil {
		t.Fatal(err)
	}
	return k, secret
}

// by asks as whoever the key stands for.
func (w *world) by(t *testing.T, secret string) (context.Context, error) {
	id, err := w.Authenticate(t.Context(), web.Credentials{Bearer: secret})
	return kernel.WithActor(t.Context(), id.Actor), err
}

func TestKeys(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db, func(*rule.Row) {})
		k, secret := w.make(t, platforms.Draft{Name: "长三角养老人才平台", Contact: "李工"})
		other, others := w.make(t, platforms.Draft{Name: "另一平台", ExpiresOn: "2026-01-05"})
		if k.ExpiresOn != "2027-01-05" || !platforms.IsKey(secret) || secret == others {
			t.Fatalf("%+v %s", k, secret)
		}
		err := db.ScanRaw(t.Context(), "platforms_keys", func(_ string, body []byte) error {
			for _, s := range []string{secret, others} {
				if strings.Contains(string(body), s[len(s)-43:]) {
					t.Error("the secret is stored")
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx, err := w.by(t, secret)
		a := kernel.ActorFrom(ctx)
		if err != nil || a.Platform != k.ID || a.Name != k.Name || len(a.Grants) != 1 || a.Grants[0].Role != kernel.RolePlatform {
			t.Fatalf("%+v, %v", a, err)
		}
		for name, wrong := range map[string]string{
			"nothing": "", "another's secret": strings.Replace(secret, k.ID, other.ID, 1), "a letter less": secret[:len(secret)-1], "no such key": strings.Replace(secret, k.ID, "x", 1),
		} {
			if _, err := w.by(t, wrong); !errors.Is(err, platforms.ErrNoKey) {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.Pass(24 * time.Hour)
		if _, err := w.by(t, others); !errors.Is(err, platforms.ErrNoKey) {
			t.Errorf("expired: %v", err)
		}
		if _, err := w.Revoke(w.admin(t), k.ID, "合作结束"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.by(t, secret); !errors.Is(err, platforms.ErrNoKey) {
			t.Errorf("revoked: %v", err)
		}
		if _, err := w.Revoke(w.admin(t), k.ID, "合作结束"); !errors.Is(err, platforms.ErrEnded) {
			t.Errorf("%v", err)
		}
		if _, err := w.Revoke(w.admin(t), "x", "合作结束"); !errors.Is(err, platforms.ErrUnknown) {
			t.Errorf("%v", err)
		}
		if _, _, err := w.Create(w.admin(t), platforms.Draft{Name: "太久", ExpiresOn: "2036-01-01"}); !errors.Is(err, platforms.ErrExpiry) {
			t.Errorf("%v", err)
		}
		if len(w.Logged()) != 3 || w.Logged()[2].Verb != "revoke" || w.Logged()[2].Reason != "合作结束" || w.Logged()[2].ID != k.ID {
			t.Errorf("%+v", w.Logged())
		}
		items, _, total, _, err := w.List(t.Context(), 1, "")
		if err != nil || total != 2 || len(items) != 1 || items[0].ID != other.ID || items[0].State(w.Now()) != platforms.Expired {
			t.Errorf("%+v %d %v", items, total, err)
		}
	})
}

func wait(t *testing.T, err, want error) string {
	t.Helper()
	f, _ := fault.From(err)
	if !errors.Is(err, want) {
		t.Fatalf("%v, not %v", err, want)
	}
	return f.Params["retryAfter"]
}

func TestLimitsAndCounts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db, func(r *rule.Row) { r.PerMinute, r.AtOnce, r.PerDay = 600, 1000, 2500 })
		k, secret := w.make(t, platforms.Draft{Name: "平台"})
		_, others := w.make(t, platforms.Draft{Name: "另一平台"})
		ctx, err := w.by(t, secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Take(w.admin(t), 1); !errors.Is(err, platforms.ErrNeedsKey) {
			t.Errorf("without a key: %v", err)
		}
		for _, n := range []int{1, 999} {
			if err := w.Take(ctx, n); err != nil {
				t.Fatal(err)
			}
		}
		if s := wait(t, w.Take(ctx, 5), platforms.ErrTooFast); s != "1" {
			t.Errorf("come again in %s s", s)
		}
		if s := wait(t, w.Take(ctx, 1000), platforms.ErrTooFast); s != "100" {
			t.Errorf("come again in %s s", s)
		}
		if another, err := w.by(t, others); err != nil || w.Take(another, 1000) != nil {
			t.Errorf("another's pace: %v", err)
		}
		w.Pass(100 * time.Second)
		if err := w.Take(ctx, 1000); err != nil {
			t.Error(err)
		}
		w.Pass(100 * time.Second)
		if s := wait(t, w.Take(ctx, 501), platforms.ErrDayIsFull); s == "" {
			t.Error("nothing said of when")
		}
		used, days, err := w.Find(t.Context(), k.ID)
		if err != nil || used.Ever.Items != 2000 || used.Ever.Calls != 3 || used.Today != (platforms.Use{Calls: 3, Items: 2000}) || len(days) != 1 || days[0].On != "2026-01-05" {
			t.Errorf("%+v %+v %v", used, days, err)
		}
		if used.UsedAt == nil || w.Now().Sub(*used.UsedAt) != 100*time.Second {
			t.Errorf("last used %v", used.UsedAt)
		}
		w.Pass(24 * time.Hour)
		if err := w.Take(ctx, 501); err != nil {
			t.Error(err)
		}
		if used, days, _ = w.Find(t.Context(), k.ID); used.Ever.Items != 2501 || used.Today.Items != 501 || len(days) != 2 || days[0].Items != 501 {
			t.Errorf("%+v %+v", used, days)
		}
	})
}
