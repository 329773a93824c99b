package certificates

import (
	"context"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func routesEvidence(r *web.Router, h *handlers) {
	web.Post(r, "/certificates/{id}/evidence", web.May("certificate", "attach"), h.attach, web.First(h.keep),
		web.Summary("Attach a picture or a PDF of what was seen; at most 10 MB"), web.MaxBody(web.UploadLimit))
	web.Get(r, "/certificates/{id}/evidence/{fileId}", web.May("certificate", "read"), h.evidence,
		web.Summary("A file of what was seen, to save"))
}

type fileView struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	ContentType string    `json:"contentType" doc:"as its bytes say"`
	Size        int64     `json:"size"`
	SHA256      string    `json:"sha256"`
	ByName      string    `json:"byName"`
	At          time.Time `json:"at"`
	Href        string    `json:"href"`
}

func viewFile(of kernel.CertificateID, f File) fileView {
	return fileView{
		ID: f.ID, Name: f.Name, ContentType: f.ContentType, Size: f.Size, SHA256: f.SHA256, ByName: f.ByName, At: f.At,
		Href: web.Prefix + "/certificates/" + string(of) + "/evidence/" + f.ID,
	}
}

type evidenceForm struct {
	File huma.FormFile `form:"file" required:"true" doc:"PDF, JPEG, PNG or WebP"`
}

type attachInput struct {
	kept    Kept
	ID      string `path:"id" maxLength:"64"`
	RawBody huma.MultipartFormFiles[evidenceForm]
}

// keep does what takes long before the transaction that a key asks for.
func (h *handlers) keep(ctx context.Context, in *attachInput) (err error) {
	f := in.RawBody.Data().File
	if !f.IsSet {
		return ErrEvidenceEmpty
	}
	in.kept, err = h.s.Keep(ctx, kernel.CertificateID(in.ID), f.Filename, f.File)
	return err
}

func (h *handlers) attach(ctx context.Context, in *attachInput) (*web.Body[fileView], error) {
	f, err := h.s.Attach(ctx, in.kept)
	if err != nil {
		return nil, err
	}
	return web.Answer(viewFile(kernel.CertificateID(in.ID), f)), nil
}

type evidenceInput struct {
	ID     string `path:"id" maxLength:"64"`
	FileID string `path:"fileId" maxLength:"64"`
}

// evidence is always saved, never shown by the browser under our own address:
// what a stranger scanned must not run here.
func (h *handlers) evidence(ctx context.Context, in *evidenceInput) (*fileOutput, error) {
	f, raw, err := h.s.Evidence(ctx, kernel.CertificateID(in.ID), in.FileID)
	if err != nil {
		return nil, err
	}
	return &fileOutput{
		ContentType: f.ContentType, Disposition: `attachment; filename="evidence"; filename*=UTF-8''` + url.PathEscape(f.Name), Body: raw,
	}, nil
}
