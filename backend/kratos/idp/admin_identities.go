package idp

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"sting/backend/document"
	"sting/backend/events"
	"sting/backend/identity"
)

// firstPage is the token of the first page of identities.
const firstPage = "00000000-0000-0000-0000-000000000000"

// theirs are the members below which names are the administrator's own.
var theirs = []string{"traits", "metadata_public", "metadata_admin", "value", "config"}

// decode reads a JSON body of which every reader sees the same. Numbers keep all
// their digits.
func (x *exchange) decode(v any) error {
	doc, err := io.ReadAll(x.r.Body)
	if err == nil {
		err = unmarshal(doc, v)
	}
	if err != nil {
		if f := failureOf(err); f.status == http.StatusRequestEntityTooLarge {
			return f
		}
		return badRequest("Unable to decode the request body: %v.", err)
	}
	if wrong := document.Examine(doc, theirs...); len(wrong) > 0 {
		return badRequest("Unable to decode the request body: %s", wrong.Text())
	}
	return nil
}

// full is an identity as an administrator sees it, with the configuration of
// the credentials whose types are named.
func (x *exchange) full(i identity.Identity, include ...string) *wireIdentity {
	w := x.identity(i)
	w.MetadataAdmin = json.RawMessage("null")
	if len(i.MetadataAdmin) > 0 {
		w.MetadataAdmin = i.MetadataAdmin
	}
	w.Credentials = map[string]any{}
	add := func(kind string, version int, identifiers []string, config any, at time.Time) {
		c := map[string]any{"type": kind, "identifiers": identifiers, "version": version, "created_at": i.CreatedAt, "updated_at": at}
		if config != nil && slices.Contains(include, kind) {
			c["config"] = config
		}
		w.Credentials[kind] = c
	}
	if i.Password != nil {
		add("password", 0, i.Identifiers, map[string]string{"hashed_password": i.Password.Hash}, i.Password.SetAt)
	}
	if codes := x.schema.codeIdentifiers(decoded(i.Traits)); len(codes) > 0 {
		add("code", 1, codes, nil, i.UpdatedAt)
	}
	return w
}

func (x *exchange) listIdentities() error {
	q := x.r.URL.Query()
	if by := q.Get("credentials_identifier"); by != "" {
		return x.identityByIdentifier(by)
	}
	if ids := q["ids"]; len(ids) > 0 {
		return x.identitiesByID(ids)
	}
	if like := q.Get("preview_credentials_identifier_similar"); like != "" {
		return x.identitiesLike(identity.Fold(like))
	}
	size, err := x.pageSize()
	if err != nil {
		return err
	}
	if q.Get("organization_id") != "" { // nobody is in one: organizations are not built
		x.linked("/admin/identities", size, firstPage, "")
		return x.json(http.StatusOK, []any{})
	}
	if q.Has("page") && !q.Has("page_token") {
		return x.numberedPage(q.Get("page"), size)
	}
	after := identity.ID(q.Get("page_token"))
	if after == firstPage {
		after = ""
	}
	list, err := x.Identities.Identities(x.r.Context(), after, size+1)
	if err != nil {
		return err
	}
	next := ""
	if len(list) > size {
		list = list[:size]
		next = string(list[size-1].ID)
	}
	x.linked("/admin/identities", size, firstPage, next)
	return x.json(http.StatusOK, x.listed(list))
}

func (x *exchange) identityByIdentifier(identifier string) error {
	x.linked("/admin/identities", defaultPage, firstPage, "")
	i, err := x.Identities.IdentityByIdentifier(x.r.Context(), identity.Fold(identifier))
	if errors.Is(err, identity.ErrNotFound) {
		return x.json(http.StatusOK, []any{})
	}
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, []any{x.full(i, x.r.URL.Query()["include_credential"]...)})
}

// identitiesLike lists those with an identifier that has a text in it.
func (x *exchange) identitiesLike(part string) error {
	out := []any{}
	var after identity.ID
	for len(out) < maxPage {
		page, err := x.Identities.Identities(x.r.Context(), after, maxPage)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		for _, i := range page {
			if slices.ContainsFunc(i.Identifiers, func(s string) bool { return strings.Contains(s, part) }) && len(out) < maxPage {
				out = append(out, x.full(i))
			}
		}
		after = page[len(page)-1].ID
	}
	x.linked("/admin/identities", defaultPage, firstPage, "")
	return x.json(http.StatusOK, out)
}

func (x *exchange) identitiesByID(ids []string) error {
	if len(ids) > 500 {
		return badRequest("At most 500 identities can be asked for by id, not %d.", len(ids))
	}
	out := []any{}
	for _, id := range ids {
		i, err := x.Identities.Identity(x.r.Context(), identity.ID(id))
		if errors.Is(err, identity.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		out = append(out, x.full(i))
	}
	x.linked("/admin/identities", defaultPage, firstPage, "")
	return x.json(http.StatusOK, out)
}

// named is the identity in the path.
func (x *exchange) named() (identity.Identity, error) {
	return x.Identities.Identity(x.r.Context(), identity.ID(x.r.PathValue("id")))
}

func (x *exchange) showIdentity() error {
	i, err := x.named()
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, x.full(i, x.r.URL.Query()["include_credential"]...))
}

func (x *exchange) createIdentity() error {
	var body imported
	if err := x.decodeNew(&body); err != nil {
		return err
	}
	i, err := x.create(body)
	if err != nil {
		return err
	}
	x.w.Header().Set("Location", x.cfg.AdminURL+"/identities/"+string(i.ID))
	return x.json(http.StatusCreated, x.written(i))
}

// create makes an identity of what an administrator wrote.
func (x *exchange) create(body imported) (identity.Identity, error) {
	i := identity.New(x.now, x.schema.ID, nil)
	if err := x.apply(&i, body); err != nil {
		return i, err
	}
	err := x.Identities.CreateIdentity(x.r.Context(), i)
	if errors.Is(err, identity.ErrEmailTaken) {
		return i, conflict("The resource could not be created due to a conflict")
	}
	if err == nil {
		events.Publish(x.Bus, identity.Changed{ID: i.ID, What: "created"})
	}
	return i, err
}

func conflict(message string) *failure {
	return &failure{status: http.StatusConflict, message: message,
		reason: "This identity conflicts with another identity that already exists."}
}

func (x *exchange) replaceIdentity() error {
	var body imported
	if err := x.decode(&body); err != nil {
		return err
	}
	i, err := x.rewrite(body)
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, x.written(i))
}

// written is an identity as Kratos shows it to who has just written it whole:
// without metadata that is not there.
func (x *exchange) written(i identity.Identity) *wireIdentity {
	w := x.full(i)
	if len(i.MetadataAdmin) == 0 {
		w.MetadataAdmin = nil
	}
	return w
}

// rewrite applies an administrator's words to the identity in the path.
func (x *exchange) rewrite(body imported) (identity.Identity, error) {
	// A password is hashed here, outside of the transaction.
	var hashed identity.Identity
	if err := x.importPassword(&hashed, body.Credentials); err != nil {
		return hashed, err
	}
	body.Credentials = nil
	i, err := x.Identities.UpdateIdentity(x.r.Context(), identity.ID(x.r.PathValue("id")), func(i *identity.Identity) error {
		i.UpdatedAt = x.now
		if hashed.Password != nil {
			i.Password = hashed.Password
		}
		return x.apply(i, body)
	})
	if errors.Is(err, identity.ErrEmailTaken) {
		return i, conflict("The resource could not be created due to a conflict")
	}
	if err == nil {
		events.Publish(x.Bus, identity.Changed{ID: i.ID, What: "updated"})
		x.Sessions.AnnounceEnded(i.ID) // another password, or a state, may have ended them
	}
	return i, err
}

func (x *exchange) deleteIdentity() error {
	id := identity.ID(x.r.PathValue("id"))
	if err := x.Identities.DeleteIdentity(x.r.Context(), id); err != nil {
		return err
	}
	events.Publish(x.Bus, identity.Changed{ID: id, What: "deleted"})
	return x.none()
}

// deleteCredential removes a second factor. None can be set up here, and a
// first one is not removed this way: as with Kratos.
func (x *exchange) deleteCredential() error {
	if _, err := x.named(); err != nil {
		return err
	}
	switch kind := x.r.PathValue("type"); kind {
	case "totp", "webauthn", "lookup_secret", "passkey":
		return &failure{
			status: http.StatusNotFound, message: "The requested resource could not be found",
			reason: "You tried to remove a " + kind + " but this user have no " + kind + " set up.",
		}
	case "password", "code", "oidc":
		return badRequest("You can't remove first factor credentials.")
	default:
		return badRequest("Unknown credentials type %s.", kind)
	}
}
