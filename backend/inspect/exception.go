package inspect

import (
	"encoding/json"
	"fmt"
	"strings"

	"sting/backend/decode"
	"sting/backend/origin"
)

// exception is what a page reports where the browser gave no answer.
type exception struct {
	name, message string
	elapsedMS     float64
	timed         bool
	conditional   bool    // autofill: nobody was asked by a dialogue
	timeoutMS     float64 // of the options, 0 if unknown
	rpID          string  // that the page asked for, "" if it doesn't say
	replaced      []string
}

// exceptionOf recognises a DOMException that came in place of a credential:
// {"name", "message", "elapsed_ms", "mediation", "rp_id"}, by itself or under
// "exception" or "error".
func exceptionOf(raw json.RawMessage) (exception, bool) {
	o, err := decode.ParseObject(raw)
	if err != nil || o.Has("response") || o.Has("rawId") {
		return exception{}, false
	}
	if in, ok := o.Object("error"); ok {
		o = in
	} else if in, ok := o.Object("exception"); ok {
		o = in
	}
	name, ok := o.Text("name")
	if !ok || !strings.HasSuffix(name, "Error") {
		return exception{}, false
	}
	x := exception{name: name}
	x.message, _ = o.Text("message")
	for _, member := range []string{"elapsed_ms", "elapsedMs", "elapsed"} {
		if raw, ok := o.Member(member); ok && json.Unmarshal(raw, &x.elapsedMS) == nil {
			x.timed = true
		}
	}
	x.rpID, _ = o.Text("rp_id")
	if raw, ok := o.Member("replaced"); ok && json.Unmarshal(raw, &x.replaced) != nil {
		x.replaced = nil // what is no list of names names nothing
	}
	mediation, _ := o.Text("mediation")
	x.conditional = mediation == "conditional"
	return x, true
}

// explainException is step 2 of a ceremony that the browser ended. A browser
// says little on purpose, so that pages can't find out what a person has; what
// stands here says how sure it is.
func (e *examiner) explainException(x exception) {
	x.timeoutMS = e.c.options.timeoutMS
	if x.rpID != "" {
		e.c.rpID = &x.rpID // what the browser judged is what the page asked for
	}
	cause, fix := e.reason(x)
	if len(x.replaced) > 0 {
		cause += fmt.Sprintf(" On that page %s was not the browser's own: most likely the extension of a password manager stood in between, "+
			"and what it did with the call only it knows.", decode.Short(strings.Join(x.replaced, ", ")))
		fix += " Switch the extension off for this site, or open the page in a private window, to see what the browser itself says."
	}
	received := x.name
	if x.message != "" {
		received += ": " + x.message
	}
	if x.timed {
		received += fmt.Sprintf(" (after %.0f ms)", x.elapsedMS)
	}
	e.fail(e.id.browser, finding{fault: "MALFORMED", cause: cause, fix: fix, expected: "a credential", received: decode.Short(received)})
	e.fail(e.id.answer, finding{fault: "MALFORMED", cause: "The browser gave no credential.", fix: fix,
		expected: "a PublicKeyCredential in JSON", received: decode.Short(x.name)})
}

// reason says what an exception can mean, as sure as anybody can be.
func (e *examiner) reason(x exception) (cause, fix string) {
	const again = "Try again."
	if cause, fix := e.noCredentialsHere(x); cause != "" {
		return cause, fix
	}
	switch x.name {
	case "NotAllowedError":
		return e.notAllowed(x)
	case "SecurityError":
		return e.securityReason()
	case "InvalidStateError":
		if e.c.kind == registration {
			return "This authenticator holds a passkey of this account already: the options listed it in excludeCredentials.",
				"Sign in with it, or choose another authenticator."
		}
		return "The authenticator is in a state in which it can't answer.", again
	case "AbortError":
		return "The page itself ended the ceremony: somebody pressed its Cancel, another one was begun, or the page was left." + x.said(),
			"If nobody meant to, look for a second call while the first one waits: autofill has to be aborted before a button's ceremony begins."
	case "TimeoutError":
		return fmt.Sprintf("The browser never answered: after %.0f s the page's own timer ended the wait. No authenticator took the call, or "+
				"an extension holds it.", x.elapsedMS/1000),
			"Plug a security key in, or open the page in a browser with a virtual authenticator: `sting open register --virtual`."
	case "NotSupportedError":
		return "No algorithm of the options is one that the authenticator has, or the browser does not know what was asked for.",
			"Offer ES256 (-7), EdDSA (-8) and RS256 (-257)."
	case "ConstraintError":
		return "The authenticator can't do what was required: a discoverable credential, or user verification.",
			"Use an authenticator with a PIN, a fingerprint or a face, or ask with \"preferred\"."
	case "OperationError":
		return "The browser was busy with another ceremony of this page.", "Abort the one that waits (autofill) before you begin the next."
	case "TypeError", "EncodingError", "DataError":
		return "The options are not what the browser reads: " + decode.Short(x.message) + ".",
			"Decode challenge, user.id and credential IDs from base64url, or use PublicKeyCredential.parseCreationOptionsFromJSON and " +
				"parseRequestOptionsFromJSON."
	}
	return fmt.Sprintf("The browser ended the ceremony with %s: %s.", decode.Short(x.name), decode.Short(x.message)), again
}

// said repeats the words of an exception that a page made itself.
func (x exception) said() string {
	if x.message == "" {
		return ""
	}
	return " It said: " + decode.Short(x.message)
}

// noCredentialsHere recognises a page that has no navigator.credentials at all:
// what it threw is about its own script, and names no rule.
func (e *examiner) noCredentialsHere(x exception) (cause, fix string) {
	undefined := strings.Contains(x.message, "undefined") || strings.Contains(x.message, "not defined") || strings.Contains(x.message, "null")
	if (x.name != "TypeError" && x.name != "ReferenceError") || !undefined || e.c.page == nil {
		return "", ""
	}
	page := decode.Short(*e.c.page)
	if o, err := origin.Parse(*e.c.page); err == nil && !o.Secure() {
		return fmt.Sprintf("The page was at %s, which is no secure context: browsers hide navigator.credentials there, and the script found "+
				"nothing to call. This is certain.", page),
			"Open the page over https. http does only for localhost and the names under it."
	}
	return fmt.Sprintf("The page at %s called what is not there: %s. Most likely it is a browser, or a view inside another program, without "+
			"passkeys.", page, decode.Short(x.message)),
		"Look whether window.PublicKeyCredential is there before the call, and open the page in a browser of its own."
}
