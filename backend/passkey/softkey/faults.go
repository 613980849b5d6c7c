package softkey

// Fault is a Mutation with a name, whose answer a relying party must refuse.
type Fault struct {
	// Code names the fault in words joined by hyphens.
	Code string
	// Says tells a person what is wrong with the answer.
	Says string
	// Registration and SignIn say which ceremonies it can spoil.
	Registration, SignIn bool
	Mutation             Mutation
}

// Faults returns one Fault for each thing that a relying party must notice
// whatever its policy, in the order in which the specification checks them.
// Web Authentication Level 3, §7.1 and §7.2.
func Faults() []Fault {
	list := clientFaults()
	list = append(list, authenticatorFaults()...)
	return append(list, encodingFaults()...)
}

// FaultNamed returns the fault of that code.
func FaultNamed(code string) (Fault, bool) {
	for _, f := range Faults() {
		if f.Code == code {
			return f, true
		}
	}
	return Fault{}, false
}

func clientFaults() []Fault {
	return []Fault{
		{"client-data-not-json", "The client data is not JSON.", true, true,
			WithClientData([]byte("client data"))},
		{"other-type", "The client data belongs to another ceremony.", true, true,
			WithType("payment.get")},
		{"other-challenge", "The client data answers another challenge.", true, true,
			WithChallenge([]byte("a challenge that nobody sent out"))},
		{"other-origin", "The ceremony took place on another origin.", true, true,
			WithOrigin("https://sting.example.net")},
		{"in-a-foreign-frame", "The page was a frame inside a page of another origin.", true, true,
			InFrame("https://sting.example.net")},
	}
}

func authenticatorFaults() []Fault {
	return []Fault{
		{"other-rp", "The authenticator spoke to another RP ID.", true, true, WithRPID("sting.example.net")},
		{"nobody-present", "Nobody touched the authenticator.", true, true, WithFlags(0, FlagUP)},
		{"backed-up-but-not-eligible", "The credential is backed up and may not be.", true, true,
			WithFlags(FlagBS, FlagBE)},
		{"no-attested-data", "The flag for attested credential data is missing.", true, false, WithFlags(0, FlagAT)},
		{"extensions-flag-alone", "Extensions are announced and missing.", true, true, WithFlags(FlagED, 0)},
		{"authenticator-data-too-long", "Bytes follow the authenticator data.", true, true, WithAuthDataTrailing(0)},
		{"key-off-curve", "The public key is not a point of its curve.", true, false, OffCurve()},
		{"key-at-zero", "The public key is the point (0, 0).", true, false, AtZero()},
		{"key-algorithm-not-offered", "The public key's algorithm was not offered.", true, false,
			WithKeyMember(coseAlgorithm, int64(-65535))},
		{"key-without-algorithm", "The public key doesn't name its algorithm.", true, false,
			WithKeyMember(coseAlgorithm, nil)},
		{"attestation-unknown", "The attestation has a format that nobody knows.", true, false,
			WithFormat("sting")},
		{"bad-signature", "One bit of the signature is wrong.", false, true, BadSignature()},
		{"empty-signature", "The signature is empty.", false, true, WithSignature(nil)},
	}
}

func encodingFaults() []Fault {
	return []Fault{
		{"other-credential", "The answer names a credential that nobody registered.", true, true,
			WithCredentialID([]byte("a credential nobody registered"))},
		{"raw-id-differs", "id and rawId are two credentials.", true, true, WithRawID([]byte("another credential"))},
		{"other-attested-id", "The attested credential is not the one that the answer names.", true, false,
			WithAttestedID([]byte("another credential"))},
		{"other-user", "The user handle is somebody else's.", false, true, WithUserHandle([]byte("somebody else"))},
		{"padded-base64", "Binary members are padded.", true, true, Padded()},
		{"trailing-text", "Text follows the JSON.", true, true, WithTrailing("{}")},
	}
}
