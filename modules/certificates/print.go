package certificates

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/layout"
	"carecert/modules/certificates/pdf"
	kit "carecert/modules/kit/pdf"
)

// errTemplateAltered: the version that a certificate is printed from is not the
// one it was issued with. Nothing is printed then.
var errTemplateAltered = errors.New("certificates: the template's version is not the one it was issued with")

// sheet is an issued certificate with the template's version it was issued
// with: what is printed depends neither on the reader nor on what the holder,
// the issuer, the template or a message file became since.
func (s *Service) sheet(ctx context.Context, c Certificate) (pdf.Sheet, error) {
	ref := c.Template
	if ref == (TemplateRef{}) {
		ref = TemplateRef{ID: templateID(c.Family, ""), Version: 1}
	}
	version, err := s.frozen(ctx, ref.ID, ref.Version)
	if err != nil {
		return pdf.Sheet{}, fmt.Errorf("template %s of %s: %w", ref.stamp(), c.ID, err)
	}
	if hash, err := version.Content.Hash(); err != nil || ref.Hash != "" && hash != ref.Hash {
		return pdf.Sheet{}, fmt.Errorf("%w: %s %s", errors.Join(errTemplateAltered, err), ref.stamp(), hash)
	}
	words, err := s.wordingFor(ctx, c)
	if err != nil {
		return pdf.Sheet{}, err
	}
	images, err := s.repo.templates.images(ctx, ref.ID, version.Content)
	return pdf.Sheet{
		Content: version.Content, Values: valuesOf(words, c), QRText: c.QRText, Images: images,
		Title: words.say(layout.Chinese, wordTitle+string(c.Family)), Number: c.Number, Author: c.IssuerName,
	}, err
}

// Print writes the PDF of an issued certificate; ErrGlyph where a character of
// it cannot be printed.
func (s *Service) Print(ctx context.Context, c Certificate) ([]byte, error) {
	sheet, err := s.sheet(ctx, c)
	if err != nil {
		return nil, err
	}
	return s.write(sheet)
}

// write makes the PDF; ErrGlyph where a character of it cannot be printed.
func (s *Service) write(sheet pdf.Sheet) ([]byte, error) {
	var out bytes.Buffer
	err := s.renderer.Render(&out, sheet)
	if hole := (kit.MissingGlyphError{}); errors.As(err, &hole) {
		return nil, ErrGlyph.With("character", string(hole.Character)).Because(err)
	}
	return out.Bytes(), err
}

// valuesOf are the fields of a certificate, in both languages.
func valuesOf(words Wording, c Certificate) layout.Values {
	out := layout.Values{}
	for _, language := range []string{layout.Chinese, layout.English} {
		v := map[string]string{
			layout.FieldName: c.Name, layout.FieldIDNumber: c.IDMasked, layout.FieldNumber: c.Number, layout.FieldCourse: c.Title,
			layout.FieldIssuer: c.IssuerName, layout.FieldIssuedOn: words.date(language, c.IssuedOn), layout.FieldCode: shownCode(c.Code),
			layout.FieldClassHours: c.Minutes.ClassHours(c.PerHour), layout.FieldDirection: "--",
		}
		if c.IDType != "" {
			v[layout.FieldIDType] = words.say(language, wordIDType+c.IDType)
		}
		if c.Level.Valid() {
			v[layout.FieldLevel] = words.say(language, wordLevel+strconv.Itoa(int(c.Level)))
		}
		if c.Family == FamilySkillLevel {
			v[layout.FieldOccupation] = c.Title
		}
		if c.Direction != "" {
			v[layout.FieldDirection] = c.Direction
		}
		if c.Tested {
			v[layout.FieldOutcome] = words.say(language, wordOutcome)
		}
		if c.ExpiresOn != "" {
			v[layout.FieldValidTo] = words.date(language, c.ExpiresOn)
		}
		out[language] = v
	}
	return out
}

// emptyText is a QR text of the size that certificates have at most; whoever
// scans it is told that it is none.
func emptyText(baseURL string) (string, error) {
	full := strings.Repeat("\u517b", 9) // 27 bytes, the longest that a payload holds
	f := v1.Facts{
		Key: 1 << 16, Code: make([]byte, 10), Family: 5, NameMasked: full, Issuer: full, IssuedOn: 60000, ExpiresOn: 65000, Title: full, Level: 5,
		Minutes: 65535, Numbered: "S000031000012264000123", Identity: 1<<20 - 1, Status: 1 << 24,
	}
	return v1.Blank(baseURL, f.Fitted())
}

// densest is how many modules wide the densest QR code of this house is.
func densest(baseURL string) (int, error) {
	text, err := emptyText(baseURL)
	if err != nil {
		return 0, err
	}
	return kit.QRModules(text)
}
