package idp

import (
	"net/http"
	"slices"
)

// offMethod is a method of Kratos that is switched off here, where a real one with
// it switched off answers its form with 404. Where its method isn't even asked, the
// form is answered as one of no method at all: a second factor in a first sign-in,
// passkeys of an app, saml, which the open Kratos has not.
type offMethod struct {
	name    string
	fields  []string // any of these stands for the method where none is named
	first   bool     // asked for a first factor
	second  bool     // asked for a second factor
	browser bool     // asked of browsers alone
}

var offMethods = map[Kind][]offMethod{
	LoginFlow: {
		{name: "oidc", fields: []string{"provider"}, first: true, second: true},
		{name: "code", first: true, second: true},
		{name: "passkey", fields: []string{"passkey_login"}, first: true, browser: true},
		{name: "webauthn", fields: []string{"webauthn_login"}, first: true, second: true, browser: true},
		{name: "totp", fields: []string{"totp_code"}, second: true},
		{name: "lookup_secret", fields: []string{"lookup_secret"}, second: true},
	},
	RegistrationFlow: {
		{name: "oidc", fields: []string{"provider"}, first: true},
		{name: "code", first: true},
		{name: "passkey", fields: []string{"passkey_register"}, first: true, browser: true},
		{name: "webauthn", fields: []string{"webauthn_register"}, first: true, browser: true},
	},
	SettingsFlow: {
		{name: "oidc", fields: []string{"link", "unlink"}, first: true},
		{name: "passkey", fields: []string{"passkey_settings_register", "passkey_remove"}, first: true, browser: true},
		{name: "webauthn", fields: []string{"webauthn_register", "webauthn_remove"}, first: true, browser: true},
		{name: "totp", fields: []string{"totp_unlink"}, first: true},
		{name: "lookup_secret", fields: []string{
			"lookup_secret_reveal", "lookup_secret_regenerate", "lookup_secret_confirm", "lookup_secret_disable",
		}, first: true},
	},
}

// isOff reports whether a form is for a method that is switched off, and that a
// Kratos with it switched off has an answer of its own for.
func isOff(f Flow, form map[string]any) bool {
	method := text1(form, "method")
	return slices.ContainsFunc(offMethods[f.Kind], func(m offMethod) bool {
		asked := (m.first && !f.Second || m.second && f.Second) && (!m.browser || f.browser())
		given := method == "" && slices.ContainsFunc(m.fields, func(name string) bool { return filled(form[name]) })
		return asked && (method == m.name || given)
	})
}

// filled reports whether somebody put something into a field.
func filled(v any) bool { return v != nil && v != "" && v != "false" && v != false }

func switchedOff() *failure {
	return &failure{status: http.StatusNotFound, message: "The requested resource could not be found", reason: reasonDisabled}
}
