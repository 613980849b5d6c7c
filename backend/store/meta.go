package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
)

// The layout of a bbolt file, version 2: go.etcd.io/bbolt/internal/common. Numbers
// stand in the machine's own order.
const (
	headerLen  = 16 // id 8, flags 2, count 2, overflow 4
	elementLen = 16 // of a branch: pos 4, ksize 4, child 8; of a leaf: flags 4, pos 4, ksize 4, vsize 4
	bucketLen  = 16 // root 8, sequence 8
	metaLen    = 64 // magic 4, version 4, page size 4, flags 4, root 8, sequence 8, free list 8, pages 8, txid 8, checksum 8

	flagBranch, flagLeaf, flagList = 0x01, 0x02, 0x10
	flagBucket                     = 0x01 // of a leaf's element

	noList     = ^uint64(0)
	metaMagic  = 0xED0CDAED
	metaFormat = 2
)

var order = binary.NativeEndian

// header is one of the two meta pages, which are written in turn: the one with
// the higher txid counts.
type header struct {
	raw    [metaLen]byte
	mended bool // one byte was wrong, and was found
}

func (h *header) pageSize() int64 { return int64(order.Uint32(h.raw[8:])) }
func (h *header) root() uint64    { return order.Uint64(h.raw[16:]) }
func (h *header) list() uint64    { return order.Uint64(h.raw[32:]) }
func (h *header) pages() uint64   { return order.Uint64(h.raw[40:]) }
func (h *header) txid() uint64    { return order.Uint64(h.raw[48:]) }

func (h *header) sum() uint64 {
	f := fnv.New64a()
	f.Write(h.raw[:metaLen-8])
	return f.Sum64()
}

func (h *header) seal() { order.PutUint64(h.raw[metaLen-8:], h.sum()) }

func (h *header) valid() bool {
	return order.Uint32(h.raw[:]) == metaMagic && order.Uint32(h.raw[4:]) == metaFormat && order.Uint64(h.raw[metaLen-8:]) == h.sum()
}

// mend looks for the one byte that makes the checksum right again. Among 16,320
// attempts a checksum of 64 bits does not come out right by chance.
func (h *header) mend() bool {
	for i := range h.raw {
		was := h.raw[i]
		for b := range 256 {
			if h.raw[i] = byte(b); byte(b) != was && h.valid() {
				h.mended = true
				return true
			}
		}
		h.raw[i] = was
	}
	return false
}

// headers are both meta pages of a file.
type headers struct {
	both  [2]header
	valid [2]bool
	now   int // which one counts
}

// readHeaders reads the meta pages, and puts one right that has one wrong byte
// while the other is as it should be.
func readHeaders(r io.ReaderAt, size int64) (h headers, err error) {
	if err := h.read(r, 0, 0); err != nil {
		return h, err
	}
	if h.valid[0] {
		err = h.read(r, 1, h.both[0].pageSize())
	} else {
		err = h.search(r, size)
	}
	if err != nil {
		return h, err
	}
	if !h.valid[0] && !h.valid[1] {
		return h, errors.New("both headers are damaged")
	}
	for i := range h.both {
		if !h.valid[i] {
			h.valid[i] = h.both[i].mend()
		}
	}
	if !h.valid[0] || h.valid[1] && h.both[1].txid() > h.both[0].txid() {
		h.now = 1
	}
	return h, h.both[h.now].plausible(size)
}

func (h *headers) read(r io.ReaderAt, i int, at int64) error {
	if _, err := r.ReadAt(h.both[i].raw[:], at+headerLen); err != nil {
		return fmt.Errorf("read header %d: %w", i, err)
	}
	h.valid[i] = h.both[i].valid()
	return nil
}

// search finds the second header where the first doesn't tell the size of a page.
func (h *headers) search(r io.ReaderAt, size int64) error {
	for at := int64(1024); at <= 1<<24 && at+headerLen+metaLen <= size; at *= 2 {
		if err := h.read(r, 1, at); err != nil || h.valid[1] {
			return err
		}
	}
	return nil
}

// plausible says what a header with the right checksum can't be.
func (h *header) plausible(size int64) error {
	ps, n := h.pageSize(), h.pages()
	switch {
	case ps < 1024 || ps > 1<<24 || ps&(ps-1) != 0:
		return fmt.Errorf("pages of %d bytes", ps)
	case n < 4 || n > uint64(1<<62/ps):
		return fmt.Errorf("%d pages", n)
	case int64(n)*ps > size:
		return errCut{size, int64(n) * ps}
	case h.root() < 2 || h.root() >= n:
		return fmt.Errorf("the root is page %d of %d", h.root(), n)
	case h.list() != noList && (h.list() < 2 || h.list() >= n):
		return fmt.Errorf("the list of free pages is page %d of %d", h.list(), n)
	}
	return nil
}

// errCut is a file that is shorter than it should be.
type errCut struct{ has, wants int64 }

func (e errCut) Error() string {
	return fmt.Sprintf("it was cut: it has %d bytes of %d", e.has, e.wants)
}

// said is what a person should know about the headers, or "".
func (h *headers) said(name string) string {
	other := 1 - h.now
	switch {
	case !h.valid[other]:
		return fmt.Sprintf("A header of %s is damaged. What was written last, one commit, may be lost: look whether what you did last is "+
			"there. Everything before it is.", name)
	case h.both[0].mended || h.both[1].mended:
		return fmt.Sprintf("One byte in a header of %s was wrong and has been put right; nothing is lost.", name)
	}
	return ""
}
