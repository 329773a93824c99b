package certificates_test

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"carecert/modules/certificates"
	"carecert/modules/certificates/credential"
	"carecert/modules/certificates/layout"
	"carecert/modules/certificates/rule"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/blob"
	"carecert/modules/kit/job"
	"carecert/modules/kit/lease"
	"carecert/modules/kit/store"
	"carecert/modules/kit/testkit"
	"carecert/modules/kit/web"
)

const (
	bureau      kernel.OrganizationID = "qingpu-bureau"
	school      kernel.OrganizationID = "xianggelila-school"
	otherSchool kernel.OrganizationID = "other-school"
	home        kernel.OrganizationID = "dianshanhu-home"
	farHome     kernel.OrganizationID = "xianxia-home" // in another district
	body        kernel.OrganizationID = "assessing-body"
	farBureau   kernel.OrganizationID = "changning-bureau"
	baseURL                           = "https://cert.qingpu.example.gov.cn"
)

// world is the module on a database, with hand-written neighbours.
type world struct {
	*testkit.House
	*certificates.Service
	module *certificates.Module
	db     *store.DB
	queue  *job.Queue
	ctx    context.Context

	mu    sync.Mutex
	cards map[kernel.PersonID]kernel.PersonCard
	ids   map[kernel.PersonID]string
	rules rule.Rules
	words *web.Words
	body  string // the name of the assessment body
	taken int    // of the platform's certificates
	sign  certificates.SigningKeys
}

// Take is a platform's meter: 1,500 certificates, and no more.
func (w *world) Take(_ context.Context, n int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.taken+n > 1500 {
		return fault.New(fault.TooMany, "platforms.too_fast").With("retryAfter", 7)
	}
	w.taken += n
	return nil
}

// holdings is what was last announced of a person.
func (w *world) holdings(p kernel.PersonID) (last []certificates.Holding) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.Announced() {
		if h, ok := f.(certificates.HoldingsChanged); ok && h.Person == p {
			last = h.Holdings
		}
	}
	return last
}

// contests is what was last announced of a person's contested numbers.
func (w *world) contests(p kernel.PersonID) (last []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, f := range w.Announced() {
		if c, ok := f.(certificates.Contested); ok && c.Person == p {
			last = c.Conflicts
		}
	}
	return last
}

// people is the register.
type people struct{ *world }

func (p people) Card(_ context.Context, id kernel.PersonID) (kernel.PersonCard, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	card, ok := p.cards[id]
	if !ok {
		return card, fault.New(fault.NotFound, "people.unknown")
	}
	return card, nil
}

func (p people) Cards(ctx context.Context, ids []kernel.PersonID) (map[kernel.PersonID]kernel.PersonCard, error) {
	out := map[kernel.PersonID]kernel.PersonCard{}
	for _, id := range ids {
		if card, err := p.Card(ctx, id); err == nil {
			out[id] = card
		}
	}
	return out, nil
}

func (p people) ByNumber(_ context.Context, numbers []kernel.IDNumber) (map[kernel.IDNumber]kernel.Bearers, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := map[kernel.IDNumber]kernel.Bearers{}
	for id, number := range p.ids {
		for _, n := range numbers {
			if n.Number == number && len(out[n]) == 0 {
				out[n] = append(out[n], p.cards[id])
			}
		}
	}
	return out, nil
}

func (p people) IDNumber(_ context.Context, id kernel.PersonID) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ids[id], nil
}

type organizations struct {
	body string // what the one assessment body is called; its name of today otherwise
}

func (organizations) Card(_ context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error) {
	card := kernel.OrganizationCard{ID: id, Name: "香格里拉培训学校", Region: "310118", Path: []kernel.OrganizationID{id, bureau}}
	switch id {
	case bureau:
		card.Path = card.Path[1:]
	case farHome:
		card.Path = []kernel.OrganizationID{farHome, farBureau}
	case farBureau:
		card.Path = []kernel.OrganizationID{farBureau}
	case school, otherSchool, home, body:
	default:
		return card, fault.New(fault.NotFound, "organizations.unknown")
	}
	if name, home := map[kernel.OrganizationID]string{home: "淀山湖福利院", farHome: "仙霞养老院"}[id]; home {
		card.Kind, card.Name = "institution", name
	}
	return card, nil
}

func (o organizations) Cards(ctx context.Context, ids []kernel.OrganizationID) (map[kernel.OrganizationID]kernel.OrganizationCard, error) {
	out := map[kernel.OrganizationID]kernel.OrganizationCard{}
	for _, id := range ids {
		if card, err := o.Card(ctx, id); err == nil {
			out[id] = card
		}
	}
	return out, nil
}

func (organizations) NameOn(_ context.Context, id kernel.OrganizationID, on kernel.Date) (string, error) {
	if id == "body" && on < "2024-01-01" {
		return "上海市养老护理技能评价中心", nil
	}
	return "更名后的评价中心", nil
}

func (o organizations) AssessmentBody(_ context.Context, code string) (kernel.OrganizationCard, kernel.Period, error) {
	if code != "S000031000012" {
		return kernel.OrganizationCard{}, kernel.Period{}, fault.New(fault.NotFound, "organizations.unknown")
	}
	return kernel.OrganizationCard{ID: "body", Name: cmp.Or(o.body, "更名后的评价中心")}, kernel.Period{From: "2020-01-01"}, nil
}

func (organizations) AssessmentCode(_ context.Context, id kernel.OrganizationID) (string, kernel.Period, error) {
	if id != body {
		return "", kernel.Period{}, fault.New(fault.NotFound, "organizations.unknown")
	}
	return "S000031000012", kernel.Period{From: "2020-01-01", To: "2026-12-31"}, nil
}

// secrets seals nothing, but under a purpose.
type secrets struct{}

func (secrets) Seal(purpose, plain string) string {
	return purpose + "|" + base64.StdEncoding.EncodeToString([]byte(plain))
}

func (secrets) Open(purpose, sealed string) (string, error) {
	if len(sealed) <= len(purpose) || sealed[:len(purpose)+1] != purpose+"|" {
		return "", errors.New("not sealed so")
	}
	plain, err := base64.StdEncoding.DecodeString(sealed[len(purpose)+1:])
	return string(plain), err
}

func (secrets) MAC(purpose string, data []byte) []byte {
	m := hmac.New(sha256.New, []byte("key of "+purpose))
	m.Write(data)
	return m.Sum(nil)
}

func newWorld(t testing.TB, db *store.DB) *world {
	t.Helper()
	w := &world{
		db: db, ctx: t.Context(), House: testkit.At(time.Date(2026, 1, 5, 2, 24, 31, 0, time.UTC)),
		cards: map[kernel.PersonID]kernel.PersonCard{}, ids: map[kernel.PersonID]string{},
	}
	for i, name := range []string{"王秀兰", "李建国", "欧阳䶮𬍛"} {
		id := kernel.PersonID(fmt.Sprintf("person-%d", i+1))
		w.ids[id] = fmt.Sprintf("31011819850615000%d", i)
		w.cards[id] = kernel.PersonCard{
			ID: id, Name: name, IDNumberMasked: "310118********000" + fmt.Sprint(i), Reach: []kernel.OrganizationID{home, bureau},
		}
	}
	w.ids["person-far"] = "310105198506150010"
	w.cards["person-far"] = kernel.PersonCard{ID: "person-far", Name: "赵长宁", IDNumberMasked: "310105********0010", Reach: []kernel.OrganizationID{farHome, farBureau}}
	w.rules = houseRules(t)
	w.words = must[*web.Words](t)(web.LoadWords(os.DirFS("../../policies")))
	w.queue = job.New(db, lease.New(db, w), w, slog.New(slog.DiscardHandler))
	w.module = w.open(t)
	w.Service = w.module.Service
	return w
}

// houseRules are the ones that the program reads.
func houseRules(t testing.TB) rule.Rules {
	t.Helper()
	var r rule.Rules
	if err := yaml.Unmarshal(must[[]byte](t)(os.ReadFile("../../policies/rules/certificates.yaml")), &r); err != nil {
		t.Fatal(err)
	}
	return must[rule.Rules](t)(r.Ready())
}

// houseTemplates are the ones that the program prints from.
func houseTemplates(t testing.TB) layout.House {
	t.Helper()
	var h layout.House
	if err := yaml.Unmarshal(must[[]byte](t)(os.ReadFile("../../policies/rules/certificate_templates.yaml")), &h); err != nil {
		t.Fatal(err)
	}
	return h
}

// houseWordings are those that the program makes credentials with.
func houseWordings(t testing.TB) []credential.Row {
	t.Helper()
	var rows []credential.Row
	if err := yaml.Unmarshal(must[[]byte](t)(os.ReadFile("../../policies/rules/credentials.yaml")), &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

// open is another instance of the program on the same database.
func (w *world) open(t testing.TB) *certificates.Module {
	t.Helper()
	m, err := certificates.New(certificates.Deps{
		DB: w.db, Clock: w, Log: slog.New(slog.DiscardHandler), Audit: w, Facts: w, People: people{w}, Organizations: organizations{w.body},
		Files: blob.New(w.db, w), Jobs: w.queue, Rules: w.rules, House: houseTemplates(t), Wordings: houseWordings(t), Secrets: secrets{}, SigningKeys: w.sign, Meter: w, BaseURL: baseURL, Words: w.words,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.db.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := m.Service.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return m
}

// as acts as a user who reaches what is under the organisations.
func (w *world) as(roots ...kernel.OrganizationID) context.Context {
	actor := kernel.Actor{User: kernel.UserID("user of " + string(roots[0])), Name: "沈老师"}
	return kernel.WithReach(kernel.WithActor(w.ctx, actor), kernel.Reach{Roots: roots})
}

func (w *world) asCaregiver(p kernel.PersonID) context.Context {
	return kernel.WithReach(kernel.WithActor(w.ctx, kernel.Actor{User: kernel.UserID(p), Person: p}), kernel.Reach{Self: p})
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func completion(p kernel.PersonID, source string) certificates.Draft {
	return certificates.Draft{
		Family: certificates.FamilyTraining, Person: p, Issuer: school, IssuedOn: "2026-01-05", Title: "压疮预防与体位护理",
		Minutes: 540, PerHour: 45, Class: "class-1", Source: source,
	}
}

// issue issues one and reads it.
func (w *world) issue(t testing.TB, d certificates.Draft) certificates.Certificate {
	t.Helper()
	id := must[kernel.CertificateID](t)(w.Issue(w.as(school), d))
	return must[certificates.Certificate](t)(w.Find(w.as(school), id))
}
