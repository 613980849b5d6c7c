package mail

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
)

// smallPart is how large a part may be that is kept while a mail is taken apart,
// whether or not somebody wants it.
const smallPart = 64 << 10

// Sums are of a part's bytes, in hexadecimal.
type Sums struct{ MD5, SHA1, SHA256 string }

func hexOf(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// body reads a part's bytes to their end, and keeps them where they are few, or
// wanted: a mail may hold files that nobody looks at.
func (r *reader) body(p *Part, from io.Reader) error {
	sum5, sum1, sum256 := md5.New(), sha1.New(), sha256.New()
	from = io.TeeReader(from, io.MultiWriter(sum5, sum1, sum256))
	begin, err := io.ReadAll(io.LimitReader(from, smallPart))
	n := int64(len(begin))
	if err == nil {
		var rest bytes.Buffer
		to := io.Discard
		if r.keep(*p) {
			to = &rest
		}
		var more int64
		more, err = io.Copy(to, from)
		n += more
		if more == 0 || to == &rest {
			p.Body = append(begin, rest.Bytes()...)
		}
	}
	r.left -= n
	p.Size, p.Sums = int(n), Sums{hexOf(sum5), hexOf(sum1), hexOf(sum256)}
	return err
}

// summed fills in what is known of a part whose bytes are there.
func (p *Part) summed() {
	sum5, sum1, sum256 := md5.Sum(p.Body), sha1.Sum(p.Body), sha256.Sum256(p.Body)
	p.Size = len(p.Body)
	p.Sums = Sums{hex.EncodeToString(sum5[:]), hex.EncodeToString(sum1[:]), hex.EncodeToString(sum256[:])}
}
