package api

// Watched is what a ceremony of somebody else's page has beside what every ceremony has.
type Watched struct {
	Page         string        `json:"page"`       // without the values of its query
	TopOrigin    string        `json:"top_origin"` // of the tab, where the page is a frame of another origin
	Mediation    string        `json:"mediation"`
	Secure       bool          `json:"secure"` // the page is a secure context
	DOMException *DOMException `json:"dom_exception,omitempty"`
	DurationMS   float64       `json:"duration_ms"`        // of the browser's part
	Begin        *Exchange     `json:"begin,omitempty"`    // whose answer delivered the challenge
	Complete     *Exchange     `json:"complete,omitempty"` // that carried the credential
	Verdict      Verdicts      `json:"verdict"`
	Options      []OptionNote  `json:"options"` // what to ask for otherwise
}

// DOMException is how a browser refuses.
type DOMException struct {
	Name    string `json:"name"`
	Message string `json:"message"`
}

// Exchange is one request and its answer, without anything that signs somebody in.
type Exchange struct {
	Method   string   `json:"method"`
	URL      string   `json:"url"` // without the values of its query
	Form     bool     `json:"form"`
	Status   int      `json:"status"` // 0: no answer came
	Location string   `json:"location,omitempty"`
	Failed   string   `json:"failed,omitempty"` // why no answer came, in the browser's words
	Type     string   `json:"type"`             // of the answer's content
	Body     string   `json:"body"`             // the first 4 KiB of the answer, redacted; "" for a begin
	Encoding string   `json:"encoding"`         // of the binary members: base64url (with padding), base64, hex or numbers
	At       string   `json:"at"`
	Cookies  int      `json:"cookies"`           // how many were sent
	Set      int      `json:"set"`               // how many the answer set
	Blocked  []string `json:"blocked,omitempty"` // why cookies were not sent or not kept, in the browser's words
}

// Verdicts are the lab's beside the server's.
type Verdicts struct {
	Ours   string `json:"ours"`   // accepted, rejected, unverified; "" without an answer
	Server string `json:"server"` // accepted, refused, failed (5xx), unknown
	Step   string `json:"step"`   // at which ours ends
	Says   string `json:"says"`   // what the two mean together
	Gains  string `json:"gains"`  // what an attacker gains by what the server accepted
	Fix    string `json:"fix"`
}

// OptionNote is one thing about the options of a ceremony that could be better.
type OptionNote struct {
	Option string `json:"option"` // such as "challenge"
	Level  string `json:"level"`  // wrong or advice
	Why    string `json:"why"`
	Write  string `json:"write"` // instead
}

// CeremonyQuery asks for a part of the recorded ceremonies.
type CeremonyQuery struct {
	Limit  int    `json:"limit" query:"limit" least:"1" most:"1000" says:"The limit of a list is a number"` // 0: 100; at most 1000
	After  string `json:"after" query:"after"`
	Q      string `json:"q" query:"q"`                   // a part of an address, a name or an id
	Order  string `json:"order,omitempty" query:"order"` // newest; "": newest
	Source string `json:"source" query:"source"`         // "lab", the name of an app, or an origin; "": of all
}
