package rule_test

import (
	"maps"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"carecert/modules/kernel"
	"carecert/modules/surveys/rule"
)

func row() rule.Row {
	return rule.Row{
		RuleHead: kernel.RuleHead{ID: "test.survey", Version: "1"}, OpenDays: 14, AskWithinDays: 30, AnswersLeast: 5, TextLimit: 10,
		Questions: []rule.Question{
			{ID: "overall", Kind: rule.Scale},
			{ID: "again", Kind: rule.Choice, Options: []string{"yes", "no"}},
			{ID: "remark", Kind: rule.Text, Optional: true},
		},
	}
}

func TestTake(t *testing.T) {
	for _, c := range []struct {
		name    string
		answers map[string]string
		wrong   []rule.Wrong
	}{
		{"all", map[string]string{"overall": "5", "again": "yes", "remark": "讲得清楚"}, nil},
		{"without what is optional", map[string]string{"overall": "1", "again": "no"}, nil},
		{"nothing", nil, []rule.Wrong{{Question: "again", Code: "surveys.answer_missing"}, {Question: "overall", Code: "surveys.answer_missing"}}},
		{"off the scale", map[string]string{"overall": "6", "again": "yes"}, []rule.Wrong{{Question: "overall", Code: "surveys.answer_unknown"}}},
		{"nought", map[string]string{"overall": "0", "again": "yes"}, []rule.Wrong{{Question: "overall", Code: "surveys.answer_unknown"}}},
		{"no such option", map[string]string{"overall": "3", "again": "maybe"}, []rule.Wrong{{Question: "again", Code: "surveys.answer_unknown"}}},
		{"no such question", map[string]string{"overall": "3", "again": "yes", "name": "王"}, []rule.Wrong{{Question: "name", Code: "surveys.answer_unknown"}}},
		{"ten characters", map[string]string{"overall": "3", "again": "yes", "remark": strings.Repeat("好", 10)}, nil},
		{"eleven", map[string]string{"overall": "3", "again": "yes", "remark": strings.Repeat("好", 11)}, []rule.Wrong{{Question: "remark", Code: "surveys.answer_long"}}},
	} {
		_, _, wrong := row().Take(c.answers)
		if len(wrong) != len(c.wrong) {
			t.Errorf("%s: %v", c.name, wrong)
			continue
		}
		for i := range wrong {
			if wrong[i] != c.wrong[i] {
				t.Errorf("%s: %v", c.name, wrong)
			}
		}
	}
}

func TestTells(t *testing.T) {
	for _, c := range []struct {
		closed   bool
		answered int64
		want     bool
	}{{false, 100, false}, {true, 4, false}, {true, 5, true}, {true, 0, false}} {
		if row().Tells(c.closed, c.answered) != c.want {
			t.Errorf("%+v", c)
		}
	}
}

func TestAsks(t *testing.T) {
	const today kernel.Date = "2026-03-31"
	for _, c := range []struct {
		learners int
		ended    kernel.Date
		want     bool
	}{{5, today, true}, {4, today, false}, {5, "2026-03-01", true}, {5, "2026-02-28", false}, {5, "2026-04-01", true}} {
		if row().Asks(c.learners, c.ended, today) != c.want {
			t.Errorf("%+v", c)
		}
	}
}

func TestMean(t *testing.T) {
	for _, c := range []struct {
		counts map[string]int64
		want   int64
		ok     bool
	}{
		{nil, 0, false},
		{map[string]int64{"5": 3}, 500, true},
		{map[string]int64{"5": 2, "4": 1}, 466, true}, // 4.666… is told as 4.66
		{map[string]int64{"yes": 4}, 0, false},
	} {
		if got, ok := rule.Mean(c.counts); got != c.want || ok != c.ok {
			t.Errorf("%v: %d %t", c.counts, got, ok)
		}
	}
}

// Whatever is taken is counted once for each question, or said, and nothing is
// made up.
func TestWhatIsTakenIsWhatWasAnswered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		answers := rapid.MapOf(rapid.SampledFrom([]string{"overall", "again", "remark", "else"}), rapid.SampledFrom([]string{"", " ", "1", "5", "6", "yes", "no", "好"})).Draw(t, "answers")
		counted, said, wrong := row().Take(answers)
		if len(wrong) > 0 {
			return
		}
		all := maps.Clone(counted)
		maps.Copy(all, said)
		for id, a := range all {
			if strings.TrimSpace(answers[id]) != a {
				t.Fatalf("%s: %q of %q", id, a, answers[id])
			}
		}
		if counted["overall"] == "" || counted["again"] == "" {
			t.Fatalf("taken without an answer: %v", answers)
		}
	})
}

func TestCheck(t *testing.T) {
	if err := row().Check(); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*rule.Row){
		"no questions":        func(r *rule.Row) { r.Questions = nil },
		"two of one name":     func(r *rule.Row) { r.Questions[1].ID = "overall" },
		"a choice of nothing": func(r *rule.Row) { r.Questions[1].Options = nil },
		"a scale with words":  func(r *rule.Row) { r.Questions[0].Options = []string{"a", "b"} },
		"of two one knows":    func(r *rule.Row) { r.AnswersLeast = 2 },
		"never open":          func(r *rule.Row) { r.OpenDays = 0 },
		"a name with a dot":   func(r *rule.Row) { r.Questions[0].ID = "a.b" },
	} {
		r := row()
		if spoil(&r); r.Check() == nil {
			t.Errorf("%s: passes", name)
		}
	}
}
