package backend

import (
	"context"
	"errors"
	"os"
	"slices"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/config"
	"sting/backend/localca"
)

// host is what the admin verbs ask of the machine.
type host parts

var _ admin.Host = (*host)(nil)

// Facts implements admin.Host.
func (h *host) Facts() admin.Facts {
	p, c := (*parts)(h), h.settings.now()
	return admin.Facts{
		Version: p.lab.opts.Version, Home: p.lab.opts.Home, Origin: p.address(), Mailbox: c.MailboxOrigin(), KratosMode: c.Kratos.Mode,
		PID: os.Getpid(), StartedAt: p.startedAt, Parties: p.relyingParties(), MockUser: p.mockUser() != nil,
		Warnings: slices.Concat(p.warned(), p.mockWarnings(), p.visitors.Warnings(p.origins(), c.Hosts()), certificateWarnings(p.ca)),
		Mended:   p.mended,
	}
}

// Stop implements admin.Host.
func (h *host) Stop() { h.lab.Stop() }

// Open implements admin.Host.
func (h *host) Open(ctx context.Context, url string) error {
	return (*parts)(h).browserOpener().Open(ctx, url)
}

// Certificate implements admin.Host.
func (h *host) Certificate(context.Context) (api.Certificate, error) { return certificateOf(h.ca), nil }

// Trust implements admin.Host.
func (h *host) Trust(ctx context.Context, r api.TrustRequest) (api.TrustReport, error) {
	if !r.Untrust {
		(*parts)(h).certify()
	}
	if r.Renew {
		if _, err := h.ca.Freshen(); err != nil {
			return api.TrustReport{}, err
		}
		return api.TrustReport{Certificate: certificateOf(h.ca), Stores: []api.TrustStore{}}, nil
	}
	return trust(ctx, h.ca, r, h.lab.opts.Elevate, false)
}

// Config implements admin.Host.
func (h *host) Config(context.Context) (api.ConfigReport, error) {
	return configReport(h.settings.now(), h.settings.report())
}

// certify takes the hosts of the certificate from sting.yml as it is at this
// moment: who asks for trust doesn't wait until the change of a file is noticed.
func (p *parts) certify() {
	if cfg, _, err := config.Load(p.lab.opts.Home, p.lab.opts.Overrides); err == nil {
		p.ca.SetHosts(cfg.CertificateHosts())
	}
}

// certificateWarnings says which hosts browsers refuse the certificate at.
func certificateWarnings(ca *localca.Authority) []string {
	var out []string
	for _, f := range ca.Status().Problems {
		if f.Is(localca.ErrNotCovered) || f.Is(localca.ErrHostRefused) {
			out = append(out, f.Message+" Browsers refuse its pages. "+f.Hint)
		}
	}
	return out
}

// settled leaves out of the problems of a configuration that it needs another
// authority, where the home folder has that already.
func settled(c config.Config, problems []config.Problem) []config.Problem {
	if !localca.Covers(c.Path("ca"), c.CertificateHosts()) {
		return problems
	}
	return withoutAuthority(problems)
}

func withoutAuthority(problems []config.Problem) []config.Problem {
	return slices.DeleteFunc(slices.Clone(problems), func(p config.Problem) bool { return p.Fix == config.FixAuthority })
}

func configReport(c config.Config, r config.Report) (api.ConfigReport, error) {
	effective, err := config.Show(c, r)
	if err != nil {
		return api.ConfigReport{}, err
	}
	out := api.ConfigReport{Path: c.File(), Effective: string(effective), Problems: []api.ConfigProblem{}}
	for _, p := range settled(c, r.Problems) {
		out.Problems = append(out.Problems, api.ConfigProblem{
			Severity: string(p.Severity), Line: p.Line, Key: p.Path, Meaning: p.Meaning, Fix: p.Fix,
		})
	}
	return out, nil
}

func certificateOf(ca *localca.Authority) api.Certificate {
	st := ca.Status()
	at := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	out := api.Certificate{
		CAPath: st.CAPath, CASubject: st.CA.Subject, CAFingerprint: st.CA.Fingerprint, CANotAfter: at(st.CA.NotAfter),
		LeafHosts: st.Hosts, LeafNotBefore: at(st.Leaf.NotBefore), LeafNotAfter: at(st.Leaf.NotAfter), LeafSPKI: st.Leaf.SPKI,
	}
	for _, f := range st.Problems {
		out.Problems = append(out.Problems, admin.Fault(f))
	}
	return out
}

// trust runs one verb over the trust stores. What failed in one store is in its
// own report; the verb itself fails only where nothing could be tried. served
// says that another process serves the authority, which is not replaced then.
func trust(ctx context.Context, ca *localca.Authority, r api.TrustRequest, elevate localca.Elevate, served bool) (api.TrustReport, error) {
	o := localca.TrustOptions{
		Scope: localca.Scope{Browsers: r.Browsers || !r.System, System: r.System}, DryRun: r.DryRun, Elevate: elevate, Keep: served,
	}
	verb := ca.Trust
	if r.Untrust {
		verb = ca.Untrust
	}
	report, err := verb(ctx, o)
	if err != nil && !errors.Is(err, localca.ErrIncomplete) {
		return api.TrustReport{}, err
	}
	out := api.TrustReport{Certificate: certificateOf(ca), Stores: []api.TrustStore{}}
	for _, s := range report.Stores {
		store := api.TrustStore{
			Kind: string(s.Kind), Name: s.Name, Path: s.Path, Before: string(s.Before), After: string(s.After), Note: s.Note,
		}
		if s.Problem != nil {
			problem := admin.Fault(s.Problem)
			store.Error = &problem
		}
		out.Stores = append(out.Stores, store)
	}
	return out, nil
}
