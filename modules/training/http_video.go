package training

import (
	"context"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func (h *handlers) videoRoutes(r *web.Router) {
	web.Put(r, "/sessions/{id}/material", web.May("learningMaterial", "write"), h.link,
		web.Summary("Name a video on another server as what a remote session is learned from"))
	web.Post(r, "/sessions/{id}/material", web.May("learningMaterial", "write"), h.attachVideo, web.First(h.keepVideo),
		web.Summary("Upload the video of a remote session: MP4 or WebM of at most 50 MB"), web.MaxBody(web.UploadLimit))
	web.Raw(r, http.MethodGet, "/sessions/{id}/material/video", web.May("learningMaterial", "read"), h.video,
		web.Summary("The video of a remote session; takes ranges"))
}

type videoView struct {
	Title         string `json:"title"`
	Href          string `json:"href" doc:"of the video, here or on another server"`
	Kept          bool   `json:"kept" doc:"here"`
	ContentType   string `json:"contentType,omitempty"`
	Size          int64  `json:"size,omitempty"`
	LengthSeconds int    `json:"lengthSeconds"`
}

func viewVideo(x Session) *videoView {
	m := x.Video
	if m == nil {
		return nil
	}
	v := &videoView{Title: m.Title, Href: m.Link, Kept: m.File != "", ContentType: m.ContentType, Size: m.Size, LengthSeconds: m.Seconds}
	if v.Kept {
		v.Href = web.Prefix + "/sessions/" + string(x.ID) + "/material/video"
	}
	return v
}

type linkInput struct {
	ID   kernel.SessionID `path:"id" maxLength:"64"`
	Body linkBody
}

type linkBody struct {
	Title         string `json:"title" minLength:"1" maxLength:"200"`
	Link          string `json:"link" minLength:"1" maxLength:"2000" doc:"https address of an MP4 or WebM file"`
	LengthSeconds int    `json:"lengthSeconds" minimum:"1" maximum:"57600" doc:"at least the session's minutes"`
}

func (h *handlers) link(ctx context.Context, in *linkInput) (*web.Versioned[sessionView], error) {
	x, err := h.service.Linked(ctx, in.ID, Video{Title: in.Body.Title, Link: in.Body.Link, Seconds: in.Body.LengthSeconds})
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(h.viewSession(x), x.Stored), nil
}

type videoForm struct {
	File          huma.FormFile `form:"file" required:"true" doc:"MP4 or WebM"`
	Title         string        `form:"title" required:"false" maxLength:"200" doc:"the file's name, unless stated"`
	LengthSeconds int           `form:"lengthSeconds" required:"true" minimum:"1" maximum:"57600" doc:"at least the session's minutes"`
}

type videoInput struct {
	kept    KeptVideo
	ID      kernel.SessionID `path:"id" maxLength:"64"`
	RawBody huma.MultipartFormFiles[videoForm]
}

// keepVideo does what takes long before the transaction that a key asks for.
func (h *handlers) keepVideo(ctx context.Context, in *videoInput) (err error) {
	form := in.RawBody.Data()
	if !form.File.IsSet {
		return ErrVideoKind
	}
	if _, err := form.File.Seek(0, io.SeekStart); err != nil { // it may run again
		return err
	}
	title := form.Title
	if title == "" {
		title = form.File.Filename
	}
	in.kept, err = h.service.KeepVideo(ctx, in.ID, Video{Title: title, Seconds: form.LengthSeconds}, form.File.Filename, form.File)
	return err
}

func (h *handlers) attachVideo(ctx context.Context, in *videoInput) (*web.Versioned[sessionView], error) {
	x, err := h.service.AttachVideo(ctx, in.ID, in.kept)
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(h.viewSession(x), x.Stored), nil
}

// pieceOfVideo is the most that one range answers: a player asks for the next
// when it has played this.
const pieceOfVideo = 1 << 20

// video answers one piece of it: a player begins to play before it has it all,
// and finds any place in it.
func (h *handlers) video(c *fiber.Ctx) error {
	// The body is read after the handler has returned.
	m, r, err := h.service.Video(context.WithoutCancel(c.UserContext()), kernel.SessionID(c.Params("id")))
	if err != nil {
		return err
	}
	return web.SendFile(c, web.File{Content: r, ContentType: m.ContentType, Piece: pieceOfVideo})
}
