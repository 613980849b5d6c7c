package config

import "strconv"

// Port is a TCP port of a listener: 1 to 65535, Off, or 0 for one that is
// still to be drawn (DrawPorts does).
type Port int

// Off is a listener that stays closed.
const Off Port = -1

// Open reports whether something listens there.
func (p Port) Open() bool { return p > 0 }

// String returns the number, "off", or "0".
func (p Port) String() string {
	if p == Off {
		return "off"
	}
	return strconv.Itoa(int(p))
}

// namedPort is a port and its key under `ports`.
type namedPort struct {
	name string
	port *Port
}

// all returns the ports in the order of their importance: where two are the
// same, the first one keeps it.
func (p *Ports) all() []namedPort {
	return []namedPort{
		{"site", &p.Site}, {"kratos_public", &p.KratosPublic}, {"kratos_admin", &p.KratosAdmin},
		{"smtp", &p.SMTP}, {"smtp_plain", &p.SMTPPlain}, {"mail", &p.Mail},
	}
}
