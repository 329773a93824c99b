package people

import (
	"bytes"
	"context"
	"errors"
	"strconv"
	"strings"

	"carecert/modules/kernel"
	kit "carecert/modules/kit/pdf"
	"carecert/modules/kit/web"
	"carecert/modules/people/pdf"
)

type fileOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// recordPDF prints a record and makes the link that its QR code opens.
func (h *handlers) recordPDF(ctx context.Context, in *recordInput) (*fileOutput, error) {
	ctx = web.In(ctx, web.Chinese) // what is printed does not depend on the reader
	st, err := h.service.Tell(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	link, err := h.service.Printed(ctx, st, in.filter())
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = h.printer.Print(&out, h.sheetOf(ctx, st.Filter(in.filter(), h.service.today()), in.filter(), link))
	if hole := (kit.MissingGlyphError{}); errors.As(err, &hole) {
		return nil, ErrGlyph.With("character", string(hole.Character)).Because(err)
	}
	if err != nil {
		return nil, err
	}
	return &fileOutput{ContentType: "application/pdf", Disposition: `inline; filename="record-` + string(st.Person.ID) + `.pdf"`, Body: out.Bytes()}, nil
}

func (h *handlers) sheetOf(ctx context.Context, st Story, f StoryFilter, link Issued) pdf.Record {
	say := func(code string, params ...string) string { return web.Text(ctx, "people.record."+code, params...) }
	printer := makerOf(ctx, link.Link)
	day := func(d kernel.Date) string { return strings.ReplaceAll(string(d), "-", ".") }
	at := link.At.In(kernel.Shanghai()).Format("2006.01.02 15:04")
	until := day(kernel.DateOf(link.ExpiresAt))
	r := pdf.Record{
		Title: say("print.title"), Subtitle: say("print.subtitle"), Name: st.Person.Name,
		Facts: [][2]string{
			{say("print.id"), st.Person.IDMasked},
			{say("print.service"), say("print.length", "months", strconv.Itoa(st.Service.Months), "days", strconv.Itoa(st.Service.Days))},
			{say("print.scope"), scopeOf(say, f)},
			{say("print.by"), printer},
		},
		QRText: link.Text, Hints: []string{say("print.hint"), say("print.until", "on", until)},
		Foot: say("print.foot", "at", at, "by", printer), Page: func(n int) string { return say("print.page", "n", strconv.Itoa(n)) }, Info: link.ID,
	}
	for _, name := range kernel.Chapters() {
		if f.Chapter != "" && f.Chapter != name {
			continue
		}
		items := st.Chapter(name)
		section := pdf.Section{Title: say("chapter." + name), Count: say("print.count", "n", strconv.Itoa(len(items))), Empty: h.service.emptyWords(ctx, name)}
		for _, i := range items {
			section.Lines = append(section.Lines, lineOf(say, day, i))
		}
		r.Sections = append(r.Sections, section)
	}
	return r
}

func scopeOf(say func(string, ...string) string, f StoryFilter) string {
	scope := say("print.whole")
	if f.Chapter != "" {
		scope = say("chapter." + f.Chapter)
	}
	if f.Year != 0 {
		scope += say("print.year", "year", strconv.Itoa(f.Year))
	}
	return scope
}

// placeOf names the organisation as it was called, and beside it as it is.
func placeOf(say func(string, ...string) string, i kernel.RecordItem) string {
	if i.PlaceNow == "" {
		return i.Place
	}
	return say("placeNow", "place", i.Place, "now", i.PlaceNow)
}

func lineOf(say func(string, ...string) string, day func(kernel.Date) string, i kernel.RecordItem) pdf.Line {
	l := pdf.Line{When: day(i.On), Title: i.Title, State: i.StateText, Tone: i.Tone}
	switch {
	case i.Open:
		l.When += say("print.onward")
	case i.Until != "" && i.Until != i.On:
		l.When += "—" + day(i.Until)
	}
	if i.Place != "" {
		l.Details = append(l.Details, placeOf(say, i))
	}
	facts := make([]string, 0, len(i.Facts))
	for _, f := range i.Facts {
		facts = append(facts, f.Label+" "+f.Value)
	}
	if len(facts) > 0 {
		l.Details = append(l.Details, strings.Join(facts, "　"))
	}
	return l
}
