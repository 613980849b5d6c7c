package managed

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Lengths of secrets that Ory Kratos 1.3 takes, in characters. Those of ciphers have
// exactly one length.
const (
	shortestSecret = 16
	cipherSecret   = 32
)

var kratosSpan = regexp.MustCompile(`^([0-9]+(ns|us|ms|s|m|h))+$`)

// Examine lists what Ory Kratos 1.3 is known to refuse in a configuration, as far as
// that can be told without the program. doc is the configuration, decoded.
func Examine(doc map[string]any) (list []Refusal) {
	secrets, _ := doc["secrets"].(map[string]any)
	for _, name := range []string{"cipher", "cookie", "default"} {
		values, _ := secrets[name].([]any)
		for i, v := range values {
			s, _ := v.(string)
			list = append(list, examineSecret(fmt.Sprintf("secrets.%s.%d", name, i), s, name == "cipher")...)
		}
	}
	return append(list, examineMembers("", doc)...)
}

func examineSecret(key, s string, cipher bool) []Refusal {
	switch n := len([]rune(s)); {
	case cipher && n > cipherSecret:
		return []Refusal{{key, fmt.Sprintf("length must be <= %d, but got %d", cipherSecret, n)}}
	case cipher && n < cipherSecret:
		return []Refusal{{key, fmt.Sprintf("length must be >= %d, but got %d", cipherSecret, n)}}
	case n < shortestSecret:
		return []Refusal{{key, fmt.Sprintf("length must be >= %d, but got %d", shortestSecret, n)}}
	}
	return nil
}

// examineMembers looks at members whose names say what they hold.
func examineMembers(under string, v map[string]any) (list []Refusal) {
	for name, v := range v {
		key := strings.TrimPrefix(under+"."+name, ".")
		switch v := v.(type) {
		case map[string]any:
			list = append(list, examineMembers(key, v)...)
		case string:
			list = append(list, examineText(key, name, v)...)
		case int:
			list = append(list, examineNumber(key, name, float64(v))...)
		case float64:
			list = append(list, examineNumber(key, name, v)...)
		}
	}
	slices.SortFunc(list, func(a, b Refusal) int { return strings.Compare(a.Key, b.Key) })
	return list
}

func examineText(key, name, v string) []Refusal {
	if isSpan := name == "lifespan" || name == "privileged_session_max_age"; isSpan && !kratosSpan.MatchString(v) {
		return []Refusal{{key, fmt.Sprintf("does not match pattern %q", kratosSpan)}}
	}
	return nil
}

func examineNumber(key, name string, v float64) []Refusal {
	bounds := map[string][2]float64{"port": {1, 65535}, "min_password_length": {6, 1 << 20}}
	if b, ok := bounds[name]; ok && (v < b[0] || v > b[1]) {
		return []Refusal{{key, fmt.Sprintf("must be between %v and %v, but is %v", b[0], b[1], v)}}
	}
	return nil
}
