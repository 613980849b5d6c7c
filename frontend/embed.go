// Package frontend holds the built user interface: index.html for the window,
// browser.html for the pages, and the assets that both share. In a fresh clone
// it holds a placeholder file only, so that the program compiles without Node.
package frontend

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Dist returns what `npm run build` left behind, rooted at its folder.
func Dist() fs.FS {
	fsys, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // "dist" is a constant and a valid path
	}
	return fsys
}
