package inspect_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"sting/backend/api"
	"sting/backend/inspect"
)

// skippedForAll lists the steps that no vector can exercise, and why.
func skippedForAll() map[string]string {
	return map[string]string{
		"7.1.1":  "before the ceremony: no vector holds the options",
		"7.1.2":  "in the browser: every vector holds an answer",
		"7.1.18": "a policy on backup eligibility is the relying party's own, and the lab has none",
		"7.1.19": "a policy on the backup state is the relying party's own, and the lab has none",
		"7.1.26": "no vector holds the credentials that are registered already",
		"7.2.1":  "before the ceremony: no vector holds the options",
		"7.2.2":  "in the browser: every vector holds an answer",
		"7.2.5":  "no vector holds the options, and so no list of allowed credentials",
	}
}

func TestStepsSkippedForAllVectorsAreListed(t *testing.T) {
	judged := map[string]bool{}
	known := map[string]bool{}
	for _, v := range allVectors(t) {
		for _, s := range explain(t, v.encode(t)).Steps {
			known[s.ID] = true
			judged[s.ID] = judged[s.ID] || s.Verdict != inspect.Skipped
		}
	}
	listed := skippedForAll()
	for id := range known {
		if _, ok := listed[id]; ok == judged[id] {
			t.Errorf("step %s: judged for some vector: %v, listed as skipped for all: %v", id, judged[id], ok)
		}
	}
	for id := range listed {
		if !known[id] {
			t.Errorf("there is no step %s", id)
		}
	}
}

func TestStepsStandInTheOrderOfTheSpecification(t *testing.T) {
	want := map[string][2]string{
		"registration": {"7.1.1 7.1.2 7.1.3 encoding 7.1.4 7.1.5 7.1.6 7.1.7 7.1.8 7.1.9 7.1.10 7.1.11 7.1.12 7.1.13 7.1.14 7.1.15 7.1.16 " +
			"7.1.17 7.1.18 7.1.19 7.1.20 key 7.1.21 7.1.22 7.1.23 7.1.24 7.1.25 7.1.26 7.1.27 7.1.28 7.1.29", "none.ES256 registration"},
		"authentication": {"7.2.1 7.2.2 7.2.3 encoding 7.2.4 7.2.5 7.2.6 7.2.7 7.2.8 7.2.9 7.2.10 7.2.11 7.2.12 7.2.13 7.2.14 7.2.15 7.2.16 " +
			"7.2.17 7.2.18 7.2.19 7.2.20 7.2.21 7.2.22 7.2.23 7.2.24 7.2.25", "none.ES256 authentication"},
	}
	for kind, w := range want {
		x := explain(t, newSpecimenFile(t, w[1]))
		var got []string
		for _, s := range x.Steps {
			got = append(got, s.ID)
			if s.Title == "" {
				t.Errorf("step %s has no title", s.ID)
			}
		}
		if strings.Join(got, " ") != w[0] {
			t.Errorf("%s: got %v", kind, got)
		}
	}
}

func newSpecimenFile(t testing.TB, name string) []byte {
	t.Helper()
	s := newSpecimen(t, name)
	return vector{file: s.file}.encode(t)
}

// A rejection at the beginning must not hide what is wrong further down.
func TestAfterTheFirstFailureTheOthersStillRun(t *testing.T) {
	s := newSpecimen(t, "packed.ES256 registration")
	s.file["challenge"], s.file["origins"], s.file["user_verification"] = "AAAAAAAAAAAAAAAAAAAAAA", []string{"https://other.example"},
		"required"
	s.client("false", "true")
	x := explain(t, vector{file: s.file}.encode(t))
	got := map[string]api.Verdict{}
	for _, id := range []string{"7.1.8", "7.1.9", "7.1.10", "7.1.14", "7.1.20", "key", "7.1.22", "7.1.25"} {
		step, _ := x.Step(id)
		got[id] = step.Verdict
	}
	want := map[string]api.Verdict{
		"7.1.8": inspect.Failed, "7.1.9": inspect.Failed, "7.1.10": inspect.Failed, "7.1.14": inspect.Passed,
		"7.1.20": inspect.Passed, "key": inspect.Passed, "7.1.22": inspect.Failed, "7.1.25": inspect.Passed,
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if x.Fault != "CHALLENGE_MISMATCH" {
		t.Errorf("the first in the order decides, got %s", x.Fault)
	}
}

// Every failed step of every vector says what was expected to be otherwise.
func TestAFailedStepHasACauseAndAFix(t *testing.T) {
	for _, v := range allVectors(t) {
		for _, s := range explain(t, v.encode(t)).Steps {
			if s.Verdict == inspect.Failed && (s.Cause == "" || s.Fix == "" || s.Fault == "") {
				t.Errorf("%s, step %s: cause %q, fix %q, fault %q", v.name, s.ID, s.Cause, s.Fix, s.Fault)
			}
			if s.Verdict == inspect.Skipped && s.Note == "" {
				t.Errorf("%s, step %s is skipped and does not say why", v.name, s.ID)
			}
			if !slices.Contains([]api.Verdict{inspect.Passed, inspect.Failed, inspect.Warning, inspect.Skipped}, s.Verdict) {
				t.Errorf("%s, step %s: %q", v.name, s.ID, s.Verdict)
			}
		}
	}
}
