package decode

import (
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Mismatch says that a part of a statement is of another kind than it has to be.
type Mismatch struct{ Cause, Expected, Received string }

// Error says what differs.
func (m *Mismatch) Error() string { return m.Cause }

func mismatch(expected, received, format string, args ...any) error {
	return &Mismatch{Cause: fmt.Sprintf(format, args...), Expected: expected, Received: received}
}

// Unsupported says why a statement could be decoded and not verified.
type Unsupported string

// Error says what could not be computed with.
func (u Unsupported) Error() string { return string(u) }

// Strangers lists the members of a map whose names nobody knows.
func Strangers(m Item, known ...string) string {
	var list []string
	for _, p := range m.Pairs {
		if p.Key.Kind != Text || !slices.Contains(known, string(p.Key.Raw)) {
			list = append(list, Short(p.Key.label()))
		}
	}
	return strings.Join(list, ", ")
}

// Field returns a member of a statement that has to be of a kind.
func Field(st Item, name string, kind Kind) (Item, error) {
	it, ok := st.Member(name)
	if !ok {
		return it, fmt.Errorf("%s is missing", name)
	}
	if it.Kind != kind {
		return it, fmt.Errorf("%s is %s, where it should be %s", name, it.What(), Item{Kind: kind}.What())
	}
	if kind == Bytes && len(it.Raw) == 0 {
		return it, fmt.Errorf("%s is empty", name)
	}
	return it, nil
}

// AlgorithmField returns the algorithm of a statement.
func AlgorithmField(st Item) (int64, error) {
	it, ok := st.Member("alg")
	if !ok {
		return 0, errors.New("alg is missing")
	}
	alg, ok := it.Int()
	if !ok {
		return 0, fmt.Errorf("alg is %s, where it should be a number", it.What())
	}
	return alg, nil
}

// Certificates returns x5c, leaf first.
func Certificates(st Item) ([]*x509.Certificate, error) {
	list, err := Field(st, "x5c", Array)
	if err != nil {
		return nil, err
	}
	if len(list.Items) == 0 {
		return nil, errors.New("x5c is empty")
	}
	var path []*x509.Certificate
	for i, el := range list.Items {
		if el.Kind != Bytes {
			return nil, fmt.Errorf("certificate %d of x5c is %s, not a byte string", i+1, el.What())
		}
		c, err := x509.ParseCertificate(el.Raw)
		if err != nil && strings.HasSuffix(err.Error(), "unsupported elliptic curve") {
			return nil, Unsupported(fmt.Sprintf("The attestation could not be checked: the key of certificate %d of x5c is on a curve that this "+
				"explainer can not compute with.", i+1))
		}
		if err != nil {
			return nil, fmt.Errorf("certificate %d of x5c can't be read: %v", i+1, err)
		}
		path = append(path, c)
	}
	return path, nil
}
