package managed

import (
	"regexp"
	"strings"
)

// Refusal is a value of its configuration that a kratos program doesn't take.
type Refusal struct {
	Key string // as Kratos names it: "secrets.cipher.0"
	Why string // in its words
}

// String returns the key and the reason.
func (r Refusal) String() string { return r.Key + ": " + r.Why }

// refusedKey and refusedWhy are the two lines in which Kratos names a value: the key
// with what stands there, and below it a caret with the reason.
var (
	refusedKey = regexp.MustCompile(`^\s*([A-Za-z0-9_.()-]+): `)
	refusedWhy = regexp.MustCompile(`^\s*\^-- (.+)$`)
)

// Refusals reads in what a kratos program said which values it refuses. The values
// are left out: one of them may be a secret.
func Refusals(said string) (list []Refusal) {
	key := ""
	for line := range strings.Lines(said) {
		line = strings.TrimRight(line, "\r\n")
		if why := refusedWhy.FindStringSubmatch(line); why != nil && key != "" {
			list = append(list, Refusal{Key: key, Why: strings.TrimSpace(why[1])})
			key = ""
			continue
		}
		if m := refusedKey.FindStringSubmatch(line + " "); m != nil {
			key = m[1]
		}
	}
	return list
}

// settingOf leads from a key of Kratos to the one of sting.yml that it is made of.
var settingOf = [][2]string{
	{"session.lifespan", "session.lifespan"},
	{"selfservice.flows.settings.privileged_session_max_age", "session.privileged_age"},
	{"selfservice.methods.webauthn", "webauthn.config.rp"},
	{"selfservice.allowed_return_urls", "selfservice.allowed_return_urls"},
	{"courier.smtp.from_name", "webauthn.config.rp.display_name"},
	{"courier", "courier.smtp.connection_uri"},
	{"identity", "registration.identity_schema"},
	{"serve.public.cors", "webauthn.config.rp.origins"},
	{"serve.public.port", "ports.kratos_public"},
	{"serve.admin.port", "ports.kratos_admin"},
}

// Fix says what to do about it.
func (r Refusal) Fix() string {
	for _, s := range settingOf {
		if r.Key == s[0] || strings.HasPrefix(r.Key, s[0]+".") {
			return "It is made of " + s[1] + " in sting.yml: change that, `sting config check` shows the line; then `sting restart kratos`."
		}
	}
	return "The lab writes this key for Ory Kratos 1.3: set kratos.binary in sting.yml to a program of that release, or kratos.mode to " +
		"embedded; then `sting restart kratos`."
}

// refused is the fault for a configuration that was refused, or nil.
func refused(said string) error {
	list := Refusals(said)
	if len(list) == 0 {
		return nil
	}
	var all []string
	for _, r := range list {
		all = append(all, r.String())
	}
	return ErrConfig.Saying("The kratos program refuses its configuration: %s.", strings.Join(all, "; ")).Hinting("%s", list[0].Fix())
}
