package mailservice

import (
	"sting/backend/config"
	"sting/backend/fault"
	"sting/backend/service"
)

// Trouble says why a mailed code doesn't arrive, by what is known of the services,
// and what to do; "" where nothing is known to be wrong, or mails are another
// program's.
func (m *Mails) Trouble(services []service.Status) (problem, fix string) {
	c := m.needs.Config()
	at := c.SMTP()
	switch {
	case c.Kratos.Mode == config.KratosExternal || !at.Catcher:
		return "", ""
	case at.Port == 0:
		return "The lab's mail catcher is off at the port that mails need, so no code arrives.",
			"Give ports.smtp a number in " + c.File() + ", then `sting restart mail`; `sting config check` shows the line."
	}
	for _, s := range services {
		switch {
		case s.Name != "mail":
		case s.State == service.Stopped && s.Err == nil:
			return "The mail service is stopped, so no code arrives.", "Start it: `sting start mail`. What waits is sent then."
		case s.State == service.Stopped || s.State == service.Unhealthy:
			f := fault.From(s.Err)
			return "The mail service is " + string(s.State) + ", so a code may not arrive: " + f.Message, f.Hint
		}
	}
	return "", ""
}
