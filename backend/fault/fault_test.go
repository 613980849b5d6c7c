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

func TestTwoFaultsThatShareACodeAreTwo(t *testing.T) {
	people := fault.New(fault.NotFound, "NOT_FOUND", "There is no such account.", "")
	passkeys := fault.New(fault.NotFound, "NOT_FOUND", "Passkey not found", "")
	err := people.In("id").Of("01").Hinting("look again")
	if !errors.Is(err, people) || !errors.Is(people, err) || !errors.Is(err, people.Because(io.EOF)) {
		t.Error("a copy isn't the fault that it was made of")
	}
	if errors.Is(err, passkeys) || errors.Is(passkeys, err) {
		t.Error("a fault is taken for another one with the same code")
	}
}

func TestAFaultFromTheWireIsKnownByItsCode(t *testing.T) {
	if err := fmt.Errorf("ask: %w", &fault.Error{Code: "NOT_FOUND"}); !fault.HasCode(err, "NOT_FOUND") || fault.HasCode(err, "METHOD") {
		t.Error("the code of a fault from the wire is not told")
	}
	if fault.HasCode(io.EOF, "INTERNAL") || fault.HasCode(nil, "") {
		t.Error("what is no fault has a code")
	}
}
