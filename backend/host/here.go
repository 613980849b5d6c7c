package host

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"strings"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/browser"
	"sting/backend/health"
	"sting/backend/localca"
)

// Here returns the door of a lab that runs in another process, such that what
// hangs on a person's environment is done in this one: their HOME has the trust
// stores, their DISPLAY the browser. The lab may run for somebody else, or as a
// service. off is the same home folder.
func Here(door admin.Door, off Offline, log *slog.Logger) admin.Door {
	off.running = true
	return admin.Door{Caller: here{door: door, off: off, log: log}}
}

type here struct {
	door admin.Door
	off  Offline
	log  *slog.Logger
}

// Call implements admin.Caller.
func (h here) Call(ctx context.Context, v admin.Spec, in any) (any, error) {
	switch in := in.(type) {
	case api.TrustRequest:
		return h.trust(ctx, in)
	case api.OpenPage:
		if in.Virtual {
			return h.openVirtual(ctx, in.Page)
		}
		return h.open(ctx, in.Page)
	case api.OpenApp:
		in.Desktop = desktop()
		return h.door.Call(ctx, v, in)
	}
	out, err := h.door.Call(ctx, v, in)
	if report, ok := out.(api.DoctorReport); ok {
		return h.ownReport(ctx, report), err
	}
	return out, err
}

// Follow implements admin.Caller.
func (h here) Follow(ctx context.Context, v admin.Spec, in any, tell func(any)) error {
	return h.door.Follow(ctx, v, in, func(item any) {
		if e, ok := item.(api.DoctorEvent); ok {
			item = h.ownEvent(ctx, e)
		}
		tell(item)
	})
}

// trust lets the lab see to an authority that can be trusted, since it serves
// it, and changes the stores of who asks. The certificate of the report is the one
// that the lab serves.
func (h here) trust(ctx context.Context, r api.TrustRequest) (api.TrustReport, error) {
	if !r.Untrust && !r.DryRun {
		if err := h.renewed(ctx); err != nil {
			return api.TrustReport{}, err
		}
	}
	report, err := h.off.Trust(ctx, r)
	if err != nil {
		return report, err
	}
	report.Certificate, err = h.door.Certificate(ctx)
	return report, err
}

// renewed lets the lab make a new authority where its own is past use, and sees
// that the folder has the one that it serves: another would be trusted in vain.
func (h here) renewed(ctx context.Context) error {
	report, err := h.door.Trust(ctx, api.TrustRequest{Renew: true})
	if err != nil {
		return err
	}
	have, err := h.off.Certificate(ctx)
	if err != nil {
		return err
	}
	if have.CAFingerprint != report.Certificate.CAFingerprint {
		return localca.ErrDamaged.Saying("The lab serves another authority than its home folder has.").
			Hinting("Let it read the folder again: `sting restart certificate`, then `sting trust`.").Running("sting restart certificate")
	}
	return nil
}

// open asks the lab for the address and opens it in the browser of who asks.
func (h here) open(ctx context.Context, page string) (api.Opened, error) {
	status, err := h.door.Status(ctx)
	if err != nil {
		return api.Opened{}, err
	}
	origins := []string{status.Origin}
	box := mailboxOf(status)
	if box != "" {
		origins = append(origins, box)
	}
	url, err := admin.PageURL(page, status.Origin, box)
	if err != nil {
		return api.Opened{}, err
	}
	opener := browser.Opener{Origins: func() []string { return origins }, Log: h.log}
	out := api.Opened{URL: url, Opened: true}
	if err := opener.Open(ctx, url); err != nil {
		why := admin.Fault(err)
		out.Opened, out.Error = false, &why
	}
	return out, nil
}

// mailboxOf returns where a browser reads the mails, "" when that port is off.
func mailboxOf(s api.Status) string {
	for _, svc := range s.Services {
		if rest, ok := strings.CutPrefix(svc.URL, "http://"); ok && svc.Name == "mail" {
			return "https://" + rest
		}
	}
	return ""
}

// openVirtual tells the lab on whose desktop the browser is to open: it is the
// lab's child, since the lab drives it.
func (h here) openVirtual(ctx context.Context, page string) (api.Opened, error) {
	return h.door.OpenVirtual(ctx, page, desktop())
}

// desktop is that of this process.
func desktop() *api.Desktop {
	home, err := os.UserHomeDir()
	if err != nil {
		home = "" // the lab's own has to do
	}
	return &api.Desktop{
		Display: os.Getenv("DISPLAY"), WaylandDisplay: os.Getenv("WAYLAND_DISPLAY"), XAuthority: os.Getenv("XAUTHORITY"),
		RuntimeDir: os.Getenv("XDG_RUNTIME_DIR"), Home: home,
	}
}

// theirs are the checks that ask the trust stores of a person.
var theirs = []string{"TLS-02"}

// ownEvent lets the lab examine, and asks the trust stores of who asks here.
func (h here) ownEvent(ctx context.Context, e api.DoctorEvent) api.DoctorEvent {
	if e.Finding != nil {
		own := h.own(ctx, *e.Finding)
		e.Finding = &own
	}
	if e.Report != nil {
		own := h.ownReport(ctx, *e.Report)
		e.Report = &own
	}
	return e
}

func (h here) ownReport(ctx context.Context, r api.DoctorReport) api.DoctorReport {
	r.Well = true
	for i, f := range r.Findings {
		r.Findings[i] = h.own(ctx, f)
		r.Well = r.Well && r.Findings[i].Verdict != string(health.Failed)
	}
	return r
}

// own replaces a finding about the lab's trust stores by one about those of who
// asks. One that means nothing, since something before it failed, stays.
func (h here) own(ctx context.Context, f api.Finding) api.Finding {
	if !slices.Contains(theirs, f.ID) || f.Verdict == string(health.Skipped) && len(f.Evidence) == 0 {
		return f
	}
	report, err := h.off.Examine(ctx, f.ID, nil)
	if err != nil {
		return f
	}
	for _, mine := range report.Findings {
		if mine.ID == f.ID && (mine.Verdict != string(health.Skipped) || len(mine.Evidence) > 0) {
			return mine
		}
	}
	return f
}
