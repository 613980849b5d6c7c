package config

// KeyNames returns the path of every setting.
func KeyNames() (names []string) {
	for _, k := range keys() {
		names = append(names, k.path)
	}
	return names
}
