package mailservice_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"sting/backend/config"
	"sting/backend/events"
	"sting/backend/fault"
	"sting/backend/kratos/idp"
	"sting/backend/localca"
	"sting/backend/mail"
	"sting/backend/mailservice"
	"sting/backend/service"
	"sting/backend/store/storetest"
)

// room is the mail service with a real store, authority and configuration, and
// nothing else of a lab.
type room struct {
	*mailservice.Mails
	t      *testing.T
	config config.Config
	ca     *localca.Authority
}

// open makes a room. Ports that the configuration doesn't name are drawn.
func open(t *testing.T, ports string) *room {
	t.Helper()
	return openOver(t, ports, storetest.New(t))
}

func openOver(t *testing.T, ports string, store mailservice.Store) *room {
	t.Helper()
	home, log := t.TempDir(), slog.New(slog.DiscardHandler)
	yaml := "ports: {site: 0, kratos_public: off, kratos_admin: off, " + ports + "}\n"
	done(t, os.WriteFile(filepath.Join(home, "sting.yml"), []byte(yaml), 0o600))
	cfg, report, err := config.Load(home, config.Overrides{})
	done(t, err)
	cfg, _, err = config.DrawPorts(cfg, report)
	done(t, err)
	ca := localca.New(localca.Options{Dir: cfg.Path("ca"), Now: time.Now, Log: log})
	done(t, ca.Open())
	return &room{t: t, config: cfg, ca: ca, Mails: mailservice.New(mailservice.Needs{
		Store: store, Authority: ca, Bus: &events.Bus{}, Config: func() config.Config { return cfg }, Home: home,
		Pages: fstest.MapFS{}, Version: "test", StartedAt: time.Now(), Now: time.Now, Machine: time.Now, Log: log, Warn: func(...string) {},
	})}
}

// run runs the service until the test or what it returns ends it.
func (r *room) run() (stop func()) {
	r.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- r.Service().Run(ctx, func() { close(ready) }) }()
	<-ready
	over := false
	stop = func() {
		if over {
			return
		}
		over = true
		cancel()
		if err := <-ended; err != nil {
			r.t.Error(err)
		}
	}
	r.t.Cleanup(stop)
	return stop
}

// ask sends the mailbox a request and returns the status.
func (r *room) ask(method, path, host string, header map[string]string) int {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), method, "http://127.0.0.1:"+r.config.Ports.Mail.String()+path, http.NoBody)
	done(r.t, err)
	req.Host = host
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(req)
	done(r.t, err)
	done(r.t, resp.Body.Close())
	return resp.StatusCode
}

func done(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const drawn = "smtp: 0, smtp_plain: 0, mail: 0"

func TestTheMailServiceIsHealthyAfterTheRealThing(t *testing.T) {
	r := open(t, drawn)
	for range 2 {
		stop := r.run()
		_, seen, err := r.Probe(t.Context())
		if err != nil || len(seen) != 3 || !strings.Contains(seen[0].Seen, "STARTTLS") {
			t.Errorf("got %+v, %v", seen, err)
		}
		stop()
	}
	if left, err := r.Box.Latest(t.Context(), mail.To(r.Box.Probe)); err == nil {
		t.Errorf("the probe left %+v", left)
	}
}

// emptied loses every mail when one is read for the first few times, as a reset does.
type emptied struct {
	mailservice.Store
	times int
}

func (s *emptied) Mail(ctx context.Context, id string) (mail.Mail, error) {
	if s.times > 0 {
		s.times--
		if _, err := s.DeleteMails(ctx, []string{id}); err != nil {
			return mail.Mail{}, err
		}
	}
	return s.Store.Mail(ctx, id)
}

func TestAMailOfTheProbeThatSomebodyDeletesIsSentAgain(t *testing.T) {
	for times, well := range map[int]bool{1: true, 100: false} {
		r := openOver(t, drawn, &emptied{storetest.New(t), times})
		r.run()
		if _, seen, err := r.Probe(t.Context()); (err == nil) != well || well && len(seen) != 3 {
			t.Errorf("deleted %d times: got %+v, %v", times, seen, err)
		}
	}
}

func TestATakenMailPortIsNamedAndTheRestGoesOn(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	done(t, err)
	defer ln.Close()
	taken := fmt.Sprint(ln.Addr().(*net.TCPAddr).Port)
	r := open(t, "smtp: "+taken+", smtp_plain: 0, mail: 0")
	r.run()
	_, _, err = r.Probe(t.Context())
	if f := fault.From(err); f == nil || f.Code != "PORT_TAKEN" || !strings.Contains(f.Message, taken) {
		t.Errorf("got %v", err)
	}
	if status := r.ask("GET", "/readyz", "", nil); status != http.StatusOK {
		t.Errorf("the mailbox answers %d", status)
	}
}

func TestPortsThatAreOffAreNoComplaint(t *testing.T) {
	t.Parallel()
	r := open(t, "smtp: off, smtp_plain: off, mail: off")
	r.run()
	if _, _, err := r.Probe(t.Context()); err != nil || r.Service().URL() != "" {
		t.Errorf("got %v at %q", err, r.Service().URL())
	}
	outbox := mailservice.Outbox{Courier: r.Courier}
	done(t, outbox.Queue(t.Context(), idp.Mail{To: "ann@example.org", Subject: "s", Text: "t", At: time.Now()}))
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if _, _, err := r.Probe(t.Context()); err != nil {
			if f := fault.From(err); f.Code != "MAIL_NOT_SENT" || !strings.Contains(f.Message, "off") || f.Hint == "" {
				t.Errorf("got %v", err)
			}
			return
		}
	}
	t.Error("a mail that can't leave is not said")
}

func TestAnyProgramCanMailTheCatcher(t *testing.T) {
	r := open(t, drawn)
	stop := r.run()
	c, err := smtp.Dial("127.0.0.1:" + r.config.Ports.SMTP.String())
	done(t, err)
	defer c.Close()
	done(t, c.StartTLS(r.ca.Client().TLS("localhost")))
	done(t, c.Auth(smtp.PlainAuth("", "test", "test", "127.0.0.1")))
	done(t, c.Mail("app@example.org"))
	done(t, c.Rcpt("ann@example.org"))
	w, err := c.Data()
	done(t, err)
	_, err = io.WriteString(w, "To: ann@example.org\r\nSubject: from an app\r\n\r\nhello\r\n")
	done(t, err)
	done(t, w.Close())
	done(t, c.Quit())
	stop()
	r.run()
	got, err := r.Box.Latest(t.Context(), mail.To("ann@example.org"))
	if err != nil || got.Subject != "from an app" || got.Username != "test" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestTheMailboxIsNobodyElses(t *testing.T) {
	r := open(t, drawn)
	r.run()
	port := r.config.Ports.Mail.String()
	from := func(origin, site string) map[string]string {
		return map[string]string{"Origin": origin, "Sec-Fetch-Site": site}
	}
	for name, c := range map[string]struct {
		method, host string
		header       map[string]string
		want         int
	}{
		"another host":               {"GET", "evil.example:" + port, nil, 421},
		"a name that points here":    {"GET", "localhost.evil.example:" + port, nil, 421},
		"another port":               {"GET", "localhost:1", nil, 421},
		"no port":                    {"GET", "localhost", nil, 421},
		"our own page":               {"DELETE", "localhost:" + port, from("http://localhost:"+port, "same-origin"), 200},
		"a page of another site":     {"DELETE", "localhost:" + port, from("https://evil.example", "cross-site"), 403},
		"a page of another port":     {"DELETE", "localhost:" + port, from(r.config.Origin(), "same-site"), 403},
		"an old browser's other one": {"DELETE", "localhost:" + port, map[string]string{"Origin": "https://evil.example"}, 403},
		"a page without an origin":   {"DELETE", "localhost:" + port, map[string]string{"Origin": "null"}, 403},
		"no browser":                 {"DELETE", "[::1]:" + port, nil, 200},
	} {
		t.Run(name, func(t *testing.T) {
			if got := r.ask(c.method, "/api/v1/messages", c.host, c.header); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestWhyACodeDoesNotArriveIsSaid(t *testing.T) {
	broken := mailservice.ErrMailProbe
	in := func(s service.State, err error) service.Status {
		return service.Status{Name: "mail", State: s, Err: err}
	}
	for claim, c := range map[string]struct {
		ports string
		mail  service.Status
		want  string
	}{
		"a service that is well":     {drawn, in(service.Healthy, nil), ""},
		"one that somebody stopped":  {drawn, in(service.Stopped, nil), "The mail service is stopped"},
		"one that ended by itself":   {drawn, in(service.Stopped, broken), broken.Message},
		"one that doesn't do it all": {drawn, in(service.Unhealthy, broken), "is Unhealthy, so a code may not arrive"},
		"a port mails need, off":     {"smtp: off, smtp_plain: 0, mail: 0", in(service.Healthy, nil), "is off at the port that mails need"},
	} {
		t.Run(claim, func(t *testing.T) {
			problem, fix := open(t, c.ports).Trouble([]service.Status{{Name: "store", State: service.Stopped}, c.mail})
			if !strings.Contains(problem, c.want) || (problem == "") != (c.want == "") || (fix == "") != (c.want == "") {
				t.Errorf("got %q, %q; want %q", problem, fix, c.want)
			}
		})
	}
}
