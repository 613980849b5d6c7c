package display_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"sting/backend/display"
)

func TestNamesThatPeopleWrite(t *testing.T) {
	for _, name := range []string{
		"Ann's laptop", "YubiKey 5C (blue)", "Schlüssel", "Ключ Анны", "鍵　その一", "مفتاح", "המפתח שלי", "می\u200cخواهم", "क्\u200dष", "শ্\u200cব",
		"👩\u200d💻", "👨\u200d👩\u200d👧", "❤\uFE0F", "🏳\uFE0F\u200d🌈", "👍🏽", "🧑🏽\u200d🚀", "🙂\u200d↔\uFE0F",
		"🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", "1\uFE0F\u20E3",
		"葛\U000E0100", "José", "Jose\u0301", "a\u00a0b", "\u06dd۱", "☎\uFE0E", "\uF8FF",
	} {
		if why := display.Name(name); why != "" {
			t.Errorf("%+q: %s", name, why)
		}
	}
}

func TestWhatHidesOrTurnsAround(t *testing.T) {
	for claim, name := range map[string]string{
		"an override":                  "invoice\u202Efdp.exe",
		"a joiner at the end":          "ann\u200d",
		"a joiner between Latin":       "ad\u200cmin",
		"a joiner between emoji words": "👩\u200da",
		"two joiners":                  "👩\u200d\u200d💻",
		"a selector in front":          "\uFE0Fann",
		"two selectors":                "❤\uFE0F\uFE0F",
		"a selector behind a blank":    "a \uFE0Fb",
		"hidden words in selectors":    "😀\U000E0154\U000E0155",
		"tags without a flag":          "ann\U000E0061\U000E007F",
		"tags without an end":          "🏴\U000E0067\U000E0062",
		"too many tags":                "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E0067\U000E0067\U000E007F",
		"an end without tags":          "🏴\U000E007F",
		"half of a pair":               decoded(t, `"ann\ud83d"`),
		"the other half":               decoded(t, `"ann\udc00"`),
		"no UTF-8":                     "ann\xff",
		"nothing":                      "",
		"blanks":                       "\u3000 \u00a0",
		"a mark alone":                 "\u0301",
		"a filler alone":               "\u3164",
		"braille without a dot":        "\u2800",
		"a line":                       "a\nb",
	} {
		if why := display.Name(name); why == "" {
			t.Errorf("%s passes: %+q", claim, name)
		}
	}
	for r := rune(0); r <= unicode.MaxRune; r++ {
		bad := unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) ||
			unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) ||
			unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
		if bad && display.Name("a"+string(r)+"b") == "" {
			t.Errorf("%U passes between letters", r)
		}
	}
}

func decoded(t *testing.T, raw string) (s string) {
	t.Helper()
	if err := json.Unmarshal([]byte(raw), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestATextMayHaveLinesAndNothingElseThatIsHidden(t *testing.T) {
	if why := display.Text("1 Main Street\r\n\tSpringfield\n"); why != "" {
		t.Error(why)
	}
	if why := display.Text(""); why != "" {
		t.Error(why)
	}
	for _, s := range []string{"a\u2028b", "a\x00b", "a\u0085b", "a\u202Eb", "a\u200bb"} {
		if display.Text(s) == "" {
			t.Errorf("%+q passes", s)
		}
	}
}

func FuzzName(f *testing.F) {
	f.Add("👩\u200d💻")
	f.Fuzz(func(t *testing.T, s string) {
		if display.Name(s) == "" && (strings.ContainsFunc(s, func(r rune) bool {
			return unicode.Is(unicode.Bidi_Control, r) || unicode.IsControl(r)
		}) || strings.TrimSpace(s) == "") {
			t.Errorf("%+q passes", s)
		}
	})
}
