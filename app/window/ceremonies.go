package window

import (
	"context"
	"encoding/json"

	"sting/backend/admin"
	"sting/backend/api"
)

// Ceremonies is the panel of the tape, and that of the explainer.
type Ceremonies struct{ w *Window }

// CeremonyList is one stretch of the tape.
type CeremonyList struct {
	Items []api.CeremonySummary `json:"items"`
	Next  string                `json:"next"`
}

// List returns the recorded ceremonies that q selects, newest first.
func (c *Ceremonies) List(q api.Query) (CeremonyList, error) {
	page, err := ask(c.w, func(ctx context.Context, d admin.Door) (api.Page[api.CeremonySummary], error) {
		return d.Ceremonies(ctx, q)
	})
	return CeremonyList{listed(page.Items), page.Next}, err
}

// Record returns one ceremony with its explanation. The explanation is nil while
// nothing has answered it.
func (c *Ceremonies) Record(id string) (api.Ceremony, error) {
	ceremony, err := ask(c.w, func(ctx context.Context, d admin.Door) (api.Ceremony, error) { return d.Ceremony(ctx, id) })
	ceremony.Ignored = listed(ceremony.Ignored)
	ceremony.Differs = listed(ceremony.Differs)
	if ceremony.Explanation != nil {
		whole(ceremony.Explanation)
	}
	return ceremony, err
}

// Explain takes apart what somebody pasted or dropped: a record, a file of the
// lab, or the bare answer of a browser.
func (c *Ceremonies) Explain(text string) (api.Explanation, error) {
	if !json.Valid([]byte(text)) {
		return api.Explanation{}, ErrNotJSON
	}
	x, err := ask(c.w, func(ctx context.Context, d admin.Door) (api.Explanation, error) {
		return d.Explain(ctx, json.RawMessage(text))
	})
	whole(&x)
	return x, err
}

// Export asks where to put the record of a ceremony, writes it there as JSON that
// Explain and the terminal read, and returns the path; "" where the person
// changed their mind. Only the person can read the file: it holds addresses and
// user handles.
func (c *Ceremonies) Export(id string) (string, error) {
	ceremony, err := c.Record(id)
	if err != nil {
		return "", err
	}
	return c.w.save("Export a ceremony", "ceremony-"+ceremony.ID+".json", ceremony.Record)
}

// whole makes the absent lists of an explanation empty ones.
func whole(x *api.Explanation) {
	x.Steps, x.Ranges, x.Notes = listed(x.Steps), listed(x.Ranges), listed(x.Notes)
}
