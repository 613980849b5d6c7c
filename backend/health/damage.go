package health

import "fmt"

// Damage is one value of the lab's data that can't be read any more.
type Damage struct {
	File  string // sting.db
	What  string // "account", "passkey"
	ID    string // as lists show it
	Whose string // an e-mail address; "" where nothing tells
	Why   string // what is wrong with it
	Fix   string // what to do, a sentence
}

// String says all of it in one sentence.
func (d Damage) String() string {
	of := ""
	if d.Whose != "" {
		of = " of " + d.Whose
	}
	return fmt.Sprintf("The %s%s (%s) in %s can't be read: %s.", d.What, of, d.ID, d.File, d.Why)
}
