package window

import (
	"context"

	"sting/backend"
	"sting/backend/admin/client"
)

// OwnOrAttached returns a Start that attaches to the lab which runs with o.Home,
// or starts one that lives as long as the window does.
func OwnOrAttached(o backend.Options) Start {
	return func(ctx context.Context) (Lab, error) {
		if running, err := client.Dial(o.Home); err == nil {
			return Lab{Door: running, Attached: true}, nil
		}
		o.Elevate = backend.Pkexec()
		lab := backend.New(o)
		done := make(chan error, 1)
		go func() { done <- lab.Run(ctx) }()
		select {
		case err := <-done:
			return Lab{}, err
		case <-lab.Ready():
			return Lab{Door: lab.Door(), Done: done}, nil
		}
	}
}
