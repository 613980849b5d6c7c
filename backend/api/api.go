// Package api is what crosses a boundary as JSON: HTTP bodies, the admin door,
// the window's bindings, `--json` output, and the TypeScript generated from it.
// It has no behaviour and imports nothing of ours. Times are RFC 3339 in UTC,
// or null; binary values are base64url without padding.
package api

// Error is how every failure looks from outside: CONTRACT section 8.
type Error struct {
	Error      string `json:"error"`           // a sentence for the person
	ErrorCode  string `json:"error_code"`      // never changes
	Hint       string `json:"hint"`            // what to do next
	Field      string `json:"field,omitempty"` // the member that is wrong
	RequestID  string `json:"request_id"`
	CeremonyID string `json:"ceremony_id"` // the record that tells more, or ""
	// Withheld says that every refusal of this kind is answered alike, so that it
	// tells nothing of what the lab knows: no reason to forget a passkey.
	Withheld bool   `json:"withheld,omitempty"`
	Help     string `json:"help"` // a page about this code

	Signal *Signal `json:"signal,omitempty"` // after a refused passkey: what the page may tell the password manager
}

// Signal says what a page may tell the password manager about a passkey, by the
// Signal API. Where there is none, it tells nothing.
type Signal struct {
	Advice       string `json:"advice" ts_type:"'leave' | 'ask' | 'tell'"` // ask: only when the person says so
	RPID         string `json:"rp_id"`
	CredentialID string `json:"credential_id"`
	Reason       string `json:"reason"` // a sentence
	Next         string `json:"next"`   // what to do about it
}

// Page is one stretch of a list: next goes into the parameter "after", "" at
// the end.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
	// Order is the order of the list; "" where there is only one.
	Order string `json:"order,omitempty"`
	// Total is how many there are in all, or how many were found; null where that
	// isn't known.
	Total *int `json:"total,omitempty"`
	// Searched says how far "q" was looked for, where not in everything: by the
	// beginnings of words and ids, or in a stretch that ended before the list did
	// and goes on behind "next".
	Searched string `json:"searched,omitempty" ts_type:"'words' | 'bounded'"`
	// Damaged names what is missing in the first stretch of the list because it
	// can't be read any more.
	Damaged []Damaged `json:"damaged,omitempty"`
}

// Query selects from a list of the admin door.
type Query struct {
	Limit int    `json:"limit" query:"limit" least:"1" most:"1000" says:"The limit of a list is a number"` // 0: 100; at most 1000
	After string `json:"after" query:"after"`
	Q     string `json:"q" query:"q"`                   // a part of an address, a name or an id
	Order string `json:"order,omitempty" query:"order"` // newest, and for people and passkeys name; "": newest
}
