package training

import (
	"context"
	"strconv"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func (h *handlers) fileRoutes(r *web.Router) {
	may := web.May("trainingFile", "read")
	web.Get(r, "/people/{id}/training-file", may, h.personFile, web.Summary("The training file of a person: a line a session, with its evidence"))
	web.Get(r, "/people/{id}/training-file.pdf", may, h.personFilePDF, web.Summary("The training file of a person to print"), answersPDF)
	web.Get(r, "/people/{id}/training-file.xlsx", may, h.personFileSheet, web.Summary("The training file of a person as a workbook"), answersSheet)
	web.Get(r, "/classes/{id}/training-file", may, h.classFile, web.Summary("The training file of a class: its sessions and learners"))
	web.Get(r, "/classes/{id}/training-file.pdf", may, h.classFilePDF, web.Summary("The training file of a class to print"), answersPDF)
	web.Get(r, "/classes/{id}/training-file.xlsx", may, h.classFileSheet, web.Summary("The training file of a class as a workbook, a row a learner and session"), answersSheet)
}

type fileLineView struct {
	PersonID      kernel.PersonID      `json:"personId"`
	Employer      string               `json:"employer,omitempty" doc:"on that day"`
	ClassID       kernel.ClassID       `json:"classId"`
	SessionID     kernel.SessionID     `json:"sessionId"`
	Title         string               `json:"title"`
	Category      Category             `json:"category"`
	Standards     []string             `json:"standards"`
	OrganiserTier OrganiserTier        `json:"organiserTier"`
	ProviderName  string               `json:"providerName"`
	Mode          Mode                 `json:"mode"`
	Date          kernel.Date          `json:"date" format:"date"`
	StartsAt      time.Time            `json:"startsAt"`
	EndsAt        time.Time            `json:"endsAt"`
	Minutes       kernel.Minutes       `json:"minutes" doc:"taught"`
	Venue         string               `json:"venue"`
	BaseName      string               `json:"baseName,omitempty"`
	Teacher       string               `json:"teacher"`
	CheckedInAt   *time.Time           `json:"checkedInAt"`
	CheckedOutAt  *time.Time           `json:"checkedOutAt"`
	Source        string               `json:"source" enum:"scan,teacher,learning,logbook" doc:"what the presence rests on"`
	VouchedBy     string               `json:"vouchedBy,omitempty"`
	VouchedWhy    string               `json:"vouchedWhy,omitempty"`
	Present       kernel.Minutes       `json:"presentMinutes"`
	Credited      *kernel.Minutes      `json:"creditedMinutes" doc:"toward the in-service year; null where the ledger has no line"`
	Flaw          *kernel.Reason       `json:"flaw,omitempty" doc:"why it proves nothing"`
	Score         *float64             `json:"score,omitempty" doc:"of a test in two parts the lower one"`
	Theory        *float64             `json:"theory,omitempty"`
	Practice      *float64             `json:"practice,omitempty"`
	Result        string               `json:"result,omitempty" enum:"completed,refused"`
	CertificateID kernel.CertificateID `json:"certificateId,omitempty"`
	CertificateNo string               `json:"certificateNumber,omitempty"`
	Documents     []fileDocumentView   `json:"documents" doc:"what paper, record or file the line comes from"`
	Evidence      []kernel.Evidence    `json:"evidence"`
}

type fileDocumentView struct {
	Origin string `json:"origin" enum:"sheet,word,scan,learning,logbook,scores"`
	Text   string `json:"text" doc:"in words"`
	SHA256 string `json:"sha256,omitempty" doc:"of a signed sheet as it is kept"`
	Href   string `json:"href,omitempty" doc:"of a signed sheet, for who may read it"`
}

// documentsOf names what a line comes from: how the presence was written down,
// and the file that brought the score.
func documentsOf(ctx context.Context, l FileLine) []fileDocumentView {
	named := func(origin string, params ...string) fileDocumentView {
		return fileDocumentView{Origin: origin, Text: web.Text(ctx, "training.file.document."+origin, params...)}
	}
	var out []fileDocumentView
	switch {
	case l.Sheet != nil:
		d := named("sheet", "name", l.Sheet.Name, "sum", l.Sheet.SHA256[:min(8, len(l.Sheet.SHA256))])
		d.SHA256 = l.Sheet.SHA256
		if kernel.ReachFrom(ctx).Self != l.Card.ID {
			d.Href = web.Prefix + "/sessions/" + string(l.Session.ID) + "/attendance-sheets/" + l.Sheet.ID
		}
		out = append(out, d)
	case l.Held.Source == SourceTeacher:
		out = append(out, named("word", "by", l.Proof.LastWord().ByName))
	case l.Held.Source == SourceLearning:
		out = append(out, named("learning"))
	case l.Held.Source == SourceLogbook:
		out = append(out, named("logbook", "n", strconv.Itoa(l.Entries)))
	default:
		out = append(out, named("scan"))
	}
	if l.Scores != "" {
		out = append(out, named("scores", "name", l.Scores))
	}
	return out
}

func viewFileLine(ctx context.Context, l FileLine, names map[kernel.OrganizationID]string) fileLineView {
	c, x := l.Class, l.Session
	v := fileLineView{
		PersonID: l.Card.ID, Employer: names[l.Employer], ClassID: c.ID, SessionID: x.ID, Title: c.Terms.Title, Category: c.Terms.Category,
		Standards: append([]string{}, c.Terms.StandardCodes...), OrganiserTier: c.Tier, ProviderName: c.ProviderName, Mode: x.Plan.Mode,
		Date: x.Date(), StartsAt: x.Plan.StartsAt, EndsAt: x.Plan.EndsAt, Minutes: x.Plan.Minutes, Venue: x.Plan.Venue, BaseName: c.BaseName,
		Teacher: x.Plan.Teacher, CheckedInAt: known(l.Held.In), CheckedOutAt: known(l.Held.Out), Source: l.Held.Source, Present: l.Present,
		Credited: l.Credited, Flaw: saidOne(ctx, l.Flaw), Score: points(l.Score), Result: l.Result, CertificateID: l.CertID, CertificateNo: l.CertNo,
		Documents: documentsOf(ctx, l), Evidence: []kernel.Evidence{{Label: web.Text(ctx, "training.file.class"), Href: web.Prefix + "/classes/" + string(c.ID)}},
	}
	v.Theory, v.Practice = l.Parts.points()
	if w := l.Proof.LastWord(); w != nil {
		v.VouchedBy, v.VouchedWhy = w.ByName, w.Reason
	}
	if l.CertID != "" {
		v.Evidence = append(v.Evidence, kernel.Evidence{Label: web.Text(ctx, "training.file.certificate"), Href: web.Prefix + "/certificates/" + string(l.CertID)})
	}
	return v
}

type fileSumView struct {
	Year     int            `json:"year"`
	Mode     Mode           `json:"mode"`
	Sessions int            `json:"sessions"`
	Minutes  kernel.Minutes `json:"minutes"`
	Credited kernel.Minutes `json:"creditedMinutes"`
}

type personFileView struct {
	PersonID       kernel.PersonID `json:"personId"`
	Name           string          `json:"name"`
	IDNumberMasked string          `json:"idNumberMasked"`
	Year           int             `json:"year,omitempty"`
	Lines          []fileLineView  `json:"lines" doc:"the earliest first"`
	Sums           []fileSumView   `json:"sums" doc:"what stands, by year and mode"`
}

// PersonFileInput names a person and a year.
type PersonFileInput struct {
	ID   kernel.PersonID `path:"id" maxLength:"64"`
	Year int             `query:"year" minimum:"2000" maximum:"2100" doc:"all years when left out"`
}

func (h *handlers) personFile(ctx context.Context, in *PersonFileInput) (*web.Body[personFileView], error) {
	f, err := h.service.PersonFile(ctx, in.ID, in.Year)
	if err != nil {
		return nil, err
	}
	v := personFileView{
		PersonID: f.Card.ID, Name: f.Card.Name, IDNumberMasked: f.Card.IDNumberMasked, Year: f.Year,
		Lines: each(f.Lines, func(l FileLine) fileLineView { return viewFileLine(ctx, l, f.Names) }),
		Sums:  each(Sums(f.Lines), func(s FileSum) fileSumView { return fileSumView(s) }),
	}
	return web.Answer(v), nil
}

type classLearnerView struct {
	PersonID      kernel.PersonID      `json:"personId"`
	Name          string               `json:"name"`
	IDMasked      string               `json:"idNumberMasked"`
	Employer      string               `json:"employer,omitempty"`
	Attended      int                  `json:"attended" doc:"sessions that stand"`
	Minutes       kernel.Minutes       `json:"minutes"`
	Credited      kernel.Minutes       `json:"creditedMinutes"`
	Score         *float64             `json:"score,omitempty" doc:"of a test in two parts the lower one"`
	Theory        *float64             `json:"theory,omitempty"`
	Practice      *float64             `json:"practice,omitempty"`
	Result        string               `json:"result,omitempty" enum:"completed,refused"`
	CertificateID kernel.CertificateID `json:"certificateId,omitempty"`
	CertificateNo string               `json:"certificateNumber,omitempty"`
}

type classFileView struct {
	ClassID       kernel.ClassID     `json:"classId"`
	Title         string             `json:"title"`
	ProviderName  string             `json:"providerName"`
	BaseName      string             `json:"baseName,omitempty"`
	OrganiserTier OrganiserTier      `json:"organiserTier"`
	StartsOn      kernel.Date        `json:"startsOn" format:"date"`
	EndsOn        kernel.Date        `json:"endsOn" format:"date"`
	Sessions      []sessionView      `json:"sessions" doc:"that were held"`
	Sheets        []sheetView        `json:"sheets" doc:"the signed sheets of the sessions"`
	Learners      []classLearnerView `json:"learners"`
	Survey        *opinionView       `json:"survey,omitempty" doc:"what learners thought of it; left out where they were not asked"`
}

type opinionView struct {
	Text     string `json:"text" doc:"in words"`
	Asked    int64  `json:"asked"`
	Answered int64  `json:"answered"`
	Mean     int64  `json:"meanHundredths,omitempty" doc:"of the first question, 1 to 5; left out while nothing is told"`
	Href     string `json:"href"`
}

// opinion of a class; nil where learners were not asked.
func (h *handlers) opinion(ctx context.Context, c Class) (*opinionView, error) {
	o, held, err := h.service.Opinion(ctx, c.ID)
	if err != nil || !held {
		return nil, err
	}
	word, params := o.Said()
	return &opinionView{
		Text: web.Text(ctx, "training.file.survey."+word, params...), Asked: o.Asked, Answered: o.Answered, Mean: o.Mean, Href: web.Prefix + "/surveys/" + string(c.ID),
	}, nil
}

// ClassFileInput names a class.
type ClassFileInput struct {
	ID kernel.ClassID `path:"id" maxLength:"64"`
}

func (h *handlers) classFile(ctx context.Context, in *ClassFileInput) (*web.Body[classFileView], error) {
	c, held, err := h.service.FiledClass(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	learners, names, err := h.service.ClassFile(ctx, c, held)
	if err != nil {
		return nil, err
	}
	papers, err := h.service.Papers(ctx, held)
	if err != nil {
		return nil, err
	}
	opinion, err := h.opinion(ctx, c)
	if err != nil {
		return nil, err
	}
	sheets := []sheetView{}
	for _, x := range held {
		sheets = append(sheets, each(papers[x.ID], viewSheet)...)
	}
	return web.Answer(classFileView{
		ClassID: c.ID, Title: c.Terms.Title, ProviderName: c.ProviderName, BaseName: c.BaseName, OrganiserTier: c.Tier, StartsOn: c.StartsOn,
		EndsOn: c.EndsOn, Sessions: each(held, h.viewSession), Sheets: sheets, Survey: opinion,
		Learners: each(learners, func(l ClassLearner) classLearnerView {
			v := classLearnerView{
				PersonID: l.Card.ID, Name: l.Card.Name, IDMasked: l.Card.IDNumberMasked, Employer: names[l.Employer], Attended: l.Attended,
				Minutes: l.Minutes, Credited: l.Credited, Score: points(l.Score), Result: l.Result, CertificateID: l.CertID, CertificateNo: l.CertNo,
			}
			v.Theory, v.Practice = l.Parts.points()
			return v
		}),
	}), nil
}

// documentWord names the documents of a line in a printed column.
func documentWord(all []fileDocumentView) string {
	out := make([]string, len(all))
	for i, d := range all {
		out[i] = d.Text
	}
	return strings.Join(out, "；")
}
