package main

import (
	"fmt"
	"strings"

	"sting/backend/origin"
)

const pagesHead = `// Generated from the pages of the Go package backend/origin by build/bindings; don't edit.

/** The pages of the site: where each is, what opens it by name ("": nothing), and what it is for. */
export const pages = [
%s] as const

/** The path of a page, with a name in braces for what differs. */
export type PagePath = (typeof pages)[number]["path"]

/** What opens a page of the site by name. */
export type SitePage = Exclude<(typeof pages)[number]["name"], "">
`

// pages returns the pages of the site as a value whose type names each of them.
func pages(all []origin.Page) string {
	var lines strings.Builder
	for _, p := range all {
		fmt.Fprintf(&lines, "  { path: %q, name: %q, about: %q },\n", p.Path, p.Name, p.About)
	}
	return fmt.Sprintf(pagesHead, lines.String())
}
