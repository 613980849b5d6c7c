package inspect

import (
	"fmt"
	"strings"

	"sting/backend/decode"
	"sting/backend/origin"
)

// securityReason says which rule of RP ID and origin the browser held against
// the page: Web Authentication Level 3, section 5.1.3 step 8.
func (e *examiner) securityReason() (cause, fix string) {
	if e.c.rpID == nil || e.c.page == nil {
		return "The browser refused the RP ID: it has to be the page's host, or a domain above it, over https (or localhost), and never an " +
				"address.",
			"Compare the RP ID in the options with the address bar. `sting doctor` names the rule that is broken."
	}
	rp, page := *e.c.rpID, *e.c.page
	if err := origin.ValidRPID(rp); err != nil {
		meaning, fix := wording(err)
		return fmt.Sprintf("The browser refused the RP ID %s. %s", decode.Short(rp), meaning), fix
	}
	o, err := origin.Parse(page)
	if err != nil {
		return fmt.Sprintf("The page was at %s, and that is no place for passkeys.", decode.Short(page)), "Open the page over https."
	}
	const open = "Open the page at %s, or ask for an RP ID of its own."
	switch above := strings.HasSuffix(o.Host, "."+rp); {
	case o.IsAddress():
		return fmt.Sprintf("The page was at %s, an address, and passkeys belong to names: the RP ID %s can't be claimed from there.", page, rp),
			fmt.Sprintf(open, rp)
	case !o.Secure():
		return fmt.Sprintf("The page was at %s, which is no secure context: passkeys need https, or localhost.", page),
			"Open the page over https."
	case above && origin.IsPublicSuffix(rp):
		return fmt.Sprintf("The page was at %s. %s is a public suffix to browsers: only a page at %s itself may claim it.", page, rp, rp),
			fmt.Sprintf(open, rp)
	case o.Host != rp && !above:
		return fmt.Sprintf("The page was at %s. The RP ID %s is neither its host, %s, nor a domain above it.", page, rp, o.Host),
			fmt.Sprintf(open, rp)
	}
	return fmt.Sprintf("The page was at %s and the RP ID is %s: the two fit together, so another rule was broken, such as the permissions "+
			"policy of a frame. The browser does not say which.", page, rp),
		"Open the page by itself, not in a frame, and look into the browser's console."
}

func wording(err error) (meaning, fix string) {
	if o, ok := err.(*origin.Error); ok {
		return o.Meaning, o.Fix
	}
	return err.Error() + ".", "Use localhost."
}
