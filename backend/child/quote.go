package child

import "strings"

// Quote returns words as one line for a POSIX shell: what has a meaning there stands in quotes.
func Quote(words ...string) string {
	const safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-"
	line := make([]string, len(words))
	for i, w := range words {
		line[i] = w
		if w == "" || strings.Trim(w, safe) != "" {
			line[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(line, " ")
}
