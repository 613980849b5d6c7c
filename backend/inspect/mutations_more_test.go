package inspect_test

import "testing"

func TestAMutationChangesSomething(t *testing.T) {
	for _, v := range w3c(t) {
		if x := explain(t, v.encode(t)); x.Verdict != v.want {
			t.Errorf("%s is %s before it is spoiled", v.name, x.Verdict)
		}
	}
}

func statementOf(o map[string]any) map[any]any {
	m, _ := o["attStmt"].(map[any]any)
	return m
}

func flipLast(v any) {
	if b, ok := v.([]byte); ok {
		b[len(b)-1] ^= 1
	}
}

func attestationMutations() []mutation {
	change := func(f func(st map[any]any)) func(*specimen) {
		return func(s *specimen) { s.object(func(o map[string]any) { f(statementOf(o)) }) }
	}
	const invalid, step = "ATTESTATION_INVALID", "7.1.22"
	return []mutation{
		{"a statement where none should be", "none.ES256 registration", change(func(st map[any]any) {
			st["alg"] = -7
		}), step, invalid, "not empty"},
		{"signature of the credential's key", "packed-self.ES256 registration", change(func(st map[any]any) {
			flipLast(st["sig"])
		}), step, "BAD_SIGNATURE", "the credential's own key"},
		{"alg differs from the key's", "packed-self.ES256 registration", change(func(st map[any]any) {
			st["alg"] = -257
		}), step, invalid, "RS256 (-257)"},
		{"sig missing", "packed-self.ES256 registration", change(func(st map[any]any) { delete(st, "sig") }), step, invalid, "sig is missing"},
		{"sig empty", "packed-self.ES256 registration", change(func(st map[any]any) { st["sig"] = []byte{} }), step, invalid, "sig is empty"},
		{"a counter that was not signed", "packed-self.ES256 registration", func(s *specimen) {
			s.flip("authenticatorData.signCount", 3, 1)
		}, step, "BAD_SIGNATURE", "does not fit"},
		{"a client data hash that was not signed", "packed.ES256 registration", func(s *specimen) {
			s.client(`false`, `false `)
		}, step, "BAD_SIGNATURE", "attestation certificate"},
		{"x5c empty", "packed.ES256 registration", change(func(st map[any]any) { st["x5c"] = []any{} }), step, invalid, "x5c is empty"},
		{"a certificate that is none", "packed.ES256 registration", change(func(st map[any]any) {
			st["x5c"] = []any{[]byte{1, 2}}
		}), step, invalid, "can't be read"},
		{"alg is a text", "packed.RS256 registration", change(func(st map[any]any) { st["alg"] = "ES256" }), step, invalid, "a text"},
		{"AAGUID that was not signed", "packed.EdDSA registration", func(s *specimen) {
			s.flip("authenticatorData.attestedCredentialData.aaguid", 0, 1)
		}, step, "BAD_SIGNATURE", "does not fit"},
		{"two certificates", "fido-u2f.ES256 registration", change(func(st map[any]any) {
			x, _ := st["x5c"].([]any)
			st["x5c"] = append(x, x[0])
		}), step, invalid, "holds 2 certificates"},
		{"U2F's signature", "fido-u2f.ES256 registration", change(func(st map[any]any) {
			flipLast(st["sig"])
		}), step, "BAD_SIGNATURE", "does not fit"},
		{"U2F's client data hash", "fido-u2f.ES256 registration", func(s *specimen) {
			s.client(`false`, `false `)
		}, step, "BAD_SIGNATURE", "does not fit"},
		{"version of the TPM", "tpm.ES256 registration", change(func(st map[any]any) { st["ver"] = "1.2" }), step, invalid, `"1.2"`},
		{"magic of certInfo", "tpm.ES256 registration", change(func(st map[any]any) {
			b, _ := st["certInfo"].([]byte)
			b[0] ^= 1
		}), step, invalid, "TPM_GENERATED_VALUE"},
		{"type of certInfo", "tpm.ES256 registration", change(func(st map[any]any) {
			b, _ := st["certInfo"].([]byte)
			b[5] ^= 1
		}), step, invalid, "TPM_ST_ATTEST_CERTIFY"},
		{"name in certInfo", "tpm.ES256 registration", change(func(st map[any]any) {
			b, _ := st["pubArea"].([]byte)
			b[7] ^= 1
		}), step, invalid, "another key than pubArea"},
		{"point of pubArea", "tpm.ES256 registration", change(func(st map[any]any) {
			flipLast(st["pubArea"])
		}), step, invalid, "the point differs"},
		{"pubArea cut short", "tpm.ES256 registration", change(func(st map[any]any) {
			b, _ := st["pubArea"].([]byte)
			st["pubArea"] = b[:len(b)-1]
		}), step, invalid, "too early"},
		{"extraData", "tpm.ES256 registration", func(s *specimen) { s.client(`false`, `false `) }, step, invalid, "extraData"},
		{"signature of the TPM", "tpm.ES256 registration", change(func(st map[any]any) {
			flipLast(st["sig"])
		}), step, "BAD_SIGNATURE", "identity key"},
		{"challenge of the key description", "android-key.ES256 registration", change(func(st map[any]any) {
			flipLast(st["sig"])
		}), step, "BAD_SIGNATURE", "first certificate"},
		{"nonce of Apple", "apple.ES256 registration", func(s *specimen) { s.client(`false`, `false `) }, step, invalid, "nonce"},
		{"a certificate that its issuer did not sign", "packed.ES256 registration", change(func(st map[any]any) {
			x, _ := st["x5c"].([]any)
			st["x5c"] = append(x, x[0])
		}), "7.1.24", invalid, "not signed by the next one"},
	}
}

func authenticationMutations() []mutation {
	const v = "none.ES256 authentication"
	return []mutation{
		{"signature missing", v, func(s *specimen) { delete(s.response(), "signature") }, "7.2.3", "MALFORMED", "response.signature is missing"},
		{"user handle is a number", v, func(s *specimen) {
			s.credential()["response"] = map[string]any{"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "userHandle": 1}
		}, "7.2.3", "MALFORMED", "response.userHandle is a number"},
		{"signature padded", v, func(s *specimen) { s.response()["signature"] += "==" }, "encoding", "MALFORMED", "response.signature"},
		{"results are a text", v, func(s *specimen) { s.credential()["clientExtensionResults"] = "x" }, "7.2.4", "MALFORMED", "a string"},
		{"a credential that was not allowed", v, func(s *specimen) {
			s.file["options"] = map[string]any{"allowCredentials": []any{map[string]any{"type": "public-key", "id": "AAAA"}}}
		}, "7.2.5", "UNKNOWN_CREDENTIAL", "none of the 1"},
		{"user handle of somebody else", v, func(s *specimen) {
			s.stored("user_handle", "YWxpY2U")
			s.response()["userHandle"] = "Ym9i"
		}, "7.2.6", "USER_HANDLE_MISMATCH", "Ym9i"},
		{"no user handle where nobody was named", v, func(s *specimen) {
			s.file["options"] = map[string]any{"challenge": s.file["challenge"], "allowCredentials": []any{}}
		}, "7.2.6", "USER_HANDLE_MISMATCH", "named no account"},
		{"authenticator data cut short", v, func(s *specimen) {
			b := s.bytes("authenticatorData")
			s.set("authenticatorData", b[:36])
		}, "7.2.7", "MALFORMED", "here are 36"},
		{"a byte behind the authenticator data", v, func(s *specimen) {
			s.set("authenticatorData", append(s.bytes("authenticatorData"), 0))
		}, "7.2.7", "MALFORMED", "1 byte"},
		{"ED without outputs", v, func(s *specimen) { s.flip(flags, 0, 0x80) }, "7.2.7", "MALFORMED", "the flag ED"},
		{"client data are not UTF-8", v, func(s *specimen) { s.client("false", "\xfe") }, "7.2.8", "MALFORMED", "UTF-8"},
		{"client data are a list", v, func(s *specimen) { s.set("clientDataJSON", []byte("[1]")) }, "7.2.9", "MALFORMED", "not a JSON object"},
		{"type of a registration", v, func(s *specimen) {
			s.client("webauthn.get", "webauthn.create")
		}, "7.2.10", "TYPE_MISMATCH", "webauthn.create"},
		{"challenge of another attempt", v, func(s *specimen) { s.client("OcDnUh", "PcDnUh") }, "7.2.11", "CHALLENGE_MISMATCH", "PcDnUh"},
		{"origin of another site", v, func(s *specimen) {
			s.client("https://example.org", "https://examp1e.org")
		}, "7.2.12", "ORIGIN_MISMATCH", "https://examp1e.org"},
		{"in a frame of another site", v, func(s *specimen) { s.client("false", "true") }, "7.2.13", "CROSS_ORIGIN_FRAME", "frame"},
		{"embedded by a site that is not listed", "none.ES256.topOrigin authentication", func(s *specimen) {
			s.file["top_origins"] = []string{"https://other.example"}
		}, "7.2.14", "TOP_ORIGIN_MISMATCH", "https://example.com"},
		{"hash of the RP ID", v, func(s *specimen) { s.flip("authenticatorData.rpIdHash", 31, 0x80) }, "7.2.15", "RPID_MISMATCH", "example.org"},
		{"UP cleared", v, func(s *specimen) { s.flip(flags, 0, 0x01) }, "7.2.16", "UP_MISSING", "nobody was present"},
		{"UV required", v, func(s *specimen) { s.file["user_verification"] = "required" }, "7.2.17", "UV_REQUIRED", "UV"},
		{"BS without BE", v, func(s *specimen) { s.flip(flags, 0, 0x08) }, "7.2.18", "BS_WITHOUT_BE", "BE is not"},
		{"BE as it was not registered", v, func(s *specimen) { s.stored("backup_eligible", false) }, "7.2.19", "BE_CHANGED", "was not set"},
		{"signature of nothing", v, func(s *specimen) { s.flip("signature", 40, 1) }, "7.2.21", "BAD_SIGNATURE", "ES256 (-7)"},
		{"raw signature of r and s", v, func(s *specimen) { s.set("signature", make([]byte, 64)) }, "7.2.21", "BAD_SIGNATURE", "64 bytes"},
		{"client data that were not signed", v, func(s *specimen) { s.client("false", "false ") }, "7.2.21", "BAD_SIGNATURE", "does not fit"},
		{"a counter that was not signed", v, func(s *specimen) {
			s.flip("authenticatorData.signCount", 3, 1)
		}, "7.2.21", "BAD_SIGNATURE", "does not fit"},
		{"a flag that was not signed", v, func(s *specimen) { s.flip(flags, 0, 0x04) }, "7.2.21", "BAD_SIGNATURE", "does not fit"},
		{"the key of another credential", v, func(s *specimen) {
			other := newSpecimen(s.t, "packed.ES256 authentication").file["stored"].(map[string]any)
			s.stored("public_key", other["public_key"])
		}, "7.2.21", "BAD_SIGNATURE", "does not fit"},
		{"a stored key that is none", v, func(s *specimen) { s.stored("public_key", "oA") }, "7.2.21", "BAD_KEY", "key type"},
		{"counter set back", "none.ES256.crossOrigin authentication", func(s *specimen) {
			s.stored("sign_count", 5)
		}, "7.2.22", "COUNTER_REGRESSED", "is 0, and was 5"},
	}
}
