package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

const about = `STING Companion is a passkey lab on this machine: pages where a person signs in
with a passkey, the server behind them, and a look at everything that happens.

Without a command it opens its window. With no window, start with:

    sting start        everything in the background
    sting serve        the same in the foreground, until Ctrl-C
    sting open login   the sign-in page in your browser
    sting status       is it well?`

// root returns the whole tree of commands.
func (c *commands) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "sting",
		Short:         "A passkey lab on this machine",
		Long:          about,
		Example:       "  sting start && sting open register\n  sting doctor",
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       c.Version,

		SuggestionsMinimumDistance: 2,
		Args:                       c.knownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			fmt.Fprint(c.Stderr, cmd.UsageString())
			return exit(exitUsage)
		},
	}
	root.PersistentFlags().StringVar(&c.home, "home", "", "the folder that holds everything (also STING_HOME)")
	root.Flags().Bool("version", false, "print the version") // without -v, which other commands have for "verbose"
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return misuse{err.Error(), fmt.Sprintf("`%s --help` lists the flags.", cmd.CommandPath())}
	})
	root.SetUsageTemplate(usageTemplate)
	root.SetVersionTemplate("sting {{.Version}}\n")
	root.SetHelpCommand(c.helpCommand(root))
	root.AddGroup(
		&cobra.Group{ID: "run", Title: "Running:"},
		&cobra.Group{ID: "look", Title: "Looking and changing:"},
		&cobra.Group{ID: "set", Title: "Setting up:"},
		&cobra.Group{ID: "self", Title: "About:"},
	)
	add := func(group string, cmds ...*cobra.Command) {
		for _, cmd := range cmds {
			cmd.GroupID = group
			root.AddCommand(cmd)
		}
	}
	add("run", c.serve(), c.start(), c.stop(), c.restart(), c.status(), c.logs(), c.doctor(), c.open(), c.app())
	add("look", c.users(), c.passkeys(), c.sessions(), c.ceremonies(), c.mail(), c.explain(), c.preflight(), c.browsers(), c.virtual(),
		c.clock(), c.mock())
	add("look", c.snapshot(), c.reset(), c.export(), c.importData())
	add("set", c.trust(), c.untrust(), c.cert(), c.config())
	add("self", c.version())
	root.SetHelpCommandGroupID("self")
	root.SetCompletionCommandGroupID("self")
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	exampleOfCompletion(root)
	c.complete(root)
	return root
}

// exampleOfCompletion shows how a shell is told, beside what cobra says about it.
func exampleOfCompletion(root *cobra.Command) {
	cmd, _, err := root.Find([]string{"completion"})
	if err != nil {
		return
	}
	cmd.Example = "  sting completion bash > ~/.local/share/bash-completion/completions/sting\n" +
		"  sting completion fish > ~/.config/fish/completions/sting.fish"
	for _, shell := range cmd.Commands() {
		shell.Example = "  sting completion " + shell.Name()
	}
}

// knownCommand refuses the first word when no command has that name.
func (c *commands) knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := fmt.Sprintf("`%s --help` lists the commands.", cmd.CommandPath())
	near := cmd.SuggestionsFor(args[0])
	if begun := slices.DeleteFunc(slices.Clone(near), func(s string) bool { return !strings.HasPrefix(s, args[0]) }); len(begun) > 0 {
		near = begun
	}
	if len(near) > 0 {
		hint = fmt.Sprintf("Did you mean `%s %s`? %s", cmd.CommandPath(), strings.Join(near, "`, `"+cmd.CommandPath()+" "), hint)
	}
	return misuse{fmt.Sprintf("There is no command %s %s.", cmd.CommandPath(), args[0]), hint}
}

// family returns a command that has others below it and by itself does what
// its command "list" does.
func (c *commands) family(use, short, long string, list *cobra.Command, others ...*cobra.Command) *cobra.Command {
	parent := &cobra.Command{Use: use, Short: short, Long: long, Args: c.knownCommand, RunE: list.RunE, SuggestionsMinimumDistance: 2}
	parent.Flags().AddFlagSet(list.Flags())
	parent.AddCommand(list)
	parent.AddCommand(others...)
	parent.Example = examplesOf(parent)
	return parent
}

// examplesOf is the first example of each command below another.
func examplesOf(parent *cobra.Command) string {
	var lines []string
	for _, cmd := range parent.Commands() {
		line, _, _ := strings.Cut(cmd.Example, "\n")
		if line != "" && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

const usageTemplate = `Usage:{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} COMMAND{{end}}{{if gt (len .Aliases) 0}}

Also written:
  {{.NameAndAliases}}{{end}}{{if .HasExample}}

Examples:
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}{{$cmds := .Commands}}{{if eq (len .Groups) 0}}

Commands:{{range $cmds}}{{if (or .IsAvailableCommand (eq .Name "help"))}}
  {{rpad .Name .NamePadding }} {{.Short}}{{end}}{{end}}{{else}}{{range $group := .Groups}}

{{.Title}}{{range $cmds}}{{if (and (eq .GroupID $group.ID) (or .IsAvailableCommand (eq .Name "help")))}}
  {{rpad .Name .NamePadding }} {{.Short}}{{end}}{{end}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

Everywhere:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableSubCommands}}

` + "`{{.CommandPath}} COMMAND --help` says more about one." + `{{end}}
`
