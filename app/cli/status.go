package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sting/backend/admin"
	"sting/backend/api"
)

// serviceNames are the services of a lab, for when none runs to be asked.
func serviceNames() []string { return []string{"site", "store", "certificate", "kratos", "mail"} }

func (c *commands) status() *cobra.Command {
	var asJSON, verbose bool
	cmd := &cobra.Command{
		Use:   "status [SERVICE]...",
		Short: "Say how the lab and its services are",
		Long: `One line a service: Healthy, Unhealthy, Starting or Stopped. A service is Healthy
after a probe that does its work: a TLS handshake, a write to the store, a look
at a session.

Exit status: 0 all healthy, 1 something isn't or no ceremonies are held, 3 nothing
runs.

Services: site (also app, frontend), store, certificate, kratos (also
sting-kratos), mail (also mailpit).`,
		ValidArgs: serviceNames(),
		Example: `  sting status
  sting status -v                  with what each probe saw
  sting status kratos
  sting status --json | jq -r '.services[] | .name + " " + .state'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			door, err := c.door()
			if errors.Is(err, errNotRunning) {
				return c.nothingRuns(err, args, asJSON)
			}
			if err != nil {
				return err
			}
			s, err := door.Status(cmd.Context())
			if err != nil {
				return err
			}
			if s.Services, err = chosen(s.Services, args); err != nil {
				return err
			}
			if err := c.printStatus(s, asJSON, verbose); err != nil {
				return err
			}
			if !s.Healthy() || s.Problem != "" && len(args) == 0 {
				return exit(exitFailed)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "show what the probes saw")
	return cmd
}

// nothingRuns answers for a lab that isn't there: every service is stopped.
func (c *commands) nothingRuns(why error, args []string, asJSON bool) error {
	services := []api.Service{}
	for _, name := range serviceNames() {
		services = append(services, api.Service{Name: name, State: api.Stopped, Evidence: []api.Evidence{}})
	}
	services, err := chosen(services, args)
	if err != nil {
		return err
	}
	if asJSON {
		err = c.printJSON(struct {
			Services []api.Service `json:"services"`
		}{services})
	} else {
		c.printServices(services)
	}
	if err != nil {
		return err
	}
	c.report(why)
	return exit(exitNotRunning)
}

// chosen returns the services that were named, all where none was.
func chosen(all []api.Service, names []string) ([]api.Service, error) {
	if len(names) == 0 {
		return all, nil
	}
	var out []api.Service
	for _, typed := range names {
		i := slices.IndexFunc(all, func(s api.Service) bool { return s.Name == admin.ServiceName(typed) })
		if i < 0 {
			known := make([]string, 0, len(all))
			for _, s := range all {
				known = append(known, s.Name)
			}
			return nil, misuse{fmt.Sprintf("There is no service %s.", typed), "The services are " + strings.Join(known, ", ") + "."}
		}
		out = append(out, all[i])
	}
	return out, nil
}

func (c *commands) printStatus(s api.Status, asJSON, verbose bool) error {
	if asJSON {
		return c.printJSON(s)
	}
	c.printServices(s.Services)
	for _, svc := range s.Services {
		c.serviceTrouble(svc)
	}
	if s.Problem != "" {
		c.complain("No ceremonies are held: "+s.Problem, s.Fix)
	}
	c.warn(s.Warnings)
	if s.ClockOffsetSeconds != 0 {
		fmt.Fprintf(c.Stderr, "sting: warning: The lab's clock is moved by %s; `sting clock reset` sets it right.\n",
			offset(s.ClockOffsetSeconds))
	}
	if !verbose {
		return nil
	}
	for _, svc := range s.Services {
		fmt.Fprintf(c.Stdout, "\n%s\n", c.paint(dim, plain(svc.Name)))
		seen := []string{"  checked", svc.CheckedAt, "  took", fmt.Sprintf("%.1f ms", svc.TookMS), "  since", svc.Since,
			"  restarts", strconv.Itoa(svc.Restarts)}
		if last := svc.LastComplaint; last != nil {
			seen = append(seen, "  last complaint", fmt.Sprintf("%s: %s (%s)", last.At, last.Error.Error, last.Error.ErrorCode))
		}
		for _, e := range svc.Evidence {
			seen = append(seen, "  "+plain(e.What), e.Seen)
		}
		c.facts(seen...)
	}
	fmt.Fprintln(c.Stdout)
	c.facts("version", s.Version, "process", strconv.Itoa(s.PID), "home", s.Home, "origin", s.Origin, "RP ID", s.RPID,
		"passwords", s.KratosMode, "started", s.StartedAt, "lab's time", s.Now, "clock moved by", offset(s.ClockOffsetSeconds),
		"mock user", onOff(s.MockUser), "users", strconv.Itoa(s.Users), "passkeys", strconv.Itoa(s.Passkeys), "sessions",
		strconv.Itoa(s.Sessions))
	return nil
}

// printServices writes one line a service, without headings: the format is the
// contract's.
func (c *commands) printServices(services []api.Service) {
	name, state := 0, len(api.Unhealthy)
	for _, s := range services {
		name = max(name, len(s.Name))
	}
	for _, s := range services {
		word := string(s.State)
		line := fmt.Sprintf("%-*s  %s", name, plain(s.Name), c.paintState(word))
		if about := cmp.Or(s.URL, s.Detail); about != "" {
			line += strings.Repeat(" ", max(0, state-len(word))+2) + plain(about)
		}
		fmt.Fprintln(c.Stdout, line)
	}
}

// serviceTrouble says what is wrong with a service and what to do.
func (c *commands) serviceTrouble(s api.Service) {
	if s.Error != nil {
		c.complain(fmt.Sprintf("%s: %s (%s)", s.Name, strings.TrimSuffix(s.Error.Error, "."), s.Error.ErrorCode), s.Error.Hint)
	}
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
