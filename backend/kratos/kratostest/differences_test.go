package kratostest_test

import "slices"

// difference is a way in which the embedded provider is not a Kratos 1.3.1, and
// why.
type difference struct {
	Why   string
	Steps []string        // recorded steps that are answered differently, or not replayed
	Hides func(v any) any // takes the difference out of one level of a body
	Test  string          // shows it, where no step was recorded
}

// differences is the whole list.
var differences = []difference{
	{
		Why: "A finished flow can't be submitted again: a form that was overheard is worth nothing afterwards. It is answered as an expired " +
			"one, with a new flow.",
		Steps: []string{"022-native-registration-submit-again-used-flow", "036-native-login-used-flow"},
	},
	{
		Why: "Passkeys belong to the lab's own WebAuthn server, not to Kratos: the methods passkey and webauthn are disabled, their nodes " +
			"and credentials are not there.",
		Steps: []string{"012-webauthn-js", "101-browser-settings-passkey-add", "102-browser-settings-webauthn-add", "116-browser-login-passkey",
			"117-browser-login-passkey-bad-signature", "118-browser-login-passkey-unknown-credential", "119-browser-registration-passkey",
			"120-browser-login-webauthn"},
		Hides: withoutGroups("passkey", "webauthn"),
	},
	{
		Why: "Second factors (totp, lookup_secret) are not built: answered as a Kratos with these methods disabled.",
		Steps: []string{"078-native-settings-totp-enroll", "079-native-login-aal2-totp", "080-native-settings-lookup",
			"081-native-settings-totp-unlink", "082-native-settings-lookup-disable", "aal2-001-whoami-aal2-required",
			"aal2-002-settings-aal2-required", "aal2-003-my-sessions-aal2-required"},
		Hides: withoutGroups("totp", "lookup_secret"),
	},
	{
		Why:   "state_changed_at is always there; Kratos leaves it out once something else was changed.",
		Hides: func(v any) any { return without(v, "state_changed_at") },
	},
	{
		Why:   "Ending the other sessions counts those that were alive; Kratos counts ended ones again.",
		Steps: []string{"053-my-sessions-disable-others"},
	},
	{
		Why:   "An empty list of sessions has one page; Kratos links to a next and a previous one.",
		Steps: []string{"103-browser-my-sessions-list"},
	},
	{
		Why: "A fresh proof (refresh=true) gives the session a new id and a new token, and the old one is dead at once: a stolen one is worth " +
			"nothing afterwards.",
		Test: "idp: TestAFreshProofReplacesTheSession",
	},
	{
		Why:  "A form is accepted only from the browser that began its flow; Kratos accepts any browser that has some cookie and its token.",
		Test: "idp: TestAFlowBelongsToTheBrowserThatBeganIt",
	},
	{
		Why: "Two session cookies are both refused with 400: cookies of localhost are shared by every port, and another program may have set " +
			"one.",
		Test: "idp: TestTwoSessionCookiesAreBothRefused",
	},
	{
		Why:  "A session of a recovery link says code_recovery: the lab has one word for what came by mail.",
		Test: "idp: TestARecoveryLinkWorksOnce",
	},
	{
		Why: "An import brings passwords (argon2id, bcrypt); credentials of other types " +
			"are refused in words instead of being left out silently.",
		Test: "idp: TestImportsAreRefusedWithAReason",
	},
	{
		Why: "A client keeps at most 1,000 open flows, all clients together 10,000: beyond that its own are forgotten, expired ones first; " +
			"Kratos keeps every flow until somebody cleans up.",
		Test: "store: TestAFloodOfOneClientPushesOutNobodyElsesFlow",
	},
	{
		Why:   "What an administrator's import violates is named once, in one line each; Kratos repeats it.",
		Steps: []string{"129-admin-identity-create-invalid"},
	},
}

// skipped reports whether a step is one of the steps of methods that are not built.
func skipped(name string) bool {
	return slices.ContainsFunc(differences[1:3], func(d difference) bool { return slices.Contains(d.Steps, name) })
}

// withoutGroups hides the nodes of methods, the credentials of their names,
// and the hint for autofill that comes with them.
func withoutGroups(groups ...string) func(any) any {
	return func(v any) any {
		switch v := v.(type) {
		case []any:
			return slices.DeleteFunc(slices.Clone(v), func(n any) bool {
				m, _ := n.(map[string]any)
				group, _ := m["group"].(string)
				return slices.Contains(groups, group)
			})
		case map[string]any:
			if v["autocomplete"] == "username webauthn" {
				return without(v, "autocomplete")
			}
			if kind, _ := v["type"].(string); v["identifiers"] == nil && kind == "" {
				return withoutCredentials(v, groups)
			}
		}
		return v
	}
}

func withoutCredentials(v map[string]any, groups []string) any {
	for _, g := range groups {
		if c, ok := v[g].(map[string]any); ok && c["identifiers"] != nil {
			return without(v, groups...)
		}
	}
	return v
}
