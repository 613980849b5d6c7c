package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/backend/admin"
)

func TestTheTypeScriptIsThatOfTheTypesAndTheTable(t *testing.T) {
	files, err := generated("../..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		have, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(have)); diff != "" {
			t.Errorf("%s is stale (+ is the file); write it anew with build/bindings:\n%s", name, diff)
		}
	}
}

func TestAVerbIsAFunctionOfWhatItNeeds(t *testing.T) {
	got := verbs([]admin.Spec{
		admin.Clock.Spec, admin.Users.Spec, admin.RenamePasskey.Spec, admin.EndSession.Spec, admin.FollowLogs.Spec, admin.Explain.Spec,
	})
	for _, want := range []string{
		`clock: () => ask<Answers["Clock"]>("Clock", {}),`,
		`users: (asked: Partial<Query>) => ask<Answers["Users"]>("Users", asked),`,
		`renamePasskey: (asked: Partial<RenamePasskey> & Pick<RenamePasskey, "id">) => ask<Answers["RenamePasskey"]>("RenamePasskey", asked),`,
		`endSession: (asked: ID) => ask<Answers["EndSession"]>("EndSession", asked),`,
		`followLogs: (asked: Partial<LogOf>, hear: (item: LogLine) => void) => follow("FollowLogs", asked, hear),`,
		`explain: (asked: string) => ask<Answers["Explain"]>("Explain", asked),`,
		"  Users: Page<Person>\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %q in\n%s", want, got)
		}
	}
}
