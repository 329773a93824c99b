// Package rule holds the questions of a survey and what may be told of the
// answers: facts and dated parameters in, a verdict out. Pure.
package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"carecert/modules/kernel"
)

// Kind is how a question is answered.
type Kind string

// The kinds.
const (
	Scale  Kind = "scale"  // 1 (worst) to Best
	Choice Kind = "choice" // one of Options
	Text   Kind = "text"   // in one's own words
)

// Overall is the question that every questionnaire begins with: what totals and
// lists show.
const Overall = "overall"

// Best is the other end of a scale.
const Best = 5

// Question is asked in the words surveys.question.<ID>.
type Question struct {
	ID       string   `yaml:"id" json:"id" bson:"id"`
	Kind     Kind     `yaml:"kind" json:"kind" bson:"kind"`
	Options  []string `yaml:"options" json:"options,omitempty" bson:"options,omitempty"` // in the words surveys.option.<option>
	Optional bool     `yaml:"optional" json:"optional,omitempty" bson:"optional,omitempty"`
}

// Row is a dated questionnaire; no document sets any of it
// (policies/rules/surveys.yaml).
type Row struct {
	kernel.RuleHead `yaml:",inline" bson:",inline"`
	OpenDays        int        `yaml:"openDays" bson:"openDays"`
	AskWithinDays   int        `yaml:"askWithinDays" bson:"askWithinDays"` // of the last session; nobody is asked later
	RemindDays      int        `yaml:"remindDays" bson:"remindDays"`       // before the end, who has not answered is told once more
	AnswersLeast    int64      `yaml:"answersLeast" bson:"answersLeast"`   // with fewer nothing is told
	TextLimit       int        `yaml:"textLimit" bson:"textLimit"`         // characters
	Questions       []Question `yaml:"questions" bson:"questions"`
	House           []string   `yaml:"house" bson:"house"`
}

// Check refuses a questionnaire that cannot be asked. With fewer than three
// answers one who answered could work out what the other said.
func (r Row) Check() error {
	seen := map[string]bool{}
	for _, q := range r.Questions {
		if q.ID == "" || strings.ContainsAny(q.ID, ".$ ") || seen[q.ID] || !slices.Contains([]Kind{Scale, Choice, Text}, q.Kind) || (q.Kind == Choice) != (len(q.Options) > 1) {
			return fmt.Errorf("%s: question %q", r.ID, q.ID)
		}
		seen[q.ID] = true
	}
	if len(r.Questions) == 0 || r.Questions[0].ID != Overall || r.Questions[0].Kind != Scale || r.OpenDays < 1 || r.AskWithinDays < 1 || r.AnswersLeast < 3 || r.TextLimit < 1 {
		return fmt.Errorf("%s: too little is stated", r.ID)
	}
	return nil
}

// Counted are the answers that a question counts; none of what is said in words.
func (q Question) Counted() []string {
	if q.Kind != Scale {
		return q.Options
	}
	out := make([]string, 0, Best)
	for n := 1; n <= Best; n++ {
		out = append(out, strconv.Itoa(n))
	}
	return out
}

// Wrong is an answer that is not taken.
type Wrong struct {
	Question string
	Code     string // surveys.answer_missing, surveys.answer_unknown, surveys.answer_long
}

// Take sorts answers into what is counted and what is said in words, or tells
// what is wrong with them.
func (r Row) Take(answers map[string]string) (counted map[string]string, said map[string]string, wrong []Wrong) {
	counted, said = map[string]string{}, map[string]string{}
	known := map[string]bool{}
	for _, q := range r.Questions {
		known[q.ID] = true
		a := strings.TrimSpace(answers[q.ID])
		switch {
		case a == "" && q.Optional:
		case a == "":
			wrong = append(wrong, Wrong{q.ID, "surveys.answer_missing"})
		case q.Kind == Text && utf8.RuneCountInString(a) > r.TextLimit:
			wrong = append(wrong, Wrong{q.ID, "surveys.answer_long"})
		case q.Kind == Text:
			said[q.ID] = a
		case !slices.Contains(q.Counted(), a):
			wrong = append(wrong, Wrong{q.ID, "surveys.answer_unknown"})
		default:
			counted[q.ID] = a
		}
	}
	for id := range answers {
		if !known[id] {
			wrong = append(wrong, Wrong{id, "surveys.answer_unknown"})
		}
	}
	slices.SortFunc(wrong, func(a, b Wrong) int { return strings.Compare(a.Question, b.Question) })
	return counted, said, wrong
}

// Asks tells whether so many learners are asked at all, so long after the last
// session: the answers of fewer than are told would be given for nothing, and
// those of long ago are no memories.
func (r Row) Asks(learners int, ended, today kernel.Date) bool {
	return int64(learners) >= r.AnswersLeast && today.Sub(ended) <= r.AskWithinDays
}

// Tells whether results may be told: after the end, of enough answers.
func (r Row) Tells(closed bool, answered int64) bool { return closed && answered >= r.AnswersLeast }

// Mean of a scale in hundredths, truncated; false of nothing.
func Mean(counts map[string]int64) (hundredths int64, ok bool) {
	var sum, n int64
	for value, times := range counts {
		v, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			continue
		}
		sum, n = sum+v*times, n+times
	}
	if n == 0 {
		return 0, false
	}
	return sum * 100 / n, true
}
