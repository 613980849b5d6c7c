package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sting/backend/api"
)

func (c *commands) clock() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "clock [+10m|-10m|reset]",
		Short: "Move the lab's clock, to see what expires",
		Long: `Shows the lab's time, moves it, or sets it back to the machine's. Sessions and
challenges go by the lab's clock; certificates and browsers by the machine's.

Units: s, m, h, d. Moves add up.`,
		Example: `  sting clock
  sting clock +10m     challenges that are open now expire
  sting clock +25h     so do sessions
  sting clock -1h30m
  sting clock reset`,
		Args: words(0, 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			by, err := movement(args)
			if err != nil {
				return err
			}
			door, err := c.door()
			if err != nil {
				return err
			}
			var now api.Clock
			if by == "" {
				now, err = door.Clock(cmd.Context())
			} else {
				now, err = door.MoveClock(cmd.Context(), by)
			}
			if err != nil {
				return err
			}
			if asJSON {
				return c.printJSON(now)
			}
			c.facts("lab", now.Now, "machine", now.Machine, "moved by", offset(now.OffsetSeconds))
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// movement returns what MoveClock reads, "" where nothing is to be moved. Days
// are 24 hours.
func movement(args []string) (string, error) {
	if len(args) == 0 {
		return "", nil
	}
	typed := strings.TrimPrefix(args[0], signedMark)
	if typed == "reset" {
		return typed, nil
	}
	bad := misuse{fmt.Sprintf("%q is no time to move the clock by.", typed), "Write +10m, -1h30m, +2d or reset."}
	rest, days := typed, time.Duration(0)
	if n, after, ok := strings.Cut(typed, "d"); ok {
		whole, err := strconv.Atoi(n)
		if err != nil || whole > 36500 || whole < -36500 {
			return "", bad
		}
		days, rest = time.Duration(whole)*24*time.Hour, after
		if rest != "" && strings.HasPrefix(typed, "-") {
			rest = "-" + rest
		}
	}
	if rest == "" && days != 0 {
		return days.String(), nil
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d+days == 0 {
		return "", bad
	}
	return (d + days).String(), nil
}

// offset says how far the clock was moved.
func offset(seconds int64) string {
	d := time.Duration(seconds) * time.Second
	switch {
	case d == 0:
		return "nothing"
	case d > 0:
		return "+" + d.String()
	}
	return d.String()
}
