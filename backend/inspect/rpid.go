package inspect

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"

	"sting/backend/decode"
	"sting/backend/origin"
)

// examineRPID compares the hash of the RP ID, and finds out what was hashed
// instead: the authenticator signs for one relying party only.
func (e *examiner) examineRPID() {
	got := e.auth.RPIDHash
	if e.c.rpID == nil {
		e.skip(e.id.rpID, decode.HexOf(got), "The file does not say which RP ID was used.")
		return
	}
	app := e.appID()
	want := *e.c.rpID
	if app.used && app.asked != "" {
		want = app.asked
	}
	expected := fmt.Sprintf("%s (SHA-256 of %s)", decode.HexOf(hashOf(want)), decode.Short(want))
	if string(hashOf(want)) == string(got) {
		note := ""
		if want == app.asked {
			note = "The options asked for the extension appid and the browser used it, so the hash is that of the AppID (section 10.1.1)."
		}
		e.pass(e.id.rpID, expected, decode.HexOf(got), note)
		return
	}
	f := finding{
		cause:    fmt.Sprintf("The passkey belongs to another relying party: the hash is not that of %s.", decode.Short(want)),
		fix:      fmt.Sprintf("Ask for the RP ID %s in the options; passkeys of another RP ID stay with it.", *e.c.rpID),
		expected: expected, received: decode.HexOf(got),
	}
	for _, guess := range e.guessesOfRPID() {
		if string(hashOf(guess)) == string(got) {
			f.cause = fmt.Sprintf("The authenticator signed for %s, this relying party is %s.", decode.Short(guess), decode.Short(want))
			f.received = fmt.Sprintf("%s (SHA-256 of %s)", decode.HexOf(got), decode.Short(guess))
			e.explainAppID(app, guess, &f)
		}
	}
	e.fail(e.id.rpID, f)
}

func hashOf(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// appID is what is known of the extensions appid and appidExclude, which keep
// keys alive that were registered with U2F: section 10.1.1 and 10.1.2.
type appID struct {
	asked    string // the AppID of a sign-in's options
	excluded string // the AppID of a registration's; it changes no hash
	used     bool   // the browser says that it used it
}

func (e *examiner) appID() (a appID) {
	input := func(name string) (text string) {
		if json.Unmarshal(e.c.options.extensions[name], &text) != nil {
			return ""
		}
		return text
	}
	if e.c.kind == registration {
		return appID{excluded: input("appidExclude")}
	}
	results, _ := e.answer.whole.Object("clientExtensionResults")
	raw, _ := results.Member("appid")
	return appID{asked: input("appid"), used: string(raw) == "true"}
}

// explainAppID says what an AppID has to do with a hash that is not the expected
// one.
func (e *examiner) explainAppID(app appID, signedFor string, f *finding) {
	switch {
	case app.used && app.asked != "":
		f.cause += " The browser says that it used the AppID that the options asked for, and then the hash is that one's (section 10.1.1)."
		f.fix = "Send clientExtensionResults as the browser gave them: appid is true only where the AppID was used."
	case signedFor == app.asked && app.asked != "":
		f.cause += " The options asked for it with the extension appid, and the answer does not say that the browser used it: " +
			"clientExtensionResults.appid is not true."
		f.fix = "Send clientExtensionResults along with the answer, as credential.toJSON() writes them."
	case signedFor == app.excluded && app.excluded != "":
		f.cause += " The options name it in appidExclude, which leaves out keys that U2F knows and changes no hash (section 10.1.2)."
	case app.used:
		f.cause += " The browser says that it used an AppID (clientExtensionResults.appid), and " + e.whyNotAsked()
		f.fix = fmt.Sprintf("Ask for it in the options of the sign-in, \"extensions\": {\"appid\": %q}, and hold the hash against it; a "+
			"recorded file needs these \"options\" too.", signedFor)
	case strings.Contains(signedFor, "://"):
		f.cause += " What was hashed is an origin, as U2F's appid has it."
		if e.c.kind == authentication {
			f.fix += fmt.Sprintf(" If the key was registered with U2F, ask for \"extensions\": {\"appid\": %q} at sign-ins.", signedFor)
		}
	}
}

func (e *examiner) whyNotAsked() string {
	if e.c.options.known {
		return "the options did not ask for one."
	}
	return "the file does not hold the options, which would have to ask for it."
}

// guessesOfRPID are names whose hash may have come in place of the right one.
func (e *examiner) guessesOfRPID() (list []string) {
	list = []string{"localhost", "127.0.0.1", "::1", "[::1]", "0.0.0.0", "example.com", "example.org", "webauthn.io"}
	app := e.appID()
	for _, id := range []string{app.asked, app.excluded, *e.c.rpID} {
		if id != "" {
			list = append(list, id)
		}
	}
	pages := []string{}
	if got, ok := e.client.object.Text("origin"); ok {
		pages = append(pages, got)
	}
	if e.c.origins != nil {
		pages = append(pages, *e.c.origins...)
	}
	for _, page := range pages {
		list = append(list, page)
		o, err := origin.Parse(page)
		if err != nil {
			continue
		}
		list = append(list, fmt.Sprintf("%s:%d", o.Host, o.Port))
		for host := o.Host; host != ""; {
			list = append(list, host)
			_, host, _ = strings.Cut(host, ".")
		}
	}
	return list
}
