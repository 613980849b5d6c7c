package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"sting/backend/admin"
	"sting/backend/api"
)

func (c *commands) passkeys() *cobra.Command {
	list := listing[api.OwnedPasskey]{
		what: "passkeys", short: "List the passkeys of everybody",
		example: "  sting passkeys\n  sting passkeys -q ada@example.org\n  sting passkeys --json | jq '.items[].aaguid'",
		orders:  []string{"newest", "name"},
		heads:   []string{"NAME", "E-MAIL", "RP ID", "AUTHENTICATOR", "STATUS", "USED", "COUNTER", "LAST USED", "ID"},
		row: func(p api.OwnedPasskey) []string {
			return []string{p.Name, p.Email, p.RPID, p.Authenticator, standing(p), strconv.Itoa(p.UsageCount),
				strconv.FormatUint(uint64(p.SignCount), 10), minute(orNever(p.LastUsedAt)), p.ID}
		},
		ask: func(ctx context.Context, d admin.Door, q api.Query) (api.Page[api.OwnedPasskey], error) {
			return d.Passkeys(ctx, q)
		},
	}
	passkey := func(ctx context.Context, d admin.Door, id string) (api.OwnedPasskey, error) {
		return d.Passkey(ctx, id)
	}
	details := func(ctx context.Context, d admin.Door, id string) (api.PasskeyDetails, error) {
		return d.PasskeyDetails(ctx, id)
	}
	show := showing(c, "show ID", "Show a passkey with its flags, counter and key", "  sting passkeys show pk_7Q2", details, passkeyDetails)
	remove := removal[api.OwnedPasskey]{
		use: "remove ID", short: "Remove a passkey",
		long: "Removes a passkey: nobody signs in with it any more. A tombstone stays, so that the lab\n" +
			"can say why. The password manager goes on offering it until it is deleted there.",

		example:  "  sting passkeys remove pk_7Q2 --yes",
		ask:      passkey,
		question: func(p api.OwnedPasskey) string { return fmt.Sprintf("Remove the passkey %q of %s?", p.Name, p.Email) },
		done:     func(p api.OwnedPasskey) string { return fmt.Sprintf("removed the passkey %q of %s.", p.Name, p.Email) },
		id:       func(p api.OwnedPasskey) string { return p.ID },
		remove:   func(ctx context.Context, d admin.Door, id string) error { return d.RemovePasskey(ctx, id) },
	}
	return c.family("passkeys", "Passkeys: list, show, rename, remove", "The passkeys of everybody in the lab. Alone it lists them.",
		list.command(c), show, c.renamePasskey(), remove.command(c))
}

// standing is whether a passkey can be used, in a word: one of an older RP ID is
// active in the store and of no use.
func standing(p api.OwnedPasskey) string {
	if p.LeftBehind && p.Status == "active" {
		return "left behind"
	}
	return p.Status
}

func passkeyFacts(p api.OwnedPasskey) []string {
	return []string{"name", p.Name, "id", p.ID, "credential id", p.CredentialID, "owner", p.Email, "status", standing(p), "RP ID", p.RPID,
		"authenticator", p.Authenticator, "AAGUID", p.AAGUID, "device", p.DeviceType, "transports", strings.Join(p.Transports, ", "),
		"algorithm", p.Algorithm, "attestation", p.AttestationFormat, "backup eligible (BE)", yesNo(p.IsBackupEligible),
		"backed up (BS)", yesNo(p.IsBackupState), "user verified (UV)", yesNo(p.UserVerified),
		"counter", strconv.FormatUint(uint64(p.SignCount), 10), "used", strconv.Itoa(p.UsageCount), "last used", orNever(p.LastUsedAt),
		"created", p.CreatedAt, "updated", p.UpdatedAt, "removed", orNever(p.RevokedAt)}
}

func (c *commands) renamePasskey() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "rename ID NAME", Short: "Give a passkey another name", Args: words(2, 2),
		Long: "Gives a passkey another name, of 1 to 100 characters. Only the lab's own lists show it;\n" +
			"a password manager keeps the name it has.",
		Example: "  sting passkeys rename pk_7Q2 \"the blue key\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			if n := utf8.RuneCountInString(strings.TrimSpace(args[1])); n < 1 || n > 100 {
				return misuse{"A name has 1 to 100 characters.", "Usage: sting passkeys rename ID NAME"}
			}
			door, err := c.door()
			if err != nil {
				return err
			}
			p, err := door.RenamePasskey(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(p)
			}
			c.say("the passkey is now named %q.", p.Name)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func orNever(at *string) string {
	if at == nil || *at == "" {
		return "never"
	}
	return *at
}

// passkeyDetails are the facts of a passkey down to its key.
func passkeyDetails(p api.PasskeyDetails) []string {
	facts := append(passkeyFacts(p.OwnedPasskey), "discoverable", said(p.Discoverable), "user handle", p.UserHandle,
		"key (COSE)", p.COSE, "key (JWK)", string(p.JWK), "key (PEM)", strings.ReplaceAll(strings.TrimSpace(p.PEM), "\n", " "))
	for i, u := range p.Uses {
		facts = append(facts, fmt.Sprintf("use %d", i+1),
			fmt.Sprintf("%s, counter %d, backed up %s, user verified %s", u.At, u.SignCount, yesNo(u.BackupState), yesNo(u.UserVerified)))
	}
	for _, w := range p.Warnings {
		facts = append(facts, "warning", w)
	}
	for _, id := range p.Ceremonies {
		facts = append(facts, "ceremony", id)
	}
	return facts
}

// said is what an authenticator says, if it says anything.
func said(v *bool) string {
	if v == nil {
		return "not said"
	}
	return yesNo(*v)
}
