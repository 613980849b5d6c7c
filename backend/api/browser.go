package api

// BrowserVisit is the body of POST /api/browser-check: what a page found out
// about the browser that it is in.
type BrowserVisit struct {
	SecureContext bool `json:"secure_context"` // window.isSecureContext
	WebAuthn      bool `json:"webauthn"`       // there is a PublicKeyCredential
	Cookies       bool `json:"cookies"`        // a cookie that was set came back
	// null where the browser couldn't be asked
	HostCookie            *bool `json:"host_cookie"` // one with the prefix __Host-, which the lab's sessions have
	Storage               *bool `json:"storage"`     // the page may keep something itself
	PlatformAuthenticator *bool `json:"platform_authenticator"`
	ConditionalMediation  *bool `json:"conditional_mediation"`
	// Capabilities is what PublicKeyCredential.getClientCapabilities says, empty
	// where there is no such method.
	Capabilities map[string]bool `json:"capabilities" ts_type:"Record<string, boolean>"`
	// Replaced names what of navigator.credentials is not the browser's own: an
	// extension or a test tool stands in between. nil: the page didn't look.
	Replaced []string `json:"replaced" ts_type:"string[] | null"`
}

// BrowserSeen answers POST /api/browser-check.
type BrowserSeen struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
	// Whether the cookies that the page set for this came along with the request.
	Cookie     bool `json:"cookie"`
	HostCookie bool `json:"host_cookie"`
}

// BrowserPassport is the latest visit of one browser.
type BrowserPassport struct {
	BrowserVisit
	UserAgent string `json:"user_agent"`
	At        string `json:"at"`
}
