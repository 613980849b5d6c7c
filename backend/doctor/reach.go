package doctor

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"
	"strings"

	"sting/backend/child"
	"sting/backend/health"
)

// reachChecks ask whether anybody gets to the lab at all: its file, its names, its
// ports.
func (e *examination) reachChecks() []health.Check {
	return []health.Check{
		{ID: "SV-02", Title: "There is a configuration that can be read",
			Run: func(context.Context) health.Result { return e.checkReadable() }},
		{ID: "RP-12", Title: "The lab's names lead to this machine", Run: e.checkNames},
		{ID: "RP-11", Title: "Browsers open the ports to which the addresses lead", Needs: []string{"SV-02"},
			Run: func(context.Context) health.Result { return e.checkRefused() }},
	}
}

func (e *examination) checkReadable() health.Result {
	if e.unreadable != nil {
		return health.Blame(e.unreadable, e.config.File())
	}
	if !e.report.Exists {
		return health.Pass("there is no " + e.config.File() + ": everything has its default")
	}
	return health.Pass("read " + e.config.File())
}

// checkRefused is about ports that no browser opens.
func (e *examination) checkRefused() health.Result {
	key, meaning, fix := e.config.RefusedByBrowsers()
	if key == "" {
		return health.Pass("none of the ports is on the browsers' list of those that they refuse")
	}
	return health.Fail(meaning, fix, "sting config check", key)
}

// checkNames looks the names up that programs of this machine use, as they do.
func (e *examination) checkNames(ctx context.Context) health.Result {
	names := []string{"localhost"}
	if host, local := e.page(); !local && host != "localhost" {
		names = append(names, host)
	}
	var seen []string
	for _, name := range names {
		found, err := e.lookup(ctx, name)
		if err != nil && ctx.Err() != nil {
			return health.Unseen("nobody answered the question where %s leads within the time of this check", name)
		}
		if err != nil {
			seen = append(seen, fmt.Sprintf("%s: %v", name, err))
		}
		elsewhere := ""
		for _, a := range found {
			seen = append(seen, fmt.Sprintf("%s leads to %s", name, a))
			if !a.Unmap().IsLoopback() {
				elsewhere = a.String()
			}
		}
		if elsewhere != "" {
			return e.misled(name, elsewhere, seen)
		}
		if len(found) == 0 {
			fix, command := e.hostsLine(name)
			return health.Fail(fmt.Sprintf("The name %s leads nowhere on this machine, so no program and no browser finds the lab there.", name),
				fix, command,
				seen...)
		}
	}
	return health.Pass(seen...)
}

// misled is for a name that leads to another machine.
func (e *examination) misled(name, elsewhere string, seen []string) health.Result {
	fix, command := e.hostsLine(name)
	cause := fmt.Sprintf("The name %s leads to %s and not to this machine: programs look for the lab there.", name, elsewhere)
	line := hostsLineOf(e.hosts, name, elsewhere)
	if line == 0 {
		return health.Fail(cause, fix+" It is not in "+e.hosts+": a name server says so.", command, seen...)
	}
	fix = fmt.Sprintf("Take %s out of line %d of %s, and have it lead to 127.0.0.1.", name, line, e.hosts)
	if command != "" {
		quoted := child.Quote(e.hosts)
		command = asRoot() + fmt.Sprintf("sed -i '%ds/^/# /' %s && %s", line, quoted, e.hostsCommand(name))
	}
	return health.Fail(cause, fix, command, append(seen, fmt.Sprintf("%s, line %d", e.hosts, line))...)
}

// hostsLine says how a name comes to lead to this machine.
func (e *examination) hostsLine(name string) (fix, command string) {
	if runtime.GOOS == "windows" {
		return fmt.Sprintf(`Add the line "127.0.0.1 %s" to %s, as an administrator.`, name, e.hosts), ""
	}
	return fmt.Sprintf(`Add the line "127.0.0.1 %s" to %s.`, name, e.hosts), e.hostsCommand(name)
}

func (e *examination) hostsCommand(name string) string {
	return fmt.Sprintf("echo '127.0.0.1 %s' | %stee -a %s", name, asRoot(), child.Quote(e.hosts))
}

func asRoot() string {
	if os.Geteuid() == 0 {
		return ""
	}
	return "sudo "
}

// hostsLineOf returns the number of the line of a hosts file that leads a name
// elsewhere, 0 where there is none.
func hostsLineOf(path, name, elsewhere string) int {
	raw, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	n := 0
	for line := range strings.Lines(string(raw)) {
		n++
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) < 2 || fields[0] != elsewhere {
			continue
		}
		for _, f := range fields[1:] {
			if strings.EqualFold(f, name) {
				return n
			}
		}
	}
	return 0
}

// hostsFile is where this system keeps names of its own.
func hostsFile() string {
	if runtime.GOOS == "windows" {
		return os.Getenv("SystemRoot") + `\System32\drivers\etc\hosts`
	}
	return "/etc/hosts"
}

// lookUp asks the machine as its programs do.
func lookUp(ctx context.Context, name string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", name)
}
