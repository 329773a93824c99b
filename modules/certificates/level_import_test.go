package certificates_test

import (
	"slices"
	"strings"
	"testing"

	"carecert/modules/certificates"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/imports/importstest"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// results is the importer of an assessing body behind the real engine.
func results(t *testing.T, w *world) func(rows string, dryRun bool) imports.Report {
	t.Helper()
	engine := importstest.New(t, w.db, w, organizations{}, w.module.LevelImporter())
	return func(rows string, dryRun bool) imports.Report {
		t.Helper()
		file := "姓名,证件号码,等级,发证日期,职业名称,工种/职业方向\n" + rows
		r, err := engine.Run(w.as(body), imports.Request{
			Kind: "skillLevels", Organization: body, FileName: "认定结果.csv", File: strings.NewReader(file), Size: int64(len(file)), DryRun: dryRun,
		})
		if err != nil || r.Status != imports.Done {
			t.Fatalf("%+v %v", r, err)
		}
		return r
	}
}

func TestSeveralLevelsAreIssuedAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		send := results(t, w)
		a, b, c := w.candidate(1), w.candidate(2), w.candidate(3)
		rows := strings.Join([]string{
			"考生," + a.IDNumber + ",四级/中级工,2026-01-05,,",
			"考生," + b.IDNumber + ",三级/高级工,2026-01-05,,失智照护",
			"别人," + c.IDNumber + ",五级/初级工,2026-01-05,,",
			"考生," + c.IDNumber + ",五级/初级工,2026-02-05,,",
			"考生," + a.IDNumber + ",四级/中级工,2026-01-05,,",
			"考生," + c.IDNumber + ",四级/中级工,2026-01-05,飞行员,",
			"考生," + c.IDNumber + ",三级/高级工,2019-12-31,,",
		}, "\n")
		refused := []string{
			"4 idNumber certificates.person_unknown", "5 issuedOn certificates.issued_in_future", "6 level certificates.import_level_twice",
			"7 occupation certificates.occupation_refused", "8 issuedOn certificates.body_not_valid",
		}
		for _, x := range []struct {
			name   string
			dryRun bool
			want   imports.Counts
		}{
			{"a dry run issues none", true, imports.Counts{Created: 2, Rejected: 5}},
			{"the file", false, imports.Counts{Created: 2, Rejected: 5}},
			{"the same file again", false, imports.Counts{Unchanged: 2, Rejected: 5}},
		} {
			r := send(rows, x.dryRun)
			if r.Counts != x.want || !slices.Equal(found(r.Errors), refused) {
				t.Errorf("%s: %+v %v", x.name, r.Counts, found(r.Errors))
			}
		}
		issued := must[certificates.Page](t)(w.List(w.as(body), certificates.Filter{Organization: body, Family: certificates.FamilySkillLevel}, 50, ""))
		if issued.Total != 2 {
			t.Fatalf("%d were issued", issued.Total)
		}
		for _, one := range issued.Items {
			if want := map[string]string{"candidate-1": "S000031000012264000001", "candidate-2": "S000031000012263000002"}[string(one.Person)]; one.Number != want || one.QRText == "" {
				t.Errorf("%s has %s", one.Person, one.Number)
			}
		}
		of := must[certificates.Page](t)(w.List(w.as(body), certificates.Filter{Organization: body, Family: certificates.FamilySkillLevel, Level: 3}, 50, ""))
		if len(of.Items) != 1 || of.Items[0].Direction != "失智照护" {
			t.Errorf("of level 3: %+v", of.Items)
		}
	})
}

func TestWhatABodyKnowsBeforeItIssues(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		must[certificates.Certificate](t)(w.IssueLevel(w.as(body), w.candidate(1)))
		desk := must[certificates.LevelDesk](t)(w.LevelDesk(w.as(body), body))
		if !desk.Open() || desk.Code != "S000031000012" || desk.Issued != 1 || desk.Occupations[0].Code != "4-10-01-05" || desk.Valid.To != "2026-12-31" {
			t.Errorf("%+v", desk)
		}
		w.Pass(365 * 24 * 3600e9)
		if desk = must[certificates.LevelDesk](t)(w.LevelDesk(w.as(body), body)); desk.Open() || desk.Issued != 0 {
			t.Errorf("after its time: %+v", desk)
		}
		if _, err := w.LevelDesk(w.as(school), body); err == nil {
			t.Error("a school sees the desk of a body")
		}
	})
}
