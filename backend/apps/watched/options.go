package watched

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sting/backend/origin"
	"sting/backend/tape"
)

// How urgent a note is.
const (
	wrong  = "wrong"
	advice = "advice"
)

// Bounds of Web Authentication Level 3: sections 13.4.3 and 15.1.
const (
	shortestChallenge = 16 // bytes
	shortestTimeoutMS = 60_000
)

var address = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)

// extensionsKnown are those of the registry and of browsers.
var extensionsKnown = []string{
	"appid", "appidExclude", "credProps", "prf", "largeBlob", "credentialProtectionPolicy", "enforceCredentialProtectionPolicy", "credBlob",
	"getCredBlob", "minPinLength", "hmacCreateSecret", "hmacGetSecret", "payment", "uvm", "remoteClientDataJSON",
	"remoteDesktopClientOverride", "supplementalPubKeys", "devicePubKey",
}

// judge says what the options of a ceremony lack, before anybody answers. The caller
// holds the lock.
func (r *Recorder) judge(ctx context.Context, c Ceremony, o options) []tape.OptionNote {
	notes := []tape.OptionNote{}
	note := func(option, level, why, write string) {
		notes = append(notes, tape.OptionNote{Option: option, Level: level, Why: why, Write: write})
	}
	if n := len(bytesOf(o.Challenge)); n < shortestChallenge {
		note("challenge", wrong, fmt.Sprintf("It has %d bytes, which can be guessed.", n),
			"16 bytes or more from a cryptographic random source: 32 is usual.")
	}
	if before, seen := r.challenges[o.Challenge]; seen && before.ceremony != c.ID {
		note("challenge", wrong, "It was seen in an earlier ceremony: an answer to that one would do for this one.",
			"A new challenge for every ceremony, forgotten at the first answer.")
	}
	judgeParty(c, o, note)
	if o.Timeout != nil && *o.Timeout < shortestTimeoutMS {
		note("timeout", advice, fmt.Sprintf("%.0f ms is short for somebody who looks for a phone or a key.", *o.Timeout),
			"300000 ms, or leave it out.")
	}
	if o.UV == "" && o.Selection.UV == "" {
		note("userVerification", advice, `It is left to the default, "preferred": whether a person is verified depends on their device.`,
			`"required" where the passkey is the only proof, "preferred" or "discouraged" beside a password.`)
	}
	for name := range o.Extensions {
		if !slices.Contains(extensionsKnown, name) {
			note("extensions."+name, advice, "No browser knows this extension: it is dropped without a word.", "Leave it out, or look its name up.")
		}
	}
	if c.Kind == "registration" {
		r.judgeCreation(ctx, o, note)
	}
	slices.SortStableFunc(notes, func(a, b tape.OptionNote) int { return strings.Compare(b.Level, a.Level) })
	return notes
}

type noting func(option, level, why, write string)

// judgeParty looks at the RP ID as the page's browser does.
func judgeParty(c Ceremony, o options, note noting) {
	host := hostOf(c.Origin)
	if i := strings.LastIndex(host, ":"); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	switch {
	case o.RPID == "" && o.RP.ID == "":
		note("rp.id", advice, fmt.Sprintf("It is left to the default, the page's host %q: "+
			"passkeys made at another host of yours won't work here.", host),
			"The registrable name of the site, in the options of both ceremonies.")
	case strings.ContainsAny(o.rpID, ":/"):
		note("rp.id", wrong, fmt.Sprintf("%q is no host name: it has a scheme or a port.", o.rpID), host)
	case host != o.rpID && origin.IsPublicSuffix(o.rpID) && strings.HasSuffix(host, "."+o.rpID):
		note("rp.id", wrong, fmt.Sprintf("%q is a public suffix to browsers: many people own names under it, so no page there may claim it.",
			o.rpID), host)
	case host != o.rpID && !strings.HasSuffix(host, "."+o.rpID):
		note("rp.id", wrong, fmt.Sprintf("The page is at %q, which is neither %q nor a name under it: browsers refuse that.", host, o.rpID), host)
	}
}

func (r *Recorder) judgeCreation(ctx context.Context, o options, note noting) {
	algorithms := o.algorithms()
	if !slices.Contains(algorithms, -7) || !slices.Contains(algorithms, -257) {
		note("pubKeyCredParams", advice, fmt.Sprintf("It offers %v. Authenticators without one of these can't register: most have -7 (ES256), "+
			"those of Windows Hello only -257 (RS256).", algorithms),
			`[{type: "public-key", alg: -8}, {type: "public-key", alg: -7}, {type: "public-key", alg: -257}]`)
	}
	if o.Selection.ResidentKey == "" && !o.Selection.RequireResidentKey {
		note("authenticatorSelection.residentKey", advice,
			"It is left to the default, \"discouraged\": a security key may keep no passkey that a sign-in without a name finds.",
			`"required" for passkeys, "preferred" where a second factor is enough.`)
	}
	if handle := bytesOf(o.User.ID); address.Match(handle) || address.MatchString(o.User.ID) {
		note("user.id", wrong, "It is an e-mail address. Authenticators show it to whoever holds them, and it changes when the person's "+
			"address does.",
			"Random bytes, 16 to 64, kept with the account.")
	}
	if o.Attestation == "direct" || o.Attestation == "enterprise" {
		note("attestation", advice, fmt.Sprintf("%q makes browsers ask the person for more, and is of use only to a server that checks the "+
			"statement.", o.Attestation), `"none", unless you keep a list of authenticators.`)
	}
	if len(o.Exclude) > 0 {
		return
	}
	keys, err := r.Keys.WatchedKeys(ctx, o.rpID)
	if err != nil {
		r.Log.Warn("the watched passkeys can't be read", "err", err)
	}
	if slices.ContainsFunc(keys, func(k Key) bool { return k.Stored.UserHandle == o.User.ID && o.User.ID != "" }) {
		note("excludeCredentials", wrong, "This account has a passkey already, and the list is empty: a second one on the same authenticator "+
			"replaces the first.",
			"The ids of all passkeys of the account.")
	}
}
