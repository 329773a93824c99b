package certificates_test

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"carecert/modules/certificates"
	"carecert/modules/certificates/layout"
	"carecert/modules/certificates/verify"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/kit/web"
)

func anyVersion(int64) error { return nil }

// begun is a template of an issuer's own with its house draft.
func (w *world) begun(t testing.TB, issuer kernel.OrganizationID) certificates.Template {
	t.Helper()
	return must[certificates.Template](t)(w.Begin(w.as(issuer), certificates.FamilyTraining, issuer))
}

// publish changes one element of the draft and publishes it.
func (w *world) publish(t testing.TB, of certificates.Template, how func(*layout.Content)) certificates.Template {
	t.Helper()
	content := of.Draft
	content.Elements = slices.Clone(content.Elements)
	how(&content)
	must[certificates.Template](t)(w.SaveDraft(w.as(of.Issuer), of.ID, content, anyVersion))
	return must[certificates.Template](t)(w.PublishTemplate(w.as(of.Issuer), of.ID, "新版面", anyVersion))
}

func words(id, text string) func(*layout.Content) {
	return func(c *layout.Content) {
		for i := range c.Elements {
			if c.Elements[i].ID == id {
				c.Elements[i].Text = text
			}
		}
	}
}

// printed is the PDF of a certificate, in the words of the house.
func (w *world) printed(t testing.TB, id kernel.CertificateID) []byte {
	t.Helper()
	house := must[*web.Words](t)(web.LoadWords(os.DirFS("../../policies")))
	ctx := web.WithVoice(w.as(bureau), house, web.English)
	c := must[certificates.Certificate](t)(w.Find(ctx, id))
	return must[[]byte](t)(w.Print(ctx, c))
}

func TestTheNearestTemplateApplies(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		from := func(source string) certificates.TemplateRef {
			return w.issue(t, completion("person-1", source)).Template
		}
		if ref := from("house"); ref.ID != "trainingCompletion.house" || ref.Version != 1 || len(ref.Hash) != 64 {
			t.Errorf("without any: %+v", ref)
		}
		above := w.publish(t, w.begun(t, bureau), words("subtitle", "Qingpu"))
		if ref := from("bureau"); ref != above.Ref() || ref.Version != 1 {
			t.Errorf("the bureau's: %+v, want %+v", ref, above.Ref())
		}
		own := w.begun(t, school) // a draft applies to nothing
		if !slices.ContainsFunc(own.Draft.Elements, func(e layout.Element) bool { return e.Text == "Qingpu" }) {
			t.Error("the draft does not begin with what applied")
		}
		if ref := from("draft"); ref != above.Ref() {
			t.Errorf("beside a draft: %+v", ref)
		}
		own = w.publish(t, own, words("subtitle", "Xianggelila"))
		if ref := from("own"); ref != own.Ref() {
			t.Errorf("its own: %+v, want %+v", ref, own.Ref())
		}
		year := completion("person-1", "year")
		year.Family = certificates.FamilyInServiceYear
		if ref := w.issue(t, year).Template; ref.ID != "inServiceYear.house" {
			t.Errorf("another family: %+v", ref)
		}
		all, _, err := w.TemplatesOf(w.as(school), school)
		if err != nil || len(all) != 5 || all[0].Own == nil || all[0].InForce.ID != own.ID || all[1].Own != nil || !all[1].InForce.House() {
			t.Errorf("%+v %v", all, err)
		}
	})
}

// The complaint: certificates that change when the template changes.
func TestWhatIsIssuedIsPrintedFromItsVersionForEver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		own := w.publish(t, w.begun(t, school), words("subtitle", "First"))
		old := w.issue(t, completion("person-1", "one"))
		before := w.printed(t, old.ID)
		w.publish(t, own, words("subtitle", "Second"))
		w.cards["person-1"] = kernel.PersonCard{ID: "person-1", Name: "王秀岚", Reach: []kernel.OrganizationID{home, bureau}}
		if after := w.printed(t, old.ID); !bytes.Equal(before, after) {
			t.Error("an issued certificate is printed otherwise than before")
		}
		next := w.issue(t, completion("person-1", "two"))
		if next.Template.Version != 2 || bytes.Equal(before, w.printed(t, next.ID)) {
			t.Errorf("what is issued now does not follow: %+v", next.Template)
		}
		if r := must[certificates.LogReport](t)(w.LogVerify(w.ctx, nil)); r.Bad != nil {
			t.Errorf("%+v", r.Bad)
		}
	})
}

// What was issued before there were templates looks as it did.
func TestWhatIsOlderThanTemplatesIsTheHousesFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.issue(t, completion("person-1", "one"))
		want := w.printed(t, c.ID)
		c.Template = certificates.TemplateRef{}
		house := must[*web.Words](t)(web.LoadWords(os.DirFS("../../policies")))
		got := must[[]byte](t)(w.Print(web.WithVoice(w.ctx, house, web.Chinese), c))
		if !bytes.Equal(got, want) {
			t.Error("it is printed otherwise")
		}
		c.Template = certificates.TemplateRef{ID: "trainingCompletion.house", Version: 1, Hash: strings.Repeat("0", 64)}
		if _, err := w.Print(w.ctx, c); err == nil {
			t.Error("printed from a version that is not the one it was issued with")
		}
	})
}

func TestRefusalsOfTemplates(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		own := w.begun(t, school)
		for _, c := range []struct {
			name string
			want *fault.Fault
			do   func() error
		}{
			{"a second of the same family", certificates.ErrTemplateExists, func() error {
				_, err := w.Begin(w.as(school), certificates.FamilyTraining, school)
				return err
			}},
			{"a family that is not issued here", certificates.ErrTemplateFamily, func() error {
				_, err := w.Begin(w.as(school), certificates.FamilyQualification, school)
				return err
			}},
			{"another school's", certificates.ErrTemplateUnknown, func() error {
				_, err := w.Template(w.as(otherSchool), own.ID)
				return err
			}},
			{"for another school", certificates.ErrTemplateUnknown, func() error {
				_, err := w.Begin(w.as(otherSchool), certificates.FamilyHonour, school)
				return err
			}},
			{"the house's", certificates.ErrTemplateHouse, func() error {
				_, err := w.SaveDraft(w.as(school), "honour.house", own.Draft, anyVersion)
				return err
			}},
			{"words on the QR code", certificates.ErrTemplateRefused, func() error {
				content := own.Draft
				content.Elements = append(slices.Clone(content.Elements), layout.Element{ID: "note", Kind: layout.Text, X: 230, Y: 140, W: 20, H: 5, Size: 9, Text: "注"})
				must[certificates.Template](t)(w.SaveDraft(w.as(school), own.ID, content, anyVersion)) // may be kept
				_, err := w.PublishTemplate(w.as(school), own.ID, "试", anyVersion)
				return err
			}},
			{"a picture that is not there", certificates.ErrTemplateRefused, func() error {
				content := own.Draft
				content.Elements = append(slices.Clone(content.Elements), layout.Element{ID: "logo", Kind: layout.Image, X: 20, Y: 20, W: 20, H: 20, Image: "abc"})
				must[certificates.Template](t)(w.SaveDraft(w.as(school), own.ID, content, anyVersion))
				_, err := w.PublishTemplate(w.as(school), own.ID, "试", anyVersion)
				return err
			}},
			{"nothing changed", certificates.ErrTemplateUnchanged, func() error {
				must[certificates.Template](t)(w.SaveDraft(w.as(school), own.ID, own.Draft, anyVersion))
				must[certificates.Template](t)(w.PublishTemplate(w.as(school), own.ID, "首版", anyVersion))
				_, err := w.PublishTemplate(w.as(school), own.ID, "再来", anyVersion)
				return err
			}},
		} {
			if err := c.do(); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		versions := must[[]certificates.TemplateVersion](t)(w.TemplateVersions(w.as(school), own.ID))
		if len(versions) != 1 || versions[0].Note != "首版" {
			t.Errorf("a refusal left a version behind: %+v", versions)
		}
	})
}

func TestPictures(t *testing.T) {
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	sent := append(photo.Bytes(), "<script>behind the picture</script>"...)
	p := must[certificates.Picture](t)(certificates.ReadPicture(bytes.NewReader(sent)))
	if p.Width != 40 || p.Height != 30 || bytes.Contains(p.Data, []byte("script")) || !bytes.HasPrefix(p.Data, []byte("\x89PNG")) {
		t.Errorf("%d × %d, %q", p.Width, p.Height, p.Data[:8])
	}
	for name, raw := range map[string][]byte{
		"no picture": []byte("%PDF-1.7"), "a cut one": photo.Bytes()[:60], "nothing": nil,
	} {
		if _, err := certificates.ReadPicture(bytes.NewReader(raw)); !errors.Is(err, certificates.ErrPictureKind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := certificates.ReadPicture(bytes.NewReader(make([]byte, 2<<20+1))); !errors.Is(err, certificates.ErrPictureLarge) {
		t.Errorf("too many bytes: %v", err)
	}
	wide := bytes.Buffer{}
	if err := jpeg.Encode(&wide, image.NewGray(image.Rect(0, 0, 2001, 1)), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := certificates.ReadPicture(&wide); !errors.Is(err, certificates.ErrPictureLarge) {
		t.Errorf("too many pixels: %v", err)
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		own := w.begun(t, school)
		for range 2 { // the same again changes nothing
			if err := w.KeepPicture(w.as(school), own.ID, p); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.KeepPicture(w.as(otherSchool), own.ID, p); !errors.Is(err, certificates.ErrTemplateUnknown) {
			t.Errorf("another school's template takes a picture: %v", err)
		}
		if _, err := w.Picture(w.as(otherSchool), own.ID, p.Hash); !errors.Is(err, certificates.ErrTemplateUnknown) {
			t.Errorf("another school sees it: %v", err)
		}
		w.publish(t, own, func(c *layout.Content) {
			c.Elements = append(c.Elements, layout.Element{ID: "logo", Kind: layout.Image, X: 20, Y: 20, W: 20, H: 15, Image: p.Hash})
		})
		c := w.issue(t, completion("person-1", ""))
		if pdf := w.printed(t, c.ID); !bytes.Contains(pdf, []byte("/Image")) {
			t.Error("it is not printed")
		}
	})
}

// Whatever is edited and published, in whatever order, no version that was
// published ever changes.
func TestAVersionNeverChanges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		own := w.begun(t, school)
		published := map[int]string{}
		rapid.Check(t, func(r *rapid.T) {
			draft := must[certificates.Template](t)(w.Template(w.as(school), own.ID)).Draft
			draft.Elements = slices.Clone(draft.Elements)
			n := rapid.IntRange(0, len(draft.Elements)-1).Draw(r, "element")
			if e := &draft.Elements[n]; e.Kind == layout.Text {
				e.Size = float64(rapid.IntRange(6, 40).Draw(r, "size"))
			}
			must[certificates.Template](t)(w.SaveDraft(w.as(school), own.ID, draft, anyVersion))
			if rapid.Bool().Draw(r, "publish") {
				next, err := w.PublishTemplate(w.as(school), own.ID, "改字号", anyVersion)
				if err == nil {
					published[next.Published] = next.Hash
				} else if !errors.Is(err, certificates.ErrTemplateUnchanged) {
					r.Fatal(err)
				}
			}
			if len(published) > 0 {
				number := rapid.IntRange(1, len(published)).Draw(r, "version")
				want := published[number]
				v := must[certificates.TemplateVersion](t)(w.TemplateVersion(w.as(school), own.ID, number))
				if got := must[string](t)(v.Content.Hash()); got != want || v.Hash != want {
					r.Fatalf("version %d is %s, it was published as %s", number, got, want)
				}
			}
		})
	})
}

func TestAValidityEndsWithItsDay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db) // 5 January 2026
		forever := w.issue(t, completion("person-2", "before"))
		w.publish(t, w.begun(t, school), func(c *layout.Content) { c.Validity.Months = 1 })
		c := w.issue(t, completion("person-1", "after"))
		if c.ExpiresOn != "2026-02-04" || forever.ExpiresOn != "" {
			t.Fatalf("%q, %q", c.ExpiresOn, forever.ExpiresOn)
		}
		verdict := func(text string) verify.Verdict {
			return must[certificates.Public](t)(w.VerifyText(w.ctx, text)).Verdict
		}
		offline := func(text string) verify.Verdict {
			return must[verify.Result](t)(verify.Offline(text, w.Keys(), nil, w.Now())).Verdict
		}
		last := kernel.Date("2026-02-04").End()
		w.Pass(last.Add(-time.Second).Sub(w.Now()))
		if verdict(c.QRText) != verify.Genuine || offline(c.QRText) != verify.Genuine {
			t.Errorf("a second before midnight: %s, %s", verdict(c.QRText), offline(c.QRText))
		}
		w.Pass(time.Second)
		if verdict(c.QRText) != verify.Expired || offline(c.QRText) != verify.Expired {
			t.Errorf("at midnight in Shanghai: %s, %s", verdict(c.QRText), offline(c.QRText))
		}
		if verdict(forever.QRText) != verify.Genuine || offline(forever.QRText) != verify.Genuine {
			t.Error("what was issued before expires too")
		}
		next := must[certificates.Certificate](t)(w.Replace(w.as(school), c.ID, "遗失"))
		if next.ExpiresOn != c.ExpiresOn {
			t.Errorf("a replacement is valid to %s, not to %s", next.ExpiresOn, c.ExpiresOn)
		}
	})
}
