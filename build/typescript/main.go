// Command typescript writes what the pages and the window know of the lab's own
// language: the types of the wire, the pages of the site, and a function for each verb.
// It is run by build/bindings in the root of the repository; its test fails while a file
// is not what it would write.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"sting/backend/admin"
	"sting/backend/origin"
)

func main() {
	files, err := generated(".")
	for name, text := range files {
		if err == nil {
			err = os.WriteFile(name, []byte(text), 0o644)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "typescript:", err)
		os.Exit(1)
	}
}

// generated returns what is written below the root of the repository, by path.
func generated(root string) (map[string]string, error) {
	wire, err := types(filepath.Join(root, "backend", "api"))
	return map[string]string{
		filepath.Join(root, "frontend", "src", "api", "types.ts"):     wire,
		filepath.Join(root, "frontend", "src", "api", "pages.ts"):     pages(origin.Pages()),
		filepath.Join(root, "frontend", "src", "desktop", "verbs.ts"): verbs(admin.Table()),
	}, err
}
