package surveys

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/surveys/rule"
)

// surveyDoc is a survey; _id its class. Due is there until it is settled.
type surveyDoc struct {
	store.Doc `bson:",inline"`
	Title     string                  `bson:"title"`
	Course    kernel.CourseID         `bson:"course"`
	Provider  Provider                `bson:"provider"`
	Path      []kernel.OrganizationID `bson:"path"`
	Teachers  []string                `bson:"teachers"`
	Row       rule.Row                `bson:"row"`
	OpensAt   time.Time               `bson:"opensAt"`
	ClosesAt  time.Time               `bson:"closesAt"`
	Asked     int64                   `bson:"asked"`
	Due       bool                    `bson:"due,omitempty"`
}

// askedDoc says that somebody is asked, and whether they answered: never what,
// nor when. _id survey.person.
type askedDoc struct {
	store.Doc `bson:",inline"`
	Survey    kernel.ClassID  `bson:"survey"`
	Person    kernel.PersonID `bson:"person"`
	ClosesAt  time.Time       `bson:"closesAt"`
	Answered  bool            `bson:"answered"`
	Was       kernel.Trail    `bson:"was,omitempty"` // whose it was before merges
}

// countsDoc counts answers; _id the survey's. It is only ever added to.
type countsDoc struct {
	store.Doc `bson:",inline"`
	Answered  int64                       `bson:"answered"`
	Counts    map[string]map[string]int64 `bson:"counts,omitempty"`
}

// remarkDoc is something said in words: _id is random, so that nothing tells
// when it was said, or next to what.
type remarkDoc struct {
	store.Doc `bson:",inline"`
	Survey    kernel.ClassID `bson:"survey"`
	Question  string         `bson:"question"`
	Text      string         `bson:"text"`
}

// totalDoc adds up a year; _id dimension|provider|key|year.
type totalDoc struct {
	store.Doc `bson:",inline"`
	By        Dimension                   `bson:"by"`
	Name      string                      `bson:"name"`
	Provider  Provider                    `bson:"provider"`
	Path      []kernel.OrganizationID     `bson:"path"`
	Year      int                         `bson:"year"`
	Surveys   int64                       `bson:"surveys"`
	Asked     int64                       `bson:"asked"`
	Answered  int64                       `bson:"answered"`
	Counts    map[string]map[string]int64 `bson:"counts,omitempty"`
}

type repository struct {
	db      *store.DB
	surveys *store.Collection[surveyDoc]
	asked   *store.Collection[askedDoc]
	counts  *store.Collection[countsDoc]
	remarks *store.Collection[remarkDoc]
	totals  *store.Collection[totalDoc]
}

func newRepository(db *store.DB) *repository {
	return &repository{
		db: db,
		surveys: store.Open[surveyDoc](db, store.Spec{Name: "surveys_surveys", Indexes: []store.Index{
			{Name: "path", Fields: []string{"path", "opensAt"}, Many: "path"},
			{Name: "opens", Fields: []string{"opensAt"}},
			{Name: "due", Fields: []string{"closesAt"}, Where: "due"},
			{Name: "closes", Fields: []string{"closesAt"}},
		}}),
		asked: store.Open[askedDoc](db, store.Spec{Name: "surveys_asked", Indexes: []store.Index{
			{Name: "person", Fields: []string{"person", "closesAt"}},
			{Name: "survey", Fields: []string{"survey", "answered"}},
			{Name: "closes", Fields: []string{"closesAt"}},
		}}),
		counts:  store.Open[countsDoc](db, store.Spec{Name: "surveys_counts"}),
		remarks: store.Open[remarkDoc](db, store.Spec{Name: "surveys_remarks", Indexes: []store.Index{{Name: "survey", Fields: []string{"survey"}}}}),
		totals: store.Open[totalDoc](db, store.Spec{Name: "surveys_totals", Indexes: []store.Index{
			{Name: "path", Fields: []string{"path", "by", "year", "name"}, Many: "path"},
			{Name: "by", Fields: []string{"by", "year", "name"}},
		}}),
	}
}

func docOf(s Survey) surveyDoc {
	return surveyDoc{
		Doc: store.Doc{ID: string(s.ID)}, Title: s.Title, Course: s.Course, Provider: s.Provider, Path: s.Path, Teachers: s.Teachers, Row: s.Row,
		OpensAt: s.OpensAt, ClosesAt: s.ClosesAt, Asked: s.Asked, Due: !s.Settled,
	}
}

func (d surveyDoc) survey() Survey {
	return Survey{
		ID: kernel.ClassID(d.ID), Title: d.Title, Course: d.Course, Provider: d.Provider, Path: d.Path, Teachers: d.Teachers, Row: d.Row,
		OpensAt: d.OpensAt, ClosesAt: d.ClosesAt, Asked: d.Asked, Settled: !d.Due,
	}
}

func (d totalDoc) total() Total {
	return Total{
		By: d.By, Key: d.ID, Name: d.Name, Provider: d.Provider, Year: d.Year, Surveys: d.Surveys, Asked: d.Asked, Answered: d.Answered, Counts: d.Counts,
	}
}

func askedID(s kernel.ClassID, p kernel.PersonID) string { return string(s) + "." + string(p) }

func (r *repository) survey(ctx context.Context, id kernel.ClassID) (Survey, error) {
	d, err := r.surveys.Get(ctx, string(id))
	if errors.Is(err, store.ErrNotFound) {
		return Survey{}, ErrUnknown
	}
	return d.survey(), err
}

// answers of surveys, by survey; those without any are left out.
func (r *repository) answers(ctx context.Context, ids ...string) (map[kernel.ClassID]countsDoc, error) {
	found, err := r.counts.GetMany(ctx, ids)
	out := map[kernel.ClassID]countsDoc{}
	for _, d := range found {
		out[kernel.ClassID(d.ID)] = d
	}
	return out, err
}

// asks reads that somebody is asked; ErrUnknown.
func (r *repository) asks(ctx context.Context, s kernel.ClassID, p kernel.PersonID) (askedDoc, error) {
	d, err := r.asked.Get(ctx, askedID(s, p))
	if errors.Is(err, store.ErrNotFound) {
		return d, ErrUnknown
	}
	return d, err
}

// count adds answers to the counts of a survey.
func (r *repository) count(ctx context.Context, s kernel.ClassID, counted map[string]string) error {
	deltas := map[string]int64{"answered": 1}
	for question, answer := range counted {
		deltas["counts."+question+"."+answer] = 1
	}
	if err := r.counts.Increment(ctx, string(s), deltas); err != nil {
		return fmt.Errorf("count answers: %w", err)
	}
	return nil
}

// say keeps what was said in words.
func (r *repository) say(ctx context.Context, s kernel.ClassID, said map[string]string) error {
	for question, text := range said {
		raw := make([]byte, 16)
		_, _ = rand.Read(raw) // never fails (crypto/rand)
		if err := r.remarks.Insert(ctx, remarkDoc{Doc: store.Doc{ID: hex.EncodeToString(raw)}, Survey: s, Question: question, Text: text}); err != nil {
			return fmt.Errorf("keep remark: %w", err)
		}
	}
	return nil
}

// totalsOf are the totals that a survey counts in, as they are without it.
func totalsOf(s Survey) []totalDoc {
	year := kernel.DateOf(s.OpensAt).Year()
	of := func(by Dimension, key, name string) totalDoc {
		id := strings.Join([]string{string(by), string(s.Provider.ID), key, strconv.Itoa(year)}, "|")
		return totalDoc{Doc: store.Doc{ID: id}, By: by, Name: name, Provider: s.Provider, Path: s.Path, Year: year}
	}
	out := []totalDoc{of(ByProvider, string(s.Provider.ID), s.Provider.Name), of(ByCourse, string(s.Course), s.Title)}
	for _, t := range s.Teachers {
		out = append(out, of(ByTeacher, t, t))
	}
	return out
}

// addUp adds a survey that may be told to the totals of its year.
func (r *repository) addUp(ctx context.Context, s Survey, answered int64, counts map[string]map[string]int64) error {
	deltas := map[string]int64{"surveys": 1, "asked": s.Asked, "answered": answered}
	for question, of := range counts {
		for answer, n := range of {
			deltas["counts."+question+"."+answer] = n
		}
	}
	totals := totalsOf(s)
	ids := make([]string, 0, len(totals))
	for _, t := range totals {
		ids = append(ids, t.ID)
	}
	had := map[string]bool{}
	found, err := r.totals.GetMany(ctx, ids)
	if err != nil {
		return fmt.Errorf("totals: %w", err)
	}
	for _, d := range found {
		had[d.ID] = true
	}
	for _, t := range totals {
		if !had[t.ID] {
			if err := r.totals.Insert(ctx, t); err != nil {
				return fmt.Errorf("total: %w", err)
			}
		}
		if err := r.totals.Increment(ctx, t.ID, deltas); err != nil {
			return fmt.Errorf("total: %w", err)
		}
	}
	return nil
}
