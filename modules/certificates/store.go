package certificates

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carecert/modules/certificates/rule"
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

type certificateDoc struct {
	store.Doc    `bson:",inline"`
	Family       Family                  `bson:"family"`
	Origin       string                  `bson:"origin"`
	Person       kernel.PersonID         `bson:"person"`
	Name         string                  `bson:"name"`
	IDType       string                  `bson:"idType,omitempty"`
	IDMasked     string                  `bson:"idMasked"`
	NameMasked   string                  `bson:"nameMasked"`
	Number       string                  `bson:"number"`
	Serial       int64                   `bson:"serial"`
	Sequence     int64                   `bson:"sequence"`
	Code         string                  `bson:"code"`
	Issuer       kernel.OrganizationID   `bson:"issuer"`
	IssuerName   string                  `bson:"issuerName"`
	IssuedOn     kernel.Date             `bson:"issuedOn"`
	ExpiresOn    kernel.Date             `bson:"expiresOn"`
	Title        string                  `bson:"title"`
	Level        kernel.SkillLevel       `bson:"level"`
	Minutes      kernel.Minutes          `bson:"minutes"`
	PerHour      kernel.Minutes          `bson:"perHour"`
	Tested       bool                    `bson:"tested,omitempty"`
	Occupation   string                  `bson:"occupation"`
	Direction    string                  `bson:"direction,omitempty"`
	Template     *TemplateRef            `bson:"template,omitempty"` // nil: issued before there were templates
	Wording      string                  `bson:"wording,omitempty"`
	StatusAt     int64                   `bson:"statusAt"`
	QRText       string                  `bson:"qrText"`
	Source       string                  `bson:"source"`
	Class        kernel.ClassID          `bson:"class"`
	RecordedAt   time.Time               `bson:"recordedAt"`
	RecordedBy   kernel.UserID           `bson:"recordedBy"`
	Offices      []kernel.OrganizationID `bson:"offices,omitempty"`
	Import       string                  `bson:"import"`
	Format       FormatCheck             `bson:"format"`
	Findings     []kernel.Reason         `bson:"findings"`
	Status       Status                  `bson:"status"`
	Verification *Verification           `bson:"verification,omitempty"`
	Words        []Verification          `bson:"words,omitempty"`
	Files        []File                  `bson:"files,omitempty"`
	Disputed     bool                    `bson:"disputed,omitempty"`
	Queue        string                  `bson:"queue,omitempty"`       // where it waits to be compared: level|class of findings,
	FamilyQueue  string                  `bson:"familyQueue,omitempty"` // and family|level|class
	Stage        Stage                   `bson:"stage,omitempty"`
	Revocation   *Change                 `bson:"revocation,omitempty"`
	Withdrawal   *Change                 `bson:"withdrawal,omitempty"`
	Replaces     kernel.CertificateID    `bson:"replaces"`
	ReplacedBy   kernel.CertificateID    `bson:"replacedBy"`
	Replacement  *Change                 `bson:"replacement,omitempty"`
	Reach        []kernel.OrganizationID `bson:"reach"`
}

// keyDoc makes something unique: a number, a cause.
type keyDoc struct {
	store.Doc   `bson:",inline"`
	Certificate kernel.CertificateID `bson:"certificate"`
}

// counterDoc counts: the places in the status lists, the issuers, the
// certificates of an issuer's year, the changes that the public sees.
type counterDoc struct {
	store.Doc `bson:",inline"`
	Count     int64 `bson:"count"`
}

// cardDoc is what anybody may learn of a certificate; _id is its public code,
// so that a look-up reads one document.
type cardDoc struct {
	store.Doc   `bson:",inline"`
	Certificate kernel.CertificateID `bson:"certificate"`
	Card        Card                 `bson:"card"`
}

// statusDoc is one certificate that is not simply valid: _id list|place.
type statusDoc struct {
	store.Doc `bson:",inline"`
	List      int64     `bson:"list"`
	Place     int64     `bson:"place"`
	Listed    int       `bson:"listed"`
	Code      string    `bson:"code"`
	Change    int64     `bson:"change"` // how many there were then
	At        time.Time `bson:"at"`
}

type repository struct {
	db           *store.DB
	certificates *store.Collection[certificateDoc]
	numbers      *store.Collection[keyDoc]
	cards        *store.Collection[cardDoc]
	sources      *store.Collection[keyDoc]
	keys         *store.Collection[signingKeyDoc]
	counters     *store.Collection[counterDoc]
	statuses     *store.Collection[statusDoc]
	holders      *store.Collection[holderDoc]
	conflicts    *store.Collection[conflictDoc]
	templates    templates
	withdrawals  *store.Collection[withdrawalDoc]
	wordings     *store.Collection[wordingDoc]
	bundles      bundles
}

func newRepository(db *store.DB) *repository {
	return &repository{
		db: db,
		certificates: store.Open[certificateDoc](db, store.Spec{Name: "certificates_certificates", Indexes: []store.Index{
			{Name: "person", Fields: []string{"person", "issuedOn"}},
			{Name: "reach_recorded", Fields: []string{"reach", "recordedAt"}, Many: "reach"},
			{Name: "reach_status", Fields: []string{"reach", "status", "recordedAt"}, Many: "reach"},
			{Name: "reach_family", Fields: []string{"reach", "family", "status", "recordedAt"}, Many: "reach"},
			{Name: "reach_name", Fields: []string{"reach", "name"}, Many: "reach"},
			{Name: "reach_queue", Fields: []string{"reach", "queue", "recordedAt"}, Many: "reach", Where: "queue"},
			{Name: "queue", Fields: []string{"queue", "recordedAt"}, Where: "queue"},
			{Name: "reach_familyQueue", Fields: []string{"reach", "familyQueue", "recordedAt"}, Many: "reach", Where: "familyQueue"},
			{Name: "familyQueue", Fields: []string{"familyQueue", "recordedAt"}, Where: "familyQueue"},
			{Name: "reach_stage", Fields: []string{"reach", "stage", "recordedAt"}, Many: "reach", Where: "stage"},
			{Name: "stage", Fields: []string{"stage", "recordedAt"}, Where: "stage"},
			{Name: "recorded", Fields: []string{"recordedAt"}},
			{Name: "status", Fields: []string{"status", "recordedAt"}},
			{Name: "family", Fields: []string{"family", "status", "recordedAt"}},
			{Name: "name", Fields: []string{"name"}},
			{Name: "class", Fields: []string{"class"}, Where: "class"},
			{Name: "import", Fields: []string{"import"}, Where: "import"},
		}}),
		numbers:     store.Open[keyDoc](db, store.Spec{Name: "certificates_numbers"}),
		sources:     store.Open[keyDoc](db, store.Spec{Name: "certificates_sources"}),
		keys:        store.Open[signingKeyDoc](db, store.Spec{Name: "certificates_keys"}),
		cards:       store.Open[cardDoc](db, store.Spec{Name: "certificates_cards"}),
		counters:    store.Open[counterDoc](db, store.Spec{Name: "certificates_counters"}),
		holders:     store.Open[holderDoc](db, store.Spec{Name: "certificates_holders"}),
		conflicts:   store.Open[conflictDoc](db, conflictSpec()),
		templates:   openTemplates(db),
		withdrawals: store.Open[withdrawalDoc](db, store.Spec{Name: "certificates_withdrawals"}),
		bundles:     openBundles(db),
		wordings:    store.Open[wordingDoc](db, store.Spec{Name: "certificates_wordings"}),
		statuses: store.Open[statusDoc](db, store.Spec{Name: "certificates_statuses", Indexes: []store.Index{
			{Name: "list", Fields: []string{"list", "place"}},
			{Name: "change", Fields: []string{"change"}},
		}}),
	}
}

func docOf(c Certificate) certificateDoc {
	d := certificateDoc{
		Doc: store.Doc{ID: string(c.ID), Version: c.Stored}, Family: c.Family, Origin: c.Origin, Person: c.Person, Name: c.Name,
		IDType: c.IDType, IDMasked: c.IDMasked, NameMasked: c.NameMasked, Number: c.Number, Serial: int64(c.Serial), Sequence: int64(c.Sequence), Code: c.Code, Issuer: c.Issuer, IssuerName: c.IssuerName,
		IssuedOn: c.IssuedOn, ExpiresOn: c.ExpiresOn, Title: c.Title, Level: c.Level, Minutes: c.Minutes, PerHour: c.PerHour, Tested: c.Tested,
		Occupation: c.Occupation, Direction: c.Direction, Wording: c.Wording, StatusAt: int64(c.StatusAt), QRText: c.QRText, Source: c.Source, Class: c.Class,
		RecordedAt: c.RecordedAt, RecordedBy: c.RecordedBy, Offices: c.Offices, Import: c.Import, Format: c.Format, Findings: c.Findings, Status: c.Status, Stage: c.Stage(), Withdrawal: c.Withdrawal,
		Verification: c.Verification, Words: c.Words, Files: c.Files, Disputed: c.Disputed, Revocation: c.Revocation, Replaces: c.Replaces, ReplacedBy: c.ReplacedBy,
		Replacement: c.Replacement, Reach: c.Reach,
	}
	if c.Template != (TemplateRef{}) {
		d.Template = &c.Template
	}
	if c.Status == StatusClaimed {
		d.Queue = placeOf(c.Level, rule.Class(c.Findings))
		d.FamilyQueue = string(c.Family) + "|" + d.Queue
	}
	return d
}

func (d certificateDoc) read() Certificate {
	c := Certificate{
		ID: kernel.CertificateID(d.ID), Family: d.Family, Origin: d.Origin, Person: d.Person, Name: d.Name, IDType: d.IDType, IDMasked: d.IDMasked,
		NameMasked: d.NameMasked, Number: d.Number, Serial: uint32(d.Serial), Sequence: uint32(d.Sequence), Code: d.Code, //nolint:gosec // written from uint32
		Issuer: d.Issuer, IssuerName: d.IssuerName, IssuedOn: d.IssuedOn,
		ExpiresOn: d.ExpiresOn, Title: d.Title, Level: d.Level, Minutes: d.Minutes, PerHour: d.PerHour, Tested: d.Tested, Occupation: d.Occupation,
		Direction: d.Direction, Wording: d.Wording,
		StatusAt: uint32(d.StatusAt), QRText: d.QRText, Source: d.Source, Class: d.Class, RecordedAt: d.RecordedAt, //nolint:gosec // written from a uint32
		RecordedBy: d.RecordedBy, Offices: d.Offices, Import: d.Import, Format: d.Format, Findings: d.Findings, Status: d.Status, Withdrawal: d.Withdrawal, Verification: d.Verification,
		Words: d.Words, Files: d.Files, Disputed: d.Disputed, Revocation: d.Revocation, Replaces: d.Replaces, ReplacedBy: d.ReplacedBy, Replacement: d.Replacement, Reach: d.Reach,
		Stored: d.Version,
	}
	if d.Template != nil {
		c.Template = *d.Template
	}
	return c
}

func (r *repository) get(ctx context.Context, id kernel.CertificateID) (Certificate, error) {
	d, err := r.certificates.Get(ctx, string(id))
	if errors.Is(err, store.ErrNotFound) {
		return Certificate{}, ErrUnknown
	}
	return d.read(), err
}

func (r *repository) byKey(ctx context.Context, keys *store.Collection[keyDoc], key string) (Certificate, error) {
	k, err := keys.Get(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		return Certificate{}, ErrUnknown
	}
	if err != nil {
		return Certificate{}, err
	}
	return r.get(ctx, k.Certificate)
}

func (r *repository) byNumber(ctx context.Context, number string) (Certificate, error) {
	return r.byKey(ctx, r.numbers, rule.Normalize(number))
}

// card reads what the public may learn; ErrUnknown.
func (r *repository) card(ctx context.Context, code string) (cardDoc, error) {
	d, err := r.cards.Get(ctx, code)
	if errors.Is(err, store.ErrNotFound) {
		return d, ErrUnknown
	}
	return d, err
}

func (r *repository) byCode(ctx context.Context, code string) (Certificate, error) {
	d, err := r.card(ctx, code)
	if err != nil {
		return Certificate{}, err
	}
	return r.get(ctx, d.Certificate)
}

// save stores a certificate that changed, and what the public sees of it.
func (r *repository) save(ctx context.Context, c *Certificate, successor string) error {
	d := docOf(*c)
	if err := r.certificates.Replace(ctx, &d); err != nil {
		return err
	}
	c.Stored = d.Version
	if !c.Issued() {
		return nil
	}
	card := cardDoc{Doc: store.Doc{ID: c.Code}, Certificate: c.ID, Card: c.card(successor)}
	if err := r.cards.Put(ctx, &card); err != nil {
		return fmt.Errorf("public card: %w", err)
	}
	return nil
}

// The counters.
const (
	counterChanges = "changes"
	counterIssuers = "issuers"
)

// count adds one to a counter and gives what it then is.
func (r *repository) count(ctx context.Context, id string) (int64, error) {
	if err := r.counters.Increment(ctx, id, map[string]int64{"count": 1}); err != nil {
		return 0, err
	}
	d, err := r.counters.Get(ctx, id)
	return d.Count, err
}

// counted reads a counter; 0 where nothing was counted yet.
func (r *repository) counted(ctx context.Context, id string) (int64, error) {
	d, err := r.counters.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	return d.Count, err
}

// add saves a new certificate with its unique keys.
func (r *repository) add(ctx context.Context, c Certificate) error {
	if err := r.take(ctx, c); err != nil {
		return err
	}
	if c.Code != "" {
		card := cardDoc{Doc: store.Doc{ID: c.Code}, Certificate: c.ID, Card: c.card("")}
		if err := r.cards.Insert(ctx, card); err != nil {
			return fmt.Errorf("public card: %w", err)
		}
	}
	if c.Source != "" {
		key := keyDoc{Doc: store.Doc{ID: c.Source}, Certificate: c.ID}
		if err := r.sources.Insert(ctx, key); err != nil {
			return fmt.Errorf("source: %w", err)
		}
	}
	return r.certificates.Insert(ctx, docOf(c))
}
