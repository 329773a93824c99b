package certificates

import (
	"context"
	"fmt"
	"strings"

	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/layout"
	"carecert/modules/certificates/pdf"
	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

// Whose certificate a specimen pretends to be.
const (
	sampleUsual = "usual"
	sampleLong  = "long" // a long name: what shrinks is seen
	sampleRare  = "rare" // with characters outside the usual font
)

// Specimen prints a content with sample facts and the densest QR code there
// is. It says across the page that it is none, and its code is judged forged.
func (s *Service) Specimen(ctx context.Context, t Template, content layout.Content, sample string) ([]byte, error) {
	content = content.Tidy()
	if width, height := content.Page(); !printable(content, width, height) {
		return nil, ErrTemplateRefused.With("count", 1)
	}
	images, err := s.repo.templates.images(ctx, t.ID, content)
	if err != nil {
		return nil, err
	}
	content.Elements = withPictures(content.Elements, images)
	text, err := emptyText(s.baseURL)
	if err != nil {
		return nil, fmt.Errorf("specimen: %w", err)
	}
	say := func(code string) string { return web.TextIn(ctx, web.Chinese, "certificates.specimen."+code) }
	issuer := t.IssuerName
	if issuer == "" {
		issuer = say("issuer")
	}
	today := kernel.DateOf(s.now())
	c := Certificate{
		Family: t.Family, Name: say("name." + sample), IDType: "residentId", IDMasked: say("idNumber"), Number: v1.Number(1, today.Year(), 12),
		Code: strings.Repeat("0", v1.CodeLength), IssuerName: issuer, IssuedOn: today, ExpiresOn: content.Validity.LastDay(today),
		Title: say("title." + string(t.Family)), Level: 4, Minutes: 540, PerHour: 45, Tested: true,
	}
	if t.Family == FamilySkillLevel {
		c.Number = say("number")
	}
	return s.write(pdf.Sheet{
		Content: content, Values: valuesOf(wordingOf(s.words), c), QRText: text, Images: images, Title: say("word"), Author: issuer, Specimen: say("word"),
	})
}

// printable keeps a page from being asked for that no printer has.
func printable(content layout.Content, width, height float64) bool {
	for _, e := range content.Elements {
		if e.X < -width || e.X > 2*width || e.Y < -height || e.Y > 2*height || e.W < 0 || e.W > 2*width || e.H < 0 || e.H > 2*height || e.Size < 0 || e.Size > 200 {
			return false
		}
	}
	return true
}

// withPictures leaves out elements whose picture is not chosen yet.
func withPictures(all []layout.Element, images map[string][]byte) []layout.Element {
	out := make([]layout.Element, 0, len(all))
	for _, e := range all {
		if _, there := images[e.Image]; e.Kind != layout.Image || there {
			out = append(out, e)
		}
	}
	return out
}
