package httpapi

import (
	"errors"
	"net/http"
	"time"

	"sting/backend/api"
	"sting/backend/fault"
)

func (d *Door) listMails(w http.ResponseWriter, r *http.Request) error {
	return doorList(w, r, d.Admin.Mails)
}

func (d *Door) mail(w http.ResponseWriter, r *http.Request) error {
	return doorAnswer(w)(d.Admin.Mail(r.Context(), r.PathValue("id")))
}

func (d *Door) removeMail(w http.ResponseWriter, r *http.Request) error {
	return doorRemove(w, r, d.Admin.RemoveMail, "The mail was deleted.")
}

func (d *Door) clearMails(w http.ResponseWriter, r *http.Request) error {
	if err := doorNoBody(w, r); err != nil {
		return err
	}
	return doorAnswer(w)(d.Admin.ClearMails(r.Context()))
}

func (d *Door) mailCode(w http.ResponseWriter, r *http.Request) error {
	body := api.MailFor{Address: r.PathValue("id")}
	if err := doorRead(w, r, &body); err != nil {
		return err
	}
	if err := unhurried(w); err != nil {
		return err
	}
	return doorAnswer(w)(d.Admin.MailCode(r.Context(), body))
}

func (d *Door) waitMail(w http.ResponseWriter, r *http.Request) error {
	body := api.MailFor{Address: r.PathValue("id")}
	if err := doorRead(w, r, &body); err != nil {
		return err
	}
	if err := unhurried(w); err != nil {
		return err
	}
	return doorAnswer(w)(d.Admin.WaitMail(r.Context(), body))
}

// unhurried lifts the deadlines of the server: an answer that is waited for may
// come later than they allow.
func unhurried(w http.ResponseWriter) error {
	control := http.NewResponseController(w)
	for _, lift := range []func(time.Time) error{control.SetReadDeadline, control.SetWriteDeadline} {
		if err := lift(time.Time{}); err != nil && !unsupported(err) {
			return fault.ErrInternal.Because(err)
		}
	}
	return nil
}

func unsupported(err error) bool { return errors.Is(err, http.ErrNotSupported) }
