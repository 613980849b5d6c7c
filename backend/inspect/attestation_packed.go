package inspect

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"fmt"

	"sting/backend/decode"
)

// verifyPacked verifies the format of section 8.2.
func verifyPacked(st decode.Item, in subject) (outcome, error) {
	out := outcome{shown: map[string]any{}}
	alg, err := decode.AlgorithmField(st)
	if err != nil {
		return out, err
	}
	out.shown["alg"] = decode.AlgorithmName(alg)
	sig, err := decode.Field(st, "sig", decode.Bytes)
	if err != nil {
		return out, err
	}
	if extra := decode.Strangers(st, "alg", "sig", "x5c"); extra != "" {
		out.doubts = append(out.doubts, "The statement has members that nobody reads: "+extra+".")
	}
	if _, ok := st.Member("ecdaaKeyId"); ok {
		return out, decode.Unsupported("The attestation is an ECDAA one, which was taken out of the specification; this explainer does not " +
			"verify it.")
	}
	if _, ok := st.Member("x5c"); !ok {
		out.kind = "self"
		return out, verifySelf(alg, sig.Raw, in)
	}
	out.kind = "basic"
	if out.path, err = decode.Certificates(st); err != nil {
		return out, err
	}
	leaf := out.path[0]
	if err := checkStatement(leaf.PublicKey, alg, in.signed, sig.Raw, "the key of the attestation certificate"); err != nil {
		return out, err
	}
	doubts, err := packedCertificate(leaf, in.auth.AAGUID)
	out.doubts = append(out.doubts, doubts...)
	return out, err
}

// verifySelf is the attestation by the credential's own key.
func verifySelf(alg int64, sig []byte, in subject) error {
	if in.keyErr != nil {
		return invalid("the statement is signed by the credential's own key, and that can't be used: %v", in.keyErr)
	}
	if alg != in.key.Algorithm {
		return differs(decode.AlgorithmName(in.key.Algorithm), decode.AlgorithmName(alg),
			"alg of the statement is %s, the credential's key is one of %s", decode.AlgorithmName(alg), decode.AlgorithmName(in.key.Algorithm))
	}
	return checkStatement(in.key.Key, alg, in.signed, sig, "the credential's own key")
}

// packedCertificate holds a leaf against section 8.2.1.
func packedCertificate(c *x509.Certificate, aaguid []byte) (doubts []string, err error) {
	if c.Version != 3 {
		return nil, differs("3", fmt.Sprint(c.Version), "the attestation certificate is of version %d, not 3", c.Version)
	}
	s := c.Subject
	if len(s.Country) != 1 || !isCountry(s.Country[0]) {
		return nil, differs("an ISO 3166 code", fmt.Sprint(s.Country),
			"the subject of the attestation certificate names no country (C) by its two letters")
	}
	if len(s.Organization) == 0 || s.Organization[0] == "" {
		return nil, invalid("the subject of the attestation certificate names no vendor (O)")
	}
	if len(s.OrganizationalUnit) != 1 || s.OrganizationalUnit[0] != "Authenticator Attestation" {
		return nil, differs("Authenticator Attestation", decode.Short(fmt.Sprint(s.OrganizationalUnit)),
			"OU of the attestation certificate's subject is not \"Authenticator Attestation\"")
	}
	if s.CommonName == "" {
		return nil, invalid("the subject of the attestation certificate has no common name (CN)")
	}
	if err := certificateAAGUID(c, aaguid); err != nil {
		return nil, err
	}
	if c.IsCA {
		return nil, invalid("the attestation certificate is one of an authority (basic constraints, CA true)")
	}
	if !c.BasicConstraintsValid {
		doubts = append(doubts, "The attestation certificate has no basic constraints, which section 8.2.1 asks for.")
	}
	return doubts, nil
}

func isCountry(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
}

// verifyU2F verifies the format of section 8.6.
func verifyU2F(st decode.Item, in subject) (outcome, error) {
	out := outcome{kind: "basic"}
	sig, err := decode.Field(st, "sig", decode.Bytes)
	if err != nil {
		return out, err
	}
	if out.path, err = decode.Certificates(st); err != nil {
		return out, err
	}
	if len(out.path) != 1 {
		return out, differs("1", fmt.Sprint(len(out.path)), "x5c holds %d certificates, and has to hold exactly one", len(out.path))
	}
	pub, ok := out.path[0].PublicKey.(*ecdsa.PublicKey)
	if !ok || pub.Curve != elliptic.P256() {
		return out, invalid("the key of the attestation certificate is not on P-256")
	}
	if in.keyErr != nil {
		return out, invalid("the credential's key can't be used: %v", in.keyErr)
	}
	if in.key.KeyType != decode.EC2 || in.key.Curve != 1 {
		return out, differs("ES256 on P-256", decode.AlgorithmName(in.key.Algorithm),
			"U2F knows keys on P-256 only, the credential's is one of %s", decode.AlgorithmName(in.key.Algorithm))
	}
	message := append([]byte{0}, in.auth.RPIDHash...)
	message = append(message, in.hash...)
	message = append(message, in.auth.CredentialID...)
	message = append(message, 4)
	message = append(append(message, in.key.X...), in.key.Y...)
	for _, b := range in.auth.AAGUID {
		if b != 0 {
			out.doubts = []string{"U2F has no AAGUID, and yet one stands in the authenticator data; it is not covered by the signature."}
			break
		}
	}
	return out, checkStatement(pub, -7, message, sig.Raw, "the key of the attestation certificate")
}
