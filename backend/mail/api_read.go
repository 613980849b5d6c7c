package mail

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"net/http"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

func (a *API) messages(w http.ResponseWriter, r *http.Request) error {
	return a.list(w, r, nil, []wireAddress{})
}

func (a *API) search(w http.ResponseWriter, r *http.Request) error {
	q, err := searched(r)
	if err != nil {
		return err
	}
	return a.list(w, r, q, nil)
}

func searched(r *http.Request) (Query, error) {
	s := strings.TrimSpace(r.URL.Query().Get("query"))
	if s == "" {
		return nil, refused("no search query")
	}
	return ParseQuery(s), nil
}

// list answers with a stretch; a list and a search differ in what an empty
// ReplyTo looks like.
func (a *API) list(w http.ResponseWriter, r *http.Request, q Query, noReplyTo []wireAddress) error {
	start, limit := number(r, "start", 0), number(r, "limit", defaultPage)
	p, err := a.Box.List(r.Context(), q, start, limit)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, wirePageOf(p, start, noReplyTo))
}

const defaultPage = 50

func number(r *http.Request, name string, otherwise int) int {
	n, err := strconv.Atoi(r.URL.Query().Get(name))
	if err != nil || n < 0 {
		return otherwise
	}
	return n
}

var errNoLatest = &problem{status: http.StatusNotFound, text: "Message not found", named: true}

// named finds the mail that a path names; "latest" is the newest one, of those
// that ?query finds.
func (a *API) named(r *http.Request, id string) (Mail, error) {
	if id != "latest" {
		return a.Box.Mail(r.Context(), id)
	}
	m, err := a.Box.Latest(r.Context(), ParseQuery(r.URL.Query().Get("query")))
	if errors.Is(err, ErrNotFound) {
		err = errNoLatest
	}
	return m, err
}

func (a *API) opened(r *http.Request, id string) (Mail, Content, error) {
	m, err := a.named(r, id)
	if err != nil {
		return m, Content{}, err
	}
	c, err := a.Box.Content(r.Context(), m.ID)
	return m, c, err
}

// markRead does what reading does, unless a page of another site made the
// browser ask.
func (a *API) markRead(ctx context.Context, r *http.Request, m Mail) error {
	if site := r.Header.Get("Sec-Fetch-Site"); m.Read || m.Hidden || site != "" && site != "same-origin" && site != "none" {
		return nil
	}
	return a.Box.SetRead(ctx, []string{m.ID}, true)
}

func (a *API) message(w http.ResponseWriter, r *http.Request) error {
	m, c, err := a.opened(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := a.markRead(r.Context(), r, m); err != nil {
		return err
	}
	return answer(w, http.StatusOK, wireMessageOf(m, c))
}

func (a *API) headers(w http.ResponseWriter, r *http.Request) error {
	_, c, err := a.opened(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, c.headers())
}

func (a *API) raw(w http.ResponseWriter, r *http.Request) error {
	m, err := a.named(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	if _, err := a.Box.Store.MailPiece(r.Context(), m.ID, 0); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if r.URL.Query().Get("dl") == "1" {
		w.Header().Set("Content-Disposition", `attachment; filename="`+m.ID+`.eml"`)
	}
	w.Header().Set("Content-Length", strconv.Itoa(m.Size))
	if err := a.Box.WriteSource(r.Context(), m.ID, w); err != nil {
		a.Log.Error("mailbox: a mail could not be sent to its end", "id", m.ID, "err", err)
	}
	return nil
}

// part answers with an attachment. It is a stranger's file at our origin: the
// browser may neither run nor guess, and shows pictures only.
func (a *API) part(w http.ResponseWriter, r *http.Request) error {
	m, err := a.named(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	select { // each of these has a whole part in memory until its client has it
	case a.sending <- struct{}{}:
		defer func() { <-a.sending }()
	case <-r.Context().Done():
		return r.Context().Err()
	}
	p, err := a.Box.Part(r.Context(), m.ID, r.PathValue("part"))
	if err != nil {
		return err
	}
	if err := http.NewResponseController(w).SetWriteDeadline(a.Now().Add(sendTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", p.served())
	disposition := "attachment"
	if p.picture() {
		disposition = "inline"
	}
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": p.name()}))
	h.Set("Content-Length", strconv.Itoa(len(p.Body)))
	_, _ = w.Write(p.Body) // the client is told, or gone
	return nil
}

// Parts that are sent at once, and how long one may take.
const (
	maxSending = 3
	sendTime   = 30 * time.Second
)

// served is the type that a part is sent with.
func (p Part) served() string {
	if kind, _, err := mime.ParseMediaType(p.ContentType); err == nil && strings.Contains(kind, "/") {
		return kind
	}
	return "application/octet-stream"
}

// picture reports whether a part is one that can hold no script.
func (p Part) picture() bool {
	switch p.ContentType {
	case "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp":
		return true
	}
	return false
}

func (p Part) name() string {
	if p.FileName != "" {
		return p.FileName
	}
	return "part-" + p.ID
}

// view shows a mail alone: ID.txt, or ID.html in a document where no script
// runs and nothing is fetched.
func (a *API) view(w http.ResponseWriter, r *http.Request) error {
	id, kind, _ := strings.Cut(r.PathValue("file"), ".")
	if kind != "txt" && kind != "html" {
		return &problem{status: http.StatusNotFound, text: "File not found\n", named: true}
	}
	m, c, err := a.opened(r, id)
	if errors.Is(err, ErrNotFound) {
		err = errNoLatest
	}
	if err != nil {
		return err
	}
	if kind == "html" && c.HTML == "" {
		return &problem{status: http.StatusNotFound, text: "This message does not contain a HTML part", named: true}
	}
	if err := a.markRead(r.Context(), r, m); err != nil {
		return err
	}
	if kind == "txt" {
		text(w, http.StatusOK, c.Text)
		return nil
	}
	w.Header().Set("Content-Security-Policy", mailPolicy)
	w.Header().Set("X-DNS-Prefetch-Control", "off")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, embedded(c)) // the client is told, or gone
	return nil
}

// mailPolicy is what the HTML of a mail may do: be drawn. The frame has an
// origin of its own, so that it can't touch the page around it either.
const mailPolicy = "default-src 'none'; img-src data: cid:; style-src 'unsafe-inline'; font-src data:; base-uri 'none'; form-action " +
	"'none'; frame-ancestors 'self'; sandbox"

// dialling are elements that make browsers open a connection although the
// policy forbids what they name: Chromium 156 does for a frame, others for the
// hints of a link.
var dialling = regexp.MustCompile(`(?i)<(link|iframe|frame|fencedframe|object|embed)`)

// embedded puts the pictures that a mail brings along where its HTML names
// them (RFC 2392), and takes the elements away that a policy can't hold back.
func embedded(c Content) string {
	var pairs []string
	size := 0
	for _, p := range c.Parts {
		if size += len(p.Body); p.ContentID == "" || !p.picture() || size > 4<<20 {
			continue
		}
		pairs = append(pairs, "cid:"+p.ContentID, "data:"+p.served()+";base64,"+base64.StdEncoding.EncodeToString(p.Body))
	}
	return strings.NewReplacer(pairs...).Replace(dialling.ReplaceAllString(c.HTML, "<x-$1"))
}

func (a *API) tags(w http.ResponseWriter, r *http.Request) error {
	p, err := a.Box.List(r.Context(), nil, 0, 0)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, p.Tags)
}

func (a *API) info(w http.ResponseWriter, r *http.Request) error {
	tags := map[string]int{}
	var p Page
	p, err := a.Box.List(r.Context(), nil, 0, 0)
	if err != nil {
		return err
	}
	for _, t := range p.Tags {
		found, err := a.Box.List(r.Context(), Query{{field: "tag", value: strings.ToLower(t)}}, 0, 0)
		if err != nil {
			return err
		}
		tags[t] = found.Found
	}
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	n := a.Box.Counters()
	return answer(w, http.StatusOK, wireInfo{
		Version: a.Version, LatestVersion: "disabled", Database: "tape.db", DatabaseSize: p.Bytes, Messages: p.Total, Unread: p.Unread,
		Tags: tags,
		RuntimeStats: wireStats{
			Uptime: int(a.Now().Sub(a.StartedAt).Seconds()), Memory: mem.Sys, MessagesDeleted: n.Deleted,
			SMTPAccepted: n.Accepted, SMTPAcceptedSize: n.AcceptedBytes, SMTPRejected: n.Rejected,
		},
	})
}

func (a *API) webUI(w http.ResponseWriter, _ *http.Request) error {
	return answer(w, http.StatusOK, map[string]any{
		"Label": "", "SpamAssassin": false, "ChaosEnabled": false, "DuplicatesIgnored": false, "HideDeleteAllButton": false,
		"MessageRelay": map[string]any{
			"Enabled": false, "SMTPServer": "", "ReturnPath": "", "AllowedRecipients": "", "BlockedRecipients": "",
			"OverrideFrom": "", "PreserveMessageIDs": false, "RecipientAllowlist": "",
		},
	})
}

// code answers with what a person is to type: our own route, for the page and
// for scripts. 404 where the mail holds none.
func (a *API) code(w http.ResponseWriter, r *http.Request) error {
	m, err := a.named(r, r.PathValue("id"))
	if err != nil {
		return err
	}
	if m.Code == (Code{}) {
		return &problem{status: http.StatusNotFound, text: "Error: that message holds no code"}
	}
	return answer(w, http.StatusOK, wireCode{ID: m.ID, Kind: m.Code.Kind, Code: m.Code.Value, Link: m.Code.Link,
		Page: m.Code.Page(a.Origin())})
}

// asset serves a file of the built frontend, whose name carries a hash.
func (a *API) asset(w http.ResponseWriter, r *http.Request) error {
	return a.file(w, r, "assets/"+r.PathValue("file"), func(b []byte) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		_, _ = bytes.NewReader(b).WriteTo(w) // the client is told, or gone
	})
}
