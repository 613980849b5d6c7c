package store_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	bolt "go.etcd.io/bbolt"

	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/mail"
	"sting/backend/passkey"
	"sting/backend/session"
	"sting/backend/store"
	"sting/backend/store/storetest"
	"sting/backend/tape"
)

// THREATS F08 to F14, F35, F36: one wrong byte, anywhere in a data file. A child
// opens the file, reads everything that was in it, signs everybody in, tries to
// register their addresses again, and writes. It must not end, take more than its
// memory, show a wrong value, or lose one without a word. STING_DAMAGES says how
// often, STING_DAMAGE_SEED repeats a run; every other home is examined behind the back
// of the child, as a large one is; STING_DAMAGE_HOME makes this program the
// child.

// truth is what a home held before it was damaged.
type truth struct {
	People   []identity.Identity
	Passkeys []passkey.Credential
	Sessions []session.Session
	Mails    []mail.Mail
	Records  []tape.Record
}

// spot is a place that can be damaged.
type spot struct {
	file, kind string
	from, to   int64
}

func (s spot) String() string { return s.file + ", " + s.kind }

func TestOneDamagedByteEndsNothingAndLosesNothingInSilence(t *testing.T) {
	n := numberFrom(t, "STING_DAMAGES", 20)
	seed := numberFrom(t, "STING_DAMAGE_SEED", int(rand.Uint32()))
	t.Logf("%d damages, STING_DAMAGE_SEED=%d", n, seed)
	whole := t.TempDir()
	written := furnish(t, whole)
	kinds := spotsOf(t, whole)
	random := rand.New(rand.NewPCG(uint64(seed), 0))
	outcomes := make(map[string]int)
	for i := range n {
		spots := kinds[i/2%len(kinds)]
		s := spots[random.IntN(len(spots))]
		at := s.from + random.Int64N(s.to-s.from)
		flip := byte(1 << random.IntN(8))
		if random.IntN(2) == 0 {
			flip = byte(1 + random.IntN(255))
		}
		name := fmt.Sprintf("%d: %v at %d by %#x", i, s, at, flip)
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			must(t, os.CopyFS(home, os.DirFS(whole)))
			spoil(t, filepath.Join(home, s.file), at, flip)
			outcome := survive(t, home, written, i%2 == 1)
			outcomes[outcome+" ("+s.kind+")"]++
			t.Log(outcome)
		})
	}
	for outcome, n := range outcomes {
		t.Logf("%4d %s", n, outcome)
	}
}

func numberFrom(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	must(t, err)
	return n
}

// furnish fills a home with some of everything, with pages that were given up
// between those in use.
func furnish(t *testing.T, home string) (w truth) {
	s, done := storetest.Open(t, home)
	for i := range 150 {
		p := person(t, s, number(i))
		w.People = append(w.People, p)
		w.Passkeys = append(w.Passkeys, credential(t, s, p))
		v, _, _ := issued(t, s, p)
		w.Sessions = append(w.Sessions, v)
		gone := person(t, s, "gone-"+number(i))
		must(t, s.DeleteIdentity(t.Context(), gone.ID))
	}
	for i := range 40 {
		m := mail.Mail{ID: fmt.Sprintf("mail-%017d", i), Subject: "code"}
		_, err := s.AddMail(t.Context(), m, bytes.Repeat([]byte("source "), 300*(i%4)+1), "text", mail.Bounds{Count: 1000, Bytes: 1 << 30})
		must(t, err)
		r := tape.Record{ID: fmt.Sprintf("record-%017d", i), Kind: "authentication"}
		must(t, s.PutRecords(t.Context(), []tape.Record{r}, tape.Bounds{Count: 1000, Bytes: 1 << 30}))
		must(t, s.PutCeremony(t.Context(), ceremony(number(i), "browser", 0)))
	}
	mails := 0
	must(t, s.EachMail(t.Context(), func(m mail.Mail, _ func() string) bool { w.Mails = append(w.Mails, m); mails++; return true }))
	records, err := s.Records(t.Context(), "", 1000)
	must(t, err)
	w.Records = records
	done()
	return w
}

// spotsOf lists the places of each kind: the pages by what they are, and the keys
// and values of each bucket.
func spotsOf(t *testing.T, home string) (kinds [][]spot) {
	t.Helper()
	for _, file := range []string{"sting.db", "tape.db"} {
		path := filepath.Join(home, file)
		raw, err := os.ReadFile(path)
		must(t, err)
		db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, PreLoadFreelist: true})
		must(t, err)
		by := map[string][]spot{"header": {{file, "header", 16, 80}, {file, "header", 4096 + 16, 4096 + 80}}}
		must(t, db.View(func(tx *bolt.Tx) error {
			pagesOf(t, tx, file, by)
			return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
				return b.ForEach(func(k, v []byte) error {
					put(by, raw, db, file, string(name)+" keys", k)
					put(by, raw, db, file, string(name)+" values", v)
					return nil
				})
			})
		}))
		must(t, db.Close())
		for _, spots := range by {
			kinds = append(kinds, spots)
		}
	}
	rand.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	return kinds
}

// pagesOf adds the heads of the pages, and all of the list of free pages.
func pagesOf(t *testing.T, tx *bolt.Tx, file string, by map[string][]spot) {
	t.Helper()
	for id := 2; ; {
		info, err := tx.Page(id)
		must(t, err)
		if info == nil {
			return
		}
		at, length := int64(id)*4096, int64(16+16*info.Count)
		if info.Type == "freelist" {
			length = int64(16 + 8*info.Count)
		}
		if info.Type == "free" {
			length = 4096
		}
		by[info.Type] = append(by[info.Type], spot{file, info.Type + " page", at, at + length})
		if id++; info.Type != "free" {
			id += info.OverflowCount
		}
	}
}

// put adds the place of bytes that bbolt has mapped.
func put(by map[string][]spot, raw []byte, db *bolt.DB, file, kind string, b []byte) {
	if len(b) == 0 {
		return
	}
	from := int64(uintptr(unsafe.Pointer(&b[0])) - db.Info().Data)
	if from > 0 && from+int64(len(b)) <= int64(len(raw)) && bytes.Equal(raw[from:from+int64(len(b))], b) {
		by[kind] = append(by[kind], spot{file, kind, from, from + int64(len(b))})
	}
}

func spoil(t *testing.T, path string, at int64, flip byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	b := make([]byte, 1)
	_, err = f.ReadAt(b, at)
	must(t, err)
	b[0] ^= flip
	_, err = f.WriteAt(b, at)
	must(t, errors.Join(err, f.Close()))
}

// survive runs the child twice, since what is written at first is read then, and
// says in a word what became of the damage.
func survive(t *testing.T, home string, w truth, behind bool) string {
	t.Helper()
	raw, err := json.Marshal(w)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(home, "truth.json"), raw, 0o600))
	outcome := ""
	for range 2 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "STING_DAMAGE_HOME="+home, fmt.Sprint("STING_DAMAGE_BEHIND=", behind), "GOMEMLIMIT=512MiB")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("the child ended with %v:\n%s", err, out)
		}
		lines := bufio.NewScanner(bytes.NewReader(out))
		for lines.Scan() {
			if wrong, ok := strings.CutPrefix(lines.Text(), "WRONG "); ok {
				t.Error(wrong)
			} else if outcome == "" || outcome == "nothing to see" {
				outcome, _ = strings.CutPrefix(lines.Text(), "OUTCOME ")
			}
		}
	}
	return outcome
}

// child is the program that uses a damaged home.
type child struct {
	s     *store.Store
	home  string
	named string // everything that was said
}

func (c *child) wrong(format string, args ...any) { fmt.Printf("WRONG "+format+"\n", args...) }

func useDamaged(home string) error {
	limitMemory(1 << 30)
	raw, err := os.ReadFile(filepath.Join(home, "truth.json"))
	if err != nil {
		return err
	}
	var w truth
	if err := json.Unmarshal(raw, &w); err != nil {
		return err
	}
	c := &child{home: home}
	behind, err := strconv.ParseBool(os.Getenv("STING_DAMAGE_BEHIND"))
	if err != nil {
		return err
	}
	options := store.Options{NoSync: true}
	if behind {
		options.AtOnce = 1
	}
	if c.s, err = store.Open(home, options); err != nil {
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Code != "STORE_DAMAGED" && f.Code != "STORE_NEWER" || !strings.Contains(f.Hint, home) && !strings.Contains(f.Hint, "--home") {
			c.wrong("refused with %v", err)
		}
		fmt.Println("OUTCOME refused")
		return nil
	}
	if err := c.s.Examined(context.Background()); err != nil {
		return err
	}
	if errors.Is(c.s.Probe(context.Background(), start()), store.ErrDamaged) {
		if _, err := c.s.Survey(context.Background()); !behind || !errors.Is(err, store.ErrDamaged) {
			c.wrong("nothing is written, and the examination says %v", err)
		}
		fmt.Println("OUTCOME refused behind")
		return c.s.Close()
	}
	c.listen()
	c.read(w)
	c.write(w)
	switch {
	case strings.Contains(c.named, "can't be read"):
		fmt.Println("OUTCOME named")
	case c.named != "":
		fmt.Println("OUTCOME mended")
	default:
		fmt.Println("OUTCOME nothing to see")
	}
	return c.s.Close()
}
