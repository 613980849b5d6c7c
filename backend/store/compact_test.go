package store_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"sting/backend/mail"
	"sting/backend/store"
)

func TestTheTapeBecomesSmallerOnceMailsAreGone(t *testing.T) {
	dir := t.TempDir()
	s, err := store.Open(dir, store.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	size := func() int64 {
		t.Helper()
		fi, err := os.Stat(filepath.Join(dir, "tape.db"))
		if err != nil {
			t.Fatal(err)
		}
		return fi.Size()
	}
	add := func(id string, n int) [32]byte {
		source := make([]byte, n)
		_, _ = rand.NewChaCha8(sha256.Sum256([]byte(id))).Read(source)
		if _, err := s.AddMail(t.Context(), mail.Mail{ID: id, Size: n}, source, "text of "+id,
			mail.Bounds{Count: 1000, Bytes: 1 << 30}); err != nil {
			t.Fatal(err)
		}
		return sha256.Sum256(source)
	}
	var ids []string
	for n := range 12 {
		ids = append(ids, fmt.Sprint("large", n))
		add(ids[n], 5<<20)
	}
	kept := add("kept", 300_001)
	large := size()
	if freed, err := s.CompactTape(); err != nil || freed != 0 {
		t.Errorf("a full file was made smaller by %d, %v", freed, err)
	}
	if n, err := s.DeleteMails(t.Context(), ids); err != nil || n != len(ids) {
		t.Fatal(n, err)
	}

	// Others go on meanwhile and lose nothing.
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	written := make([]int, 3)
	for i := range written {
		wg.Go(func() {
			for ctx.Err() == nil {
				id := fmt.Sprint("small-", i, "-", written[i])
				if _, err := s.AddMail(context.Background(), mail.Mail{ID: id, Size: 3}, []byte("abc"), "",
					mail.Bounds{Count: 1 << 20, Bytes: 1 << 30}); err != nil {
					t.Errorf("%s: %v", id, err)
					return
				}
				written[i]++
				if _, err := s.MailSource(context.Background(), "kept"); err != nil {
					t.Errorf("read: %v", err)
				}
				if err := s.Probe(context.Background(), time.Unix(1, 0)); err != nil {
					t.Errorf("probe: %v", err)
				}
			}
		})
	}
	freed, err := s.CompactTape()
	stop()
	wg.Wait()
	if err != nil || freed < 40<<20 || size() > large/4 {
		t.Errorf("freed %d of %d, %d are left, %v", freed, large, size(), err)
	}
	for again := range 2 {
		if again == 1 {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if s, err = store.Open(dir, store.Options{NoSync: true}); err != nil {
				t.Fatal(err)
			}
		}
		if source, err := s.MailSource(t.Context(), "kept"); err != nil || sha256.Sum256(source) != kept {
			t.Errorf("the mail that stayed: %d bytes, %v", len(source), err)
		}
		for i, n := range written {
			for k := range n {
				if _, err := s.Mail(t.Context(), fmt.Sprint("small-", i, "-", k)); err != nil {
					t.Errorf("small-%d-%d of %d is lost: %v", i, k, n, err)
				}
			}
		}
	}
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
