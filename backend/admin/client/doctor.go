package client

import (
	"context"
	"net/http"
	"net/url"

	"sting/backend/api"
)

// Examine runs the checks of the lab, all for "". found hears of each as it
// comes; it may be nil.
func (c *Client) Examine(ctx context.Context, check string, found func(api.Finding)) (api.DoctorReport, error) {
	path := "doctor?check=" + url.QueryEscape(check)
	if found == nil {
		return askWithin[api.DoctorReport](ctx, c, changeTime, http.MethodGet, path, nil)
	}
	listening, enough := context.WithCancel(ctx)
	defer enough()
	var report *api.DoctorReport
	err := follow(listening, c, path+"&follow=1", func(e api.DoctorEvent) {
		switch {
		case e.Finding != nil:
			found(*e.Finding)
		case e.Report != nil:
			report = e.Report
			enough()
		}
	})
	switch {
	case report != nil:
		return *report, nil
	case err == nil:
		err = c.broken(ctx, ctx.Err())
	}
	return api.DoctorReport{}, err
}

// Repair repairs what failed, where that is safe, and examines again.
func (c *Client) Repair(ctx context.Context, check string) (api.DoctorReport, error) {
	return askWithin[api.DoctorReport](ctx, c, changeTime, http.MethodPost, "doctor/fix", api.DoctorFix{Check: check})
}

// Browsers lists what the browsers that were here can do, the latest first.
func (c *Client) Browsers(ctx context.Context) ([]api.BrowserPassport, error) {
	page, err := ask[api.Page[api.BrowserPassport]](ctx, c, http.MethodGet, "browsers", nil)
	return page.Items, err
}
