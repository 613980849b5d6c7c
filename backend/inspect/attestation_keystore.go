package inspect

import (
	"bytes"
	"fmt"
	"slices"

	"sting/backend/decode"
)

// The values that a passkey needs: Android's key attestation.
const (
	purposeSign     = 2
	originGenerated = 0
	levelSoftware   = 0
)

// verifyAndroidKey verifies the format of section 8.4.
func verifyAndroidKey(st decode.Item, in subject) (outcome, error) {
	out := outcome{kind: "basic", shown: map[string]any{}, aging: true}
	alg, err := decode.AlgorithmField(st)
	if err != nil {
		return out, err
	}
	out.shown["alg"] = decode.AlgorithmName(alg)
	sig, err := decode.Field(st, "sig", decode.Bytes)
	if err != nil {
		return out, err
	}
	if out.path, err = decode.Certificates(st); err != nil {
		return out, err
	}
	leaf := out.path[0]
	if err := checkStatement(leaf.PublicKey, alg, in.signed, sig.Raw, "the key of the first certificate"); err != nil {
		return out, err
	}
	if !sameKey(leaf.PublicKey, in.key.Key) {
		return out, invalid("the first certificate is for another key than the credential's")
	}
	d, err := decode.ParseKeyDescription(leaf)
	if err != nil {
		return out, err
	}
	out.shown["keyDescription"] = d.Show()
	if !bytes.Equal(d.Challenge, in.hash) {
		return out, differs(decode.HexOf(in.hash), decode.HexOf(d.Challenge),
			"attestationChallenge of the key description is not the hash of the client data")
	}
	if err := examineKeyDescription(d); err != nil {
		return out, err
	}
	out.doubts = keyDescriptionDoubts(d)
	return out, nil
}

// examineKeyDescription holds the union of the two lists against section 8.4. A list that says
// nothing of origin or purpose is equal to neither value: the specification's
// first published vector had empty lists, and was changed for it
// (w3c/webauthn#2378).
func examineKeyDescription(d decode.KeyDescription) error {
	if d.Software.AllApplications || d.TEE.AllApplications {
		return invalid("the key may be used by all applications, and a passkey belongs to one relying party")
	}
	var origins, purposes []int64
	for _, list := range []decode.Authorizations{d.TEE, d.Software} {
		if list.Origin != nil {
			origins = append(origins, *list.Origin)
		}
		purposes = append(purposes, list.Purposes...)
	}
	switch {
	case len(origins) == 0:
		return differs("0 (generated)", "none",
			"the key description does not say where the key comes from (origin), and section 8.4 wants a generated one")
	case !slices.Contains(origins, originGenerated):
		return differs("0 (generated)", fmt.Sprint(origins), "the key was not generated where it is kept (origin)")
	case len(purposes) == 0:
		return differs("2 (sign)", "none", "the key description does not say what the key is for (purpose), "+
			"and section 8.4 wants one for signing")
	case !slices.Contains(purposes, purposeSign):
		return differs("2 (sign)", fmt.Sprint(purposes), "the key is not there for signing (purpose)")
	}
	return nil
}

// keyDescriptionDoubts says what section 8.4 does not ask about, and a relying party may.
func keyDescriptionDoubts(d decode.KeyDescription) []string {
	if d.Level != levelSoftware {
		return nil
	}
	doubt := "Software made this attestation (attestationSecurityLevel Software), not a trusted environment"
	if d.TEE.Fields > 0 {
		doubt += ", though it lists values as enforced by hardware (teeEnforced); Android's own software attestation does that"
	}
	return []string{doubt + ". Section 8.4 asks nothing about it, so it refuses nothing."}
}
