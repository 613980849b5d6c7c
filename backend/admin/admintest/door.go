// Package admintest has a lab that holds what a test puts into it, for
// the tests of what stands on either side of the door: routes, client,
// terminal.
package admintest

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
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
	Mails    []api.Mail
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
	Apps      []api.App          // what ListApps and ShowApp answer
	Visited   api.AppOpened      // what OpenApp answers, beside the URL, unless the certificate is accepted
	Ending    context.CancelFunc // called by Stop

	mu    sync.Mutex
	moved time.Duration
	calls []string
}

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

// Door is the fake as faces have a lab.
func (d *Door) Door() admin.Door { return admin.Door{Caller: d} }

// Offline is the fake as what can be asked of a home folder.
func (d *Door) Offline() Offline { return Offline{d.Door()} }

// Offline answers as the lab would.
type Offline struct{ admin.Door }

// Free says that no lab holds the home folder.
func (Offline) Free() bool { return true }

// Call implements admin.Caller: it notes what was asked and answers from the
// fields; a verb that none of them is for answers with nothing.
func (d *Door) Call(ctx context.Context, v admin.Spec, in any) (any, error) {
	if err := d.called(v.Name, words(in)...); err != nil {
		return reflect.Zero(v.Out).Interface(), err
	}
	if d.answers()[v.Name].Name == "" {
		return reflect.Zero(v.Out).Interface(), nil
	}
	return d.answers().Call(ctx, v, in)
}

// Follow implements admin.Caller.
func (d *Door) Follow(ctx context.Context, v admin.Spec, in any, tell func(any)) error {
	if err := d.called(v.Name, words(in)...); err != nil {
		return err
	}
	return d.answers().Follow(ctx, v, in, tell)
}

// words are what a verb was asked with: its texts and numbers in their order, and
// the names of what is switched on. Of a list it is what is looked for.
func words(in any) (out []string) {
	switch in := in.(type) {
	case json.RawMessage:
		return []string{string(in)}
	case api.Query:
		return []string{in.Q}
	case api.CeremonyQuery:
		return []string{strings.TrimSpace(in.Q + " " + in.Source)}
	}
	for f, v := range reflect.ValueOf(in).Fields() {
		switch v.Kind() {
		case reflect.String:
			out = append(out, v.String())
		case reflect.Bool:
			if v.Bool() {
				out = append(out, strings.ReplaceAll(strings.Split(f.Tag.Get("json"), ",")[0], "_", "-"))
			}
		case reflect.Pointer:
			if desktop, ok := v.Interface().(*api.Desktop); ok && desktop != nil {
				out = append(out, desktop.Display)
			}
		default:
			out = append(out, fmt.Sprint(v))
		}
	}
	return out
}

func (d *Door) clock() api.Clock {
	d.mu.Lock()
	defer d.mu.Unlock()
	machine := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return api.Clock{
		Now: machine.Add(d.moved).Format(time.RFC3339), Machine: machine.Format(time.RFC3339), OffsetSeconds: int64(d.moved / time.Second),
	}
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

func find[T any](all []T, is func(T) bool) (none T, _ error) {
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
