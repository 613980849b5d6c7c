package idp

import (
	"fmt"
	"strings"
)

// text is a message for a person, with Kratos' number: a page may translate by
// it.
type text struct {
	ID      int            `json:"id"`
	Text    string         `json:"text"`
	Type    string         `json:"type"` // "info", "error", "success"
	Context map[string]any `json:"context,omitempty"`
}

// The labels and messages without variable parts, in Kratos' words.
var (
	labelSignIn         = info(1010001, "Sign in")
	msgConfirm          = info(1010003, "Please confirm this action by verifying that it is you.")
	msgSecondFactor     = info(1010004, "Please complete the second authentication challenge.")
	labelSignInPassword = info(1010022, "Sign in with password")
	labelSignUp         = info(1040001, "Sign up")
	labelBack           = info(1040008, "Back")
	msgChooseCredential = info(1040009, "Please choose a credential to authenticate yourself with.")
	msgSaved            = text{ID: 1050001, Text: "Your changes have been saved!", Type: "success"}
	msgOthersEnded      = text{ID: 1059001, Type: "info"} // ours: Kratos has none
	msgRecovered        = text{ID: 1060001, Text: "You successfully recovered your account. Please change your password or set up an " +
		"alternative login method (e.g. social sign in) within the next %s minutes.", Type: "success"}
	msgRecoverySent = info(1060003, "An email containing a recovery code has been sent to the email address you provided. If you have "+
		"not received an email, check the spelling of the address and make sure to use the address you registered with.")
	labelPassword       = info(1070001, "Password")
	labelSave           = info(1070003, "Save")
	labelID             = info(1070004, "ID")
	labelEmail          = info(1070007, "Email")
	labelResend         = info(1070008, "Resend code")
	labelContinue       = info(1070009, "Continue")
	labelRecoveryCode   = info(1070010, "Recovery code")
	labelVerifyCode     = info(1070011, "Verification code")
	msgVerified         = text{ID: 1080002, Text: "You successfully verified your email address.", Type: "success"}
	msgVerificationSent = info(1080003, "An email containing a verification code has been sent to the email address you provided. If you "+
		"have not received an email, check the spelling of the address and make sure to use the address you registered with.")

	errCredentials = failed(4000006, "The provided credentials are invalid, check for spelling mistakes in your password or username, "+
		"email address, or phone number.")
	errDuplicate        = failed(4000007, "An account with the same identifier (email, phone, username, ...) exists already.")
	errSimilar          = failed(4000031, "The password can not be used because it is too similar to the identifier.")
	errNoLoginMethod    = failed(4010002, "Could not find a strategy to log you in with. Did you fill out the form correctly?")
	errNoSignUpMethod   = failed(4010003, "Could not find a strategy to sign you up with. Did you fill out the form correctly?")
	errNoSettingsMethod = failed(4010004, "Could not find a strategy to update your settings. Did you fill out the form correctly?")
	errNoRecoveryMethod = failed(4010005, "Could not find a strategy to recover your account with. Did you fill out the form correctly?")
	errNoVerifyMethod   = failed(4010006, "Could not find a strategy to verify your account with. Did you fill out the form correctly?")
	errRecoveryCode     = failed(4060006, "The recovery code is invalid or has already been used. Please try again.")
	errVerificationCode = failed(4070006, "The verification code is invalid or has already been used. Please try again.")
	errTooManyTries     = generic("The request was submitted too often. Please request another code.")
	errUndecodable      = generic("Unable to decode form as JSON.")
	reasonAlreadyIn     = "A valid session was detected and thus login is not possible. Did you forget to set `?refresh=true`?"
	reasonNoFlowParam   = "The flow query parameter is missing or malformed."
	reasonNoCredentials = "No valid session credentials found in the request."
	reasonTokenMissing  = "A valid Ory Session Cookie or Ory Session Token is missing."
	reasonNoCookie      = "No valid session cookie found."
	reasonNoSession     = "No active session was found in this request."
	reasonSessionNeeded = "This endpoint can only be accessed with a valid session. Please log in and try again."
	reasonCodeUsed      = "The code was already used. Please request another code."
	reasonPassed        = "The request was already completed successfully and can not be retried."
	reasonNoSuchToken   = "The provided Ory Session Token could not be found, is invalid, or otherwise malformed."
	reasonDisabled      = "This endpoint was disabled by system administrator. Please check your url or contact the system administrator " +
		"to enable it."
	reasonLogoutMismatch = "Unable to log out because the logout token in the URL query does not match the session cookie."
)

func info(id int, s string) text { return text{ID: id, Text: s, Type: "info"} }

func failed(id int, s string) text { return text{ID: id, Text: s, Type: "error"} }

// generic is Kratos' 4000001: a reason in words.
func generic(reason string) text {
	t := failed(4000001, reason)
	t.Context = map[string]any{"reason": reason}
	return t
}

// titled is the label of a trait.
func titled(title string) *text {
	if title == "" {
		return nil
	}
	t := info(1070002, title)
	t.Context = map[string]any{"title": title}
	return &t
}

func missing(property string) text {
	t := failed(4000002, fmt.Sprintf("Property %s is missing.", property))
	t.Context = map[string]any{"property": property}
	return t
}

func tooShort(atLeast, got int) text {
	t := failed(4000032, fmt.Sprintf("The password must be at least %d characters long, but got %d.", atLeast, got))
	t.Context = map[string]any{"min_length": atLeast, "actual_length": got}
	return t
}

func limit(id int, format string, names [2]string, a, b any) text {
	t := failed(id, fmt.Sprintf(format, a, b))
	t.Context = map[string]any{names[0]: a, names[1]: b}
	return t
}

func quoted(vs []any) string {
	out := make([]string, len(vs))
	for i, v := range vs {
		out[i] = string(raw(v))
	}
	return strings.Join(out, ", ")
}
