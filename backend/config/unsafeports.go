package config

import (
	"fmt"
	"slices"
)

// unsafePorts are those that browsers never open, whatever listens there: the list
// of "port blocking" in the Fetch standard, which Chromium, Firefox and Safari share.
func unsafePorts() []Port {
	return []Port{
		1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
		110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530,
		531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045,
		4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
	}
}

// RefusedByBrowsers returns why browsers never open one of the ports at which they are
// to find something, and what to do; "" where they do.
func (c Config) RefusedByBrowsers() (key, meaning, fix string) {
	for _, p := range []struct {
		key   string
		port  Port
		usual int
	}{{"ports.site", c.Ports.Site, 8443}, {"ports.mail", c.Ports.Mail, 8025}, {"ports.kratos_public", c.Ports.KratosPublic, 4433}} {
		if slices.Contains(unsafePorts(), p.port) {
			return p.key, fmt.Sprintf("Browsers refuse port %s, whatever listens there (ERR_UNSAFE_PORT).", p.port),
				fmt.Sprintf("Give %s another number, such as %d, or 0 for any free one.", p.key, p.usual)
		}
	}
	return "", "", ""
}
