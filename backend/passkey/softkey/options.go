package softkey

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"slices"
	"strings"
)

// creationOptions is PublicKeyCredentialCreationOptionsJSON, as far as an
// authenticator cares. Web Authentication Level 3, §5.1.8.
type creationOptions struct {
	RP *struct {
		ID   string  `json:"id"`
		Name *string `json:"name"`
	} `json:"rp"`
	User *struct {
		ID          *octets `json:"id"`
		Name        *string `json:"name"`
		DisplayName *string `json:"displayName"`
	} `json:"user"`
	Challenge        *octets      `json:"challenge"`
	PubKeyCredParams *[]parameter `json:"pubKeyCredParams"`
	Exclude          []descriptor `json:"excludeCredentials"`
	Selection        struct {
		Attachment       string `json:"authenticatorAttachment"`
		UserVerification string `json:"userVerification"`
	} `json:"authenticatorSelection"`
	Attestation string `json:"attestation"`
	Extensions  struct {
		CredProps bool `json:"credProps"`
	} `json:"extensions"`
}

// requestOptions is PublicKeyCredentialRequestOptionsJSON.
// Web Authentication Level 3, §5.1.9.
type requestOptions struct {
	Challenge        *octets      `json:"challenge"`
	RPID             string       `json:"rpId"`
	Allow            []descriptor `json:"allowCredentials"`
	UserVerification string       `json:"userVerification"`
}

type parameter struct {
	Type string    `json:"type"`
	Alg  Algorithm `json:"alg"`
}

type descriptor struct {
	Type string `json:"type"`
	ID   octets `json:"id"`
}

// publicKeyType is the one type of credential that Web Authentication knows.
const publicKeyType = "public-key"

// octets is bytes that travel as base64url without padding.
type octets []byte

func (b *octets) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return ErrEncoding.because("%.40q is not base64url without padding", text)
	}
	*b = decoded
	return nil
}

// parseOptions reads options into into, from the object itself or from its
// publicKey member.
func parseOptions(options []byte, into any) error {
	var outer struct {
		PublicKey json.RawMessage `json:"publicKey"`
	}
	if err := json.Unmarshal(options, &outer); err != nil {
		return ErrType.because("the options are not a JSON object: %v", err)
	}
	if len(outer.PublicKey) > 0 {
		options = outer.PublicKey
	}
	err := json.Unmarshal(options, into)
	if err == nil || errors.Is(err, ErrEncoding) {
		return err
	}
	return ErrType.because("the options: %v", err)
}

func parseCreation(options []byte) (*creationOptions, error) {
	o := new(creationOptions)
	if err := parseOptions(options, o); err != nil {
		return nil, err
	}
	switch {
	case o.RP == nil || o.RP.Name == nil:
		return nil, ErrType.because("rp.name is missing")
	case o.User == nil || o.User.ID == nil || o.User.Name == nil || o.User.DisplayName == nil:
		return nil, ErrType.because("user needs id, name and displayName")
	case len(*o.User.ID) == 0 || len(*o.User.ID) > 64:
		return nil, ErrType.because("user.id has %d bytes; 1 to 64 are allowed", len(*o.User.ID))
	case o.Challenge == nil:
		return nil, ErrType.because("challenge is missing")
	case o.PubKeyCredParams == nil:
		return nil, ErrType.because("pubKeyCredParams is missing")
	}
	return o, nil
}

func parseRequest(options []byte) (*requestOptions, error) {
	o := new(requestOptions)
	if err := parseOptions(options, o); err != nil {
		return nil, err
	}
	if o.Challenge == nil {
		return nil, ErrType.because("challenge is missing")
	}
	return o, nil
}

// algorithm picks the first offered algorithm that a knows.
// Web Authentication Level 3, §5.1.3 step 10: nothing offered means ES256 and RS256.
func (o *creationOptions) algorithm(a *Authenticator) (Algorithm, error) {
	offered := *o.PubKeyCredParams
	if len(offered) == 0 {
		offered = []parameter{{publicKeyType, ES256}, {publicKeyType, RS256}}
	}
	for _, p := range offered {
		known := a.Algorithms == nil || slices.Contains(a.Algorithms, p.Alg)
		if p.Type == publicKeyType && known && p.Alg.known() {
			return p.Alg, nil
		}
	}
	return 0, ErrNotSupported.because("none of the %d offered algorithms is known here", len(offered))
}

// relyingParty returns the RP ID that origin may use, asked for as rpID (empty:
// the origin's host). It knows no list of public suffixes: a name without a dot
// counts as one. Web Authentication Level 3, §5.1.3 steps 6 to 8.
func (a *Authenticator) relyingParty(rpID, origin string) (string, error) {
	u, err := url.Parse(origin)
	if a.AnyOrigin && (rpID != "" || err == nil && u.Hostname() != "") {
		if rpID == "" {
			rpID = u.Hostname()
		}
		return rpID, nil
	}
	if err != nil || u.Host == "" || origin != u.Scheme+"://"+u.Host {
		return "", ErrSecurity.because("%q is not an origin: scheme, host and port, no path", origin)
	}
	host := u.Hostname()
	local := host == "localhost" || strings.HasSuffix(host, ".localhost")
	switch {
	case net.ParseIP(host) != nil:
		return "", ErrSecurity.because("%s is an address; an RP ID is a name", host)
	case u.Scheme != "https" && (u.Scheme != "http" || !local):
		return "", ErrSecurity.because("%s is not a secure context", origin)
	case rpID == "" || rpID == host:
		return host, nil
	case strings.Contains(rpID, ".") && strings.HasSuffix(host, "."+rpID):
		return rpID, nil
	}
	return "", ErrSecurity.because("the RP ID %q is neither %s nor a domain above it", rpID, host)
}

// verified refuses what a person who can't be verified can't do.
func (a *Authenticator) verified(requirement string) error {
	if requirement == "required" && !a.UserVerified {
		return ErrNotAllowed.because("user verification is required and nobody was verified")
	}
	return nil
}
