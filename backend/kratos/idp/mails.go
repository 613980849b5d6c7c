package idp

import (
	"fmt"
	"html"
	"net/url"
)

func (x *exchange) mail(to, template, subject, plain, rich string) Mail {
	return Mail{To: to, Template: template, Subject: subject, Text: plain, HTML: rich, At: x.now}
}

func (x *exchange) verificationMail(f Flow, to, code string) Mail {
	link := fmt.Sprintf("%s/self-service/verification?%s", f.Base, url.Values{"code": {code}, "flow": {f.ID}}.Encode())
	return x.mail(to, "verification_code_valid", "Please verify your email address",
		fmt.Sprintf("Hi,\n\nplease verify your account by entering the following code:\n\n%s\n\nor clicking the following link:\n\n%s\n", code, link),
		fmt.Sprintf("<p>Hi,</p>\n<p>please verify your account by entering the following code:</p>\n<p>%s</p>\n<p>or clicking the following link:</p>\n<p><a href=\"%s\">%[2]s</a></p>\n", code, html.EscapeString(link)))
}

func (x *exchange) recoveryMail(to, code string) Mail {
	return x.mail(to, "recovery_code_valid", "Recover access to your account",
		fmt.Sprintf("Hi,\n\nplease recover access to your account by entering the following code:\n\n%s\n", code),
		fmt.Sprintf("<p>Hi,</p>\n<p>please recover access to your account by entering the following code:</p>\n<p>%s</p>\n", code))
}

// unknownMail tells somebody who has no account that somebody tried.
func (x *exchange) unknownMail(to, template, subject, what string) Mail {
	plain := fmt.Sprintf("Hi,\n\nyou (or someone else) entered this email address when trying to %s.\n\nHowever, this email address is not on our database of registered users and therefore the attempt failed.\n\nIf this was you, check if you signed up using a different address.\n\nIf this was not you, please ignore this email.\n", what)
	return x.mail(to, template, subject, plain, "<p>"+html.EscapeString(plain)+"</p>\n")
}
