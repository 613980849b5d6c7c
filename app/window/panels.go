package window

import (
	"context"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/fault"
)

// Panels returns what is bound into the page: one struct a panel. Every exported
// method of these is callable from there, and nothing else is.
func (w *Window) Panels() []any {
	return []any{&Home{w}, &Ceremonies{w}, &Sessions{w}, &Passkeys{w}, &People{w}, &Mails{w}, &Services{w},
		&Doctor{w: w}, &Virtual{w}, &Data{w}, &Trust{w}, &Clock{w}}
}

// Home is the panel that opens first.
type Home struct{ w *Window }

// State says whether there is a lab to show, and why not.
func (h *Home) State() State { return h.w.now() }

// Start starts the lab again after it failed or ended.
func (h *Home) Start() { h.w.again() }

// Status returns the lab's own account of itself.
func (h *Home) Status() (api.Status, error) {
	status, err := ask(h.w, func(ctx context.Context, d admin.Door) (api.Status, error) { return d.Status(ctx) })
	status.Services = listed(status.Services)
	status.Warnings = listed(status.Warnings)
	return status, err
}

// Open shows login, register, dashboard, settings or browser-check in the system's browser.
// Opened is false, with the reason, where no browser came up.
func (h *Home) Open(page string) (api.Opened, error) {
	return ask(h.w, func(ctx context.Context, d admin.Door) (api.Opened, error) { return d.Open(ctx, page) })
}

// Help explains a fault's code. It needs no lab: what failed may be its start.
func (h *Home) Help(code string) (api.HelpEntry, error) {
	entry, found := h.w.help(code)
	if !found {
		return api.HelpEntry{}, fault.ErrNotFound.Saying("There is no help on %s.", code).
			Hinting("The message and the hint beside the code are all that is known about it here.")
	}
	return entry, nil
}

// Sessions is the panel of sign-ins.
type Sessions struct{ w *Window }

// SessionList is one stretch of the list of sessions.
type SessionList struct {
	Items []api.LabSession `json:"items"`
	Next  string           `json:"next"`
}

// List returns the sessions that q selects.
func (s *Sessions) List(q api.Query) (SessionList, error) {
	page, err := ask(s.w, func(ctx context.Context, d admin.Door) (api.Page[api.LabSession], error) { return d.Sessions(ctx, q) })
	return SessionList{listed(page.Items), page.Next}, err
}

// End signs the browser out that holds this session.
func (s *Sessions) End(id string) error {
	return tell(s.w, func(ctx context.Context, d admin.Door) error { return d.EndSession(ctx, id) })
}

// Passkeys is the panel of credentials.
type Passkeys struct{ w *Window }

// PasskeyList is one stretch of the list of passkeys.
type PasskeyList struct {
	Items []api.OwnedPasskey `json:"items"`
	Next  string             `json:"next"`
}

// List returns the passkeys that q selects, removed ones too.
func (p *Passkeys) List(q api.Query) (PasskeyList, error) {
	page, err := ask(p.w, func(ctx context.Context, d admin.Door) (api.Page[api.OwnedPasskey], error) { return d.Passkeys(ctx, q) })
	return PasskeyList{listed(page.Items), page.Next}, err
}

// Rename gives a passkey another name, of 1 to 100 characters.
func (p *Passkeys) Rename(id, name string) (api.OwnedPasskey, error) {
	return ask(p.w, func(ctx context.Context, d admin.Door) (api.OwnedPasskey, error) {
		return d.RenamePasskey(ctx, id, name)
	})
}

// Details shows a passkey down to its key, with what was odd about its uses.
func (p *Passkeys) Details(id string) (api.PasskeyDetails, error) {
	return ask(p.w, func(ctx context.Context, d admin.Door) (api.PasskeyDetails, error) { return d.PasskeyDetails(ctx, id) })
}

// Remove revokes a passkey; its tombstone stays.
func (p *Passkeys) Remove(id string) error {
	return tell(p.w, func(ctx context.Context, d admin.Door) error { return d.RemovePasskey(ctx, id) })
}

// People is the panel of accounts.
type People struct{ w *Window }

// PersonList is one stretch of the list of accounts.
type PersonList struct {
	Items []api.Person `json:"items"`
	Next  string       `json:"next"`
}

// List returns the accounts that q selects.
func (p *People) List(q api.Query) (PersonList, error) {
	page, err := ask(p.w, func(ctx context.Context, d admin.Door) (api.Page[api.Person], error) { return d.Users(ctx, q) })
	return PersonList{listed(page.Items), page.Next}, err
}

// Remove deletes an account with its passkeys and sessions.
func (p *People) Remove(id string) error {
	return tell(p.w, func(ctx context.Context, d admin.Door) error { return d.RemoveUser(ctx, id) })
}

// Services is the panel of the lab's parts.
type Services struct{ w *Window }

// List returns every service with the evidence of its last probe.
func (s *Services) List() ([]api.Service, error) {
	status, err := ask(s.w, func(ctx context.Context, d admin.Door) (api.Status, error) { return d.Status(ctx) })
	return listed(status.Services), err
}

// Start starts a service and what it needs.
func (s *Services) Start(name string) error {
	return tell(s.w, func(ctx context.Context, d admin.Door) error { return d.StartService(ctx, name) })
}

// Stop stops a service and what needs it.
func (s *Services) Stop(name string) error {
	return tell(s.w, func(ctx context.Context, d admin.Door) error { return d.StopService(ctx, name) })
}

// Restart stops a service and starts it again.
func (s *Services) Restart(name string) error {
	return tell(s.w, func(ctx context.Context, d admin.Door) error { return d.RestartService(ctx, name) })
}

// Logs returns the last n lines of a service, oldest first.
func (s *Services) Logs(name string, n int) ([]api.LogLine, error) {
	lines, err := ask(s.w, func(ctx context.Context, d admin.Door) ([]api.LogLine, error) { return d.Logs(ctx, name, n) })
	return listed(lines), err
}

// Trust is the part of the home panel about this machine's browsers.
type Trust struct{ w *Window }

// Certificate returns what the site shows to browsers.
func (t *Trust) Certificate() (api.Certificate, error) {
	return ask(t.w, func(ctx context.Context, d admin.Door) (api.Certificate, error) { return d.Certificate(ctx) })
}

// Look reports the browsers' stores and the system's without changing them.
func (t *Trust) Look() (api.TrustReport, error) {
	return t.change(patience, api.TrustRequest{Browsers: true, System: true, DryRun: true})
}

// Trust puts the lab's certificate authority into the browsers' stores.
func (t *Trust) Trust() (api.TrustReport, error) {
	return t.change(patience, api.TrustRequest{Browsers: true})
}

// TrustSystem puts it into the system's store as well; the system asks for the
// person's password first.
func (t *Trust) TrustSystem() (api.TrustReport, error) {
	return t.change(typing, api.TrustRequest{Browsers: true, System: true})
}

// Untrust removes from the browsers' stores exactly what Trust added.
func (t *Trust) Untrust() (api.TrustReport, error) {
	return t.change(patience, api.TrustRequest{Browsers: true, Untrust: true})
}

// UntrustSystem removes it from the system's store, and from no browser's; the
// system asks for the person's password first.
func (t *Trust) UntrustSystem() (api.TrustReport, error) {
	return t.change(typing, api.TrustRequest{System: true, Untrust: true})
}

func (t *Trust) change(within time.Duration, r api.TrustRequest) (api.TrustReport, error) {
	report, err := askWithin(t.w, within, func(ctx context.Context, d admin.Door) (api.TrustReport, error) { return d.Trust(ctx, r) })
	report.Stores = listed(report.Stores)
	return report, err
}

// Clock is the part of the home panel about the lab's time.
type Clock struct{ w *Window }

// Now returns the lab's time beside the machine's.
func (c *Clock) Now() (api.Clock, error) {
	return ask(c.w, func(ctx context.Context, d admin.Door) (api.Clock, error) { return d.Clock(ctx) })
}

// Move shifts the lab's time by a duration such as "10m", or brings it back with
// "reset".
func (c *Clock) Move(by string) (api.Clock, error) {
	return ask(c.w, func(ctx context.Context, d admin.Door) (api.Clock, error) { return d.MoveClock(ctx, by) })
}

// listed makes an absent list an empty one: a page draws it either way, and null
// is not a list.
func listed[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}
