package api

import "time"

// What the verbs of the admin door are asked with. A member with the tag path or
// query stands in the address and not in the body.

// None is what a verb is asked with that needs nothing.
type None struct{}

// ID names one thing.
type ID struct {
	ID string `json:"id" path:"id"`
}

// ServiceNamed names a service, by its name or an alias.
type ServiceNamed struct {
	Name string `json:"name" path:"name"`
}

// LogOf asks for the last lines of a service; "" is the whole lab.
type LogOf struct {
	Name string `json:"name" path:"name" empty:"all *"`
	N    int    `json:"n" query:"n" default:"100" least:"0" most:"2000" says:"The number of lines is one"`
}

// RenamePasskey is what a passkey is to be called.
type RenamePasskey struct {
	ID   string `json:"id" path:"id"`
	Name string `json:"name"`
}

// Check names a check of the doctor; "" is all.
type Check struct {
	Check string `json:"check" query:"check"`
}

// ExportAs is sting or kratos.
type ExportAs struct {
	Format string `json:"format" query:"format"`
}

// Waits is how much longer than any an answer may take.
func (f MailFor) Waits() time.Duration {
	return 45*time.Second + time.Duration(max(0, f.Seconds))*time.Second
}

// Waits is how much longer than any an answer may take: a browser may have to be
// started first.
func (o OpenApp) Waits() time.Duration { return 60 * time.Second }

// Waits is that of OpenApp.
func (o OpenPage) Waits() time.Duration {
	if o.Virtual {
		return 55 * time.Second
	}
	return 0
}
