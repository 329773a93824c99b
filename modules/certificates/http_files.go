package certificates

import (
	"context"

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

func (h *handlers) qrPNG(ctx context.Context, in *qrInput) (*fileOutput, error) {
	c, err := h.s.FindIssued(ctx, kernel.CertificateID(in.ID))
	if err != nil {
		return nil, err
	}
	png, err := kit.QRPNG(c.QRText, in.Size)
	return &fileOutput{ContentType: "image/png", Disposition: "inline", Body: png}, err
}

func (h *handlers) qrSVG(ctx context.Context, in *idInput) (*fileOutput, error) {
	c, err := h.s.FindIssued(ctx, kernel.CertificateID(in.ID))
	if err != nil {
		return nil, err
	}
	svg, err := kit.QRSVG(c.QRText)
	return &fileOutput{ContentType: "image/svg+xml", Disposition: "inline", Body: []byte(svg)}, err
}

func (h *handlers) pdf(ctx context.Context, in *idInput) (*fileOutput, error) {
	c, err := h.s.FindIssued(ctx, kernel.CertificateID(in.ID))
	if err != nil {
		return nil, err
	}
	raw, err := h.s.Print(ctx, c)
	return &fileOutput{ContentType: "application/pdf", Disposition: `inline; filename="` + c.Code + `.pdf"`, Body: raw}, err
}
