package watched

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"sting/backend/decode"
	"sting/backend/fault"
	"sting/backend/tape"
)

// Key is the credential record of somebody else's relying party, as far as its
// ceremonies have shown it.
type Key struct {
	RPID         string      `json:"rp_id"`
	CredentialID string      `json:"credential_id"` // base64url
	Source       string      `json:"source"`        // where it was registered
	UserName     string      `json:"user_name"`
	Stored       tape.Stored `json:"stored"`
	MadeAt       time.Time   `json:"made_at"`
	UsedAt       time.Time   `json:"used_at"`
}

// ErrNoKey means that no registration with the credential was watched.
var ErrNoKey = fault.New(fault.NotFound, "NOT_FOUND", "No registration of this passkey was watched.",
	"Register a passkey in the lab browser: later sign-ins with it are verified wholly.")

// Keys keeps the public keys.
type Keys interface {
	// WatchedKey returns ErrNoKey where there is none.
	WatchedKey(ctx context.Context, rpID, credentialID string) (Key, error)
	// WatchedKeys lists those of an RP ID, "" for all.
	WatchedKeys(ctx context.Context, rpID string) ([]Key, error)
	PutWatchedKey(ctx context.Context, k Key) error
}

// known fills in what an earlier registration said of the key that answers.
func (r *Recorder) known(ctx context.Context, c Ceremony, rec *tape.Record) *Key {
	if c.Kind != "authentication" {
		return nil
	}
	k, err := r.Keys.WatchedKey(ctx, rec.RPID, answerOf(c.Credential).RawID)
	if err != nil {
		if !errors.Is(err, ErrNoKey) {
			r.Log.Error("the public key of a watched passkey can't be read", "err", err)
		}
		return nil
	}
	rec.Stored = &k.Stored
	if rec.Email == "" {
		rec.Email = k.UserName
	}
	return &k
}

// remember keeps what an accepted answer says of its key, and returns it.
func (r *Recorder) remember(ctx context.Context, have *Key, c Ceremony, rec *tape.Record) (*tape.Stored, error) {
	k, ok := after(have, c, rec)
	if !ok {
		return nil, nil
	}
	return &k.Stored, r.Keys.PutWatchedKey(ctx, k)
}

// after is a key as an answer leaves it.
func after(have *Key, c Ceremony, rec *tape.Record) (k Key, ok bool) {
	a := answerOf(c.Credential)
	if c.Kind == "authentication" {
		auth, err := decode.ParseAuthenticatorData(bytesOf(a.Response.AuthenticatorData))
		if have == nil || err != nil {
			return k, false
		}
		k = *have
		k.UsedAt, k.Stored.SignCount, k.Stored.BackupState = c.BeganAt, auth.SignCount, auth.Has(decode.BS)
		return k, true
	}
	auth, ok := attested(bytesOf(a.Response.AttestationObject))
	if !ok || a.RawID == "" {
		return k, false
	}
	o := optionsOf(c)
	return Key{
		RPID: rec.RPID, CredentialID: a.RawID, Source: rec.Source, UserName: o.User.Name, MadeAt: c.BeganAt, UsedAt: c.BeganAt,
		Stored: tape.Stored{
			PublicKey: decode.Base64URL(auth.Key), SignCount: auth.SignCount, BackupEligible: auth.Has(decode.BE),
			BackupState: auth.Has(decode.BS), UserHandle: o.User.ID,
		},
	}, true
}

// attested reads the authenticator data of an attestation object.
func attested(object []byte) (auth decode.AuthenticatorData, ok bool) {
	it, _, err := decode.ParseCBOR(object)
	if err != nil {
		return auth, false
	}
	data, ok := it.Member("authData")
	if !ok {
		return auth, false
	}
	auth, err = decode.ParseAuthenticatorData(data.Raw)
	return auth, err == nil && len(auth.Key) > 0
}

// answer is what of a credential is read here.
type answer struct {
	RawID    string `json:"rawId"`
	Response struct {
		AttestationObject string `json:"attestationObject"`
		AuthenticatorData string `json:"authenticatorData"`
	} `json:"response"`
}

func answerOf(credential json.RawMessage) (a answer) {
	_ = json.Unmarshal(credential, &a) // what is missing is judged by the explainer
	return a
}
