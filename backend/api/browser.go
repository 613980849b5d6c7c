package api

// BrowserVisit is the body of POST /api/browser-check: what a page found out
// about the browser that it is in.
type BrowserVisit struct {
	SecureContext bool `json:"secure_context"` // window.isSecureContext
	WebAuthn      bool `json:"webauthn"`       // there is a PublicKeyCredential
	Cookies       bool `json:"cookies"`        // a cookie that was set came back
	// null where the browser couldn't be asked
	PlatformAuthenticator *bool `json:"platform_authenticator" ts_type:"boolean | null"`
	ConditionalMediation  *bool `json:"conditional_mediation" ts_type:"boolean | null"`
	// Capabilities is what PublicKeyCredential.getClientCapabilities says, empty
	// where there is no such method.
	Capabilities map[string]bool `json:"capabilities"`
}

// BrowserPassport is the latest visit of one browser.
type BrowserPassport struct {
	BrowserVisit
	UserAgent string `json:"user_agent"`
	At        string `json:"at"`
}
