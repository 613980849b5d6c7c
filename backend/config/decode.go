package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// sink takes what is wrong with a value; sub is added to the key ("[2]").
type sink func(n *yaml.Node, sub string, s Severity, meaning, fix string)

// key is one setting: its name, how it is read from YAML, how it is shown.
type key struct {
	path  string
	live  bool // a change is taken up while running
	about string
	read  func(c *Config, n *yaml.Node, say sink) bool // false: not used, the default stands
	value func(c Config) any                           // string, bool, int or []any of these
	copy  func(to *Config, from Config)
}

// scalar returns the text of a plain value, or says what stands there instead.
func scalar(n *yaml.Node, say sink, want string) (string, bool) {
	r := resolve(n)
	if r.Kind != yaml.ScalarNode {
		say(n, "", Error, fmt.Sprintf("%s belongs here, not %s.", upper(want), kindOf(r)), fmt.Sprintf("Write %s.", want))
		return "", false
	}
	if r.ShortTag() == "!!null" {
		return "", true
	}
	return r.Value, true
}

func kindOf(n *yaml.Node) string {
	if n.Kind == yaml.SequenceNode {
		return "a list"
	}
	return "a block of keys"
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// field builds a key whose value is one field of Config.
func field[T any](path string, live bool, at func(*Config) *T, parse func(*yaml.Node, sink) (T, bool), show func(T) any, about string) key {
	return key{
		path: path, live: live, about: about,
		read: func(c *Config, n *yaml.Node, say sink) bool {
			v, ok := parse(n, say)
			if ok {
				*at(c) = v
			}
			return ok
		},
		value: func(c Config) any { return show(*at(&c)) },
		copy:  func(to *Config, from Config) { *at(to) = *at(&from) },
	}
}

func asItIs[T any](v T) any { return v }

func boolean(path string, live bool, at func(*Config) *bool, about string) key {
	parse := func(n *yaml.Node, say sink) (bool, bool) {
		s, ok := scalar(n, say, "true or false")
		if !ok {
			return false, false
		}
		switch strings.ToLower(s) {
		case "true", "yes", "on":
			return true, true
		case "false", "no", "off":
			return false, true
		}
		say(n, "", Error, fmt.Sprintf("%q is neither true nor false.", s), "Write true or false.")
		return false, false
	}
	return field(path, live, at, parse, asItIs[bool], about)
}

// text reads a string; ok says what is wrong with it, "" for nothing.
func text(path string, live bool, at func(*Config) *string, check func(string) (meaning, fix string), about string) key {
	parse := func(n *yaml.Node, say sink) (string, bool) {
		s, ok := scalar(n, say, "a text")
		if !ok {
			return "", false
		}
		if meaning, fix := check(s); meaning != "" {
			say(n, "", Error, meaning, fix)
			return "", false
		}
		return s, true
	}
	return field(path, live, at, parse, asItIs[string], about)
}

func anyText(string) (string, string) { return "", "" }

func choice(path string, live bool, at func(*Config) *string, about string, of ...string) key {
	list := strings.Join(of[:len(of)-1], ", ") + " or " + of[len(of)-1]
	return text(path, live, at, func(s string) (string, string) {
		if slices.Contains(of, s) {
			return "", ""
		}
		if best, ok := nearest(s, of); ok {
			return fmt.Sprintf("%q is none of %s.", s, list), fmt.Sprintf("Did you mean %s?", best)
		}
		return fmt.Sprintf("%q is none of %s.", s, list), fmt.Sprintf("Write %s.", list)
	}, about)
}

func duration(path string, live bool, at func(*Config) *time.Duration, least, most time.Duration, about string) key {
	parse := func(n *yaml.Node, say sink) (time.Duration, bool) {
		s, ok := scalar(n, say, "a time such as 15m")
		if !ok {
			return 0, false
		}
		d, err := time.ParseDuration(s)
		if err != nil {
			meaning, fix := notATime(s, least, most)
			say(n, "", Error, meaning, fix)
			return 0, false
		}
		if d < least || d > most {
			say(n, "", Error, fmt.Sprintf("%s is outside of what is possible.", s),
				fmt.Sprintf("Write a time from %s to %s.", short(least), short(most)))
			return 0, false
		}
		return d, true
	}
	return field(path, live, at, parse, func(d time.Duration) any { return short(d) }, about)
}

// notATime says what is wrong with a text that is no time, and what to write in
// its place: only what lies between least and most, or else a place to begin.
func notATime(s string, least, most time.Duration) (meaning, fix string) {
	possible := func(d time.Duration) bool { return d > 0 && d >= least && d <= most }
	if days, ok := strings.CutSuffix(s, "d"); ok && onlyDigits(days) {
		meaning, fix = "Days are not a unit here.", fmt.Sprintf("Write hours, up to %s.", short(most))
		if n, err := strconv.Atoi(days); err == nil && n <= 10_000 && possible(time.Duration(n)*24*time.Hour) {
			fix = fmt.Sprintf("Write %dh.", 24*n)
		}
		return meaning, fix
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return fmt.Sprintf("%q is not a time.", s),
			fmt.Sprintf("Write a number and a unit, from %s to %s, such as %s.", short(least), short(most), short(min(most, 15*time.Minute)))
	}
	meaning = fmt.Sprintf("%s of what? The unit is missing.", s)
	var readings []string
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{time.Millisecond, "milliseconds"}, {time.Second, "seconds"}, {time.Minute, "minutes"}, {time.Hour, "hours"}} {
		d := time.Duration(n * float64(u.unit))
		if n < 1e9 && possible(d) && (u.unit != time.Millisecond || d%time.Second == 0) {
			readings = append(readings, fmt.Sprintf("%s if these are %s", short(d), u.name))
		}
	}
	if len(readings) == 0 {
		return meaning, fmt.Sprintf("Write a time from %s to %s.", short(least), short(most))
	}
	return meaning, "Write " + strings.Join(readings, ", ") + "."
}

// short writes 24h0m0s as 24h.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func onlyDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

func port(name string, at func(*Config) *Port, about string) key {
	const shape = "Write a number from 1 to 65535, 0 for any free one, or off."
	parse := func(n *yaml.Node, say sink) (Port, bool) {
		s, ok := scalar(n, say, "a port")
		if !ok {
			return 0, false
		}
		switch strings.ToLower(s) {
		case "off", "false":
			return Off, true
		}
		v, err := strconv.ParseUint(s, 10, 16)
		if err != nil {
			say(n, "", Error, fmt.Sprintf("%q is not a port.", s), shape)
			return 0, false
		}
		return Port(v), true
	}
	show := func(p Port) any {
		if p == Off {
			return "off"
		}
		return int(p)
	}
	return field("ports."+name, false, at, parse, show, about)
}

// amount reads a whole number, or a number of bytes such as 64MiB.
func amount[T int | int64](path string, at func(*Config) *T, least, most T, about string) key {
	parse := func(n *yaml.Node, say sink) (T, bool) {
		s, ok := scalar(n, say, "a number")
		if !ok {
			return 0, false
		}
		digits, unit := s, int64(1)
		for i, suffix := range []string{"KiB", "MiB", "GiB"} {
			if rest, ok := strings.CutSuffix(s, suffix); ok {
				digits, unit = strings.TrimSpace(rest), int64(1)<<(10*(i+1))
			}
		}
		v, err := strconv.ParseInt(digits, 10, 32)
		if err != nil || v*unit < int64(least) || v*unit > int64(most) {
			say(n, "", Error, fmt.Sprintf("%q is not a number that is possible here.", s),
				fmt.Sprintf("Write a whole number from %d to %d.", least, most))
			return 0, false
		}
		return T(v * unit), true
	}
	return field(path, false, at, parse, func(v T) any { return int(v) }, about)
}

// texts reads a list of plain values. Items that are none are left out and
// said; what the others mean is examined later, with their places.
func texts(path string, live bool, at func(*Config) *[]string, about string) key {
	parse := func(n *yaml.Node, say sink) ([]string, bool) {
		values, _, ok := items(n, say)
		return values, ok
	}
	return field(path, live, at, parse, func(v []string) any { return anys(v) }, about)
}

func anys[T any](v []T) []any {
	out := make([]any, len(v))
	for i := range v {
		out[i] = v[i]
	}
	return out
}

// items returns the plain values of a list, each with its node.
func items(n *yaml.Node, say sink) (values []string, nodes []*yaml.Node, ok bool) {
	r := resolve(n)
	if r.Kind == yaml.ScalarNode && r.ShortTag() == "!!null" {
		return nil, nil, true
	}
	if r.Kind != yaml.SequenceNode {
		say(n, "", Error, "A list belongs here.", fmt.Sprintf("Write it in brackets: [%s].", brief(r)))
		return nil, nil, false
	}
	for i, item := range r.Content {
		v := resolve(item)
		if v.Kind != yaml.ScalarNode {
			say(item, fmt.Sprintf("[%d]", i), Error, fmt.Sprintf("A text belongs into this list, not %s.", kindOf(v)), "Write one value an item.")
			continue
		}
		values, nodes = append(values, v.Value), append(nodes, item)
	}
	return values, nodes, true
}
