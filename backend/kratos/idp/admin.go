package idp

import (
	"net/http"
	"strings"
)

// Admin returns the API for administrators, with its paths below /admin/. It
// asks nobody who they are: whoever reaches it may do everything. A path
// without the prefix is sent on to the one with it, as Kratos does.
func (p *Provider) Admin() http.Handler {
	mux := http.NewServeMux()
	for _, at := range adminRoutes() {
		mux.HandleFunc(at.method+" "+at.path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "private, no-cache, no-store, must-revalidate")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			x := p.begin(w, r, "")
			x.plain = true
			if err := at.answer(x); err != nil {
				x.fail(err)
			}
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/admin/") || r.URL.Path == "/" {
			http.NotFound(w, r)
			return
		}
		to := *r.URL
		to.Scheme, to.Host, to.Path = "", "", "/admin"+r.URL.Path
		http.Redirect(w, r, to.String(), http.StatusTemporaryRedirect)
	})
	return mux
}

// adminRoutes lists every address of the admin API.
func adminRoutes() []route {
	return []route{
		{"GET", "/admin/courier/messages", (*exchange).listMessages},
		{"GET", "/admin/courier/messages/{id}", (*exchange).showMessage},
		{"GET", "/admin/health/alive", alive},
		{"GET", "/admin/health/ready", alive},
		{"GET", "/admin/identities", (*exchange).listIdentities},
		{"PATCH", "/admin/identities", (*exchange).createIdentities},
		{"POST", "/admin/identities", (*exchange).createIdentity},
		{"DELETE", "/admin/identities/{id}", (*exchange).deleteIdentity},
		{"GET", "/admin/identities/{id}", (*exchange).showIdentity},
		{"PATCH", "/admin/identities/{id}", (*exchange).patchIdentity},
		{"PUT", "/admin/identities/{id}", (*exchange).replaceIdentity},
		{"DELETE", "/admin/identities/{id}/credentials/{type}", (*exchange).deleteCredential},
		{"DELETE", "/admin/identities/{id}/sessions", (*exchange).endSessionsOfIdentity},
		{"GET", "/admin/identities/{id}/sessions", (*exchange).sessionsOfIdentity},
		{"POST", "/admin/recovery/code", (*exchange).createRecoveryCode},
		{"POST", "/admin/recovery/link", (*exchange).createRecoveryLink},
		{"GET", "/admin/schemas", (*exchange).listSchemas},
		{"GET", "/admin/schemas/{id}", (*exchange).showSchema},
		{"GET", "/admin/sessions", (*exchange).allSessions},
		{"DELETE", "/admin/sessions/{id}", (*exchange).endSession},
		{"GET", "/admin/sessions/{id}", (*exchange).oneSession},
		{"PATCH", "/admin/sessions/{id}/extend", (*exchange).extendSession},
		{"GET", "/admin/version", version},
	}
}

func version(x *exchange) error { return x.json(http.StatusOK, map[string]string{"version": Version}) }
