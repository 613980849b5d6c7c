package origin

import (
	"cmp"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// App is the origin of a client that is no web page: an app, or a browser's
// extension. It has no canonical form: servers compare it letter by letter.
type App struct {
	Raw    string
	Client string // what sends it: "an Android app", "an extension of Firefox"
	Family string // of the browser whose extension it is, by its id in a preflight; "" for an app
	Permit string // a sentence: who lets such a client claim a relying party ID
	Doubt  string // a sentence: why no client is known to send this very value, or ""
	Fix    string // what was probably meant, "" without a doubt
}

// appKind is one of the forms that clients are known to send. check says what is
// odd about what follows the prefix, and what to write there, where that is known.
type appKind struct {
	prefix, client, family, permit string
	check                          func(rest string) (doubt, instead string)
	shape                          string // the fix where it is not
}

const (
	permitAndroid = "Android lets an app claim a relying party ID that names the app in https://RP_ID/.well-known/assetlinks.json, at port " +
		"443, and the app's signing key there."
	permitIOS = "iOS lets an app claim a relying party ID that names the app in https://RP_ID/.well-known/apple-app-site-association, " +
		"at port 443."
	permitWindows = "Windows and the client decide which relying party IDs a packaged app may claim."
	permitChrome  = "Chromium lets an extension claim the relying party IDs that its host permissions cover."
	permitOther   = "Which relying party IDs an extension of this browser may claim was not tried here; host permissions for the site are " +
		"the least that it needs."
)

const (
	shapeHash = "Write android:apk-key-hash: and then the SHA-256 of the app's signing certificate in base64url without padding, 43 " +
		"characters."
	shapeBundle = "Write ios:bundle-id: and then the app's bundle ID, such as com.example.app."
	shapeChrome = "Write chrome-extension:// and then the ID that chrome://extensions shows."
	shapeOther  = "Write the origin as the client's own page shows it (location.origin)."
)

// appKinds are the forms of the FIDO AppID and Facet specification, and those
// that browsers give their extensions.
var appKinds = [...]appKind{
	{"android:apk-key-hash:", "an Android app", "", permitAndroid, checkKeyHash, shapeHash},
	{"android:apk-key-hash-sha256:", "an Android app", "", permitAndroid, checkKeyHash, shapeHash},
	{"ios:bundle-id:", "an iOS app", "", permitIOS, checkBundle, shapeBundle},
	{"ms-appx://", "a Windows app", "", permitWindows, checkHost, shapeOther},
	{"chrome-extension://", "an extension of Chrome or another browser of its family", "chromium", permitChrome, checkChromeID, shapeChrome},
	{"moz-extension://", "an extension of Firefox", "firefox", permitOther, checkUUID, shapeOther},
	{"safari-web-extension://", "an extension of Safari", "safari", permitOther, checkUUID, shapeOther},
}

// Accept returns raw as it has to stand in a list of origins: a web origin in
// canonical form, that of an app or an extension as it was given. The error is an
// *Error.
func Accept(raw string) (string, error) {
	app, is, err := ParseApp(raw)
	if is {
		return app.Raw, err
	}
	return Canonical(raw)
}

// IsApp reports whether raw is the origin of an app or an extension.
func IsApp(raw string) bool {
	_, is, err := ParseApp(raw)
	return is && err == nil
}

// ParseApp reads the origin of an app or an extension. is reports whether raw is
// meant for one; err is then nil, or an *Error that says what to write instead:
// the form is another one than clients send, in another case or behind a scheme.
func ParseApp(raw string) (app App, is bool, err error) {
	meant := strings.TrimPrefix(strings.TrimPrefix(raw, "https://"), "http://")
	i := slices.IndexFunc(appKinds[:], func(k appKind) bool {
		return len(meant) >= len(k.prefix) && strings.EqualFold(meant[:len(k.prefix)], k.prefix)
	})
	if i < 0 {
		return App{}, false, nil
	}
	k := appKinds[i]
	rest := meant[len(k.prefix):]
	if rest == "" {
		return App{}, true, &Error{Value: raw, Meaning: "This origin ends where the client should be named.", Fix: k.shape}
	}
	doubt, instead := k.check(rest)
	if raw != k.prefix+rest {
		return App{}, true, &Error{Value: raw, Meaning: fmt.Sprintf("The origin of %s begins with %s, and is compared letter by letter.",
			k.client, k.prefix),
			Fix: fmt.Sprintf("Write %s%s.", k.prefix, cmp.Or(instead, rest))}
	}
	app = App{Raw: raw, Client: k.client, Family: k.family, Permit: k.permit, Doubt: doubt}
	if doubt != "" {
		app.Fix = k.shape
	}
	if instead != "" {
		app.Fix = fmt.Sprintf("Write %s%s.", k.prefix, instead)
	}
	return app, true, nil
}

const sha1Size, sha256Size = 20, 32

// checkKeyHash wants the hash of a signing certificate in base64url. What keytool
// prints, hexadecimal with colons, and plain base64 are turned into it.
func checkKeyHash(rest string) (doubt, instead string) {
	if b, err := hex.DecodeString(strings.ReplaceAll(rest, ":", "")); err == nil && (len(b) == sha1Size || len(b) == sha256Size) {
		return "This is the hash in hexadecimal, as keytool prints it; apps send it in base64url.", base64.RawURLEncoding.EncodeToString(b)
	}
	plain := strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(rest), "=")
	b, err := base64.RawURLEncoding.Strict().DecodeString(plain)
	switch {
	case err != nil:
		return "This is no hash of a signing certificate: it is not base64url.", ""
	case len(b) == sha1Size:
		return "This is a SHA-1 hash: Android's Credential Manager sends the SHA-256 one, of 43 characters.", ""
	case len(b) != sha256Size:
		return fmt.Sprintf("This is no hash of a signing certificate: it has %d bytes, SHA-256 has %d.", len(b), sha256Size), ""
	case plain != rest:
		return "This is the hash in plain base64; apps send it in base64url without padding.", plain
	}
	return "", ""
}

func checkBundle(rest string) (doubt, instead string) {
	if !strings.Contains(rest, ".") || strings.ContainsFunc(rest, notInAppName) {
		return "This is no bundle ID.", ""
	}
	return "", ""
}

func notInAppName(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_')
}

// checkHost wants a name and nothing behind it.
func checkHost(rest string) (doubt, instead string) {
	name, more, cut := strings.Cut(rest, "/")
	switch {
	case name == "" || strings.ContainsFunc(name, notInAppName):
		return "The origin names no app or extension.", ""
	case cut:
		return fmt.Sprintf("An origin ends after the name; %q is too much.", "/"+more), name
	}
	return "", ""
}

// checkChromeID wants the 32 letters from a to p that name an extension.
func checkChromeID(rest string) (doubt, instead string) {
	if doubt, instead = checkHost(rest); doubt != "" {
		return doubt, instead
	}
	lower := strings.ToLower(rest)
	switch {
	case len(lower) != 32 || strings.Trim(lower, "abcdefghijklmnop") != "":
		return "This is no extension's ID: it has 32 letters from a to p.", ""
	case lower != rest:
		return "An extension's ID is written in lower case.", lower
	}
	return "", ""
}

// checkUUID wants the UUID by which Firefox and Safari name an extension.
func checkUUID(rest string) (doubt, instead string) {
	if doubt, instead = checkHost(rest); doubt != "" {
		return doubt, instead
	}
	if b, err := hex.DecodeString(strings.ReplaceAll(rest, "-", "")); err != nil || len(b) != 16 || len(rest) != 36 {
		return "This browser names an extension by a UUID, and this is none.", ""
	}
	return "", ""
}
