package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sting/backend/child"
	"sting/backend/clock"
	"sting/backend/config"
	"sting/backend/events"
	"sting/backend/fault"
	"sting/backend/health"
	"sting/backend/home"
	"sting/backend/loopback"
	"sting/backend/service"
)

// checkPorts asks who holds the lab's ports.
func (e *examination) checkPorts() health.Check {
	return health.Check{ID: "SV-04", Title: "Every port of the lab is the lab's", Run: func(context.Context) health.Result {
		if e.lab != nil {
			return e.heldPorts()
		}
		return e.freePorts()
	}}
}

// heldPorts is about the ports of a running lab: a service that didn't get its
// port has said so.
func (e *examination) heldPorts() health.Result {
	var seen []string
	for _, p := range openPorts(e.config) {
		line := fmt.Sprintf("%s: port %s", p.name, p.port)
		if who, pid := loopback.Owner(int(p.port)); who != "" {
			line += fmt.Sprintf(", held by %s (process %d)", who, pid)
		}
		seen = append(seen, line)
	}
	for _, st := range e.lab.Services.Status() {
		if errors.Is(st.Err, loopback.ErrPortTaken) {
			return health.Blame(st.Err, seen...)
		}
	}
	return health.Pass(seen...)
}

// freePorts tries to open the ports, as a start would.
func (e *examination) freePorts() health.Result {
	var seen []string
	for _, p := range openPorts(e.config) {
		if err := loopback.Free(p.name, int(p.port)); err != nil {
			return health.Blame(err, seen...)
		}
		seen = append(seen, fmt.Sprintf("%s: port %s is free", p.name, p.port))
	}
	return health.Pass(seen...)
}

type openPort struct {
	name string // its key under ports
	port config.Port
}

func openPorts(c config.Config) []openPort {
	all := []openPort{
		{"site", c.Ports.Site}, {"kratos_public", c.Ports.KratosPublic}, {"kratos_admin", c.Ports.KratosAdmin},
		{"smtp", c.Ports.SMTP}, {"smtp_plain", c.Ports.SMTPPlain}, {"mail", c.Ports.Mail},
	}
	var open []openPort
	for _, p := range all {
		elsewhere := c.Kratos.Mode == config.KratosExternal && strings.HasPrefix(p.name, "kratos")
		if p.port.Open() && !elsewhere {
			open = append(open, p)
		}
	}
	return open
}

// checkModes looks whether another user of the machine could read what is the
// person's.
func (e *examination) checkModes() health.Check {
	return health.Check{ID: "SV-07", Title: "What is in the home folder is yours alone", Run: func(context.Context) health.Result {
		wide, looked, err := wideModes(e.home)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return health.Skip("there is no home folder yet: the first start makes it")
		case err != nil:
			return health.Blame(home.ErrUnusable.Because(err))
		case len(wide) > 0:
			return health.Fail("Other users of this machine may read or change files of the lab: sessions, keys, passwords' hashes.",
				"Take the rights of the group and of others away.", "chmod -R go-rwx "+child.Quote(e.home), wide...)
		}
		return health.Pass(fmt.Sprintf("%s is closed to other users, and so is what lies in it (looked at %d)", e.home, looked))
	}, Fix: func(context.Context) (string, error) {
		notices, err := config.PrepareHome(e.home)
		return strings.Join(notices, " "), err
	}}
}

// wideModes lists what is open to others. The authority's certificate is no
// secret, and whatever lies in a folder that others can't enter is closed to them,
// whichever mode it has: a browser's profile, a socket.
func wideModes(home string) (wide []string, looked int, err error) {
	if os.PathSeparator == '\\' { // Windows keeps rights elsewhere
		return nil, 0, nil
	}
	err = filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil || d.Type()&fs.ModeSymlink != 0 {
			return err
		}
		looked++
		mode := info.Mode().Perm()
		if mode&0o077 != 0 && d.Name() != "ca.pem" {
			wide = append(wide, fmt.Sprintf("%s has the mode %04o", path, mode))
		}
		if d.IsDir() && mode&0o077 == 0 {
			return fs.SkipDir
		}
		return nil
	})
	return wide, looked, err
}

// checkClock compares the lab's clock with the machine's, and the machine's with
// what it said before.
func (e *examination) checkClock() health.Check {
	return health.Check{ID: "SV-11", Title: "The clocks are right", Run: func(ctx context.Context) health.Result {
		now := e.machine()
		seen := []string{"machine: " + now.Format("2006-01-02 15:04:05")}
		if e.ca != nil {
			if st := e.ca.Status(); st.CA.Subject != "" && now.Before(st.CA.NotBefore) {
				return health.Fail("The machine's clock stands before the day on which the lab made its certificate: it went back.",
					"Set the clock of this machine. In a virtual machine, let it follow that of the host.", "",
					append(seen, "certificate from "+st.CA.NotBefore.Format("2006-01-02 15:04:05"))...)
			}
		}
		if e.lab == nil {
			return health.Pass(seen...)
		}
		seen = append(seen, "lab: "+e.lab.Clock.Now().Format("2006-01-02 15:04:05"))
		if by := e.lab.Clock.Offset(); by != 0 {
			return health.Fail(fmt.Sprintf("The lab's clock is moved by %v: sessions and challenges go by it, browsers and certificates don't.",
				by),
				"Set it right, unless you moved it to see what expires.", "sting clock reset", seen...)
		}
		return health.Pass(seen...)
	}, Fix: e.resetClock}
}

func (e *examination) resetClock(context.Context) (string, error) {
	if e.lab == nil || e.lab.Clock.Offset() == 0 {
		return "", fault.ErrNotFound.Saying("The machine's own clock is for its owner to set.")
	}
	e.lab.Clock.Reset()
	events.Publish(e.lab.Bus, clock.Moved{})
	return "Set the lab's clock right.", nil
}

// labChecks are about the services.
func (e *examination) labChecks() []health.Check {
	return []health.Check{{
		ID: "SV-01", Title: "Every service does its work", Patience: 8 * time.Second, Needs: []string{"SV-03", "TLS-04", "TLS-03", "TLS-05"},
		Run: func(ctx context.Context) health.Result { return e.checkServices(ctx) },
		Fix: func(ctx context.Context) (string, error) { return e.restartIll(ctx) },
	}}
}

// others are the services whose checks have ids of their own.
func others(name string) bool { return name == "mail" }

func (e *examination) checkServices(ctx context.Context) health.Result {
	e.lab.Services.Probe(ctx)
	var seen []string
	var ill *service.Status
	for _, st := range e.lab.Services.Status() {
		if others(st.Name) {
			continue
		}
		seen = append(seen, strings.TrimSpace(fmt.Sprintf("%s is %s: %s", st.Name, st.State, st.Detail)))
		if st.State != service.Healthy && ill == nil {
			ill = &st
		}
	}
	switch {
	case ill == nil:
		return health.Pass(seen...)
	case ill.Err != nil:
		f := fault.From(ill.Err)
		return health.Fail(ill.Name+": "+f.Message, f.Hint, "sting restart "+ill.Name, seen...)
	}
	return health.Fail(fmt.Sprintf("The service %s is %s.", ill.Name, ill.State), "Start it.", "sting start "+ill.Name, seen...)
}

func (e *examination) restartIll(ctx context.Context) (string, error) {
	var done []string
	for _, st := range e.lab.Services.Status() {
		if st.State == service.Healthy || others(st.Name) {
			continue
		}
		restart := e.lab.Services.Restart
		if st.State == service.Stopped {
			restart = e.lab.Services.Start
		}
		if err := restart(ctx, st.Name); err != nil {
			return strings.Join(done, " "), err
		}
		done = append(done, fmt.Sprintf("Started %s.", st.Name))
	}
	return strings.Join(done, " "), nil
}
