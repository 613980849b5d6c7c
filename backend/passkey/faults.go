package passkey

import "sting/backend/fault"

// The faults of this domain: CONTRACT section 8. Sentences that clients compare
// stay to the letter.
var (
	ErrExpiredRegistration = fault.New(fault.Invalid, "EXPIRED_CHALLENGE", "Registration session expired or invalid",
		"Start the registration again: a challenge is good for one answer, in the browser that began it, for 10 minutes.")
	ErrExpiredChallenge = fault.New(fault.Invalid, "EXPIRED_CHALLENGE", "No authentication session found or session expired",
		"Start the sign-in again: a challenge is good for one answer, in the browser that began it, for 5 minutes.")
	ErrOrigin = fault.New(fault.Invalid, "ORIGIN_MISMATCH", "The passkey was used on a page that this site does not accept.",
		"Open the page at the address of this site, or add the page's origin to webauthn.config.rp.origins.")
	ErrTopOrigin = fault.New(fault.Invalid, "TOP_ORIGIN_MISMATCH", "The passkey was used inside a page that this site does not accept.",
		"Open the page in a window of its own.")
	ErrCrossOrigin = fault.New(fault.Invalid, "CROSS_ORIGIN_FRAME", "The passkey was used inside a frame of another site.",
		"Open the page in a window of its own; this site is not made to be embedded.")
	ErrRPID = fault.New(fault.Invalid, "RPID_MISMATCH", "The passkey belongs to another site.",
		"Check webauthn.config.rp.id: the authenticator signed for a different RP ID.")
	ErrType = fault.New(fault.Invalid, "TYPE_MISMATCH", "The answer belongs to the other kind of ceremony.",
		"Send what navigator.credentials.create() returned to a registration, and what get() returned to a sign-in.")
	ErrChallenge = fault.New(fault.Invalid, "CHALLENGE_MISMATCH", "The answer belongs to another challenge.",
		"Send the answer together with the challenge_id that came with its options.")
	ErrUserPresence = fault.New(fault.Invalid, "UP_MISSING", "The authenticator did not see a person.",
		"Touch the authenticator when it asks; this site never accepts an answer without the UP flag.")
	ErrUserVerification = fault.New(fault.Invalid, "UV_REQUIRED", "The authenticator did not check who you are.",
		"Use a PIN, a fingerprint or a face; webauthn.user_verification is \"required\" here.")
	ErrBackupEligibility = fault.New(fault.Invalid, "BE_CHANGED", "The passkey says something else about backups than when it was registered.",
		"The backup-eligible flag may never change. Remove this passkey and register a new one.")
	ErrBackupState = fault.New(fault.Invalid, "BS_WITHOUT_BE", "The passkey says it is backed up and can't be.",
		"The authenticator set BS without BE, which no authenticator may do. Try another one.")
	ErrCounter = fault.New(fault.Invalid, "COUNTER_REGRESSED", "The passkey's counter did not go up: there may be a copy of it.",
		"If you restored or cloned the authenticator, remove this passkey and register a new one.")
	ErrSignature = fault.New(fault.Invalid, "BAD_SIGNATURE", "The passkey's signature is not right.",
		"Try again; if it stays so, the authenticator signs with another key than it registered.")
	ErrKey = fault.New(fault.Invalid, "BAD_KEY", "The passkey's public key can't be used.",
		"The key is weak or is no key at all. Register with another authenticator.")
	ErrAlgorithm = fault.New(fault.Invalid, "ALGORITHM_NOT_OFFERED", "The passkey uses an algorithm that was not offered.",
		"Register with an authenticator that knows one of the offered algorithms.")
	ErrAttestation = fault.New(fault.Invalid, "ATTESTATION_INVALID", "The authenticator's attestation is not right.",
		"Try again with another authenticator; the record of the ceremony says what was wrong.")
	ErrCredentialKnown = fault.New(fault.Invalid, "CREDENTIAL_KNOWN", "This passkey is registered already.",
		"Sign in with it, or create a new one on another authenticator.")
	ErrUnknownCredential = fault.New(fault.Invalid, "UNKNOWN_CREDENTIAL", "Passkey not found or revoked",
		"No account here has the passkey. Choose another one, or sign in another way and register a new one.")
	ErrRemovedCredential = fault.New(fault.Invalid, "REMOVED_CREDENTIAL", "Passkey not found or revoked",
		"The passkey was removed here and is still offered by your password manager. Sign in another way, or with another one.")
	ErrUserHandle = fault.New(fault.Invalid, "USER_HANDLE_MISMATCH", "The passkey belongs to another account.",
		"Sign in with a passkey of this account; the user handle in the answer names somebody else.")

	ErrNoPasskeys = fault.New(fault.NotFound, "NO_PASSKEYS", "No passkeys found for this account. Please register a passkey first.",
		"Sign in with the password and add a passkey in the settings.")
	ErrDamaged = fault.New(fault.Unavailable, "PASSKEY_DAMAGED", "The passkey of this account can't be read any more.",
		"Its record in the data file is damaged. `sting doctor SV-12` names it and says what to do; the password still works.").
		Running("sting doctor SV-12")
	ErrNoAccount = fault.New(fault.NotFound, "INVALID_CREDENTIALS", "Invalid credentials or no passkeys found.",
		"Check the address, or sign in without typing one.")
	ErrNotFound = fault.New(fault.NotFound, "NOT_FOUND", "Passkey not found",
		"Reload the list: the passkey may have been removed elsewhere.")
	ErrNotYourAccount = fault.New(fault.Forbidden, "NOT_YOUR_ACCOUNT", "You are signed in as somebody else.",
		"Leave the address out, or sign in as that person first.")
	ErrName = fault.New(fault.Invalid, "INVALID_FIELD", "Passkey name must be 1-100 characters",
		"Send a name of 1 to 100 characters.").In("name")
	ErrTooMany = fault.New(fault.Invalid, "INVALID_FIELD", "Maximum number of passkeys reached (10). Remove an existing passkey first.",
		"Remove a passkey that you no longer use in the settings.")
	ErrLastPasskey = fault.New(fault.Invalid, "INVALID_FIELD", "Cannot delete your last passkey. Add another passkey first.",
		"It is the only way into this account. Add another passkey first, then remove this one.")
	ErrNoCredential = fault.New(fault.Invalid, "MALFORMED", "Credential data is required",
		"Send what navigator.credentials returned, as JSON, in the member \"credential\".").In("credential")
	ErrNoChallengeID = fault.New(fault.Invalid, "MALFORMED", "Challenge ID is required",
		"Send the challenge_id that came with the options.").In("challenge_id")
	ErrMalformed = fault.New(fault.Invalid, "MALFORMED", "The passkey's answer can't be read.",
		"Send the credential as PublicKeyCredential.toJSON() gives it.").In("credential")
	ErrOptions = fault.New(fault.Internal, "INTERNAL", "Failed to generate registration options",
		"`sting status -v` says what is wrong with the store or the relying party.").Running("sting status -v")
)
