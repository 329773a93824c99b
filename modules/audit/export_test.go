package audit

import (
	"bytes"
	"strings"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kit/sheet"
)

func TestTheLogIsExported(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.record(t, "li", kernel.Act{
			Verb: "reveal", Noun: "person", ID: "p1", Organization: "home-1", Reason: "=HYPERLINK(\"x\")",
			Detail: map[string]string{"field": "phone", "channel": "web"},
		})
		w.record(t, "wang", kernel.Act{Verb: "create", Noun: "class", ID: "c1", Organization: "home-2"})
		w.verify(t, nil)
		var out bytes.Buffer
		file, err := sheet.NewCSV(&out)
		must(t, err)
		ctx := kernel.WithReach(clerk(t.Context(), "zhao"), kernel.Reach{Roots: []kernel.OrganizationID{"street-1"}})
		write, err := w.Export(ctx, Filter{Noun: "person"}, func(code string) string { return "<" + code + ">" })
		must(t, err)
		must(t, write(file))
		must(t, file.Close())
		text := out.String()
		for _, present := range []string{
			"<audit.column.at>", "1,2026-03-01 16:00:01,li,user-li,192.0.2.1,reveal,person,p1,home-1", "channel=web; field=phone",
		} {
			if !strings.Contains(text, present) {
				t.Errorf("%q is missing in\n%s", present, text)
			}
		}
		for what, absent := range map[string]string{"another street's entry": "c1", "a formula": ",\"=HYPERLINK"} {
			if strings.Contains(text, absent) {
				t.Errorf("%s is in\n%s", what, text)
			}
		}
		list, err := w.List(everywhereCtx(t), Filter{Verb: "export"}, 20, "")
		if err != nil || len(list.Items) != 1 || list.Items[0].Name != "zhao" {
			t.Errorf("the export is not in the log: %+v, %v", list.Items, err)
		}

		if strings.Contains(text, "export_cut") {
			t.Errorf("whole, and says it was cut:\n%s", text)
		}
		w.exportLimit = 1
		out.Reset()
		file, err = sheet.NewCSV(&out)
		must(t, err)
		write, err = w.Export(everywhereCtx(t), Filter{}, func(code string) string { return "<" + code + ">" })
		must(t, err)
		must(t, write(file))
		must(t, file.Close())
		if rows := strings.Split(strings.TrimSpace(out.String()), "\n"); len(rows) != 3 || !strings.Contains(rows[2], "<audit.export_cut>") {
			t.Errorf("cut after one entry: %q", rows)
		}
	})
}
