package managed

import (
	"encoding/hex"
	"strconv"
	"time"
)

// Setting is what the lab's configuration means for Kratos.
type Setting struct {
	Site           string // origin of the pages
	PublicPort     int
	AdminPort      int
	AllowedReturns []string
	RPID, RPName   string
	Origins        []string
	Lifespan       time.Duration // of sessions
	PrivilegedAge  time.Duration
	ConnectionURI  string // of the courier
	Schema         []byte // the identity schema
	OneStep        bool   // registration asks for everything on one page
	Secret         []byte // 32 bytes, the same at each start
}

type object = map[string]any

// document is Kratos' configuration: the keys of Ory Kratos 1.3. JSON is YAML.
func (s Setting) document(schemaFile string) object {
	secret := secretOf(s)
	return object{
		"version": "v1.3.1",
		"serve": object{
			"public": object{"host": "127.0.0.1", "port": s.PublicPort, "base_url": s.Site + "/.ory/", "cors": s.cors()},
			"admin":  object{"host": "127.0.0.1", "port": s.AdminPort},
		},
		"selfservice": object{
			"default_browser_return_url": s.Site + "/dashboard",
			"allowed_return_urls":        append([]string{s.Site}, s.AllowedReturns...),
			"methods":                    s.methods(),
			"flows":                      s.flows(),
		},
		"session": object{"lifespan": span(s.Lifespan), "whoami": object{"required_aal": "aal1"}},
		"log":     object{"level": "info", "format": "text", "leak_sensitive_values": false},
		"secrets": object{"cookie": []string{secret}, "cipher": []string{secret[:32]}},
		"ciphers": object{"algorithm": "xchacha20-poly1305"},
		"hashers": object{"algorithm": "argon2"},
		"identity": object{
			"default_schema_id": "default",
			"schemas":           []object{{"id": "default", "url": "file://" + schemaFile}},
		},
		"courier": object{"smtp": object{
			"connection_uri": s.ConnectionURI, "from_address": "no-reply@sting.localhost", "from_name": s.RPName,
		}},
		// As the embedded provider answers: what comes next stands in continue_with, not in a 422.
		"feature_flags": object{"use_continue_with_transitions": true},
	}
}

// secretOf is the secret as Kratos takes it; for ciphers it takes 32 characters.
func secretOf(s Setting) string { return hex.EncodeToString(s.Secret) }

// span is a duration as Kratos takes it: it refuses fractions ("1.5s").
func span(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) + "ms" }

// cors lets the pages of the accepted origins read answers. An empty list would
// mean every origin to Kratos, so that there is none then.
func (s Setting) cors() object {
	if len(s.Origins) == 0 {
		return object{"enabled": false}
	}
	return object{
		"enabled": true, "allowed_origins": s.Origins, "allow_credentials": true,
		"allowed_methods": []string{"POST", "GET", "PUT", "PATCH", "DELETE"},
		"allowed_headers": []string{"Authorization", "Content-Type", "Max-Age", "X-Session-Token", "X-XSRF-TOKEN", "X-CSRF-TOKEN"},
	}
}

func (s Setting) methods() object {
	rp := object{"id": s.RPID, "display_name": s.RPName, "origins": s.Origins}
	return object{
		"password": object{"enabled": true, "config": object{"haveibeenpwned_enabled": false, "min_password_length": 8}},
		"profile":  object{"enabled": true},
		"code":     object{"enabled": true},
		"webauthn": object{"enabled": true, "config": object{"passwordless": true, "rp": rp}},
	}
}

func (s Setting) flows() object {
	// Kratos leaves them alone unless told: THREATS T30.
	endOthers := object{"hooks": []object{{"hook": "revoke_active_sessions"}}}
	signedIn := object{"hooks": []object{{"hook": "session"}}}
	return object{
		"error": object{"ui_url": s.Site + "/error"},
		"settings": object{
			"ui_url": s.Site + "/settings", "privileged_session_max_age": span(s.PrivilegedAge),
			"after": object{"password": endOthers},
		},
		"recovery":     object{"enabled": true, "ui_url": s.Site + "/recovery", "use": "code", "after": endOthers},
		"verification": object{"enabled": true, "ui_url": s.Site + "/verification", "use": "code"},
		"logout":       object{"after": object{"default_browser_return_url": s.Site + "/login"}},
		"login":        object{"ui_url": s.Site + "/login"},
		"registration": object{
			"ui_url": s.Site + "/register", "enable_legacy_one_step": s.OneStep,
			"after": object{"password": signedIn, "webauthn": signedIn},
		},
	}
}
