package passwords

import (
	"encoding/json"
	"net/http"

	"sting/backend/fault"
	"sting/backend/loopback"
)

// mostOfKratos is how many bytes of a request to Kratos are ever taken; the
// provider itself refuses less.
const mostOfKratos = 1 << 20

// Site is what stands before Kratos' public API at both of its addresses.
type Site interface {
	// Blame returns a refusal that names the mistake of a front end where r shows one.
	Blame(r *http.Request, why *fault.Error) *fault.Error
	// Here lets a browser add to an account only where it signed in; base is where
	// browsers find Kratos.
	Here(base func(*http.Request) string, strict bool, kratos http.Handler) http.Handler
}

// framedPublic puts Kratos' public API into its frame: pages of the relying
// party's origins use it, and forms at other ports of this host, which prove
// themselves to Kratos.
func (s *Side) framedPublic(site Site) loopback.Guarded {
	if s.public == nil {
		return loopback.Guarded{}
	}
	base := func(*http.Request) string { return s.needs.Config().Kratos.PublicURL }
	frame := frameOf(loopback.KratosRule(s.needs.Origins))
	frame.Refuse = func(w http.ResponseWriter, r *http.Request, why *fault.Error) {
		refuseAsKratos(w, r, site.Blame(r, why)) // a front end makes the same mistakes there
	}
	return frame.Wrap(loopback.KratosCORS(s.needs.Origins).Wrap(site.Here(base, false, s.public)))
}

// framedAdmin puts Kratos' admin API into its frame. It asks nobody who they are,
// so that a web page that could send it a form would make accounts of its choice:
// programs alone use it, and whoever types its address.
func (s *Side) framedAdmin() loopback.Guarded {
	if s.admin == nil {
		return loopback.Guarded{}
	}
	return frameOf(loopback.Rule{Types: loopback.Original}).Wrap(s.admin)
}

func frameOf(rule loopback.Rule) loopback.Frame {
	return loopback.Frame{
		Rule: func(*http.Request) loopback.Rule { return rule },
		Headers: map[string]string{
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
			"X-Frame-Options":         "DENY",
		},
		Most: mostOfKratos, Refuse: refuseAsKratos,
	}
}

// refuseAsKratos answers with an error in Kratos' shape.
func refuseAsKratos(w http.ResponseWriter, _ *http.Request, why *fault.Error) {
	status := loopback.Status(why)
	body, err := json.Marshal(map[string]any{"error": map[string]any{
		"code": status, "status": http.StatusText(status), "message": why.Message, "reason": why.Hint,
	}})
	if err != nil {
		body = []byte(`{"error":{}}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body) // the client is told, or gone
}
