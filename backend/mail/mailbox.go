package mail

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"sting/backend/events"
)

// Mailbox is everything that can be done with caught mails. All fields but
// Probe are required.
type Mailbox struct {
	Store  Store
	Bounds func() Bounds
	Bus    *events.Bus
	Now    func() time.Time // the lab's
	Probe  string           // a recipient that nobody can guess: its mails are in no list but that of a search for it

	hidden sync.Map // further recipients whose mails are in no list

	reading sync.Mutex // one mail is taken apart at a time: that bounds the memory it costs
	counted struct {
		sync.Mutex
		Counters
	}
}

// Counters are what happened since the mailbox was made.
type Counters struct{ Accepted, AcceptedBytes, Rejected, Deleted int }

// Receive keeps a mail that a client sent, and tells the lab.
func (b *Mailbox) Receive(ctx context.Context, e Envelope, data []byte) (Mail, error) {
	b.reading.Lock()
	defer b.reading.Unlock()
	now := b.Now()
	source := stamped(e, data, now)
	c := parse(source, func(Part) bool { return false })
	m := c.head(e, now)
	m.ID, m.Size = rand.Text()[:22], len(source)
	m.Hidden = slices.ContainsFunc(e.To, b.Hides)
	bounds := b.Bounds()
	if int64(len(source)) > bounds.Bytes {
		return Mail{}, ErrTooLarge
	}
	if m.Hidden { // the probe throws nothing out
		bounds.Count++
		bounds.Bytes += int64(2 * len(source))
	}
	dropped, err := b.Store.AddMail(ctx, m, source, c.searched(), bounds)
	if err != nil || m.Hidden {
		return m, err
	}
	b.count(func(n *Counters) { n.Accepted++; n.AcceptedBytes += m.Size; n.Deleted += len(dropped) })
	events.Publish(b.Bus, Changed{ID: m.ID, What: "received"})
	for _, id := range dropped {
		events.Publish(b.Bus, Changed{ID: id, What: "deleted"})
	}
	return m, nil
}

// Hides reports whether the mails to a recipient are in no list.
func (b *Mailbox) Hides(to string) bool {
	_, hidden := b.hidden.Load(strings.ToLower(to))
	return hidden || b.Probe != "" && to == b.Probe
}

// Hide keeps the mails to a recipient that nobody can guess out of every list, from
// now on.
func (b *Mailbox) Hide(to string) { b.hidden.Store(strings.ToLower(to), true) }

// Forget deletes the mails that came for a recipient whose mails are in no list.
func (b *Mailbox) Forget(ctx context.Context, to string) error {
	var ids []string
	err := b.Store.EachMail(ctx, func(m Mail, _ func() string) bool {
		own := slices.ContainsFunc(slices.Concat(m.To, m.Cc, m.Bcc), func(a Address) bool { return strings.EqualFold(a.Address, to) })
		if m.Hidden && own {
			ids = append(ids, m.ID)
		}
		return true
	})
	if err != nil || len(ids) == 0 {
		return err
	}
	_, err = b.Store.DeleteMails(ctx, ids)
	return err
}

func (b *Mailbox) count(f func(*Counters)) {
	b.counted.Lock()
	defer b.counted.Unlock()
	f(&b.counted.Counters)
}

// Counters returns what happened since the mailbox was made.
func (b *Mailbox) Counters() Counters {
	b.counted.Lock()
	defer b.counted.Unlock()
	return b.counted.Counters
}

// Page is a stretch of a list, newest first.
type Page struct {
	Mails           []Mail
	Total, Unread   int // in the mailbox
	Found, FoundNew int // of the search; unread ones among them
	Bytes           int64
	Tags            []string // all that are used in the mailbox
}

// List returns the mails that match, from the one numbered start on, at most
// limit of them; limit 0: none, only the counts.
func (b *Mailbox) List(ctx context.Context, q Query, start, limit int) (Page, error) {
	p := Page{Mails: []Mail{}, Tags: []string{}}
	err := b.Store.EachMail(ctx, func(m Mail, text func() string) bool {
		if m.Hidden && !q.asksFor(b.Probe) {
			return true
		}
		p.Total++
		p.Bytes += int64(m.Size)
		if !m.Read {
			p.Unread++
		}
		for _, t := range m.Tags {
			if !slices.Contains(p.Tags, t) {
				p.Tags = append(p.Tags, t)
			}
		}
		if !q.Match(m, text) {
			return true
		}
		if p.Found >= start && len(p.Mails) < limit {
			p.Mails = append(p.Mails, m)
		}
		p.Found++
		if !m.Read {
			p.FoundNew++
		}
		return true
	})
	slices.Sort(p.Tags)
	return p, err
}

// Latest returns the newest mail that matches; ErrNotFound if there is none.
func (b *Mailbox) Latest(ctx context.Context, q Query) (Mail, error) {
	return b.Newest(ctx, q, func(Mail) bool { return true })
}

// Newest returns the newest mail that matches and is wanted; ErrNotFound if
// there is none.
func (b *Mailbox) Newest(ctx context.Context, q Query, wanted func(Mail) bool) (found Mail, err error) {
	err = b.Store.EachMail(ctx, func(m Mail, text func() string) bool {
		if m.Hidden && !q.asksFor(b.Probe) || !wanted(m) || !q.Match(m, text) {
			return true
		}
		found = m
		return false
	})
	if err == nil && found.ID == "" {
		err = ErrNotFound
	}
	return found, err
}

// Behind returns the mails that match and are older than the one called after
// ("" for the newest), at most limit, and whether there are more. It returns
// ErrNotFound if that one is gone.
func (b *Mailbox) Behind(ctx context.Context, q Query, after string, limit int) (found []Mail, more bool, err error) {
	behind := after == ""
	err = b.Store.EachMail(ctx, func(m Mail, text func() string) bool {
		switch {
		case !behind:
			behind = m.ID == after
		case m.Hidden || !q.Match(m, text):
		case len(found) == limit:
			more = true
			return false
		default:
			found = append(found, m)
		}
		return true
	})
	if err == nil && !behind {
		err = ErrNotFound
	}
	return found, more, err
}

// Mail returns what is known of a mail; ErrNotFound if there is none.
func (b *Mailbox) Mail(ctx context.Context, id string) (Mail, error) { return b.Store.Mail(ctx, id) }

// Source returns a mail as it came.
func (b *Mailbox) Source(ctx context.Context, id string) ([]byte, error) {
	return b.Store.MailSource(ctx, id)
}

// Content takes a mail apart. Of its large parts only pictures that its HTML can
// name come with their bytes: Part has the others.
func (b *Mailbox) Content(ctx context.Context, id string) (Content, error) {
	return b.taken(ctx, id, func(p Part) bool { return p.ContentID != "" && p.picture() })
}

// Part returns a part of a mail with its bytes; ErrNotFound if there is none.
func (b *Mailbox) Part(ctx context.Context, id, part string) (Part, error) {
	c, err := b.taken(ctx, id, func(p Part) bool { return p.ID == part })
	if err != nil {
		return Part{}, err
	}
	for _, p := range c.Parts {
		if p.ID == part {
			return p, nil
		}
	}
	return Part{}, ErrNotFound
}

func (b *Mailbox) taken(ctx context.Context, id string, keep func(Part) bool) (Content, error) {
	b.reading.Lock()
	defer b.reading.Unlock()
	source, err := b.Store.MailSource(ctx, id)
	if err != nil {
		return Content{}, err
	}
	return parse(source, keep), nil
}

// WriteSource writes a mail as it came, piece by piece.
func (b *Mailbox) WriteSource(ctx context.Context, id string, w io.Writer) error {
	for n := 0; ; n++ {
		piece, err := b.Store.MailPiece(ctx, id, n)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := w.Write(piece); err != nil {
			return nil // the client is told, or gone
		}
	}
}

// SetRead marks mails as read or unread.
func (b *Mailbox) SetRead(ctx context.Context, ids []string, read bool) error {
	what := "read"
	if !read {
		what = "unread"
	}
	return b.change(ctx, ids, what, func(m *Mail) { m.Read = read })
}

// Tag gives mails these tags and no others. Tags are letters, digits, spaces
// and -_.@, 100 characters at most; others are left out.
func (b *Mailbox) Tag(ctx context.Context, ids, tags []string) error {
	tags = cleanTags(tags)
	return b.change(ctx, ids, "tagged", func(m *Mail) { m.Tags = tags })
}

// Retag renames a tag wherever it is used; to "" takes it away.
func (b *Mailbox) Retag(ctx context.Context, from, to string) error {
	ids, err := b.ids(ctx, Query{{field: "tag", value: strings.ToLower(from)}})
	if err != nil || len(ids) == 0 {
		return err
	}
	return b.change(ctx, ids, "tagged", func(m *Mail) {
		tags := slices.DeleteFunc(slices.Clone(m.Tags), func(t string) bool { return strings.EqualFold(t, from) })
		m.Tags = cleanTags(append(tags, to))
	})
}

func (b *Mailbox) change(ctx context.Context, ids []string, what string, change func(*Mail)) error {
	n, err := b.Store.ChangeMails(ctx, ids, change)
	if err == nil && n > 0 {
		events.Publish(b.Bus, Changed{ID: only(ids), What: what})
	}
	return err
}

// Delete deletes mails.
func (b *Mailbox) Delete(ctx context.Context, ids []string) (int, error) {
	if m, err := b.Store.Mail(ctx, only(ids)); err == nil && m.Hidden {
		return b.Store.DeleteMails(ctx, ids)
	}
	n, err := b.Store.DeleteMails(ctx, ids)
	if err != nil || n == 0 {
		return n, err
	}
	b.count(func(c *Counters) { c.Deleted += n })
	events.Publish(b.Bus, Changed{ID: only(ids), What: "deleted"})
	return n, nil
}

// DeleteAll deletes every mail that matches, of those that are there when it
// begins.
func (b *Mailbox) DeleteAll(ctx context.Context, q Query) (int, error) {
	ids, err := b.ids(ctx, q)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	return b.Delete(ctx, ids)
}

func (b *Mailbox) ids(ctx context.Context, q Query) (ids []string, err error) {
	err = b.Store.EachMail(ctx, func(m Mail, text func() string) bool {
		if !m.Hidden && q.Match(m, text) {
			ids = append(ids, m.ID)
		}
		return true
	})
	return ids, err
}

func only(ids []string) string {
	if len(ids) == 1 {
		return ids[0]
	}
	return ""
}

func cleanTags(tags []string) []string {
	out := []string{}
	for _, t := range tags {
		t = strings.Join(strings.Fields(t), " ")
		strange := strings.ContainsFunc(t, func(r rune) bool {
			return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(" -_.@", r))
		})
		if t != "" && len(t) <= 100 && !strange && !slices.Contains(out, t) && len(out) < maxTags {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return out
}

const maxTags = 50
