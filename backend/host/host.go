// Package host is the machine of the person as the admin verbs change it: the trust
// stores, their own browser, and the one with the virtual authenticator.
//
// Its one invariant: only what a verb asks for is changed.
package host

import (
	"context"
	"errors"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/browser"
	"sting/backend/config"
	"sting/backend/localca"
	"sting/backend/settings"
)

// Host is the machine of a running lab. All fields but Elevate are required.
type Host struct {
	Authority *localca.Authority
	Live      *settings.Live
	Browser   *browser.Opener
	Elevate   localca.Elevate    // runs a command as root; nil: the command is named instead
	End       func()             // ends the lab
	About     func() admin.Facts // what the lab is at this moment
}

var _ admin.Host = (*Host)(nil)

// Facts implements admin.Host.
func (h *Host) Facts() admin.Facts { return h.About() }

// Stop implements admin.Host.
func (h *Host) Stop() { h.End() }

// Open implements admin.Host.
func (h *Host) Open(ctx context.Context, url string) error { return h.Browser.Open(ctx, url) }

// Certificate implements admin.Host.
func (h *Host) Certificate(context.Context) (api.Certificate, error) {
	return Certificate(h.Authority), nil
}

// Trust implements admin.Host.
func (h *Host) Trust(ctx context.Context, r api.TrustRequest) (api.TrustReport, error) {
	if !r.Untrust {
		h.certify()
	}
	if r.Renew {
		if _, err := h.Authority.Freshen(); err != nil {
			return api.TrustReport{}, err
		}
		return api.TrustReport{Certificate: Certificate(h.Authority), Stores: []api.TrustStore{}}, nil
	}
	return Trust(ctx, h.Authority, r, h.Elevate, false)
}

// certify takes the hosts of the certificate from sting.yml as it is at this
// moment: who asks for trust doesn't wait until the change of a file is noticed.
func (h *Host) certify() {
	if cfg, _, err := config.Load(h.Live.Home, h.Live.Overrides); err == nil {
		h.Authority.SetHosts(cfg.CertificateHosts())
	}
}

// Config implements admin.Host.
func (h *Host) Config(context.Context) (api.ConfigReport, error) {
	return settings.Show(h.Live.Config(), h.Live.Report())
}

// Warnings say which hosts browsers refuse the certificate at.
func Warnings(ca *localca.Authority) []string {
	var out []string
	for _, f := range ca.Status().Problems {
		if f.Is(localca.ErrNotCovered) || f.Is(localca.ErrHostRefused) {
			out = append(out, f.Message+" Browsers refuse its pages. "+f.Hint)
		}
	}
	return out
}

// Certificate is what the site shows to browsers, as the wire has it.
func Certificate(ca *localca.Authority) api.Certificate {
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

// Trust runs one verb over the trust stores. What failed in one store is in its
// own report; the verb itself fails, with a fault of localca, only where nothing could be tried. served
// says that another process serves the authority, which is not replaced then.
func Trust(ctx context.Context, ca *localca.Authority, r api.TrustRequest, elevate localca.Elevate, served bool) (api.TrustReport, error) {
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
	out := api.TrustReport{Certificate: Certificate(ca), Stores: []api.TrustStore{}}
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
