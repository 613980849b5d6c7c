package host

import (
	"context"
	"errors"
	"fmt"
	"os"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/apps"
	"sting/backend/browser/virtual"
	"sting/backend/clock"
	"sting/backend/config"
	"sting/backend/doctor"
	"sting/backend/fault"
	"sting/backend/home"
	"sting/backend/localca"
	"sting/backend/settings"
)

// Offline answers what can be asked of a home folder without the lab, and acts for
// the user of this process.
type Offline struct {
	Home      string
	Overrides config.Overrides
	Elevate   localca.Elevate
	Tell      func(text string) // hears what was set right in the home folder; nil: nobody does

	running bool // a lab runs with the folder: Here
}

func (o Offline) authority() (*localca.Authority, error) {
	mended, err := config.PrepareHome(o.Home)
	if err != nil {
		return nil, err
	}
	for _, text := range mended {
		o.tell(text)
	}
	cfg, _, err := config.Load(o.Home, o.Overrides)
	if err != nil {
		return nil, err
	}
	lock, err := home.Take(o.Home)
	if err != nil && !errors.Is(err, home.ErrAlreadyRunning) { // a lab that runs has made the authority
		return nil, err
	}
	ca := localca.New(localca.Options{
		Dir: cfg.Path("ca"), Hosts: cfg.CertificateHosts(), Now: clock.New(nil).Machine,
	})
	err = ca.Open()
	if lock != nil {
		err = errors.Join(err, lock.Release())
	}
	return ca, err
}

func (o Offline) tell(text string) {
	if o.Tell != nil {
		o.Tell(text)
	}
}

// Free reports whether no lab holds the home folder.
func (o Offline) Free() bool { return home.Unheld(o.Home) }

// Logs returns the last n lines that the last lab left in its log, of one service or,
// for "", of all.
func (o Offline) Logs(_ context.Context, name string, n int) ([]api.LogLine, error) {
	lines, err := home.Lines(o.Home, admin.ServiceName(name), n)
	out := make([]api.LogLine, 0, len(lines))
	for _, line := range lines {
		out = append(out, admin.LogLine(line))
	}
	return out, err
}

// Certificate tells what the site would show to browsers, and makes it at the
// first call.
func (o Offline) Certificate(context.Context) (api.Certificate, error) {
	ca, err := o.authority()
	if err != nil {
		return api.Certificate{}, err
	}
	return Certificate(ca), nil
}

// Trust is `sting trust` and `sting untrust`.
func (o Offline) Trust(ctx context.Context, r api.TrustRequest) (api.TrustReport, error) {
	ca, err := o.authority()
	if err != nil && !errors.Is(err, localca.ErrDamaged) { // trusting makes a new authority of a damaged one
		return api.TrustReport{}, err
	}
	return Trust(ctx, ca, r, o.Elevate, o.running)
}

// Config tells what would be in force and what is wrong in the file.
func (o Offline) Config(context.Context) (api.ConfigReport, error) {
	cfg, report, err := config.Load(o.Home, o.Overrides)
	if err != nil {
		return api.ConfigReport{}, err
	}
	return settings.Show(cfg, report)
}

// Examine is `sting doctor` without a running lab.
func (o Offline) Examine(ctx context.Context, check string, found func(api.Finding)) (api.DoctorReport, error) {
	return o.doctor().Examine(ctx, check, found)
}

// Repair is `sting doctor --fix` without a running lab.
func (o Offline) Repair(ctx context.Context, check string) (api.DoctorReport, error) {
	return o.doctor().Repair(ctx, check)
}

func (o Offline) doctor() *doctor.Doctor {
	machine := clock.New(nil).Machine
	return doctor.New(doctor.Needs{
		Home: o.Home, Machine: machine,
		Settings: func() (config.Config, config.Report, error) { return config.Load(o.Home, o.Overrides) },
		Authority: func(cfg config.Config) (*localca.Authority, string) {
			if _, err := os.Stat(cfg.Path("ca")); err != nil {
				return nil, "no certificate was made yet: the first start makes one"
			}
			ca := localca.New(localca.Options{Dir: cfg.Path("ca"), Hosts: cfg.CertificateHosts(), Now: machine})
			if err := ca.Open(); err != nil && !errors.Is(err, localca.ErrDamaged) {
				return ca, fault.From(err).Message
			}
			return ca, ""
		},
	})
}

// Apps lists the apps of the file.
func (o Offline) Apps(context.Context) (api.Page[api.App], error) {
	cfg, _, err := config.Load(o.Home, o.Overrides)
	return admin.AppsOf(apps.Registry(cfg.Apps)), err
}

// AddApp writes one more app into the file.
func (o Offline) AddApp(_ context.Context, in api.NewApp) (api.App, error) {
	if _, err := config.PrepareHome(o.Home); err != nil {
		return api.App{}, err
	}
	a := admin.AppFrom(in)
	return admin.AppOf(a), config.AddApp(o.Home, a)
}

// RemoveApp takes an app out of the file, and throws away what the lab browser kept for
// it.
func (o Offline) RemoveApp(_ context.Context, name string) error {
	cfg, _, err := config.Load(o.Home, o.Overrides)
	if err != nil {
		return err
	}
	forget := func(app string) error { return virtual.RemoveProfiles(o.Home, app) }
	left, err := removeApp(o.Home, name, apps.Registry(cfg.Apps), forget, &Accepted{Home: o.Home})
	if left != nil {
		o.tell(fmt.Sprintf("Something of %s is left in the home folder: %v.", name, left))
	}
	return err
}
