package httpapi

import (
	"fmt"
	"net/http"
)

// endWorker is a service worker that ends itself, and opens the pages again that the
// one before it had kept from the network.
const endWorker = `// The lab has no service worker: another program at this host and port left one.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil((async () => {
  await self.registration.unregister();
  for (const page of await self.clients.matchAll({ type: "window" })) page.navigate(page.url);
})()));
`

// strangers answers what other programs left behind in a browser, and says what it
// notices of them: each once for a while, not at each request.
func (s *Site) strangers(next http.Handler) http.Handler {
	say := func(cause, format string, args ...any) {
		s.Visitors.Notice(cause, fmt.Sprintf(format, args...))
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Service Workers, "Update" algorithm: browsers fetch the script with this header,
		// and past every worker.
		if r.Header.Get("Service-Worker") == "script" && r.Method == http.MethodGet && !s.ofFront(r) {
			say("worker", "A service worker that another program once registered at this address (%.200q) stood between browsers and the lab. It "+
				"was told to end; reload the page.", r.URL.Path)
			h := w.Header()
			h.Set("Content-Type", "text/javascript; charset=utf-8")
			h.Set("Cache-Control", "no-store")
			_, _ = w.Write([]byte(endWorker))
			return
		}
		switch r.Header.Get("Sec-Fetch-Dest") {
		case "iframe", "frame", "embed", "object", "fencedframe":
			say("framed", "A page of the lab was opened in a frame of another page, which browsers refuse (frame-ancestors 'none'). Open it in a "+
				"tab of its own: %s", s.Origin(rpOf(r)))
		}
		next.ServeHTTP(w, r)
	})
}
