package doctor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sting/backend/api"
	"sting/backend/health"
)

// browserChecks are about what the browser that was here last and its device can
// do: only a page in it can tell.
func (e *examination) browserChecks() []health.Check {
	check := func(id, title string, look func(api.BrowserPassport) health.Result, needs ...string) health.Check {
		return health.Check{ID: id, Title: title, Needs: needs, Run: func(context.Context) health.Result {
			all := e.visitors.Browsers()
			if len(all) == 0 {
				return health.Skip("no browser has told what it can do since the lab started")
			}
			return look(all[0]).Seeing(fmt.Sprintf("%s, at %s", all[0].UserAgent, all[0].At))
		}}
	}
	return []health.Check{
		check("BR-01", "The browser that was here last has the passkey API", hasPasskeys),
		check("BR-02", "Its device can verify a person", verifiesPeople, "BR-01"),
	}
}

func hasPasskeys(b api.BrowserPassport) health.Result {
	seen := fmt.Sprintf("isSecureContext %t, PublicKeyCredential %t, cookies %t", b.SecureContext, b.WebAuthn, b.Cookies)
	switch {
	case !b.SecureContext:
		return health.Fail("The page was no secure context there, so the browser hid the passkey API.", "Open the page over https.",
			"sting open login", seen)
	case !b.WebAuthn:
		return health.Fail("The browser has no passkey API: it is too old, or something has switched it off.",
			"Use a current Chrome, Edge, Firefox or Safari.", "sting open login", seen)
	case !b.Cookies:
		return health.Fail("The browser keeps no cookies of this site, so no sign-in lasts.", "Allow cookies for this site.", "", seen)
	}
	return health.Pass(seen)
}

// verifiesPeople is about the platform authenticator. Without one a phone or a
// security key still works; where the browser knows no phone, only the key does.
func verifiesPeople(b api.BrowserPassport) health.Result {
	var can []string
	for _, name := range slices.Sorted(maps.Keys(b.Capabilities)) {
		if b.Capabilities[name] {
			can = append(can, name)
		}
	}
	seen := "capabilities: " + strings.Join(can, ", ")
	const fix = "Set a PIN or a screen lock on the device; until then use a security key, a phone, or a password manager with passkeys."
	switch {
	case b.PlatformAuthenticator == nil:
		return health.Skip("the browser couldn't say whether its device verifies people").Seeing(seen)
	case *b.PlatformAuthenticator:
		return health.Pass("isUserVerifyingPlatformAuthenticatorAvailable is true", seen)
	}
	const none = "isUserVerifyingPlatformAuthenticatorAvailable is false"
	if strings.Contains(b.UserAgent, "Linux") && !strings.Contains(b.UserAgent, "Android") {
		return health.Pass(none+", as on every Linux: browsers have no platform authenticator there",
			"what works: a security key, a phone, a password manager with passkeys, "+
				"or the lab's virtual authenticator (`sting open register --virtual`)", seen)
	}
	r := health.Fail("The device has no PIN, fingerprint or face set up, so there is no platform authenticator.", fix, "", none, seen)
	if b.Capabilities["hybridTransport"] {
		r.Verdict = health.Warning // a phone works
	}
	return r
}
