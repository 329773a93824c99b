package people

import (
	"context"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func (h *handlers) recordRoutes(r *web.Router) {
	web.Get(r, "/people/{id}/record", web.May("person", "readRecord"), h.record, web.Summary("The whole career: spells, training, hours, assessments, certificates, honours, subsidies, conduct"))
	web.Get(r, "/people/{id}/record.pdf", web.May("person", "printRecord"), h.recordPDF, web.Pace(20, 10), web.Summary("The record to print, with a QR code of its own that expires"))
	web.Get(r, "/people/{id}/personal-data", web.May("person", "export"), h.personalData, web.Summary("Everything that is kept about oneself"))
	web.Act(r, "/people/{id}/reveal", web.May("person", "reveal"), h.reveal, web.Summary("Open a masked field, with a reason that is logged"))
}

type recordInput struct {
	ID kernel.PersonID `path:"id" maxLength:"64"`
	StoryQuery
}

// StoryQuery narrows a timeline.
type StoryQuery struct {
	Chapter string `query:"chapter" enum:"spells,training,hours,assessments,certificates,honours,subsidies,conduct" doc:"only that chapter, in the timeline"`
	Year    int    `query:"year" minimum:"1950" maximum:"2200" doc:"only that year, in the timeline"`
}

func (q StoryQuery) filter() StoryFilter { return StoryFilter(q) }

type chapterView struct {
	Chapter string `json:"chapter" enum:"spells,training,hours,assessments,certificates,honours,subsidies,conduct"`
	Title   string `json:"title"`
	Count   int    `json:"count"`
	Empty   string `json:"empty,omitempty" doc:"what to say where there is nothing"`
}

type recordView struct {
	Person       personView          `json:"person"`
	Spells       []spellView         `json:"spells" doc:"the latest word on every spell, the newest first"`
	Training     []kernel.RecordItem `json:"training"`
	Hours        []kernel.RecordItem `json:"hours" doc:"a line a year"`
	Assessments  []kernel.RecordItem `json:"assessments"`
	Certificates []kernel.RecordItem `json:"certificates"`
	Honours      []kernel.RecordItem `json:"honours"`
	Subsidies    []kernel.RecordItem `json:"subsidies"`
	Conduct      []kernel.RecordItem `json:"conduct"`
	Chapters     []chapterView       `json:"chapters" doc:"how much there is of each"`
	Years        []int               `json:"years" doc:"in which something stands, the latest first"`
	Timeline     []kernel.RecordItem `json:"timeline" doc:"all of it, the newest first, narrowed by the query"`
}

func (h *handlers) record(ctx context.Context, in *recordInput) (*web.Body[recordView], error) {
	st, err := h.service.Tell(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v, err := h.viewRecord(ctx, st)
	if err != nil {
		return nil, err
	}
	v.Timeline = st.Filter(in.filter(), h.service.today()).Items
	return web.Answer(v), nil
}

// viewRecord is the whole career of somebody who may be read.
func (h *handlers) viewRecord(ctx context.Context, st Story) (recordView, error) {
	p, err := h.view(ctx, st.Person)
	v := recordView{
		Person: p, Spells: p.Employments, Training: st.Chapter(kernel.ChapterTraining), Hours: st.Chapter(kernel.ChapterHours),
		Assessments: st.Chapter(kernel.ChapterAssessments), Certificates: st.Chapter(kernel.ChapterCertificates),
		Honours: st.Chapter(kernel.ChapterHonours), Subsidies: st.Chapter(kernel.ChapterSubsidies), Conduct: st.Chapter(kernel.ChapterConduct),
		Years: append([]int{}, st.Years()...), Timeline: st.Items,
	}
	for _, name := range kernel.Chapters() {
		c := chapterView{Chapter: name, Title: web.Text(ctx, "people.record.chapter."+name), Count: len(st.Chapter(name))}
		if c.Count == 0 {
			c.Empty = h.service.emptyWords(ctx, name)
		}
		v.Chapters = append(v.Chapters, c)
	}
	return v, err
}

// PartsView holds what the neighbours add; a part that nobody fills is an
// empty list.
type PartsView struct {
	Training     any `json:"training"`
	Hours        any `json:"hours"`
	Assessments  any `json:"assessments"`
	Certificates any `json:"certificates"`
	Honours      any `json:"honours"`
	Subsidies    any `json:"subsidies"`
	Conduct      any `json:"conduct"`
	Devices      any `json:"devices"`
	Conflicts    any `json:"numberConflicts" doc:"certificate numbers that stand or stood for two people; of the other nothing is told"`
	Learning     any `json:"learning" doc:"learning online, with every stretch and question"`
	Logbook      any `json:"logbook" doc:"practice on the job, with what was corrected"`
	Shown        any `json:"certificateLinks" doc:"links to one's certificates, with who looked"`
	Surveys      any `json:"surveys" doc:"that one was asked, and whether one answered; never what"`
	SpotChecks   any `json:"spotChecks" doc:"inspections on the spot that one was met in"`
	Radar        any `json:"radarFindings" doc:"about the attendance, confirmed by an office"`
}

func viewParts(parts map[string]any) PartsView {
	part := func(name string) any {
		if content := parts[name]; content != nil {
			return content
		}
		return []string{}
	}
	return PartsView{
		Training: part("training"), Hours: part("hours"), Assessments: part("assessments"), Certificates: part("certificates"),
		Honours: part("honours"), Subsidies: part("subsidies"), Conduct: part("conduct"),
		Devices: part("devices"), Conflicts: part("numberConflicts"), Learning: part("learning"), Logbook: part("logbook"),
		Shown: part("certificateLinks"), Surveys: part("surveys"), SpotChecks: part("spotChecks"), Radar: part("radarFindings"),
	}
}

type revealInput struct {
	ID   kernel.PersonID `path:"id" maxLength:"64"`
	Body struct {
		Field  Field  `json:"field" enum:"idNumber,phone"`
		Reason string `json:"reason" minLength:"2" maxLength:"200"`
	}
}

type revealView struct {
	Field Field  `json:"field"`
	Value string `json:"value"`
}

func (h *handlers) reveal(ctx context.Context, in *revealInput) (*web.Body[revealView], error) {
	value, err := h.service.Reveal(ctx, in.ID, in.Body.Field, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return web.Answer(revealView{Field: in.Body.Field, Value: value}), nil
}
