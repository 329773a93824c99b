package app_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// raw is any document.
type raw struct {
	store.Doc `bson:",inline"`
	Rest      bson.M `bson:",inline"`
}

// strip takes fields away from every document of a collection, as a program
// that did not know them yet left it; without fields, the documents.
func (h *house) strip(collection string, fields ...string) {
	h.t.Helper()
	c := store.Open[raw](h.DB, store.Spec{Name: collection})
	var all []raw
	if err := c.Scan(h.t.Context(), func(d raw) error { all = append(all, d); return nil }); err != nil || len(all) == 0 {
		h.t.Fatalf("%s: %d documents, %v", collection, len(all), err)
	}
	for _, d := range all {
		if len(fields) == 0 {
			if err := c.Delete(h.t.Context(), d.ID, 0); err != nil && !errors.Is(err, store.ErrNotFound) {
				h.t.Fatal(err)
			}
			continue
		}
		for _, f := range fields {
			delete(d.Rest, f)
		}
		if err := c.Replace(h.t.Context(), &d); err != nil {
			h.t.Fatal(err)
		}
	}
}

// A database from before the consent list, the look-up of duplicates, the
// verifier's filters and data quality is filled by a rebuild: nobody has to
// save every person once.
func TestRebuildFillsAnOlderDatabase(t *testing.T) {
	for engine, uri := range map[string]func(testing.TB) string{
		"sqlite": func(testing.TB) string { return "" }, "mongodb": storetest.MongoURI,
	} {
		t.Run(engine, func(t *testing.T) {
			h := openHouse(t, uri(t))
			district := h.post("/organizations", map[string]any{"kind": "districtBureau", "name": "青浦区民政局", "divisionCode": "310118"}, http.StatusCreated)
			home := h.post("/organizations", map[string]any{"kind": "institution", "name": "养护院", "divisionCode": "310118", "parentId": district, "approvedBeds": 100}, http.StatusCreated)
			roster := strings.Builder{}
			roster.WriteString("姓名,身份证号码,联系电话,文化程度,入职日期\n")
			for i := range 6 { // the last two share a telephone
				fmt.Fprintf(&roster, "王%s,%s,139%08d,高中,2024-03-15\n", strings.Repeat("秀", i+1), idNumber(i), 10_000_000+min(i, 4))
			}
			h.upload("people", home, roster.String())
			const papers = "姓名,证件号码,证书编号,职业名称,等级,发证日期,评价机构\n"
			h.upload("certificates", home, papers+"王秀,"+idNumber(0)+",S000031000012235000001,养老护理员,五级/初级工,2023-06-01,评价中心\n")
			if _, rejected := h.send("certificates", home, papers+"王秀秀,"+idNumber(1)+",S000031000012235000001,养老护理员,五级/初级工,2023-06-01,评价中心\n"); rejected != 1 {
				t.Fatal("the number was taken twice")
			}
			var notice struct{ Version string }
			h.get("/public/privacy-notice", &notice)
			var people struct{ Items []struct{ ID, Name string } }
			h.get("/people?organizationId="+home, &people)
			h.call(http.MethodPost, "/people/"+people.Items[0].ID+"/consents", "application/json",
				strings.NewReader(`{"version":"`+notice.Version+`","signedOn":"2026-06-01"}`), http.StatusCreated, nil)
			shown := func() string {
				t.Helper()
				var out strings.Builder
				for _, path := range []string{
					"/people/consents?state=given&organizationId=" + home, "/people/consents?state=missing&organizationId=" + home,
					"/people/duplicates?organizationId=" + home, "/people?q=13914000000", "/people?q=wx", "/people?q=" + url.QueryEscape("秀秀"), "/people?kind=caregiver", "/people?organizationId=" + home,
					"/certificates/queue?level=5", "/certificates/queue?family=skillLevel&finding=issuer", "/certificate-conflicts",
					"/statistics/data-quality?organizationId=" + home, "/statistics/data-quality/people?organizationId=" + home,
				} {
					var v any
					h.get(path, &v)
					told, err := json.Marshal(forgetful(v))
					if err != nil {
						t.Fatal(err)
					}
					fmt.Fprintf(&out, "%s\n%s\n", path, told)
				}
				return out.String()
			}
			rebuild := func(want bool) {
				t.Helper()
				if n, err := h.Rebuild(kernel.AsSystem(t.Context(), "rebuild")); err != nil || (n > 0) != want {
					t.Errorf("rebuild: %d differences, %v", n, err)
				}
			}
			before := shown()
			rebuild(false)
			h.strip("people_persons", "shelf", "reach", "phoneBlind", "characters", "initials", "parts", "within", "sort", "consent", "twinned")
			h.strip("people_twins")
			h.strip("people_quality")
			h.strip("statistics_quality")
			h.strip("certificates_certificates", "queue", "familyQueue")
			h.strip("certificates_conflicts", "sides", "openOn")
			if shown() == before {
				t.Fatal("nothing was taken away")
			}
			rebuild(true)
			for i, line := range slices.Collect(strings.Lines(shown())) {
				if want := slices.Collect(strings.Lines(before))[i]; line != want {
					t.Errorf("after the rebuild\n%s, before\n%s", line, want)
				}
			}
			rebuild(false)
		})
	}
}

// forgetful leaves out when something was found.
func forgetful(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			if k == "foundAt" {
				delete(v, k)
				continue
			}
			v[k] = forgetful(x)
		}
	case []any:
		for i := range v {
			v[i] = forgetful(v[i])
		}
	}
	return v
}
