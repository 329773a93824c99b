package training

import (
	"context"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func (h *handlers) sheetRoutes(r *web.Router) {
	web.Post(r, "/sessions/{id}/attendance-sheets", web.May("attendanceSheet", "attach"), h.attachSheet, web.First(h.keepSheet),
		web.Summary("Keep a photo or a scan of a signed sheet; words may name it"), web.MaxBody(web.UploadLimit))
	web.Get(r, "/sessions/{id}/attendance-sheets", web.May("attendanceSheet", "read"), h.sheets, web.Summary("The signed sheets of a session"))
	web.Get(r, "/sessions/{id}/attendance-sheets/{sheetId}", web.May("attendanceSheet", "read"), h.sheet, web.Summary("A signed sheet"))
}

type sheetView struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	ContentType string    `json:"contentType" doc:"as its bytes say"`
	Size        int64     `json:"size"`
	SHA256      string    `json:"sha256" doc:"of what is kept: a picture without what the camera wrote beside it"`
	ByName      string    `json:"byName"`
	At          time.Time `json:"at"`
	Href        string    `json:"href"`
}

func viewSheet(x Sheet) sheetView {
	return sheetView{
		ID: x.ID, Name: x.Name, ContentType: x.ContentType, Size: x.Size, SHA256: x.SHA256, ByName: x.ByName, At: x.At,
		Href: web.Prefix + "/sessions/" + string(x.Session) + "/attendance-sheets/" + x.ID,
	}
}

type sheetForm struct {
	File huma.FormFile `form:"file" required:"true" doc:"PDF, JPEG, PNG or WebP"`
}

type attachSheetInput struct {
	kept    KeptSheet
	ID      kernel.SessionID `path:"id" maxLength:"64"`
	RawBody huma.MultipartFormFiles[sheetForm]
}

// keepSheet does what takes long before the transaction that a key asks for.
func (h *handlers) keepSheet(ctx context.Context, in *attachSheetInput) (err error) {
	f := in.RawBody.Data().File
	if !f.IsSet {
		return ErrSheetEmpty
	}
	in.kept, err = h.service.KeepSheet(ctx, in.ID, f.Filename, f.File)
	return err
}

func (h *handlers) attachSheet(ctx context.Context, in *attachSheetInput) (*web.Body[sheetView], error) {
	x, err := h.service.AttachSheet(ctx, in.kept)
	if err != nil {
		return nil, err
	}
	return web.Answer(viewSheet(x)), nil
}

func (h *handlers) sheets(ctx context.Context, in *sessionInput) (*web.Body[web.List[sheetView]], error) {
	found, err := h.service.Sheets(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return web.Answer(web.NewList(each(found, viewSheet), "", int64(len(found)), false)), nil
}

type sheetInput struct {
	ID      kernel.SessionID `path:"id" maxLength:"64"`
	SheetID string           `path:"sheetId" maxLength:"64"`
}

type sheetOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// sheet is always saved, never shown by the browser under our own address: what
// a stranger uploaded must not run here.
func (h *handlers) sheet(ctx context.Context, in *sheetInput) (*sheetOutput, error) {
	x, raw, err := h.service.Sheet(ctx, in.ID, in.SheetID)
	if err != nil {
		return nil, err
	}
	return &sheetOutput{
		ContentType: x.ContentType, Disposition: `attachment; filename="sheet"; filename*=UTF-8''` + url.PathEscape(x.Name), Body: raw,
	}, nil
}
