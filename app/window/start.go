package window

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"sting/backend"
	"sting/backend/admin/client"
	"sting/backend/fault"
)

// doorWait bounds the wait for the door of a lab that is just starting in another
// process; doorInterval is the pause between two attempts.
const (
	doorWait     = 5 * time.Second
	doorInterval = 200 * time.Millisecond
)

// OwnOrAttached returns a Start that attaches to the lab which runs with o.Home,
// or starts one that lives as long as the window does. Two windows that are
// opened at once share one lab: the one that finds the home folder held waits
// for the other's door.
func OwnOrAttached(o backend.Options) Start {
	return func(ctx context.Context) (Lab, error) {
		lab, err := attached(o)
		if !errors.Is(err, client.ErrNotRunning) {
			return lab, err
		}
		lab, err = own(ctx, o)
		if errors.Is(err, backend.ErrAlreadyRunning) {
			return awaitDoor(ctx, o, err)
		}
		return lab, err
	}
}

// attached reaches a lab that runs already, perhaps for somebody else: the window
// acts for who opened it.
func attached(o backend.Options) (Lab, error) {
	door, err := client.Dial(o.Home)
	if err != nil {
		return Lab{}, err
	}
	off := backend.Offline{Home: o.Home, Overrides: o.Overrides, Elevate: backend.Pkexec()}
	return Lab{Door: backend.Here(door.Door, off, slog.New(slog.DiscardHandler)), Attached: true}, nil
}

// own starts a lab in this process and returns when it answers.
func own(ctx context.Context, o backend.Options) (Lab, error) {
	o.Elevate = backend.Pkexec()
	lab := backend.New(o)
	done := make(chan error, 1)
	go func() { done <- lab.Run(ctx) }()
	select {
	case err := <-done:
		if err == nil {
			err = ErrEnded
		}
		return Lab{}, err
	case <-lab.Ready():
		return Lab{Door: lab.Door(), Done: done}, nil
	}
}

// awaitDoor waits for the door of a lab that holds the home folder and has not
// opened it yet. A door that stays shut is the fault that held is, with what to
// do about it.
func awaitDoor(ctx context.Context, o backend.Options, held error) (Lab, error) {
	ctx, cancel := context.WithTimeout(ctx, doorWait)
	defer cancel()
	ticker := time.NewTicker(doorInterval)
	defer ticker.Stop()
	for {
		lab, err := attached(o)
		if err == nil {
			return lab, nil
		}
		select {
		case <-ctx.Done():
			return Lab{}, fault.From(held).Hinting("It holds the home folder %s and answers nobody. "+
				"If it is just starting or ending, try again in a moment; if it stays so, end that process, then try again.", o.Home)
		case <-ticker.C:
		}
	}
}
