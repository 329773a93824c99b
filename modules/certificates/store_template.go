package certificates

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carecert/modules/certificates/layout"
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// templateDoc is an issuer's template of a family; _id says which.
type templateDoc struct {
	store.Doc `bson:",inline"`
	Draft     layout.Content  `bson:"draft"`
	DraftBy   string          `bson:"draftBy"`
	DraftAt   time.Time       `bson:"draftAt"`
	Published int             `bson:"published"`
	Hash      string          `bson:"hash"`
	Validity  layout.Validity `bson:"validity"`
}

// versionDoc is a published version, _id template|number. It is inserted once.
type versionDoc struct {
	store.Doc `bson:",inline"`
	Template  TemplateID     `bson:"template"`
	Number    int            `bson:"number"`
	Content   layout.Content `bson:"content"`
	Hash      string         `bson:"hash"`
	Note      string         `bson:"note"`
	By        kernel.UserID  `bson:"by"`
	ByName    string         `bson:"byName"`
	At        time.Time      `bson:"at"`
}

// pictureDoc is an uploaded picture, written anew as PNG: _id template|SHA-256
// of its bytes, so that what a version names can never become another picture.
type pictureDoc struct {
	store.Doc `bson:",inline"`
	Template  TemplateID `bson:"template"`
	Data      []byte     `bson:"data"`
	Width     int        `bson:"width"`
	Height    int        `bson:"height"`
	At        time.Time  `bson:"at"`
}

// templates holds the collections of templates.
type templates struct {
	docs     *store.Collection[templateDoc]
	versions *store.Collection[versionDoc]
	pictures *store.Collection[pictureDoc]
}

func openTemplates(db *store.DB) templates {
	return templates{
		docs: store.Open[templateDoc](db, store.Spec{Name: "certificates_templates"}),
		versions: store.Open[versionDoc](db, store.Spec{Name: "certificates_templateVersions", Indexes: []store.Index{
			{Name: "template", Fields: []string{"template", "number"}},
		}}),
		pictures: store.Open[pictureDoc](db, store.Spec{Name: "certificates_templatePictures", Indexes: []store.Index{
			{Name: "template", Fields: []string{"template"}},
		}}),
	}
}

func templateDocOf(t Template) templateDoc {
	return templateDoc{
		Doc: store.Doc{ID: string(t.ID), Version: t.Stored}, Draft: t.Draft, DraftBy: t.DraftBy, DraftAt: t.DraftAt,
		Published: t.Published, Hash: t.Hash, Validity: t.Validity,
	}
}

func (d templateDoc) read() Template {
	id := TemplateID(d.ID)
	family, issuer := id.parts()
	return Template{
		ID: id, Family: family, Issuer: issuer, Draft: d.Draft, DraftBy: d.DraftBy, DraftAt: d.DraftAt, Published: d.Published,
		Hash: d.Hash, Validity: d.Validity, Stored: d.Version,
	}
}

func (d versionDoc) read() TemplateVersion {
	return TemplateVersion{
		Template: d.Template, Number: d.Number, Content: d.Content, Hash: d.Hash, Note: d.Note, By: d.By, ByName: d.ByName, At: d.At,
	}
}

func versionID(id TemplateID, number int) string { return fmt.Sprintf("%s|%d", id, number) }

func pictureID(id TemplateID, hash string) string { return string(id) + "|" + hash }

// get reads a template of an issuer; ErrTemplateUnknown.
func (t templates) get(ctx context.Context, id TemplateID) (Template, error) {
	d, err := t.docs.Get(ctx, string(id))
	if errors.Is(err, store.ErrNotFound) {
		return Template{}, ErrTemplateUnknown
	}
	return d.read(), err
}

func (t templates) version(ctx context.Context, id TemplateID, number int) (TemplateVersion, error) {
	d, err := t.versions.Get(ctx, versionID(id, number))
	if errors.Is(err, store.ErrNotFound) {
		return TemplateVersion{}, ErrTemplateUnknown
	}
	return d.read(), err
}

// add keeps a version for ever.
func (t templates) add(ctx context.Context, v TemplateVersion) error {
	return t.versions.Insert(ctx, versionDoc{
		Doc: store.Doc{ID: versionID(v.Template, v.Number)}, Template: v.Template, Number: v.Number, Content: v.Content, Hash: v.Hash,
		Note: v.Note, By: v.By, ByName: v.ByName, At: v.At,
	})
}

// history lists the versions, the newest first.
func (t templates) history(ctx context.Context, id TemplateID) (out []TemplateVersion, err error) {
	q := store.Query{Index: "template", Equal: []any{string(id)}, Desc: true, Limit: 200}
	page, err := t.versions.Find(ctx, q)
	for _, d := range page.Items {
		out = append(out, d.read())
	}
	return out, err
}

// images reads the pictures of a content.
func (t templates) images(ctx context.Context, id TemplateID, c layout.Content) (map[string][]byte, error) {
	hashes := c.Images()
	if len(hashes) == 0 {
		return nil, nil //nolint:nilnil // none
	}
	ids := make([]string, 0, len(hashes))
	for _, h := range hashes {
		ids = append(ids, pictureID(id, h))
	}
	docs, err := t.pictures.GetMany(ctx, ids)
	out := make(map[string][]byte, len(docs))
	for _, d := range docs {
		out[d.ID[len(id)+1:]] = d.Data
	}
	return out, err
}
