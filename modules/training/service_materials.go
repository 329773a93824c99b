package training

import (
	"bufio"
	"context"
	"errors"
	"fmt"
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

// materialKinds are what a course may hand out: by what the first bytes say,
// and among what is a zip by the ending of the name.
func materialKind(head []byte, name string) string {
	switch sniffed := http.DetectContentType(head); sniffed {
	case "application/pdf", "image/jpeg", "image/png", "image/webp", "video/mp4", "video/webm":
		return sniffed
	case "application/zip":
		return map[string]string{
			".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
			".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
			".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		}[strings.ToLower(path.Ext(name))]
	default:
		return ""
	}
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
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return k, fmt.Errorf("material: %w", err)
	}
	r := bufio.NewReaderSize(from, 4096)
	head, err := r.Peek(512)
	if len(head) == 0 {
		return k, ErrMaterialEmpty
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return k, fmt.Errorf("material: %w", err)
	}
	name = path.Base(strings.ReplaceAll(name, "\\", "/"))
	contentType := materialKind(head, name)
	if contentType == "" {
		return k, ErrMaterialKind
	}
	w, err := s.Files.Create(ctx, name, contentType, MaterialLimit)
	if err != nil {
		return k, err
	}
	if _, err = io.Copy(w, r); err == nil {
		err = w.Close()
	}
	if err != nil {
		return k, errors.Join(err, w.Abort(ctx))
	}
	actor := kernel.ActorFrom(ctx)
	return KeptMaterial{id, Material{Name: name, ContentType: contentType, By: actor.User, ByName: actor.Name, At: s.now()}, w}, nil
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
