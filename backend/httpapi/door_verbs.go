package httpapi

import (
	"context"
	"net/http"

	"sting/backend/api"
)

func (d *Door) status(w http.ResponseWriter, r *http.Request) error {
	return doorAnswer(w)(d.Admin.Status(r.Context()))
}

func (d *Door) stop(w http.ResponseWriter, r *http.Request) error {
	if err := doorNoBody(w, r); err != nil {
		return err
	}
	return doorDone(w, d.Admin.Stop(r.Context()), "The lab ends.")
}

func (d *Door) openPage(w http.ResponseWriter, r *http.Request) error {
	var body api.OpenPage
	if err := doorRead(w, r, &body); err != nil {
		return err
	}
	if body.Virtual {
		return doorAnswer(w)(d.Admin.OpenVirtual(r.Context(), body.Page, body.Desktop))
	}
	return doorAnswer(w)(d.Admin.Open(r.Context(), body.Page))
}

func (d *Door) listUsers(w http.ResponseWriter, r *http.Request) error {
	return doorList(w, r, d.Admin.Users)
}

func (d *Door) user(w http.ResponseWriter, r *http.Request) error {
	return doorAnswer(w)(d.Admin.User(r.Context(), r.PathValue("id")))
}

func (d *Door) removeUser(w http.ResponseWriter, r *http.Request) error {
	return doorRemove(w, r, d.Admin.RemoveUser, "The account was removed.")
}

func (d *Door) listPasskeys(w http.ResponseWriter, r *http.Request) error {
	return doorList(w, r, d.Admin.Passkeys)
}

func (d *Door) passkey(w http.ResponseWriter, r *http.Request) error {
	return doorAnswer(w)(d.Admin.Passkey(r.Context(), r.PathValue("id")))
}

func (d *Door) renamePasskey(w http.ResponseWriter, r *http.Request) error {
	var body api.Named
	if err := doorRead(w, r, &body); err != nil {
		return err
	}
	return doorAnswer(w)(d.Admin.RenamePasskey(r.Context(), r.PathValue("id"), body.Name))
}

func (d *Door) removePasskey(w http.ResponseWriter, r *http.Request) error {
	return doorRemove(w, r, d.Admin.RemovePasskey, "The passkey was removed.")
}

func (d *Door) listSessions(w http.ResponseWriter, r *http.Request) error {
	return doorList(w, r, d.Admin.Sessions)
}

func (d *Door) session(w http.ResponseWriter, r *http.Request) error {
	return doorAnswer(w)(d.Admin.Session(r.Context(), r.PathValue("id")))
}

func (d *Door) endSession(w http.ResponseWriter, r *http.Request) error {
	return doorRemove(w, r, d.Admin.EndSession, "The session was ended.")
}

func (d *Door) listCeremonies(w http.ResponseWriter, r *http.Request) error {
	if v := r.URL.Query().Get("follow"); v == "1" || v == "true" {
		return d.followCeremonies(w, r)
	}
	return doorList(w, r, d.Admin.Ceremonies)
}

func (d *Door) clock(w http.ResponseWriter, r *http.Request) error {
	return doorAnswer(w)(d.Admin.Clock(r.Context()))
}

func (d *Door) moveClock(w http.ResponseWriter, r *http.Request) error {
	var body api.MoveClock
	if err := doorRead(w, r, &body); err != nil {
		return err
	}
	return doorAnswer(w)(d.Admin.MoveClock(r.Context(), body.By))
}

func (d *Door) certificate(w http.ResponseWriter, r *http.Request) error {
	return doorAnswer(w)(d.Admin.Certificate(r.Context()))
}

func (d *Door) trust(w http.ResponseWriter, r *http.Request) error {
	var body api.TrustRequest
	if err := doorRead(w, r, &body); err != nil {
		return err
	}
	return doorAnswer(w)(d.Admin.Trust(r.Context(), body))
}

func (d *Door) config(w http.ResponseWriter, r *http.Request) error {
	return doorAnswer(w)(d.Admin.Config(r.Context()))
}

// doorAnswer returns what writes a verb's result, or passes its error on.
func doorAnswer(w http.ResponseWriter) func(v any, err error) error {
	return func(v any, err error) error {
		if err != nil {
			return err
		}
		return ok(w, v)
	}
}

func doorDone(w http.ResponseWriter, err error, message string) error {
	return doorAnswer(w)(api.Done{Success: true, Message: message}, err)
}

// doorList answers with a stretch of a list; an empty one is [], never null.
func doorList[T any](w http.ResponseWriter, r *http.Request, verb func(context.Context, api.Query) (api.Page[T], error)) error {
	q, err := doorQuery(r)
	if err != nil {
		return err
	}
	page, err := verb(r.Context(), q)
	if page.Items == nil {
		page.Items = []T{}
	}
	return doorAnswer(w)(page, err)
}

// doorRemove calls a verb that takes the id of what is to go.
func doorRemove(w http.ResponseWriter, r *http.Request, verb func(context.Context, string) error, message string) error {
	if err := doorNoBody(w, r); err != nil {
		return err
	}
	return doorDone(w, verb(r.Context(), r.PathValue("id")), message)
}
