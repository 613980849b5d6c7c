package inspect

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io/fs"

	"sting/backend/decode"
)

// Bounds of the folder of roots: files, and bytes of each.
const (
	maxRootFiles = 200
	maxRootBytes = 1 << 20
)

// addRoot says how a root becomes a known one.
const addRoot = "To make it a known one, put the vendor's root certificate, in PEM, into the folder `roots` beside sting.yml (`sting " +
	"config path` names it) and start the lab again."

// ReadRoots returns the certificates of a folder of PEM files: the trust anchors
// of attestations that a person gives. What is no certificate is left out, and
// said in a sentence. A folder that isn't there holds none.
func ReadRoots(folder fs.FS) (roots []*x509.Certificate, problems []string) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, nil
	}
	for i, entry := range entries {
		switch {
		case i >= maxRootFiles:
			return roots, append(problems, fmt.Sprintf("roots: only the first %d files were read. Put the certificates into fewer files.",
				maxRootFiles))
		case !entry.Type().IsRegular():
			problems = append(problems, fmt.Sprintf("roots/%s is not a file and was not read. Put the certificate itself there, not a link or a "+
				"folder.", decode.Short(entry.Name())))
			continue
		}
		found, err := rootsOf(folder, entry.Name())
		roots = append(roots, found...)
		if err != nil {
			problems = append(problems, fmt.Sprintf("roots/%s is no certificate in PEM: %v. It begins with -----BEGIN CERTIFICATE-----; `openssl "+
				"x509 -inform der -in FILE` makes one of a DER file.", decode.Short(entry.Name()), err))
		}
	}
	return roots, problems
}

// rootsOf reads one file, which may hold several certificates.
func rootsOf(folder fs.FS, name string) (list []*x509.Certificate, err error) {
	info, err := fs.Stat(folder, name)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxRootBytes {
		return nil, fmt.Errorf("it has %d bytes", info.Size())
	}
	rest, err := fs.ReadFile(folder, name)
	if err != nil {
		return nil, err
	}
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return list, fmt.Errorf("it holds a %s", decode.Short(block.Type))
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return list, err
		}
		list = append(list, c)
	}
	if len(list) == 0 || len(bytes.TrimSpace(rest)) > 0 {
		return list, fmt.Errorf("it holds %s that is not PEM", decode.ByteCount(len(rest)))
	}
	return list, nil
}
