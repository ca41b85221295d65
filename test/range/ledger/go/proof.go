package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Consistency is a claim that a newer tree continues an older one. Hashes are base64.
type Consistency struct {
	OldSize int64    `json:"oldSize"`
	OldRoot string   `json:"oldRoot"`
	NewSize int64    `json:"newSize"`
	NewRoot string   `json:"newRoot"`
	Path    []string `json:"path"`
}

func (pair *Consistency) check() error {
	older, err := tlog.ParseHash(pair.OldRoot)
	if err != nil {
		return err
	}
	newer, err := tlog.ParseHash(pair.NewRoot)
	if err != nil {
		return err
	}
	path, err := parseHashes(pair.Path)
	if err != nil {
		return err
	}
	return tlog.CheckTree(tlog.TreeProof(path), pair.NewSize, newer, pair.OldSize, older)
}

// checkProof checks a proof file (C2SP tlog-proof) whose extra data opens the leaf.
func (log *Log) checkProof(text string) error {
	upper, head, found := strings.Cut(text, "\n\n")
	lines := strings.Split(upper, "\n")
	if !found || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("no proof file")
	}
	tree, err := log.openHead([]byte(head))
	if err != nil {
		return err
	}
	leaf, err := openLeaf(strings.TrimPrefix(lines[1], "extra "))
	if err != nil {
		return err
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	if err != nil {
		return err
	}
	path, err := parseHashes(lines[3:])
	if err != nil {
		return err
	}
	if index >= tree.N {
		return errors.New("the index lies beyond the head")
	}
	return tlog.CheckRecord(tlog.RecordProof(path), tree.N, tree.Hash, index, tlog.RecordHash(leaf))
}

// A leaf is a version byte and SHA-256 over salt and entry, the entry as it is spelt.
func openLeaf(extra string) ([]byte, error) {
	text, err := base64.StdEncoding.DecodeString(extra)
	if err != nil {
		return nil, err
	}
	var opening struct {
		Entry json.RawMessage `json:"entry"`
		Salt  []byte          `json:"salt"`
	}
	if err := json.Unmarshal(text, &opening); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(append(opening.Salt, opening.Entry...))
	return append([]byte{1}, sum[:]...), nil
}

func parseHashes(lines []string) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, line := range lines {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	return hashes, nil
}

// Made is a log that Go made, for the other side to judge.
type Made struct {
	Vkey        string        `json:"vkey"`
	Note        string        `json:"note"`
	Records     []Record      `json:"records"`
	Consistency []Consistency `json:"consistency"`
}

// Record is a leaf with its path to the head of the note.
type Record struct {
	Index int64    `json:"index"`
	Leaf  string   `json:"leaf"`
	Path  []string `json:"path"`
}

const madeSize = 300

type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, index := range indexes {
		hashes = append(hashes, m[index])
	}
	return hashes, nil
}

func makeLog() (Made, error) {
	var stored memory
	for i := int64(0); i < madeSize; i++ {
		more, err := tlog.StoredHashes(i, []byte(fmt.Sprintf("leaf %d", i)), stored)
		if err != nil {
			return Made{}, err
		}
		stored = append(stored, more...)
	}
	root, err := tlog.TreeHash(madeSize, stored)
	if err != nil {
		return Made{}, err
	}
	secret, vkey, err := note.GenerateKey(bytes.NewReader(make([]byte, 64)), "go.example/log")
	if err != nil {
		return Made{}, err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return Made{}, err
	}
	text := fmt.Sprintf("go.example/log\n%d\n%s\n", madeSize, root)
	signed, err := note.Sign(&note.Note{Text: text}, signer)
	made := Made{Vkey: vkey, Note: string(signed)}
	for i := int64(0); i < madeSize && err == nil; i++ {
		err = made.prove(i, root, stored)
	}
	return made, err
}

func (made *Made) prove(i int64, root tlog.Hash, stored memory) error {
	path, err := tlog.ProveRecord(madeSize, i, stored)
	if err != nil {
		return err
	}
	leaf := fmt.Sprintf("leaf %d", i)
	made.Records = append(made.Records, Record{Index: i, Leaf: leaf, Path: spell(path)})
	older, err := tlog.TreeHash(i+1, stored)
	if err != nil {
		return err
	}
	since, err := tlog.ProveTree(madeSize, i+1, stored)
	made.Consistency = append(made.Consistency, Consistency{
		OldSize: i + 1, OldRoot: older.String(),
		NewSize: madeSize, NewRoot: root.String(), Path: spell(since),
	})
	return err
}

func spell(hashes []tlog.Hash) []string {
	texts := []string{}
	for _, hash := range hashes {
		texts = append(texts, hash.String())
	}
	return texts
}
