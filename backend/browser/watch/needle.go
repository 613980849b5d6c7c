package watch

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
)

// needle is bytes in every way in which programs write them into a text, the most telling
// first: a text with padding has the one without in it.
type needle []written

type written struct{ encoding, text string }

// shortestNeedle is how many bytes make a find no accident.
const shortestNeedle = 8

const base64URL = "base64url"

func needleOf(raw []byte) (n needle) {
	for _, w := range []written{
		{"base64", base64.StdEncoding.EncodeToString(raw)},
		{"base64url with padding", base64.URLEncoding.EncodeToString(raw)},
		{"base64", base64.RawStdEncoding.EncodeToString(raw)},
	} {
		// bytes without + and /, whose number is a multiple of 3, look alike in all of them
		if w.text != base64.RawURLEncoding.EncodeToString(raw) {
			n = append(n, w)
		}
	}
	numbers := make([]string, len(raw))
	for i, b := range raw {
		numbers[i] = strconv.Itoa(int(b))
	}
	return append(n,
		written{base64URL, base64.RawURLEncoding.EncodeToString(raw)},
		written{"hex", hex.EncodeToString(raw)},
		written{"numbers", strings.Join(numbers, ",")},
	)
}

// needlesOf is what only the request has that carries an answer, its client data, else
// its id; and every one of its members, by which its encoding is told.
func needlesOf(credential json.RawMessage) (own, all []needle) {
	var c struct {
		RawID    string         `json:"rawId"`
		Response map[string]any `json:"response"`
	}
	if json.Unmarshal(credential, &c) != nil {
		return nil, nil
	}
	members := []any{c.Response["clientDataJSON"], c.RawID}
	for _, name := range []string{"attestationObject", "authenticatorData", "signature"} {
		members = append(members, c.Response[name])
	}
	for i, member := range members {
		text, _ := member.(string)
		raw, err := base64.RawURLEncoding.DecodeString(text)
		if err != nil || len(raw) < shortestNeedle {
			continue
		}
		all = append(all, needleOf(raw))
		if i < 2 {
			own = all
		}
	}
	return own, all
}

// encodingOf is how a body writes needles; base64url where nothing speaks against it.
func encodingOf(body string, needles []needle) string {
	for _, n := range needles {
		if encoding, found := search(body, []needle{n}); found && encoding != base64URL {
			return encoding
		}
	}
	return base64URL
}

// search looks for needles in a body: JSON, a form, or any text.
func search(body string, needles []needle) (encoding string, found bool) {
	if body == "" {
		return "", false
	}
	texts := []string{body, unescaped.Replace(body)}
	if form, err := url.QueryUnescape(body); err == nil && form != body {
		texts = append(texts, form, unescaped.Replace(form))
	}
	for _, n := range needles {
		for _, way := range n {
			for _, text := range texts {
				if way.encoding == "numbers" {
					text = spaces.Replace(text)
				}
				if way.encoding == "hex" {
					text = strings.ToLower(text)
				}
				if strings.Contains(text, way.text) {
					return way.encoding, true
				}
			}
		}
	}
	return "", false
}

var (
	unescaped = strings.NewReplacer(`\/`, "/", `\u002b`, "+", `\u002B`, "+", `\u003d`, "=", `\u002f`, "/", `\u002F`, "/",
		"&#43;", "+", "&#x2B;", "+", "&#x2F;", "/", "&#47;", "/")
	spaces = strings.NewReplacer(" ", "", "\n", "", "\t", "", "\r", "")
)
