package training

import (
	"context"
	"fmt"
	"math"

	"github.com/danielgtaylor/huma/v2"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

type testResultBody struct {
	PersonID kernel.PersonID `json:"personId" minLength:"1" maxLength:"64"`
	Score    *float64        `json:"score,omitempty" minimum:"0" maximum:"100" doc:"points of 100, two decimals count; or theory and practice"`
	Theory   *float64        `json:"theory,omitempty" minimum:"0" maximum:"100" doc:"together with practice, instead of score: the lower one is the score"`
	Practice *float64        `json:"practice,omitempty" minimum:"0" maximum:"100"`
}

// hundredths cuts off what is beyond two decimals: nobody passes by rounding.
func hundredths(points float64) int { return int(math.Floor(points*100 + 1e-6)) }

// result is a score, or both parts of one; ErrScoreNeeded.
func (b testResultBody) result(i int) (TestResult, error) {
	switch r := (TestResult{Person: b.PersonID}); {
	case b.Score != nil && b.Theory == nil && b.Practice == nil:
		r.Score = hundredths(*b.Score)
		return r, nil
	case b.Score == nil && b.Theory != nil && b.Practice != nil:
		r.Parts = &Parts{Theory: hundredths(*b.Theory), Practice: hundredths(*b.Practice)}
		return r, nil
	default:
		return r, ErrScoreNeeded.At(fmt.Sprintf("body[%d].score", i), ErrScoreNeeded.Code, "")
	}
}

type testResultsBody []testResultBody

// TransformSchema states the limit of the list, and that there is one.
func (testResultsBody) TransformSchema(_ huma.Registry, s *huma.Schema) *huma.Schema {
	most := 1000
	s.MaxItems, s.Nullable = &most, false
	return s
}

type testResultsInput struct {
	ID   kernel.ClassID `path:"id" maxLength:"64"`
	Body testResultsBody
}

func (h *handlers) enterResults(ctx context.Context, in *testResultsInput) (*web.Body[rosterView], error) {
	results := make([]TestResult, len(in.Body))
	for i, b := range in.Body {
		r, err := b.result(i)
		if err != nil {
			return nil, err
		}
		results[i] = r
	}
	if _, err := h.service.EnterResults(ctx, in.ID, results); err != nil {
		return nil, err
	}
	return h.readRoster(ctx, &classInput{in.ID})
}

type completionView struct {
	PersonID      kernel.PersonID      `json:"personId"`
	CertificateID kernel.CertificateID `json:"certificateId"`
}

type completionRefusalView struct {
	PersonID kernel.PersonID `json:"personId"`
	Reasons  []kernel.Reason `json:"reasons"`
}

type classCompletionView struct {
	Completions []completionView        `json:"completions"`
	Refusals    []completionRefusalView `json:"refusals"`
}

func (h *handlers) completeClass(ctx context.Context, in *classInput) (*web.Body[classCompletionView], error) {
	c, err := h.service.CompleteClass(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	completed, refused := c.Results()
	return web.Answer(classCompletionView{
		Completions: each(completed, func(s Seat) completionView {
			return completionView{PersonID: s.Person, CertificateID: s.Certificate}
		}),
		Refusals: each(refused, func(s Seat) completionRefusalView {
			return completionRefusalView{PersonID: s.Person, Reasons: said(ctx, s.Reasons)}
		}),
	}), nil
}
