package backend

import (
	"net"

	"sting/backend/config"
	"sting/backend/doctor"
	"sting/backend/localca"
)

// CheckIDs lists the ids of the doctor's checks, in their order. It looks at
// nothing.
func CheckIDs() []string { return doctor.IDs() }

// doctor examines a running lab.
func (p *parts) doctor() *doctor.Doctor {
	o, secrets := p.lab.opts, map[string][]byte{"decoys": p.verify.DecoySecret}
	if secret := p.passwords.Secret; secret != nil {
		secrets["kratos"] = secret
	}
	return doctor.New(doctor.Needs{
		Home: o.Home, Machine: p.lab.clock.Machine, Lookup: o.knobs.Lookup, Hosts: o.knobs.Hosts, Patience: o.knobs.Patience,
		Settings: func() (config.Config, config.Report, error) {
			return p.settings.Config(), p.settings.Report(), nil
		},
		Authority: func(config.Config) (*localca.Authority, string) { return p.ca, "" },
		Lab: &doctor.Lab{
			Store: p.store, Authority: p.ca, Clock: p.lab.clock, Bus: p.bus, Log: p.lab.log, Tape: p.tape, Sessions: p.sessions,
			Services: p.services, Mails: p.mails, Visitors: p.visitors, Parties: p.relyingParties, Silence: &p.silence, Secrets: secrets,
			Traits:    func(email string) (map[string]any, error) { return p.settings.Schema().Example(email) },
			Addresses: p.siteAddresses, Between: o.knobs.Between, DropDamaged: p.data.DropDamaged,
		},
	})
}

func (p *parts) siteAddresses() []net.Addr {
	var out []net.Addr
	if list := p.siteListeners.Load(); list != nil {
		for _, ln := range *list {
			out = append(out, ln.Addr())
		}
	}
	return out
}
