package mail

import (
	"errors"
	"io"
	"os"
)

// inMemory is how much of a mail is held in memory while it arrives.
const inMemory = 128 << 10

// spool takes a mail while it arrives: its beginning in memory, the rest in a
// file that has no name. It is written once and read once.
type spool struct {
	dir   string // "": the system's for what is temporary
	begin []byte
	file  *os.File
	size  int64
}

func (s *spool) Write(b []byte) (int, error) {
	if s.file == nil && len(s.begin)+len(b) <= inMemory {
		s.begin = append(s.begin, b...)
		s.size += int64(len(b))
		return len(b), nil
	}
	if s.file == nil {
		f, err := os.CreateTemp(s.dir, "arriving-*.part")
		if err != nil {
			return 0, err
		}
		_ = os.Remove(f.Name()) // where an open file can't be removed, close does it
		s.file = f
	}
	n, err := s.file.Write(b)
	s.size += int64(n)
	return n, err
}

// bytes returns the whole mail.
func (s *spool) bytes() ([]byte, error) {
	all := make([]byte, s.size)
	n := copy(all, s.begin)
	if s.file == nil {
		return all, nil
	}
	_, err := s.file.ReadAt(all[n:], 0)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return all, err
}

func (s *spool) close() {
	if s.file != nil {
		_ = s.file.Close()
		_ = os.Remove(s.file.Name()) // mostly gone since it was made
	}
}
