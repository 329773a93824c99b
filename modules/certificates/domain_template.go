package certificates

import (
	"strconv"
	"strings"
	"time"

	"carecert/modules/certificates/layout"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// Refusals of templates.
var (
	ErrTemplateUnknown   = fault.New(fault.NotFound, "certificates.template_unknown")
	ErrTemplateHouse     = fault.New(fault.Conflict, "certificates.template_house")
	ErrTemplateExists    = fault.New(fault.Conflict, "certificates.template_exists")
	ErrTemplateFamily    = fault.New(fault.Invalid, "certificates.template_family")
	ErrTemplateRefused   = fault.New(fault.Invalid, "certificates.template_refused")
	ErrTemplateUnchanged = fault.New(fault.Conflict, "certificates.template_unchanged")
	ErrTemplatePictures  = fault.New(fault.Conflict, "certificates.template_pictures_most")
	ErrPictureKind       = fault.New(fault.Unsupported, "certificates.picture_kind")
	ErrPictureLarge      = fault.New(fault.TooLarge, "certificates.picture_large")
	ErrPictureUnknown    = fault.New(fault.NotFound, "certificates.picture_unknown")
)

// TemplateID names the template of an issuer and a family, of which there is
// one: family.issuer, or family.house.
type TemplateID string

// ofHouse stands for the issuer of the house's own templates, which are data.
const ofHouse = "house"

func templateID(f Family, issuer kernel.OrganizationID) TemplateID {
	if issuer == "" {
		issuer = ofHouse
	}
	return TemplateID(string(f) + "." + string(issuer))
}

// parts of the id; the issuer is "" for the house.
func (id TemplateID) parts() (Family, kernel.OrganizationID) {
	family, issuer, _ := strings.Cut(string(id), ".")
	if issuer == ofHouse {
		issuer = ""
	}
	return Family(family), kernel.OrganizationID(issuer)
}

// TemplateRef is the version that a certificate is printed from for ever. The
// zero TemplateRef is the house's first: what was issued before there were
// templates looks as it did.
type TemplateRef struct {
	ID      TemplateID `bson:"id"`
	Version int        `bson:"version"`
	Hash    string     `bson:"hash"`
}

// stamp names it in the issuance log; "" for the zero TemplateRef.
func (r TemplateRef) stamp() string {
	if r == (TemplateRef{}) {
		return ""
	}
	return string(r.ID) + "@" + strconv.Itoa(r.Version) + ":" + r.Hash
}

// Template is what an issuer's certificates of a family are printed from.
type Template struct {
	ID         TemplateID
	Family     Family
	Issuer     kernel.OrganizationID // "" the house
	IssuerName string
	Draft      layout.Content // being worked on
	DraftBy    string
	DraftAt    time.Time
	Published  int // the version in force; 0 while there is none
	Hash       string
	Validity   layout.Validity // of the version in force
	Stored     int64           // for If-Match
}

// House tells the house's own.
func (t Template) House() bool { return t.Issuer == "" }

// Ref is the version in force.
func (t Template) Ref() TemplateRef { return TemplateRef{t.ID, t.Published, t.Hash} }

// Publish makes the draft the next version; ErrTemplateUnchanged.
func (t Template) Publish(by kernel.Actor, note string, at time.Time) (Template, TemplateVersion, error) {
	hash, err := t.Draft.Hash()
	if err != nil {
		return t, TemplateVersion{}, err
	}
	if t.Published > 0 && hash == t.Hash {
		return t, TemplateVersion{}, ErrTemplateUnchanged.With("version", t.Published)
	}
	t.Published, t.Hash, t.Validity = t.Published+1, hash, t.Draft.Validity
	return t, TemplateVersion{
		Template: t.ID, Number: t.Published, Content: t.Draft, Hash: hash, Note: note, By: by.User, ByName: by.Name, At: at,
	}, nil
}

// TemplateVersion is a content that was published: it is never changed.
type TemplateVersion struct {
	Template TemplateID
	Number   int
	Content  layout.Content
	Hash     string
	Note     string
	By       kernel.UserID
	ByName   string
	At       time.Time
}

// Applies is what an organisation's certificates of a family are printed from.
type Applies struct {
	Family   Family
	InForce  Template  // own, of an office above, or the house's
	Own      *Template // with its draft; nil where there is none
	Expiring bool      // what is issued now expires one day
}
