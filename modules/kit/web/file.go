package web

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// File is a kept file as it is handed out.
type File struct {
	Content     *io.SectionReader // read after the handler has returned: its context must outlive the request's
	ContentType string
	Tag         string // of the bytes, where they are known; a range of other bytes is not answered
	Piece       int64  // the most that one range answers; 0 for all that is asked
}

// SendFile streams a file, or the one range of it that is asked for: whatever
// its size, it takes the memory of a chunk.
func SendFile(c *fiber.Ctx, f File) error {
	size, asked := f.Content.Size(), c.Get(fiber.HeaderRange)
	c.Set(fiber.HeaderAcceptRanges, "bytes")
	if f.Tag != "" {
		tag := `"` + f.Tag + `"`
		c.Set(fiber.HeaderETag, tag)
		if held := c.Get(fiber.HeaderIfRange); held != "" && held != tag {
			asked = ""
		}
	}
	from, to, ok := rangeOf(asked, size)
	if !ok {
		c.Set(fiber.HeaderContentRange, "bytes */"+strconv.FormatInt(size, 10))
		return c.SendStatus(http.StatusRequestedRangeNotSatisfiable)
	}
	if asked != "" {
		if f.Piece > 0 {
			to = min(to, from+f.Piece-1)
		}
		c.Set(fiber.HeaderContentRange, "bytes "+strconv.FormatInt(from, 10)+"-"+strconv.FormatInt(to, 10)+"/"+strconv.FormatInt(size, 10))
		c.Status(http.StatusPartialContent)
	}
	c.Set(fiber.HeaderContentType, f.ContentType)
	length := to - from + 1
	c.Context().SetBodyStream(io.NewSectionReader(f.Content, from, length), int(length))
	return nil
}

// rangeOf reads a range of one part; none is all of it.
func rangeOf(header string, size int64) (from, to int64, ok bool) {
	if header == "" {
		return 0, size - 1, size > 0
	}
	spec, isBytes := strings.CutPrefix(header, "bytes=")
	first, last, hasDash := strings.Cut(spec, "-")
	if !isBytes || !hasDash || strings.Contains(spec, ",") {
		return 0, 0, false
	}
	to = size - 1
	switch {
	case first == "": // the last bytes
		n, err := strconv.ParseInt(last, 10, 64)
		if err != nil || n <= 0 {
			return 0, 0, false
		}
		return max(0, size-n), to, size > 0
	case last != "":
		n, err := strconv.ParseInt(last, 10, 64)
		if err != nil {
			return 0, 0, false
		}
		to = min(to, n)
	}
	from, err := strconv.ParseInt(first, 10, 64)
	return from, to, err == nil && from >= 0 && from <= to
}
