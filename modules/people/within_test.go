package people_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/people"
)

// Whoever begins with what is typed stands before whoever has it inside the
// name, by whatever pages, and nobody stands there twice.
func TestPartsOfNamesComeBehindTheirBeginnings(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		ids := map[string]kernel.PersonID{}
		for i, name := range []string{"王秀兰", "兰兰", "兰秀兰", "李兰", "秀兰兰", "李秀", "林爱娜", "王林爱娜"} {
			ids[name] = w.register(t, w.as(home), name, numbered(i))
		}
		find := func(q string, limit int) (names []string, total int64) {
			t.Helper()
			for cursor := ""; ; {
				page, err := w.List(w.as(home, school), people.Filter{Q: q}, limit, cursor)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range page.Items {
					names = append(names, p.Name)
				}
				if total, cursor = page.Total, page.Next; cursor == "" {
					return names, total
				}
			}
		}
		expect := func(q string, want ...string) {
			t.Helper()
			for _, limit := range []int{1, 2, 200} {
				if names, total := find(q, limit); !slices.Equal(names, want) || total != int64(len(want)) {
					t.Errorf("%q by %d: %v, of %d", q, limit, names, total)
				}
			}
		}
		expect("兰", "兰兰", "兰秀兰", "李兰", "王秀兰", "秀兰兰")
		expect("秀兰", "秀兰兰", "兰秀兰", "王秀兰")
		expect("xiulan", "秀兰兰", "兰秀兰", "王秀兰")
		expect("lan", "兰兰", "兰秀兰", "林爱娜", "李兰")
		expect("兰秀", "兰秀兰")

		// Another name has other parts, and the former one still finds; a record that
		// was merged away has none, and its name finds the one that stays.
		if _, err := w.Amend(w.as(home), ids["王秀兰"], func(p *people.Particulars, _ int64) error {
			p.Name = "王丽"
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		expect("秀兰", "秀兰兰", "兰秀兰", "王丽") // by the name that she had
		expect("丽", "王丽")
		if _, err := w.Merge(w.admin(), ids["兰秀兰"], ids["秀兰兰"], "同一人"); err != nil {
			t.Fatal(err)
		}
		expect("秀兰", "兰秀兰", "王丽")
		expect("秀兰兰", "兰秀兰")
		expect("xiulanlan", "兰秀兰")
		if _, _, err := w.Undo(w.admin(), ids["兰秀兰"], ids["秀兰兰"], "不是同一人"); err != nil {
			t.Fatal(err)
		}
		expect("秀兰兰", "秀兰兰")
	})
}

// Somebody is found by the name that they had, and the list says so.
func TestAFormerNameFinds(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		ask := newServer(t, w, db)
		id := w.register(t, w.as(home), "欧阳静", numbered(1))
		for _, name := range []string{"欧阳晓静", "张静怡"} {
			if _, err := w.Amend(w.as(home), id, func(p *people.Particulars, _ int64) error { p.Name = name; return nil }); err != nil {
				t.Fatal(err)
			}
		}
		clerk := "institution|" + string(home) + "|"
		for q, formerly := range map[string]string{
			"欧阳静": "欧阳静", "欧阳晓静": "欧阳晓静", "欧阳": "欧阳晓静", "ouyangjing": "欧阳静", "oyxj": "欧阳晓静", "晓静": "欧阳晓静",
			"张静": "", "zhangjingyi": "", "静怡": "", "静": "", // of the present name
		} {
			_, body, _ := ask(clerk, "GET", "/people?q="+url.QueryEscape(q), "")
			has := formerly == "" || strings.Contains(body, `"formerly":"`+formerly+`"`)
			if strings.Count(body, `"id":`) != 1 || !has || (formerly == "") == strings.Contains(body, `"formerly"`) {
				t.Errorf("%s: %s", q, body)
			}
		}
		if n, err := w.Rebuild(w.ctx); n != 0 || err != nil {
			t.Errorf("a rebuild finds %d, %v", n, err)
		}
	})
}
