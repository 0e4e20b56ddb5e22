// What Go's own code says of trees and notes: program TREES NOTES.
//
// TREES has a line "number size index earlier" for each tree; its leaves are "number:0", "number:1" and so on. The answer is a line
// "root path proof", hashes in base64 joined by commas.
//
// NOTES begins with a line that holds a verifier key, then a line with the hex of a note each. The answer is a line "accepted" or
// "refused". Last comes a line with a key that Go made, and the hex of a note that it signed.
package main

import (
	"bufio"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func join(hashes []tlog.Hash) string {
	texts := make([]string, len(hashes))
	for i, hash := range hashes {
		texts[i] = base64.StdEncoding.EncodeToString(hash[:])
	}
	return strings.Join(texts, ",")
}

func lines(file string) *bufio.Scanner {
	opened, err := os.Open(file)
	check(err)
	scanner := bufio.NewScanner(opened)
	scanner.Buffer(make([]byte, 1<<20), 1<<20)
	return scanner
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	trees := lines(os.Args[1])
	for trees.Scan() {
		var number, size, index, earlier int64
		_, err := fmt.Sscan(trees.Text(), &number, &size, &index, &earlier)
		check(err)
		var stored []tlog.Hash
		reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
			found := make([]tlog.Hash, len(indexes))
			for i, at := range indexes {
				found[i] = stored[at]
			}
			return found, nil
		})
		for at := int64(0); at < size; at++ {
			hashes, err := tlog.StoredHashes(at, []byte(fmt.Sprintf("%d:%d", number, at)), reader)
			check(err)
			stored = append(stored, hashes...)
		}
		root, err := tlog.TreeHash(size, reader)
		check(err)
		path, err := tlog.ProveRecord(size, index, reader)
		check(err)
		var proof tlog.TreeProof
		if earlier > 0 {
			proof, err = tlog.ProveTree(size, earlier, reader)
			check(err)
		}
		fmt.Fprintf(out, "%s %s %s\n", join([]tlog.Hash{root}), join(path), join(proof))
	}
	check(trees.Err())

	notes := lines(os.Args[2])
	notes.Scan()
	verifier, err := note.NewVerifier(notes.Text())
	check(err)
	for notes.Scan() {
		bytes, err := hex.DecodeString(notes.Text())
		check(err)
		_, err = note.Open(bytes, note.VerifierList(verifier))
		if err == nil {
			fmt.Fprintln(out, "accepted")
		} else {
			fmt.Fprintln(out, "refused")
		}
	}
	check(notes.Err())

	secret, public, err := note.GenerateKey(rand.Reader, "go.example/log")
	check(err)
	signer, err := note.NewSigner(secret)
	check(err)
	empty := tlog.Hash{}
	signed, err := note.Sign(&note.Note{Text: fmt.Sprintf("go.example/log\n3\n%s\n", join([]tlog.Hash{empty}))}, signer)
	check(err)
	fmt.Fprintf(out, "%s %s\n", public, hex.EncodeToString(signed))
}
