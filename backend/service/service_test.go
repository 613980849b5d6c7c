package service_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sting/backend/events"
	"sting/backend/service"
)

// stage is a group of services that write down what they do.
type stage struct {
	*service.Group
	mu     sync.Mutex
	diary  []string
	fail   map[string]error // what Run of a service returns at once
	broken map[string]error // what the probe of a service says
	end    map[string]chan error
	slow   string // never becomes ready
}

func newStage(services ...service.Service) *stage {
	s := &stage{fail: map[string]error{}, broken: map[string]error{}, end: map[string]chan error{}}
	for i, v := range services {
		s.end[v.Name] = make(chan error, 1)
		services[i].Run = func(ctx context.Context, ready func()) error { return s.run(ctx, v.Name, ready) }
		services[i].Probe = func(context.Context) (string, []service.Evidence, error) {
			s.mu.Lock()
			defer s.mu.Unlock()
			return "looked", nil, s.broken[v.Name]
		}
	}
	s.Group = &service.Group{
		Services: services, Bus: &events.Bus{}, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Every: 5 * time.Second, Pause: time.Second,
	}
	return s
}

func (s *stage) run(ctx context.Context, name string, ready func()) error {
	s.mu.Lock()
	err, slow := s.fail[name], s.slow == name
	s.mu.Unlock()
	if slow {
		<-ctx.Done()
		return nil
	}
	if err != nil {
		s.note("failed " + name)
		return err
	}
	s.note("up " + name)
	ready()
	select {
	case <-ctx.Done():
		s.note("down " + name)
		return nil
	case err := <-s.end[name]:
		s.note("ended " + name)
		return err
	}
}

func (s *stage) note(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.diary = append(s.diary, what)
}

func (s *stage) read() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.diary)
}

func (s *stage) state(name string) service.Status {
	for _, st := range s.Status() {
		if st.Name == name {
			return st
		}
	}
	return service.Status{}
}

// play runs the group around f.
func (s *stage) play(t *testing.T, f func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	started, done := make(chan struct{}), make(chan error, 1)
	go func() { done <- s.Group.Run(ctx, func() { close(started) }) }()
	<-started
	f()
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Run: %v", err)
	}
}

func house() *stage {
	return newStage(service.Service{Name: "store"}, service.Service{Name: "kratos", Needs: []string{"store"}},
		service.Service{Name: "site", Needs: []string{"store"}})
}

func TestServicesStartInOrderAndStopInReverse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := house()
		s.play(t, func() {
			if st := s.state("site"); st.State != service.Healthy || st.Detail != "looked" {
				t.Errorf("site is %s (%s)", st.State, st.Detail)
			}
		})
		want := "up store, up kratos, up site, down site, down kratos, down store"
		if got := strings.Join(s.read(), ", "); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
}

func TestRestartingOneLeavesTheOthersAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := house()
		s.play(t, func() {
			before := s.state("site").Since
			time.Sleep(time.Second)
			if err := s.Restart(t.Context(), "kratos"); err != nil {
				t.Fatal(err)
			}
			if !s.state("site").Since.Equal(before) || s.state("kratos").State != service.Healthy {
				t.Error("site was restarted, or kratos isn't up")
			}
		})
	})
}

func TestStoppingOneStopsWhatNeedsItFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := house()
		s.play(t, func() {
			if err := s.Restart(t.Context(), "store"); err != nil {
				t.Fatal(err)
			}
			want := "up store, up kratos, up site, down site, down kratos, down store, up store, up kratos, up site"
			if got := strings.Join(s.read(), ", "); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if err := s.Stop("site"); err != nil {
				t.Fatal(err)
			}
			if st := s.state("site"); st.State != service.Stopped || st.Err != nil {
				t.Errorf("a stopped service is %s, %v", st.State, st.Err)
			}
		})
	})
}

func TestAServiceThatEndsComesBackAndLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := house()
		s.play(t, func() {
			s.end["kratos"] <- errors.New("killed")
			synctest.Wait()
			if st := s.state("kratos"); st.State != service.Unhealthy || st.Err == nil || st.Err.Error() != "killed" {
				t.Errorf("kratos is %s, %v", st.State, st.Err)
			}
			time.Sleep(1500 * time.Millisecond)
			if st := s.state("kratos"); st.Since.IsZero() || st.Restarts != 1 {
				t.Errorf("kratos has not come back: %+v", st)
			}
			s.end["kratos"] <- errors.New("killed again")
			time.Sleep(1500 * time.Millisecond)
			if !s.state("kratos").Since.IsZero() {
				t.Error("the second pause is no longer than the first")
			}
			time.Sleep(10 * time.Second) // a probe has come round
			if st := s.state("kratos"); st.State != service.Healthy {
				t.Errorf("kratos is %s", st.State)
			}
		})
	})
}

func TestAServiceThatFailedAgainAndAgainComesUpAndCanBeStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := house()
		taken := errors.New("the port is taken")
		s.play(t, func() {
			if err := s.Stop("kratos"); err != nil {
				t.Fatal(err)
			}
			s.mu.Lock()
			s.fail["kratos"] = taken
			s.mu.Unlock()
			if err := s.Start(t.Context(), "kratos"); !errors.Is(err, taken) {
				t.Errorf("Start: %v, want %v", err, taken)
			}
			time.Sleep(2 * time.Second) // and fails once more
			s.mu.Lock()
			delete(s.fail, "kratos")
			s.diary = nil
			s.mu.Unlock()
			time.Sleep(time.Minute)
			if err := s.Stop("kratos"); err != nil {
				t.Fatal(err)
			}
			if got, want := s.read(), []string{"up kratos", "down kratos"}; !slices.Equal(got, want) {
				t.Errorf("it did %q, want %q", got, want)
			}
		})
	})
}

func TestAServiceThatIsTriedAgainSoonIsUnhealthyUntilItIsUpAndThenProbedAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := house()
		s.Services[2].Again = 5 * time.Second
		s.fail["site"] = errors.New("the port is taken")
		s.play(t, func() {
			for range 200 { // beyond the pauses of other services
				time.Sleep(time.Second)
				if st := s.state("site"); st.State != service.Unhealthy || st.Err == nil {
					t.Fatalf("site is %s (%v), want it Unhealthy with the reason", st.State, st.Err)
				}
			}
			s.mu.Lock()
			delete(s.fail, "site")
			s.mu.Unlock()
			time.Sleep(5*time.Second + time.Millisecond)
			synctest.Wait()
			if st := s.state("site"); st.State != service.Healthy || st.Err != nil {
				t.Errorf("site is %s (%v) five seconds after the port is free", st.State, st.Err)
			}
		})
	})
}

func TestAVitalServiceThatDoesNotStartEndsTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := house()
		s.Services[2].Vital = true
		taken := errors.New("port taken")
		s.fail["site"] = taken
		err := s.Group.Run(t.Context(), func() { t.Error("the group says that it has started") })
		if !errors.Is(err, taken) {
			t.Errorf("Run: %v, want the reason", err)
		}
		if got := strings.Join(s.read(), ", "); got != "up store, up kratos, failed site, down kratos, down store" {
			t.Errorf("got %s", got)
		}
	})
}

func TestAVitalServiceThatIsUpAndUnwellLetsTheRestStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := house()
		s.Services[0].Vital = true
		s.broken["store"] = errors.New("a certificate ran out")
		s.play(t, func() {
			if st := s.state("store"); st.State != service.Unhealthy {
				t.Errorf("store is %s", st.State)
			}
		})
	})
}

func TestOneThatDoesNotStartIsNewsAndNotTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := house()
		s.fail["kratos"] = errors.New("port taken")
		s.play(t, func() {
			if st := s.state("kratos"); st.State != service.Unhealthy {
				t.Errorf("kratos is %s", st.State)
			}
			if st := s.state("site"); st.State != service.Healthy {
				t.Errorf("site is %s", st.State)
			}
			s.mu.Lock()
			delete(s.fail, "kratos")
			s.mu.Unlock()
			time.Sleep(10 * time.Second)
			if st := s.state("kratos"); st.State != service.Healthy {
				t.Errorf("the port is free again and kratos is %s", st.State)
			}
		})
	})
}

func TestHealthyIsSaidOnlyAfterTheProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := house()
		s.broken["site"] = errors.New("handshake failed")
		s.play(t, func() {
			if st := s.state("site"); st.State != service.Unhealthy || st.CheckedAt.IsZero() {
				t.Errorf("site is %s", st.State)
			}
			s.mu.Lock()
			delete(s.broken, "site")
			s.mu.Unlock()
			time.Sleep(6 * time.Second)
			if st := s.state("site"); st.State != service.Healthy || st.Err != nil {
				t.Errorf("site is %s, %v", st.State, st.Err)
			}
			if last := s.state("site").Last; last.Err == nil || last.Err.Error() != "handshake failed" || last.At.IsZero() {
				t.Errorf("what it complained of is forgotten: %+v", last)
			}
		})
	})
}

func TestNothingStartsOnceTheGroupHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := house()
		s.play(t, func() {})
		before := len(s.read())
		if err := s.Start(t.Context(), "site"); err == nil {
			t.Error("a service started after the end")
		}
		if got := s.read(); len(got) != before {
			t.Errorf("after the end: %v", got[before:])
		}
	})
}

func TestAStartThatHangsDoesNotKeepTheGroupFromEnding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := house()
		s.play(t, func() {
			if err := s.Stop("kratos"); err != nil {
				t.Fatal(err)
			}
			s.mu.Lock()
			s.slow = "kratos"
			s.mu.Unlock()
			go func() {
				if err := s.Start(context.Background(), "kratos"); err == nil {
					t.Error("a service that hangs has started")
				}
			}()
			synctest.Wait()
		})
	})
}

func TestAnUnknownNameIsSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := house()
		s.play(t, func() {
			for name, err := range map[string]error{
				"start": s.Start(t.Context(), "nothing"), "stop": s.Stop("nothing"), "restart": s.Restart(t.Context(), "nothing"),
			} {
				if !errors.Is(err, service.ErrUnknown) {
					t.Errorf("%s: %v", name, err)
				}
			}
		})
	})
}

func TestTheBookKeepsAPageForEachService(t *testing.T) {
	b := service.NewLogRing(slog.DiscardHandler)
	log := slog.New(b.Handler())
	log.With("service", "site").Info("answered", "status", 200)
	log.Info("service changed", "service", "kratos", "state", "Healthy")
	log.Warn("the lab itself")
	log.Debug("not kept")
	if got := b.Lines("site", 10); len(got) != 1 || got[0].Text != "msg=answered status=200" {
		t.Errorf("site: %+v", got)
	}
	if got := b.Lines("kratos", 10); len(got) != 1 || got[0].Text != `msg="service changed" state=Healthy` {
		t.Errorf("kratos: %+v", got)
	}
	if got := b.Lines("", 10); len(got) != 3 || got[2].Level != slog.LevelWarn {
		t.Errorf("all: %+v", got)
	}
	for range 5000 {
		log.With("service", "site").Info("more")
	}
	if got := b.Lines("site", 10_000); len(got) < 1000 || len(got) > 2000 {
		t.Errorf("the ring keeps %d lines of a service", len(got))
	}
}

func TestAFollowerHearsItsService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := service.NewLogRing(slog.DiscardHandler)
		log := slog.New(b.Handler())
		ctx, cancel := context.WithCancel(t.Context())
		log.With("service", "site").Info("long ago")
		log.With("service", "site").Info("before")
		var heard []string
		done := make(chan struct{})
		go func() {
			defer close(done)
			b.Follow(ctx, "site", 1, func(l service.Line) { heard = append(heard, l.Text) })
		}()
		synctest.Wait()
		log.With("service", "site").Info("one")
		log.With("service", "kratos").Info("two")
		synctest.Wait()
		cancel()
		<-done
		if strings.Join(heard, ", ") != "msg=before, msg=one" {
			t.Errorf("heard %v", heard)
		}
	})
}

// What couldn't start for want of another service comes up by itself once that one
// does, and what somebody stopped stays so.
func TestWhatWaitsForAnotherServiceComesUpWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := house()
		broken := errors.New("the certificate is damaged")
		s.play(t, func() {
			if err := s.Stop("kratos"); err != nil {
				t.Fatal(err)
			}
			s.mu.Lock()
			s.fail["store"] = broken
			s.mu.Unlock()
			if err := s.Restart(t.Context(), "store"); !errors.Is(err, broken) {
				t.Errorf("Restart: %v", err)
			}
			time.Sleep(30 * time.Second)
			if st := s.state("site"); st.State == service.Healthy {
				t.Errorf("site is %s without what it needs", st.State)
			}
			s.mu.Lock()
			delete(s.fail, "store")
			s.mu.Unlock()
			time.Sleep(2 * time.Minute)
			if st := s.state("site"); st.State != service.Healthy {
				t.Errorf("site is %s after its need was mended", st.State)
			}
			if st := s.state("kratos"); st.State != service.Stopped {
				t.Errorf("kratos is %s, and somebody had stopped it", st.State)
			}
		})
	})
}
