package idp

import "sync/atomic"

// CountComparisons counts into n how often h works a password through argon2id
// to compare it.
func (h *Hasher) CountComparisons(n *atomic.Int32) {
	compare := h.compare
	h.compare = func(password, hash string) (bool, error) {
		n.Add(1)
		return compare(password, hash)
	}
}
