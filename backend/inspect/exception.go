package inspect

import (
	"encoding/json"
	"fmt"
	"strings"
)

// exception is what a page reports where the browser gave no answer.
type exception struct {
	name, message string
	elapsedMS     float64
	timed         bool
	conditional   bool    // autofill: nobody was asked by a dialogue
	timeoutMS     float64 // of the options, 0 if unknown
}

// exceptionOf recognises a DOMException that came in place of a credential:
// {"name", "message", "elapsed_ms", "mediation"}, by itself or under "exception"
// or "error".
func exceptionOf(raw json.RawMessage) (exception, bool) {
	o, err := objectOf(raw)
	if err != nil || o.has("response") || o.has("rawId") {
		return exception{}, false
	}
	if in, ok := o.object("error"); ok {
		o = in
	} else if in, ok := o.object("exception"); ok {
		o = in
	}
	name, ok := o.text("name")
	if !ok || !strings.HasSuffix(name, "Error") {
		return exception{}, false
	}
	x := exception{name: name}
	x.message, _ = o.text("message")
	for _, member := range []string{"elapsed_ms", "elapsedMs", "elapsed"} {
		if raw, ok := o.member(member); ok && json.Unmarshal(raw, &x.elapsedMS) == nil {
			x.timed = true
		}
	}
	mediation, _ := o.text("mediation")
	x.conditional = mediation == "conditional"
	return x, true
}

// explainException is step 2 of a ceremony that the browser ended. A browser
// says little on purpose, so that pages can't find out what a person has; what
// stands here says how sure it is.
func (e *examiner) explainException(x exception) {
	x.timeoutMS = e.c.options.timeoutMS
	cause, fix := x.reason(e.c.kind)
	if x.name == "SecurityError" {
		cause, fix = e.securityReason()
	}
	received := x.name
	if x.message != "" {
		received += ": " + x.message
	}
	if x.timed {
		received += fmt.Sprintf(" (after %.0f ms)", x.elapsedMS)
	}
	e.fail(e.id.browser, finding{fault: "MALFORMED", cause: cause, fix: fix, expected: "a credential", received: short(received)})
	e.fail(e.id.answer, finding{fault: "MALFORMED", cause: "The browser gave no credential.", fix: fix, expected: "a PublicKeyCredential in JSON", received: short(x.name)})
}

// patience is after how many milliseconds a refusal is most likely the time-out.
func (x exception) patience() float64 {
	if x.timeoutMS > 0 {
		return x.timeoutMS * 0.95
	}
	return 55_000
}

// instant is how fast no person answers, in milliseconds.
const instant = 400

func (x exception) reason(kind string) (cause, fix string) {
	const again = "Try again."
	switch x.name {
	case "NotAllowedError":
		return x.notAllowed(kind)
	case "InvalidStateError":
		if kind == registration {
			return "This authenticator holds a passkey of this account already: the options listed it in excludeCredentials.", "Sign in with it, or choose another authenticator."
		}
		return "The authenticator is in a state in which it can't answer.", again
	case "AbortError":
		return "The page itself ended the ceremony: another one was begun, or the person left the page.", "If nobody meant to, look for a second call while the first one waits: autofill has to be aborted before a button's ceremony begins."
	case "NotSupportedError":
		return "No algorithm of the options is one that the authenticator has, or the browser does not know what was asked for.", "Offer ES256 (-7), EdDSA (-8) and RS256 (-257)."
	case "ConstraintError":
		return "The authenticator can't do what was required: a discoverable credential, or user verification.", "Use an authenticator with a PIN, a fingerprint or a face, or ask with \"preferred\"."
	case "OperationError":
		return "The browser was busy with another ceremony of this page.", "Abort the one that waits (autofill) before you begin the next."
	case "TypeError", "EncodingError", "DataError":
		return "The options are not what the browser reads: " + short(x.message) + ".", "Decode challenge, user.id and credential IDs from base64url, or use PublicKeyCredential.parseCreationOptionsFromJSON and parseRequestOptionsFromJSON."
	}
	return fmt.Sprintf("The browser ended the ceremony with %s: %s.", short(x.name), short(x.message)), again
}

func (x exception) notAllowed(kind string) (cause, fix string) {
	switch {
	case strings.Contains(x.message, "TLS certificate errors"):
		return "The browser does not trust the page's certificate, and so allows no passkeys on it. This is certain: it says so.",
			"Run `sting trust`, start the browser anew and open the page again; on localhost Chromium makes no such rule."
	case x.conditional:
		return "Autofill ended without a passkey: most likely the device has none that fits. Nobody was asked, so nobody refused.",
			"Register a passkey, or sign in with the button."
	case !x.timed:
		return "The browser says NotAllowedError and no more: the person cancelled, or the time ran out, or nothing fits. Which of them can't be told without the time that it took.",
			"Try again and watch how long it takes."
	case x.elapsedMS < instant:
		return fmt.Sprintf("The browser refused after %.0f ms, faster than a person can cancel. It may be a missing gesture (the call has to come from a click), no matching passkey, a certificate that is not trusted, or an extension of a password manager; which of them the browser does not say.", x.elapsedMS),
			"Call it from a click, look for the certificate's warning in the address bar (`sting doctor`), and try without extensions."
	case x.elapsedMS >= x.patience():
		return fmt.Sprintf("Nothing was answered in %.0f s: most likely the time of the options ran out.", x.elapsedMS/1000),
			"Try again, and confirm in time; `webauthn.timeout` sets how long that is."
	}
	what := "no passkey fitted"
	if kind == registration {
		what = "the authenticator could not make one"
	}
	return fmt.Sprintf("The browser refused after %.1f s: most likely the person cancelled, else %s.", x.elapsedMS/1000, what),
		"Try again; if nobody cancelled, look at which passkeys the device has for this RP ID."
}
