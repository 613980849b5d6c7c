package inspect

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sting/backend/api"
	"sting/backend/decode"
)

// examineAuthentication takes the steps of section 7.2 that are a sign-in's
// own.
func (e *examiner) examineAuthentication() {
	e.examineAllowed()
	e.examineUser()
	data, sig := e.answer.bytes["authenticatorData"], e.answer.bytes["signature"]
	if data == nil {
		return
	}
	e.readAuthData(data, func(err error) {
		e.fail("7.2.7", finding{fault: "MALFORMED", cause: "The authenticator data do not decode: " + err.Error() + ".", fix: fixShape,
			expected: "authenticator data of section 6.1", received: decode.ByteCount(len(data))})
	})
	if sig != nil {
		e.ranges = append(e.ranges, api.ExplainedSpan{Field: "signature", Of: "signature", Offset: 0, Length: len(sig)})
		e.pass("7.2.7", "", fmt.Sprintf("%s of client data, %s of authenticator data, %s of signature",
			decode.ByteCount(len(e.answer.bytes["clientDataJSON"])), decode.ByteCount(len(data)), decode.ByteCount(len(sig))), "")
	}
	if e.auth.Attested {
		e.warn("7.2.7", "", "AT set", "A sign-in carries no attested credential data; these refuse nothing, and nobody reads them.")
	}
	if len(e.auth.RPIDHash) == 0 {
		return
	}
	e.examineRPID()
	e.examineFlags()
	e.examineEligibility()
	e.examineSignature(data, sig)
	e.examineCounter()
	if e.hasAuth {
		e.examineOutputs()
	}
}

// examineAllowed is step 5.
func (e *examiner) examineAllowed() {
	id := decode.Base64URL(e.answer.bytes["rawId"])
	switch allow := e.c.options.allow; {
	case allow == nil || len(*allow) == 0:
		e.skip("7.2.5", decode.Short(id), "The options listed no credentials: any of the person's may answer.")
	case slices.Contains(*allow, id):
		e.pass("7.2.5", fmt.Sprintf("one of %d", len(*allow)), decode.Short(id), "")
	default:
		e.fail("7.2.5", finding{
			cause:    fmt.Sprintf("The credential %s is none of the %d that the options allowed.", decode.Short(id), len(*allow)),
			fix:      "Sign in with one of the passkeys of this account, or without naming the account first.",
			expected: decode.Short(strings.Join(*allow, ", ")), received: decode.Short(id),
		})
	}
}

// examineUser is step 6: the credential belongs to the person who is meant.
func (e *examiner) examineUser() {
	handle, there := e.answer.bytes["userHandle"]
	stored := e.c.stored.userHandle
	switch {
	case !there && e.c.options.discoverable():
		e.fail("7.2.6", finding{
			cause:    "The options named no account, and the answer names none either: there is no user handle in it.",
			fix:      "Use a passkey that was registered as discoverable, or name the account first.",
			expected: "a user handle", received: "none",
		})
	case stored == nil:
		e.skip("7.2.6", decode.Short(decode.Base64URL(handle)), "The file does not say whose the credential is.")
	case !there:
		e.pass("7.2.6", decode.Short(*stored), "none",
			"A user handle may be left out where the account was named first; the stored record is the one of the credential.")
	default:
		want, ok := decode.LooseBase64(*stored)
		if !ok || string(want) != string(handle) {
			e.fail("7.2.6", finding{
				cause: fmt.Sprintf("The passkey says that it belongs to the user handle %s, the credential is stored for %s.",
					decode.Short(decode.Base64URL(handle)), decode.Short(*stored)),
				fix: "Sign in with a passkey of this account; one that was made for an account of the same name, since removed, has to be made " +
					"anew.",
				expected: decode.Short(*stored), received: decode.Short(decode.Base64URL(handle)),
			})
			return
		}
		e.pass("7.2.6", decode.Short(*stored), decode.Short(decode.Base64URL(handle)), "")
	}
}

// examineEligibility is step 19: BE never changes in the life of a credential.
func (e *examiner) examineEligibility() {
	got, stored := e.auth.Has(decode.BE), e.c.stored.backupEligible
	switch {
	case stored == nil:
		e.skip("7.2.19", "BE "+yesNo(got), "The file does not say what BE was at the registration.")
	case *stored != got:
		e.fail("7.2.19", finding{
			cause: fmt.Sprintf("BE was %s when the passkey was registered, and is %s now; it never changes in the life of a passkey.",
				yesNo(*stored), yesNo(got)),
			fix: "Remove the passkey and register it anew. Password managers that switch BE on with an update lock people out like this; the " +
				"stored value is the one to mistrust if nobody else can have the key.",
			expected: "BE " + yesNo(*stored), received: "BE " + yesNo(got),
		})
	default:
		e.pass("7.2.19", "BE "+yesNo(*stored), "BE "+yesNo(got), "")
	}
}

// examineSignature is step 21.
func (e *examiner) examineSignature(data, sig []byte) {
	if sig == nil {
		return
	}
	if e.c.stored.publicKey == nil {
		e.unverifiable("7.2.21", decode.ByteCount(len(sig)), "The signature could not be checked: the file has no public key of the credential.",
			`Add the stored credential: "stored": {"public_key": ...}, its COSE key in base64url.`)
		return
	}
	raw, ok := decode.LooseBase64(*e.c.stored.publicKey)
	if !ok {
		e.fail("7.2.21", finding{fault: "BAD_KEY", cause: "The stored public key is not base64url.",
			fix: "Store the COSE key as it stood in the registration, in base64url.", received: decode.Short(*e.c.stored.publicKey)})
		return
	}
	e.key, e.keyErr = decode.ParseCOSEKey(raw)
	e.showKey()
	if e.keyErr != nil {
		e.fail("7.2.21", finding{
			fault: "BAD_KEY", cause: "The stored public key can't be used: " + e.keyErr.Error() + ".",
			fix: "Register the passkey anew; no sign-in with this key can ever succeed.", expected: "a key that can verify",
			received: decode.AlgorithmName(e.key.Algorithm),
		})
		return
	}
	covered := append(append([]byte{}, data...), e.client.hash...)
	want := fmt.Sprintf("a signature of the stored %s key over authenticator data and the hash of the client data",
		decode.AlgorithmName(e.key.Algorithm))
	switch err := checkSignature(e.key.Key, e.key.Algorithm, covered, sig); {
	case err == nil && e.key.Algorithm == decode.RS1:
		e.warn("7.2.21", want, decode.ByteCount(len(sig)), weakRS1)
	case err == nil:
		e.pass("7.2.21", want, decode.ByteCount(len(sig)), "")
	case errors.Is(err, errAlgorithm):
		e.unverifiable("7.2.21", decode.ByteCount(len(sig)),
			fmt.Sprintf("The signature could not be checked: this explainer does not verify %s.", decode.AlgorithmName(e.key.Algorithm)),
			"Take another implementation to check this ceremony, or register a passkey with ES256 (-7), EdDSA (-8) or RS256 (-257).")
	default:
		f := finding{
			cause: fmt.Sprintf("The signature (%s, beginning %s) does not fit the stored %s key and these client and authenticator data.",
				decode.ByteCount(len(sig)), decode.HexOf(sig[:min(8, len(sig))]), decode.AlgorithmName(e.key.Algorithm)),
			fix: "Compare the stored public key with the one of the registration; if they agree, something between authenticator and server " +
				"changed the answer.",
			expected: want, received: decode.HexOf(sig[:min(16, len(sig))]) + "...",
		}
		e.blameRewriting(&f, func(client []byte) bool {
			hash := sha256.Sum256(client)
			return checkSignature(e.key.Key, e.key.Algorithm, append(bytes.Clone(data), hash[:]...), sig) == nil
		})
		e.fail("7.2.21", f)
	}
}

// examineCounter is step 22. A passkey that is backed up lives on several
// machines, which don't know each other's counts.
func (e *examiner) examineCounter() {
	got, stored := e.auth.SignCount, e.c.stored.signCount
	switch {
	case stored == nil:
		e.skip("7.2.22", fmt.Sprint(got), "The file does not say what the counter was.")
	case got == 0 && *stored == 0:
		e.pass("7.2.22", "0, or more than 0", "0", "The authenticator does not count.")
	case got > *stored:
		e.pass("7.2.22", fmt.Sprintf("more than %d", *stored), fmt.Sprint(got), "")
	case e.auth.Has(decode.BE):
		e.warn("7.2.22", fmt.Sprintf("more than %d", *stored), fmt.Sprint(got),
			"The counter did not go up. The passkey can be backed up, and its copies count for themselves, so this refuses nothing.")
	default:
		e.fail("7.2.22", finding{
			cause: fmt.Sprintf("The counter is %d, and was %d at the last sign-in: it has to go up. There may be a copy of the private key.",
				got, *stored),
			fix:      "If the authenticator was reset or restored, remove the passkey and register it anew; if not, treat the key as copied.",
			expected: fmt.Sprintf("more than %d", *stored), received: fmt.Sprint(got),
		})
	}
}

// recordToBe says what a relying party stores after a good ceremony.
func (e *examiner) recordToBe() string {
	a := e.auth
	if e.c.kind == authentication {
		return fmt.Sprintf("counter %d, BS %s", a.SignCount, yesNo(a.Has(decode.BS)))
	}
	return fmt.Sprintf("%s, counter %d, UV %s, BE %s, BS %s", decode.AlgorithmName(e.key.Algorithm), a.SignCount, yesNo(a.Has(decode.UV)),
		yesNo(a.Has(decode.BE)), yesNo(a.Has(decode.BS)))
}
