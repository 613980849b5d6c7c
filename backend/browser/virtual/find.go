package virtual

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// program is a browser of this machine.
type program struct{ name, path string }

// candidates are the browsers that can hold a virtual authenticator, the one
// that is asked first first: commands in PATH, or full paths.
func candidates() []program {
	switch runtime.GOOS {
	case "darwin":
		return applications()
	case "windows":
		return installedOnWindows()
	}
	return []program{
		{"Chromium", "chromium"}, {"Chromium", "chromium-browser"},
		{"Google Chrome", "google-chrome"}, {"Google Chrome", "google-chrome-stable"},
		{"Brave", "brave-browser"}, {"Brave", "brave"},
		{"Microsoft Edge", "microsoft-edge"}, {"Microsoft Edge", "microsoft-edge-stable"},
	}
}

func applications() (out []program) {
	folders := []string{"/Applications"}
	if home, err := os.UserHomeDir(); err == nil {
		folders = append(folders, filepath.Join(home, "Applications"))
	}
	for _, name := range []string{"Chromium", "Google Chrome", "Brave Browser", "Microsoft Edge"} {
		for _, folder := range folders {
			out = append(out, program{name, filepath.Join(folder, name+".app", "Contents", "MacOS", name)})
		}
	}
	return out
}

func installedOnWindows() (out []program) {
	for _, b := range []program{
		{"Chromium", `Chromium\Application\chrome.exe`},
		{"Google Chrome", `Google\Chrome\Application\chrome.exe`},
		{"Brave", `BraveSoftware\Brave-Browser\Application\brave.exe`},
		{"Microsoft Edge", `Microsoft\Edge\Application\msedge.exe`},
	} {
		for _, variable := range []string{"ProgramFiles", "ProgramFiles(x86)", "LocalAppData"} {
			if folder := os.Getenv(variable); folder != "" {
				out = append(out, program{b.name, filepath.Join(folder, b.path)})
			}
		}
	}
	return out
}

// find returns the browser to start: named, a path or a command, if it is given.
func find(named string) (program, error) {
	if named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return program{}, ErrNoBrowser.Saying("The browser that STING_CHROMIUM names was not found: %s.", named).Because(err)
		}
		return program{strings.TrimSuffix(filepath.Base(path), ".exe"), path}, nil
	}
	for _, c := range candidates() {
		if path, err := exec.LookPath(c.path); err == nil {
			return program{c.name, path}, nil
		}
	}
	how := "sudo apt install chromium"
	switch runtime.GOOS {
	case "darwin":
		how = "brew install --cask google-chrome"
	case "windows":
		how = "winget install Google.Chrome"
	}
	return program{}, ErrNoBrowser.Hinting(
		"Install one, such as by `%s`, or name yours in the environment of the lab: STING_CHROMIUM=/path/to/chromium. Firefox can't do this.",
		how)
}

// own returns how the names of profiles begin in the folder of a browser that comes
// from a snap, "" for any other.
func (p program) own(dir string) string {
	if real, err := filepath.EvalSymlinks(p.path); err != nil || filepath.Base(real) != "snap" {
		return ""
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return ofSnap(home, filepath.Base(p.path), dir)
}

func ofSnap(home, browser, dir string) string {
	sum := sha256.Sum256([]byte(dir))
	return filepath.Join(home, "snap", browser, "common", "sting-virtual-"+hex.EncodeToString(sum[:4]))
}
