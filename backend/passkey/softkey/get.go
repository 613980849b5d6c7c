package softkey

import (
	"bytes"
	"slices"
)

// Get signs in with a passkey, as navigator.credentials.get() does on a page of
// origin (scheme, host and port). options is
// PublicKeyCredentialRequestOptionsJSON, or an object that holds one as
// publicKey. It returns AuthenticationResponseJSON, changed by muts in order.
//
// Choose decides which of the fitting passkeys answers. Its counter moves by
// CounterStep, whatever the mutations say. A refusal is an *Exception:
// ErrNotAllowed, ErrSecurity, ErrEncoding or ErrType.
// Web Authentication Level 3, §5.1.4 and §6.3.3.
func (a *Authenticator) Get(options []byte, origin string, muts ...Mutation) ([]byte, error) {
	o, err := parseRequest(options)
	if err != nil {
		return nil, err
	}
	rpID, err := a.relyingParty(o.RPID, origin)
	if err != nil {
		return nil, err
	}
	if err := a.verified(o.UserVerification); err != nil {
		return nil, err
	}
	e, err := a.use(rpID, o.Allow)
	if err != nil {
		return nil, err
	}
	d := newDraft("webauthn.get", *o.Challenge, origin, &e)
	d.AuthData.Flags = a.flags(e.BackupEligible)
	d.UserHandle = bytes.Clone(e.UserHandle)
	answer, err := d.apply(muts)
	if err != nil {
		return nil, err
	}
	answer.identify(&e, a.attachment())
	return answer.complete(d.After)
}

// use picks a credential, counts the use and returns a copy.
func (a *Authenticator) use(rpID string, allow []descriptor) (entry, error) {
	candidates, err := a.candidates(rpID, allow)
	if err != nil {
		return entry{}, err
	}
	chosen := 0
	if a.Choose != nil {
		chosen = a.Choose(candidates)
	}
	if chosen < 0 || chosen >= len(candidates) {
		return entry{}, ErrNotAllowed.because("the person declined")
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	e, ok := a.byID[string(candidates[chosen].ID)]
	if !ok {
		return entry{}, ErrNotAllowed.because("the passkey was removed meanwhile")
	}
	e.Counter += a.CounterStep
	return entry{Credential: e.copy(), key: e.key}, nil
}

// candidates returns the credentials that fit, the newest first.
func (a *Authenticator) candidates(rpID string, allow []descriptor) ([]Credential, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var list []Credential
	if len(allow) == 0 {
		list = a.list(func(e *entry) bool { return e.RPID == rpID })
	} else {
		list = a.allowed(rpID, allow)
	}
	if len(list) == 0 {
		return nil, ErrNotAllowed.because("no passkey for %s fits", rpID)
	}
	slices.Reverse(list)
	return list, nil
}

// allowed looks up by ID, so that an authenticator full of seeds stays quick.
func (a *Authenticator) allowed(rpID string, allow []descriptor) []Credential {
	var found []*entry
	for _, d := range allow {
		e, ok := a.byID[string(d.ID)]
		if ok && d.Type == publicKeyType && e.RPID == rpID && !slices.Contains(found, e) {
			found = append(found, e)
		}
	}
	return oldestFirst(found)
}
