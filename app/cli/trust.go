package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sting/backend/api"
)

func (c *commands) trust() *cobra.Command {
	return c.trustCommand(false, &cobra.Command{
		Use:   "trust",
		Short: "Let browsers on this machine trust the lab's certificate",
		Long: `Puts the lab's certificate authority into trust stores, where browsers look it up.
By default into those of the browsers, which needs no root. The authority is good
for localhost and the loopback addresses alone, and for nothing else on the web.

One line a store: before, after, and what is left to do. Exit status 1 when a
store that was asked for doesn't hold the authority afterwards. The stores are those of
who types this, not of who runs the lab. No lab needs to run.`,
		Example: `  sting trust                the browsers' stores
  sting trust --dry-run      only say what would happen
  sting trust --system       the system's store, for curl and other programs`,
	})
}

func (c *commands) untrust() *cobra.Command {
	return c.trustCommand(true, &cobra.Command{
		Use:   "untrust",
		Short: "Take the lab's certificate out of the trust stores again",
		Long: `Removes exactly what "sting trust" added, from every store that it was added to.
With --browsers or --system only from those. No lab needs to run.`,
		Example: `  sting untrust
  sting untrust --browsers --dry-run`,
	})
}

// trustCommand adds to cmd what trust and untrust share.
func (c *commands) trustCommand(undo bool, cmd *cobra.Command) *cobra.Command {
	var browsers, system, all, dryRun, asJSON bool
	cmd.Args = noArgs
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		r := api.TrustRequest{Untrust: undo, DryRun: dryRun, Browsers: browsers || all, System: system || all}
		everywhere := undo && !browsers && !system
		if !r.Browsers && !r.System {
			r.Browsers, r.System = true, undo
		}
		report, err := c.changeTrust(cmd.Context(), r)
		if everywhere {
			report.Stores = slices.DeleteFunc(report.Stores, noStore)
		}
		if asJSON && len(report.Stores) > 0 {
			if jsonErr := c.printJSON(report); jsonErr != nil {
				return jsonErr
			}
		} else {
			c.printStores(report.Stores)
		}
		if err != nil {
			return err
		}
		return c.trustVerdict(r, report)
	}
	f := cmd.Flags()
	f.BoolVar(&browsers, "browsers", false, "the stores of the browsers (Chromium's, Firefox's)")
	f.BoolVar(&system, "system", false, "the store of the system, through sudo in a terminal")
	f.BoolVar(&all, "all", false, "both")
	f.BoolVar(&dryRun, "dry-run", false, "say what would happen and change nothing")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// changeTrust changes the stores of who types, whether or not a lab runs, and
// whoever runs it.
func (c *commands) changeTrust(ctx context.Context, r api.TrustRequest) (api.TrustReport, error) {
	door, err := c.door()
	if err == nil {
		return door.Trust(ctx, r)
	}
	if !errors.Is(err, errNotRunning) {
		return api.TrustReport{}, err
	}
	off, err := c.offline()
	if err != nil {
		return api.TrustReport{}, err
	}
	return off.Trust(ctx, r)
}

// noStore reports a kind of store that this machine doesn't have: nothing can be
// left in it.
func noStore(s api.TrustStore) bool {
	return s.Error != nil && s.Error.ErrorCode == "TRUST_NO_SYSTEM_STORE"
}

func (c *commands) printStores(stores []api.TrustStore) {
	for _, s := range stores {
		line := fmt.Sprintf("%s  %s -> %s  %s", plain(s.Name), c.paintState(s.Before), c.paintState(s.After), plain(s.Path))
		if s.Note != "" {
			line += "  (" + plain(s.Note) + ")"
		}
		fmt.Fprintln(c.Stdout, line)
	}
}

// trustVerdict is nil when every store is as it was asked to be.
func (c *commands) trustVerdict(r api.TrustRequest, report api.TrustReport) error {
	wanted, failed := "trusted", false
	if r.Untrust {
		wanted = "absent"
	}
	for _, s := range report.Stores {
		if s.Error != nil {
			failed = true
			c.complain(fmt.Sprintf("%s: %s (%s)", s.Name, strings.TrimSuffix(s.Error.Error, "."), s.Error.ErrorCode), s.Error.Hint)
		} else if s.After != wanted && !r.DryRun {
			failed = true
			c.complain(fmt.Sprintf("%s: the authority is %s in %s.", s.Name, s.After, s.Path), "`sting cert` names the file to import by hand.")
		}
	}
	if !r.Untrust && !r.DryRun {
		failed = c.complainOf(report.Certificate) || failed
	}
	if len(report.Stores) == 0 {
		c.say("there is no store that this would change.")
		failed = !r.Untrust && !r.DryRun
	}
	if failed {
		return exit(exitFailed)
	}
	return nil
}

// complainOf says why browsers refuse the certificate, and whether they do.
func (c *commands) complainOf(cert api.Certificate) bool {
	for _, p := range cert.Problems {
		c.complain(fmt.Sprintf("the certificate: %s (%s)", strings.TrimSuffix(p.Error, "."), p.ErrorCode), p.Hint)
	}
	return len(cert.Problems) > 0
}

func (c *commands) cert() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "cert",
		Short: "Show the lab's certificate and where its authority lies",
		Long: `Shows the certificate that the site answers with and the authority that signed it.
The file that it names is what another program or browser has to trust. No lab
needs to run.`,
		Example: `  sting cert
  curl --cacert "$(sting cert --json | jq -r .ca_path)" https://localhost:8443/`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cert, err := c.certificate(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(cert)
			}
			c.facts("authority", cert.CASubject, "file", cert.CAPath, "SHA-256", cert.CAFingerprint, "good until", cert.CANotAfter,
				"hosts", strings.Join(cert.LeafHosts, ", "), "certificate from", cert.LeafNotBefore, "certificate until", cert.LeafNotAfter,
				"key (SPKI)", cert.LeafSPKI)
			c.complainOf(cert)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// certificate asks the running lab what it shows, and otherwise the home folder.
func (c *commands) certificate(ctx context.Context) (api.Certificate, error) {
	door, err := c.door()
	if err == nil {
		return door.Certificate(ctx)
	}
	if !errors.Is(err, errNotRunning) {
		return api.Certificate{}, err
	}
	off, err := c.offline()
	if err != nil {
		return api.Certificate{}, err
	}
	return off.Certificate(ctx)
}
