package window_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"sting/app/window"
	"sting/backend/admin"
	"sting/backend/admin/admintest"
	"sting/backend/api"
	"sting/backend/fault"
)

var errTaken = fault.New(fault.Conflict, "PORT_TAKEN", "The port is taken.", "Take another.")

// open begins a window on what start finds, and ends it with the test.
func open(t *testing.T, start window.Start) (*window.Window, window.Page) {
	t.Helper()
	page := window.Page{Heard: make(chan string, 64)}
	w := window.New(start, explain, slog.New(slog.DiscardHandler))
	w.Begin(t.Context(), page)
	t.Cleanup(w.End)
	return w, page
}

// explain knows one code.
func explain(code string) (api.HelpEntry, bool) {
	return api.HelpEntry{Code: code, Title: "A port is taken."}, code == "PORT_TAKEN"
}

func attachedTo(door *admintest.Door) window.Start {
	return func(context.Context) (window.Lab, error) { return window.Lab{Door: door.Door(), Attached: true}, nil }
}

func hears(t *testing.T, page window.Page, want string) {
	t.Helper()
	if got := <-page.Heard; !strings.HasPrefix(got, want) {
		t.Fatalf("the page heard\n%s\nwant\n%s", got, want)
	}
}

func TestBuildingAWindowStartsNothing(t *testing.T) {
	w := window.New(func(context.Context) (window.Lab, error) {
		t.Error("the lab was started")
		return window.Lab{}, nil
	}, explain, slog.New(slog.DiscardHandler))
	w.Bridge()
	w.End()
}

func TestAPanelBeforeTheLabRunsIsToldSo(t *testing.T) {
	w, _ := open(t, func(ctx context.Context) (window.Lab, error) {
		<-ctx.Done()
		return window.Lab{}, ctx.Err()
	})
	if _, err := w.Bridge().Ask("Sessions", ""); !errors.Is(err, window.ErrNotRunning) {
		t.Errorf("got %v, want LAB_NOT_RUNNING", err)
	}
	if got := w.Bridge().State().Phase; got != window.Starting {
		t.Errorf("phase is %q, want starting", got)
	}
}

func TestAStartThatFailsIsAStateAndCanBeTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		w, page := open(t, func(context.Context) (window.Lab, error) {
			if tries++; tries == 1 {
				return window.Lab{}, errTaken.Because(errors.New("bind: in use"))
			}
			return window.Lab{Door: (&admintest.Door{}).Door()}, nil
		})
		home := w.Bridge()
		hears(t, page, `window {"phase":"failed","attached":false,"error":{"error":"The port is taken.","error_code":"PORT_TAKEN",`+
			`"hint":"Take another."`)
		home.Start()
		hears(t, page, `window {"phase":"starting"`)
		hears(t, page, `window {"phase":"running"`)
		home.Start()
		synctest.Wait()
		if tries != 2 {
			t.Errorf("a running lab was started again")
		}
	})
}

func TestTheNewsOfTheLabReachThePage(t *testing.T) {
	door := &admintest.Door{News: make(chan api.Event)}
	_, page := open(t, attachedTo(door))
	hears(t, page, `window {"phase":"running","attached":true,"error":null}`)
	door.News <- api.Event{Topic: "sessions", ID: "s1", What: "created"}
	hears(t, page, `lab {"topic":"sessions","id":"s1","what":"created"}`)
}

// brittle is a lab whose events break off while it goes on answering.
type brittle struct {
	*admintest.Door
	streams chan struct{} // one for each stream that holds
}

func (b brittle) Follow(ctx context.Context, _ admin.Spec, _ any, _ func(any)) error {
	select {
	case b.streams <- struct{}{}:
		return errors.New("connection reset")
	case <-ctx.Done():
		return nil
	}
}

func TestAStreamThatBreaksIsTakenUpAgainAndTheGapIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := brittle{&admintest.Door{}, make(chan struct{})}
		_, page := open(t, func(context.Context) (window.Lab, error) {
			return window.Lab{Door: admin.Door{Caller: b}, Attached: true}, nil
		})
		hears(t, page, `window {"phase":"running"`)
		for range 2 {
			<-b.streams
			hears(t, page, `lab {"topic":"missed"`)
		}
	})
}

func TestALabThatStopsElsewhereIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		door := &admintest.Door{News: make(chan api.Event), Fails: map[string]error{}}
		w, page := open(t, attachedTo(door))
		hears(t, page, `window {"phase":"running"`)
		door.Fail("Status", fault.ErrInternal)
		door.Fail("Events", fault.ErrInternal)
		close(door.News)
		hears(t, page, `window {"phase":"ended","attached":true,"error":{"error":"The lab has stopped.","error_code":"LAB_ENDED"`)
		if _, err := w.Bridge().Ask("Status", ""); !errors.Is(err, window.ErrNotRunning) {
			t.Errorf("a panel of an ended lab got %v, want LAB_NOT_RUNNING", err)
		}
	})
}

func TestALabOfOurOwnThatFailsSaysWhy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		done := make(chan error, 1)
		_, page := open(t, func(context.Context) (window.Lab, error) {
			return window.Lab{Door: (&admintest.Door{}).Door(), Done: done}, nil
		})
		hears(t, page, `window {"phase":"running","attached":false`)
		done <- errTaken
		hears(t, page, `window {"phase":"ended","attached":false,"error":{"error":"The port is taken."`)
	})
}

func TestClosingTheWindowWaitsForTheLabThatItStarted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := false
		w, page := open(t, func(ctx context.Context) (window.Lab, error) {
			done := make(chan error, 1)
			go func() {
				<-ctx.Done()
				time.Sleep(2 * time.Second) // of the test's own clock: what a lab takes to close its files
				ended = true
				done <- nil
			}()
			return window.Lab{Door: (&admintest.Door{}).Door(), Done: done}, nil
		})
		hears(t, page, `window {"phase":"running"`)
		w.End()
		if !ended {
			t.Error("the window closed before its lab had ended")
		}
		if len(page.Heard) != 0 {
			t.Errorf("a page that is closed was told %s", <-page.Heard)
		}
	})
}

func TestTheHelpOnACodeNeedsNoLab(t *testing.T) {
	w, page := open(t, func(context.Context) (window.Lab, error) { return window.Lab{}, errTaken })
	hears(t, page, `window {"phase":"failed"`)
	home := w.Bridge()
	if got, err := home.Help("PORT_TAKEN"); err != nil || got.Title != "A port is taken." {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := home.Help("NO_SUCH_CODE"); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("got %v, want NOT_FOUND", err)
	}
}

func TestARecordIsExportedWhereThePersonSays(t *testing.T) {
	door := admin.Door{Caller: recorded{&admintest.Door{Tape: []api.CeremonySummary{{ID: "c1"}}}}}
	path := filepath.Join(t.TempDir(), "c1.json")
	w := window.New(func(context.Context) (window.Lab, error) {
		return window.Lab{Door: door, Attached: true}, nil
	}, explain, slog.New(slog.DiscardHandler))
	page := window.Page{Heard: make(chan string, 64), Save: path}
	w.Begin(t.Context(), page)
	t.Cleanup(w.End)
	hears(t, page, "window")
	if got, err := w.Bridge().ExportCeremony("c1"); err != nil || got != path {
		t.Fatalf("got %q, %v", got, err)
	}
	got, err := os.ReadFile(path)
	if diff := cmp.Diff("{\n  \"kind\": \"registration\"\n}\n", string(got)); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestAFileIsImportedOnceItCanBeOne(t *testing.T) {
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "good.json"), filepath.Join(dir, "bad.json")
	for path, text := range map[string]string{good: `{"format":"sting-export/1"}`, bad: `{"format":`} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name, pick string
		want       error
		asked      bool
	}{
		{"a file", good, nil, true},
		{"no JSON", bad, window.ErrNotJSON, false},
		{"no file", filepath.Join(dir, "absent.json"), window.ErrNotRead, false},
		{"a mind that changed", "", nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			door := &admintest.Door{}
			w := window.New(attachedTo(door), explain, slog.New(slog.DiscardHandler))
			page := window.Page{Heard: make(chan string, 64), Pick: c.pick}
			w.Begin(t.Context(), page)
			t.Cleanup(w.End)
			hears(t, page, "window")
			if _, err := w.Bridge().ImportData(); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			asked := slices.ContainsFunc(door.Calls(), func(call string) bool { return strings.HasPrefix(call, "Import") })
			if asked != c.asked {
				t.Errorf("the lab was asked for %q", door.Calls())
			}
		})
	}
}

// recorded is a lab whose ceremonies have a record.
type recorded struct{ *admintest.Door }

func (d recorded) Call(ctx context.Context, v admin.Spec, in any) (any, error) {
	out, err := d.Door.Call(ctx, v, in)
	if c, ok := out.(api.Ceremony); ok {
		c.Record = json.RawMessage(`{"kind":"registration"}`)
		return c, err
	}
	return out, err
}

func TestAFailureReachesThePanelAsTextWithoutItsCause(t *testing.T) {
	got := window.Wired(errTaken.Because(errors.New("secret")))
	want := `{"error":"The port is taken.","error_code":"PORT_TAKEN","hint":"Take another.","request_id":"","ceremony_id":"",` +
		`"help":"/help/PORT_TAKEN"}`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := window.Describe(errors.New("secret")); got.ErrorCode != "INTERNAL" || strings.Contains(got.Error+got.Hint, "secret") {
		t.Errorf("an error that is no fault was shown as %+v", got)
	}
}

func TestWhereThereIsNoDisplayThatIsSaid(t *testing.T) {
	for _, c := range []struct {
		claim, goos string
		env         map[string]string
		want        error
	}{
		{"Linux without a display", "linux", nil, window.ErrNoDisplay},
		{"Windows needs no variable", "windows", nil, nil},
		{"macOS needs no variable", "darwin", nil, nil},
	} {
		t.Run(c.claim, func(t *testing.T) {
			if got := window.CheckDisplay(c.goos, func(name string) string { return c.env[name] }); !errors.Is(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}
