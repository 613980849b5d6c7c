package admintest

import (
	"context"

	"sting/backend/api"
)

// Mock answers with what it was asked for.
func (d *Door) Mock(_ context.Context, r api.MockRequest) (api.MockRequest, error) {
	return r, d.called("Mock", r.Email)
}
