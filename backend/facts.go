package backend

import (
	"os"
	"slices"
	"time"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/host"
	"sting/backend/mailservice"
	"sting/backend/passkey"
	"sting/backend/service"
	"sting/backend/settings"
	"sting/backend/visitors"
)

// facts are what a lab tells of itself.
type facts struct {
	ground
	lab       *Lab
	mock      *settings.MockUser
	mails     *mailservice.Mails
	visitors  *visitors.Visitors
	services  *service.Group
	mended    []string
	startedAt time.Time
}

// ofSite are those that a page of a relying party shows.
func (f facts) ofSite(rp passkey.RelyingParty) api.LabFacts {
	mailProblem, mailFix := f.mails.Trouble(f.services.Status())
	return api.LabFacts{
		Version:            f.lab.opts.Version,
		Origin:             f.live.OriginOf(rp),
		RPID:               rp.ID,
		RPName:             rp.Name,
		ClockOffsetSeconds: int64(f.lab.clock.Offset() / time.Second),
		CeremoniesEnabled:  rp.Problem == "",
		MockUser:           f.mock.On(),
		Problem:            rp.Problem,
		Fix:                rp.ProblemFix,
		KratosMode:         f.live.Config().Kratos.Mode,
		MailProblem:        mailProblem,
		MailFix:            mailFix,
	}
}

// ofLab are those that the admin verbs tell.
func (f facts) ofLab() admin.Facts {
	c, parties := f.live.Config(), f.live.Parties()
	f.notices.Warn(f.store.Notices()...) // a large file is examined while the lab runs
	return admin.Facts{
		Version:    f.lab.opts.Version,
		Home:       f.lab.opts.Home,
		Origin:     c.Address(),
		Mailbox:    c.MailboxOrigin(),
		KratosMode: c.Kratos.Mode,
		PID:        os.Getpid(),
		StartedAt:  f.startedAt,
		Parties:    parties,
		MockUser:   f.mock.On(),
		Warnings: slices.Concat(
			f.notices.All(), f.mock.Warnings(), f.visitors.Warnings(parties.Origins(), c.Hosts()), host.Warnings(f.ca),
		),
		Mended: f.mended,
	}
}
