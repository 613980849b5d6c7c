package health_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sting/backend/fault"
	"sting/backend/health"
)

func check(id string, r health.Result, needs ...string) health.Check {
	return health.Check{ID: id, Title: id + " is well", Needs: needs, Run: func(context.Context) health.Result { return r }}
}

func verdicts(list []health.Finding) string {
	var out []string
	for _, f := range list {
		out = append(out, f.ID+" "+string(f.Verdict))
	}
	return strings.Join(out, ", ")
}

var broken = health.Result{Verdict: health.Failed, Cause: "it is broken", Fix: "mend it"}

func TestOneCauseShowsAsOneFailure(t *testing.T) {
	list := health.Examine(t.Context(), []health.Check{
		check("C", health.Pass(), "B"), check("B", health.Pass(), "A"), check("A", broken), check("D", health.Pass("seen")),
	}, time.Now, nil)
	if got, want := verdicts(list), "C skipped, B skipped, A failed, D ok"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if list[1].Cause != "needs A, which failed" || list[0].Cause != "needs B, which was skipped" {
		t.Errorf("the reasons are %q and %q", list[1].Cause, list[0].Cause)
	}
}

func TestAWarningHidesNothing(t *testing.T) {
	list := health.Examine(t.Context(), []health.Check{
		check("A", health.Result{Verdict: health.Warning}), check("B", broken, "A"),
	}, time.Now, nil)
	if got, want := verdicts(list), "A warning, B failed"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestASlowCheckIsSkippedAndTheOthersAreNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		list := health.Examine(t.Context(), []health.Check{
			{ID: "slow", Run: func(ctx context.Context) health.Result { <-ctx.Done(); return broken }},
			check("quick", health.Pass()),
		}, time.Now, nil)
		if got, want := verdicts(list), "slow skipped, quick ok"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if !strings.HasPrefix(list[0].Cause, "too slow") || time.Since(began) != 2*time.Second {
			t.Errorf("%q after %v", list[0].Cause, time.Since(began))
		}
	})
}

func TestACheckThatIsTooSlowHasEndedBeforeTheExaminationDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := false
		health.Examine(t.Context(), []health.Check{{ID: "slow", Run: func(ctx context.Context) health.Result {
			<-ctx.Done()
			time.Sleep(time.Second) // to clean up
			ended = true
			return broken
		}}}, time.Now, nil)
		if !ended {
			t.Error("the check still runs, with what it shares with the others")
		}
	})
}

func TestEachFindingIsHeardAsItComes(t *testing.T) {
	heard := 0
	health.Examine(t.Context(), []health.Check{check("A", health.Pass()), check("B", broken)}, time.Now, func(health.Finding) { heard++ })
	if heard != 2 {
		t.Errorf("heard of %d findings, want 2", heard)
	}
}

func TestOneCheckComesWithWhatItNeeds(t *testing.T) {
	all := []health.Check{check("A", broken), check("B", health.Pass(), "A"), check("C", health.Pass(), "B"), check("D", health.Pass())}
	var ids []string
	for _, c := range health.Alone(all, "C") {
		ids = append(ids, c.ID)
	}
	if got := strings.Join(ids, " "); got != "A B C" {
		t.Errorf("got %s, want A B C", got)
	}
	if len(health.Alone(all, "nothing")) != 0 {
		t.Error("an unknown id finds checks")
	}
}

func TestARepairIsDoneOnceAndSeen(t *testing.T) {
	ill, repairs := true, 0
	checks := []health.Check{{
		ID: "A",
		Run: func(context.Context) health.Result {
			if ill {
				return broken
			}
			return health.Pass()
		},
		Fix: func(context.Context) (string, error) { ill = false; repairs++; return "A was mended", nil },
	}, check("B", health.Pass(), "A")}
	before := health.Examine(t.Context(), checks, time.Now, nil)
	if !before[0].Fixable {
		t.Error("the failure isn't said to be fixable")
	}
	changed := health.Mend(t.Context(), checks, before)
	after := health.Examine(t.Context(), checks, time.Now, nil)
	if verdicts(after) != "A ok, B ok" || repairs != 1 || len(changed) != 1 {
		t.Errorf("%s, %d repairs, %v", verdicts(after), repairs, changed)
	}
}

func TestAFaultBecomesAFailureWithItsCommand(t *testing.T) {
	f := fault.New(fault.Unavailable, "CODE", "It ran out.", "Run `sting trust`: it makes another one.").
		Running("sting trust").Because(errors.New("since May"))
	r := health.Blame(f, "looked at the file").Seeing("first")
	if r.Verdict != health.Failed || r.Cause != "It ran out." || r.Command != "sting trust" ||
		strings.Join(r.Evidence, ", ") != "first, looked at the file, since May" {
		t.Errorf("%+v", r)
	}
}
