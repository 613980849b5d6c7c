package idp

import (
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
)

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
		x.note("The flow was over; the browser was sent to a new one.", "flow", f.ID, "kind", string(f.Kind), "finished", f.Finished)
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
var expiredIDs = map[Kind]int{LoginFlow: 4010001, RegistrationFlow: 4040001, SettingsFlow: 4050001, RecoveryFlow: 4060005,
	VerificationFlow: 4070005}

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
		t := failed(expiredIDs[f.Kind], fmt.Sprintf("The %s flow expired %.2f minutes ago, please try again.", f.Kind,
			x.now.Sub(f.ExpiresAt).Minutes()))
		t.Context = map[string]any{"expired_at": f.ExpiresAt, "expired_at_unix": f.ExpiresAt.Unix()}
		next.UI.Messages = append(next.UI.Messages, t)
	}
	return next, x.Store.CreateFlow(x.r.Context(), next)
}

func (x *exchange) expiredToReader(f Flow) error {
	gone := &failure{
		status: http.StatusGone, id: "self_service_flow_expired",
		message: "The requested resource is no longer available because it has expired or is otherwise invalid.",
	}
	begin := fmt.Sprintf("%s/self-service/%s/", f.Base, f.Kind)
	if f.browser() {
		gone.reason = fmt.Sprintf("The %s flow has expired. Redirect the user to the %[1]s flow init endpoint to initialize a new %[1]s flow.",
			f.Kind)
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
