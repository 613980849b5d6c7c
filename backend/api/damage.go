package api

// Damaged is a value of the lab's data that can't be read any more.
type Damaged struct {
	What string `json:"what"` // "account", "passkey", "session", "mail", "ceremony" and others
	ID   string `json:"id"`
	Of   string `json:"of"` // the e-mail address of the person whose it is; "" where nothing tells
	File string `json:"file"`
	Text string `json:"text"` // all of it in one sentence
	Fix  string `json:"fix"`
}
