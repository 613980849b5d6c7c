package watched

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"sting/backend/api"
	"sting/backend/tape"
)

// suspect is one reason for which servers refuse right answers.
type suspect struct {
	words *regexp.Regexp // of a server that names it
	cause func(c Ceremony, rec *tape.Record) string
	fix   string
	also  doubt
}

// doubt is what else makes servers say the words of a suspect.
type doubt int

const (
	session  doubt = 1 << iota // it is lost
	alphabet                   // the bytes were read as if they were written in another one
)

// suspected is what a server's words name; nil: nothing.
func suspected(said string) *suspect {
	for i := range suspects {
		if suspects[i].words.MatchString(said) {
			return &suspects[i]
		}
	}
	return nil
}

// likely says why a server may have refused a right answer: by the server's words where
// they name it, then by what was seen to differ, then by what most often is the reason.
func likely(c Ceremony, rec *tape.Record, x api.Explanation) (cause, fix string) {
	named := suspected(c.Complete.Body)
	for _, differs := range []struct {
		doubt doubt
		see   func(Ceremony) (cause, fix string)
	}{{session, lostSession}, {alphabet, otherAlphabet}} {
		if named == nil || named.also&differs.doubt != 0 {
			if cause, fix = differs.see(c); cause != "" {
				return cause, fix
			}
		}
	}
	if cause, fix = byStatus(c.Complete.Status); cause != "" {
		return cause, fix
	}
	if named != nil {
		return "The likely cause: " + named.cause(c, rec), named.fix
	}
	if s, ok := x.Step(step(rec.Kind, "7.1.16", "7.2.17")); ok && rec.UserVerification != "required" && strings.Contains(s.Received, "UV") &&
		!verified(x) {
		return "The likely cause: nobody was verified (the flag UV is off), which the options allow, and the server may demand it all the same.",
			"SimpleWebAuthn demands it unless requireUserVerification is false; or ask for userVerification: \"required\" in the options."
	}
	return "Nothing that was seen says why.",
		"Read the server's log, and compare what it expects with the record: origin " + c.Origin + ", RP ID " + rec.RPID +
			", the challenge, the counter."
}

func step(kind, registration, authentication string) string {
	if kind == "registration" {
		return registration
	}
	return authentication
}

func verified(x api.Explanation) bool {
	flags, _ := x.Decoded.AuthenticatorData["flags"].(string)
	return strings.Contains(flags, "UV")
}

// lostSession sees that what the begin had didn't come back.
func lostSession(c Ceremony) (cause, fix string) {
	if len(c.Lost) == 0 {
		return "", ""
	}
	done := c.Complete
	cause = fmt.Sprintf("The likely cause: the session was lost between begin and complete. The answer with the challenge came with "+
		"the cookie %s, and the request with the credential didn't carry it", plain(strings.Join(c.Lost, ", ")))
	if len(done.Blocked)+len(c.Begin.Blocked) > 0 {
		cause += fmt.Sprintf(" (the browser: %s)", strings.Join(append(c.Begin.Blocked, done.Blocked...), ", "))
	}
	if from, to := hostOf(c.Begin.URL), hostOf(done.URL); from != to {
		cause += fmt.Sprintf(": begin was at %s, complete at %s", from, to)
	}
	return cause + ".", "Set the cookie with Path=/, and send both requests to one host, with credentials: \"include\" where that is " +
		"another origin than the page; a cookie over http must not be Secure, one for another site needs SameSite=None."
}

// otherAlphabet sees that a page answers in another alphabet than its server speaks.
func otherAlphabet(c Ceremony) (cause, fix string) {
	const usual, toJSON = "base64url", "Send credential.toJSON(), or encode with base64url without padding."
	sent, spoken := c.Complete.Encoding, usual
	if c.Begin != nil {
		spoken = c.Begin.Encoding
	}
	if sent == "" || sent == spoken {
		return "", ""
	}
	cause, fix = fmt.Sprintf("The likely cause: the page sent the bytes as %s", sent), toJSON
	if c.Begin == nil {
		return cause + ", and most libraries read base64url alone.", fix
	}
	if spoken != usual {
		fix = fmt.Sprintf("Send the bytes as %s, as the server does.", spoken)
	}
	return fmt.Sprintf("%s, and the server gave the challenge as %s: what it read are other bytes.", cause, spoken), fix
}

// elsewhere says what the server expects in place of the page's origin, as far as its
// words tell.
func elsewhere(c Ceremony) string {
	for _, said := range origins.FindAllString(c.Complete.Body, -1) {
		want, err := url.Parse(said)
		have, err2 := url.Parse(c.Origin)
		if err != nil || err2 != nil || said == c.Origin {
			continue
		}
		differs := []string{}
		for _, part := range [][3]string{
			{"scheme", have.Scheme, want.Scheme}, {"host", have.Hostname(), want.Hostname()}, {"port", have.Port(), want.Port()},
			{"path (an origin has none)", have.Path, want.Path},
		} {
			if part[1] != part[2] {
				differs = append(differs, part[0])
			}
		}
		return fmt.Sprintf("the server expects the origin %s, and the page was at %s. What differs: %s.", said, c.Origin,
			strings.Join(differs, ", "))
	}
	return fmt.Sprintf("the server expects another origin than %s, where the page was: scheme, host and port all count, localhost is not "+
		"127.0.0.1, http is not https, and no slash stands at the end.", c.Origin)
}

var origins = regexp.MustCompile(`https?://[^\s"'\\\[\](),;<>]+`)

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

func byStatus(status int) (cause, fix string) {
	switch status {
	case 404, 405:
		return "The likely cause: nothing takes the answer at that address with that method.",
			"Compare the path that the page posts to with the routes of the server."
	case 413:
		return "The likely cause: the answer is longer than the server takes.", "Let the route take 64 KiB."
	case 415:
		return "The likely cause: the Content-Type is not the one that the server reads.", "Send application/json, with the header."
	case 429:
		return "The likely cause: a limit on how often one may ask, not the answer.", "Wait, or switch the limit off in development."
	}
	return "", ""
}

// suspects are looked for in what the server said, in this order.
var suspects = []suspect{
	{regexp.MustCompile(`(?i)csrf|xsrf|forgery`),
		say("the server misses its own token against forged requests; the passkey was not looked at."),
		"Send the token with the request, as the other forms of the app do.", 0},
	{regexp.MustCompile(`(?i)challenge|nonce`), func(c Ceremony, rec *tape.Record) string {
		if c.Again > 0 {
			return fmt.Sprintf("the server compares with another challenge than the page was given. %s %s was asked once more before the answer "+
				"was sent (a double click, a prefetch, an effect that runs twice), and the new challenge has replaced the first.",
				c.Begin.Method, c.Begin.URL)
		}
		text := "the server compares with another challenge than the page was given: a second begin (a double click, a second tab, an effect " +
			"that runs twice) has replaced it"
		if c.Begin == nil {
			text += ", or the page didn't take the challenge from the server: no answer was seen that has it"
		}
		return text + ", or the challenge was kept in another alphabet than the one it is compared in."
	}, "Begin once a ceremony, keep the challenge as bytes or in base64url on both sides, and in the session rather than in memory that a " +
		"restart forgets.", session | alphabet},
	{regexp.MustCompile(`(?i)rp.?id|relying party`), func(_ Ceremony, rec *tape.Record) string {
		return fmt.Sprintf("the server expects another RP ID than %q, which the page asked for.", rec.RPID)
	}, "Use one setting for the options and for the verification: a host name alone, without scheme and port.", alphabet},
	{regexp.MustCompile(`(?i)origin`), func(c Ceremony, _ *tape.Record) string { return elsewhere(c) },
		"Write the page's origin, exactly, into the server's list of expected origins.", 0},
	{regexp.MustCompile(`(?i)counter|sign.?count|clone`),
		say("the server has a higher counter for this passkey than the authenticator, or refuses one that stays 0 " +
			"as those of synced passkeys do."),
		"Accept 0 after 0; where the stored counter is higher, it was written by a copy or by another authenticator.", 0},
	{regexp.MustCompile(`(?i)user.?verif|\buv\b`), say("the server demands user verification that the options didn't ask for."),
		"Ask for userVerification: \"required\" in the options, or don't demand it: requireUserVerification: false (SimpleWebAuthn).", 0},
	{regexp.MustCompile(`(?i)not (be )?found|unknown|no such|no (member|user|account|customer|credential|passkey) |not regist|unregist|` +
		`doesn.t exist|does not exist|could not find`),
		say("the server doesn't know this credential: its database was emptied, or the id is looked up in another alphabet than the one it was " +
			"stored in."),
		"Look the id up by its bytes, or in base64url without padding on both sides. If the database is new, register again and remove the old " +
			"passkey.", session | alphabet},
	{regexp.MustCompile(`(?i)session|log.?in again|expired|unauthori[sz]ed|not authenticated`),
		say("the server has no session for this request, or none any more."),
		"Send cookies with both requests (credentials: \"include\"), and keep sessions where a restart of the server doesn't end them.", session},
	{regexp.MustCompile(`(?i)base64|encod|decod|parse|cbor|json|malformed|format|missing|undefined|null|required|invalid (id|type|body|` +
		`request)`),
		say("the server couldn't read the answer: another encoding, or members of other names."),
		"Send credential.toJSON() as it is, as JSON, with the members that the library's documentation names.", session | alphabet},
}

func say(text string) func(Ceremony, *tape.Record) string {
	return func(Ceremony, *tape.Record) string { return text }
}
