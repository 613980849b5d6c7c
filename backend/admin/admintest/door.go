// Package admintest has an admin.Door that holds what a test puts into it, for
// the tests of what stands on either side of the door: routes, client,
// terminal.
package admintest

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/fault"
)

// Door answers from its fields. It is safe for concurrent use once it is
// filled.
type Door struct {
	Lab      api.Status
	People   []api.Person
	Keys     []api.OwnedPasskey
	Living   []api.LabSession
	Tape     []api.CeremonySummary
	Post     []api.Mail
	Cert     api.Certificate
	Stores   []api.TrustStore
	Settings api.ConfigReport
	Browser  api.Opened       // what Open answers, beside the URL
	Bridge   api.Virtual      // what Virtual and ChangeVirtual answer
	Fails    map[string]error // by verb: "RemoveUser"
	News     chan api.Event   // what Events passes on
	Copies   []api.Snapshot   // what Snapshots answers with
	Log      []api.LogLine    // what Logs answers with
	Written  chan api.LogLine // what FollowLogs passes on after Log
	Health   api.DoctorReport // what Examine tells
	Mended   api.DoctorReport // what Repair answers
	Foreseen api.Preflight    // what Preflight answers

	Passports []api.BrowserPassport
	Ending    context.CancelFunc // called by Stop

	mu    sync.Mutex
	moved time.Duration
	calls []string
}

var _ admin.Door = (*Door)(nil)

// Calls returns the verbs that were asked for and what with, in order.
func (d *Door) Calls() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.calls...)
}

// Fail lets a verb fail from now on, while others may be asking.
func (d *Door) Fail(verb string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.Fails == nil {
		d.Fails = make(map[string]error)
	}
	d.Fails[verb] = err
}

func (d *Door) called(verb string, with ...string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls = append(d.calls, strings.TrimSpace(verb+" "+strings.Join(with, " ")))
	return d.Fails[verb]
}

// Status implements admin.Door, as all of these do.
func (d *Door) Status(context.Context) (api.Status, error) { return d.Lab, d.called("Status") }

func (d *Door) Stop(context.Context) error {
	err := d.called("Stop")
	if err == nil && d.Ending != nil {
		d.Ending()
	}
	return err
}

func (d *Door) Open(_ context.Context, page string) (api.Opened, error) {
	o := d.Browser
	o.URL = d.Lab.Origin + "/" + page
	return o, d.called("Open", page)
}

func (d *Door) StartService(_ context.Context, name string) error {
	return d.called("StartService", name)
}

func (d *Door) StopService(_ context.Context, name string) error {
	return d.called("StopService", name)
}

func (d *Door) RestartService(_ context.Context, name string) error {
	return d.called("RestartService", name)
}

// Logs answers with the last n of Log, whichever service is asked for.
func (d *Door) Logs(_ context.Context, service string, n int) ([]api.LogLine, error) {
	return d.Log[max(0, len(d.Log)-n):], d.called("Logs", service, strconv.Itoa(n))
}

// FollowLogs passes the last n of Log on and then Written until ctx ends or it is
// closed.
func (d *Door) FollowLogs(ctx context.Context, service string, n int, f func(api.LogLine)) error {
	if err := d.called("FollowLogs", service, strconv.Itoa(n)); err != nil {
		return err
	}
	for _, line := range d.Log[max(0, len(d.Log)-n):] {
		f(line)
	}
	return pass(ctx, d.Written, f)
}

func (d *Door) Users(_ context.Context, q api.Query) (api.Page[api.Person], error) {
	page := stretch(d.People, q, func(p api.Person) string { return p.Email })
	page.Damaged = d.Lab.Damaged
	return page, d.called("Users", q.Q)
}

func (d *Door) User(_ context.Context, id string) (api.Person, error) {
	return find(d.People, func(p api.Person) bool { return p.ID == id || p.Email == id }, d.called("User", id))
}

func (d *Door) RemoveUser(_ context.Context, id string) error { return d.called("RemoveUser", id) }

func (d *Door) Passkeys(_ context.Context, q api.Query) (api.Page[api.OwnedPasskey], error) {
	return stretch(d.Keys, q, func(p api.OwnedPasskey) string { return p.Email + p.Name }), d.called("Passkeys", q.Q)
}

func (d *Door) Passkey(_ context.Context, id string) (api.OwnedPasskey, error) {
	return find(d.Keys, func(p api.OwnedPasskey) bool { return p.ID == id }, d.called("Passkey", id))
}

func (d *Door) RenamePasskey(_ context.Context, id, name string) (api.OwnedPasskey, error) {
	p, err := find(d.Keys, func(p api.OwnedPasskey) bool { return p.ID == id }, d.called("RenamePasskey", id, name))
	p.Name = name
	return p, err
}

func (d *Door) RemovePasskey(_ context.Context, id string) error {
	return d.called("RemovePasskey", id)
}

func (d *Door) Sessions(_ context.Context, q api.Query) (api.Page[api.LabSession], error) {
	return stretch(d.Living, q, func(s api.LabSession) string { return s.Email }), d.called("Sessions", q.Q)
}

func (d *Door) Session(_ context.Context, id string) (api.LabSession, error) {
	return find(d.Living, func(s api.LabSession) bool { return s.ID == id }, d.called("Session", id))
}

func (d *Door) EndSession(_ context.Context, id string) error { return d.called("EndSession", id) }

func (d *Door) Ceremonies(_ context.Context, q api.Query) (api.Page[api.CeremonySummary], error) {
	return stretch(d.Tape, q, func(s api.CeremonySummary) string { return s.Email }), d.called("Ceremonies", q.Q)
}

func (d *Door) Clock(context.Context) (api.Clock, error) { return d.clock(), d.called("Clock") }

func (d *Door) MoveClock(_ context.Context, by string) (api.Clock, error) {
	if err := d.called("MoveClock", by); err != nil {
		return api.Clock{}, err
	}
	step, err := time.ParseDuration(by)
	if err != nil && by != "reset" {
		return api.Clock{}, fault.ErrInvalidField.In("by").Because(err)
	}
	d.mu.Lock()
	d.moved += step
	if by == "reset" {
		d.moved = 0
	}
	d.mu.Unlock()
	return d.clock(), nil
}

func (d *Door) clock() api.Clock {
	d.mu.Lock()
	defer d.mu.Unlock()
	machine := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return api.Clock{
		Now: machine.Add(d.moved).Format(time.RFC3339), Machine: machine.Format(time.RFC3339), OffsetSeconds: int64(d.moved / time.Second),
	}
}

func (d *Door) Certificate(context.Context) (api.Certificate, error) {
	return d.Cert, d.called("Certificate")
}

func (d *Door) Trust(_ context.Context, r api.TrustRequest) (api.TrustReport, error) {
	var asked []string
	if r.Browsers {
		asked = append(asked, "browsers")
	}
	if r.System {
		asked = append(asked, "system")
	}
	if r.Untrust {
		asked = append(asked, "untrust")
	}
	if r.DryRun {
		asked = append(asked, "dry-run")
	}
	return api.TrustReport{Certificate: d.Cert, Stores: d.Stores}, d.called("Trust", asked...)
}

func (d *Door) Config(context.Context) (api.ConfigReport, error) {
	return d.Settings, d.called("Config")
}

// Events passes News on until ctx ends or News is closed.
func (d *Door) Events(ctx context.Context, f func(api.Event)) error {
	if err := d.called("Events"); err != nil {
		return err
	}
	return pass(ctx, d.News, f)
}

// pass hands on what comes until ctx ends or from is closed.
func pass[T any](ctx context.Context, from <-chan T, f func(T)) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case v, ok := <-from:
			if !ok {
				return nil
			}
			f(v)
		}
	}
}

func find[T any](all []T, is func(T) bool, err error) (none T, _ error) {
	if err != nil {
		return none, err
	}
	for _, t := range all {
		if is(t) {
			return t, nil
		}
	}
	return none, fault.ErrNotFound
}

func stretch[T any](all []T, q api.Query, text func(T) string) api.Page[T] {
	var page api.Page[T]
	for _, t := range all {
		if !strings.Contains(text(t), q.Q) {
			continue
		}
		if q.Limit > 0 && len(page.Items) == q.Limit {
			page.Next = text(page.Items[len(page.Items)-1])
			break
		}
		page.Items = append(page.Items, t)
	}
	return page
}
