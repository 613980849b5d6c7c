package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"

	"sting/backend/disk"
)

// drawnFile keeps the ports that were drawn, by name.
const drawnFile = "ports.json"

// readDrawn returns the ports that were drawn before. A file that can't be
// read holds none: the ports are drawn anew.
func readDrawn(home string) map[string]Port {
	text, err := disk.Read(filepath.Join(home, drawnFile), 1<<12)
	if err != nil {
		return nil
	}
	var kept map[string]Port
	if json.Unmarshal(text, &kept) != nil {
		return nil
	}
	for name, p := range kept {
		if p < 1 || p > 65535 {
			delete(kept, name)
		}
	}
	return kept
}

// DrawPorts gives every port that is set to 0 a number: the one that it had
// before, as long as that is free on the loopback addresses, else a new one.
// The numbers are kept in the home folder, and everything that follows from
// them is in what is returned. Call it once, with the lock of the home folder
// taken and before anything listens. The error is ErrHome.
func DrawPorts(c Config, r Report) (Config, Report, error) {
	wanted := r.input.zeroPorts()
	if len(wanted) == 0 {
		return c, r, nil
	}
	taken := map[Port]bool{}
	for _, p := range c.Ports.all() {
		if !slices.Contains(wanted, p.name) {
			taken[*p.port] = true
		}
	}
	drawn := map[string]Port{}
	for _, name := range wanted {
		kept := r.input.drawn[name]
		if kept == 0 || taken[kept] || !free(kept) {
			var err error
			if kept, err = draw(taken); err != nil {
				return c, r, ErrHome.Because(err).Hinting("No port of the loopback address is free. End a program that holds many.")
			}
		}
		drawn[name], taken[kept] = kept, true
	}
	in := r.input
	in.drawn = drawn
	next, report := in.resolve(nil)
	report.Exists = r.Exists
	text, err := json.MarshalIndent(drawn, "", "  ")
	if err != nil {
		return c, r, fmt.Errorf("write drawn ports: %w", err)
	}
	if err := disk.Replace(filepath.Join(in.home, drawnFile), append(text, '\n')); err != nil {
		return next, report, ErrHome.Because(err).Hinting("%s", homeHint(in.home, err))
	}
	return next, report, nil
}

// zeroPorts returns the names of the ports that the file or a flag sets to 0.
func (in input) zeroPorts() []string {
	in.drawn = nil
	c, _ := in.resolve(nil)
	var names []string
	for _, p := range c.Ports.all() {
		if *p.port == 0 {
			names = append(names, p.name)
		}
	}
	return names
}

// A drawn port lies in [lowestDrawn, lowestDrawn+drawable): below the range from which Linux (32768), macOS and Windows
// (49152) give outgoing connections theirs, so that none of those takes it before the lab listens or between two runs.
const lowestDrawn, drawable = 20000, 7000

// draw returns a port that is free on both loopback addresses and not taken.
func draw(taken map[Port]bool) (Port, error) {
	from := rand.IntN(drawable)
	for i := range drawable {
		if p := Port(lowestDrawn + (from+i)%drawable); !taken[p] && free(p) {
			return p, nil
		}
	}
	return 0, errors.New("draw a port: none is free")
}

// free reports whether nothing listens at the port, on 127.0.0.1 and, where
// the machine has it, on ::1.
func free(p Port) bool {
	for _, host := range []string{"127.0.0.1", "::1"} {
		l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(int(p))))
		if err == nil {
			l.Close()
			continue
		}
		if host == "::1" && !errors.Is(err, syscall.EADDRINUSE) && !errors.Is(err, fs.ErrPermission) {
			continue // no IPv6 here
		}
		return false
	}
	return true
}
