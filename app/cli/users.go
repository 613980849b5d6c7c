package cli

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"sting/backend/admin"
	"sting/backend/api"
)

func (c *commands) users() *cobra.Command {
	list := listing[api.Person]{
		what: "users", short: "List the accounts",
		example: "  sting users\n  sting users -q ada\n  sting users --order name --limit 20\n  sting users --json | jq -r '.items[].email'",
		orders:  []string{"newest", "name"},
		heads:   []string{"E-MAIL", "NAME", "STATE", "PASSWORD", "PASSKEYS", "SESSIONS", "CREATED", "ID"},
		row: func(p api.Person) []string {
			name := p.Name
			if name == p.Email { // nobody gave another
				name = ""
			}
			return []string{p.Email, name, p.State, yesNo(p.Password), strconv.Itoa(p.Passkeys), strconv.Itoa(p.Sessions), minute(p.CreatedAt), p.ID}
		},
		ask: func(ctx context.Context, d admin.Door, q api.Query) (api.Page[api.Person], error) {
			return d.Users(ctx, q)
		},
	}
	person := func(ctx context.Context, d admin.Door, id string) (api.Person, error) { return d.User(ctx, id) }
	show := showing(c, "show ID|EMAIL", "Show an account", "  sting users show ada@example.org", person, func(p api.Person) []string {
		return []string{"e-mail", p.Email, "name", p.Name, "id", p.ID, "state", p.State, "role", p.Role, "traits", string(p.Traits),
			"password", yesNo(p.Password), "passkeys", strconv.Itoa(p.Passkeys), "sessions", strconv.Itoa(p.Sessions), "created", p.CreatedAt}
	})
	remove := removal[api.Person]{
		use: "remove ID|EMAIL", short: "Remove an account with everything it has",
		long: "Removes an account, its password and its passkeys, and ends its sessions. Passkeys stay\n" +
			"in password managers until they are deleted there.",
		example: "  sting users remove ada@example.org\n  sting users remove ada@example.org --yes",
		ask:     person,
		question: func(p api.Person) string {
			return fmt.Sprintf("Remove the account %s with %s and %s?", p.Email, count(p.Passkeys, "passkey"), count(p.Sessions, "session"))
		},
		done:   func(p api.Person) string { return fmt.Sprintf("removed the account %s.", p.Email) },
		id:     func(p api.Person) string { return p.ID },
		remove: func(ctx context.Context, d admin.Door, id string) error { return d.RemoveUser(ctx, id) },
	}
	return c.family("users", "Accounts: list, show, remove", "The accounts of the lab. Alone it lists them.",
		list.command(c), show, remove.command(c))
}

func yesNo(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}
