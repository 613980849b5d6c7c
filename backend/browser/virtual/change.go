package virtual

import (
	"context"
	"errors"
	"math"
)

// Change is one thing to do to the authenticator.
type Change struct {
	Do      Do
	Key     string // of a key: its id in base64url, or a beginning that only one has
	Counter uint32 // for SetCounter; the next answer shows one more
	To      Mode   // for SetUserVerification, SetUserPresence and SetSignature
}

// Do names what a Change does.
type Do string

const (
	FlipBE              Do = "flip_be" // of a key; one that isn't eligible any more isn't backed up either
	FlipBS              Do = "flip_bs"
	SetCounter          Do = "counter"
	Forget              Do = "forget"
	SetUserVerification Do = "user_verification"
	SetUserPresence     Do = "user_presence"
	SetSignature        Do = "signature"
	Close               Do = "close" // every lab browser; the keys stay
)

// Apply changes the authenticator of every tab. Keys can be changed while no
// browser runs, too.
//
// Errors: ErrNotRunning, ErrKeys, fault.ErrNotFound for a key that there isn't
// and fault.ErrInvalidField for a Change that makes no sense.
func (v *Virtual) Apply(ctx context.Context, c Change) error {
	v.ops.Lock()
	defer v.ops.Unlock()
	switch c.Do {
	case Close:
		all := v.all()
		for _, b := range all {
			b.close()
		}
		if len(all) == 0 {
			return ErrNotRunning
		}
		return nil
	case SetUserVerification, SetUserPresence, SetSignature:
		return setMode(ctx, v.equipped(), c)
	case FlipBE, FlipBS, SetCounter, Forget:
		return v.changeKey(ctx, v.equipped(), c)
	}
	return errChange.In("do")
}

func setMode(ctx context.Context, all []*bridge, c Change) error {
	set := map[Do]func(*Modes){
		SetUserVerification: func(m *Modes) { m.UserVerification = c.To },
		SetUserPresence:     func(m *Modes) { m.UserPresence = c.To },
		SetSignature:        func(m *Modes) { m.Signature = c.To },
	}[c.Do]
	signing := c.To == Good || c.To == Bad
	if known := signing || c.To == On || c.To == Off || c.To == Refuse; !known || signing != (c.Do == SetSignature) {
		return errChange.In("to").Hinting("User verification and presence are on, off or refuse; the signature is good or bad.")
	}
	if len(all) == 0 {
		return ErrNotRunning
	}
	var err error
	for _, b := range all {
		err = errors.Join(err, b.do(ctx, func() error {
			b.mu.Lock()
			set(&b.modes)
			b.mu.Unlock()
			defer b.changed()
			return b.equipAll(ctx)
		}))
	}
	return err
}

func (v *Virtual) changeKey(ctx context.Context, all []*bridge, c Change) error {
	if c.Counter > math.MaxInt32 {
		return errChange.In("counter").Hinting("A virtual authenticator counts to %d.", math.MaxInt32)
	}
	change := func() error { return v.keys.change(c.Key, c.apply) }
	// Behind what the pages of each have reported, so that no count is lost between.
	for _, b := range all {
		inner := change
		change = func() error { return b.do(ctx, inner) }
	}
	if err := change(); err != nil {
		return err
	}
	defer v.opts.Changed()
	var err error
	for _, b := range all {
		err = errors.Join(err, b.do(ctx, func() error { return b.equipAll(ctx) }))
	}
	return err
}

func (c Change) apply(k *Key) (keep bool) {
	switch c.Do {
	case FlipBE:
		k.BackupEligibility = !k.BackupEligibility
		k.BackupState = k.BackupState && k.BackupEligibility
	case FlipBS:
		k.BackupState = !k.BackupState
	case SetCounter:
		k.SignCount = c.Counter
	}
	return c.Do != Forget
}
