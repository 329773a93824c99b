package certificates

import (
	"bytes"
	"context"
	"errors"
	"strconv"

	"carecert/modules/certificates/pdf"
	"carecert/modules/kernel"
	kit "carecert/modules/kit/pdf"
	"carecert/modules/kit/web"
)

func routesFiles(r *web.Router, h *handlers) {
	web.Get(r, "/certificates/{id}/qr.png", web.May("certificate", "read"), h.qrPNG, web.Summary("The QR code as PNG"))
	web.Get(r, "/certificates/{id}/qr.svg", web.May("certificate", "read"), h.qrSVG, web.Summary("The QR code as SVG"))
	web.Get(r, "/certificates/{id}/certificate.pdf", web.May("certificate", "read"), h.pdf, web.Summary("The certificate to print, A4"))
}

type fileOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

type qrInput struct {
	ID   string `path:"id" maxLength:"64"`
	Size int    `query:"size" default:"512" minimum:"128" maximum:"2048" doc:"pixels"`
}

func (h *handlers) issued(ctx context.Context, id string) (Certificate, error) {
	c, err := h.s.Find(ctx, kernel.CertificateID(id))
	if err == nil && !c.Issued() {
		err = ErrNotOurs
	}
	return c, err
}

func (h *handlers) qrPNG(ctx context.Context, in *qrInput) (*fileOutput, error) {
	c, err := h.issued(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	png, err := kit.QRPNG(c.QRText, in.Size)
	return &fileOutput{ContentType: "image/png", Disposition: "inline", Body: png}, err
}

func (h *handlers) qrSVG(ctx context.Context, in *idInput) (*fileOutput, error) {
	c, err := h.issued(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	svg, err := kit.QRSVG(c.QRText)
	return &fileOutput{ContentType: "image/svg+xml", Disposition: "inline", Body: []byte(svg)}, err
}

func (h *handlers) pdf(ctx context.Context, in *idInput) (*fileOutput, error) {
	c, err := h.issued(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = h.s.renderer.Render(&out, sheetOf(ctx, c))
	if hole := (kit.MissingGlyphError{}); errors.As(err, &hole) {
		return nil, ErrGlyph.With("character", string(hole.Character)).Because(err)
	}
	if err != nil {
		return nil, err
	}
	return &fileOutput{ContentType: "application/pdf", Disposition: `inline; filename="` + c.Code + `.pdf"`, Body: out.Bytes()}, nil
}

// sheetOf lays the frozen facts out for printing, in Chinese with an English
// subtitle, whoever asks: what is printed does not depend on the reader.
func sheetOf(ctx context.Context, c Certificate) pdf.Sheet {
	say := func(code string, params ...string) string {
		return web.TextIn(ctx, web.Chinese, "certificates.print."+code, params...)
	}
	hours := c.Minutes.ClassHours(c.PerHour)
	level := ""
	if c.Level.Valid() {
		level = say("level." + strconv.Itoa(int(c.Level)))
	}
	s := pdf.Sheet{
		Title:    say("title." + string(c.Family)),
		Subtitle: web.TextIn(ctx, web.English, "certificates.print.title."+string(c.Family)),
		Name:     c.Name, IDMasked: c.IDMasked, Number: c.Number, QRText: c.QRText,
		Body: []string{
			say("body."+string(c.Family), "title", c.Title, "hours", hours, "level", level),
			say(c.closing()),
		},
		Lines: [][2]string{
			{say("number"), c.Number}, {say("issuer"), c.IssuerName}, {say("issuedOn"), longDate(say, c.IssuedOn)},
		},
		Hint: say("hint"), Code: shownCode(c.Code),
	}
	s.Seal.Ring, s.Seal.Bottom = c.IssuerName, say("seal")
	if c.ExpiresOn != "" {
		s.Lines = append(s.Lines, [2]string{say("expiresOn"), longDate(say, c.ExpiresOn)})
	}
	return s
}

// closing is what the certificate ends with; it speaks of a test only where
// one was passed.
func (c Certificate) closing() string {
	if c.Family == FamilyTraining && c.Tested {
		return "closing.tested"
	}
	return "closing." + string(c.Family)
}

func longDate(say func(string, ...string) string, d kernel.Date) string {
	return say("date", "year", strconv.Itoa(d.Year()), "month", strconv.Itoa(int(d.Month())), "day", strconv.Itoa(int(d[9]-'0')+10*int(d[8]-'0')))
}
