package idp

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"

	"sting/backend/identity"
	"sting/backend/session"
)

// recoveryWanted is what an administrator asks for.
type recoveryWanted struct {
	IdentityID identity.ID `json:"identity_id"`
	ExpiresIn  string      `json:"expires_in"`
	FlowType   string      `json:"flow_type"`
}

// recoveryFor begins a flow for somebody who asked an administrator. No browser
// is tied to it: whoever is given the code uses it.
func (x *exchange) recoveryFor() (Flow, identity.Identity, error) {
	var body recoveryWanted
	if err := x.decode(&body); err != nil {
		return Flow{}, identity.Identity{}, err
	}
	life := x.cfg.lifespan(RecoveryFlow)
	if body.ExpiresIn != "" {
		d, err := time.ParseDuration(body.ExpiresIn)
		if err != nil || d <= 0 {
			return Flow{}, identity.Identity{}, badRequest(`Unable to parse "expires_in" whose format should match "[0-9]+(ns|us|ms|s|m|h)" but `+
				`did not: %s`, body.ExpiresIn)
		}
		life = d
	}
	who, err := x.Identities.Identity(x.r.Context(), body.IdentityID)
	if err != nil {
		return Flow{}, who, err
	}
	f := Flow{
		ID: uuid.NewString(), Kind: RecoveryFlow, Type: typeBrowser, IssuedAt: x.now, UpdatedAt: x.now, ExpiresAt: x.now.Add(life),
		RequestURL: clip(x.cfg.AdminURL+x.r.URL.Path, 2048), Base: x.base, Active: "code", IdentityID: who.ID,
	}
	if body.FlowType == typeAPI {
		f.Type = typeAPI
	}
	f.UI.Action, f.UI.Method = x.action(f.Kind, f.ID), http.MethodPost
	drawCode(&f, first(x.recoveryAddresses(who)), codeDigits)
	return f, who, nil
}

func (x *exchange) recoveryAddresses(who identity.Identity) []string {
	_, recover := x.schema.addresses(decoded(who.Traits))
	return recover
}

func (x *exchange) createRecoveryCode() error {
	f, who, err := x.recoveryFor()
	if err != nil {
		return err
	}
	code, err := x.drawCodeFor(x.r.Context(), subjectOf(who.ID, ""))
	if err != nil {
		return err
	}
	f.UI.Messages = nil
	f.UI.Nodes[f.UI.find("code")].Attributes.MaxLength = len(code)
	if err := x.Store.CreateFlow(x.r.Context(), f); err != nil {
		return err
	}
	if err := x.keepSecret(x.r.Context(), f, code, who.ID, ""); err != nil {
		return err
	}
	return x.json(http.StatusCreated, map[string]any{"recovery_code": code, "recovery_link": x.pageOf(f), "expires_at": f.ExpiresAt})
}

// createRecoveryLink makes a link that signs its reader in, once.
func (x *exchange) createRecoveryLink() error {
	f, who, err := x.recoveryFor()
	if err != nil {
		return err
	}
	if err := x.Store.CreateFlow(x.r.Context(), f); err != nil {
		return err
	}
	token, _ := session.NewToken()
	if err := x.keepSecret(x.r.Context(), f, token, who.ID, ""); err != nil {
		return err
	}
	link := x.base + "/self-service/recovery?" + url.Values{"flow": {f.ID}, "token": {token}}.Encode()
	return x.json(http.StatusOK, map[string]any{"recovery_link": link, "expires_at": f.ExpiresAt})
}

// openRecovery follows a recovery link, or begins a recovery.
func (x *exchange) openRecovery() error {
	q := x.r.URL.Query()
	if q.Get("token") == "" {
		return restart(RecoveryFlow)(x)
	}
	f, err := x.submitted(RecoveryFlow)
	if err != nil {
		return err
	}
	if f.Browser != nil { // no link is made for it, and a link proves no browser: THREATS T02
		return csrfViolation()
	}
	if f.expired(x.now) {
		return x.replace(f)
	}
	return x.recover(f, q.Get("token"))
}

// wireMessage is a mail as Kratos shows it. Its body stays out: it holds codes.
func wireMessage(m Message) map[string]any {
	return map[string]any{
		"id": m.ID, "status": m.Status, "type": "email", "channel": "email", "recipient": m.Recipient,
		"subject": m.Subject, "body": "<redacted-unless-dev-mode>", "template_type": m.Template, "send_count": m.SendCount,
		"created_at": m.CreatedAt, "updated_at": m.UpdatedAt,
	}
}

func (x *exchange) listMessages() error {
	size, err := x.pageSize()
	if err != nil {
		return err
	}
	q := x.r.URL.Query()
	var list []Message
	total := 0
	if x.Outbox != nil {
		list, total, err = x.Outbox.Messages(x.r.Context(), tokenID(q.Get("page_token")), size+1, q.Get("status"), q.Get("recipient"))
		if err != nil {
			return err
		}
	}
	next := ""
	if len(list) > size {
		list = list[:size]
		next = idToken(list[size-1].ID)
	}
	out := make([]any, 0, len(list))
	for _, m := range list {
		out = append(out, wireMessage(m))
	}
	x.w.Header().Set("X-Total-Count", strconv.Itoa(total))
	x.linked("/admin/courier/messages", size, idToken(firstPage), next)
	return x.json(http.StatusOK, out)
}

func (x *exchange) showMessage() error {
	if x.Outbox == nil {
		return notFound()
	}
	m, err := x.Outbox.Message(x.r.Context(), x.r.PathValue("id"))
	if err != nil {
		return err
	}
	tries := []any{}
	for _, t := range m.Tries {
		try := map[string]any{"id": t.ID, "message_id": m.ID, "status": "success", "error": nil, "created_at": t.At, "updated_at": t.At}
		if t.Error != "" {
			try["status"], try["error"] = "failed", map[string]string{"message": t.Error}
		}
		tries = append(tries, try)
	}
	w := wireMessage(m)
	w["dispatches"] = tries
	return x.json(http.StatusOK, w)
}
