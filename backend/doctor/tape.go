package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"sting/backend/health"
	"sting/backend/passkey"
	"sting/backend/tape"
)

// What the tape is looked through for.
const (
	lately      = time.Hour // by the lab's clock
	mostLately  = 100       // ceremonies
	mostNamed   = 5         // of them as evidence
	refusedSoon = 500 * time.Millisecond
)

// tapeChecks read in the recorded ceremonies what only they can tell.
func (e *examination) tapeChecks() []health.Check {
	check := func(id, title string, look func([]tape.Record) health.Result) health.Check {
		return health.Check{ID: id, Title: title, Needs: []string{"SV-03"}, Run: func(ctx context.Context) health.Result {
			list, err := e.ceremoniesLately(ctx)
			if err != nil {
				return health.Blame(err)
			}
			return look(list)
		}}
	}
	return []health.Check{
		check("BR-03", "The latest prompt was answered", e.checkPrompts),
		check("BR-04", "Browsers offer passkeys that the lab knows", e.checkOffers),
	}
}

// ceremoniesLately returns what was held in the last hour, newest first, but for
// the doctor's own.
func (e *examination) ceremoniesLately(ctx context.Context) ([]tape.Record, error) {
	all, err := e.lab.Tape.Records(ctx, "", mostLately)
	if err != nil {
		return nil, err
	}
	since := e.lab.Clock.Now().Add(-lately)
	var list []tape.Record
	for _, r := range all {
		if r.UserAgent != e.self.agent && r.BeganAt.After(since) {
			list = append(list, r)
		}
	}
	return list, nil
}

// refusal is what a page told of a ceremony that its browser refused.
type refusal struct {
	Exception struct {
		Name      string `json:"name"`
		ElapsedMS int64  `json:"elapsed_ms"`
		Mediation string `json:"mediation"`
	} `json:"exception"`
}

// checkPrompts is about NotAllowedError, by which browsers mean many things: the
// time that passed tells the likely one.
func (e *examination) checkPrompts(list []tape.Record) health.Result {
	var seen []string
	cause, answered := "", false
	for _, r := range list {
		var x refusal
		refused := r.Fault == passkey.ErrInBrowser.Code && json.Unmarshal(r.Credential, &x) == nil &&
			x.Exception.Name == "NotAllowedError" && x.Exception.Mediation == ""
		switch {
		case refused:
			took := time.Duration(x.Exception.ElapsedMS) * time.Millisecond
			if len(seen) < mostNamed {
				seen = append(seen, fmt.Sprintf("%s %s: NotAllowedError after %v, %s", r.Kind, r.ID, took.Round(10*time.Millisecond),
					e.likely(r.Kind, took)))
			}
			if cause == "" && !answered {
				cause = fmt.Sprintf("The browser ended the latest %s with NotAllowedError after %v: %s.", r.Kind, took.Round(10*time.Millisecond),
					e.likely(r.Kind, took))
			}
		case r.State == tape.Verified || r.State == tape.Rejected:
			answered = true // the browser gave something: whatever was wrong before is over
		}
	}
	if cause == "" {
		return health.Pass(append(seen,
			fmt.Sprintf("%d ceremonies in the last hour, %d prompts ended without an answer, none since the latest one that had one", len(list),
				len(seen)))...)
	}
	return health.Result{Verdict: health.Warning, Cause: cause, Evidence: seen, Command: "sting ceremonies",
		Fix: "Try again, and look at the record: it has the options, and what else the name can mean."}
}

// likely says what a NotAllowedError most often is after so long.
func (e *examination) likely(kind string, took time.Duration) string {
	switch {
	case took < refusedSoon && kind == string(passkey.Authentication):
		return "sooner than anybody reads, so most likely no passkey for this site is there"
	case took < refusedSoon:
		return "sooner than anybody reads, so the page was not in the foreground, was not clicked into, or an extension stepped in"
	case took >= e.config.WebAuthn.Timeout-2*time.Second:
		return fmt.Sprintf("the time of %v that the options allow was over", e.config.WebAuthn.Timeout)
	}
	return "most likely somebody closed the prompt"
}

// checkOffers is about passkeys that a password manager still has, and the lab
// not, or not any more.
func (e *examination) checkOffers(list []tape.Record) health.Result {
	var seen []string
	removed := false
	for _, r := range list {
		if r.Fault != passkey.ErrUnknownCredential.Code && r.Fault != passkey.ErrRemovedCredential.Code {
			continue
		}
		removed = removed || r.Fault == passkey.ErrRemovedCredential.Code
		var c struct {
			ID string `json:"id"`
		}
		_ = json.Unmarshal(r.Credential, &c) // an answer without an id has none to name
		line := fmt.Sprintf("%s in %s: passkey %.16s by %s", r.Fault, r.ID, c.ID, r.UserAgent)
		if r.Email != "" {
			line += ", of " + r.Email
		}
		if len(seen) < mostNamed {
			seen = append(seen, line)
		}
	}
	if len(seen) == 0 {
		return health.Pass(fmt.Sprintf("%d ceremonies in the last hour, none with a passkey that the lab doesn't know", len(list)))
	}
	cause := "A browser offered a passkey that this lab never had, or had before a reset."
	if removed {
		cause = "A browser offered a passkey that was removed here."
	}
	return health.Result{Verdict: health.Warning, Cause: cause, Evidence: seen, Command: "sting ceremonies",
		Fix: "Delete it where it is kept: the browser's settings (chrome://settings/passkeys) or the password manager. Then register a new one."}
}
