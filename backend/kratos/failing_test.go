package kratos_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"sting/backend/fault"
	"sting/backend/kratos"
	"sting/backend/session"
)

func TestAKratosThatFailsIsUnavailableAndNeverSignedOut(t *testing.T) {
	page := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			fmt.Fprint(w, "<h1>it works</h1>")
		}
	}
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	for name, h := range map[string]http.HandlerFunc{
		"a page instead of JSON": page(200),
		"a page with 401":        page(401),
		"a page with 403":        page(403),
		"a server error":         answer(500, `{"error":{"code":500,"message":"broken"}}`),
		"too busy":               answer(503, `{"errors":{"database":"locked"}}`),
		"somebody else's JSON":   answer(200, `{"hello":"world"}`),
		"a 401 of somebody else": answer(401, `{"message":"no"}`),
		"half an answer":         answer(200, `{"id":`),
		"an empty answer":        answer(200, ``),
		"a session of nobody":    answer(200, `{"id":"x","active":true}`),
		"an endless answer": answer(200, `{"id":"x","identity":{"id":"i","schema_id":"d","schema_url":"","traits":{}},"pad":"`+
			strings.Repeat("x", 2<<20)+`"}`),
		"a refusal of its own": answer(403, `{"error":{"code":403,"id":"security_csrf_violation","message":"no"}}`),
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://localhost:1/", http.StatusFound)
		},
		"a panic": func(http.ResponseWriter, *http.Request) { panic("boom") },
	} {
		t.Run(name, func(t *testing.T) { unavailable(t, kratos.New("http://localhost:4433", kratos.InProcess(h))) })
	}
	t.Run("nobody listens", func(t *testing.T) {
		srv := httptest.NewServer(page(200))
		srv.Close()
		unavailable(t, kratos.New(srv.URL, nil))
	})
}

func unavailable(t *testing.T, c *kratos.Client) {
	t.Helper()
	ctx := t.Context()
	_, whoami := c.Whoami(ctx, "x")
	_, login := c.Login(ctx, kratos.Login{Email: "a@lab.local", Password: password})
	_, register := c.Register(ctx, kratos.Registration{Email: "a@lab.local", Password: password})
	for verb, err := range map[string]error{"whoami": whoami, "login": login, "register": register, "logout": c.Logout(ctx, "x")} {
		f := fault.From(err)
		if !errors.Is(err, kratos.ErrUnavailable) || f.Kind != fault.Unavailable || f.Hint == "" {
			t.Errorf("%s: %v, hint %q", verb, err, f.Hint)
		}
	}
}

func TestWhatAKratosComplainsOfIsPassedOn(t *testing.T) {
	c := kratos.New("http://localhost:4433", kratos.InProcess(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(503)
		fmt.Fprint(w, `{"error":{"code":503,"message":"The disk is full.","reason":"Free some space"}}`)
	})))
	_, err := c.Whoami(t.Context(), "x")
	if f := fault.From(err); !strings.HasSuffix(f.Hint, "answered 503 Service Unavailable: The disk is full. Free some space.") {
		t.Errorf("got %v, %q", err, f.Hint)
	}
}

func TestOurOwnStoresTroubleIsNotAKratos(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(503)
		fmt.Fprint(w, `{"error":{"code":503,"id":"store_unavailable","message":"The disk is full.","reason":"Free some space."}}`)
	})
	_, err := kratos.New("http://localhost:4433", kratos.InProcess(h)).Whoami(t.Context(), "x")
	if f := fault.From(err); f.Code != "STORE_UNAVAILABLE" || f.Message != "The disk is full." || f.Hint != "Free some space." {
		t.Errorf("in this process: %v, hint %q", err, f.Hint)
	}
	elsewhere := httptest.NewServer(h)
	t.Cleanup(elsewhere.Close)
	if _, err := kratos.New(elsewhere.URL, nil).Whoami(t.Context(), "x"); !errors.Is(err, kratos.ErrUnavailable) {
		t.Errorf("of another lab: %v", err)
	}
}

func TestASilentKratosIsGivenUpInTime(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(srv.Close)
	for name, c := range map[string]*kratos.Client{
		"elsewhere":       kratos.New(srv.URL, nil),
		"in this process": kratos.New("http://localhost:4433", kratos.InProcess(srv.Config.Handler)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			_, err := c.Whoami(t.Context(), "x")
			if f := fault.From(err); !errors.Is(err, kratos.ErrUnavailable) || !strings.Contains(f.Hint, "did not answer within 2.5s") {
				t.Errorf("got %v, %q", err, f.Hint)
			}
			if took := time.Since(began); took > 3*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

func TestAGivenUpRequestEndsAtOnce(t *testing.T) {
	c := kratos.New("http://localhost:4433", kratos.InProcess(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
	})))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Whoami(ctx, "x"); !errors.Is(err, kratos.ErrUnavailable) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestARequestWithoutTheCookieAsksNobody(t *testing.T) {
	asked := 0
	src := kratos.Source{Client: kratos.New("http://localhost:4433",
		kratos.InProcess(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			asked++
		})))}
	r := httptest.NewRequest("GET", "/", nil)
	if _, err := src.Session(t.Context(), r, session.Seen{}); !errors.Is(err, session.ErrNone) {
		t.Errorf("no cookie: %v", err)
	}
	r.Header.Set("Cookie", "ory_kratos_session=a; ory_kratos_session=b")
	if _, err := src.Session(t.Context(), r, session.Seen{}); !errors.Is(err, session.ErrAmbiguous) {
		t.Errorf("two cookies: %v", err)
	}
	for _, value := range []string{"a\r\nX: y", "a b", strings.Repeat("x", 5000)} {
		if _, err := src.Client.Whoami(t.Context(), value); !errors.Is(err, session.ErrNone) {
			t.Errorf("%.20q: %v", value, err)
		}
	}
	if asked != 0 {
		t.Errorf("asked %d times", asked)
	}
}

func TestASessionThatNeedsASecondFactorIsNoSession(t *testing.T) {
	c := kratos.New("http://localhost:4433", kratos.InProcess(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"error":{"code":403,"id":"session_aal2_required","message":"no"},"redirect_browser_to":"http://localhost:4433/"}`)
	})))
	if _, err := c.Whoami(t.Context(), "x"); !errors.Is(err, session.ErrNone) || !strings.Contains(fault.From(err).Hint, "second factor") {
		t.Errorf("got %v", err)
	}
}

// A Kratos that sends browsers on answers 422: to a form that this program sent
// nobody can be sent on, so that the refusal says where it wanted to go.
func TestAKratosThatSendsBrowsersOnSaysWhere(t *testing.T) {
	const to = "https://accounts.example.org/login?aal=aal2"
	flow := func(kind string) string {
		return `{"id":"11111111-1111-4111-8111-111111111111","type":"browser","state":"choose_method","issued_at":"2026-01-01T00:00:00Z",` +
			`"expires_at":"2027-01-01T00:00:00Z","request_url":"http://localhost:4433/","ui":{"action":"http://localhost:4433/self-service/` +
			kind + `","method":"POST","nodes":[]}}`
	}
	mux := http.NewServeMux()
	for _, kind := range []string{"login", "registration"} {
		mux.HandleFunc("GET /self-service/"+kind+"/browser", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, flow(kind))
		})
		mux.HandleFunc("POST /self-service/"+kind, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprintf(w, `{"error":{"id":"browser_location_change_required","code":422,"status":"Unprocessable Entity","reason":"In order to `+
				`complete this flow please redirect the browser to: %[1]s","message":"browser location change required"},"redirect_browser_to":%[1]q}`,
				to)
		})
	}
	c := kratos.New("http://localhost:4433", kratos.InProcess(mux))
	_, login := c.Login(t.Context(), kratos.Login{Email: "ann@example.org", Password: "x"})
	_, register := c.Register(t.Context(), kratos.Registration{Email: "ann@example.org", Password: "x"})
	for name, err := range map[string]error{"login": login, "registration": register} {
		if f := fault.From(err); !errors.Is(err, kratos.ErrUnavailable) || !strings.Contains(f.Hint, to) ||
			!strings.Contains(f.Message, "one more step") {
			t.Errorf("%s: %v, %q", name, err, f.Hint)
		}
	}
}
