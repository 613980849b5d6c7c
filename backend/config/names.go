package config

import (
	"fmt"
	"slices"
	"strings"

	"sting/backend/spelling"
)

// names are the keys that the file may hold.
type names struct {
	leaves []string
	blocks []string
}

func newNames() names {
	var n names
	for _, k := range keys() {
		n.leaves = append(n.leaves, k.path)
		n.addBlocks(k.path)
		if strings.HasPrefix(k.path, "webauthn.") {
			n.addBlocks(nested + k.path)
		}
	}
	return n
}

func (n *names) addBlocks(path string) {
	for i, c := range path {
		if c == '.' && !slices.Contains(n.blocks, path[:i]) {
			n.blocks = append(n.blocks, path[:i])
		}
	}
}

func (n names) leaf(path string) bool  { return slices.Contains(n.leaves, path) }
func (n names) block(path string) bool { return slices.Contains(n.blocks, path) }

// below returns the names of the keys right under path.
func (n names) below(path string) []string {
	path = strings.TrimPrefix(path, nested)
	var out []string
	for _, p := range slices.Concat(n.leaves, n.blocks) {
		rest, ok := p, true
		if path != "" {
			rest, ok = strings.CutPrefix(p, path+".")
		}
		if ok && !strings.Contains(rest, ".") && !slices.Contains(out, rest) {
			out = append(out, rest)
		}
	}
	return out
}

// fix proposes the key that was probably meant: what Kratos calls by this
// name, a sibling that is spelled nearly so, a key of this name elsewhere.
func (n names) fix(full string) string {
	for path, advice := full, kratosKeys(); path != ""; path = path[:max(0, strings.LastIndexByte(path, '.'))] {
		if a, ok := advice[path]; ok {
			return a
		}
	}
	parent, name := "", full
	if i := strings.LastIndexByte(full, '.'); i >= 0 {
		parent, name = full[:i], full[i+1:]
	}
	siblings := n.below(parent)
	if best, ok := nearest(name, siblings); ok {
		return fmt.Sprintf("Did you mean %s?", join(parent, best))
	}
	for _, p := range slices.Concat(n.blocks, n.leaves) {
		if strings.EqualFold(p[strings.LastIndexByte(p, '.')+1:], name) && !strings.HasPrefix(p, "selfservice.methods") {
			return fmt.Sprintf("A key of this name is %s; mind the indentation.", p)
		}
	}
	return fmt.Sprintf("Take it out. Known here: %s.", strings.Join(siblings, ", "))
}

// nearest returns the candidate that is spelled most like name, where it is
// near enough to be meant.
func nearest(name string, candidates []string) (string, bool) {
	typed := plainName(name)
	best, distance := "", max(2, len(typed)/3+1)
	for _, c := range candidates {
		if len(typed) > 2 && strings.HasPrefix(plainName(c), typed) {
			return c, true // cut short: mock for mock_user
		}
		if d := spelling.Distance(typed, plainName(c)); d < distance {
			best, distance = c, d
		}
	}
	return best, best != ""
}

// plainName leaves out what people mix up: case, dashes, underscores.
func plainName(s string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(clip(s)))
}

// kratosKeys says what becomes of keys that a file of Ory Kratos has and this
// one doesn't.
func kratosKeys() map[string]string {
	const none = "Take it out: the lab decides this itself."
	return map[string]string{
		"version":      none,
		"dsn":          "Take it out: the lab keeps its data in the home folder.",
		"secrets":      "Take it out: the lab makes its secrets itself and keeps them in the home folder.",
		"log":          none,
		"ciphers":      none,
		"hashers":      "Take it out: passwords are hashed with argon2id.",
		"cookies":      none,
		"cors":         "Take it out: only the origins of webauthn.config.rp.origins may call from elsewhere.",
		"serve.public": "Write ports.kratos_public for the port.",
		"serve.admin":  "Write ports.kratos_admin for the port.",
		"serve":        "Write ports.kratos_public and ports.kratos_admin for the ports.",
		"identity":     "Write registration.identity_schema with the path of the schema.",

		"courier.smtp.from_address":                     "Take it out: mails come from the lab.",
		"session.cookie":                                none,
		"session.whoami":                                none,
		"selfservice.methods.passkey":                   "Write it as webauthn: its keys are the same, and its passkeys are what this lab makes.",
		"selfservice.default_browser_return_url":        "Take it out: people return to /dashboard.",
		"selfservice.methods.password":                  "Take it out: passwords are always there.",
		"selfservice.flows.settings":                    "Write session.privileged_age for privileged_session_max_age.",
		"selfservice.flows.registration":                "Write registration.steps for the order of the steps.",
		"selfservice.flows":                             none,
		"webauthn.config.rp.origin":                     "Write origins, with a list: [https://localhost:8443].",
		"webauthn.config.rp.name":                       "Write display_name.",
		"webauthn.config.rp.icon":                       "Take it out: browsers no longer show it.",
		"selfservice.methods.webauthn.rp":               "Put it below selfservice.methods.webauthn.config.",
		"webauthn.rp":                                   "Put it below webauthn.config.",
		"webauthn.config.timeout":                       "Write webauthn.timeout, one step to the left.",
		"webauthn.config.user_verification":             "Write webauthn.user_verification, one step to the left.",
		"selfservice.methods.webauthn.config.rp.origin": "Write origins, with a list: [https://localhost:8443].",
	}
}
