package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
)

// workbook is an .xlsx file.
type workbook struct {
	parts   map[string]*zip.File
	sheets  []sheetPart
	dates   []bool // by cell style: does it show a date
	strings *sharedStrings
	is1904  bool
}

type sheetPart struct {
	Sheet
	part string
}

func openXLSX(r io.ReaderAt, size int64) (Book, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, ErrBroken.Because(err)
	}
	if len(archive.File) > maxEntries {
		return nil, ErrBomb
	}
	b := &workbook{parts: make(map[string]*zip.File, len(archive.File))}
	var packed, unpacked uint64
	for _, f := range archive.File {
		packed += f.CompressedSize64
		unpacked += f.UncompressedSize64
		if f.UncompressedSize64 > maxUnzip || unpacked > maxUnzip {
			return nil, ErrBomb
		}
		if f.Flags&1 != 0 {
			return nil, ErrEncrypted
		}
		b.parts[strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))] = f
	}
	// Sheets shrink to a tenth; nothing honest of this size shrinks to a hundredth.
	if unpacked > 64<<20 && unpacked/max(packed, 1) > 100 {
		return nil, ErrBomb
	}
	main := b.mainPart()
	if b.parts[main] == nil {
		return nil, ErrNotWorkbook
	}
	if err := b.readWorkbook(main); err != nil {
		return nil, err
	}
	return b, nil
}

// Sheets implements Book.
func (b *workbook) Sheets() []Sheet {
	all := make([]Sheet, len(b.sheets))
	for i, s := range b.sheets {
		all[i] = s.Sheet
	}
	return all
}

// mainPart follows the package's relations to the workbook.
func (b *workbook) mainPart() string {
	relations, err := b.relations("_rels/.rels", "")
	if err == nil {
		for _, r := range relations {
			if strings.HasSuffix(r.kind, "/officeDocument") {
				return r.target
			}
		}
	}
	return "xl/workbook.xml"
}

// Keywords implements Book. Nothing rests on them: a file whose properties
// cannot be read has none.
func (b *workbook) Keywords() string {
	relations, err := b.relations("_rels/.rels", "")
	if err != nil {
		return ""
	}
	var out strings.Builder
	for _, r := range relations {
		if !strings.HasSuffix(r.kind, "/core-properties") || b.parts[r.target] == nil {
			continue
		}
		inside := false
		err := b.walk(r.target, func(t xml.Token) {
			switch e := t.(type) {
			case xml.StartElement:
				inside = e.Name.Local == "keywords"
			case xml.EndElement:
				inside = false
			case xml.CharData:
				if inside && out.Len() < maxKeywords {
					out.Write(e[:min(len(e), maxKeywords)])
				}
			}
		})
		if err != nil {
			return ""
		}
	}
	return out.String()
}

const maxKeywords = 1000

type relation struct{ kind, target string }

// relations reads a .rels part: id → kind and the part it leads to.
func (b *workbook) relations(part, base string) (map[string]relation, error) {
	found := map[string]relation{}
	err := b.elements(part, func(e xml.StartElement) {
		if e.Name.Local != "Relationship" {
			return
		}
		target := attr(e, "Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join(base, target)
		}
		found[attr(e, "Id")] = relation{attr(e, "Type"), strings.ToLower(strings.TrimPrefix(path.Clean(target), "/"))}
	})
	return found, err
}

func (b *workbook) readWorkbook(main string) error {
	dir, file := path.Split(main)
	relations, err := b.relations(dir+"_rels/"+file+".rels", dir)
	if err != nil {
		return err
	}
	workbookSeen := false
	err = b.elements(main, func(e xml.StartElement) {
		switch e.Name.Local {
		case "workbook":
			workbookSeen = true
		case "workbookPr":
			v := attr(e, "date1904")
			b.is1904 = v == "1" || v == "true"
		case "sheet":
			r := relations[attr(e, "id")]
			if strings.HasSuffix(r.kind, "/worksheet") {
				state := attr(e, "state")
				b.sheets = append(b.sheets, sheetPart{Sheet{attr(e, "name"), state != "" && state != "visible"}, r.target})
			}
		}
	})
	if err != nil {
		return err
	}
	if !workbookSeen {
		return ErrNotWorkbook
	}
	shared, styles := "", ""
	for _, r := range relations {
		switch {
		case strings.HasSuffix(r.kind, "/sharedStrings"):
			shared = r.target
		case strings.HasSuffix(r.kind, "/styles"):
			styles = r.target
		}
	}
	b.strings = &sharedStrings{book: b, part: shared}
	if b.parts[styles] == nil {
		return nil
	}
	return b.readStyles(styles)
}

// readStyles finds which cell styles show a date.
func (b *workbook) readStyles(part string) error {
	custom := map[int]bool{}
	inXfs := false
	return b.walk(part, func(t xml.Token) {
		switch e := t.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "numFmt":
				id, _ := strconv.Atoi(attr(e, "numFmtId"))
				custom[id] = showsDate(attr(e, "formatCode"))
			case "cellXfs":
				inXfs = true
			case "xf":
				if inXfs {
					id, _ := strconv.Atoi(attr(e, "numFmtId"))
					isDate, ok := custom[id]
					b.dates = append(b.dates, (ok && isDate) || (!ok && builtInDate(id)))
				}
			}
		case xml.EndElement:
			if e.Name.Local == "cellXfs" {
				inXfs = false
			}
		}
	})
}

// builtInDate: ECMA-376 18.8.30, the Chinese ones (27–36, 50–58) included;
// 18–21 and 45–47 are times of day.
func builtInDate(id int) bool {
	return id >= 14 && id <= 17 || id == 22 || id >= 27 && id <= 31 || id == 36 || id >= 50 && id <= 54 || id == 57 || id == 58
}

// showsDate looks for day or year outside quoted, escaped and bracketed text.
func showsDate(format string) bool {
	quoted, bracket := false, false
	for i := 0; i < len(format); i++ {
		switch c := format[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\\' || c == '_' || c == '*':
			i++
		case c == '[':
			bracket = true
		case c == ']':
			bracket = false
		case bracket:
		case c == 'y' || c == 'Y' || c == 'd' || c == 'D':
			return true
		case c == ';':
			return false
		}
	}
	return false
}

func attr(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

func (b *workbook) elements(part string, fn func(xml.StartElement)) error {
	return b.walk(part, func(t xml.Token) {
		if e, ok := t.(xml.StartElement); ok {
			fn(e)
		}
	})
}

// walk reads a small part as a whole; a missing one is empty.
func (b *workbook) walk(part string, fn func(xml.Token)) error {
	body, err := b.open(part)
	if body == nil || err != nil {
		return err
	}
	defer body.Close()
	d := xml.NewDecoder(body)
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return unreadable(err)
		}
		fn(t)
	}
}

// open unpacks a part under the limits; nil when there is none.
func (b *workbook) open(part string) (io.ReadCloser, error) {
	f := b.parts[part]
	if f == nil {
		return nil, nil
	}
	body, err := f.Open()
	if err != nil {
		return nil, ErrBroken.Because(err)
	}
	return &guarded{ReadCloser: body, left: maxUnzip}, nil
}

// unreadable keeps refusals and calls everything else a broken file.
func unreadable(err error) error {
	if errors.Is(err, ErrBomb) || errors.Is(err, ErrTooWide) {
		return err
	}
	return ErrBroken.Because(err)
}

// guarded refuses a part that swells over its limit or has no end of text
// between two tags, which the XML reader would gather in memory.
type guarded struct {
	io.ReadCloser
	left, run int64
}

func (g *guarded) Read(p []byte) (int, error) {
	n, err := g.ReadCloser.Read(p)
	if g.left -= int64(n); g.left < 0 {
		return 0, ErrBomb
	}
	if i := bytes.LastIndexByte(p[:n], '<'); i >= 0 {
		g.run = int64(n - i)
	} else if g.run += int64(n); g.run > maxRun {
		return 0, ErrBomb
	}
	return n, err
}
