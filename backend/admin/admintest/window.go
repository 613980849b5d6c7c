package admintest

import (
	"context"

	"sting/backend/api"
)

// CallWindow implements admin.Door: a window is there.
func (d *Door) CallWindow(_ context.Context, c api.WindowCall) (api.WindowAnswer, error) {
	return api.WindowAnswer{Shown: true}, d.called("CallWindow", c.Do)
}
