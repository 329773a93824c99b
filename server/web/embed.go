// Package web holds the built pages (frontend → dist) inside the program.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Pages is the folder that "npm run build" leaves.
func Pages() (fs.FS, error) { return fs.Sub(dist, "dist") }
