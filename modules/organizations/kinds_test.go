package organizations_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/organizations"
)

const bodyCode = "S000031000012"

// everything that one kind only has, and the place where it is refused.
func everything() (organizations.Particulars, []string, []string) {
	return organizations.Particulars{
			Name: "某单位", Division: "310118", Street: "310118001",
			ApprovedBeds: 1, InHouseClinic: true, SmallCareHome: true, Grade: "三级",
			AssessmentCode: bodyCode, Validity: kernel.Period{From: "2024-01-01", To: "2029-12-31"}, Occupations: []string{"4-10-01-05"},
		},
		[]string{"body.approvedBeds", "body.hasInHouseClinic", "body.smallCareHome", "body.grade"},
		[]string{"body.assessmentCode", "body.validFrom", "body.validTo", "body.occupations"}
}

func TestFieldsOfOtherKinds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		all, ofHomes, ofBodies := everything()
		both := slices.Concat(ofHomes, ofBodies)
		for kind, want := range map[organizations.Kind][]string{
			organizations.Institution: ofBodies, organizations.AssessmentBody: ofHomes, organizations.TrainingSchool: both,
			organizations.PracticeBase: both, organizations.OperatorGroup: both, organizations.Subdistrict: both,
		} {
			_, err := w.Register(w.admin(), organizations.Draft{Kind: kind, Particulars: all})
			f, ok := fault.From(err)
			if !ok || !errors.Is(err, fault.ErrInvalid) {
				t.Errorf("%s: %v", kind, err)
				continue
			}
			var got []string
			for _, field := range f.Fields {
				got = append(got, field.Location)
				if field.Code != "organizations.field_of_other_kind" || field.Params["kind"] != string(kind) || field.Params["of"] == string(kind) {
					t.Errorf("%s: %+v", kind, field)
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s: %s", kind, d)
			}
			if _, err := w.Register(w.admin(), organizations.Draft{Kind: kind, Particulars: organizations.Particulars{Name: "空", Division: "310118", Street: "310118001"}}); err != nil {
				t.Errorf("%s with nothing said: %v", kind, err)
			}
		}
	})
}

// A group runs homes, schools, bases and bodies. What is no such thing is not
// linked newly; a link of old stays and stands in the way of nothing.
func TestWhatAGroupRuns(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		group := w.register(t, organizations.OperatorGroup, "晚晴养老集团", "310118", "")
		for kind, runs := range map[organizations.Kind]bool{
			organizations.Institution: true, organizations.TrainingSchool: true, organizations.PracticeBase: true, organizations.AssessmentBody: true,
			organizations.OperatorGroup: false, organizations.Subdistrict: false, organizations.DistrictBureau: false,
		} {
			_, err := w.Register(w.admin(), organizations.Draft{Kind: kind, Particulars: organizations.Particulars{
				Name: "某单位", Division: "310118", Street: "310118001", OperatorGroup: group,
			}})
			f, refused := fault.From(err)
			if runs == (err != nil) || refused && (len(f.Fields) != 1 || f.Fields[0].Code != "organizations.group_of_kind" || f.Fields[0].Location != "body.operatorGroupId") {
				t.Errorf("%s: %v %+v", kind, err, f)
			}
		}
		street := w.register(t, organizations.Subdistrict, "夏阳街道", "310118", "310118001")
		w.once(t, db, street, map[string]any{"group": string(group)})
		_, err := w.Amend(w.admin(), street, organizations.Days{}, func(p *organizations.Particulars, _ int64) error { p.CreditCode = ""; p.Name = "夏阳"; return nil })
		if err != nil {
			t.Errorf("a link of old: %v", err)
		}
	})
}

// rawDoc is an organisation as it lies in the database.
type rawDoc struct {
	store.Doc `bson:",inline"`
	Rest      map[string]any `bson:",inline"`
}

// once writes of an organisation what it would be refused today.
func (w *world) once(t *testing.T, db *store.DB, id kernel.OrganizationID, fields map[string]any) {
	t.Helper()
	docs := store.Open[rawDoc](db, store.Spec{Name: "organizations_organizations", Indexes: []store.Index{
		{Name: "called", Fields: []string{"called"}, Many: "called"},
		{Name: "assessmentCode", Fields: []string{"assessmentCode"}, Where: "assessmentCode"},
	}})
	doc, err := docs.Get(w.ctx, string(id))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range fields {
		doc.Rest[k] = v
	}
	if err := docs.Replace(w.ctx, &doc); err != nil {
		t.Fatal(err)
	}
}

// What was registered before fields were compared with the kind is no body's
// code, and stands in the way of nothing.
func TestAForeignFieldFromBefore(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		group := w.register(t, organizations.OperatorGroup, "晚晴养老集团", "310118", "")
		w.once(t, db, group, map[string]any{"assessmentCode": bodyCode, "validFrom": "2020-01-01", "beds": 90})
		if card, _, err := w.AssessmentBody(w.ctx, bodyCode); !errors.Is(err, organizations.ErrUnknown) {
			t.Errorf("a group counts as the issuer: %+v %v", card, err)
		}
		if code, _, err := w.AssessmentCode(w.ctx, group); !errors.Is(err, organizations.ErrUnknown) {
			t.Errorf("a group issues with %s: %v", code, err)
		}
		body, err := w.Register(w.admin(), organizations.Draft{Kind: organizations.AssessmentBody, Particulars: organizations.Particulars{
			Name: "评价中心", Division: "310118", AssessmentCode: bodyCode,
		}})
		if err != nil {
			t.Fatalf("the group has no claim to the code: %v", err)
		}
		if card, _, err := w.AssessmentBody(w.ctx, bodyCode); err != nil || card.ID != body.ID {
			t.Errorf("the code leads to %+v %v", card, err)
		}
		amend := func(change func(p *organizations.Particulars)) error {
			_, err := w.Amend(w.admin(), group, organizations.Days{}, func(p *organizations.Particulars, _ int64) error { change(p); return nil })
			return err
		}
		for _, c := range []struct {
			name   string
			change func(p *organizations.Particulars)
			wrong  int
		}{
			{"another field", func(p *organizations.Particulars) { p.Name = "晚晴集团" }, 0},
			{"another code", func(p *organizations.Particulars) { p.AssessmentCode = "S000031000013" }, 1},
			{"other beds and a grade", func(p *organizations.Particulars) { p.ApprovedBeds, p.Grade = 91, "三级" }, 2},
			{"emptied", func(p *organizations.Particulars) { p.AssessmentCode, p.Validity.From, p.ApprovedBeds = "", "", 0 }, 0},
			{"said again", func(p *organizations.Particulars) { p.ApprovedBeds = 90 }, 1},
		} {
			err := amend(c.change)
			f, refused := fault.From(err)
			if (err != nil) != (c.wrong > 0) || refused && len(f.Fields) != c.wrong {
				t.Errorf("%s: %v %+v", c.name, err, f)
			}
		}
	})
}
