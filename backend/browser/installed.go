package browser

import "os/exec"

// Browser is one that was found on this machine.
type Browser struct {
	Name string // "Chromium"
	Path string
}

// Installed returns the browsers in PATH that can do passkeys, each kind once.
// It is for display: which one opens is the system's choice.
func Installed() []Browser {
	kinds := []struct {
		name     string
		commands []string
	}{
		{"Chromium", []string{"chromium", "chromium-browser"}},
		{"Google Chrome", []string{"google-chrome", "google-chrome-stable"}},
		{"Brave", []string{"brave-browser", "brave"}},
		{"Microsoft Edge", []string{"microsoft-edge", "microsoft-edge-stable"}},
		{"Firefox", []string{"firefox", "firefox-esr"}},
	}
	var out []Browser
	for _, k := range kinds {
		for _, command := range k.commands {
			if path, err := exec.LookPath(command); err == nil {
				out = append(out, Browser{Name: k.name, Path: path})
				break
			}
		}
	}
	return out
}
