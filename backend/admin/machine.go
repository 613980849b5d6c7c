package admin

import (
	"cmp"
	"context"
	"strings"
	"time"

	"sting/backend/api"
	"sting/backend/apps"
	"sting/backend/clock"
	"sting/backend/events"
	"sting/backend/fault"
	"sting/backend/list"
	"sting/backend/tape"
)

var errDuration = fault.New(fault.Invalid, "INVALID_FIELD", "The clock can't be moved by that.",
	"Use a duration such as +10m, -24h or 90s, at most ten years, or \"reset\".").In("by")

// farthest is how far the clock may stand from the machine's.
const farthest = 10 * 365 * 24 * time.Hour

// Clock tells the lab's time.
func (l *Lab) Clock(context.Context) (api.Clock, error) {
	return api.Clock{
		Now: l.Wire.Time(l.Moving.Now()), Machine: l.Wire.Time(l.Moving.Machine()),
		OffsetSeconds: int64(l.Moving.Offset() / time.Second),
	}, nil
}

// MoveClock moves the lab's clock: sessions and challenges follow, TLS doesn't.
func (l *Lab) MoveClock(ctx context.Context, by string) (api.Clock, error) {
	if by == "reset" {
		l.Moving.Reset()
	} else {
		d, err := time.ParseDuration(strings.TrimSpace(by))
		if err != nil {
			return api.Clock{}, errDuration.Because(err)
		}
		if to := l.Moving.Offset() + d; d > farthest || d < -farthest || to > farthest || to < -farthest {
			return api.Clock{}, errDuration
		}
		l.Moving.Move(d)
	}
	events.Publish(l.Bus, clock.Moved{Offset: l.Moving.Offset()})
	return l.Clock(ctx)
}

// Certificate tells what the site shows to browsers.
func (l *Lab) Certificate(ctx context.Context) (api.Certificate, error) {
	return l.Host.Certificate(ctx)
}

// Trust makes stores of trusted certificates hold the lab's authority, or not.
func (l *Lab) Trust(ctx context.Context, r api.TrustRequest) (api.TrustReport, error) {
	return l.Host.Trust(ctx, r)
}

// Config tells what is in force and what is wrong in the file.
func (l *Lab) Config(ctx context.Context) (api.ConfigReport, error) { return l.Host.Config(ctx) }

// Ceremonies lists the recorded ceremonies, newest first; "after" is the id of
// the last one seen.
func (l *Lab) Ceremonies(ctx context.Context, of api.CeremonyQuery) (api.Page[api.CeremonySummary], error) {
	q := api.Query{Limit: of.Limit, After: of.After, Q: of.Q, Order: of.Order}
	page, err := paged[tape.Record, api.CeremonySummary]{
		orders: []list.Order{list.Newest}, stretch: l.recorded(of.Source),
		texts: func(r tape.Record) []string {
			v := l.summary(ctx, r)
			return []string{v.ID, v.Kind, v.State, v.Email, v.Fault, v.Source}
		},
		show: func(r tape.Record) (api.CeremonySummary, error) { return l.summary(ctx, r), nil },
	}.page(ctx, q)
	return naming(ctx, l, "ceremony", q, page, err)
}

// recorded returns stretches of the tape, whose ids sort by time: of a source, "" for all.
func (l *Lab) recorded(source string) func(context.Context, list.Order, string, int) (list.Stretch[tape.Record], error) {
	return func(ctx context.Context, _ list.Order, before string, limit int) (list.Stretch[tape.Record], error) {
		out := list.Stretch[tape.Record]{Total: list.Unknown}
		for {
			records, err := l.Records.Records(ctx, before, limit)
			for _, r := range records {
				before = r.ID
				if len(out.Items) < limit && (source == "" || cmp.Or(r.Source, apps.Lab) == source) {
					out.Items = append(out.Items, list.Item[tape.Record]{Value: r, Cursor: r.ID})
				}
			}
			if err != nil || len(records) < limit || len(out.Items) == limit {
				return out, err
			}
		}
	}
}
