package store

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// bbolt trusts the pages of its file. A wrong number in one of them makes it
// write over what is in use, ask for all memory, or leave out a part of the tree
// in silence. So the pages are examined before it opens the file, with plain
// reads: nothing here can fault, and what is read is bounded by the file.

// maxDepth is more than any tree of pages has.
const maxDepth = 32

// wholePage is how long pages are that are read as a whole. Of longer ones, which
// hold one large value, only the keys are read.
const wholePage = 64 << 10

// pages is what an examination of a file found.
type pages struct {
	headers
	file    io.ReaderAt
	size    int64 // of a page
	count   uint64
	used    bitmap
	free    bitmap
	buckets []string // the names of the buckets
	list    error    // what is wrong with the list of free pages; the tree is right
	lost    bool     // with the list nothing is wrong but that it lacks pages
	leaf    []byte   // reused for each leaf
	roots   bool     // of buckets only the first page is looked at
	pace    *pace    // nil: nobody is kept waiting
}

type bitmap []uint64

func (b bitmap) has(id uint64) bool { return b[id/64]&(1<<(id%64)) != 0 }
func (b bitmap) set(id uint64)      { b[id/64] |= 1 << (id % 64) }

// examinePages walks from the root to every page that is in use, and compares
// what it has seen with the list of free pages. An error says what is wrong with
// the tree; a wrong list can be made anew from it.
func examinePages(file io.ReaderAt, size int64) (*pages, error) {
	p, err := newPages(file, size)
	if err != nil {
		return nil, err
	}
	h := &p.both[p.now]
	if err := p.walk(h.root(), nil, nil, 0, true); err != nil {
		return nil, err
	}
	if h.list() == noList { // bbolt makes one of the tree, which is right
		return p, nil
	}
	if p.used.has(h.list()) {
		return nil, fmt.Errorf("page %d: in use, and the list of free pages", h.list())
	}
	if p.list = p.readList(h.list()); p.list != nil {
		return p, nil
	}
	return p, p.compare()
}

// newPages reads the headers of a file.
func newPages(file io.ReaderAt, size int64) (p *pages, err error) {
	p = &pages{file: file}
	if p.headers, err = readHeaders(file, size); err != nil {
		return nil, err
	}
	h := &p.both[p.now]
	p.size, p.count = h.pageSize(), h.pages()
	p.used, p.free = make(bitmap, p.count/64+1), make(bitmap, p.count/64+1)
	p.used.set(0)
	p.used.set(1)
	return p, nil
}

// span is one page with those that it overflows into.
type span struct {
	id       uint64
	flags    uint16
	count    int
	overflow uint64
	at, len  int64
	buf      []byte // all of it, or what stands before the first key
	file     io.ReaderAt
}

func (p *pages) damaged(id uint64, format string, args ...any) error {
	return fmt.Errorf("page %d: %s", id, fmt.Sprintf(format, args...))
}

// open reads a page. buf may be used for it, where it is large enough.
func (p *pages) open(id uint64, buf []byte) (s span, err error) {
	if err := p.pace.step(); err != nil {
		return s, err
	}
	if id < 2 || id >= p.count {
		return s, p.damaged(id, "there are only %d", p.count)
	}
	s = span{id: id, at: int64(id) * p.size, file: p.file}
	if int64(cap(buf)) < p.size {
		buf = make([]byte, p.size)
	}
	s.buf = buf[:p.size]
	if _, err := p.file.ReadAt(s.buf, s.at); err != nil {
		return s, p.damaged(id, "%v", err)
	}
	s.flags, s.count, s.overflow = order.Uint16(s.buf[8:]), int(order.Uint16(s.buf[10:])), uint64(order.Uint32(s.buf[12:]))
	if order.Uint64(s.buf) != id {
		return s, p.damaged(id, "it says that it is page %d", order.Uint64(s.buf))
	}
	if s.overflow >= p.count-id {
		return s, p.damaged(id, "it runs over into %d more", s.overflow)
	}
	s.len = int64(s.overflow+1) * p.size
	want := int64(headerLen + elementLen*s.count)
	if s.len <= wholePage {
		want = s.len
	}
	if s.flags == flagList { // its elements are shorter, and are read one by one: readList
		want = p.size
	}
	if want > s.len {
		return s, p.damaged(id, "%d elements don't fit", s.count)
	}
	if want > p.size {
		s.buf = append(s.buf[:p.size:p.size], make([]byte, want-p.size)...)
		if _, err := p.file.ReadAt(s.buf[p.size:], s.at+p.size); err != nil {
			return s, p.damaged(id, "%v", err)
		}
	}
	return s, nil
}

// bytes returns n bytes of a page. They have to be inside of it.
func (s *span) bytes(off, n int64) ([]byte, error) {
	if off+n <= int64(len(s.buf)) {
		return s.buf[off : off+n : off+n], nil
	}
	b := make([]byte, n)
	_, err := s.file.ReadAt(b, s.at+off)
	return b, err
}

// take marks a page and those that it overflows into.
func (p *pages) take(s *span, in bitmap) error {
	for id := s.id; id <= s.id+s.overflow; id++ {
		if p.used.has(id) || p.free.has(id) {
			return p.damaged(id, "it is used twice")
		}
		in.set(id)
	}
	return nil
}

// walk examines a page and everything below it. Its first key is low, and all are
// less than high; nil is no bound. Where the first one differs, bbolt's next write
// leaves the old page in the tree, and gives it away too. top is the tree of the
// buckets' names.
func (p *pages) walk(id uint64, low, high []byte, depth int, top bool) error {
	s, err := p.open(id, p.leaf)
	if err != nil {
		return err
	}
	if depth > maxDepth {
		return p.damaged(id, "the tree is too deep")
	}
	if err := p.take(&s, p.used); err != nil {
		return err
	}
	if s.flags == flagLeaf {
		p.leaf = s.buf
		return p.walkLeaf(&s, low, high, depth, top)
	}
	if s.flags != flagBranch || s.count == 0 {
		return p.damaged(id, "of kind %#x with %d elements", s.flags, s.count)
	}
	p.leaf = nil // it is kept while those below are read
	keys, err := p.elements(&s, low, high)
	if err != nil {
		return err
	}
	for i, key := range keys {
		last := high
		if i+1 < len(keys) {
			last = keys[i+1]
		}
		if err := p.walk(order.Uint64(s.buf[headerLen+elementLen*i+8:]), key, last, depth+1, top); err != nil {
			return err
		}
	}
	return nil
}

func (p *pages) walkLeaf(s *span, low, high []byte, depth int, top bool) error {
	fresh := top && depth == 0 && p.count == 4
	if s.count == 0 && !fresh {
		return p.damaged(s.id, "an empty leaf")
	}
	keys, err := p.elements(s, low, high)
	if err == nil {
		err = p.kinds(s, top)
	}
	if err != nil || !top {
		return err
	}
	type bucket struct{ name, value []byte }
	var found []bucket
	for i := range keys { // copied, since the page's memory is used again
		e := s.buf[headerLen+elementLen*i:]
		at := int64(headerLen+elementLen*i) + int64(order.Uint32(e[4:])) + int64(len(keys[i]))
		value, err := s.bytes(at, int64(order.Uint32(e[12:])))
		if err != nil {
			return p.damaged(s.id, "%v", err)
		}
		found = append(found, bucket{bytes.Clone(keys[i]), bytes.Clone(value)})
	}
	for _, b := range found {
		if err := p.walkBucket(s.id, b.name, b.value); err != nil {
			return err
		}
	}
	return nil
}

// walkBucket examines a bucket: a small one stands in the value itself.
func (p *pages) walkBucket(id uint64, name, value []byte) error {
	p.buckets = append(p.buckets, string(name))
	if len(value) < bucketLen {
		return p.damaged(id, "bucket %q has no root", name)
	}
	if root := order.Uint64(value); root != 0 {
		if len(value) != bucketLen {
			return p.damaged(id, "bucket %q is both in its page and elsewhere", name)
		}
		if p.roots {
			_, err := p.open(root, nil)
			return err
		}
		return p.walk(root, nil, nil, 0, false)
	}
	in := value[bucketLen:]
	if len(in) < headerLen {
		return p.damaged(id, "bucket %q has no page", name)
	}
	s := span{id: id, flags: order.Uint16(in[8:]), count: int(order.Uint16(in[10:])), len: int64(len(in)), buf: in}
	if s.flags != flagLeaf || order.Uint64(in) != 0 || order.Uint32(in[12:]) != 0 || headerLen+elementLen*s.count > len(in) {
		return p.damaged(id, "bucket %q is of kind %#x", name, s.flags)
	}
	_, err := p.elements(&s, nil, nil)
	if err == nil {
		err = p.kinds(&s, false)
	}
	if err == nil && s.end() != s.len {
		err = p.damaged(id, "bucket %q ends at %d of %d", name, s.end(), s.len)
	}
	return err
}

// end is where the last value ends. elements has examined the page.
func (s *span) end() int64 {
	if s.count == 0 {
		return headerLen
	}
	at := headerLen + elementLen*(s.count-1)
	pos, key, value := s.element(s.count - 1)
	return int64(at) + pos + key + value
}

// element tells where the key stands, seen from the element, and how long key and
// value are.
func (s *span) element(i int) (pos, key, value int64) {
	e := s.buf[headerLen+elementLen*i:]
	if s.flags == flagBranch {
		return int64(order.Uint32(e)), int64(order.Uint32(e[4:])), 0
	}
	return int64(order.Uint32(e[4:])), int64(order.Uint32(e[8:])), int64(order.Uint32(e[12:]))
}

// elements returns the keys of a page. bbolt writes keys and values one behind the
// other, without a gap: a count, a place or a length that is wrong leaves one, or
// doesn't end where the page does.
func (p *pages) elements(s *span, low, high []byte) ([][]byte, error) {
	keys := make([][]byte, 0, s.count)
	want := int64(headerLen + elementLen*s.count)
	for i := range s.count {
		pos, k, v := s.element(i)
		at := int64(headerLen+elementLen*i) + pos
		if at != want || k == 0 || at+k+v > s.len {
			return nil, p.damaged(s.id, "element %d stands at %d, with a key of %d and a value of %d bytes", i, at, k, v)
		}
		want += k + v
		key, err := s.bytes(at, k)
		if err != nil {
			return nil, p.damaged(s.id, "%v", err)
		}
		if i == 0 && low != nil && !bytes.Equal(key, low) {
			return nil, p.damaged(s.id, "it begins with another key than the page above it says")
		}
		if i > 0 && bytes.Compare(key, keys[i-1]) <= 0 || high != nil && bytes.Compare(key, high) >= 0 {
			return nil, p.damaged(s.id, "key %d is out of order", i)
		}
		keys = append(keys, key)
	}
	if s.overflow > 0 && want <= int64(s.overflow)*p.size {
		return nil, p.damaged(s.id, "it needs fewer than %d pages", s.overflow+1)
	}
	return keys, nil
}

// kinds examines what stands in a leaf's elements: buckets in the tree of their
// names, and nowhere else.
func (p *pages) kinds(s *span, top bool) error {
	want := uint32(0)
	if top {
		want = flagBucket
	}
	for i := range s.count {
		if flags := order.Uint32(s.buf[headerLen+elementLen*i:]); flags != want {
			return p.damaged(s.id, "element %d is of kind %#x", i, flags)
		}
	}
	return nil
}

// readList reads the list of free pages. Its numbers ascend.
func (p *pages) readList(id uint64) error {
	s, err := p.open(id, nil)
	if err != nil {
		return err
	}
	if s.flags != flagList {
		return p.damaged(id, "of kind %#x", s.flags)
	}
	at, n := int64(headerLen), uint64(s.count)
	if n == 0xFFFF { // then the number stands before the list
		first, err := s.bytes(at, 8)
		if err != nil {
			return err
		}
		at, n = at+8, order.Uint64(first)
	}
	if n > uint64(s.len-at)/8 {
		return p.damaged(id, "a list of %d", n)
	}
	if err := p.readFree(io.NewSectionReader(p.file, s.at+at, int64(n)*8), id); err != nil {
		return err
	}
	for own := id; own <= id+s.overflow; own++ {
		if p.used.has(own) || p.free.has(own) {
			return p.damaged(own, "the list of free pages stands in it, and it is used or free")
		}
		p.used.set(own)
	}
	return nil
}

func (p *pages) readFree(list *io.SectionReader, id uint64) error {
	r, before := bufio.NewReaderSize(list, wholePage), uint64(1)
	for range list.Size() / 8 {
		var b [8]byte
		if _, err := io.ReadFull(r, b[:]); err != nil {
			return p.damaged(id, "%v", err)
		}
		page := order.Uint64(b[:])
		if page <= before || page >= p.count {
			return p.damaged(id, "page %d in it follows %d", page, before)
		}
		p.free.set(page)
		before = page
	}
	return nil
}

// compare holds the tree against the list. A page that is in neither is one that
// the list has lost. A list that is well made and names a page in use may be
// right: then the tree leads to a page that was given up, and nothing tells what
// should stand there.
func (p *pages) compare() error {
	lost := 0
	for id := range p.count {
		used, free := p.used.has(id), p.free.has(id)
		if used && free {
			return p.damaged(id, "it is in use, and in the list of free pages")
		}
		if !used && !free {
			lost++
		}
	}
	if lost > 0 {
		p.lost = true
		p.list = errors.New(counted(lost, "page is", "pages are") + " missing in it")
	}
	return nil
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// mend writes what was put right: a byte of a header, and in the place of the
// older header one that names no list of free pages, so that bbolt makes it anew
// of the tree. A write that is cut short leaves the header that counts.
func (p *pages) mend(w io.WriterAt) error {
	if err := p.writeMended(w); err != nil {
		return err
	}
	if p.list == nil {
		return nil
	}
	h := p.both[p.now]
	order.PutUint64(h.raw[32:], noList)
	order.PutUint64(h.raw[48:], h.txid()+1)
	h.seal()
	return p.writeHeader(w, 1-p.now, h)
}

func (p *pages) writeMended(w io.WriterAt) error {
	for i := range p.both {
		if p.both[i].mended {
			if err := p.writeHeader(w, i, p.both[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *pages) writeHeader(w io.WriterAt, i int, h header) error {
	_, err := w.WriteAt(h.raw[:], int64(i)*p.size+headerLen)
	return err
}

// mendable reports whether there is something to write.
func (p *pages) mendable() bool { return p.list != nil || p.both[0].mended || p.both[1].mended }
