package kratos_test

import (
	"net/http"

	"sting/backend/kratos"
	"sting/backend/session"
)

func Example() {
	public := http.NotFoundHandler() // idp.Provider.Public of a Kratos in the process
	c := kratos.New("http://localhost:4433", kratos.InProcess(public))
	signIn := func(w http.ResponseWriter, r *http.Request) error {
		in, err := c.Login(r.Context(), kratos.Login{Email: r.FormValue("email"), Password: r.FormValue("password")})
		if err != nil {
			return err
		}
		for _, cookie := range in.Cookies {
			http.SetCookie(w, cookie)
		}
		return nil
	}
	whose := session.Sources{kratos.Source{Client: c}}
	_, _ = signIn, whose
	// Output:
}
