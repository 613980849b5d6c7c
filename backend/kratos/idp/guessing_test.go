package idp_test

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sting/backend/kratos/idp"
)

// counting is a store that counts the tries at short codes that were compared.
type counting struct {
	idp.Store
	short atomic.Int64
}

func (c *counting) UseCode(ctx context.Context, flowID string, mac []byte, now time.Time) (idp.Code, error) {
	code, err := c.Store.UseCode(ctx, flowID, mac, now)
	if errors.Is(err, idp.ErrCodeWrong) && !code.Long {
		c.short.Add(1)
	}
	return code, err
}

// guess begins flows for Ada, eight at a time, and tries wrong codes in each.
func guess(l *lab, kind string, flows int) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range flows / 8 {
				app := l.app()
				flow := app.submit(kind, app.begin(kind), map[string]any{"method": "code", "email": "ada@lab.local"})
				for range idp.MaxCodeTries {
					app.submit(kind, flow, map[string]any{"method": "code", "code": "abcdef"}) // no code is that
				}
			}
		})
	}
	wg.Wait()
}

// A short code is one of a million: what is compared is what an attacker wins by.
// Tries at long ones, of a million million, are left out of the bound.
func TestThousandsOfFlowsGiveAFewTriesAtTheCodesOfAnAddress(t *testing.T) {
	l, _ := withMails(t)
	l.app().register("ada@lab.local")
	tries := &counting{Store: l.p.Store}
	l.p.Store = tries
	guess(l, "recovery", 800)
	guess(l, "verification", 800) // both count together
	if got := tries.short.Load(); got != idp.MaxGuesses {
		t.Errorf("of 8,000 tries in 1,600 flows %d were compared with short codes, want %d", got, idp.MaxGuesses)
	}
	l.clock.Move(idp.GuessWindow)
	guess(l, "recovery", 80)
	if got := tries.short.Load(); got != 2*idp.MaxGuesses {
		t.Errorf("%d in two days, want %d", got, 2*idp.MaxGuesses)
	}
}

var anyDigits = regexp.MustCompile(`(?m)^\d{6,}$`)

// digits are the codes of all mails.
func (l *letters) digits() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for _, m := range l.mails {
		out = append(out, anyDigits.FindString(m.Text))
	}
	return out
}

func TestTheOwnerRecoversDuringTheFloodAndAfterIt(t *testing.T) {
	l, box := withMails(t)
	l.app().register("ada@lab.local")
	early := l.app()
	before := early.recovery("ada@lab.local")
	short := box.code(t)
	guess(l, "recovery", 40)

	r := early.submit("recovery", before, map[string]any{"method": "code", "code": short})
	if r.status != 400 || !strings.Contains(r.raw, "too often") {
		t.Fatalf("a short code from before the flood: %d %s", r.status, r.raw)
	}
	for _, when := range []string{"during", "after"} {
		owner := l.app()
		flow := owner.recovery("ada@lab.local")
		codes := box.digits()
		code := codes[len(codes)-1]
		if len(code) != 12 || at(flow.node("code"), "attributes", "maxlength") != float64(12) {
			t.Errorf("%s the flood the code has %d digits, the form takes %v", when, len(code), at(flow.node("code"), "attributes", "maxlength"))
		}
		if when == "during" {
			guess(l, "recovery", 40)
		}
		if r := owner.submit("recovery", flow, map[string]any{"method": "code", "code": code}); str(r.body, "state") != "passed_challenge" {
			t.Errorf("%s the flood: %d %s", when, r.status, r.raw)
		}
	}
	l.clock.Move(idp.GuessWindow)
	l.app().recovery("ada@lab.local")
	if codes := box.digits(); len(codes[len(codes)-1]) != 6 {
		t.Errorf("a day later the code is %s", codes[len(codes)-1])
	}
}

func TestGuessingTellsNobodyWhoHasAnAccount(t *testing.T) {
	l, _ := withMails(t)
	l.app().register("ada@lab.local")
	var shown [][]any
	for _, email := range []string{"ada@lab.local", "bob@lab.local"} {
		var seen []any
		for range 6 {
			app := l.app()
			flow := app.recovery(email)
			seen = append(seen, at(flow.node("code"), "attributes", "maxlength"))
			for range idp.MaxCodeTries + 1 {
				r := app.submit("recovery", flow, map[string]any{"method": "code", "code": "abcdef"})
				seen = append(seen, r.status, r.said(), strings.Contains(r.raw, "too often"))
			}
		}
		shown = append(shown, seen)
	}
	if diff := cmp.Diff(shown[0], shown[1]); diff != "" {
		t.Errorf("-known +unknown:\n%s", diff)
	}
}

// An administrator's codes go to no address: they count for the account.
func TestAnAdministratorsCodeIsBoundedToo(t *testing.T) {
	l := newLab(t)
	l.admin = l.p.Admin()
	id := str(l.app().register("ada@lab.local").body, "identity", "id")
	make := func() (string, string) {
		made := l.app().do("POST", "/admin/recovery/code", map[string]any{"identity_id": id, "flow_type": "api"})
		_, flow, _ := strings.Cut(str(made.body, "recovery_link"), "?flow=")
		return str(made.body, "recovery_code"), flow
	}
	try := func(flow, code string) reply {
		return l.app().do("POST", "/self-service/recovery?flow="+flow, map[string]any{"method": "code", "code": code})
	}
	for range 10 {
		_, flow := make()
		for range idp.MaxCodeTries {
			try(flow, "abcdef")
		}
	}
	code, flow := make()
	if len(code) != 12 {
		t.Fatalf("after fifty wrong tries the code is %s", code)
	}
	if r := try(flow, code); str(r.body, "state") != "passed_challenge" {
		t.Errorf("%d %s", r.status, r.raw)
	}
}
