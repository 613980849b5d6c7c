package api

// App is a web app of the person, as sting.yml names it.
type App struct {
	Name     string            `json:"name"`
	URL      string            `json:"url"` // of its first page
	Origin   string            `json:"origin"`
	Login    string            `json:"login"`                                  // the path of the page to sign in at, "" for the first
	Register string            `json:"register"`                               // likewise
	Hosts    map[string]string `json:"hosts" ts_type:"Record<string, string>"` // where the lab browser finds names
}

// NewApp is the body of POST /v1/apps.
type NewApp struct {
	Name     string            `json:"name"`
	URL      string            `json:"url"`
	Login    string            `json:"login,omitempty"`
	Register string            `json:"register,omitempty"`
	Hosts    map[string]string `json:"hosts,omitempty" ts_type:"Record<string, string>"`
}

// AppNamed names an app.
type AppNamed struct {
	Name string `json:"name" path:"name"`
}

// AppPage answers GET /v1/apps/{name}: all that is known of an app.
type AppPage struct {
	App
	Answer     AppAnswer         `json:"answer"`
	Preflight  Preflight         `json:"preflight"`  // what browsers say to its origin, for the first of RPIDs
	RPIDs      []string          `json:"rp_ids"`     // that its ceremonies and keys had, else the host alone
	Keys       []VirtualKey      `json:"keys"`       // of the virtual authenticator, that its pages may use
	Ceremonies []CeremonySummary `json:"ceremonies"` // the latest, newest first
}

// AppAnswer is what an app said when it was asked for its first page a moment ago.
type AppAnswer struct {
	Answers     bool            `json:"answers"`
	Status      int             `json:"status"` // of HTTP, 0 where there was no answer
	TookMS      float64         `json:"took_ms"`
	Says        string          `json:"says"` // a sentence
	Fix         string          `json:"fix"`  // "" where all is well
	Certificate *AppCertificate `json:"certificate" ts_type:"AppCertificate | null"`
}

// AppCertificate is what an app shows to browsers.
type AppCertificate struct {
	Names     []string `json:"names"`
	Issuer    string   `json:"issuer"`
	NotBefore string   `json:"not_before"`
	NotAfter  string   `json:"not_after"`
	SPKI      string   `json:"spki"`     // base64 of the SHA-256 of its key
	Why       string   `json:"why"`      // why browsers don't trust it, "" where they do
	Accepted  bool     `json:"accepted"` // by the person, for the lab browser
	Changed   bool     `json:"changed"`  // another one was accepted for this origin
}

// OpenApp is the body of POST /v1/visits: a page for the lab browser.
type OpenApp struct {
	App  string `json:"app,omitempty"`  // "lab" for the lab's own pages; "" with URL
	Page string `json:"page,omitempty"` // "" for the first, login, register, or a path
	URL  string `json:"url,omitempty"`  // a page in the place of both
	Real bool   `json:"real,omitempty"` // with no virtual authenticator of ours
	New  bool   `json:"new,omitempty"`  // in a profile that is thrown away
	// Trust is the SPKI of a certificate that the person has seen and accepts.
	Trust   string   `json:"trust,omitempty"`
	Desktop *Desktop `json:"desktop,omitempty"` // as in OpenPage
}

// AppOpened answers it. With the error APP_CERTIFICATE nothing is open, and Certificate
// is what the person has to see.
type AppOpened struct {
	Opened
	Certificate *AppCertificate `json:"certificate" ts_type:"AppCertificate | null"`
}
