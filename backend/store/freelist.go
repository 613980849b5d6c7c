package store

import (
	"errors"
	"io"
	"os"
)

// examineRoots looks at the headers of a file, at the tree of its buckets' names, and
// at the first page of each.
func examineRoots(file io.ReaderAt, size int64) (*pages, error) {
	p, err := newPages(file, size)
	if err != nil {
		return nil, err
	}
	p.roots = true
	if err := p.walk(p.both[p.now].root(), nil, nil, 0, true); err != nil {
		return nil, err
	}
	return p, nil
}

// walkAll examines the tree of a file of which the roots were looked at.
func (p *pages) walkAll() error {
	p.roots, p.buckets = false, nil
	clear(p.used)
	p.used.set(0)
	p.used.set(1)
	return p.walk(p.both[p.now].root(), nil, nil, 0, true)
}

// unused counts the pages that nothing leads to.
func (p *pages) unused() (n uint64) {
	for id := uint64(2); id < p.count; id++ {
		if !p.used.has(id) {
			n++
		}
	}
	return n
}

// emptyList puts an empty list of free pages at the end of the file, and in the place
// of the older header one that names it. A write that is cut short leaves the header
// that counts.
func (p *pages) emptyList(f *os.File) error {
	if err := p.writeMended(f); err != nil {
		return err
	}
	h := p.both[p.now]
	return p.put(f, h, nil)
}

// writeList adds the pages that were free in a file as it was, to the list that it has.
func (p *pages) writeList(f *os.File, was *pages) error {
	h := p.both[p.now]
	p.size, p.count = h.pageSize(), h.pages()
	p.used, p.free = make(bitmap, p.count/64+1), make(bitmap, p.count/64+1)
	if h.list() == noList {
		return nil
	}
	if err := p.readList(h.list()); err != nil {
		return err
	}
	var free []uint64
	for id := uint64(2); id < p.count; id++ {
		// In used stands the list itself, which the new one takes the place of.
		if p.free.has(id) || p.used.has(id) || id < was.count && !was.used.has(id) {
			free = append(free, id)
		}
	}
	return p.put(f, h, free)
}

// put writes a list of free pages behind the last page, and a header that names it.
func (p *pages) put(f *os.File, h header, free []uint64) error {
	at := h.pages()
	n := (headerLen + 8*(int64(len(free))+1) + p.size - 1) / p.size
	b := make([]byte, n*p.size)
	order.PutUint64(b, at)
	order.PutUint16(b[8:], flagList)
	order.PutUint16(b[10:], uint16(min(len(free), 0xFFFF)))
	order.PutUint32(b[12:], uint32(n-1))
	to := headerLen
	if len(free) >= 0xFFFF {
		order.PutUint64(b[to:], uint64(len(free)))
		to += 8
	}
	for _, id := range free {
		order.PutUint64(b[to:], id)
		to += 8
	}
	if _, err := f.WriteAt(b, int64(at)*p.size); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	order.PutUint64(h.raw[32:], at)
	order.PutUint64(h.raw[40:], at+uint64(n))
	order.PutUint64(h.raw[48:], h.txid()+1)
	h.seal()
	return errors.Join(p.writeHeader(f, 1-p.now, h), f.Sync())
}
