package backend

import (
	"context"
	"errors"

	"sting/backend/api"
	"sting/backend/clock"
	"sting/backend/config"
	"sting/backend/localca"
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
	lock, err := takeLock(o.Home)
	if err != nil && !errors.Is(err, ErrAlreadyRunning) { // a lab that runs has made the authority
		return nil, err
	}
	ca := localca.New(localca.Options{
		Dir: cfg.Path("ca"), Hosts: cfg.CertificateHosts(), Now: clock.New(nil).Machine,
	})
	err = ca.Open()
	if lock != nil {
		err = errors.Join(err, lock.release())
	}
	return ca, err
}

func (o Offline) tell(text string) {
	if o.Tell != nil {
		o.Tell(text)
	}
}

// Free reports whether no lab holds the home folder. The door of one that ends is
// closed some time before its files are.
func (o Offline) Free() bool {
	lock, err := takeLock(o.Home)
	if err != nil {
		return !errors.Is(err, ErrAlreadyRunning)
	}
	return lock.lock.Close() == nil
}

// Certificate tells what the site would show to browsers, and makes it at the
// first call.
func (o Offline) Certificate(context.Context) (api.Certificate, error) {
	ca, err := o.authority()
	if err != nil {
		return api.Certificate{}, err
	}
	return certificateOf(ca), nil
}

// Trust is `sting trust` and `sting untrust`.
func (o Offline) Trust(ctx context.Context, r api.TrustRequest) (api.TrustReport, error) {
	ca, err := o.authority()
	if err != nil && !errors.Is(err, localca.ErrDamaged) { // trusting makes a new authority of a damaged one
		return api.TrustReport{}, err
	}
	return trust(ctx, ca, r, o.Elevate, o.running)
}

// Config tells what would be in force and what is wrong in the file.
func (o Offline) Config(context.Context) (api.ConfigReport, error) {
	cfg, report, err := config.Load(o.Home, o.Overrides)
	if err != nil {
		return api.ConfigReport{}, err
	}
	return configReport(cfg, report)
}
