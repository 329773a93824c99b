package training

import (
	"context"
	"errors"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/blob"
)

// MaterialLimit is how large a file of a course may be: the limit of uploads.
const MaterialLimit = 50 << 20

// materialKind tells what a course may hand out by its first bytes, and among
// what is a zip by the ending of its name, with the ending it then gets.
func materialKind(head []byte, name string) (contentType, ending string) {
	if contentType, ending = blob.Paper(head); contentType != "" {
		return contentType, ending
	}
	const office = "application/vnd.openxmlformats-officedocument."
	switch http.DetectContentType(head) {
	case "video/mp4":
		return "video/mp4", ".mp4"
	case "video/webm":
		return "video/webm", ".webm"
	case "application/zip":
		ending = strings.ToLower(path.Ext(name))
		kind, known := map[string]string{".docx": "wordprocessingml.document", ".pptx": "presentationml.presentation", ".xlsx": "spreadsheetml.sheet"}[ending]
		if known {
			return office + kind, ending
		}
	}
	return "", ""
}

// KeptMaterial is a file that was taken in and belongs to no course yet.
type KeptMaterial struct {
	course kernel.CourseID
	file   Material
	writer *blob.Writer
}

// KeepMaterial takes in a file for a course of the actor's, before the
// transaction that names it: what is not added is swept. ErrMaterialKind,
// ErrMaterialEmpty, blob.ErrTooLarge.
func (s *Service) KeepMaterial(ctx context.Context, id kernel.CourseID, name string, from io.ReadSeeker) (k KeptMaterial, err error) {
	c, err := s.docs.course(ctx, id)
	if err == nil && !provides(ctx, c.Owner) {
		err = ErrCourseUnknown
	}
	if err != nil {
		return k, err
	}
	if len(c.Terms.Materials) >= MaterialsMost {
		return k, ErrMaterialsMost.With("most", MaterialsMost)
	}
	m := Material{At: s.now()}
	w, err := s.Files.Take(ctx, name, from, MaterialLimit, func(head []byte) (string, error) {
		contentType, ending := materialKind(head, name)
		switch {
		case len(head) == 0:
			return "", ErrMaterialEmpty
		case contentType == "":
			return "", ErrMaterialKind
		}
		m.Name, m.ContentType = blob.PlainName(name, "material")+ending, contentType
		return contentType, nil
	})
	if err != nil {
		return k, err
	}
	actor := kernel.ActorFrom(ctx)
	m.By, m.ByName = actor.User, actor.Name
	return KeptMaterial{id, m, w}, nil
}

// AddMaterial publishes the next version of a course, with one file more.
func (s *Service) AddMaterial(ctx context.Context, k KeptMaterial) (c Course, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		info, err := k.writer.Commit(ctx)
		if err != nil {
			return err
		}
		m := k.file
		m.ID, m.Size, m.SHA256 = info.ID, info.Size, info.SHA256
		c, err = s.ReviseCourse(ctx, k.course, func(t *Terms, _ int64) error {
			if len(t.Materials) >= MaterialsMost {
				return ErrMaterialsMost.With("most", MaterialsMost)
			}
			t.Materials = append(slices.Clone(t.Materials), m)
			return nil
		})
		return err
	})
	return c, err
}

// RemoveMaterial publishes the next version of a course without a file; the
// versions before keep it.
func (s *Service) RemoveMaterial(ctx context.Context, id kernel.CourseID, file string) (Course, error) {
	return s.ReviseCourse(ctx, id, func(t *Terms, _ int64) error {
		if _, known := t.material(file); !known {
			return ErrMaterialUnknown
		}
		t.Materials = slices.DeleteFunc(slices.Clone(t.Materials), func(m Material) bool { return m.ID == file })
		return nil
	})
}

// Material opens a file of a course, of any of its versions: a class keeps the
// version it was opened under. ErrMaterialUnknown.
func (s *Service) Material(ctx context.Context, id kernel.CourseID, file string) (Material, *io.SectionReader, error) {
	versions, err := s.CourseVersions(ctx, id)
	if err != nil {
		return Material{}, nil, err
	}
	for _, v := range slices.Backward(versions) {
		if m, known := v.Terms.material(file); known {
			_, r, err := s.Files.Open(ctx, file)
			if errors.Is(err, blob.ErrUnknown) {
				err = ErrMaterialUnknown
			}
			return m, r, err
		}
	}
	return Material{}, nil, ErrMaterialUnknown
}
