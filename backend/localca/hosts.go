package localca

import (
	"crypto/x509"
	"net"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"sting/backend/fault"
)

// names are what a certificate is for: lower-case ASCII DNS names, and addresses.
type names struct {
	dns []string
	ips []net.IP
}

func (n names) equal(m names) bool {
	return slices.Equal(n.dns, m.dns) && slices.EqualFunc(n.ips, m.ips, net.IP.Equal)
}

// list returns the names and the addresses in one list.
func (n names) list() []string {
	out := slices.Clone(n.dns)
	for _, ip := range n.ips {
		out = append(out, ip.String())
	}
	return out
}

// always are the names that every authority covers: localhost with all that
// is below it, and the two addresses that the lab listens on.
func always() names {
	return names{dns: []string{"localhost"}, ips: []net.IP{net.IPv4(127, 0, 0, 1).To4(), net.IPv6loopback}}
}

// parseHosts returns the loopback names followed by hosts, each once, and a
// fault for each host that can't be in a certificate of ours.
func parseHosts(hosts []string) (names, []*fault.Error) {
	out := always()
	var refused []*fault.Error
	for _, h := range hosts {
		host := strings.ToLower(strings.TrimSuffix(strings.TrimSpace(h), "."))
		if ip := net.ParseIP(strings.Trim(host, "[]")); ip != nil {
			if v4 := ip.To4(); v4 != nil {
				ip = v4
			}
			if !slices.ContainsFunc(out.ips, ip.Equal) {
				out.ips = append(out.ips, ip)
			}
			continue
		}
		name, why := parseName(host)
		if why != "" {
			refused = append(refused, ErrHostRefused.Saying("The host %q can't be in a certificate: %s.", h, why))
			continue
		}
		if !slices.Contains(out.dns, name) {
			out.dns = append(out.dns, name)
		}
	}
	return out, refused
}

// parseName returns host in ASCII, or why it can't be used.
func parseName(host string) (name, why string) {
	rest, wild := strings.CutPrefix(host, "*.")
	ascii, err := idna.Lookup.ToASCII(rest)
	if err != nil || !isHostName(ascii) {
		return "", "it is not a host name"
	}
	// A constraint covers all that is below it: one for a public suffix would
	// let a stolen key speak for everybody's domains there.
	suffix, icann := publicsuffix.PublicSuffix(ascii)
	if suffix == ascii && (icann || strings.Contains(ascii, ".")) {
		return "", "it is a public suffix, below which others have their domains"
	}
	if wild {
		if ascii == "localhost" {
			return "", "browsers accept no wildcard below localhost; name the hosts"
		}
		return "*." + ascii, ""
	}
	return ascii, ""
}

// isHostName reports whether name consists of labels of letters, digits and
// inner hyphens (RFC 1123, section 2.1). Anything else would make a
// certificate that can't be read.
func isHostName(name string) bool {
	if len(name) > 253 {
		return false
	}
	const letters = "abcdefghijklmnopqrstuvwxyz0123456789-"
	for label := range strings.SplitSeq(name, ".") {
		foreign := strings.ContainsFunc(label, func(r rune) bool { return !strings.ContainsRune(letters, r) })
		if label == "" || len(label) > 63 || foreign || strings.Trim(label, "-") != label {
			return false
		}
	}
	return true
}

// constraints returns the subtrees that an authority for n may vouch for.
func (n names) constraints() (dns []string, ips []*net.IPNet) {
	for _, name := range n.dns {
		base := strings.TrimPrefix(name, "*.")
		if !slices.ContainsFunc(dns, func(d string) bool { return within(base, d) }) {
			dns = append(dns, base)
		}
	}
	for _, ip := range n.ips {
		ips = append(ips, &net.IPNet{IP: ip, Mask: net.CIDRMask(len(ip)*8, len(ip)*8)})
	}
	return dns, ips
}

// covered splits n into what ca may vouch for and the rest. One name outside
// the constraints would make a whole leaf invalid.
func (n names) covered(ca *x509.Certificate) (in names, out []string) {
	for _, name := range n.dns {
		base := strings.TrimPrefix(name, "*.")
		if slices.ContainsFunc(ca.PermittedDNSDomains, func(d string) bool { return within(base, d) }) {
			in.dns = append(in.dns, name)
			continue
		}
		out = append(out, name)
	}
	for _, ip := range n.ips {
		if slices.ContainsFunc(ca.PermittedIPRanges, func(r *net.IPNet) bool { return r.Contains(ip) }) {
			in.ips = append(in.ips, ip)
			continue
		}
		out = append(out, ip.String())
	}
	return in, out
}

// within reports whether name is domain or below it.
func within(name, domain string) bool {
	return name == domain || strings.HasSuffix(name, "."+domain)
}
