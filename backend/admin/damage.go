package admin

import (
	"context"

	"sting/backend/api"
	"sting/backend/health"
)

// Damages names the values that can't be read any more.
type Damages interface {
	Damages(ctx context.Context) ([]health.Damage, error)
}

// damaged returns what can't be read, of one kind, or of every kind for "". A
// store that can't be read at all is said by its service.
func (l *Lab) damaged(ctx context.Context, what string) []api.Damaged {
	list, err := l.Damage.Damages(ctx)
	if err != nil {
		return nil
	}
	var out []api.Damaged
	for _, d := range list {
		if what == "" || d.What == what {
			out = append(out, Damaged(d))
		}
	}
	return out
}

// Damaged is a damage as JSON.
func Damaged(d health.Damage) api.Damaged {
	return api.Damaged{What: d.What, ID: d.ID, Of: d.Whose, File: d.File, Text: d.String(), Fix: d.Fix}
}

// naming adds to a list what is missing in it because it can't be read. Its place
// in the order is not known: it stands in the first stretch, whatever is looked for.
func naming[J any](ctx context.Context, l *Lab, what string, q api.Query, p api.Page[J], err error) (api.Page[J], error) {
	if err == nil && q.After == "" {
		p.Damaged = l.damaged(ctx, what)
	}
	return p, err
}

// maxWarned is how many damaged values the status names one by one.
const maxWarned = 5

// warnings says what is damaged, for where a person looks first.
func damageWarnings(list []api.Damaged) (said []string) {
	for i, d := range list {
		if i == maxWarned {
			return append(said, "There are more damaged values: `sting doctor SV-12` names all.")
		}
		said = append(said, d.Text+" "+d.Fix)
	}
	return said
}
