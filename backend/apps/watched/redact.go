package watched

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

// mostOfAnswer is how much of a server's answer is kept, in bytes.
const mostOfAnswer = 4 << 10

const gone = "redacted"

// Address is a URL without what could sign somebody in: values of the query, the
// fragment, the user, and parts of the path that look like a token.
func Address(raw string) string {
	u, err := url.Parse(raw)
	if raw == "" || err != nil {
		return ""
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	if u.Scheme == "data" || u.Scheme == "blob" || u.Opaque != "" {
		return u.Scheme + ":"
	}
	parts := strings.Split(u.Path, "/")
	for i, p := range parts {
		if isToken(p) {
			parts[i] = "*"
		}
	}
	var names []string
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if name != "" && !isToken(name) {
			names = append(names, name+"=*")
		}
	}
	shown := url.URL{Scheme: u.Scheme, Host: u.Host, Path: strings.Join(parts, "/")}
	out := strings.ReplaceAll(shown.String(), "%2A", "*")
	if len(names) > 0 {
		out += "?" + strings.Join(names, "&")
	}
	return out
}

var (
	runs = regexp.MustCompile(`[A-Za-z0-9_+/=~-]{20,}`)
	// told are values that a text names itself.
	told = regexp.MustCompile(`(?i)\b((?:bearer|basic)\s+|(?:token|password|passwd|secret|session(?:_?id)?|sid|api_?key|authorization|` +
		`cookie|jwt|otp|pin)` +
		`["']?\s*[:=]\s*["']?)[^\s"'<>,;&]{4,}`)
	script = regexp.MustCompile(`(?is)<(script|style)\b.*?(</(script|style)>|$)`)
	tags   = regexp.MustCompile(`(?s)<[^>]*(>|$)`)
	blanks = regexp.MustCompile(`\s+`)
	// secret are members whose value signs somebody in, or may.
	secret = regexp.MustCompile(`(?i)(token|passw|passphrase|secret|session|cookie|jwt|bearer|auth|api_?key|otp|csrf|xsrf|nonce|^sid$|` +
		`^pin$|^code$|private)`)
	// chosen are those whose value is no sentence, whatever it looks like: some a person
	// chooses, with blanks, some are short.
	chosen = regexp.MustCompile(`(?i)(passw|passphrase|secret|private|otp|^pin$|authorization|` +
		`(recovery|backup|verification|login|sign_?in|one_?time)_?codes?)`)
	word = regexp.MustCompile(`^[A-Za-z]+([_.-][A-Za-z]+)*$`) // such as an error's code
)

// isToken reports whether a run of characters is no word of a person's.
func isToken(run string) bool {
	digits, turns := 0, 0
	for i := range len(run) {
		if c := run[i]; c >= '0' && c <= '9' {
			digits++
		} else if i > 0 && c >= 'A' && c <= 'Z' && run[i-1] >= 'a' && run[i-1] <= 'z' {
			turns++
		}
	}
	return len(run) >= 20 && (digits > 1 || turns > 4)
}

// Answer is the beginning of what a server said, without what could sign somebody in.
func Answer(contentType string, body []byte) string {
	if !utf8.Valid(body) {
		return ""
	}
	var v any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if d.Decode(&v) == nil && !d.More() {
		out, err := json.Marshal(redacted("", v))
		if err != nil {
			return ""
		}
		return cut(string(out))
	}
	text := string(body)
	if strings.Contains(contentType, "html") || strings.HasPrefix(strings.TrimSpace(text), "<") {
		text = tags.ReplaceAllString(script.ReplaceAllString(text, " "), " ")
	}
	return cut(strings.TrimSpace(blanks.ReplaceAllString(plain(text), " ")))
}

func plain(text string) string {
	return runs.ReplaceAllStringFunc(told.ReplaceAllString(text, "${1}"+gone), func(run string) string {
		if isToken(run) {
			return gone
		}
		return run
	})
}

// redacted copies a value of JSON; name is the member that it is of.
func redacted(name string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, in := range v {
			out[plain(k)] = redacted(k, in)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, in := range v {
			out[i] = redacted(name, in)
		}
		return out
	case string:
		if v != "" && (chosen.MatchString(name) || secret.MatchString(name) && !isSentence(name, v)) {
			return gone
		}
		return plain(v)
	case json.Number:
		if chosen.MatchString(name) || secret.MatchString(name) {
			return gone
		}
	}
	return v
}

// isSentence reports whether the value of a member is words to a person, or an error's code.
func isSentence(name, v string) bool {
	return strings.Contains(strings.TrimSpace(v), " ") || len(v) < 40 && word.MatchString(v) && isCode(name)
}

// isCode reports whether a member can hold the code of an error.
func isCode(name string) bool { return strings.HasSuffix(strings.ToLower(name), "code") }

func cut(s string) string {
	if len(s) <= mostOfAnswer {
		return s
	}
	return strings.ToValidUTF8(s[:mostOfAnswer], "")
}
