package inspect

import (
	"fmt"
	"strings"

	"sting/backend/decode"
)

// patience is after how many milliseconds a refusal is most likely the time-out.
func (x exception) patience() float64 {
	if x.timeoutMS > 0 {
		return x.timeoutMS * 0.95
	}
	return 55_000
}

// instant is how fast no person answers, in milliseconds.
const instant = 400

// notAllowed says what the exception without reasons can mean. Browsers say
// little on purpose; the time, the words and the options narrow it down.
func (e *examiner) notAllowed(x exception) (cause, fix string) {
	switch {
	case strings.Contains(x.message, "TLS certificate errors"):
		return "The browser does not trust the page's certificate, and so allows no passkeys on it. This is certain: it says so.",
			"Run `sting trust`, start the browser anew and open the page again; on localhost Chromium makes no such rule."
	case strings.Contains(x.message, "feature is not enabled in this document"):
		return "The page was in a frame of another origin that gave it no permission for passkeys, or its own Permissions-Policy takes it " +
				"away. This is certain: the browser says so.",
			"Open the page in a window of its own. A frame that is meant to do this needs allow=\"publickey-credentials-get; " +
				"publickey-credentials-create\"."
	case strings.Contains(x.message, "does not have focus"):
		return "The page was not in the foreground, and only the one that is may ask. This is certain: the browser says so.",
			"Click into the page and try again."
	case x.conditional:
		return "Autofill ended without a passkey: most likely the device has none that fits. Nobody was asked, so nobody refused.",
			"Register a passkey, or sign in with the button."
	case !x.timed:
		return "The browser says NotAllowedError and no more: the person cancelled, or the time ran out, or nothing fits. Which of them can't " +
				"be told without the time that it took.",
			"Try again and watch how long it takes."
	case x.elapsedMS < instant:
		return fmt.Sprintf("The browser refused after %.0f ms, faster than a person can cancel, and does not say why. By the options it can be "+
				"that %s. Else it may be a missing gesture (the call has to come from a click), a certificate that is not trusted, or an extension "+
				"of a password manager.", x.elapsedMS, e.unfulfilled()),
			e.fulfilling() + " Else call it from a click, look for the certificate's warning in the address bar (`sting doctor`), and try without " +
				"extensions."
	case x.elapsedMS >= x.patience():
		return fmt.Sprintf("Nothing was answered in %.0f s: most likely the time of the options ran out.", x.elapsedMS/1000),
			"Try again, and confirm in time; `webauthn.timeout` sets how long that is."
	}
	return fmt.Sprintf("The browser refused after %.1f s: most likely the person cancelled, else %s.", x.elapsedMS/1000, e.unfulfilled()),
		"Try again. If nobody cancelled: " + lowerFirst(e.fulfilling())
}

// unfulfilled says what the options asked for and a device may not have.
func (e *examiner) unfulfilled() string {
	var list []string
	switch allow := e.c.options.allow; {
	case e.c.kind == registration:
		list = append(list, "no authenticator here keeps passkeys"+e.offeredWords())
	case allow != nil && len(*allow) == 1:
		list = append(list, "the only passkey that the options allow is on no authenticator here")
	case allow != nil && len(*allow) > 0:
		list = append(list, fmt.Sprintf("none of the %d passkeys that the options allow is on an authenticator here", len(*allow)))
	case e.c.rpID != nil:
		list = append(list, "no passkey of "+decode.Short(*e.c.rpID)+" is on an authenticator here")
	default:
		list = append(list, "no passkey that fits is on an authenticator here")
	}
	if e.c.userVerification == "required" {
		list = append(list, "the person could not be verified (PIN, finger or face), which they require")
	}
	return strings.Join(list, ", or ")
}

// offeredWords names the algorithms of the options, "" where none are known.
func (e *examiner) offeredWords() string {
	if len(e.c.algorithms) == 0 {
		return ""
	}
	var names []string
	for _, alg := range e.c.algorithms {
		names = append(names, decode.AlgorithmName(alg))
	}
	return " or knows one of " + strings.Join(names, ", ")
}

// fulfilling says what to do about unfulfilled.
func (e *examiner) fulfilling() string {
	what := "Use the device, security key or password manager that holds the passkey, or sign in another way and add one here."
	if e.c.kind == registration {
		what = "Use an authenticator that keeps passkeys: a phone, a password manager, a security key, or a virtual one (`sting open register " +
			"--virtual`)."
	}
	if e.c.userVerification == "required" {
		what += " Set a PIN on it, or enrol a finger or a face."
	}
	return what
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
