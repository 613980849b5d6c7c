package watched

import "cmp"

// demand is what a server has to check, by the fault of who fails it.
type demand struct {
	gains string // what an attacker gains where it isn't checked
	check string // how the libraries are told to
}

func gain(fault string) string {
	return cmp.Or(demands[fault].gains, "What the specification refuses is let in: an answer can be used in a way that nobody thought of.")
}

func check(fault string) string {
	return cmp.Or(demands[fault].check, "Hand the answer as it came to the library's own verification, and refuse whatever it refuses.")
}

// demands are those of Web Authentication Level 3, sections 7.1 and 7.2.
var demands = map[string]demand{
	"CHALLENGE_MISMATCH": {
		"A replay: an answer that was seen once, in a log or on a wire, signs in again and again.",
		"Keep the challenge in the session when you hand it out, compare, and forget it at the first answer: expectedChallenge " +
			"(SimpleWebAuthn), the SessionData of BeginLogin (go-webauthn), expected_challenge (py_webauthn), ServerProperty (webauthn4j).",
	},
	"ORIGIN_MISMATCH": {
		"A page at another address, or another program on this host, can ask a person for their passkey and pass the answer on.",
		"List the exact origins, with scheme and port: expectedOrigin (SimpleWebAuthn), RPOrigins (go-webauthn), expected_origin " +
			"(py_webauthn), origins (java-webauthn-server, fido2-net-lib), allowed_origins (webauthn-ruby).",
	},
	"RPID_MISMATCH": {
		"An answer that was made for another relying party signs in here.",
		"Name the RP ID that the options carry: expectedRPID (SimpleWebAuthn), RPID (go-webauthn), expected_rp_id (py_webauthn), rpId " +
			"(webauthn4j).",
	},
	"TYPE_MISMATCH": {
		"An answer to a registration passes for a sign-in, or the reverse.",
		"Send each answer to the verification of its own kind; type is webauthn.create or webauthn.get.",
	},
	"CROSS_ORIGIN_FRAME": {
		"A foreign page that shows yours in a frame gets people to sign in without their knowing where.",
		"Refuse crossOrigin: true unless your pages are meant to be framed.",
	},
	"TOP_ORIGIN_MISMATCH": {
		"Any page may frame yours and hold the ceremony there.",
		"List the pages that may frame yours and compare topOrigin: RPTopOrigins (go-webauthn), topOrigin (SimpleWebAuthn's advanced options).",
	},
	"UP_MISSING": {"Malware on the person's device signs in while nobody touches anything.",
		"Refuse an answer without the flag UP; every library does by default."},
	"UV_REQUIRED": {
		"Whoever holds the device or the key signs in without PIN, finger or face: two factors become one.",
		"requireUserVerification: true (SimpleWebAuthn), UserVerification: required in the options and the session (go-webauthn), " +
			"require_user_verification=True (py_webauthn), userVerificationRequired (webauthn4j).",
	},
	"BS_WITHOUT_BE": {"An authenticator that contradicts itself is trusted, most likely a forged one.", "Refuse the flag BS without BE."},
	"BE_CHANGED": {"A passkey that was bound to one device passes as another one: the sign of a key that was copied out.",
		"Keep BE at the registration, and refuse an answer in which it differs."},
	"BAD_SIGNATURE": {
		"Everything: anybody who knows a credential id signs in as its owner.",
		"Verify the signature over authenticatorData and SHA-256(clientDataJSON) with the stored public key, by your library's own function.",
	},
	"COUNTER_REGRESSED": {
		"A copy of the authenticator can be used beside the real one, unseen.",
		"Keep the counter at each sign-in and compare: counter (SimpleWebAuthn), Authenticator.CloneWarning (go-webauthn, which only warns), " +
			"credential_current_sign_count (py_webauthn).",
	},
	"ALGORITHM_NOT_OFFERED": {"A key of a kind that you chose not to trust is registered.",
		"Compare the key's alg with pubKeyCredParams: supportedAlgorithmIDs (SimpleWebAuthn), supported_pub_key_algs (py_webauthn)."},
	"BAD_KEY": {"A key is registered that can't be used, or that is too weak to keep anybody out.",
		"Decode the key at the registration, and refuse what doesn't decode."},
	"ATTESTATION_INVALID": {"A forged statement about the authenticator is believed.",
		"Verify the statement of its format, or ask for attestation: \"none\" and read none."},
	"USER_HANDLE_MISMATCH": {"One person's passkey signs in as another person.",
		"Compare userHandle with the account that owns the credential."},
	"MALFORMED": {"What isn't what a browser sends is taken apart anyhow: parsers disagree, and checks are passed by.",
		"Refuse what your library can't parse, with a 4xx."},
}
