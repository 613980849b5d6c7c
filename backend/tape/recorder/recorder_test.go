package recorder_test

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"sting/backend/events"
	"sting/backend/fault"
	"sting/backend/passkey"
	"sting/backend/store/storetest"
	"sting/backend/tape"
	"sting/backend/tape/recorder"
)

// recorded is what the tape keeps of a ceremony after all of what was said of it.
func recorded(t *testing.T, said ...passkey.Entry) tape.Record {
	t.Helper()
	tape := &tape.Tape{
		Store: storetest.New(t), Bounds: func() tape.Bounds { return tape.Bounds{Count: 10, Bytes: 1 << 20} },
		Bus: &events.Bus{}, Log: slog.New(slog.DiscardHandler),
	}
	for _, e := range said {
		recorder.Recorder{Tape: tape}.Record(e)
		tape.Flush(t.Context())
	}
	r, err := tape.Record(t.Context(), said[0].Ceremony.Record)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var (
	start    = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	ceremony = passkey.Ceremony{
		ID: "id", Record: "01-record", Kind: passkey.Registration, BeganAt: start, Browser: []byte("browser"),
		Options: []byte(`{"pubKeyCredParams":[{"alg":-7},{"alg":-257}]}`),
	}
	begun = passkey.Entry{Ceremony: ceremony, State: passkey.Running, From: passkey.From{UserAgent: "a browser"}}
)

func TestARecordKnowsWhatWasOffered(t *testing.T) {
	r := recorded(t, begun)
	if len(r.Algorithms) != 2 || r.Algorithms[1] != -257 || string(r.Browser) != "browser" || r.State != tape.Running {
		t.Errorf("%+v", r)
	}
}

func TestARefusalSaysItsCauseBesideWhatThePageWasTold(t *testing.T) {
	f := fault.New(fault.Invalid, "BAD", "It is refused.", "Try again.").Because(errors.New("the flag UV is not set"))
	r := recorded(t, begun, passkey.Entry{Ceremony: ceremony, State: passkey.Rejected, Fault: f, Credential: []byte(`{}`), EndedAt: start})
	if r.Said != "It is refused." || r.Cause != "It is refused. The flag UV is not set." || r.Fix != "Try again." || r.Fault != "BAD" {
		t.Errorf("%+v", r)
	}
}

func TestAnAbandonedCeremonyKeepsWhoBeganIt(t *testing.T) {
	r := recorded(t, begun, passkey.Entry{Ceremony: ceremony, State: passkey.Abandoned, EndedAt: start.Add(time.Minute)})
	if r.UserAgent != "a browser" || r.State != tape.Abandoned || !r.EndedAt.Equal(start.Add(time.Minute)) || r.Cause != "" {
		t.Errorf("by time: %+v", r)
	}
	r = recorded(t, begun, passkey.Entry{Ceremony: ceremony, State: passkey.Abandoned, EndedAt: start, Credential: []byte(`{}`)})
	if r.State != tape.Abandoned || r.Cause == "" || r.Fix == "" {
		t.Errorf("by its page: %+v", r)
	}
}

func TestAnAnswerToNoCeremonyBelongsToItsSender(t *testing.T) {
	c := ceremony
	c.ID, c.Browser = "", nil
	r := recorded(t, passkey.Entry{Ceremony: c, State: passkey.Rejected, From: passkey.From{Browser: []byte("sender")}})
	if string(r.Browser) != "sender" {
		t.Errorf("it belongs to %q", r.Browser)
	}
}
