package admin

import (
	"context"

	"sting/backend/api"
)

// Doctor examines the lab and the machine, and repairs what it safely can.
type Doctor interface {
	// Examine runs every check, or the one with an id together with what it
	// needs; NOT_FOUND for an id that is none. found hears of each finding as soon
	// as it is known, one at a time; it may be nil.
	Examine(ctx context.Context, check string, found func(api.Finding)) (api.DoctorReport, error)
	// Repair examines, repairs what failed where that is safe, and examines again.
	Repair(ctx context.Context, check string) (api.DoctorReport, error)
	// Browsers lists what the browsers that were here can do, the latest first.
	Browsers(ctx context.Context) ([]api.BrowserPassport, error)
}
