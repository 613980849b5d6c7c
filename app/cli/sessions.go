package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sting/backend/admin"
	"sting/backend/api"
)

func (c *commands) sessions() *cobra.Command {
	list := listing[api.LabSession]{
		what: "sessions", short: "List the sessions of everybody",
		example: "  sting sessions\n  sting sessions -q ada@example.org\n  sting sessions --json | jq '.items[] | {email, auth_method, state}'",
		heads:   []string{"E-MAIL", "METHOD", "VIEWS", "STATE", "SIGNED IN", "EXPIRES", "ADDRESS", "ID"},
		row: func(s api.LabSession) []string {
			return []string{s.Email, s.AuthMethod, strings.Join(s.Views, "+"), s.State, minute(s.AuthenticatedAt), minute(s.ExpiresAt), s.Address,
				s.ID}
		},
		ask: func(ctx context.Context, d admin.Door, q api.Query) (api.Page[api.LabSession], error) {
			return d.Sessions(ctx, q)
		},
	}
	session := func(ctx context.Context, d admin.Door, id string) (api.LabSession, error) { return d.Session(ctx, id) }
	show := showing(c, "show ID", "Show a session", "  sting sessions show 4f6c2a", session, func(s api.LabSession) []string {
		return []string{"e-mail", s.Email, "id", s.ID, "method", s.AuthMethod, "views", strings.Join(s.Views, ", "), "state", s.State,
			"signed in", s.AuthenticatedAt, "expires", s.ExpiresAt, "last seen", s.LastSeenAt, "ended", orNever(s.EndedAt),
			"address", s.Address, "browser", s.UserAgent}
	})
	remove := removal[api.LabSession]{
		use: "remove ID", short: "End a session",
		long:    "Ends a session: the very next request of that browser is nobody's, by either cookie.",
		example: "  sting sessions remove 4f6c2a --yes",
		ask:     session,
		question: func(s api.LabSession) string {
			return fmt.Sprintf("End the session of %s (%s, since %s)?", s.Email, s.AuthMethod, s.AuthenticatedAt)
		},
		done:   func(s api.LabSession) string { return fmt.Sprintf("ended the session of %s.", s.Email) },
		id:     func(s api.LabSession) string { return s.ID },
		remove: func(ctx context.Context, d admin.Door, id string) error { return d.EndSession(ctx, id) },
	}
	return c.family("sessions", "Sessions: list, show, remove", "The sessions of everybody in the lab. Alone it lists them.",
		list.command(c), show, remove.command(c))
}
