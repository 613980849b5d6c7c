package watch

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
)

// needle is bytes in every way in which programs write them into a text.
type needle []written

type written struct{ encoding, text string }

// shortestNeedle is how many bytes make a find no accident.
const shortestNeedle = 8

func needleOf(raw []byte) needle {
	numbers := make([]string, len(raw))
	for i, b := range raw {
		numbers[i] = strconv.Itoa(int(b))
	}
	return needle{
		{"base64url", base64.RawURLEncoding.EncodeToString(raw)},
		{"base64", base64.RawStdEncoding.EncodeToString(raw)},
		{"hex", hex.EncodeToString(raw)},
		{"numbers", strings.Join(numbers, ",")},
	}
}

// needlesOf is what only the request has that carries an answer: its client data, else
// its id.
func needlesOf(credential json.RawMessage) (list []needle) {
	var c struct {
		RawID    string `json:"rawId"`
		Response struct {
			ClientData string `json:"clientDataJSON"`
		} `json:"response"`
	}
	if json.Unmarshal(credential, &c) != nil {
		return nil
	}
	for _, text := range []string{c.Response.ClientData, c.RawID} {
		raw, err := base64.RawURLEncoding.DecodeString(text)
		if err == nil && len(raw) >= shortestNeedle {
			list = append(list, needleOf(raw))
		}
	}
	return list
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
