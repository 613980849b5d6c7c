package store_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/session"
	"sting/backend/store"
	"sting/backend/store/storetest"
)

// THREATS F01: kill -9 loses nothing that was acknowledged and leaves nothing
// half applied. STING_KILLS says how often; STING_KILL_HOME makes this program
// the one that is killed.

func TestMain(m *testing.M) {
	if home := os.Getenv("STING_DAMAGE_HOME"); home != "" {
		if err := useDamaged(home); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if home := os.Getenv("STING_MIGRATE_HOME"); home != "" {
		fmt.Println("begins")
		if _, err := store.MigrateSlowly(filepath.Join(home, "sting.db"), 1<<20); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if home := os.Getenv("STING_KILL_HOME"); home != "" {
		if err := writeUntilKilled(home); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// writers is how many write at once, so that they share transactions.
const writers = 4

// writeUntilKilled writes with fsync, as the program does, and says each thing
// on stdout once the store has acknowledged it.
func writeUntilKilled(home string) error {
	s, err := store.Open(home, store.Options{})
	if err != nil {
		return err
	}
	var said sync.Mutex
	say := func(words ...string) {
		said.Lock()
		defer said.Unlock()
		fmt.Println(strings.Join(words, " "))
	}
	errs := make(chan error)
	for w := range writers {
		go func() {
			for i := 0; ; i++ {
				if err := writeOnce(s, fmt.Sprintf("%d-%d-%d", os.Getpid(), w, i), say); err != nil {
					errs <- err
					return
				}
			}
		}()
	}
	return <-errs
}

func writeOnce(s *store.Store, name string, say func(...string)) error {
	ctx := context.Background() // it ends by being killed
	p := identity.New(start(), "default", nil, name)
	if err := s.CreateIdentity(ctx, p); err != nil {
		return err
	}
	say("person", name, string(p.ID))
	c := newCredential(p)
	if err := s.AddCredential(ctx, c); err != nil {
		return err
	}
	say("passkey", c.ID)
	for n := uint32(1); n <= 3; n++ {
		v, _ := newSession(p.ID)
		_, err := s.Grant(ctx, c.ID, func(c *passkey.Credential) error {
			c.SignCount, c.Name = n, string(v.ID)
			return nil
		}, v)
		if err != nil {
			return err
		}
		say("grant", c.ID, fmt.Sprint(n), string(v.ID), base64.RawURLEncoding.EncodeToString(v.PasskeyToken))
	}
	if err := s.PutCeremony(ctx, ceremony(name, name, 0)); err != nil {
		return err
	}
	say("ceremony", name)
	return nil
}

func TestKillLosesNothingThatWasAcknowledged(t *testing.T) {
	kills := 3
	if text := os.Getenv("STING_KILLS"); text != "" {
		n, err := strconv.Atoi(text)
		must(t, err)
		kills = n
	}
	home := t.TempDir()
	var acknowledged []string
	for range kills {
		acknowledged = append(acknowledged, killed(t, home, 50+rand.IntN(300))...)
		s, done := storetest.Open(t, home) // checks the files when it closes
		for _, line := range acknowledged {
			if err := remembered(t, s, strings.Fields(line)); err != nil {
				t.Errorf("%q was acknowledged and is lost: %v", line, err)
			}
		}
		wholeGrants(t, s)
		done()
	}
	t.Logf("%d kills, %d acknowledged writes", kills, len(acknowledged))
}

// killed runs a writer, kills it after that many acknowledgements, and returns
// all that it had said.
func killed(t *testing.T, home string, after int) (lines []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "STING_KILL_HOME="+home)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	r := bufio.NewReader(out)
	for {
		line, err := r.ReadString('\n')
		if errors.Is(err, io.EOF) {
			break // what stands behind the last line break was never acknowledged
		}
		must(t, err)
		if lines = append(lines, strings.TrimSpace(line)); len(lines) == after {
			must(t, cmd.Process.Kill())
		}
	}
	_ = cmd.Wait() // it was killed, and says so
	if len(lines) < after {
		t.Fatalf("the writer ended by itself after %d lines", len(lines))
	}
	return lines
}

func remembered(t *testing.T, s *store.Store, f []string) error {
	t.Helper()
	ctx := t.Context()
	switch f[0] {
	case "person":
		p, err := s.IdentityByIdentifier(ctx, f[1])
		if err == nil && string(p.ID) != f[2] {
			return fmt.Errorf("the address leads to %s", p.ID)
		}
		return err
	case "passkey":
		_, err := s.Credential(ctx, f[1])
		return err
	case "grant":
		hash, err := base64.RawURLEncoding.DecodeString(f[4])
		must(t, err)
		v, err := s.SessionByToken(ctx, session.KindPasskey, hash)
		if err != nil || string(v.ID) != f[3] {
			return fmt.Errorf("session %s: %w", v.ID, err)
		}
		c, err := s.Credential(ctx, f[1])
		if err == nil && fmt.Sprint(c.SignCount) < f[2] {
			return fmt.Errorf("the counter is %d", c.SignCount)
		}
		return err
	case "ceremony":
		_, err := s.CeremonyByChallenge(ctx, []byte(f[1]), "challenge of "+f[1])
		return err
	}
	return errors.New("the writer says nothing like that")
}

// wholeGrants fails the test where a credential tells of a session that is not
// there: the two are one commit.
func wholeGrants(t *testing.T, s *store.Store) {
	t.Helper()
	list, err := s.Credentials(t.Context(), "", 1<<20)
	must(t, err)
	for _, c := range list {
		sessions, err := s.SessionsOf(t.Context(), c.IdentityID)
		must(t, err)
		if len(sessions) != int(c.SignCount) {
			t.Errorf("counter %d and %d sessions: half a grant", c.SignCount, len(sessions))
		}
	}
}
