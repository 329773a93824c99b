package blob

import (
	"bytes"
	"encoding/binary"
)

// WithoutMetadata is a picture without what a camera wrote into it beside the
// picture: where it was taken, by which phone, when. Which way is up stays. Any
// other file is given back as it is; false where it is no sound picture.
func WithoutMetadata(contentType string, raw []byte) ([]byte, bool) {
	switch contentType {
	case "image/jpeg":
		return plainJPEG(raw)
	case "image/png":
		return plainPNG(raw)
	case "image/webp":
		return plainWebP(raw)
	default:
		return raw, true
	}
}

// Markers of a JPEG.
const (
	jpegStart   = 0xd8
	jpegScan    = 0xda
	jpegExif    = 0xe1 // Exif and XMP
	jpegIPTC    = 0xed
	jpegComment = 0xfe
)

func plainJPEG(raw []byte) ([]byte, bool) {
	if len(raw) < 4 || raw[0] != 0xff || raw[1] != jpegStart {
		return nil, false
	}
	out := append(make([]byte, 0, len(raw)), raw[:2]...)
	for at := 2; ; {
		for at < len(raw) && raw[at] == 0xff && at+1 < len(raw) && raw[at+1] == 0xff {
			at++ // a marker may be padded
		}
		if at+4 > len(raw) || raw[at] != 0xff {
			return nil, false
		}
		if raw[at+1] == jpegScan {
			return append(out, raw[at:]...), true
		}
		end := at + 2 + int(binary.BigEndian.Uint16(raw[at+2:]))
		if end < at+4 || end > len(raw) {
			return nil, false
		}
		switch segment := raw[at:end]; segment[1] {
		case jpegExif:
			if up := orientation(segment[4:]); up > 1 {
				out = append(out, upright(up)...)
			}
		case jpegIPTC, jpegComment:
		default:
			out = append(out, segment...)
		}
		at = end
	}
}

var exifHead = []byte("Exif\x00\x00") //nolint:gochecknoglobals // a constant of the format

const tagOrientation = 0x0112

// orientation reads which way is up from an Exif segment; 0 when it does not say.
func orientation(exif []byte) uint16 {
	tiff, found := bytes.CutPrefix(exif, exifHead)
	if !found || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int(order.Uint32(tiff[4:]))
	if at < 0 || at+2 > len(tiff) {
		return 0
	}
	for entry := at + 2; entry+12 <= len(tiff) && entry < at+2+12*int(order.Uint16(tiff[at:])); entry += 12 {
		if order.Uint16(tiff[entry:]) == tagOrientation {
			if up := order.Uint16(tiff[entry+8:]); up <= 8 {
				return up
			}
		}
	}
	return 0
}

// upright is an Exif segment that says which way is up, and nothing else.
func upright(up uint16) []byte {
	tiff := []byte{'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, byte(up >> 8), byte(up), 0, 0, 0, 0, 0, 0}
	segment := append(append([]byte{0xff, jpegExif, 0, 0}, exifHead...), tiff...)
	binary.BigEndian.PutUint16(segment[2:], uint16(len(segment)-2)) //nolint:gosec // some dozen bytes
	return segment
}

func plainPNG(raw []byte) ([]byte, bool) {
	const signature = 8
	if len(raw) < signature {
		return nil, false
	}
	out := append(make([]byte, 0, len(raw)), raw[:signature]...)
	for at := signature; at < len(raw); {
		if at+12 > len(raw) {
			return nil, false
		}
		end := at + 12 + int(binary.BigEndian.Uint32(raw[at:]))
		if end < at+12 || end > len(raw) {
			return nil, false
		}
		switch string(raw[at+4 : at+8]) {
		case "eXIf", "tEXt", "iTXt", "zTXt", "tIME":
		default:
			out = append(out, raw[at:end]...)
		}
		at = end
	}
	return out, true
}

func plainWebP(raw []byte) ([]byte, bool) {
	const head, exifAndXMP = 12, 0x08 | 0x04
	if len(raw) < head {
		return nil, false
	}
	out := append(make([]byte, 0, len(raw)), raw[:head]...)
	for at := head; at < len(raw); {
		if at+8 > len(raw) {
			return nil, false
		}
		size := int(binary.LittleEndian.Uint32(raw[at+4:]))
		end := at + 8 + size + size%2
		if end < at+8 || end > len(raw) {
			return nil, false
		}
		switch name := string(raw[at : at+4]); name {
		case "EXIF", "XMP ":
		default:
			out = append(out, raw[at:end]...)
			if name == "VP8X" && size > 0 {
				out[len(out)-(end-at)+8] &^= exifAndXMP
			}
		}
		at = end
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8)) //nolint:gosec // an upload is smaller
	return out, true
}
