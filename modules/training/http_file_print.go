package training

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"

	"carecert/modules/kernel"
	kit "carecert/modules/kit/pdf"
	"carecert/modules/kit/sheet"
	"carecert/modules/kit/web"
	"carecert/modules/training/pdf"
)

func answersPDF(op *huma.Operation) { answers(op, "application/pdf") }

func answersSheet(op *huma.Operation) { answers(op, sheet.WorkbookType) }

func answers(op *huma.Operation, kind string) {
	op.Responses = map[string]*huma.Response{"200": {
		Description: "a file", Content: map[string]*huma.MediaType{kind: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
	}}
}

// Purpose is what a file is taken out for; whoever takes out their own need not
// say (FACTS §9: reason and audit row).
type Purpose struct {
	Reason string `query:"reason" maxLength:"200" doc:"what the file is for; it stands in the file and in the operation log"`
}

type personOutInput struct {
	PersonFileInput
	Purpose
}

type classOutInput struct {
	ClassFileInput
	Purpose
}

// takenOut writes into the operation log that a file leaves the house, before
// its first line does.
func (h *handlers) takenOut(ctx context.Context, id string, org kernel.OrganizationID, reason string, own bool) error {
	reason = strings.TrimSpace(reason)
	if len([]rune(reason)) < 2 && !own {
		return ErrReasonNeeded.At("query.reason", ErrReasonNeeded.Code, "")
	}
	return h.service.DB.Tx(ctx, func(ctx context.Context) error {
		return h.service.record(ctx, "export", "trainingFile", id, org, reason)
	})
}

func fileHead(name, title string) string {
	return `attachment; filename="` + name + `"; filename*=UTF-8''` + url.PathEscape(title)
}

type printOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (h *handlers) print(f pdf.File, name string) (*printOutput, error) {
	var out bytes.Buffer
	err := h.printer.Print(&out, f)
	if hole := (kit.MissingGlyphError{}); errors.As(err, &hole) {
		return nil, ErrGlyph.With("character", string(hole.Character)).Because(err)
	}
	if err != nil {
		return nil, err
	}
	return &printOutput{ContentType: "application/pdf", Disposition: `inline; filename="` + name + `.pdf"`, Body: out.Bytes()}, nil
}

// fileWord finds the words of a file; they do not depend on the reader.
func fileWord(ctx context.Context) func(string, ...string) string {
	ctx = web.In(ctx, web.Chinese)
	return func(code string, params ...string) string { return web.Text(ctx, "training.file."+code, params...) }
}

func (h *handlers) foot(ctx context.Context, reason string) string {
	return fileWord(ctx)("foot", "by", kernel.ActorFrom(ctx).Name, "at", h.service.now().In(kernel.Shanghai()).Format("2006-01-02 15:04"), "reason", reason)
}

func (h *handlers) personFilePDF(ctx context.Context, in *personOutInput) (*printOutput, error) {
	f, err := h.service.PersonFile(ctx, in.ID, in.Year)
	if err != nil {
		return nil, err
	}
	if err := h.takenOut(ctx, string(f.Card.ID), "", in.Reason, kernel.ReachFrom(ctx).Self == f.Card.ID); err != nil {
		return nil, err
	}
	say := fileWord(ctx)
	p := pdf.File{
		Title: say("title"), Subtitle: f.Card.Name + "　" + yearWord(say, f.Year),
		Facts: [][2]string{{say("name"), f.Card.Name}, {say("idNumber"), f.Card.IDNumberMasked}, {say("years"), yearWord(say, f.Year)}, {say("lines"), strconv.Itoa(len(f.Lines))}},
		Foot:  h.foot(ctx, in.Reason), Page: pageWord(say), Signatures: signatures(say),
	}
	link, until, err := h.service.Archive.RecordLink(ctx, f.Card.ID, f.Year)
	if err != nil {
		return nil, err
	}
	if link != "" {
		p.QRText, p.Hints = link, []string{say("link", "on", string(until))}
	}
	t := pdf.Table{Title: say("sessions"), Empty: say("none"), Columns: []pdf.Column{
		{Title: say("date"), Share: 9},
		{Title: say("title.course"), Share: 18},
		{Title: say("provider"), Share: 13},
		{Title: say("where"), Share: 11},
		{Title: say("teacher"), Share: 7},
		{Title: say("presence"), Share: 12},
		{Title: say("minutes"), Share: 6, Right: true},
		{Title: say("credited"), Share: 6, Right: true},
		{Title: say("result"), Share: 12},
		{Title: say("document"), Share: 12},
	}}
	for _, l := range f.Lines {
		v := viewFileLine(web.In(ctx, web.Chinese), l, f.Names)
		t.Rows = append(t.Rows, []string{
			string(v.Date) + " " + clockSpan(v), strings.Join(append([]string{v.Title}, v.Standards...), " "),
			v.ProviderName + " " + say("tier."+string(v.OrganiserTier)) + "·" + say("mode."+string(v.Mode)), v.Venue + " " + v.BaseName, v.Teacher,
			presenceWord(say, v), strconv.Itoa(int(v.Present)), creditWord(v.Credited), resultWord(say, l.Score, l.Parts, v.Result, v.CertificateNo), documentWord(v.Documents),
		})
	}
	for _, s := range Sums(f.Lines) {
		t.Sums = append(t.Sums, say("sum", "year", strconv.Itoa(s.Year), "mode", say("mode."+string(s.Mode)), "n", strconv.Itoa(s.Sessions),
			"minutes", strconv.Itoa(int(s.Minutes)), "credited", strconv.Itoa(int(s.Credited))))
	}
	p.Tables = []pdf.Table{t}
	return h.print(p, "training-file-"+string(f.Card.ID))
}

func (h *handlers) classFilePDF(ctx context.Context, in *classOutInput) (*printOutput, error) {
	c, held, err := h.service.FiledClass(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := h.takenOut(ctx, string(c.ID), c.Provider, in.Reason, false); err != nil {
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
	say := fileWord(ctx)
	sessions := pdf.Table{Title: say("sessions"), Empty: say("none"), Columns: []pdf.Column{
		{Title: say("no"), Share: 4},
		{Title: say("date"), Share: 16},
		{Title: say("minutes.taught"), Share: 8, Right: true},
		{Title: say("where"), Share: 18},
		{Title: say("teacher"), Share: 10},
		{Title: say("mode.title"), Share: 8},
		{Title: say("attended"), Share: 6, Right: true},
		{Title: say("document"), Share: 22},
	}}
	for i, x := range held {
		v := fileLineView{StartsAt: x.Plan.StartsAt, EndsAt: x.Plan.EndsAt}
		sessions.Rows = append(sessions.Rows, []string{
			strconv.Itoa(i + 1), string(x.Date()) + " " + clockSpan(v), strconv.Itoa(int(x.Plan.Minutes)), x.Plan.Venue, x.Plan.Teacher,
			say("mode." + string(x.Plan.Mode)), strconv.Itoa(x.Learners), paperWord(say, x, papers[x.ID]),
		})
	}
	roll := pdf.Table{Title: say("learners"), Empty: say("nobody"), Columns: []pdf.Column{
		{Title: say("no"), Share: 4},
		{Title: say("name"), Share: 9},
		{Title: say("idNumber"), Share: 16},
		{Title: say("employer"), Share: 20},
		{Title: say("attended.sessions"), Share: 7, Right: true},
		{Title: say("minutes"), Share: 7, Right: true},
		{Title: say("credited"), Share: 7, Right: true},
		{Title: say("result"), Share: 20},
		{Title: say("signature"), Share: 10},
	}}
	for i, l := range learners {
		roll.Rows = append(roll.Rows, []string{
			strconv.Itoa(i + 1), l.Card.Name, l.Card.IDNumberMasked, names[l.Employer], strconv.Itoa(l.Attended) + "/" + strconv.Itoa(len(held)),
			strconv.Itoa(int(l.Minutes)), strconv.Itoa(int(l.Credited)), resultWord(say, l.Score, l.Parts, l.Result, l.CertNo), "",
		})
	}
	facts := [][2]string{
		{say("provider"), c.ProviderName},
		{say("tier.title"), say("tier." + string(c.Tier))},
		{say("days"), string(c.StartsOn) + " — " + string(c.EndsOn)},
		{say("base"), c.BaseName},
		{say("standards"), strings.Join(c.Terms.StandardCodes, "、")},
		{say("seats"), strconv.Itoa(len(learners))},
	}
	if opinion != nil {
		facts = append(facts, [2]string{say("survey"), opinion.Text})
	}
	return h.print(pdf.File{
		Title: say("class.title"), Subtitle: c.Terms.Title, Facts: facts,
		Tables: []pdf.Table{sessions, roll}, Signatures: signatures(say), Foot: h.foot(ctx, in.Reason), Page: pageWord(say),
	}, "training-file-"+string(c.ID))
}

// fileColumns are those of a workbook: one row a learner and session.
func fileColumns() []string {
	return []string{
		"no", "name", "idNumber", "employer", "title.course", "category.title", "standards", "provider", "tier.title", "mode.title", "date", "clock",
		"minutes.taught", "where", "base", "teacher", "presence", "minutes", "credited", "score", "theory", "practice", "result", "certificateNumber", "document", "signature",
	}
}

func fileRow(ctx context.Context, n int, l FileLine, names map[kernel.OrganizationID]string) []string {
	say, v := fileWord(ctx), viewFileLine(web.In(ctx, web.Chinese), l, names)
	score, theory, practice := "", "", ""
	if l.Score != nil {
		score = inPoints(*l.Score)
	}
	if l.Parts != nil {
		theory, practice = inPoints(l.Parts.Theory), inPoints(l.Parts.Practice)
	}
	return []string{
		strconv.Itoa(n), l.Card.Name, l.Card.IDNumberMasked, v.Employer, v.Title, say("category." + string(v.Category)), strings.Join(v.Standards, "、"),
		v.ProviderName, say("tier." + string(v.OrganiserTier)), say("mode." + string(v.Mode)), string(v.Date), clockSpan(v), strconv.Itoa(int(v.Minutes)),
		v.Venue, v.BaseName, v.Teacher, presenceWord(say, v), strconv.Itoa(int(v.Present)), creditWord(v.Credited), score, theory, practice,
		resultWord(say, nil, nil, v.Result, ""), v.CertificateNo, documentWord(v.Documents), "",
	}
}

// book streams a workbook to the connection: a title, what it is, the head, the
// rows and their sums.
func (h *handlers) book(ctx context.Context, name, title, subtitle, reason string, fill func(ctx context.Context, row func(...string) error) error) *huma.StreamResponse {
	ctx = context.WithoutCancel(ctx) // the stream outlives the handler
	say := fileWord(ctx)
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", sheet.WorkbookType)
		c.SetHeader("Content-Disposition", fileHead(name+".xlsx", title+".xlsx"))
		c.SetStatus(http.StatusOK)
		humafiber.Unwrap(c).Context().SetBodyStreamWriter(func(w *bufio.Writer) {
			err := func() error {
				out, err := sheet.NewWorkbook(w, sheet.Style{Sheet: say("sheet"), Headers: 3, Widths: []float64{6, 10, 22, 24, 30, 12, 24, 26, 8, 10, 12, 14, 8, 18, 22, 10, 26, 8, 8, 8, 10, 26, 34, 12}})
				if err != nil {
					return err
				}
				titles := fileColumns()
				for i, t := range titles {
					titles[i] = say(t)
				}
				for _, row := range [][]string{{title}, {subtitle + "　" + h.foot(ctx, reason)}, titles} {
					if err := out.Row(row...); err != nil {
						return err
					}
				}
				if err := fill(ctx, out.Row); err != nil {
					return err
				}
				return out.Close()
			}()
			if err != nil { // the head of the answer is gone; the reader finds the file cut
				h.service.Log.ErrorContext(ctx, "training file broke off", "file", name, "error", err)
			}
		})
	}}
}

func sumRows(say func(string, ...string) string, lines []FileLine, row func(...string) error) error {
	for _, s := range Sums(lines) {
		if err := row("", say("sum", "year", strconv.Itoa(s.Year), "mode", say("mode."+string(s.Mode)), "n", strconv.Itoa(s.Sessions),
			"minutes", strconv.Itoa(int(s.Minutes)), "credited", strconv.Itoa(int(s.Credited)))); err != nil {
			return err
		}
	}
	return nil
}

func (h *handlers) personFileSheet(ctx context.Context, in *personOutInput) (*huma.StreamResponse, error) {
	f, err := h.service.PersonFile(ctx, in.ID, in.Year)
	if err != nil {
		return nil, err
	}
	if err := h.takenOut(ctx, string(f.Card.ID), "", in.Reason, kernel.ReachFrom(ctx).Self == f.Card.ID); err != nil {
		return nil, err
	}
	say := fileWord(ctx)
	return h.book(ctx, "training-file", say("title")+" "+f.Card.Name, yearWord(say, f.Year), in.Reason, func(ctx context.Context, row func(...string) error) error {
		for i, l := range f.Lines {
			if err := row(fileRow(ctx, i+1, l, f.Names)...); err != nil {
				return err
			}
		}
		return sumRows(say, f.Lines, row)
	}), nil
}

func (h *handlers) classFileSheet(ctx context.Context, in *classOutInput) (*huma.StreamResponse, error) {
	c, held, err := h.service.FiledClass(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := h.takenOut(ctx, string(c.ID), c.Provider, in.Reason, false); err != nil {
		return nil, err
	}
	opinion, err := h.opinion(ctx, c)
	if err != nil {
		return nil, err
	}
	say := fileWord(ctx)
	return h.book(ctx, "training-file", say("class.title")+" "+c.Terms.Title, string(c.StartsOn)+" — "+string(c.EndsOn), in.Reason, func(ctx context.Context, row func(...string) error) error {
		n := 0
		sums := map[Mode]FileSum{}
		err := h.service.EachFiled(ctx, c, held, func(_ []kernel.PersonID, lines []FileLine, _ map[kernel.PersonID]kernel.PersonCard, names map[kernel.OrganizationID]string) error {
			for _, l := range lines {
				n++
				if err := row(fileRow(ctx, n, l, names)...); err != nil {
					return err
				}
			}
			for _, s := range Sums(lines) {
				all := sums[s.Mode]
				all.Sessions, all.Minutes, all.Credited = all.Sessions+s.Sessions, all.Minutes+s.Minutes, all.Credited+s.Credited
				sums[s.Mode] = all
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, m := range []Mode{ModeClassroom, ModeRemote, ModeOnTheJob} {
			if s, ok := sums[m]; ok {
				if err := row("", say("sum.class", "mode", say("mode."+string(m)), "n", strconv.Itoa(s.Sessions), "minutes", strconv.Itoa(int(s.Minutes)), "credited", strconv.Itoa(int(s.Credited)))); err != nil {
					return err
				}
			}
		}
		if opinion != nil {
			return row("", say("survey")+" "+opinion.Text)
		}
		return nil
	}), nil
}

func yearWord(say func(string, ...string) string, year int) string {
	if year == 0 {
		return say("allYears")
	}
	return say("year", "year", strconv.Itoa(year))
}

func pageWord(say func(string, ...string) string) func(int, int) string {
	return func(n, of int) string { return say("page", "n", strconv.Itoa(n), "of", strconv.Itoa(of)) }
}

func signatures(say func(string, ...string) string) []string {
	return []string{say("sign.maker"), say("sign.checker"), say("sign.seal")}
}

func clockOf(t time.Time) string { return t.In(kernel.Shanghai()).Format("15:04") }

func clockSpan(v fileLineView) string { return clockOf(v.StartsAt) + "–" + clockOf(v.EndsAt) }

// presenceWord is the sign-in evidence in a line.
func presenceWord(say func(string, ...string) string, v fileLineView) string {
	times := "—"
	if v.CheckedInAt != nil && v.CheckedOutAt != nil {
		times = clockOf(*v.CheckedInAt) + "–" + clockOf(*v.CheckedOutAt)
	}
	switch {
	case v.Flaw != nil:
		return times + " " + v.Flaw.Text
	case v.Source == SourceTeacher:
		return times + " " + say("vouched", "by", v.VouchedBy, "why", v.VouchedWhy)
	}
	return times + " " + say("source."+v.Source)
}

// paperWord names the signed sheets of a session; where there is none, the
// record that its presences were written into.
func paperWord(say func(string, ...string) string, x Session, papers []Sheet) string {
	if len(papers) == 0 {
		record := map[Mode]string{ModeClassroom: "scan", ModeRemote: "learning", ModeOnTheJob: "logbook.all"}[x.Plan.Mode]
		return say("document." + record)
	}
	out := make([]string, len(papers))
	for i, p := range papers {
		out[i] = say("document.sheet", "name", p.Name, "sum", p.SHA256[:8])
	}
	return strings.Join(out, "；")
}

func creditWord(m *kernel.Minutes) string {
	if m == nil {
		return ""
	}
	return strconv.Itoa(int(*m))
}

func resultWord(say func(string, ...string) string, score *int, parts *Parts, result, number string) string {
	var out []string
	if score != nil {
		out = append(out, say("points", "n", inPoints(*score)))
	}
	if parts != nil {
		out = append(out, say("parts", "theory", inPoints(parts.Theory), "practice", inPoints(parts.Practice)))
	}
	if result != "" {
		out = append(out, say("result."+result))
	}
	if number != "" {
		out = append(out, number)
	}
	return strings.Join(out, " ")
}
