package watched

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"sting/backend/api"
	"sting/backend/fault"
	"sting/backend/inspect"
	"sting/backend/tape"
)

// What a server made of an answer.
const (
	Accepted = "accepted"
	Refused  = "refused"
	Failed   = "failed" // it broke: a 5xx is no refusal
	Unknown  = "unknown"
)

// The faults of records in which our verdict and the server's differ.
var (
	// ErrAccepted: the server let in what the specification refuses.
	ErrAccepted = fault.New(fault.Invalid, "APP_ACCEPTED", "The app's server accepted an answer that the specification refuses.",
		"The record names the step that the server leaves out.")
	// ErrRefused: the server refused what is right.
	ErrRefused = fault.New(fault.Invalid, "APP_REFUSED", "The answer is right, and the app's server refused it.",
		"The record has the server's own words, and the likely cause by what was seen.")
	// ErrFailed: the server broke.
	ErrFailed = fault.New(fault.Unavailable, "APP_FAILED", "The app's server broke at the answer.",
		"Look into the server's own log: it answered with a 5xx, which is neither yes nor no.")
)

// verdict is what goes into a record.
type verdict struct {
	tape.Verdict
	state tape.State
	fault string
}

// verdictOf holds ours beside the server's.
func verdictOf(c Ceremony, rec *tape.Record, x api.Explanation) verdict {
	v := verdict{Verdict: tape.Verdict{Ours: string(x.Verdict)}, state: tape.Verified}
	var why string
	v.Server, why = serverOf(c)
	first, failed := x.FirstFailed()
	if failed {
		v.Step = first.ID
	}
	right := x.Verdict != inspect.Refused
	switch {
	case v.Server == Accepted && right:
		v.Says = "Both agree: the answer is right, and the server accepted it."
		if x.Verdict == inspect.Unverified {
			v.Says = "The server accepted it, and nothing speaks against that. " + x.Cause
		}
	case v.Server == Accepted:
		v.fault = ErrAccepted.Code
		v.Says = fmt.Sprintf("Your server accepted what step %s refuses. %s", first.ID, first.Cause)
		v.Gains, v.Fix = gain(first.Fault), check(first.Fault)
	case v.Server == Refused && !right:
		v.state, v.fault = tape.Rejected, first.Fault
		v.Says = fmt.Sprintf("Both agree: step %s refuses it, and so does your server. %s", first.ID, first.Cause)
		v.Fix = first.Fix
	case v.Server == Refused:
		v.state, v.fault = tape.Rejected, ErrRefused.Code
		v.Says, v.Fix = likely(c, rec, x)
		v.Says = "The answer is right, your server refused it: " + why + " " + v.Says
	case v.Server == Failed:
		v.state, v.fault = tape.Rejected, ErrFailed.Code
		v.Says, v.Fix = "Your server broke: "+why, ErrFailed.Hint
	default:
		v.Says = "What your server made of it isn't known: " + why
		v.Fix = x.Fix
		if v.fault = x.Fault; x.Verdict != inspect.Accepted {
			v.state = tape.Rejected
			v.Says += " " + x.Cause
		}
	}
	return v
}

// serverOf reads what a server made of an answer, and says by what. What can't be told
// is Unknown, never guessed.
func serverOf(c Ceremony) (verdict, why string) {
	x := c.Complete
	switch {
	case !c.Network:
		return Unknown, "its requests can't be seen from inside the page."
	case x == nil && !c.Done:
		return Unknown, "nothing was sent to it yet."
	case x == nil:
		return Unknown, "no request was seen that carries the credential. It may have gone over a web socket or in a form of its own, or " +
			"nobody sent it."
	case x.Failed != "":
		return Unknown, fmt.Sprintf("%s %s got no answer: %s.", x.Method, x.URL, x.Failed)
	case x.Status == 0:
		return Unknown, fmt.Sprintf("%s %s is not answered yet.", x.Method, x.URL)
	case x.Status >= 500:
		return Failed, fmt.Sprintf("%s %s answered %d.%s", x.Method, x.URL, x.Status, words(c))
	case x.Status >= 400:
		return Refused, fmt.Sprintf("%s %s answered %d.%s", x.Method, x.URL, x.Status, words(c))
	case x.Status >= 300:
		return Unknown, fmt.Sprintf("%s %s leads on to %s with %d, and whether somebody is signed in there isn't said.", x.Method, x.URL,
			x.Location, x.Status)
	case x.Form:
		return Unknown, fmt.Sprintf("%s %s is a form, answered with a page and %d.", x.Method, x.URL, x.Status)
	case c.Answer == nil && x.Status != 204:
		return Unknown, fmt.Sprintf("%s %s answered %d, and the browser had the answer no longer: the page was left at once.", x.Method, x.URL,
			x.Status)
	}
	if member := denial(c.Answer); member != "" {
		return Refused, fmt.Sprintf("%s %s answered %d with %s.%s", x.Method, x.URL, x.Status, member, words(c))
	}
	return Accepted, fmt.Sprintf("%s %s answered %d.", x.Method, x.URL, x.Status)
}

// words are the server's own, if it said some.
func words(c Ceremony) string {
	said := c.Complete.Body
	if said == "" {
		return ""
	}
	const most = 300
	if cut := []rune(said); len(cut) > most {
		said = string(cut[:most]) + "..."
	}
	return " It said: " + said
}

// denial names the member by which an answer of 200 says no, "" for one that doesn't.
func denial(body []byte) string {
	var o map[string]json.RawMessage
	if json.Unmarshal(body, &o) != nil {
		return ""
	}
	for _, name := range []string{"verified", "success", "ok", "authenticated", "valid"} {
		if string(o[name]) == "false" {
			return name + ": false"
		}
	}
	for _, name := range []string{"error", "errors", "errorMessage", "error_code", "errorCode"} {
		if v := string(bytes.TrimSpace(o[name])); v != "" && v != "null" && v != `""` && v != "[]" && v != "{}" && v != "false" && v != "0" {
			return name
		}
	}
	var status string
	if json.Unmarshal(o["status"], &status) == nil {
		switch strings.ToLower(status) {
		case "failed", "failure", "fail", "error", "denied", "unauthorized":
			return "status: " + status
		}
	}
	return ""
}
