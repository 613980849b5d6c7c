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
	for pattern, h := range adminRoutes {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "private, no-cache, no-store, must-revalidate")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			x := p.begin(w, r, "")
			x.plain = true
			if err := h(x); err != nil {
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

// adminRoutes is every address of the admin API.
var adminRoutes = map[string]answer{
	"GET /admin/health/alive": alive,
	"GET /admin/health/ready": alive,
	"GET /admin/version":      version,
	"GET /admin/schemas":      (*exchange).listSchemas,
	"GET /admin/schemas/{id}": (*exchange).showSchema,

	"GET /admin/identities":                            (*exchange).listIdentities,
	"POST /admin/identities":                           (*exchange).createIdentity,
	"PATCH /admin/identities":                          (*exchange).createIdentities,
	"GET /admin/identities/{id}":                       (*exchange).showIdentity,
	"PUT /admin/identities/{id}":                       (*exchange).replaceIdentity,
	"PATCH /admin/identities/{id}":                     (*exchange).patchIdentity,
	"DELETE /admin/identities/{id}":                    (*exchange).deleteIdentity,
	"DELETE /admin/identities/{id}/credentials/{type}": (*exchange).deleteCredential,

	"GET /admin/identities/{id}/sessions":    (*exchange).sessionsOfIdentity,
	"DELETE /admin/identities/{id}/sessions": (*exchange).endSessionsOfIdentity,
	"GET /admin/sessions":                    (*exchange).allSessions,
	"GET /admin/sessions/{id}":               (*exchange).oneSession,
	"DELETE /admin/sessions/{id}":            (*exchange).endSession,
	"PATCH /admin/sessions/{id}/extend":      (*exchange).extendSession,

	"POST /admin/recovery/code": (*exchange).createRecoveryCode,
	"POST /admin/recovery/link": (*exchange).createRecoveryLink,

	"GET /admin/courier/messages":      (*exchange).listMessages,
	"GET /admin/courier/messages/{id}": (*exchange).showMessage,
}

func version(x *exchange) error { return x.json(http.StatusOK, map[string]string{"version": Version}) }
