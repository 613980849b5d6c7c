package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/disk"
	"sting/backend/document"
	"sting/backend/fault"
)

var (
	errFileThere = fault.New(fault.Conflict, "FILE_EXISTS", "A file is there already.",
		"Choose another name; nothing is written over.")
	errLacking = fault.New(fault.Unavailable, "COPY_INCOMPLETE", "The copy lacks what is damaged.",
		"What is named above can't be read any more; everything else is in the copy.")
	errFile = fault.New(fault.Unavailable, "FILE_UNUSABLE", "The file can't be used.",
		"Look at its path and who may read or write it.")
)

const aboutSnapshots = `Copies of accounts, passwords, passkeys and sessions, taken while the lab runs. Mails,
recorded ceremonies and the keys of the virtual authenticator are not in them. Alone it lists
them. Before a restore and a reset the lab takes one by itself.`

func (c *commands) snapshot() *cobra.Command {
	var asJSON bool
	list := &cobra.Command{
		Use: "list", Short: "List the snapshots", Args: noArgs,
		Example: "  sting snapshot list\n  sting snapshot --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			door, err := c.door()
			if err != nil {
				return err
			}
			all, err := door.Snapshots(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(api.Page[api.Snapshot]{Items: all})
			}
			return c.showSnapshots(all)
		},
	}
	list.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c.family("snapshot", "Snapshots of accounts, passkeys and sessions: save, list, restore, remove",
		aboutSnapshots,
		list, c.snapshotSave(), c.snapshotRestore(), c.snapshotRemove())
}

func (c *commands) showSnapshots(all []api.Snapshot) error {
	if len(all) == 0 {
		c.say("no snapshots.")
		return nil
	}
	t := &table{heads: []string{"NAME", "TAKEN", "BYTES", "WHY"}}
	for _, s := range all {
		t.add(s.Name, minute(s.TakenAt), strconv.FormatInt(s.Bytes, 10), s.Reason)
	}
	c.print(t)
	return nil
}

func (c *commands) snapshotSave() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "save NAME", Short: "Copy accounts, passkeys and sessions while the lab runs", Args: words(1, 1),
		Example: "  sting snapshot save two-users",
		RunE: func(cmd *cobra.Command, args []string) error {
			door, err := c.door()
			if err != nil {
				return err
			}
			s, err := door.SaveSnapshot(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return errors.Join(c.printJSON(s), c.lacking(s.Damaged))
			}
			c.say("saved %s, %d bytes: accounts, passwords, passkeys and sessions, no mails and no records. `sting snapshot restore %s` brings "+
				"them back.", s.Name, s.Bytes, s.Name)
			return c.lacking(s.Damaged)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (c *commands) snapshotRestore() *cobra.Command {
	var yes, asJSON bool
	cmd := &cobra.Command{
		Use: "restore NAME", Short: "Put a snapshot's accounts, passkeys and sessions in place of today's", Args: words(1, 1),
		Long: "Accounts, passwords, passkeys and sessions go back to what they were when the snapshot was\n" +
			"taken; those of now are kept in a snapshot of its own first. Mails, recorded ceremonies and the\n" +
			"keys of the virtual authenticator stay as they are.",
		Example: "  sting snapshot restore two-users --yes",
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.replace(cmd, yes, asJSON, "Put the snapshot "+args[0]+" in the place of what the lab has now?",
				func(ctx context.Context, d admin.Door) (api.StateChanged, error) {
					return d.RestoreSnapshot(ctx, args[0])
				})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "don't ask")
	return cmd
}

func (c *commands) snapshotRemove() *cobra.Command {
	return removal[string]{
		use: "remove NAME", short: "Delete a snapshot", long: "Deletes the copy. The lab's own data stays as it is.",
		example:  "  sting snapshot remove two-users --yes",
		ask:      func(_ context.Context, _ admin.Door, name string) (string, error) { return name, nil },
		question: func(name string) string { return "Delete the snapshot " + name + "?" },
		done:     func(name string) string { return "deleted the snapshot " + name + "." },
		id:       func(name string) string { return name },
		remove: func(ctx context.Context, d admin.Door, name string) error {
			return d.RemoveSnapshot(ctx, name)
		},
	}.command(c)
}

func (c *commands) reset() *cobra.Command {
	var yes, ca, asJSON bool
	cmd := &cobra.Command{
		Use: "reset", Short: "Forget users, sessions, passkeys, mails and records", Args: noArgs,
		Long: `Begins with nobody in the lab. Accounts, passwords, passkeys and sessions are kept in a
snapshot first, which undoes the reset for them. Mails and recorded ceremonies are in no
snapshot: they are gone for good. The configuration, the snapshots and the keys of the virtual
authenticator stay ("sting virtual forget" forgets those), and so does the certificate
authority, unless --ca is given: browsers would have to trust another one.`,
		Example: "  sting reset\n  sting reset --yes",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.replace(cmd, yes, asJSON, "Forget all users, sessions, passkeys, mails and records? (The last two can't be brought back.)",
				func(ctx context.Context, d admin.Door) (api.StateChanged, error) {
					return d.Reset(ctx, api.ResetRequest{CA: ca})
				})
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "don't ask")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&ca, "ca", false, "make a new certificate authority, too; no undo brings the old one back")
	return cmd
}

// replace asks, does what replaces the data, and says how to undo it.
func (c *commands) replace(cmd *cobra.Command, yes, asJSON bool, question string,
	do func(context.Context, admin.Door) (api.StateChanged, error)) error {
	door, err := c.door()
	if err != nil {
		return err
	}
	if !yes {
		if err := c.confirm(question); err != nil {
			return err
		}
	}
	done, err := do(cmd.Context(), door)
	if err != nil {
		return err
	}
	if asJSON {
		return c.printJSON(done)
	}
	c.say("%s", done.Message)
	c.say("to undo it: sting snapshot restore %s (accounts, passwords, passkeys, sessions)", done.Undo)
	return nil
}

func (c *commands) export() *cobra.Command {
	var kratos bool
	cmd := &cobra.Command{
		Use: "export [FILE]", Short: "Write accounts, passkeys and sessions as one JSON file", Args: words(0, 1),
		Long: `Writes accounts, passkeys and sessions as JSON to a file that is not there yet, for
you alone to read, or to stdout. --kratos writes what the import of an Ory Kratos reads: a
list of bodies for POST /admin/identities, with hashed passwords.`,
		Example: "  sting export lab.json\n  sting export --kratos | jq '.[0]'",
		RunE: func(cmd *cobra.Command, args []string) error {
			door, err := c.door()
			if err != nil {
				return err
			}
			format := "sting"
			if kratos {
				format = "kratos"
			}
			raw, err := door.Export(cmd.Context(), format)
			if err != nil {
				return err
			}
			if len(args) == 0 || args[0] == "-" {
				_, err = fmt.Fprintf(c.Stdout, "%s\n", raw)
			} else {
				err = c.writeNew(args[0], raw)
			}
			if err != nil {
				return err
			}
			status, err := door.Status(cmd.Context()) // the form for Kratos has no place for it
			if err != nil {
				return err
			}
			return c.lacking(slices.DeleteFunc(status.Damaged, func(d api.Damaged) bool { return d.File != "sting.db" }))
		},
	}
	cmd.Flags().BoolVar(&kratos, "kratos", false, "for the import of an Ory Kratos")
	return cmd
}

// writeNew writes a file that is not there yet, for its owner alone: it holds
// hashed passwords.
func (c *commands) writeNew(path string, raw json.RawMessage) error {
	err := disk.Create(path, append(raw, '\n'))
	if errors.Is(err, disk.ErrThere) {
		return errFileThere.Saying("%s is there already.", path)
	}
	if err != nil {
		return errFile.Because(err)
	}
	c.say("wrote %s.", path)
	return nil
}

func (c *commands) importData() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "import FILE|-", Short: "Take data that was exported", Args: words(1, 1),
		Long:    "Adds accounts, passkeys and sessions of a file that `sting export` wrote. What is\nthere already stays as it is and is named.",
		Example: "  sting import lab.json\n  sting export --home ./one | sting import --home ./two -",
		RunE: func(cmd *cobra.Command, args []string) error {
			door, err := c.door()
			if err != nil {
				return err
			}
			raw, err := c.readAll(args[0])
			if err != nil {
				return err
			}
			got, err := door.Import(cmd.Context(), raw)
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(got)
			}
			for _, s := range got.Skipped {
				c.say("left out: %s", s)
			}
			c.say("imported %s, %s and %s.", count(got.Identities, "account"), count(got.Credentials, "passkey"), count(got.Sessions, "session"))
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// mostImported bounds a file that is imported, in bytes.
const mostImported = 256 << 20

func (c *commands) readAll(path string) (json.RawMessage, error) {
	in := c.Stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, errFile.Because(err)
		}
		defer f.Close()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, mostImported+1))
	switch {
	case err != nil:
		return nil, errFile.Because(err)
	case len(raw) > mostImported:
		return nil, errFile.Saying("%s has more than %d MiB.", path,
			mostImported>>20).Hinting("Split the export: it is one JSON object with three lists.")
	}
	if why := document.Broken(raw); why != "" {
		return nil, errFile.Saying("%s holds no JSON.", path).Hinting("%s Give a file that `sting export` wrote; nothing was imported.", why)
	}
	return raw, nil
}
