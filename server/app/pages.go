package app

import (
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Pages: the office at /, the phone at /m, the camera's check-in link at /c;
// everything else is a file of the build. Files with a hash in their name are
// kept for ever, the rest is asked for again.
func servePages(app *fiber.App, site fs.FS) {
	send := func(c *fiber.Ctx, name string) error {
		raw, err := fs.ReadFile(site, name)
		if err != nil {
			return fiber.ErrNotFound
		}
		kind := mime.TypeByExtension(path.Ext(name))
		switch path.Ext(name) {
		case ".woff2":
			kind = "font/woff2"
		case ".webmanifest":
			kind = "application/manifest+json"
		}
		c.Set(fiber.HeaderContentType, kind)
		c.Set(fiber.HeaderCacheControl, "no-cache")
		if strings.HasPrefix(name, "assets/") && strings.Contains(path.Base(name), "-") && !strings.HasPrefix(path.Base(name), "verify") {
			c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
		}
		return c.Send(raw)
	}
	app.Use(func(c *fiber.Ctx) error {
		name := strings.TrimPrefix(path.Clean(c.Path()), "/")
		lower := strings.ToLower(name)
		switch {
		case c.Method() != http.MethodGet && c.Method() != http.MethodHead,
			strings.HasPrefix(name, "api/"), lower == "v", strings.HasPrefix(lower, "v/"), lower == "r", strings.HasPrefix(lower, "r/"), lower == "d", strings.HasPrefix(lower, "d/"):
			return c.Next()
		case name != "" && name != "." && exists(site, name):
			return send(c, name)
		case strings.HasPrefix(name, "assets/"), strings.HasPrefix(name, "fonts/"), strings.HasSuffix(name, ".js"):
			return c.Next()
		case lower == "m", strings.HasPrefix(lower, "m/"), strings.HasPrefix(lower, "c/"):
			return send(c, "m/index.html")
		case name == "verify", name == "log":
			return send(c, name+".html")
		default:
			return send(c, "index.html")
		}
	})
}
