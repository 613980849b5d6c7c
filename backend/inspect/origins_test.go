package inspect_test

import (
	"strings"
	"testing"

	"sting/backend/inspect"
)

func TestAnotherOriginIsExplainedByWhatDiffers(t *testing.T) {
	for name, c := range map[string]struct{ page, cause, fix string }{
		"another port": {"https://localhost:5173", "Only the port is another one: 5173, not 8443",
			"Open https://localhost:8443, or add the origin: https://localhost:5173."},
		"another scheme": {"http://localhost:8443", "Only the scheme is another one: http, not https",
			"or add the origin: http://localhost:8443"},
		"the developer's": {"http://localhost:5173",
			"The page was at http://localhost:5173, this relying party accepts https://localhost:8443, https://app.localhost:8443.",
			"or add the origin: http://localhost:5173"},
		"an address": {"https://127.0.0.1:8443", "127.0.0.1 is an address", "Open https://localhost:8443. An address can't be added"},
		"another host": {"https://sting.test:8443", "Only the host is another one: sting.test, not localhost",
			"can't claim the RP ID localhost"},
		"without https": {"http://sting.test:8443", "The page was at http://sting.test:8443", "over https and on localhost only"},
		"with a slash":  {"https://localhost:8443/", "no web origin", "no origin that could be added"},
		"in capitals":   {"https://LOCALHOST:8443", "No browser writes an origin like this", "no origin that could be added"},
		"of an app": {"android:apk-key-hash:Vbj-mPe9x0NEiHDGG3EOi04ETGT5SIoEc3f2zpc7qC8", "comes from an Android app",
			"Add android:apk-key-hash:Vbj-mPe9x0NEiHDGG3EOi04ETGT5SIoEc3f2zpc7qC8 to the accepted origins"},
		"of an odd app": {"android:apk-key-hash:abc", "no hash of a signing certificate",
			"Add android:apk-key-hash:abc to the accepted origins"},
		"of an extension": {"moz-extension://0f5c8f62-2a3b-4c5d-8e6f-708192a3b4c5", "comes from an extension of Firefox",
			"Add moz-extension://0f5c8f62-2a3b-4c5d-8e6f-708192a3b4c5"},
		"advice taken badly": {"https://android:apk-key-hash:Vbj-mPe9x0NEiHDGG3EOi04ETGT5SIoEc3f2zpc7qC8", "No client sends an origin like this",
			"Write android:apk-key-hash:Vbj-mPe9x0NEiHDGG3EOi04ETGT5SIoEc3f2zpc7qC8."},
		"nothing":            {"", "is empty", "no origin that could be added"},
		"with control codes": {"https://a\\u001b[31m.example", "\uFFFD[31m", "no origin that could be added"},
	} {
		m := newMaker(t)
		m.client = []byte(strings.Replace(string(m.client), "https://example.org", c.page, 1))
		file := m.file("none", map[string]any{})
		file["origins"], file["rp_id"] = []string{"https://localhost:8443", "https://app.localhost:8443"}, "localhost"
		x := explain(t, vector{file: file}.encode(t))
		if x.Fault != "ORIGIN_MISMATCH" || !strings.Contains(x.Cause, c.cause) || !strings.Contains(x.Fix, c.fix) {
			t.Errorf("%s: %s: %s / %s", name, x.Fault, x.Cause, x.Fix)
		}
	}
}

func TestTheOriginsOfAppsAndExtensionsAreAcceptedAsTheyAreListed(t *testing.T) {
	const app = "android:apk-key-hash:Vbj-mPe9x0NEiHDGG3EOi04ETGT5SIoEc3f2zpc7qC8"
	for _, o := range []string{app, "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
		"safari-web-extension://E3449EA7-EC25-4696-8E6C-F4B8F3FE9AD6"} {
		m := newMaker(t)
		m.client = []byte(strings.Replace(string(m.client), "https://example.org", o, 1))
		file := m.file("none", map[string]any{})
		file["origins"] = []string{"https://example.org", o}
		want{inspect.Accepted, "", "", ""}.check(t, explain(t, vector{file: file}.encode(t)))
		file["origins"] = []string{"https://example.org", strings.ToUpper(o[:1]) + o[1:]}
		want{inspect.Refused, "ORIGIN_MISMATCH", "7.1.9", o}.check(t, explain(t, vector{file: file}.encode(t)))
	}
	m := newMaker(t)
	m.client = []byte(strings.Replace(string(m.client), "https://example.org", app, 1))
	file := m.file("none", map[string]any{})
	file["origins"] = []string{"https://example.org", "android:apk-key-hash:AAAA-mPe9x0NEiHDGG3EOi04ETGT5SIoEc3f2zpc7qC8"}
	want{inspect.Refused, "ORIGIN_MISMATCH", "7.1.9", "signed with another key"}.check(t, explain(t, vector{file: file}.encode(t)))
}

func TestAnyEmbeddingSiteIsAcceptedWhereTheFileSaysSo(t *testing.T) {
	for _, name := range []string{"none.ES256.topOrigin authentication", "none.ES256.crossOrigin authentication"} {
		s := newSpecimen(t, name)
		s.file["top_origins"] = []string{"*"}
		if x := explain(t, vector{file: s.file}.encode(t)); x.Verdict != inspect.Accepted {
			t.Errorf("%s: %s %s", name, x.Fault, x.Cause)
		}
		s.file["top_origins"] = []string{}
		if x := explain(t, vector{file: s.file}.encode(t)); x.Fault != "CROSS_ORIGIN_FRAME" {
			t.Errorf("%s: %s %s", name, x.Fault, x.Cause)
		}
	}
}
