package certificates

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/blob"
	"carecert/modules/kit/job"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
)

const jobBundle = "certificates.bundle"

type bundleDoc struct {
	store.Doc `bson:",inline"`
	By        kernel.UserID     `bson:"by"`
	Reason    string            `bson:"reason"`
	Class     kernel.ClassID    `bson:"class,omitempty"`
	Detail    map[string]string `bson:"detail,omitempty"`
	At        time.Time         `bson:"at"`
	Total     int64             `bson:"total"`
	Done      int64             `bson:"done"`
	Skipped   []string          `bson:"skipped,omitempty"`
	Parts     int               `bson:"parts"`
	EndedAt   *time.Time        `bson:"endedAt,omitempty"`
	ExpiresAt time.Time         `bson:"expiresAt"`
}

func (d bundleDoc) read() Bundle {
	return Bundle{
		ID: d.ID, By: d.By, Reason: d.Reason, Class: d.Class, Detail: d.Detail, At: d.At, Total: d.Total, Done: d.Done, Skipped: d.Skipped,
		Parts: d.Parts, EndedAt: d.EndedAt, ExpiresAt: d.ExpiresAt,
	}
}

// bundlePartDoc is a piece of a bundle, by its place: which certificates, and
// the file that they are in once they were printed.
type bundlePartDoc struct {
	store.Doc    `bson:",inline"`
	Certificates []string `bson:"certificates"`
	File         string   `bson:"file,omitempty"`
}

func partID(bundle string, n int) string { return fmt.Sprintf("%s:%04d", bundle, n) }

type bundles struct {
	docs  *store.Collection[bundleDoc]
	parts *store.Collection[bundlePartDoc]
}

func openBundles(db *store.DB) bundles {
	return bundles{
		docs: store.Open[bundleDoc](db, store.Spec{Name: "certificates_bundles", Indexes: []store.Index{
			{Name: "by", Fields: []string{"by", "at"}},
			{Name: "expiresAt", Fields: []string{"expiresAt"}},
		}}),
		parts: store.Open[bundlePartDoc](db, store.Spec{Name: "certificates_bundleParts"}),
	}
}

type bundlePayload struct {
	Bundle string `bson:"bundle"`
}

// BundleDraft is what to put together: the certificates of a class, or of a
// list. Those that are not valid are left out unless a status is asked for.
type BundleDraft struct {
	Class  kernel.ClassID
	Filter Filter
	Reason string
}

func (d BundleDraft) detail() map[string]string {
	out := map[string]string{}
	for name, value := range map[string]string{
		"class": string(d.Class), "organizationId": string(d.Filter.Organization), "family": string(d.Filter.Family), "status": string(d.Filter.Status),
	} {
		if value != "" {
			out[name] = value
		}
	}
	if d.Filter.Level > 0 {
		out["level"] = strconv.Itoa(int(d.Filter.Level))
	}
	return out
}

// Bundle has the issued certificates in reach printed; ErrBundleEmpty,
// ErrBundleLarge.
func (s *Service) Bundle(ctx context.Context, d BundleDraft) (b Bundle, err error) {
	ids, err := s.toBundle(ctx, d)
	if err != nil {
		return b, err
	}
	if len(ids) == 0 {
		return b, ErrBundleEmpty
	}
	now := s.now()
	doc := bundleDoc{
		Doc: store.Doc{ID: kernel.NewID()}, By: kernel.ActorFrom(ctx).User, Reason: d.Reason, Class: d.Class, Detail: d.detail(), At: now,
		Total: int64(len(ids)), ExpiresAt: now.Add(bundleKept),
	}
	var parts []bundlePartDoc
	for piece := range slices.Chunk(ids, bundlePart) {
		parts = append(parts, bundlePartDoc{Doc: store.Doc{ID: partID(doc.ID, len(parts))}, Certificates: piece})
	}
	doc.Parts = len(parts)
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.repo.bundles.docs.Insert(ctx, doc); err != nil {
			return fmt.Errorf("bundle: %w", err)
		}
		if err := s.repo.bundles.parts.Insert(ctx, parts...); err != nil {
			return fmt.Errorf("parts of a bundle: %w", err)
		}
		detail := d.detail()
		detail["total"] = strconv.Itoa(len(ids))
		if err := s.audit.Record(ctx, kernel.Act{
			Verb: "bundle", Noun: "certificate", ID: doc.ID, Organization: d.Filter.Organization, Reason: d.Reason, Detail: detail,
		}); err != nil {
			return err
		}
		_, err := s.jobs.Enqueue(ctx, jobBundle, doc.ID, bundlePayload{doc.ID})
		return err
	})
	return doc.read(), err
}

// toBundle finds them, in the order of their list.
func (s *Service) toBundle(ctx context.Context, d BundleDraft) (ids []string, err error) {
	if d.Filter.Status == "" {
		d.Filter.Status = StatusValid
	}
	take := func(c Certificate) error {
		if !c.Issued() || !d.Filter.fits(c) {
			return nil
		}
		if len(ids) == bundleMost {
			return ErrBundleLarge.With("most", bundleMost)
		}
		ids = append(ids, string(c.ID))
		return nil
	}
	if d.Class != "" {
		reach := kernel.ReachFrom(ctx)
		err = s.ofClass(ctx, d.Class, func(c Certificate) error {
			if !reach.CoversPerson(c.Person, c.Reach) {
				return nil
			}
			return take(c)
		})
		return ids, err
	}
	ctx = listing.WithoutTotals(ctx)
	for cursor := ""; ; {
		page, err := s.List(ctx, d.Filter, 200, cursor)
		if err != nil {
			return nil, err
		}
		for _, c := range page.Items {
			if err := take(c); err != nil {
				return nil, err
			}
		}
		if cursor = page.Next; cursor == "" {
			return ids, nil
		}
	}
}

// bundlesShown is how many of one's own are listed.
const bundlesShown = 50

// Bundles lists one's own, the newest first.
func (s *Service) Bundles(ctx context.Context) (out []Bundle, err error) {
	q := store.Query{Index: "by", Equal: []any{string(kernel.ActorFrom(ctx).User)}, Desc: true, Limit: bundlesShown}
	err = s.repo.bundles.docs.Each(ctx, q, func(d bundleDoc) error {
		out = append(out, d.read())
		return nil
	})
	return out, err
}

// FindBundle reads one of one's own; ErrBundleUnknown.
func (s *Service) FindBundle(ctx context.Context, id string) (Bundle, error) {
	d, err := s.repo.bundles.docs.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && (d.By != kernel.ActorFrom(ctx).User || !s.now().Before(d.ExpiresAt)) {
		return Bundle{}, ErrBundleUnknown
	}
	return d.read(), err
}

// bundle is the queue's handler: it prints part by part, each saved with the
// progress. Run again, it goes on behind the last part.
func (s *Service) bundle(ctx context.Context, run *job.Run) error {
	var p bundlePayload
	if err := run.Payload(&p); err != nil {
		return err
	}
	d, err := s.repo.bundles.docs.Get(ctx, p.Bundle)
	if errors.Is(err, store.ErrNotFound) { // its time is over
		return nil
	}
	if err != nil {
		return err
	}
	for n := range d.Parts {
		if err := s.bundleNext(ctx, run, p.Bundle, n); err != nil {
			return fmt.Errorf("part %d of bundle %s: %w", n, p.Bundle, err)
		}
	}
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		d, err := s.repo.bundles.docs.Get(ctx, p.Bundle)
		if err != nil || d.EndedAt != nil {
			return err
		}
		now := s.now()
		d.EndedAt, d.ExpiresAt = &now, now.Add(bundleKept)
		return s.repo.bundles.docs.Replace(ctx, &d)
	})
}

func (s *Service) bundleNext(ctx context.Context, run *job.Run, bundle string, n int) error {
	part, err := s.repo.bundles.parts.Get(ctx, partID(bundle, n))
	if err != nil || part.File != "" {
		return err
	}
	file, err := s.files.Create(ctx, part.ID, "application/zip", 1<<30)
	if err != nil {
		return err
	}
	skipped, err := s.printPart(ctx, file, part.Certificates)
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		return errors.Join(err, file.Abort(context.WithoutCancel(ctx)))
	}
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		info, err := file.Commit(ctx)
		if err != nil {
			return err
		}
		part.File = info.ID
		if err := s.repo.bundles.parts.Replace(ctx, &part); err != nil {
			return err
		}
		d, err := s.repo.bundles.docs.Get(ctx, bundle)
		if err != nil {
			return err
		}
		d.Done += int64(len(part.Certificates))
		d.Skipped = append(d.Skipped, skipped...)
		if err := s.repo.bundles.docs.Replace(ctx, &d); err != nil {
			return err
		}
		return run.Save(ctx, job.Progress{Done: d.Done, Total: d.Total}, nil)
	})
}

// printPart writes the PDFs as a ZIP, one after the other, and tells the
// numbers of those that hold a character that cannot be printed.
func (s *Service) printPart(ctx context.Context, to io.Writer, ids []string) (skipped []string, err error) {
	out := zip.NewWriter(to)
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c, err := s.repo.get(ctx, kernel.CertificateID(id))
		if err != nil {
			return nil, fmt.Errorf("certificate %s: %w", id, err)
		}
		raw, err := s.Print(ctx, c)
		if errors.Is(err, ErrGlyph) {
			skipped = append(skipped, c.Number)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("certificate %s: %w", id, err)
		}
		entry, err := out.CreateHeader(&zip.FileHeader{Name: c.fileName(), Method: zip.Store, Modified: c.RecordedAt}) // a PDF is compressed already
		if err != nil {
			return nil, err
		}
		if _, err := entry.Write(raw); err != nil {
			return nil, err
		}
	}
	return skipped, out.Close()
}

// fileName is what its PDF is called among others.
func (c Certificate) fileName() string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, c.Number+" "+c.Name) + ".pdf"
}

// TakeBundle notes who takes it out, and hands over what writes it, in the
// memory of a chunk; ErrBundleUnknown, ErrBundleUndone.
func (s *Service) TakeBundle(ctx context.Context, id string) (Bundle, func(context.Context, io.Writer) error, error) {
	b, err := s.FindBundle(ctx, id)
	if err != nil {
		return b, nil, err
	}
	if b.EndedAt == nil {
		return b, nil, ErrBundleUndone
	}
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		return s.audit.Record(ctx, kernel.Act{
			Verb: "takeBundle", Noun: "certificate", ID: b.ID, Reason: b.Reason, Detail: map[string]string{"total": strconv.FormatInt(b.Total, 10)},
		})
	})
	return b, func(ctx context.Context, to io.Writer) error { return s.writeBundle(ctx, b, to) }, err
}

func (s *Service) writeBundle(ctx context.Context, b Bundle, to io.Writer) error {
	out := zip.NewWriter(to)
	for n := range b.Parts {
		part, err := s.repo.bundles.parts.Get(ctx, partID(b.ID, n))
		if err != nil {
			return err
		}
		info, raw, err := s.files.Open(ctx, part.File)
		if err != nil {
			return err
		}
		in, err := zip.NewReader(raw, info.Size)
		if err != nil {
			return fmt.Errorf("part %d: %w", n, err)
		}
		for _, f := range in.File {
			if err := out.Copy(f); err != nil {
				return fmt.Errorf("part %d: %w", n, err)
			}
		}
	}
	return out.Close()
}

// RemoveBundles removes what is past its time; for the scheduler.
func (s *Service) RemoveBundles(ctx context.Context) error {
	var past []bundleDoc
	q := store.Query{Index: "expiresAt", Until: s.now(), Limit: bundlesShown}
	if err := s.repo.bundles.docs.Each(ctx, q, func(d bundleDoc) error {
		past = append(past, d)
		return nil
	}); err != nil {
		return err
	}
	for _, d := range past {
		for n := range d.Parts {
			if err := s.removePart(ctx, partID(d.ID, n)); err != nil {
				return fmt.Errorf("bundle %s: %w", d.ID, err)
			}
		}
		if err := s.repo.bundles.docs.Delete(ctx, d.ID, 0); err != nil {
			return fmt.Errorf("bundle %s: %w", d.ID, err)
		}
	}
	return nil
}

func (s *Service) removePart(ctx context.Context, id string) error {
	part, err := s.repo.bundles.parts.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) { // an earlier run was cut off here
		return nil
	}
	if err != nil {
		return err
	}
	if part.File != "" {
		if err := s.files.Delete(ctx, part.File); err != nil && !errors.Is(err, blob.ErrUnknown) {
			return err
		}
	}
	return s.repo.bundles.parts.Delete(ctx, id, 0)
}
