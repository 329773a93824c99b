package training

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func (h *handlers) materialRoutes(r *web.Router) {
	web.Post(r, "/courses/{id}/materials", web.May("course", "update"), h.addMaterial, web.First(h.keepMaterial),
		web.Summary("Add a file to a course, as its next version; at most 50 MB and 30 files"), web.MaxBody(web.UploadLimit))
	web.Raw(r, http.MethodGet, "/courses/{id}/materials/{fileId}", web.May("course", "read"), h.material, web.Summary("A file of a course, to save; takes ranges"))
	web.Act(r, "/courses/{id}/materials/{fileId}/removal", web.May("course", "update"), h.removeMaterial,
		web.Summary("Publish the next version of a course without a file; the versions before keep it"))
}

type materialView struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	ContentType string    `json:"contentType" doc:"as its bytes say"`
	Size        int64     `json:"size"`
	SHA256      string    `json:"sha256"`
	ByName      string    `json:"byName"`
	At          time.Time `json:"at"`
	Href        string    `json:"href"`
}

func viewMaterial(of kernel.CourseID) func(Material) materialView {
	return func(m Material) materialView {
		return materialView{
			ID: m.ID, Name: m.Name, ContentType: m.ContentType, Size: m.Size, SHA256: m.SHA256, ByName: m.ByName, At: m.At,
			Href: web.Prefix + "/courses/" + string(of) + "/materials/" + m.ID,
		}
	}
}

type materialForm struct {
	File huma.FormFile `form:"file" required:"true" doc:"PDF, picture, Word, PowerPoint, Excel, MP4 or WebM"`
}

type addMaterialInput struct {
	kept    KeptMaterial
	ID      kernel.CourseID `path:"id" maxLength:"64"`
	RawBody huma.MultipartFormFiles[materialForm]
}

// keepMaterial does what takes long before the transaction that a key asks for.
func (h *handlers) keepMaterial(ctx context.Context, in *addMaterialInput) (err error) {
	f := in.RawBody.Data().File
	if !f.IsSet {
		return ErrMaterialEmpty
	}
	in.kept, err = h.service.KeepMaterial(ctx, in.ID, f.Filename, f.File)
	return err
}

func (h *handlers) addMaterial(ctx context.Context, in *addMaterialInput) (*web.Versioned[courseView], error) {
	c, err := h.service.AddMaterial(ctx, in.kept)
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(viewCourse(c), c.Stored), nil
}

type materialInput struct {
	ID     kernel.CourseID `path:"id" maxLength:"64"`
	FileID string          `path:"fileId" maxLength:"64"`
}

func (h *handlers) removeMaterial(ctx context.Context, in *materialInput) (*web.Versioned[courseView], error) {
	c, err := h.service.RemoveMaterial(ctx, in.ID, in.FileID)
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(viewCourse(c), c.Stored), nil
}

// material is always saved, never shown by the browser under our own address:
// what somebody uploaded must not run here.
func (h *handlers) material(c *fiber.Ctx) error {
	// The body is read after the handler has returned.
	m, r, err := h.service.Material(context.WithoutCancel(c.UserContext()), kernel.CourseID(c.Params("id")), c.Params("fileId"))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="material"; filename*=UTF-8''`+url.PathEscape(m.Name))
	return web.SendFile(c, web.File{Content: r, ContentType: m.ContentType, Tag: m.SHA256})
}
