package store

import "errors"

// ExaminePages says what an examination finds in a file, the list of free pages
// included.
func ExaminePages(path string) error {
	p, err := examined(path)
	if err != nil {
		return err
	}
	if text := p.said(path); text != "" {
		return errors.New(text)
	}
	return p.list
}

// KnownFormat judges the format that a file names by what a program knows.
func KnownFormat(got string, known uint64) error { return knownFormat(got, known) }
