package backend

import (
	"context"

	"sting/backend/health"
)

// browserChecks are about what a browser and a device can do: only a page in it
// can tell.
func (e *examination) browserChecks() []health.Check {
	const why = "no browser has visited /browser-check since the lab started"
	look := func(context.Context) health.Result { return health.Skip(why) }
	return []health.Check{
		{ID: "BR-01", Title: "The browser has the passkey API", Run: look},
		{ID: "BR-02", Title: "The device can verify a person", Needs: []string{"BR-01"}, Run: look},
	}
}
