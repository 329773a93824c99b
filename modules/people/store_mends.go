package people

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/store"
)

// mendDoc is what an import changed of a record that was known: a withdrawal
// gives it back while this is kept (policies/rules/retention.yaml). Its id is
// the import's behind the record's.
type mendDoc struct {
	store.Doc `bson:",inline"`
	Before    told      `bson:"before"`
	After     told      `bson:"after"`
	At        time.Time `bson:"at"`
}

func openMends(db *store.DB) *store.Collection[mendDoc] {
	return store.Open[mendDoc](db, store.Spec{Name: "people_mends", Indexes: []store.Index{{Name: "at", Fields: []string{"at"}}}})
}

func mendID(person, imported string) string { return person + ":" + imported }

// told is what a table may change of a record that is known.
type told struct {
	PhoneSealed string    `bson:"phoneSealed,omitempty"`
	PhoneBlind  string    `bson:"phoneBlind,omitempty"`
	PhoneMasked string    `bson:"phoneMasked,omitempty"`
	Education   Education `bson:"education,omitempty"`
	Major       string    `bson:"major,omitempty"`
	Kinds       []Kind    `bson:"kinds,omitempty"`
	GenderSaid  string    `bson:"genderSaid,omitempty"`
}

func (d personDoc) told() told {
	return told{d.PhoneSealed, d.PhoneBlind, d.PhoneMasked, d.Education, d.Major, d.Kinds, d.GenderSaid}
}

// says tells whether the record still says what was told.
func (d personDoc) says(t told) bool {
	return d.PhoneBlind == t.PhoneBlind && d.Education == t.Education && d.Major == t.Major && slices.Equal(d.Kinds, t.Kinds) && d.GenderSaid == t.GenderSaid
}

// tell lets the record say something else.
func (d *personDoc) tell(t told) {
	d.PhoneSealed, d.PhoneBlind, d.PhoneMasked = t.PhoneSealed, t.PhoneBlind, t.PhoneMasked
	d.Education, d.Major, d.Kinds, d.GenderSaid = t.Education, t.Major, t.Kinds, t.GenderSaid
}

// mendsOf are what an import changed of some records, by record.
func (s *Service) mendsOf(ctx context.Context, imported string, persons []string) (map[string]mendDoc, error) {
	ids := make([]string, len(persons))
	for i, p := range persons {
		ids[i] = mendID(p, imported)
	}
	docs, err := s.docs.mends.GetMany(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("what import %s changed: %w", imported, err)
	}
	out := make(map[string]mendDoc, len(docs))
	for _, d := range docs {
		out[d.ID[:len(d.ID)-len(imported)-1]] = d
	}
	return out, nil
}

// Mend is what an import changed in one field of a record; a telephone is masked.
type Mend struct {
	Import string    `json:"importId"`
	At     time.Time `json:"at"`
	Field  string    `json:"field" enum:"phone,education,major,gender,kinds"`
	From   string    `json:"from" doc:"as it was registered, kinds with commas between them; empty for nothing"`
	To     string    `json:"to"`
}

// mends lists what is kept of such changes, the latest file first.
func (s *Service) mends(ctx context.Context, imports []string, records []kernel.PersonID) (out []Mend, err error) {
	for _, imported := range slices.Backward(imports) {
		kept, err := s.mendsOf(ctx, imported, texts(records))
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			d, ok := kept[string(r)]
			if !ok {
				continue
			}
			for _, f := range []Mend{
				{Field: "phone", From: d.Before.PhoneMasked, To: d.After.PhoneMasked},
				{Field: "education", From: string(d.Before.Education), To: string(d.After.Education)},
				{Field: "major", From: d.Before.Major, To: d.After.Major},
				{Field: "gender", From: d.Before.GenderSaid, To: d.After.GenderSaid},
				{Field: "kinds", From: strings.Join(texts(d.Before.Kinds), ","), To: strings.Join(texts(d.After.Kinds), ",")},
			} {
				if f.From != f.To || f.Field == "phone" && d.Before.PhoneBlind != d.After.PhoneBlind {
					f.Import, f.At = imported, d.At
					out = append(out, f)
				}
			}
		}
	}
	return out, nil
}

// keepMends keeps what the lines of an import change; of several rows about one
// record the first says what stood before.
func (s *Service) keepMends(ctx context.Context, imported string, lines []*line) error {
	var mended []*line
	var persons []string
	for _, l := range lines {
		if l.mended && l.Action == imports.Updated && !l.Refused() {
			mended, persons = append(mended, l), append(persons, l.doc.ID)
		}
	}
	if len(mended) == 0 {
		return nil
	}
	kept, err := s.mendsOf(ctx, imported, persons)
	if err != nil {
		return err
	}
	for _, l := range mended {
		d, again := kept[l.doc.ID]
		if !again {
			d = mendDoc{Doc: store.Doc{ID: mendID(l.doc.ID, imported)}, Before: l.before.told(), At: s.now()}
		}
		d.After = l.doc.told()
		kept[l.doc.ID] = d
	}
	docs := make([]mendDoc, 0, len(kept))
	for _, d := range kept {
		docs = append(docs, d)
	}
	return s.docs.mends.PutMany(ctx, docs)
}
