package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sting/app/help"
	"sting/backend"
	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/origin"
)

// completionTime is how long a shell waits for what a running lab knows.
const completionTime = 2 * time.Second

// completing offers words in the place of a command's argument. done are the
// words before it.
type completing func(ctx context.Context, d admin.Door, done []string) []cobra.Completion

// complete lets shells complete what only the running lab knows: ids, addresses,
// names of snapshots. Without a lab there is nothing to offer.
func (c *commands) complete(root *cobra.Command) {
	for path, offer := range map[string]completing{
		"users show": first(people(byEmail)), "users remove": first(people(byEmail)),
		"passkeys show": first(passkeyIDs), "passkeys rename": first(passkeyIDs), "passkeys remove": first(passkeyIDs),
		"sessions show": first(sessionIDs), "sessions remove": first(sessionIDs),
		"ceremonies": first(ceremonyIDs), "ceremonies show": first(ceremonyIDs), "ceremonies compare": ceremonyIDs,
		"mail show": first(mailIDs), "mail remove": first(mailIDs), "mail code": first(people(byEmail)), "mail wait": first(people(byEmail)),
		"snapshot restore": first(snapshotNames), "snapshot remove": first(snapshotNames),
		"preflight": first(ownPages), "app show": first(appNames), "app remove": first(appNames),
	} {
		if cmd, _, err := root.Find(strings.Fields(path)); err == nil {
			cmd.ValidArgsFunction = c.asking(offer)
		}
	}
	if cmd, _, err := root.Find([]string{"open"}); err == nil {
		cmd.ValidArgsFunction = c.appPages
	}
	fixed(root, "doctor", backend.CheckIDs)
	fixed(root, "help", func() []string { return append(commandNames(root), help.Codes()...) })
	fixed(root, "clock", func() []string { return []string{"reset", "+10m", "+1h", "+24h"} })
	for _, path := range []string{"status", "logs", "start", "stop", "restart"} {
		fixed(root, path, serviceNames)
	}
}

// asking asks the running lab, and offers nothing where it can't.
func (c *commands) asking(offer completing) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
		defer cancel()
		door, err := c.door()
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return offer(ctx, door, args), cobra.ShellCompDirectiveNoFileComp
	}
}

// fixed lets the first argument of a command be one of a list.
func fixed(root *cobra.Command, path string, list func() []string) {
	cmd, _, err := root.Find(strings.Fields(path))
	if err != nil {
		return
	}
	cmd.ValidArgs = nil
	cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var out []cobra.Completion
		for _, word := range list() {
			if strings.HasPrefix(strings.ToLower(word), strings.ToLower(begun)) {
				out = append(out, word)
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}

// first offers nothing after the first argument.
func first(offer completing) completing {
	return func(ctx context.Context, d admin.Door, done []string) []cobra.Completion {
		if len(done) > 0 {
			return nil
		}
		return offer(ctx, d, done)
	}
}

// offered returns what stands for each item of a list; one that failed has none.
func offered[T any](page api.Page[T], err error, word func(T) cobra.Completion) []cobra.Completion {
	if err != nil {
		return nil
	}
	out := make([]cobra.Completion, 0, len(page.Items))
	for _, item := range page.Items {
		out = append(out, word(item))
	}
	return out
}

func byEmail(p api.Person) cobra.Completion { return cobra.CompletionWithDesc(p.Email, p.ID) }

func people(word func(api.Person) cobra.Completion) completing {
	return func(ctx context.Context, d admin.Door, _ []string) []cobra.Completion {
		page, err := d.Users(ctx, api.Query{})
		return offered(page, err, word)
	}
}

func passkeyIDs(ctx context.Context, d admin.Door, _ []string) []cobra.Completion {
	page, err := d.Passkeys(ctx, api.Query{})
	return offered(page, err, func(p api.OwnedPasskey) cobra.Completion {
		return cobra.CompletionWithDesc(p.ID, plain(p.Name+" of "+p.Email))
	})
}

func sessionIDs(ctx context.Context, d admin.Door, _ []string) []cobra.Completion {
	page, err := d.Sessions(ctx, api.Query{})
	return offered(page, err, func(s api.LabSession) cobra.Completion { return cobra.CompletionWithDesc(s.ID, s.Email) })
}

func ceremonyIDs(ctx context.Context, d admin.Door, _ []string) []cobra.Completion {
	page, err := d.Ceremonies(ctx, api.CeremonyQuery{})
	return offered(page, err, func(s api.CeremonySummary) cobra.Completion {
		return cobra.CompletionWithDesc(s.ID, strings.TrimSpace(s.Kind+" "+s.State+" "+s.Email))
	})
}

func mailIDs(ctx context.Context, d admin.Door, _ []string) []cobra.Completion {
	page, err := d.Mails(ctx, api.Query{})
	return offered(page, err, func(m api.Mail) cobra.Completion { return cobra.CompletionWithDesc(m.ID, plain(m.Subject)) })
}

func snapshotNames(ctx context.Context, d admin.Door, _ []string) []cobra.Completion {
	all, err := d.Snapshots(ctx)
	return offered(api.Page[api.Snapshot]{Items: all}, err, func(s api.Snapshot) cobra.Completion {
		return cobra.CompletionWithDesc(s.Name, minute(s.TakenAt))
	})
}

// ownPages offers the address of the lab's own site.
func ownPages(ctx context.Context, d admin.Door, _ []string) []cobra.Completion {
	s, err := d.Status(ctx)
	if err != nil {
		return nil
	}
	return []cobra.Completion{s.Origin}
}

func appNames(ctx context.Context, d admin.Door, _ []string) []cobra.Completion {
	page, err := admin.ListApps.Ask(ctx, d, api.None{})
	return offered(page, err, func(a api.App) cobra.Completion { return cobra.CompletionWithDesc(a.Name, a.URL) })
}

// appPages offers what can be opened: pages of the lab, apps, and then their pages.
func (c *commands) appPages(cmd *cobra.Command, done []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
	defer cancel()
	words := []string{"login", "register"}
	if len(done) == 0 {
		words = append(origin.PageNames(), labApp)
		page, _ := c.apps(ctx) // without them the others are left
		for _, a := range page.Items {
			words = append(words, a.Name)
		}
	}
	if len(done) > 1 {
		words = nil
	}
	return slices.DeleteFunc(words, func(w string) bool { return !strings.HasPrefix(w, begun) }), cobra.ShellCompDirectiveNoFileComp
}

func commandNames(root *cobra.Command) []string {
	var names []string
	for _, cmd := range root.Commands() {
		if cmd.IsAvailableCommand() {
			names = append(names, cmd.Name())
		}
	}
	return append(names, "api", "codes")
}
