package origin_test

import (
	"errors"
	"strings"
	"testing"

	"sting/backend/origin"
)

const keyHash = "Vbj-mPe9x0NEiHDGG3EOi04ETGT5SIoEc3f2zpc7qC8"

func TestOriginsOfAppsAndExtensionsStayAsTheyAreGiven(t *testing.T) {
	for _, raw := range []string{
		"android:apk-key-hash:" + keyHash, "android:apk-key-hash-sha256:" + keyHash, "ios:bundle-id:com.example.app",
		"chrome-extension://abcdefghijklmnopabcdefghijklmnop", "moz-extension://0f5c8f62-2a3b-4c5d-8e6f-708192a3b4c5",
		"safari-web-extension://E3449EA7-EC25-4696-8E6C-F4B8F3FE9AD6", "ms-appx://example.app_1",
	} {
		app, is, err := origin.ParseApp(raw)
		if !is || err != nil || app.Raw != raw || app.Doubt != "" || !origin.IsApp(raw) {
			t.Errorf("ParseApp(%q) = %+v, %v, %v", raw, app, is, err)
		}
		if got, err := origin.Accept(raw); got != raw || err != nil {
			t.Errorf("Accept(%q) = %q, %v", raw, got, err)
		}
		if err := origin.Suits("example.org", raw); err != nil {
			t.Errorf("Suits(%q): %v", raw, err)
		}
	}
	if got, err := origin.Accept("HTTPS://Localhost:443"); got != "https://localhost" || err != nil {
		t.Errorf("a web origin is %q, %v", got, err)
	}
}

func TestAnOddOriginOfAnAppSaysWhatWasMeant(t *testing.T) {
	const hex = "55:B8:FE:98:F7:BD:C7:43:44:88:70:C6:1B:71:0E:8B:4E:04:4C:64:F9:48:8A:04:73:77:F6:CE:97:3B:A8:2F"
	for raw, fix := range map[string]string{
		"android:apk-key-hash:" + hex:                                "Write android:apk-key-hash:" + keyHash + ".",
		"android:apk-key-hash:" + strings.ReplaceAll(hex, ":", ""):   "Write android:apk-key-hash:" + keyHash + ".",
		"android:apk-key-hash:" + keyHash + "=":                      "Write android:apk-key-hash:" + keyHash + ".",
		"android:apk-key-hash:abc":                                   "43 characters",
		"android:apk-key-hash:AAAAAAAAAAAAAAAAAAAAAAAAAAA":           "43 characters", // SHA-1
		"ios:bundle-id:app":                                          "com.example.app",
		"chrome-extension://abcdefghijklmnopabcdefghijklmnop/a.html": "Write chrome-extension://abcdefghijklmnopabcdefghijklmnop.",
		"chrome-extension://ABCDEFGHIJKLMNOPABCDEFGHIJKLMNOP":        "Write chrome-extension://abcdefghijklmnopabcdefghijklmnop.",
		"chrome-extension://xyz":                                     "chrome://extensions",
		"moz-extension://abc":                                        "location.origin",
	} {
		app, is, err := origin.ParseApp(raw)
		if !is || err != nil || app.Doubt == "" || !strings.Contains(app.Fix, fix) {
			t.Errorf("ParseApp(%q) = %+v, %v, %v; want the fix %q", raw, app, is, err, fix)
		}
	}
	for raw, fix := range map[string]string{
		"https://android:apk-key-hash:" + keyHash: "Write android:apk-key-hash:" + keyHash + ".",
		"Android:APK-Key-Hash:" + keyHash:         "Write android:apk-key-hash:" + keyHash + ".",
		"android:apk-key-hash:":                   "43 characters",
	} {
		_, is, err := origin.ParseApp(raw)
		why, ok := errors.AsType[*origin.Error](err)
		if !is || !ok || !strings.Contains(why.Fix, fix) {
			t.Errorf("ParseApp(%q): %v, %v; want the fix %q", raw, is, err, fix)
		}
	}
	if _, is, _ := origin.ParseApp("https://localhost:8443"); is {
		t.Error("a page is held for an app")
	}
}
