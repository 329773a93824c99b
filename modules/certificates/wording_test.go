package certificates_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"carecert/modules/certificates"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/kit/web"
)

// otherwise are the house's words after somebody has rewritten those of dates
// and levels.
func otherwise(t *testing.T) *web.Words {
	t.Helper()
	files := fstest.MapFS{}
	for _, language := range []string{web.Chinese, web.English} {
		name := "messages/" + language + "/certificates.yaml"
		raw := string(must[[]byte](t)(os.ReadFile("../../policies/" + name)))
		var out []string
		for line := range strings.SplitSeq(raw, "\n") {
			if code, _, cut := strings.Cut(line, ": "); cut && strings.HasPrefix(code, "certificates.print.") {
				line = code + ": 改过的字 {year}/{month}/{day}"
				if code != "certificates.print.date" {
					line = code + ": 改过的字"
				}
			}
			out = append(out, line)
		}
		files[name] = &fstest.MapFile{Data: []byte(strings.Join(out, "\n"))}
	}
	return must[*web.Words](t)(web.LoadWords(files))
}

// What was issued reads the same after the message files have changed; what is
// issued then reads otherwise.
func TestAChangedMessageChangesNoCertificate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		level := must[certificates.Certificate](t)(w.IssueLevel(w.as(body), w.candidate(1)))
		trained := w.issue(t, completion("person-1", "a"))
		before := map[string][]byte{"level": w.printed(t, level.ID), "training": w.printed(t, trained.ID)}

		w.words = otherwise(t)
		w.module = w.open(t) // the program after an upgrade
		w.Service = w.module.Service
		if !bytes.Equal(w.printed(t, level.ID), before["level"]) || !bytes.Equal(w.printed(t, trained.ID), before["training"]) {
			t.Error("the print of what was issued has changed")
		}
		draft := w.candidate(2)
		next := must[certificates.Certificate](t)(w.IssueLevel(w.as(body), draft))
		if next.Wording == level.Wording || next.Wording == "" {
			t.Errorf("the next has the words %q", next.Wording)
		}
		rewritten := level
		rewritten.Wording = next.Wording
		if bytes.Equal(must[[]byte](t)(w.Print(w.as(body), rewritten)), before["level"]) {
			t.Error("the words of today are not printed")
		}
		renewed := must[certificates.Certificate](t)(w.Replace(w.as(body), level.ID, "遗失"))
		if renewed.Wording != next.Wording {
			t.Error("what replaces another is printed with the words of today")
		}
		if r := must[certificates.LogReport](t)(w.LogVerify(w.ctx, nil)); r.Bad != nil {
			t.Errorf("%+v", r.Bad)
		}
	})
}

// What was issued before words were kept has the first that were.
func TestCertificatesWithoutWordsHaveTheFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.issue(t, completion("person-1", "a"))
		want := w.printed(t, c.ID)
		w.words = otherwise(t)
		w.Service = w.open(t).Service
		c.Wording = ""
		if !bytes.Equal(must[[]byte](t)(w.Print(w.as(bureau), c)), want) {
			t.Error("it is printed with other words than the first")
		}
		c.Wording = strings.Repeat("0", 64)
		if _, err := w.Print(w.as(bureau), c); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("words that are not there: %v", err)
		}
	})
}
