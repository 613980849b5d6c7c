package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"time"

	bolt "go.etcd.io/bbolt"

	"sting/backend/kratos/idp"
)

// Bounds of the flows. Anybody may begin one, so their number is bounded; and a
// client that begins many loses its own first, so that a flood does not push out
// the form that another one is filling in. There is no rate limit: on a loopback
// every client has the same address, and the ones that hurry are test suites and
// benchmarks, which a 429 would break.
//
// A client is what can be told apart: a person by their identity, a browser by the
// CSRF cookie that it shows, everybody else by the address of the connection; no
// header tells two of them apart. Within a client's share the first half stays
// until it expires, and the other half is taken turn by turn: even of clients that
// look the same, the one that was there before a flood keeps its form. What belongs
// to a person, or to a browser that has signed in, has a share that nobody reaches
// who only begins; what strangers have submitted shares one of its own.
//
// A flood that shows another cookie each time has as many shares as flows. Where
// all open shares are small, their flows are treated as those of one client.
const (
	maxFlows         = 10_000
	maxFlowsOfClient = 1_000
	smallShare       = 8
)

var (
	flowsByAge = index{name: []byte("flows_by_age")} // issued key -> share
	flowsOf    = index{name: []byte("flows_of")}     // share issued key -> nothing
	flowCounts = index{name: []byte("flow_counts")}  // share -> how many
)

// shareLen is the length of a share's name: its rank and a hash of its client.
const shareLen = 17

// The ranks of shares. Those of rankOpen give first where they hold more than half
// of the room; where they don't, the largest of all does.
const (
	rankOpen byte = iota // nobody submitted them, and nobody vouches for who began them
	rankSent             // submitted by a stranger
	rankKept             // of a person, or of a browser that has signed in
)

// shareOf names the share that a flow takes its place from.
func shareOf(f idp.Flow) []byte {
	rank, who := rankOpen, "client "+f.Client
	switch {
	case f.IdentityID != "":
		rank, who = rankKept, "person "+string(f.IdentityID)
	case f.Proven:
		rank = rankKept
	case f.Submitted:
		rank, who = rankSent, ""
	}
	h := sha256.Sum256([]byte(who))
	return append([]byte{rank}, h[:shareLen-1]...)
}

// placeFlow takes a place for a flow, another one's where there are too many.
func placeFlow(tx *bolt.Tx, f idp.Flow, now time.Time) error {
	share := shareOf(f)
	if flowCount(tx, share) >= maxFlowsOfClient {
		if err := dropOneOf(tx, share, now); err != nil {
			return err
		}
	}
	b := tx.Bucket(flows.name)
	if b.Sequence() >= maxFlows {
		if err := dropOne(tx, now); err != nil {
			return err
		}
	}
	if err := b.SetSequence(b.Sequence() + 1); err != nil {
		return err
	}
	byAge := append(age(f.IssuedAt), flowKey(f.Kind, f.ID)...)
	if err := flowsByAge.put(tx, byAge, share); err != nil {
		return err
	}
	if err := flowsOf.put(tx, append(share, byAge...), []byte{}); err != nil {
		return err
	}
	return countFlows(tx, share[:shareLen], +1)
}

// movePlace gives a flow that changed a place in the share that is now its own.
func movePlace(tx *bolt.Tx, before, after idp.Flow) error {
	if bytes.Equal(shareOf(before), shareOf(after)) {
		return nil
	}
	byAge := append(age(before.IssuedAt), flowKey(before.Kind, before.ID)...)
	if err := leavePlace(tx, shareOf(before), byAge); err != nil {
		return err
	}
	return placeFlow(tx, after, after.UpdatedAt)
}

// dropOne forgets a flow to make room. One that was kept before there were shares
// goes first.
func dropOne(tx *bolt.Tx, now time.Time) error {
	if byAge, share := tx.Bucket(flowsByAge.name).Cursor().First(); byAge != nil && len(share) != shareLen {
		return dropFlow(tx, nil, bytes.Clone(byAge))
	}
	var all, open largest
	err := flowCounts.under(tx, nil, func(share, n []byte) error {
		size := binary.BigEndian.Uint64(n)
		if all.see(share, size); share[0] == rankOpen {
			open.see(share, size)
		}
		return nil
	})
	switch {
	case err != nil || all.share == nil:
		return err
	case open.total <= maxFlows/2:
		return dropOneOf(tx, all.share, now)
	case open.most > smallShare:
		return dropOneOf(tx, open.share, now)
	}
	return dropOpen(tx, open.total, now)
}

// largest finds the largest of some shares.
type largest struct {
	share       []byte
	most, total uint64
}

func (l *largest) see(share []byte, size uint64) {
	if l.total += size; size > l.most {
		l.share, l.most = bytes.Clone(share), size
	}
}

// dropOpen forgets one of the open flows, which are so many: the oldest if it has
// expired, otherwise the oldest of the younger half.
func dropOpen(tx *bolt.Tx, open uint64, now time.Time) error {
	c := tx.Bucket(flowsByAge.name).Cursor()
	var chosen, of []byte
	skipped := uint64(0)
	for k, share := c.First(); k != nil; k, share = c.Next() {
		if len(share) != shareLen || share[0] != rankOpen {
			continue
		}
		chosen, of = k, share
		if skipped == 0 {
			if f, err := flows.get(tx, k[8:]); err != nil || !now.Before(f.ExpiresAt) {
				break
			}
		}
		if skipped++; skipped > open/2 {
			break
		}
	}
	if chosen == nil {
		return nil
	}
	return dropFlow(tx, bytes.Clone(of), bytes.Clone(chosen))
}

// dropOneOf forgets a flow of a share: the oldest if it has expired, otherwise
// the oldest of the younger half.
func dropOneOf(tx *bolt.Tx, share []byte, now time.Time) error {
	c := tx.Bucket(flowsOf.name).Cursor()
	k, _ := c.Seek(share)
	if !bytes.HasPrefix(k, share) {
		return tx.Bucket(flowCounts.name).Delete(share) // it counted what isn't there
	}
	oldest := bytes.Clone(k[shareLen:])
	if f, err := flows.get(tx, oldest[8:]); err != nil || !now.Before(f.ExpiresAt) { // one that can't be read is of no use either
		return dropFlow(tx, share, oldest)
	}
	chosen := oldest
	for range flowCount(tx, share) / 2 {
		if k, _ = c.Next(); !bytes.HasPrefix(k, share) {
			break
		}
		chosen = k[shareLen:]
	}
	return dropFlow(tx, share, bytes.Clone(chosen))
}

// dropFlow forgets a flow. byAge is its key behind the time when it was issued.
func dropFlow(tx *bolt.Tx, share, byAge []byte) error {
	if err := leavePlace(tx, share, byAge); err != nil {
		return err
	}
	return tx.Bucket(flows.name).Delete(byAge[8:])
}

// leavePlace takes a flow out of the indexes.
func leavePlace(tx *bolt.Tx, share, byAge []byte) error {
	b := tx.Bucket(flows.name)
	if n := b.Sequence(); n > 0 {
		if err := b.SetSequence(n - 1); err != nil {
			return err
		}
	}
	if err := flowsByAge.delete(tx, byAge); err != nil {
		return err
	}
	key := append(bytes.Clone(share), byAge...)
	if share == nil || flowsOf.get(tx, key) == nil {
		return nil // kept before there were shares
	}
	if err := flowsOf.delete(tx, key); err != nil {
		return err
	}
	return countFlows(tx, share, -1)
}

func flowCount(tx *bolt.Tx, share []byte) uint64 {
	n := flowCounts.get(tx, share)
	if len(n) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(n)
}

// countFlows adds to the count of a share. A share of none is forgotten.
func countFlows(tx *bolt.Tx, share []byte, more int64) error {
	n := int64(flowCount(tx, share)) + more
	if n <= 0 {
		return tx.Bucket(flowCounts.name).Delete(share)
	}
	return flowCounts.put(tx, share, binary.BigEndian.AppendUint64(nil, uint64(n)))
}
