package people_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/people"
)

func TestALinkToARecord(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		call := newServer(t, w, db)
		id := string(w.register(t, w.as(home), "王小兰", wang))
		w.employ(t, w.as(home), w.register(t, w.as(home), "李红", numbered(1)), home, "2025-03-01", "")
		self, other := "caregiver||"+id, "caregiver||somebody-else"

		status, body, _ := call(self, "POST", "/people/"+id+"/record-links", `{}`)
		var made struct{ ID, Code, URL, QRText, ExpiresAt string }
		if err := json.Unmarshal([]byte(body), &made); err != nil || status != http.StatusCreated {
			t.Fatalf("%d %s", status, body)
		}
		if len(made.Code) != 16 || made.QRText != "HTTPS://CERT.EXAMPLE.CN/R/"+made.Code || made.URL != "https://cert.example.cn/r/"+made.Code {
			t.Errorf("%+v", made)
		}
		if made.ExpiresAt != "2025-09-08T01:00:00Z" {
			t.Errorf("opens until %s", made.ExpiresAt)
		}
		if err := db.ScanRaw(t.Context(), "people_links", func(_ string, raw []byte) error {
			if strings.Contains(string(raw), made.Code) || strings.Contains(string(raw), "王小兰") {
				t.Error("the database has the code, or the name, in clear")
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name, who, method, path, body string
			status                        int
			has, hasNot                   string
		}{
			{"anybody opens it", "public", "GET", "/r/" + made.Code, "", 200, "王*兰", "王小兰"},
			{"which does not name who shared it", "public", "GET", "/r/" + made.Code, "", 200, "本人", "王小兰"},
			{"also as the QR code writes it", "public", "GET", "/R/" + made.Code, "", 200, `data-state="open"`, wang},
			{"without numbers of certificates", "public", "GET", "/r/" + strings.ToLower(made.Code), "", 200, "四级", "S000031000006244000001"},
			{"an empty chapter says so", "public", "GET", "/r/" + made.Code, "", 200, "没有登记从业经历", "补贴记录"},
			{"another code opens nothing", "public", "GET", "/r/0000000000000000", "", 404, `data-problem="people.link_unknown"`, "王"},
			{"oneself sees how often", self, "GET", "/people/" + id + "/record-links", "", 200, `"opened":5`, made.Code},
			{"nobody else lists it", other, "GET", "/people/" + id + "/record-links", "", 404, "people.unknown", ""},
			{"nor ends it", other, "DELETE", "/people/" + id + "/record-links/" + made.ID, "", 404, "people.unknown", ""},
			{"nor does the office share for somebody", "institution|wanqing|", "POST", "/people/" + id + "/record-links", `{}`, 403, "", ""},
			{"a year is too long", self, "POST", "/people/" + id + "/record-links", `{"days":365}`, 422, `"message":"有效期最长90天`, "{days}"},
			{"ninety days are not", self, "POST", "/people/" + id + "/record-links", `{"days":90}`, 201, "2025-11-30", ""},
			{"the office prints", "institution|wanqing|", "GET", "/people/" + id + "/record.pdf", "", 200, "%PDF-", ""},
			{"another does not", "institution|xujing-home|", "GET", "/people/" + id + "/record.pdf", "", 404, "people.unknown", ""},
			{"what was printed is on the list", self, "GET", "/people/" + id + "/record-links", "", 200, `"byOffice":"wanqing"`, ""},
			{"the office prints it again", "institution|wanqing|", "GET", "/people/" + id + "/record.pdf", "", 200, "%PDF-", ""},
			{"oneself prints a year", self, "GET", "/people/" + id + "/record.pdf?year=2024", "", 200, "%PDF-", ""},
			{"oneself ends the link", self, "DELETE", "/people/" + id + "/record-links/" + made.ID, "", 204, "", ""},
			{"then it shows nothing", "public", "GET", "/r/" + made.Code, "", 200, `data-state="revoked"`, "王*兰"},
			{"and says who ended it", "public", "GET", "/r/" + made.Code, "", 200, "本人已于", "{on}"},
		} {
			status, body, _ := call(c.who, c.method, c.path, c.body)
			if status != c.status || !strings.Contains(body, c.has) || (c.hasNot != "" && strings.Contains(body, c.hasNot)) {
				t.Errorf("%s: %d %.600s", c.name, status, body)
			}
		}
		if page, err := w.LinksOf(w.as(home), kernel.PersonID(id)); err != nil || len(page) != 4 {
			t.Errorf("%d links, want one that is shared for a week, one for ninety days and two that are printed: %v", len(page), err)
		}
		opened := 0
		for _, a := range w.Logged() {
			if a.Noun == "recordLink" && a.Verb == "open" {
				opened++
			}
		}
		if opened != 5 {
			t.Errorf("%d openings in the log", opened)
		}
		// It shows what stood when it was made, and nothing after its time.
		_, body, _ = call(self, "POST", "/people/"+id+"/record-links", `{"days":1}`)
		if err := json.Unmarshal([]byte(body), &made); err != nil {
			t.Fatal(err)
		}
		w.employ(t, w.as(home), w.register(t, w.as(home), "张三", numbered(2)), home, "2025-03-01", "")
		w.on("2025-09-03")
		if status, body, _ := call("public", "GET", "/r/"+made.Code, ""); status != 200 || !strings.Contains(body, "已过期") || strings.Contains(body, "王*兰") {
			t.Errorf("after its time: %d %s", status, body)
		}
	})
}

// Whoever prints a page many times on a day has one link to it, also when the
// pages come at the same moment.
func TestAPageThatIsPrintedAtTheSameMoment(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.register(t, w.as(home), "王小兰", wang)
		const pages = 8
		var texts [pages]string
		var group errgroup.Group
		for n := range pages {
			group.Go(func() error {
				story, err := w.Tell(w.as(home), id)
				if err != nil {
					return err
				}
				issued, err := w.Printed(w.as(home), story, people.StoryFilter{})
				texts[n] = issued.Text
				return err
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		links, err := w.LinksOf(w.as(home), id)
		if err != nil || len(links) != 1 || len(slices.Compact(texts[:])) != 1 {
			t.Errorf("%d links of %v %v", len(links), texts, err)
		}
	})
}

func TestTheRecordAsATimeline(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		call := newServer(t, w, db)
		p := w.register(t, w.as(home), "王小兰", wang)
		id, self := string(p), "caregiver||"+string(p)
		w.employ(t, w.as(home), p, home, "2025-03-01", "")
		w.employ(t, w.as(home), p, home, "2023-01-01", "2024-12-05")
		for _, c := range []struct{ name, query, has, hasNot string }{
			{"all of it, the newest first", "", `"timeline":[{"chapter":"spells"`, ""},
			{"with evidence", "", `"href":"/api/v1/certificates/c1"`, ""},
			{"empty chapters say so", "", `{"chapter":"conduct","title":"信用与评价","count":0,"empty":"本系统尚未登记此类信息。"}`, ""},
			{"the years in which something stands", "", `"years":[2025,2024,2023]`, ""},
			{"one chapter", "?chapter=certificates", `"timeline":[{"chapter":"certificates"`, `"timeline":[{"chapter":"spells"`},
			{"a year in which a spell went on", "?year=2024", `"until":"2024-12-05"`, `"timeline":[{"chapter":"spells","id":"` + id},
			{"a year with nothing in it", "?year=2019", `"timeline":[]`, ""},
			{"a year of a certificate only", "?year=2024&chapter=certificates", `"timeline":[{"chapter":"certificates","id":"c1","on":"2024-05-01"`, ""},
		} {
			if status, body, _ := call(self, "GET", "/people/"+id+"/record"+c.query, ""); status != 200 || !strings.Contains(body, c.has) || (c.hasNot != "" && strings.Contains(body, c.hasNot)) {
				t.Errorf("%s: %d %s", c.name, status, body)
			}
		}
	})
}

// What is no longer so is said to have changed; what stands is not.
func TestALinkTellsWhatChangedSince(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		call := newServer(t, w, db)
		p := w.register(t, w.as(home), "王小兰", wang)
		w.employ(t, w.as(home), p, home, "2025-03-01", "")
		_, body, _ := call("caregiver||"+string(p), "POST", "/people/"+string(p)+"/record-links", `{}`)
		var made struct{ Code string }
		if err := json.Unmarshal([]byte(body), &made); err != nil {
			t.Fatal(err)
		}
		w.on("2025-09-02")
		if status, body, _ := call("public", "GET", "/r/"+made.Code, ""); status != 200 || !strings.Contains(body, "与登记相符") || strings.Contains(body, "出具后有变动") {
			t.Errorf("nothing changed: %d %.900s", status, body)
		}
		if _, body, _ := call("public", "GET", "/r/"+made.Code, ""); !strings.Contains(body, "本系统尚未登记此类信息") {
			t.Errorf("of what nobody keeps: %.900s", body)
		}
		w.revoked = true
		status, body, _ := call("public", "GET", "/r/"+made.Code, "")
		for _, has := range []string{"出具后有变动", `data-state="changed"`, "截至2025-09-02", "2024-05-01 职业技能等级证书"} {
			if status != 200 || !strings.Contains(body, has) {
				t.Errorf("%d without %s: %.3000s", status, has, body)
			}
		}
		for _, hidden := range []string{"与登记相符", "已撤销", "<li>从业经历"} {
			if strings.Contains(body, hidden) {
				t.Errorf("%s is shown: %.3000s", hidden, body)
			}
		}
	})
}

// A link follows its record into a merge, and back: it can always be ended.
func TestALinkFollowsAMerge(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		kept := w.register(t, w.as(home), "王小兰", wang)
		gone := w.register(t, w.as(home), "王小兰", numbered(1))
		for _, p := range []kernel.PersonID{kept, gone} {
			w.employ(t, w.as(home), p, home, "2025-03-01", "")
		}
		share := func(p kernel.PersonID) people.Issued {
			t.Helper()
			made, err := w.Share(kernel.WithActor(w.as(home), kernel.Actor{User: "self", Person: p}), p, 7)
			if err != nil {
				t.Fatal(err)
			}
			return made
		}
		links := func(p kernel.PersonID) int {
			t.Helper()
			all, err := w.LinksOf(w.as(home), p)
			if err != nil {
				t.Fatal(err)
			}
			return len(all)
		}
		before := share(gone)
		if _, err := w.Merge(w.as(district), kept, gone, "同一人"); err != nil {
			t.Fatal(err)
		}
		if n := links(kept); n != 1 {
			t.Fatalf("who stays has %d links", n)
		}
		share(kept)
		if _, _, err := w.Undo(w.as(district), kept, gone, "不是同一人"); err != nil {
			t.Fatal(err)
		}
		if links(kept) != 1 || links(gone) != 1 {
			t.Errorf("parted again: %d and %d links", links(kept), links(gone))
		}
		if _, err := w.Merge(w.as(district), kept, gone, "还是同一人"); err != nil {
			t.Fatal(err)
		}
		if err := w.Revoke(w.as(home), kept, before.ID); err != nil {
			t.Errorf("ended after the merge: %v", err)
		}
		if l, err := w.OpenLink(w.ctx, before.Code); err != nil || l.State(w.Now()) != people.LinkRevoked {
			t.Errorf("%+v %v", l.RevokedAt, err)
		}
	})
}

func TestEndedLinksGo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		p := w.register(t, w.as(home), "王小兰", wang)
		for _, days := range []int{7, 90} {
			if _, err := w.Share(w.as(home), p, days); err != nil {
				t.Fatal(err)
			}
		}
		n, err := w.Aged()["recordLinks"].Remove(t.Context(), w.Now().AddDate(0, 0, 8))
		if left, _ := w.LinksOf(w.as(home), p); err != nil || n != 1 || len(left) != 1 {
			t.Errorf("%d went, %d are left: %v", n, len(left), err)
		}
	})
}

// Words that somebody typed may name people: a link shows none of them.
func TestALinkShowsNoTypedWords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		id := w.register(t, w.as(home), "王小兰", wang)
		e := w.employ(t, w.as(home), id, home, "2025-01-01", "")
		position := "护理组长王小兰"
		if _, err := w.Correct(w.as(home), id, e.ID, people.Change{Position: &position, Reason: "家属李大强投诉后核实"}); err != nil {
			t.Fatal(err)
		}
		link, err := w.Share(w.as(home), id, 7)
		if err != nil {
			t.Fatal(err)
		}
		for language, items := range link.Summary.Items {
			if len(items) == 0 {
				t.Errorf("%s: nothing is shown", language)
			}
			for _, i := range items {
				for _, f := range i.Facts {
					if strings.Contains(f.Value, "王小兰") || strings.Contains(f.Value, "李大强") {
						t.Errorf("%s shows %+v", language, f)
					}
				}
			}
		}
	})
}
