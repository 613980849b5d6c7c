package idp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

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
		to, ok := origin.SafeReturnTo(x.cfg.Site, x.cfg.AllowedReturns, wanted)
		if !ok {
			return Flow{}, badRequest("Requested return_to URL %q is not allowed.", wanted).named("self_service_flow_return_to_forbidden")
		}
		f.ReturnTo = to
	}
	x.own(&f)
	return f, nil
}

// own ties a flow to this browser and to the address where it is submitted.
func (x *exchange) own(f *Flow) {
	f.UI.Action, f.UI.Method = x.action(f.Kind, f.ID), http.MethodPost
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

// usable reports whether a flow may still be submitted. Where not, it answers
// with a new one that begins where this one did.
func (x *exchange) usable(f Flow) (bool, error) {
	if !f.expired(x.now) && !f.Finished {
		return true, nil
	}
	return false, x.replace(f)
}

// replace answers the submission of a flow that is over with a new one.
func (x *exchange) replace(f Flow) error {
	next, err := x.successor(f)
	if err != nil {
		return err
	}
	if f.browser() && !x.wantsJSON() {
		x.redirect(x.pageOf(next))
		return nil
	}
	ago := x.now.Sub(f.ExpiresAt)
	gone := &failure{status: http.StatusGone, id: "self_service_flow_expired", message: "self-service flow expired", reason: expiredAgo(ago)}
	if f.Finished {
		gone.reason = "The self-service flow was completed already, initialize a new one."
	}
	if f.Kind == RecoveryFlow {
		gone.details = map[string]any{"continue_with": []any{x.continueTo("show_recovery_ui", next, nil)}}
	}
	return gone.beside(map[string]any{"use_flow_id": next.ID, "expired_at": f.ExpiresAt, "since": ago.Nanoseconds()})
}

func expiredAgo(ago time.Duration) string {
	return fmt.Sprintf("The self-service flow expired %.2f minutes ago, initialize a new one.", ago.Minutes())
}

// expiredIDs are Kratos' numbers for "the flow expired".
var expiredIDs = map[Kind]int{LoginFlow: 4010001, RegistrationFlow: 4040001, SettingsFlow: 4050001, RecoveryFlow: 4060005, VerificationFlow: 4070005}

// successor begins a flow like f, which says what became of f.
func (x *exchange) successor(f Flow) (Flow, error) {
	next := Flow{
		ID: uuid.NewString(), Kind: f.Kind, Type: f.Type, State: stateChoose, IssuedAt: x.now, UpdatedAt: x.now,
		ExpiresAt: x.now.Add(x.cfg.lifespan(f.Kind)), RequestURL: f.RequestURL, ReturnTo: f.ReturnTo, Base: f.Base,
		Refresh: f.Refresh, IdentityID: f.IdentityID, Prior: f.Prior,
	}
	x.own(&next)
	if err := x.draw(&next); err != nil {
		return Flow{}, err
	}
	if !f.Finished {
		t := failed(expiredIDs[f.Kind], fmt.Sprintf("The %s flow expired %.2f minutes ago, please try again.", f.Kind, x.now.Sub(f.ExpiresAt).Minutes()))
		t.Context = map[string]any{"expired_at": f.ExpiresAt, "expired_at_unix": f.ExpiresAt.Unix()}
		next.UI.Messages = append(next.UI.Messages, t)
	}
	return next, x.Store.CreateFlow(x.r.Context(), next)
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
	}
	return nil
}

func (x *exchange) expiredToReader(f Flow) error {
	gone := &failure{
		status: http.StatusGone, id: "self_service_flow_expired",
		message: "The requested resource is no longer available because it has expired or is otherwise invalid.",
	}
	begin := fmt.Sprintf("%s/self-service/%s/", f.Base, f.Kind)
	if f.browser() {
		gone.reason = fmt.Sprintf("The %s flow has expired. Redirect the user to the %[1]s flow init endpoint to initialize a new %[1]s flow.", f.Kind)
		gone.details = map[string]any{"redirect_to": begin + "browser", "return_to": f.ReturnTo}
	} else {
		gone.reason = fmt.Sprintf("The %s flow has expired. Call the %[1]s flow init API endpoint to initialize a new %[1]s flow.", f.Kind)
		gone.details = map[string]any{"api": begin + "api"}
	}
	switch f.Kind { // each as Kratos 1.3.1 has it
	case VerificationFlow:
		gone.id = ""
	case RecoveryFlow:
		gone.message, gone.reason = "self-service flow expired", expiredAgo(x.now.Sub(f.ExpiresAt))
	}
	return gone
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
