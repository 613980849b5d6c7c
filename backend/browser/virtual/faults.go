package virtual

import "sting/backend/fault"

// The faults of this package.
var (
	// ErrNoBrowser: there is none that a virtual authenticator can live in.
	ErrNoBrowser = fault.New(fault.Unavailable, "VIRTUAL_NO_BROWSER",
		"No Chromium, Chrome, Edge or Brave was found for a virtual authenticator.",
		"Install one of them, or name it in the environment of the lab: STING_CHROMIUM=/path/to/chromium. Firefox can't do this.")

	// ErrNotStarted: the browser was found and didn't come up.
	ErrNotStarted = fault.New(fault.Unavailable, "VIRTUAL_NOT_STARTED", "The browser with the virtual authenticator did not start.",
		"Start the browser by hand to see what it says, then run `sting open register --virtual` again.").
		Running("sting open register --virtual")

	// ErrNotRunning: what was asked for needs the browser, and it isn't there.
	ErrNotRunning = fault.New(fault.Conflict, "VIRTUAL_NOT_RUNNING", "No browser with a virtual authenticator runs.",
		"Open one: `sting open register --virtual`.").Running("sting open register --virtual")

	// ErrKeys: virtual.json can't be read or written.
	ErrKeys = fault.New(fault.Unavailable, "VIRTUAL_KEYS", "The keys of the virtual authenticator can't be read or written.",
		"Look at virtual.json in the home folder. To begin with no keys, move that file away: passkeys made with them can't sign in any more.")

	// ErrUntrusted comes with an open page: the browser warns of its certificate.
	ErrUntrusted = fault.New(fault.Unavailable, "VIRTUAL_UNTRUSTED", "The browser doesn't trust the page's certificate, and shows a warning.",
		"For the lab's own pages run `sting trust --browsers`, close that browser and open it again. "+
			"For an app `sting open APP` shows the certificate and asks once. Going on behind the warning works at localhost.").
		Running("sting trust --browsers")

	// ErrNotShown: the page could not be reached.
	ErrNotShown = fault.New(fault.Unavailable, "VIRTUAL_NOT_SHOWN", "The browser with the virtual authenticator could not show the page.",
		"`sting status -v` says whether the site answers.").Running("sting status -v")

	errNoKey = fault.ErrNotFound.Saying("The virtual authenticator holds no such key.").
			Hinting("`sting virtual` lists its keys; the beginning of an id is enough where only one key has it.").
			Running("sting virtual").In("key")
	errChange = fault.ErrInvalidField.Saying("The virtual authenticator can't be changed like that.")
)
