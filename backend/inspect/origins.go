package inspect

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sting/backend/decode"
	"sting/backend/origin"
)

func (e *examiner) examineOrigin() {
	want := "an origin of the relying party"
	if e.c.origins != nil {
		want = strings.Join(*e.c.origins, ", ")
	}
	got, ok := e.clientText(e.id.origin, "origin", want)
	switch {
	case !ok:
	case e.c.origins == nil:
		e.skip(e.id.origin, decode.Short(got), "The file does not say which origins the relying party accepts.")
	case slices.Contains(*e.c.origins, got):
		e.pass(e.id.origin, want, got, "")
	case e.otherApp(got, want):
	default:
		cause, fix := differingOrigin(got, *e.c.origins)
		if why := e.unfit(got); why != "" {
			fix = fmt.Sprintf("Open %s. %s", nearest(got, *e.c.origins), why)
		}
		e.fail(e.id.origin, finding{cause: cause, fix: fix, expected: want, received: decode.Short(got)})
	}
}

// otherApp refuses the origin of an app or an extension that is not accepted: no
// page has to be opened for it, it has to be listed. ok is false where got is
// none.
func (e *examiner) otherApp(got, want string) (ok bool) {
	app, is, err := origin.ParseApp(got)
	if !is {
		return false
	}
	f := finding{
		cause: fmt.Sprintf("The answer comes from %s, %s; this relying party accepts %s.", app.Client, decode.Short(got), want),
		fix: fmt.Sprintf("Add %s to the accepted origins, as it stands: it is compared letter by letter. The whole list reads `%s` then "+
			"(webauthn.config.rp.origins of the lab).", decode.Short(got), origin.Listed(*e.c.origins, decode.Short(got))),
		expected: want, received: decode.Short(got),
	}
	if why, odd := errors.AsType[*origin.Error](err); odd {
		f.cause = fmt.Sprintf("The answer comes from %s; this relying party accepts %s. No client sends an origin like this: %s",
			decode.Short(got), want, why.Meaning)
		f.fix = why.Fix
	} else if app.Doubt != "" {
		f.cause += " " + app.Doubt
	}
	listed := slices.IndexFunc(*e.c.origins, func(o string) bool {
		other, is, err := origin.ParseApp(o)
		return is && err == nil && other.Client == app.Client
	})
	if err == nil && listed >= 0 && strings.HasPrefix(got, "android:") {
		f.cause += " The app is signed with another key than the one that is listed: debug builds, releases and the Play Store each have their " +
			"own."
	}
	e.fail(e.id.origin, f)
	return true
}

// unfit says why a page could not be added to the accepted ones, "" if it
// could: nobody should be told to add what can never work.
func (e *examiner) unfit(page string) string {
	o, err := origin.Parse(page)
	switch {
	case err != nil || !origin.IsCanonical(page):
		return "What came is no origin that could be added."
	case o.IsAddress():
		return "An address can't be added: browsers bind passkeys to names."
	case !o.Secure():
		return fmt.Sprintf("Adding %s would not help: browsers allow passkeys over https and on localhost only.", page)
	case e.c.rpID == nil || o.Host == *e.c.rpID:
		return ""
	case origin.IsPublicSuffix(*e.c.rpID) || !strings.HasSuffix(o.Host, "."+*e.c.rpID):
		return fmt.Sprintf("Adding %s would not do: a page there can't claim the RP ID %s, unless it is made a related origin.", page, *e.c.rpID)
	}
	return ""
}

// differingOrigin says where a page was and where it should have been, and
// which part of the two is different.
func differingOrigin(got string, accepted []string) (cause, fix string) {
	near := nearest(got, accepted)
	cause = fmt.Sprintf("The page was at %s, this relying party accepts %s.", decode.Short(got), strings.Join(accepted, ", "))
	fix = fmt.Sprintf("Open %s, or add the origin: %s. The whole list reads `%s` then.", near, decode.Short(got),
		origin.Listed(accepted, decode.Short(got)))
	g, errG := origin.Parse(got)
	n, errN := origin.Parse(near)
	if errG == nil && errN == nil && !origin.SameSite(g, n) {
		fix += fmt.Sprintf(" A page at %s is another site than %s, though: SameSite cookies of the one don't reach the other.", g, n)
	}
	if errG != nil {
		if got == "" {
			return "origin of the client data is empty, this relying party accepts " + strings.Join(accepted, ", ") + ".", fix
		}
		return cause + " What came is no web origin in the form in which browsers write one.", fix
	}
	if !origin.IsCanonical(got) {
		return cause + " No browser writes an origin like this: its form is " + g.String() + ".", fix
	}
	if errN != nil {
		return cause, fix
	}
	switch {
	case g.Host == n.Host && g.Scheme == n.Scheme:
		cause += fmt.Sprintf(" Only the port is another one: %d, not %d.", g.Port, n.Port)
	case g.Host == n.Host && g.Port == n.Port:
		cause += fmt.Sprintf(" Only the scheme is another one: %s, not %s.", g.Scheme, n.Scheme)
	case g.IsAddress():
		cause += fmt.Sprintf(" %s is an address: a browser never binds a passkey to one.", g.Host)
	case g.Scheme == n.Scheme && g.Port == n.Port:
		cause += fmt.Sprintf(" Only the host is another one: %s, not %s.", g.Host, n.Host)
	}
	return cause, fix
}

// nearest picks the accepted origin that has the most in common with got.
func nearest(got string, accepted []string) string {
	best, most := accepted[0], -1
	g, err := origin.Parse(got)
	if err != nil {
		return best
	}
	for _, a := range accepted {
		o, err := origin.Parse(a)
		if err != nil {
			continue
		}
		score := 0
		for i, same := range []bool{o.Port == g.Port, o.Scheme == g.Scheme, o.Host == g.Host} {
			if same {
				score += 1 << i
			}
		}
		if score > most {
			best, most = a, score
		}
	}
	return best
}

// examineFrames judges crossOrigin and topOrigin: a page of another site may
// have framed the one that asked, and show the person something else around it.
func (e *examiner) examineFrames() {
	cross, framed := e.crossOrigin()
	allowed := len(e.c.topOrigins) > 0
	switch {
	case !framed:
	case !cross:
		e.pass(e.id.cross, "", "false", "")
	case allowed:
		e.pass(e.id.cross, "true is accepted", "true", "")
	default:
		around := "another site"
		if top, ok := e.client.object.Text("topOrigin"); ok {
			around = decode.Short(top)
		}
		e.fail(e.id.cross, finding{
			cause:    fmt.Sprintf("The page was in a frame of %s, and this relying party accepts no frames of others.", around),
			fix:      "Open the page in a window of its own.",
			expected: "false", received: "true",
		})
	}
	want := "no embedding site"
	if allowed {
		want = strings.Join(e.c.topOrigins, ", ")
	}
	raw, there := e.client.object.Member("topOrigin")
	top, isText := e.client.object.Text("topOrigin")
	switch {
	case !there && cross && allowed:
		e.warn(e.id.top, want, "", "The browser does not say which site embeds the page, so it can't be held against the list.")
	case !there:
		e.skip(e.id.top, "", "The client data name no embedding site.")
	case !isText:
		e.fail(e.id.top, finding{cause: fmt.Sprintf("topOrigin of the client data is %s, where it should be a string.", decode.JSONKind(raw)),
			fix: fixShape, expected: want, received: decode.Short(string(raw))})
	case slices.Contains(e.c.topOrigins, "*") || slices.Contains(e.c.topOrigins, top):
		e.pass(e.id.top, want, decode.Short(top), "")
		if !cross {
			e.warn(e.id.top, want, decode.Short(top), "crossOrigin does not say that there is an embedding site.")
		}
	default:
		fix := "Open the page in a window of its own."
		if allowed {
			fix = "Open the page in a window of its own, or list the embedding site among the accepted top origins: " + decode.Short(top) + "."
		}
		e.fail(e.id.top, finding{
			cause:    fmt.Sprintf("The page was embedded by %s, this relying party accepts %s.", decode.Short(top), want),
			fix:      fix,
			expected: want, received: decode.Short(top),
		})
	}
}

// crossOrigin returns the member; ok is false where it is no boolean, which
// fails the step.
func (e *examiner) crossOrigin() (cross, ok bool) {
	raw, there := e.client.object.Member("crossOrigin")
	if !there {
		return false, true
	}
	if json.Unmarshal(raw, &cross) != nil {
		e.fail(e.id.cross, finding{fault: "MALFORMED",
			cause: fmt.Sprintf("crossOrigin of the client data is %s, where it should be true or false.", decode.JSONKind(raw)), fix: fixShape,
			expected: "false", received: decode.Short(string(raw))})
		return false, false
	}
	return cross, true
}
