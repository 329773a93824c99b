package people_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/job"
	"carecert/modules/kit/lease"
	"carecert/modules/kit/pinyin"
	"carecert/modules/kit/secret"
	"carecert/modules/kit/store"
	"carecert/modules/kit/testkit"
	"carecert/modules/people"
	"carecert/modules/people/rule"
)

const (
	city     kernel.OrganizationID = "shanghai"
	district kernel.OrganizationID = "qingpu"
	street   kernel.OrganizationID = "xiayang"
	home     kernel.OrganizationID = "wanqing"
	other    kernel.OrganizationID = "xujing-home"
	school   kernel.OrganizationID = "school"
)

// world is the module on a database, with hand-written neighbours.
type world struct {
	*testkit.House
	*people.Module
	*people.Service
	ctx     context.Context
	jobs    *job.Queue
	tree    map[kernel.OrganizationID]kernel.OrganizationCard
	built   recorded    // certificates
	signs   recorded    // accounts
	revoked bool        // the one certificate that everybody has
	renamed kernel.Date // every organisation had another name before
}

func (w *world) on(d kernel.Date) { w.Set(d.Start().Add(9 * time.Hour)) }

func (w *world) Card(_ context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error) {
	if c, ok := w.tree[id]; ok {
		return c, nil
	}
	return kernel.OrganizationCard{}, fault.ErrNotFound
}

func (w *world) Cards(_ context.Context, wanted []kernel.OrganizationID) (map[kernel.OrganizationID]kernel.OrganizationCard, error) {
	out := map[kernel.OrganizationID]kernel.OrganizationCard{}
	for _, id := range wanted {
		if c, ok := w.tree[id]; ok {
			out[id] = c
		}
	}
	return out, nil
}

// recorded is when a neighbour recorded something of people.
type recorded map[kernel.PersonID]time.Time

func (r recorded) Built(_ context.Context, p kernel.PersonID, since time.Time) (bool, error) {
	at, is := r[p]
	return is && !at.Before(since), nil
}

func (w *world) plant(kind string, path ...kernel.OrganizationID) {
	w.tree[path[0]] = kernel.OrganizationCard{ID: path[0], Name: string(path[0]), Kind: kind, Region: "310118001", Path: path}
}

// neighbours keeps the world's Card apart from the service's.
type neighbours struct{ *world }

func (n neighbours) Card(ctx context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error) {
	return n.world.Card(ctx, id)
}

func (n neighbours) Cards(ctx context.Context, wanted []kernel.OrganizationID) (map[kernel.OrganizationID]kernel.OrganizationCard, error) {
	return n.world.Cards(ctx, wanted)
}

func (n neighbours) NamesOn(_ context.Context, wanted []kernel.OrganizationID, on kernel.Date) (map[kernel.OrganizationID]string, error) {
	out := map[kernel.OrganizationID]string{}
	for _, id := range wanted {
		if out[id] = n.tree[id].Name; on < n.renamed {
			out[id] = "旧" + out[id]
		}
	}
	return out, nil
}

func newWorld(t *testing.T, db *store.DB) *world {
	t.Helper()
	ring, err := secret.New([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{House: &testkit.House{}, ctx: t.Context(), tree: map[kernel.OrganizationID]kernel.OrganizationCard{}, built: recorded{}, signs: recorded{}}
	w.on("2025-09-01")
	w.plant("cityBureau", city)
	w.plant("districtBureau", district, city)
	w.plant("subdistrict", street, district, city)
	w.plant("institution", home, street, district, city)
	w.plant("institution", other, district, city)
	w.plant("trainingSchool", school, district, city)
	w.jobs = job.New(db, lease.New(db, w), w, slog.New(slog.DiscardHandler))
	w.Module = people.New(people.Deps{
		DB: db, Clock: w, Facts: w, Audit: w, Log: slog.New(slog.DiscardHandler), Organizations: neighbours{w}, Secrets: ring, Jobs: w.jobs,
		Speller:     pinyin.New([]pinyin.Reading{{Text: "单", Pinyin: "shan", Surname: true}}),
		Rules:       []rule.PreJobRow{{RuleHead: kernel.RuleHead{ID: "people.pre_job", Version: "1", From: "2022-01-01"}, Roles: []kernel.StaffRole{kernel.StaffCaregiver}}},
		Quality:     []rule.QualityRow{qualityRow()},
		Foundations: []people.Foundation{{Refusal: people.ErrCertifiedSince, Of: w.built}, {Refusal: people.ErrAccountSince, PersonOnly: true, Of: w.signs}},
		Links:       []rule.LinkRow{{RuleHead: kernel.RuleHead{ID: "people.record_links", Version: "1", From: "1900-01-01"}, PrintedDays: 90, SharedDays: 7, LongestDays: 90}},
		Careers:     []rule.CareerRow{{RuleHead: kernel.RuleHead{ID: "people.careers", Version: "1", From: "1900-01-01"}, FormerEmployerMonths: 24, RegistrarDays: 30, VoidDays: 30, YoungestYears: 14, SchoolMonths: 12, MonthsAhead: 12, Earliest: "1950-01-01", ProbesPerHour: 60, OfficeProbesPerHour: 120}},
		Chapters:    []people.Chapter{chapter{w}},
		BaseURL:     "https://cert.example.cn",
	})
	w.Service = w.Module.Service
	if err := db.Ensure(w.ctx); err != nil {
		t.Fatal(err)
	}
	return w
}

// chapter is a neighbour with one certificate of everybody.
type chapter struct{ w *world }

func (chapter) Name() string { return kernel.ChapterCertificates }

func (c chapter) Items(context.Context, kernel.PersonID) ([]kernel.RecordItem, error) {
	state := "valid"
	if c.w.revoked {
		state = "revoked"
	}
	return []kernel.RecordItem{{
		Chapter: kernel.ChapterCertificates, ID: "c1", On: "2024-05-01", Title: "职业技能等级证书", State: state, StateText: map[string]string{"valid": "有效", "revoked": "已撤销"}[state],
		Facts:    []kernel.RecordFact{{Key: "level", Label: "等级", Value: "四级"}, {Key: "number", Label: "编号", Value: "S000031000006244000001"}},
		Reasons:  []kernel.Reason{},
		Evidence: []kernel.Evidence{{Label: "证书", Href: "/api/v1/certificates/c1"}},
	}}, nil
}

// as acts for somebody of an organisation.
func (w *world) as(org kernel.OrganizationID, more ...kernel.OrganizationID) context.Context {
	actor := kernel.Actor{User: kernel.UserID("user-of-" + org), Grants: []kernel.Grant{{Role: "any", Organization: org}}}
	return kernel.WithReach(kernel.WithActor(w.ctx, actor), kernel.Reach{Roots: append(more, org)})
}

func (w *world) admin() context.Context {
	return kernel.WithReach(kernel.WithActor(w.ctx, kernel.Actor{User: "admin"}), kernel.Reach{Everywhere: true})
}

func draft(name, number string) people.Draft {
	return people.Draft{Name: name, IDNumber: number, Phone: "13800138000", Kinds: []people.Kind{people.KindCaregiver}}
}

func (w *world) register(t *testing.T, ctx context.Context, name, number string) kernel.PersonID {
	t.Helper()
	p, err := w.Register(ctx, draft(name, number))
	if err != nil {
		t.Fatalf("register %s: %v", name, err)
	}
	return p.ID
}

func (w *world) employ(t *testing.T, ctx context.Context, p kernel.PersonID, at kernel.OrganizationID, from, to kernel.Date) people.Entry {
	t.Helper()
	e, err := w.Employ(ctx, p, people.Post{Organization: at, Role: kernel.StaffCaregiver, Period: kernel.Period{From: from, To: to}})
	if err != nil {
		t.Fatalf("employ at %s: %v", at, err)
	}
	return e
}

func (w *world) heard() (careers, registered int) {
	for _, f := range w.Announced() {
		switch f.(type) {
		case people.CareerChanged:
			careers++
		case people.Registered:
			registered++
		}
	}
	return careers, registered
}
