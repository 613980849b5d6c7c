package api

// PreflightRequest is the body of POST /v1/preflight: would a page be allowed to
// hold a ceremony for a relying party ID?
type PreflightRequest struct {
	URL  string `json:"url"`   // of the page; "": the lab's own
	RPID string `json:"rp_id"` // "": the lab's own
}

// Preflight answers it, before anything runs: by rules, without asking anybody.
type Preflight struct {
	Origin   string            `json:"origin"` // of the page, canonical
	RPID     string            `json:"rp_id"`  // as it was asked for
	OwnRP    bool              `json:"own_rp"` // it is the lab's: the rules "lab" and "port" look at its list of origins, the verdict doesn't
	Verdict  string            `json:"verdict" ts_type:"'works' | 'refused' | 'depends'"`
	Says     string            `json:"says"`     // the verdict in a sentence or two
	Fix      string            `json:"fix"`      // what to do, "" for nothing
	Differs  bool              `json:"differs"`  // the families come to different verdicts
	Families []PreflightFamily `json:"families"` // each family of browsers, always all
	Rules    []PreflightRule   `json:"rules"`    // those that were looked at, in the order in which a ceremony meets them
}

// PreflightFamily is what browsers of one engine would do. The lab's own rules
// are not in its verdict.
type PreflightFamily struct {
	Family  string   `json:"family" ts_type:"'chromium' | 'firefox' | 'safari'"`
	Covers  []string `json:"covers"` // Chrome, Edge, ...
	Verdict string   `json:"verdict" ts_type:"'works' | 'refused' | 'depends'"`
	Gets    string   `json:"gets"` // the name of a DOMException, "no API", or "" where it works
	Says    string   `json:"says"`
	Rule    string   `json:"rule"`    // the id of the rule that decided, "" where it works
	Section string   `json:"section"` // where that rule is written down
	Tried   bool     `json:"tried"`   // a test asks such a browser the same and compares; false: from documents
	Source  string   `json:"source"`  // what the statement rests on, a sentence
}

// PreflightRule is one rule and what became of it.
type PreflightRule struct {
	ID      string `json:"id"`
	Title   string `json:"title"` // what is well when it is ok
	Outcome string `json:"outcome" ts_type:"'ok' | 'refused' | 'depends'"`
	Says    string `json:"says"`
	Section string `json:"section"`
	Fix     string `json:"fix"` // "" when it is ok
}
