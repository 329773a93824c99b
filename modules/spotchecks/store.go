package spotchecks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/spotchecks/rule"
)

// checkDoc is a check without a name but that of its maker.
type checkDoc struct {
	store.Doc `bson:",inline"`
	Place     Place                   `bson:"place"`
	Path      []kernel.OrganizationID `bson:"path"`
	Shelves   []string                `bson:"shelves"` // who reads it, see shelvesOf
	Stage     Stage                   `bson:"stage"`   // prepared or sent: what has lapsed is told by Until
	By        kernel.UserID           `bson:"by"`
	ByName    string                  `bson:"byName"`
	At        time.Time               `bson:"at"`
	Until     time.Time               `bson:"until"`
	Row       rule.Row                `bson:"row"`
	RateRule  string                  `bson:"rateRule"`
	PackHash  string                  `bson:"packHash"`
	Counted   int64                   `bson:"counted"`
	Certified int64                   `bson:"certified"`
	Others    int64                   `bson:"others"`
	Phone     *Phone                  `bson:"phone,omitempty"`
	Outcome   *Outcome                `bson:"outcome,omitempty"`
	Answers   []Answer                `bson:"answers,omitempty"`
}

// packDoc is a roster as it was carried; _id its check.
type packDoc struct {
	store.Doc `bson:",inline"`
	At        time.Time `bson:"at"`
	Text      string    `bson:"text"`
}

// resultDoc is a result as it was signed, with what the house found; _id its check.
type resultDoc struct {
	store.Doc `bson:",inline"`
	At        time.Time `bson:"at"`
	Text      string    `bson:"text"`
	Signature []byte    `bson:"signature"`
	Entries   []Found   `bson:"entries"`
	Missed    []Missed  `bson:"missed"`
}

// metDoc says that somebody was met in a check; _id check.person.
type metDoc struct {
	store.Doc `bson:",inline"`
	Check     string          `bson:"check"`
	Person    kernel.PersonID `bson:"person"`
	At        time.Time       `bson:"at"`
	How       string          `bson:"how"`
	Standing  string          `bson:"standing"`
	Was       kernel.Trail    `bson:"was,omitempty"` // whose it was before merges
}

type repository struct {
	db      *store.DB
	checks  *store.Collection[checkDoc]
	packs   *store.Collection[packDoc]
	results *store.Collection[resultDoc]
	met     *store.Collection[metDoc]
}

func newRepository(db *store.DB) *repository {
	return &repository{
		db: db,
		checks: store.Open[checkDoc](db, store.Spec{Name: "spotchecks_checks", Indexes: []store.Index{
			{Name: "shelf", Fields: []string{"shelves", "until"}, Many: "shelves"},
			{Name: "stage", Fields: []string{"shelves", "stage", "until"}, Many: "shelves"},
		}}),
		packs: store.Open[packDoc](db, store.Spec{Name: "spotchecks_packs", Indexes: []store.Index{
			{Name: "at", Fields: []string{"at"}},
		}}),
		results: store.Open[resultDoc](db, store.Spec{Name: "spotchecks_results", Indexes: []store.Index{
			{Name: "at", Fields: []string{"at"}},
		}}),
		met: store.Open[metDoc](db, store.Spec{Name: "spotchecks_met", Indexes: []store.Index{
			{Name: "at", Fields: []string{"at"}},
			{Name: "person", Fields: []string{"person", "at"}},
		}}),
	}
}

// everywhere is the shelf of those who read all checks.
const everywhere = "*"

// sentOf is the shelf of those who read the checks in a tree once they are
// sent: an institution does not learn of one before.
func sentOf(o kernel.OrganizationID) string { return "sent:" + string(o) }

func shelvesOf(c Check) []string {
	out := []string{everywhere}
	for _, o := range c.Path {
		out = append(out, string(o))
		if c.Outcome != nil {
			out = append(out, sentOf(o))
		}
	}
	return out
}

func docOf(c Check) checkDoc {
	d := checkDoc{
		Doc: store.Doc{ID: c.ID, Version: c.Stored}, Place: c.Place, Path: c.Path, Shelves: shelvesOf(c), Stage: Prepared, By: c.By, ByName: c.ByName,
		At: c.At, Until: c.Until, Row: c.Row, RateRule: c.RateRule, PackHash: c.PackHash,
		Counted: c.Counted, Certified: c.Certified, Others: c.Others, Phone: c.Phone, Outcome: c.Outcome, Answers: c.Answers,
	}
	if c.Outcome != nil {
		d.Stage = Sent
	}
	return d
}

func (d checkDoc) check() Check {
	return Check{
		ID: d.ID, Place: d.Place, Path: d.Path, By: d.By, ByName: d.ByName, At: d.At, Until: d.Until, Row: d.Row,
		RateRule: d.RateRule, PackHash: d.PackHash, Counted: d.Counted, Certified: d.Certified,
		Others: d.Others, Phone: d.Phone, Outcome: d.Outcome, Answers: d.Answers, Stored: d.Version,
	}
}

// check reads a check; ErrUnknown.
func (r *repository) check(ctx context.Context, id string) (Check, error) {
	d, err := r.checks.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Check{}, ErrUnknown
	}
	return d.check(), err
}

func (r *repository) save(ctx context.Context, c Check) error {
	d := docOf(c)
	if err := r.checks.Replace(ctx, &d); err != nil {
		return fmt.Errorf("check %s: %w", c.ID, err)
	}
	return nil
}

// pack reads what was carried; ErrTimeOver where it was removed with its time.
func (r *repository) pack(ctx context.Context, id string) (string, error) {
	d, err := r.packs.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return "", ErrTimeOver
	}
	return d.Text, err
}

// result reads what was signed; false where it was removed with its time.
func (r *repository) result(ctx context.Context, id string) (Result, bool, error) {
	d, err := r.results.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Result{}, false, nil
	}
	return Result{Text: d.Text, Signature: d.Signature, Entries: d.Entries, Missed: d.Missed}, err == nil, err
}

// keep keeps a result with who was met, once.
func (r *repository) keep(ctx context.Context, c Check, x Result) error {
	at := c.Outcome.ReceivedAt
	if err := r.results.Insert(ctx, resultDoc{
		Doc: store.Doc{ID: c.ID}, At: at, Text: x.Text, Signature: x.Signature, Entries: x.Entries, Missed: x.Missed,
	}); err != nil {
		return fmt.Errorf("result of %s: %w", c.ID, err)
	}
	var met []metDoc
	seen := map[kernel.PersonID]bool{}
	for _, f := range x.Entries {
		if f.Person != "" && !seen[f.Person] {
			seen[f.Person] = true
			met = append(met, metDoc{
				Doc: store.Doc{ID: metID(c.ID, f.Person)}, Check: c.ID, Person: f.Person, At: c.Outcome.SignedAt, How: string(f.How), Standing: string(f.Standing),
			})
		}
	}
	return r.met.Insert(ctx, met...)
}

func metID(check string, p kernel.PersonID) string { return check + "." + string(p) }

// Aged are what the module keeps for a time, by kind
// (policies/rules/retention.yaml). A check without its roster and result names
// nobody but its maker.
func (s *Service) Aged() map[string]store.Aged {
	return map[string]store.Aged{
		"spotCheckPacks":   store.Aging(s.repo.packs, "at"),
		"spotCheckResults": store.Aging(s.repo.results, "at"),
		"spotCheckMet":     store.Aging(s.repo.met, "at"),
	}
}
