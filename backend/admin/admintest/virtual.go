package admintest

import (
	"context"
	"fmt"

	"sting/backend/api"
)

// OpenVirtual implements admin.Door, as all of these do.
func (d *Door) OpenVirtual(_ context.Context, page string, on *api.Desktop) (api.Opened, error) {
	o := d.Browser
	o.URL = d.Lab.Origin + "/" + page
	if on != nil {
		return o, d.called("OpenVirtual", page, on.Display)
	}
	return o, d.called("OpenVirtual", page)
}

func (d *Door) Virtual(context.Context) (api.Virtual, error) { return d.Bridge, d.called("Virtual") }

func (d *Door) ChangeVirtual(_ context.Context, c api.VirtualChange) (api.Virtual, error) {
	return d.Bridge, d.called("ChangeVirtual", c.Do, c.Key, fmt.Sprint(c.Counter), c.To)
}
