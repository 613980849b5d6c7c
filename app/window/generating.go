//go:build bindings

package window

// generating is true in the program that writes the page's bindings: it needs no
// display.
const generating = true
