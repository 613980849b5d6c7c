package idp

import (
	"net/http"
	"strings"
)

// Public returns the API for browsers and apps, at the address that
// Config.BaseURL names. Mount it with that prefix stripped.
func (p *Provider) Public() http.Handler { return p.PublicAt("") }

// PublicAt returns the same API at another address: flows begun there are
// submitted there. "" stands for Config.BaseURL.
func (p *Provider) PublicAt(base string) http.Handler {
	mux := http.NewServeMux()
	for _, at := range publicRoutes() {
		mux.HandleFunc(at.method+" "+at.path, func(w http.ResponseWriter, r *http.Request) {
			x := p.begin(w, r, base)
			x.enter()
			if err := at.answer(x); err != nil {
				x.fail(err)
			}
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		p.begin(w, r, base).enter()
		http.NotFound(w, r)
	})
	return mux
}

// publicRoutes lists every address of the public API.
func publicRoutes() []route {
	return []route{
		{"GET", "/health/alive", alive},
		{"GET", "/health/ready", alive},
		{"GET", "/schemas", (*exchange).listSchemas},
		{"GET", "/schemas/{id}", (*exchange).showSchema},
		{"GET", "/self-service/errors", (*exchange).showError},
		{"GET", "/self-service/login", restart(LoginFlow)},
		{"POST", "/self-service/login", (*exchange).submitLogin},
		{"GET", "/self-service/login/api", (*exchange).beginLogin},
		{"GET", "/self-service/login/browser", (*exchange).beginLogin},
		{"GET", "/self-service/login/flows", showFlow(LoginFlow)},
		{"GET", "/self-service/logout", (*exchange).logout},
		{"DELETE", "/self-service/logout/api", (*exchange).logoutAPI},
		{"GET", "/self-service/logout/browser", (*exchange).beginLogout},
		{"GET", "/self-service/recovery", (*exchange).openRecovery},
		{"POST", "/self-service/recovery", (*exchange).submitRecovery},
		{"GET", "/self-service/recovery/api", beginCode(RecoveryFlow)},
		{"GET", "/self-service/recovery/browser", beginCode(RecoveryFlow)},
		{"GET", "/self-service/recovery/flows", showFlow(RecoveryFlow)},
		{"GET", "/self-service/registration", restart(RegistrationFlow)},
		{"POST", "/self-service/registration", (*exchange).submitRegistration},
		{"GET", "/self-service/registration/api", (*exchange).beginRegistration},
		{"GET", "/self-service/registration/browser", (*exchange).beginRegistration},
		{"GET", "/self-service/registration/flows", showFlow(RegistrationFlow)},
		{"GET", "/self-service/settings", restart(SettingsFlow)},
		{"POST", "/self-service/settings", (*exchange).submitSettings},
		{"GET", "/self-service/settings/api", (*exchange).beginSettings},
		{"GET", "/self-service/settings/browser", (*exchange).beginSettings},
		{"GET", "/self-service/settings/flows", showFlow(SettingsFlow)},
		{"GET", "/self-service/verification", (*exchange).openVerification},
		{"POST", "/self-service/verification", (*exchange).submitVerification},
		{"GET", "/self-service/verification/api", beginCode(VerificationFlow)},
		{"GET", "/self-service/verification/browser", beginCode(VerificationFlow)},
		{"GET", "/self-service/verification/flows", showFlow(VerificationFlow)},
		{"DELETE", "/sessions", (*exchange).endOthers},
		{"GET", "/sessions", (*exchange).listSessions},
		{"GET", "/sessions/whoami", (*exchange).whoami},
		{"HEAD", "/sessions/whoami", (*exchange).whoami},
		{"DELETE", "/sessions/{id}", (*exchange).endOne},
	}
}

// enter does what is done at each request: no answer of this API may be kept by
// a cache, and a browser that has no CSRF token gets one.
func (x *exchange) enter() {
	h := x.w.Header()
	h.Set("Cache-Control", "private, no-cache, no-store, must-revalidate")
	h.Set("Vary", "Origin, Cookie")
	h.Set("X-Content-Type-Options", "nosniff")
	path := x.r.URL.Path
	x.plain = strings.HasSuffix(path, "/api") || !strings.HasPrefix(path, "/self-service/")
	x.readCSRF()
	if x.r.Method == http.MethodGet && !withoutCSRF(path) {
		x.needCSRF()
	}
}

// withoutCSRF reports whether no form is reached through a path.
func withoutCSRF(path string) bool {
	return strings.HasSuffix(path, "/api") || path == "/sessions" || path == "/version" ||
		strings.HasPrefix(path, "/sessions/") || strings.HasPrefix(path, "/schemas/") || strings.HasPrefix(path, "/health/")
}

func alive(x *exchange) error { return x.json(http.StatusOK, map[string]string{"status": "ok"}) }
