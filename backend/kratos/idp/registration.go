package idp

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"sting/backend/events"
	"sting/backend/identity"
	"sting/backend/session"
)

func (x *exchange) beginRegistration() error {
	f, err := x.newFlow(RegistrationFlow)
	if err != nil {
		return err
	}
	if in, err := x.anybody(); in || err != nil {
		return x.alreadyOr(f, err)
	}
	x.drawRegistration(&f)
	return x.open(f)
}

// drawRegistration asks for the traits, and on one page for the password too.
func (x *exchange) drawRegistration(f *Flow) {
	f.UI.Nodes = append(x.schema.nodes("default"), csrfNode())
	if x.cfg.OneStep {
		f.UI.Nodes = append(f.UI.Nodes, newPasswordNode(), submit("password", "method", "password", &labelSignUp))
		return
	}
	f.UI.Nodes = append(f.UI.Nodes, submit("profile", "method", "profile", &labelSignUp))
}

// drawCredentials is the second step: the traits are kept, a password is asked
// for.
func (x *exchange) drawCredentials(f *Flow, traits map[string]any) {
	f.UI.Nodes = []node{
		newPasswordNode(), submit("password", "method", "password", &labelSignUp),
		submit("profile", "screen", "previous", &labelBack),
	}
	for _, field := range x.schema.fields {
		if v, ok := lookup(traits, field.path); ok {
			f.UI.Nodes = append(f.UI.Nodes, input("default", field.name(), "hidden", nil).valued(v))
		}
	}
	if f.browser() {
		f.UI.Nodes = append(f.UI.Nodes, csrfNode())
	}
	f.UI.Messages = []text{msgChooseCredential}
	f.Traits, f.Transient = raw(traits), true
}

func (x *exchange) submitRegistration() error {
	f, err := x.submitted(RegistrationFlow)
	if err != nil {
		return err
	}
	if ok, err := x.usable(f); !ok {
		return err
	}
	form, err := x.form()
	if errors.Is(err, errForm) {
		return x.reject(f, func(f *Flow) { f.UI.say("", errUndecodable) })
	}
	if err != nil {
		return err
	}
	if err := x.guard(f, form); err != nil {
		return err
	}
	if in, err := x.anybody(); in || err != nil {
		return x.alreadyOr(f, err)
	}
	method := text1(form, "method")
	switch {
	case isOff(f, form):
		return switchedOff()
	case text1(form, "screen") == "previous" && method != "password":
		return x.stepBack(f)
	case method == "profile" && !x.cfg.OneStep:
		return x.registerProfile(f, form)
	case method == "password":
		return x.registerPassword(f, form)
	}
	return x.reject(f, func(f *Flow) { f.UI.say("", errNoSignUpMethod) })
}

// stepBack shows the first step again, filled in.
func (x *exchange) stepBack(f Flow) error {
	return x.reject(f, func(f *Flow) {
		x.drawRegistration(f)
		f.UI.fillTraits(decoded(f.Traits))
	})
}

func decoded(traits json.RawMessage) map[string]any {
	v := map[string]any{}
	if len(traits) > 0 && json.Unmarshal(traits, &v) != nil {
		return map[string]any{}
	}
	return v
}

// registerProfile takes the first of two steps. Kratos answers it with 400 even
// where nothing is wrong: there is a form to fill in.
func (x *exchange) registerProfile(f Flow, form map[string]any) error {
	traits, _ := x.traitsOf(form)
	if wrong := x.schema.validate(traits); len(wrong) > 0 {
		return x.reject(f, func(f *Flow) { f.UI.fillTraits(traits); f.complain(wrong) })
	}
	return x.reject(f, func(f *Flow) { x.drawCredentials(f, traits) })
}

func (f *Flow) complain(wrong []violation) {
	for _, v := range wrong {
		f.UI.say(v.name, v.text)
	}
}

func (x *exchange) registerPassword(f Flow, form map[string]any) error {
	traits, given := x.traitsOf(form)
	if !given {
		traits = decoded(f.Traits)
	}
	password := text1(form, "password")
	wrong := x.schema.validate(traits)
	if password == "" {
		wrong = append(wrong, violation{name: "password", text: missing("password")})
	}
	identifiers := x.schema.identifiers(traits)
	if len(wrong) == 0 {
		if t := x.cfg.passwordFault(password, identifiers); t != nil {
			wrong = append(wrong, violation{name: "password", text: *t})
		}
	}
	if len(wrong) > 0 {
		return x.reject(f, func(f *Flow) { x.showPasswordNode(f); fillGiven(f, traits); f.complain(wrong) })
	}
	who, s, token, err := x.newPerson(f, traits, identifiers, password)
	if err != nil {
		return err
	}
	if err := x.finish(f); errors.Is(err, errFinished) {
		f.Finished = true
		return x.replace(f)
	} else if err != nil {
		return err
	}
	err = x.Store.RegisterPerson(x.r.Context(), who, s)
	if err != nil {
		x.reopen(f)
	}
	if errors.Is(err, identity.ErrEmailTaken) {
		return x.reject(f, func(f *Flow) { f.UI.say("", errDuplicate) })
	}
	if err != nil {
		return err
	}
	events.Publish(x.Bus, identity.Changed{ID: who.ID, What: "created"})
	x.Sessions.Announce(s)
	return x.registered(f, who, s, token)
}

// fillGiven shows what was typed; what is missing keeps what was there before,
// as with Kratos.
func fillGiven(f *Flow, traits map[string]any) {
	for i := range f.UI.Nodes {
		n := &f.UI.Nodes[i].Attributes
		if path, ok := traitPath(n.Name); ok {
			if v, ok := lookup(traits, path); ok && v != nil {
				n.Value = raw(v)
			}
		}
	}
}

// showPasswordNode gives a complaint about the password a place to stand in a
// form that did not ask for one.
func (x *exchange) showPasswordNode(f *Flow) {
	if f.UI.find("password") >= 0 {
		return
	}
	at := f.UI.find(x.schema.firstIdentifier()) + 1
	f.UI.Nodes = append(f.UI.Nodes[:at:at], append([]node{input("default", "password", "text", nil)}, f.UI.Nodes[at:]...)...)
}

// newPerson makes an identity and its first session. Neither is kept yet.
func (x *exchange) newPerson(f Flow, traits map[string]any, identifiers []string, password string) (identity.Identity, session.Session,
	string, error) {
	hash, err := x.Hasher.Hash(x.r.Context(), password)
	if err != nil {
		return identity.Identity{}, session.Session{}, "", err
	}
	who := identity.New(x.now, x.schema.ID, raw(traits), identifiers...)
	who.Password = &identity.Password{Hash: hash, SetAt: x.now}
	who.Addresses = x.addresses(traits, nil)
	s, token := x.newSession(f, who.ID, session.Password)
	return who, s, token, nil
}

// addresses makes the addresses of a person of their traits; those that they
// had before stay as they are.
func (x *exchange) addresses(traits map[string]any, before []identity.Address) []identity.Address {
	verify, recover := x.schema.addresses(traits)
	var out []identity.Address
	place := map[string]int{}
	add := func(value string) *identity.Address {
		if at, ok := place[value]; ok {
			return &out[at]
		}
		a := identity.Address{ID: uuid.NewString(), Value: value, Via: "email", Status: "pending", CreatedAt: x.now, UpdatedAt: x.now}
		for _, old := range before {
			if old.Value == value {
				a = old
				a.Verify, a.Recover = false, false
			}
		}
		place[value] = len(out)
		out = append(out, a)
		return &out[len(out)-1]
	}
	for _, v := range verify {
		add(v).Verify = true
	}
	for _, v := range recover {
		add(v).Recover = true
	}
	return out
}

// registered answers a registration that is through: with its session, and
// where to verify the address.
func (x *exchange) registered(f Flow, who identity.Identity, s session.Session, token string) error {
	x.handOver(f, s, token)
	who, next, err := x.verifyNew(f, who)
	if err != nil { // the account stands; a mail that can't be queued is no reason to lose it
		x.log().ErrorContext(x.r.Context(), "verification mail not queued", "error", err)
	}
	if f.browser() && !x.wantsJSON() {
		x.redirect(x.landing(f))
		return nil
	}
	shown := x.identity(who)
	v := map[string]any{"identity": shown, "session": x.session(s, shown)}
	if f.browser() {
		next = append([]any{redirectTo(x.landing(f))}, next...)
	} else {
		v["session_token"] = token
		next = append(next, setToken(token))
	}
	v["continue_with"] = next
	return x.json(http.StatusOK, v)
}

func traitPath(name string) ([]string, bool) {
	path, ok := strings.CutPrefix(name, "traits.")
	return strings.Split(path, "."), ok
}
