package admin

import (
	"context"

	"sting/backend/api"
)

// Mocking turns the mock user on and off.
type Mocking interface {
	// Mock shows every browser as signed in, for front-end work, until it is off
	// again or the lab ends. It opens nothing.
	Mock(ctx context.Context, r api.MockRequest) (api.MockRequest, error)
}
