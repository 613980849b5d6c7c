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
		fmt.Sprintf("Hi,\n\nplease verify your account by entering the following code:\n\n%s\n\nor clicking the following link:\n\n%s\n", code,
			link),
		fmt.Sprintf("<p>Hi,</p>\n<p>please verify your account by entering the following code:</p>\n<p>%s</p>\n"+
			"<p>or clicking the following link:</p>\n<p><a href=\"%s\">%[2]s</a></p>\n", code, html.EscapeString(link)))
}

func (x *exchange) recoveryMail(to, code string) Mail {
	return x.mail(to, "recovery_code_valid", "Recover access to your account",
		fmt.Sprintf("Hi,\n\nplease recover access to your account by entering the following code:\n\n%s\n", code),
		fmt.Sprintf("<p>Hi,</p>\n<p>please recover access to your account by entering the following code:</p>\n<p>%s</p>\n", code))
}
