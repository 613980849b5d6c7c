package localca

import "sting/backend/fault"

// The faults of this package. Those of an authority keep the site from being
// trusted, never from being served, but for ErrDamaged and ErrFolder.
var (
	// ErrFolder: the folder of the authority can't be made, read or written.
	ErrFolder = fault.New(fault.Unavailable, "CA_FOLDER", "The folder of the certificate authority can't be used.",
		"Make the folder writable for you alone, then start the lab again: `sting stop`, `sting serve`.").Running("sting stop")

	// ErrDamaged: the authority's files are missing in part, changed or unreadable.
	ErrDamaged = fault.New(fault.Unavailable, "CA_DAMAGED", "The certificate authority on disk is damaged.",
		"Put its files back from a copy, or run `sting trust`: it puts the damaged files aside, makes a new authority and replaces the old one "+
			"in every store.").
		Running("sting trust")

	// ErrExpired: the authority has run out.
	ErrExpired = fault.New(fault.Unavailable, "CA_EXPIRED", "The certificate authority has run out: browsers refuse its certificates.",
		"Run `sting trust`: it makes a new authority and replaces the old one in every store.").Running("sting trust")

	// ErrNotYetValid: the machine's clock stands before the authority's beginning.
	ErrNotYetValid = fault.New(fault.Unavailable, "CA_NOT_YET_VALID",
		"The machine's clock stands before the day the certificate authority was made.",
		"Set the clock of this machine. If it is right, run `sting trust`: it makes a new authority.").Running("sting trust")

	// ErrNotCovered: a configured host lies outside the authority's constraints.
	ErrNotCovered = fault.New(fault.Unavailable, "CA_HOST_NOT_COVERED", "The certificate authority was not made for a configured host.",
		"Run `sting trust`: it makes a new authority for the hosts of the configuration and replaces the old one in every store.").
		Running("sting trust")

	// ErrHostRefused: no authority of ours would ever cover this host.
	ErrHostRefused = fault.New(fault.Invalid, "CA_HOST_REFUSED", "A configured host can't be in a certificate.",
		"Name a host such as sting.localhost or lab.example.test, without scheme and port, in `tls.hosts`.")

	// ErrHandshake: the probe's handshake failed.
	ErrHandshake = fault.New(fault.Unavailable, "TLS_HANDSHAKE_FAILED", "A TLS handshake with our own certificate failed.",
		"`sting status -v` says more. A lab that starts again makes a new leaf: `sting stop`, `sting serve`.").Running("sting status -v")

	// ErrCertutil: the tool that edits browsers' stores is not installed.
	ErrCertutil = fault.New(fault.Unavailable, "CERTUTIL_MISSING", "certutil, which edits the trust stores of browsers, is not installed.",
		"Install the NSS tools, then run `sting trust` again.").Running("sting trust")

	// ErrStore: a trust store could not be read or changed.
	ErrStore = fault.New(fault.Unavailable, "TRUST_STORE_FAILED", "A trust store could not be changed.",
		"Close the browser it belongs to and run `sting trust` again.").Running("sting trust")

	// ErrStoreLocked: a browser's store asks for a password before it is changed.
	ErrStoreLocked = fault.New(fault.Unavailable, "TRUST_STORE_LOCKED", "The trust store is locked with a primary password.",
		"Import the certificate in the browser's own settings (`sting cert` names the file), or take the primary password away while `sting "+
			"trust` runs.").
		Running("sting cert")

	// ErrNeedsRoot: the system's store can only be changed by root.
	ErrNeedsRoot = fault.New(fault.Forbidden, "TRUST_NEEDS_ROOT", "The system's trust store can only be changed by root.",
		"Run the command in a terminal.")

	// ErrNoSystemStore: no trust store of the system is known here.
	ErrNoSystemStore = fault.New(fault.Unavailable, "TRUST_NO_SYSTEM_STORE", "No trust store of the system was found.",
		"Install the package ca-certificates, or trust the browsers alone: `sting trust --browsers`.").Running("sting trust --browsers")

	// ErrIncomplete: at least one store that was asked for isn't as asked.
	ErrIncomplete = fault.New(fault.Unavailable, "TRUST_INCOMPLETE", "Not every trust store is as asked for.",
		"Each store's own line says why and what to do.")

	// ErrLedger: the list of authorities made here is damaged.
	ErrLedger = fault.New(fault.Unavailable, "CA_LEDGER_DAMAGED", "The list of authorities that were made here is damaged.",
		"Put ledger.json back from a copy, or delete it: older authorities then have to be removed by hand.")
)

func damaged(format string, args ...any) *fault.Error {
	return ErrDamaged.Saying("The certificate authority on disk is damaged: "+format+".", args...)
}
