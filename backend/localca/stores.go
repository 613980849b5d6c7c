package localca

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Kind is the kind of a trust store.
type Kind string

// The kinds of stores.
const (
	KindNSS    Kind = "nss"    // a browser's own, edited with certutil
	KindSystem Kind = "system" // the operating system's; Chromium and Firefox on Linux don't read it
	KindJava   Kind = "java"   // a Java runtime's cacerts
)

// Scope picks the stores that a verb is about.
type Scope struct {
	Browsers bool
	System   bool // and Java's
}

// store is a browser's store: an NSS database.
type store struct {
	place
	name   string
	create bool   // make it where it doesn't exist: its browser would
	note   string // what a change needs to be seen
}

const (
	restartChromium = "restart the browser: it reads its store when it starts"
	restartFirefox  = "restart Firefox"
)

// flatpakBrowsers are the Chromium kind's application ids.
func flatpakBrowsers() []string {
	return []string{"org.chromium.Chromium", "io.github.ungoogled_software.ungoogled_chromium",
		"com.google.Chrome", "com.google.ChromeDev", "com.brave.Browser", "com.microsoft.Edge", "com.microsoft.EdgeDev"}
}

// browserStores returns the NSS stores below the person's home, the one of
// Chromium first. It changes nothing.
func browserStores(home string) []store {
	stores := append([]store{chromiumStore(home)}, boxedChromiumStores(home)...)
	return append(stores, firefoxStores(home)...)
}

// chromiumStore returns the store that counts: Chromium reads ~/.pki/nssdb if
// that exists, and else ~/.local/share/pki/nssdb. Making the former beside the
// latter would hide it.
func chromiumStore(home string) store {
	path := filepath.Join(home, ".pki", "nssdb")
	if !isFolder(path) {
		path = filepath.Join(home, ".local", "share", "pki", "nssdb")
	}
	return store{place: place{KindNSS, path}, name: "Chromium, Chrome, Brave, Edge", create: true, note: restartChromium}
}

// boxedChromiumStores returns those of snaps and flatpaks, each of which has a
// home of its own.
func boxedChromiumStores(home string) []store {
	var out []store
	add := func(name, box, data string) {
		for _, path := range []string{filepath.Join(box, ".pki", "nssdb"), filepath.Join(data, "pki", "nssdb")} {
			if hasDatabase(path) {
				out = append(out, store{place: place{KindNSS, path}, name: name, note: restartChromium})
				return // the older layout hides the newer one here too
			}
		}
	}
	for _, name := range []string{"chromium", "brave", "microsoft-edge", "google-chrome"} {
		box := filepath.Join(home, "snap", name, "current")
		add(name+" (snap)", box, filepath.Join(box, ".local", "share"))
	}
	for _, id := range flatpakBrowsers() {
		box := filepath.Join(home, ".var", "app", id)
		add(id+" (flatpak)", box, filepath.Join(box, "data"))
	}
	return out
}

// firefoxStores returns one store a profile, where that has a database.
func firefoxStores(home string) []store {
	var out []store
	for _, in := range []struct{ folder, how string }{
		{".mozilla/firefox", ""}, {".config/mozilla/firefox", ""},
		{"snap/firefox/common/.mozilla/firefox", ", snap"}, {"snap/firefox/common/.config/mozilla/firefox", ", snap"},
		{".var/app/org.mozilla.firefox/.mozilla/firefox", ", flatpak"},
		{".var/app/org.mozilla.firefox/.config/mozilla/firefox", ", flatpak"},
		{".var/app/org.mozilla.firefox/config/mozilla/firefox", ", flatpak"},
	} {
		folder := filepath.Join(home, filepath.FromSlash(in.folder))
		entries, err := os.ReadDir(folder) // sorted
		if err != nil {
			continue
		}
		for _, e := range entries {
			path := filepath.Join(folder, e.Name())
			if hasDatabase(path) {
				name := "Firefox (" + strings.TrimSpace(e.Name()) + in.how + ")"
				out = append(out, store{place: place{KindNSS, path}, name: name, note: restartFirefox})
			}
		}
	}
	return out
}

// withRemembered adds the stores of the ledger that are still there and that
// nobody would find today: Chromium's other layout, say.
func withRemembered(stores []store, l ledger) []store {
	for _, p := range l.Stores {
		known := slices.ContainsFunc(stores, func(s store) bool { return s.place == p })
		if p.Kind == KindNSS && !known && hasDatabase(p.Path) {
			stores = append(stores, store{place: p, name: "a browser's former store", note: "restart the browser"})
		}
	}
	return stores
}

// hasDatabase reports whether dir holds an NSS database of today's format. What can't
// be looked into may: the person is to hear of it.
func hasDatabase(dir string) bool {
	info, err := os.Stat(filepath.Join(dir, "cert9.db"))
	return errors.Is(err, fs.ErrPermission) || err == nil && info.Mode().IsRegular()
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
