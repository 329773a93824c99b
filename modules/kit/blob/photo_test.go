package blob_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"carecert/modules/kit/blob"
)

func segment(marker byte, body string) []byte {
	return append([]byte{0xff, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
}

func TestAPictureKeepsNoPlace(t *testing.T) {
	picture := image.NewGray(image.Rect(0, 0, 16, 8))
	var plain, drawn bytes.Buffer
	if err := jpeg.Encode(&plain, picture, nil); err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(&drawn, picture); err != nil {
		t.Fatal(err)
	}
	turned := "Exif\x00\x00II*\x00\x08\x00\x00\x00\x02\x00\x25\x88\x04\x00\x01\x00\x00\x00\x26\x00\x00\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00\x00\x00\x00\x00 31.15N 121.12E"
	photo := bytes.Join([][]byte{
		plain.Bytes()[:2], segment(0xe1, turned), segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00 31.15N"), segment(0xed, "Photoshop 31.15N"), segment(0xfe, "at 31.15N"), plain.Bytes()[2:],
	}, nil)
	chunk := "\x00\x00\x00\x0btEXtWhere 31.15\x00\x00\x00\x00"
	written := append(append(bytes.Clone(drawn.Bytes()[:33]), chunk...), drawn.Bytes()[33:]...)
	webp := "RIFF\x34\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x0c\x00\x00\x00\x0f\x00\x00\x07\x00\x00EXIF\x06\x00\x00\x0031.15NVP8L\x04\x00\x00\x00abcd"
	for _, c := range []struct {
		name, kind string
		raw        []byte
		has        string
	}{
		{"a photo", "image/jpeg", photo, "Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06"},
		{"a screenshot", "image/png", written, "IHDR"},
		{"a small photo", "image/webp", []byte(webp), "VP8X\x0a\x00\x00\x00\x00"},
	} {
		got, sound := blob.WithoutMetadata(c.kind, c.raw)
		if !sound || strings.Contains(string(got), "31.15") || !strings.Contains(string(got), c.has) {
			t.Errorf("%s: %v %q", c.name, sound, got)
		}
		if c.kind == "image/webp" {
			continue
		}
		if back, _, err := image.Decode(bytes.NewReader(got)); err != nil || back.Bounds() != picture.Bounds() {
			t.Errorf("%s is no picture any more: %v", c.name, err)
		}
	}
	if same, sound := blob.WithoutMetadata("image/jpeg", plain.Bytes()); !sound || !bytes.Equal(same, plain.Bytes()) {
		t.Error("a picture that says nothing has changed")
	}
	if same, sound := blob.WithoutMetadata("application/pdf", []byte("%PDF-1.4")); !sound || string(same) != "%PDF-1.4" {
		t.Error("a PDF has changed")
	}
	for n := range len(photo) - plain.Len() { // cut anywhere in its head
		if _, sound := blob.WithoutMetadata("image/jpeg", photo[:n]); sound {
			t.Fatalf("a photo cut at %d is sound", n)
		}
	}
	for _, kind := range []string{"image/png", "image/webp"} {
		if _, sound := blob.WithoutMetadata(kind, append([]byte("12345678abcd"), 0xff, 0xff, 0xff, 0xff, 'x', 'x', 'x', 'x', 0, 0, 0, 0)); sound {
			t.Errorf("%s with a piece that is longer than the file is sound", kind)
		}
	}
}
