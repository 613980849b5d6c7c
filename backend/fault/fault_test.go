package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"sting/backend/fault"
)

func TestAFaultIsRecognisedWhateverItsHintAndCause(t *testing.T) {
	err := fmt.Errorf("read body: %w", fault.ErrMalformed.Hinting("line %d", 3).Because(io.ErrUnexpectedEOF))
	if !errors.Is(err, fault.ErrMalformed) {
		t.Error("errors.Is does not find the fault")
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("errors.Is does not find the cause")
	}
	if errors.Is(err, fault.ErrNotFound) {
		t.Error("another fault is found")
	}
	if fault.ErrMalformed.Err != nil {
		t.Error("Because changed the variable")
	}
}

func TestFromHidesWhatNobodyClassified(t *testing.T) {
	got := fault.From(errors.New("secret path /x"))
	if got.Code != "INTERNAL" || got.Kind != fault.Internal {
		t.Errorf("got %s, want INTERNAL", got.Code)
	}
	if fault.From(nil) != nil {
		t.Error("From(nil) is not nil")
	}
}
