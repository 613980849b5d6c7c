package mail

import (
	"errors"
	"net/http"
)

// picked is what changes name: ids, or a search; neither is everything.
type picked struct {
	IDs    []string
	Search string
	Read   bool
	Tags   []string
}

// ids returns what a body picks.
func (a *API) ids(r *http.Request, p picked) ([]string, error) {
	if len(p.IDs) > 0 {
		return p.IDs, nil
	}
	return a.Box.ids(r.Context(), ParseQuery(p.Search))
}

func (a *API) setRead(w http.ResponseWriter, r *http.Request) error {
	var p picked
	if err := body(w, r, maxBody, &p); err != nil {
		return err
	}
	ids, err := a.ids(r, p)
	if err != nil {
		return err
	}
	if err := a.Box.SetRead(r.Context(), ids, p.Read); err != nil {
		return err
	}
	return done(w)
}

func (a *API) setTags(w http.ResponseWriter, r *http.Request) error {
	var p picked
	if err := body(w, r, maxBody, &p); err != nil {
		return err
	}
	if len(p.IDs) > 0 {
		if err := a.Box.Tag(r.Context(), p.IDs, p.Tags); err != nil {
			return err
		}
	}
	return done(w)
}

func (a *API) renameTag(w http.ResponseWriter, r *http.Request) error {
	var name struct{ Name string }
	if err := body(w, r, maxBody, &name); err != nil {
		return err
	}
	if len(cleanTags([]string{name.Name})) == 0 {
		return refused("tag name required")
	}
	if err := a.Box.Retag(r.Context(), r.PathValue("tag"), name.Name); err != nil {
		return err
	}
	return done(w)
}

func (a *API) removeTag(w http.ResponseWriter, r *http.Request) error {
	if err := a.Box.Retag(r.Context(), r.PathValue("tag"), ""); err != nil {
		return err
	}
	return done(w)
}

// remove deletes the mails that the body names, or all of them.
func (a *API) remove(w http.ResponseWriter, r *http.Request) error {
	var p picked
	if err := body(w, r, maxBody, &p); err != nil {
		return err
	}
	var err error
	if len(p.IDs) > 0 {
		_, err = a.Box.Delete(r.Context(), p.IDs)
	} else {
		_, err = a.Box.DeleteAll(r.Context(), nil)
	}
	if err != nil {
		return err
	}
	return done(w)
}

func (a *API) removeFound(w http.ResponseWriter, r *http.Request) error {
	q, err := searched(r)
	if err != nil {
		return err
	}
	if _, err := a.Box.DeleteAll(r.Context(), q); err != nil {
		return err
	}
	return done(w)
}

// send puts a mail into the mailbox as if it had come over SMTP. It goes no
// further than that.
func (a *API) send(w http.ResponseWriter, r *http.Request) error {
	var o outgoing
	if err := body(w, r, maxSend, &o); err != nil {
		return &problem{status: http.StatusBadRequest, text: err.Error(), json: true}
	}
	data, err := o.compose(a.Box.Now())
	if err != nil {
		return &problem{status: http.StatusBadRequest, text: "error building message: " + err.Error(), json: true}
	}
	m, err := a.Box.Receive(r.Context(), Envelope{From: o.From.Email, To: o.recipients()}, data)
	if errors.Is(err, ErrTooLarge) {
		return &problem{status: http.StatusBadRequest, text: err.Error(), json: true}
	}
	if err != nil {
		return err
	}
	if len(o.Tags) > 0 {
		if err := a.Box.Tag(r.Context(), []string{m.ID}, o.Tags); err != nil {
			return err
		}
	}
	return answer(w, http.StatusOK, map[string]string{"ID": m.ID})
}
