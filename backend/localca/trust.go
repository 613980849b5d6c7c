package localca

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"sting/backend/fault"
)

// State is what a store says of the authority.
type State string

// The states of a store.
const (
	Trusted State = "trusted"
	Absent  State = "absent"  // not there, or there without the mark of trust
	Older   State = "older"   // an older authority of ours is there instead
	Unknown State = "unknown" // the store could not be asked
)

// Elevate runs argv as root, or fails. It must not block on a question that
// nobody can see.
type Elevate func(ctx context.Context, argv []string) error

// TrustOptions say which stores to change, and how.
type TrustOptions struct {
	Scope
	DryRun  bool    // change nothing, say what would be changed
	Elevate Elevate // nil: where root is needed, fail with the command to run
	Keep    bool    // never make a new authority: another process serves this one
}

// StoreReport is one store and what became of it.
type StoreReport struct {
	Kind    Kind
	Name    string // "Firefox (abcd.default)"
	Path    string
	Before  State
	After   State        // in a dry run the same as Before
	Note    string       // what else the person should know; may be empty
	Command []string     // the command that root has to run, where that is what is missing
	Problem *fault.Error // why the store isn't as asked; nil: it is
}

// Report is what Trust or Untrust did.
type Report struct {
	Renewed string // why a new authority was made, or would be in a dry run; empty: it was not
	Stores  []StoreReport
}

// work is one run of a verb over the stores.
type work struct {
	*Authority
	TrustOptions
	ledger ledger
	entry  entry // of the authority as it is
	remove bool
	renew  string // why a new authority would come first; only in a dry run
}

// Stores reports every store in scope as it is; it changes nothing. Where
// there is no authority the states are those of the ones that were. The error
// is ErrLedger.
func (a *Authority) Stores(ctx context.Context, scope Scope) ([]StoreReport, error) {
	a.trusting.Lock()
	defer a.trusting.Unlock()
	w, err := a.begin(TrustOptions{Scope: scope, DryRun: true})
	if err != nil {
		return nil, err
	}
	out := w.all(ctx)
	for i := range out {
		out[i].Note = ""
	}
	return out, nil
}

// Trust puts the authority into the stores in scope and takes older ones of
// ours out. Where the authority is damaged, has run out, ends within 30 days
// or doesn't cover a configured host, it makes a new one first; in a dry run the
// stores that trust such a one count as Older. The system's stores are in scope as
// well once they hold an authority that was replaced. Running it again changes
// nothing.
//
// The error is ErrIncomplete when a store is not as asked afterwards, whose
// reason is in the store's own report; ErrFolder or ErrLedger when nothing
// was tried. A dry run's error is nil but for those two.
func (a *Authority) Trust(ctx context.Context, o TrustOptions) (Report, error) {
	a.trusting.Lock()
	defer a.trusting.Unlock()
	var r Report
	switch {
	case o.DryRun && a.needsRenewal():
		r.Renewed = a.renewalReason()
	case !o.DryRun && !o.Keep:
		var err error
		if r.Renewed, err = a.Freshen(); err != nil {
			return r, err
		}
	}
	w, err := a.begin(o)
	if err != nil {
		return r, err
	}
	w.renew = r.Renewed
	w.System = w.System || w.leftInSystem(ctx)
	r.Stores = w.all(ctx)
	for i, s := range r.Stores {
		if r.Renewed != "" && o.DryRun && s.Before == Trusted { // what it trusts is past use
			r.Stores[i].Before, r.Stores[i].After = Older, Older
		}
	}
	return r, w.verdict(r.Stores, Trusted)
}

// Freshen makes a new authority where Trust would, and says why; "" where the
// one that there is can be trusted.
func (a *Authority) Freshen() (why string, err error) {
	if !a.needsRenewal() {
		return "", nil
	}
	why = a.renewalReason()
	return why, a.Renew()
}

// Untrust takes every authority that was ever made in this folder out of the
// stores in scope, also out of those that only the ledger still knows. It
// touches no other certificate. Errors are Trust's.
func (a *Authority) Untrust(ctx context.Context, o TrustOptions) (Report, error) {
	a.trusting.Lock()
	defer a.trusting.Unlock()
	w, err := a.begin(o)
	if err != nil {
		return Report{}, err
	}
	w.remove = true
	r := Report{Stores: w.all(ctx)}
	return r, w.verdict(r.Stores, Absent)
}

func (a *Authority) renewalReason() string {
	if st := a.Status(); len(st.Problems) > 0 {
		return st.Problems[0].Message
	}
	return "The certificate authority ends within 30 days."
}

// begin reads the ledger, and enters the authority if it isn't there.
func (a *Authority) begin(o TrustOptions) (*work, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w := &work{Authority: a, TrustOptions: o}
	s := a.served.Load()
	if s != nil && !o.DryRun {
		if err := a.enter(s.ca.cert); err != nil {
			return nil, err
		}
	}
	var err error
	if w.ledger, err = a.readLedger(); err != nil {
		return nil, err
	}
	if s != nil {
		w.entry = entry{Certificate: s.ca.cert.Raw, Fingerprint: fingerprint(s.ca.cert.Raw), cert: s.ca.cert}
		if !w.ledger.knows(s.ca.cert.Raw) {
			w.ledger.Authorities = append(w.ledger.Authorities, w.entry)
		}
	}
	return w, nil
}

func (w *work) all(ctx context.Context) []StoreReport {
	var out []StoreReport
	if w.Browsers {
		out = append(out, w.browsers(ctx)...)
	}
	if w.System {
		out = append(out, w.system(ctx)...)
	}
	return out
}

// leftInSystem reports whether the system was told to trust an authority that
// another has replaced since: that is put right with the browsers.
func (w *work) leftInSystem(ctx context.Context) bool {
	ours := func(p place) bool { return p.Kind != KindNSS }
	if !slices.ContainsFunc(w.ledger.Stores, ours) {
		return false
	}
	look := *w
	look.DryRun = true
	return slices.ContainsFunc(look.system(ctx), func(r StoreReport) bool { return r.Before == Older })
}

// verdict turns reports into the verb's error.
func (w *work) verdict(reports []StoreReport, want State) error {
	if w.DryRun {
		return nil
	}
	var causes []error
	for _, r := range reports {
		if r.Problem != nil {
			causes = append(causes, r.Problem)
		}
	}
	if len(causes) == 0 {
		return nil
	}
	verb := "trust the authority"
	if want == Absent {
		verb = "are rid of the authority"
	}
	f := ErrIncomplete.Saying("%d of %d trust stores %s.", len(reports)-len(causes), len(reports), verb)
	if len(reports) == 1 {
		f = f.Hinting("%s", reports[0].Problem.Hint)
	}
	return f.Because(errors.Join(causes...))
}

// note says what a dry run would do, or that there is nothing to do.
func (w *work) note(add bool, unwanted int) string {
	switch {
	case w.remove && unwanted > 0:
		return "would be removed"
	case w.remove:
		return "was not there"
	case w.renew != "" && add && unwanted == 0:
		return "a new authority would be made and added: " + w.renew
	case w.renew != "":
		return "the authority there would be replaced by a new one: " + w.renew
	case add && unwanted > 0:
		return "would be added, and the older authority removed"
	case add:
		return "would be added"
	case unwanted > 0:
		return "already trusted; an older authority would be removed"
	}
	return "already trusted"
}

// remember notes a store in the ledger before it is changed.
func (w *work) remember(p place) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	l, err := w.readLedger()
	if err != nil || slices.Contains(l.Stores, p) {
		return err
	}
	l.Stores = append(l.Stores, p)
	return w.writeLedger(l)
}

// fail notes err in the report; nil does nothing.
func (r *StoreReport) fail(err error) {
	if err == nil {
		return
	}
	if f, ok := errors.AsType[*fault.Error](err); ok {
		r.Problem = f
		return
	}
	r.Problem = ErrStore.Because(fmt.Errorf("%s: %w", r.Path, err))
}
