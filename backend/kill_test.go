package backend_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sting/backend"
	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/identity"
	"sting/backend/labtest"
)

// THREATS F37: a kill in the first start, in an import, a restore or a reset leaves
// what was before or what comes after. STING_KILLS says how often each is killed;
// STING_KILL_LAB makes this program the lab that is killed, at what it names.

const crowd = 300 // people of the file that is imported

// liveUntilKilled runs a lab and does one thing again and again.
func liveUntilKilled(home, what string) error {
	lab := backend.New(labOptions(home))
	ended := make(chan error, 1)
	go func() { ended <- lab.Run(context.Background()) }() // it ends by being killed
	select {
	case err := <-ended:
		return err
	case <-lab.Ready():
	}
	raw, err := os.ReadFile(filepath.Join(home, "crowd.json"))
	if err != nil && what == "import" {
		return err
	}
	fmt.Println("begin")
	for err == nil || what == "start" {
		err = act(lab.Door(), what, raw)
		fmt.Println("done")
		if what == "start" {
			select {}
		}
	}
	return err
}

func act(door admin.Door, what string, raw json.RawMessage) (err error) {
	ctx := context.Background()
	switch what {
	case "import":
		if _, err = door.Import(ctx, raw); err == nil {
			_, err = door.RestoreSnapshot(ctx, "one")
		}
	case "restore":
		if _, err = door.RestoreSnapshot(ctx, "one"); err == nil {
			_, err = door.RestoreSnapshot(ctx, "many")
		}
	case "reset":
		_, err = door.Reset(ctx, api.ResetRequest{CA: true})
		if err == nil {
			select {} // a second one would find nothing
		}
	}
	return err
}

func labOptions(home string) backend.Options {
	return labtest.Cheap(backend.Options{
		Home: home, Pages: labtest.Pages(), Version: "test",
		Help: func(code string) (api.HelpEntry, bool) { return api.HelpEntry{Code: code}, true },
	})
}

func kills(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("STING_KILLS"))
	if err != nil {
		return 2
	}
	return n
}

// killedAt runs a lab with the home folder, kills it at a random moment within the
// time behind the line that it says, and returns how long it took to say the next.
func killedAt(t *testing.T, home, what, behind string, within time.Duration) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "STING_KILL_LAB="+what, "STING_KILL_LAB_HOME="+home)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	for line := ""; behind != "" && line != behind; line = strings.TrimSpace(line) {
		if line, err = lines.ReadString('\n'); err != nil {
			t.Fatalf("%s: the lab ended by itself: %v", what, err)
		}
	}
	<-time.After(rand.N(within))
	if err := cmd.Process.Kill(); err != nil {
		t.Fatalf("%s: the lab ended by itself: %v", what, err)
	}
	_ = cmd.Wait() // it was killed, and says so
}

// seen is what a lab that starts with a home folder finds there.
type seen struct{ users, records int }

// nextStart starts the lab again and looks. It fails where something was left
// unfinished, or taken for damage.
func nextStart(t *testing.T, home, what string) (s seen) {
	t.Helper()
	lab := backend.New(labOptions(home))
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- lab.Run(ctx) }()
	defer end()
	select {
	case err := <-ended:
		t.Fatalf("%s: the next start: %v", what, err)
	case <-lab.Ready():
	}
	status, err := lab.Door().Status(ctx)
	if err != nil {
		t.Fatal(err)
	}
	ceremonies, err := lab.Door().Ceremonies(ctx, api.CeremonyQuery{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	end()
	if err := <-ended; err != nil {
		t.Errorf("%s: the lab ended with: %v", what, err)
	}
	wellLeft(t, home, what)
	return seen{users: status.Users, records: len(ceremonies.Items)}
}

func wellLeft(t *testing.T, home, what string) {
	t.Helper()
	err := filepath.WalkDir(home, func(path string, e os.DirEntry, err error) error {
		name := filepath.Base(path)
		if strings.Contains(name, ".part") || strings.Contains(name, "damaged") || name == "sting.reset" || strings.HasPrefix(name, ".writing-") {
			t.Errorf("%s: the next start left %s", what, path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// base makes a home with one person who has a record, a snapshot "one" of that, and
// a snapshot "many" with a crowd. It is what the lab has at its end.
func base(t *testing.T) string {
	t.Helper()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	steps := func(errs ...error) {
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	_, err := lab.SaveSnapshot(t.Context(), "one")
	steps(err)
	_, err = lab.Import(t.Context(), aCrowd(t))
	steps(err)
	_, err = lab.SaveSnapshot(t.Context(), "many")
	steps(err)
	_, err = lab.RestoreSnapshot(t.Context(), "one")
	steps(err, os.WriteFile(filepath.Join(lab.Home, "crowd.json"), aCrowd(t), 0o600))
	lab.Stop()
	return lab.Home
}

var crowdNow = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func aCrowd(t *testing.T) json.RawMessage {
	t.Helper()
	people := make([]identity.Identity, 0, crowd)
	for n := range crowd {
		email := fmt.Sprintf("p%d@example.org", n)
		i := identity.New(crowdNow, "default", json.RawMessage(`{"email":"`+email+`"}`), email)
		i.Addresses = []identity.Address{{
			ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", n), Value: email, Via: "email", Verify: true, Recover: true, Status: "pending",
			CreatedAt: crowdNow, UpdatedAt: crowdNow,
		}}
		people = append(people, i)
	}
	raw, err := json.Marshal(map[string]any{
		"format": "sting-export/1", "version": "test", "taken_at": "", "identities": people, "credentials": []any{}, "sessions": []any{},
	})
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func copied(t *testing.T, home string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "home")
	if err := os.CopyFS(to, os.DirFS(home)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(to, "ports.json")); err != nil { // labs that run at once need ports of their own
		t.Fatal(err)
	}
	return to
}

func TestAKillLeavesWhatWasBeforeOrWhatComesAfter(t *testing.T) {
	home := base(t)
	for what, c := range map[string]struct {
		within time.Duration
		want   map[seen]bool
	}{
		"import":  {400 * time.Millisecond, map[seen]bool{{users: 1, records: 1}: true, {users: 1 + crowd, records: 1}: true}},
		"restore": {time.Second, map[seen]bool{{users: 1, records: 1}: true, {users: 1 + crowd, records: 1}: true}},
		"reset":   {150 * time.Millisecond, map[seen]bool{{users: 1, records: 1}: true, {}: true}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			count := map[seen]int{}
			for range kills(t) {
				at := copied(t, home)
				before, err := os.ReadFile(filepath.Join(at, "ca", "ca.pem"))
				if err != nil {
					t.Fatal(err)
				}
				killedAt(t, at, what, "begin", c.within)
				got := nextStart(t, at, what)
				count[got]++
				if !c.want[got] {
					t.Errorf("the next start has %+v: neither what was before nor what comes after", got)
				}
				after, err := os.ReadFile(filepath.Join(at, "ca", "ca.pem"))
				if err != nil || got.users == 0 && string(after) == string(before) {
					t.Errorf("the data is gone, and the authority that was to be replaced is there, %v", err)
				}
			}
			t.Logf("%s: %v", what, count)
		})
	}
}

func TestAKillInTheFirstStartLeavesAHomeThatStarts(t *testing.T) {
	t.Parallel()
	for range kills(t) {
		home := filepath.Join(t.TempDir(), "home")
		if err := os.MkdirAll(home, 0o700); err != nil {
			t.Fatal(err)
		}
		ports := []byte("ports: {site: 0, kratos_public: 0, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: 0}\n")
		if err := os.WriteFile(filepath.Join(home, "sting.yml"), ports, 0o600); err != nil {
			t.Fatal(err)
		}
		killedAt(t, home, "start", "", 400*time.Millisecond)
		if got := nextStart(t, home, "the first start"); got != (seen{}) {
			t.Errorf("there is something in it: %+v", got)
		}
	}
}
