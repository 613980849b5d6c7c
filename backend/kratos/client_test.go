package kratos_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"sting/backend/fault"
	"sting/backend/identity"
	"sting/backend/kratos"
	"sting/backend/kratos/kratostest"
	"sting/backend/session"
)

const password = "Gd7-Correct-Horse-41"

// elsewhere names the folder of a provider that this binary serves as another
// process.
const elsewhere = "STING_TEST_PROVIDER"

func TestMain(m *testing.M) {
	if dir := os.Getenv(elsewhere); dir != "" {
		if err := serve(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// serve answers as a provider of its own until its input ends.
func serve(dir string) error {
	l, err := kratostest.Open(dir)
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: l.Provider.Public()}
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ln) }()
	fmt.Printf("http://%s\n", ln.Addr())
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	if err := srv.Close(); err != nil {
		return err
	}
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return l.Store.Close()
}

// spawn serves a provider in another process and returns its URL.
func spawn(t testing.TB) string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), elsewhere+"="+t.TempDir())
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(in.Close(), cmd.Wait()); err != nil {
			t.Errorf("the other process: %v", err)
		}
	})
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(url)
}

func TestTheSameHoldsInThisProcessAndInAnother(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) *kratos.Client{
		"in this process": func(t *testing.T) *kratos.Client {
			return kratos.New("http://localhost:4433", kratos.InProcess(kratostest.New(t).Provider.Public()))
		},
		"in another process": func(t *testing.T) *kratos.Client { return kratos.New(spawn(t), nil) },
	} {
		t.Run(name, func(t *testing.T) { wholeWay(t, open(t)) })
	}
}

// wholeWay registers, signs in and out, and is refused where it should be.
func wholeWay(t *testing.T, c *kratos.Client) {
	ctx := t.Context()
	device := session.Device{UserAgent: "a browser", Address: "192.0.2.7"}
	if err := c.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	in, err := c.Register(ctx, kratos.Registration{Email: "ada@lab.local", Password: password,
		Traits: json.RawMessage(`{"name":{"first":"Ada"}}`), Device: device})
	if err != nil {
		t.Fatal(err)
	}
	if in.View.Person.Email != "ada@lab.local" || in.View.Method() != session.Password || in.View.Kind != session.KindKratos ||
		in.View.AAL != "aal1" {
		t.Errorf("view: %+v", in.View)
	}
	got, err := c.Whoami(ctx, cookieOf(t, in))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in.View, got, cmpopts.IgnoreUnexported(session.View{})); diff != "" {
		t.Errorf("whoami differs\n%s", diff)
	}
	if _, err := c.Register(ctx, kratos.Registration{Email: "ADA@lab.local", Password: password}); !errors.Is(err, identity.ErrEmailTaken) {
		t.Errorf("a second time: %v", err)
	}
	again, err := c.Login(ctx, kratos.Login{Email: "ada@lab.local", Password: password, Device: device})
	if err != nil {
		t.Fatal(err)
	}
	wrong := map[string]error{}
	for _, email := range []string{"ada@lab.local", "bob@lab.local"} {
		_, wrong[email] = c.Login(ctx, kratos.Login{Email: email, Password: "wrong-password-1"})
		if !errors.Is(wrong[email], kratos.ErrCredentials) || fault.From(wrong[email]).Kind != fault.Unauthenticated {
			t.Errorf("%s: %v", email, wrong[email])
		}
	}
	if wrong["ada@lab.local"].Error() != wrong["bob@lab.local"].Error() {
		t.Errorf("told apart: %v, %v", wrong["ada@lab.local"], wrong["bob@lab.local"])
	}
	if err := c.Logout(ctx, cookieOf(t, in)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Whoami(ctx, cookieOf(t, in)); !errors.Is(err, session.ErrNone) {
		t.Errorf("after signing out: %v", err)
	}
	if err := c.Logout(ctx, cookieOf(t, in)); err != nil {
		t.Errorf("signing out twice: %v", err)
	}
	if _, err := c.Whoami(ctx, cookieOf(t, again)); err != nil {
		t.Errorf("the other session: %v", err)
	}
}

func cookieOf(t *testing.T, in kratos.SignedIn) string {
	t.Helper()
	for _, c := range in.Cookies {
		if c.Name == session.KratosCookie {
			if !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("cookie: %s", c.Raw)
			}
			return c.Value
		}
	}
	t.Fatal("no session cookie")
	return ""
}

func TestAFieldThatIsWrongIsNamed(t *testing.T) {
	c := kratos.New("http://localhost:4433", kratos.InProcess(kratostest.New(t).Provider.Public()))
	for name, x := range map[string]struct {
		r     kratos.Registration
		field string
		says  string
	}{
		"short password": {kratos.Registration{Email: "a@lab.local", Password: "abc"}, "password", "at least 8 characters"},
		"no password":    {kratos.Registration{Email: "a@lab.local"}, "password", "missing"},
		"not an address": {kratos.Registration{Email: "nobody", Password: password}, "traits.email", "not valid"},
		"no address":     {kratos.Registration{Password: password}, "traits.email", "missing"},
		"a field too many": {kratos.Registration{Email: "a@lab.local", Password: password, Traits: json.RawMessage(`{"x":1}`)}, "",
			"not allowed"},
		"traits a list": {kratos.Registration{Email: "a@lab.local", Password: password, Traits: json.RawMessage(`[]`)}, "traits",
			"not a JSON object"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Register(t.Context(), x.r)
			f := fault.From(err)
			if !errors.Is(err, fault.ErrInvalidField) || f.Field != x.field || !strings.Contains(f.Message, x.says) {
				t.Errorf("got %v, field %q", err, f.Field)
			}
		})
	}
}

func TestEveryMethodComesThrough(t *testing.T) {
	l := kratostest.New(t)
	c := kratos.New("http://localhost:4433", kratos.InProcess(l.Provider.Public()))
	in, err := c.Register(t.Context(), kratos.Registration{Email: "ada@lab.local", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []session.Method{session.Passkey, session.Password, session.Code} {
		s := session.New(l.Clock.Now(), l.Policy(), in.View.Person.ID, session.Proof{Method: m}, session.Device{})
		token, hash := session.NewToken()
		s.KratosToken = hash
		if err := l.Store.CreateSession(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		v, err := c.Whoami(t.Context(), token)
		if err != nil || v.Method() != m || v.ID != s.ID {
			t.Errorf("%s: got %q, %v", m, v.Method(), err)
		}
	}
}

func TestADisabledAccountIsToldOnlyToItsHolder(t *testing.T) {
	l := kratostest.New(t)
	c := kratos.New("http://localhost:4433", kratos.InProcess(l.Provider.Public()))
	in, err := c.Register(t.Context(), kratos.Registration{Email: "ada@lab.local", Password: password})
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.Store.UpdateIdentity(t.Context(), in.View.Person.ID, func(i *identity.Identity) error {
		i.State = identity.Inactive
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_, right := c.Login(t.Context(), kratos.Login{Email: "ada@lab.local", Password: password})
	_, wrong := c.Login(t.Context(), kratos.Login{Email: "ada@lab.local", Password: "wrong-password-1"})
	if f := fault.From(right); f.Kind != fault.Unauthenticated || !strings.Contains(f.Message, "disabled") {
		t.Errorf("right password: %v", right)
	}
	if f := fault.From(wrong); f.Message != kratos.ErrCredentials.Message {
		t.Errorf("wrong password: %v", wrong)
	}
	if _, err := c.Whoami(t.Context(), cookieOf(t, in)); !errors.Is(err, session.ErrNone) {
		t.Errorf("its session: %v", err)
	}
}
