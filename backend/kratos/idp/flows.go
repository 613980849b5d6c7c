package idp

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"sting/backend/origin"
)

// newFlow makes a flow that begins now, of the type that the path names. It
// is not kept yet.
func (x *exchange) newFlow(k Kind) (Flow, error) {
	f := Flow{
		ID: uuid.NewString(), Kind: k, Type: typeBrowser, State: stateChoose, IssuedAt: x.now, UpdatedAt: x.now,
		ExpiresAt: x.now.Add(x.cfg.lifespan(k)), RequestURL: clip(x.url(), 2048), Base: x.base,
	}
	if strings.HasSuffix(x.r.URL.Path, "/api") {
		f.Type = typeAPI
	}
	if wanted := x.r.URL.Query().Get("return_to"); wanted != "" {
		to, ok := x.safeReturn(wanted)
		if !ok {
			return Flow{}, badRequest("Requested return_to URL %q is not allowed.", wanted).named("self_service_flow_return_to_forbidden")
		}
		f.ReturnTo = to
	}
	x.own(&f)
	return f, nil
}

// client tells clients apart, so that one that begins many flows loses its own
// first: by the CSRF cookie that a browser shows, else by the address of the
// connection; nothing else that a client sends tells two of them apart. proven
// says that the cookie is one that a browser gets when it has signed in.
func (x *exchange) client() (who string, proven bool) {
	if x.shown {
		return "browser " + hex.EncodeToString(x.bound()), x.vouchedFor(x.token)
	}
	address := x.device().Address
	if ip := net.ParseIP(address); ip != nil && ip.IsLoopback() {
		address = "loopback" // any program of this machine has all of these
	}
	return address, false
}

// safeReturn checks where a person wants to be sent: to our pages, to this API,
// or to what the configuration allows.
func (x *exchange) safeReturn(wanted string) (string, bool) {
	return origin.SafeReturnTo(x.cfg.Site, append(x.cfg.AllowedReturns[:len(x.cfg.AllowedReturns):len(x.cfg.AllowedReturns)], x.base), wanted)
}

// own ties a flow to this browser and to the address where it is submitted.
func (x *exchange) own(f *Flow) {
	f.UI.Action, f.UI.Method = x.action(f.Kind, f.ID), http.MethodPost
	f.Client, f.Proven = x.client()
	if f.browser() {
		x.needCSRF()
		f.Browser = x.bound()
	}
}

// open keeps a new flow and shows it: the flow itself to a program, its page to
// a person.
func (x *exchange) open(f Flow) error {
	if err := x.Store.CreateFlow(x.r.Context(), f); err != nil {
		return err
	}
	if f.browser() && !x.wantsJSON() {
		x.redirect(x.pageOf(f))
		return nil
	}
	return x.show(http.StatusOK, f, nil)
}

func (x *exchange) pageOf(f Flow) string { return x.cfg.page(f.Kind) + "?flow=" + f.ID }

// landing is where a person goes once a flow is through.
func (x *exchange) landing(f Flow) string {
	if f.ReturnTo != "" {
		return f.ReturnTo
	}
	return x.cfg.home()
}

// showFlow answers a page that asks for its flow.
func showFlow(k Kind) answer {
	return func(x *exchange) error {
		x.plain = true
		f, err := x.Store.Flow(x.r.Context(), k, x.r.URL.Query().Get("id"))
		if err != nil {
			return err
		}
		if k == SettingsFlow {
			return x.showSettings(f)
		}
		if f.browser() && !x.sameBrowser(f) {
			return csrfViolation()
		}
		if f.expired(x.now) {
			return x.expiredToReader(f)
		}
		return x.show(http.StatusOK, f, nil)
	}
}

// restart sends a browser that opens an address of forms to a new flow.
func restart(k Kind) answer {
	return func(x *exchange) error {
		if id := x.r.URL.Query().Get("flow"); id != "" {
			if f, err := x.Store.Flow(x.r.Context(), k, id); err == nil && !f.expired(x.now) {
				x.redirect(x.pageOf(f))
				return nil
			}
		}
		to := x.base + "/self-service/" + string(k) + "/browser"
		if back := x.r.URL.Query().Get("return_to"); back != "" {
			to += "?return_to=" + url.QueryEscape(back)
		}
		x.redirect(to)
		return nil
	}
}

// submitted finds the flow that a form belongs to.
func (x *exchange) submitted(k Kind) (Flow, error) {
	id, err := uuid.Parse(x.r.URL.Query().Get("flow"))
	if err != nil {
		return Flow{}, badRequest("%s", reasonNoFlowParam)
	}
	f, err := x.Store.Flow(x.r.Context(), k, id.String())
	if err != nil {
		return Flow{}, err
	}
	x.base, x.plain = f.Base, !f.browser()
	return f, nil
}

// draw puts the first form of its kind into a flow.
func (x *exchange) draw(f *Flow) error {
	switch f.Kind {
	case LoginFlow:
		return x.drawLogin(f)
	case RegistrationFlow:
		x.drawRegistration(f)
	case RecoveryFlow, VerificationFlow:
		drawAddress(f)
	case SettingsFlow:
		who, err := x.Identities.Identity(x.r.Context(), f.IdentityID)
		if err != nil {
			return err
		}
		f.State = stateShow
		x.drawSettings(f, who)
	}
	return nil
}

// reject keeps and shows what is wrong with a submission.
func (x *exchange) reject(f Flow, say func(*Flow)) error {
	kept, err := x.Store.UpdateFlow(x.r.Context(), f.Kind, f.ID, func(kept *Flow) error {
		kept.UI.clear()
		say(kept)
		kept.UpdatedAt = x.now
		return nil
	})
	if err != nil {
		return err
	}
	x.noteFlow(kept)
	return x.showAgain(http.StatusBadRequest, kept)
}

// showAgain shows a flow after a submission: itself to a program, its page to
// a person.
func (x *exchange) showAgain(status int, f Flow) error {
	if f.browser() && !x.wantsJSON() {
		x.redirect(x.pageOf(f))
		return nil
	}
	return x.show(status, f, nil)
}

// errFinished is what a second submission of one flow runs into.
var errFinished = errors.New("flow is finished")

// finish marks a flow as done, once: of two submissions at the same time one
// gets through.
func (x *exchange) finish(f Flow) error {
	_, err := x.Store.UpdateFlow(x.r.Context(), f.Kind, f.ID, func(kept *Flow) error {
		if kept.Finished {
			return errFinished
		}
		kept.Finished, kept.UpdatedAt = true, x.now
		return nil
	})
	return err
}

// reopen takes finish back, for what went wrong after it.
func (x *exchange) reopen(f Flow) {
	_, err := x.Store.UpdateFlow(context.WithoutCancel(x.r.Context()), f.Kind, f.ID, func(kept *Flow) error {
		kept.Finished = false
		return nil
	})
	if err != nil {
		x.log().WarnContext(x.r.Context(), "flow not reopened", "error", err)
	}
}

// continueTo is an entry of continue_with that leads to another flow.
func (x *exchange) continueTo(action string, f Flow, more map[string]any) map[string]any {
	flow := map[string]any{"id": f.ID}
	if f.browser() {
		flow["url"] = x.pageOf(f)
	}
	for name, v := range more {
		flow[name] = v
	}
	return map[string]any{"action": action, "flow": flow}
}

func redirectTo(where string) map[string]any {
	return map[string]any{"action": "redirect_browser_to", "redirect_browser_to": where}
}

func setToken(token string) map[string]any {
	return map[string]any{"action": "set_ory_session_token", "ory_session_token": token}
}

// show writes a flow as Kratos does. next is its continue_with, if it has one.
func (x *exchange) show(status int, f Flow, next []any) error {
	form := f.UI.clone()
	if i := form.find("csrf_token"); i >= 0 && f.browser() {
		x.needCSRF()
		form.Nodes[i].Attributes.Value = raw(x.masked())
	}
	v := map[string]any{
		"id": f.ID, "type": f.Type, "state": f.State, "issued_at": f.IssuedAt, "expires_at": f.ExpiresAt,
		"request_url": f.RequestURL, "ui": form,
	}
	if f.ReturnTo != "" {
		v["return_to"] = f.ReturnTo
	}
	if f.Active != "" {
		v["active"] = f.Active
	}
	if f.Transient {
		v["transient_payload"] = struct{}{}
	}
	if next != nil {
		v["continue_with"] = next
	}
	switch f.Kind {
	case LoginFlow:
		v["created_at"], v["updated_at"], v["refresh"] = f.IssuedAt, f.UpdatedAt, f.Refresh
		v["requested_aal"], v["organization_id"] = f.aal(), nil
	case RegistrationFlow:
		v["organization_id"] = nil
	case SettingsFlow:
		i, err := x.Identities.Identity(x.r.Context(), f.IdentityID)
		if err != nil {
			return err
		}
		v["identity"] = x.identity(i)
	}
	return x.json(status, v)
}

// showError answers the page for errors.
func (x *exchange) showError() error {
	x.plain = true
	f, err := x.Store.Flow(x.r.Context(), ErrorFlow, x.r.URL.Query().Get("id"))
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, map[string]any{
		"id": f.ID, "error": json.RawMessage(f.Error), "created_at": f.IssuedAt, "updated_at": f.UpdatedAt,
	})
}
