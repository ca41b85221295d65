package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// C2SP tlog-tiles fixes the height that Go's library leaves open.
const tileHeight = 8

// Log is somebody's log, read but not trusted.
type Log struct {
	from  string
	known note.Verifiers
	name  string
}

// LogReport tells how many leaves were read and found under the signed head.
type LogReport struct {
	Size   int64  `json:"size"`
	Root   string `json:"root"`
	Leaves int64  `json:"leaves"`
	Error  string `json:"error"`
}

// openHead opens a signed note and reads the head in it, as C2SP tlog-checkpoint says.
func (log *Log) openHead(msg []byte) (tlog.Tree, error) {
	opened, err := note.Open(msg, log.known)
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != log.name {
		return tlog.Tree{}, errors.New("no head of this log")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return tlog.Tree{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// readAll reads every bundle, and finds the hash of each leaf in tiles that lead to the signed head.
func (log *Log) readAll() LogReport {
	msg, err := log.read("checkpoint")
	if err != nil {
		return LogReport{Error: err.Error()}
	}
	head, err := log.openHead(msg)
	if err != nil {
		return LogReport{Error: err.Error()}
	}
	report := LogReport{Size: head.N, Root: head.Hash.String()}
	hashes := tlog.TileHashReader(head, log)
	for first := int64(0); first < head.N; first += 1 << tileHeight {
		count, err := log.readBundle(head, first, hashes)
		if err != nil {
			report.Error = fmt.Sprintf("bundle from leaf %d on: %v", first, err)
			return report
		}
		report.Leaves += count
	}
	root, err := tlog.TreeHash(head.N, hashes)
	if err != nil || root != head.Hash {
		report.Error = fmt.Sprintf("another root: %v %v", root, err)
	}
	return report
}

func (log *Log) readBundle(head tlog.Tree, first int64, hashes tlog.HashReader) (int64, error) {
	tile := tlog.TileForIndex(tileHeight, tlog.StoredHashIndex(0, first))
	tile.W = 1 << tileHeight
	if head.N-first < int64(tile.W) {
		tile.W = int(head.N - first)
	}
	data, err := log.read(strings.Replace(tilePath(tile), "tile/0/", "tile/entries/", 1))
	if err != nil {
		return 0, err
	}
	var indexes []int64
	for i := 0; i < tile.W; i++ {
		indexes = append(indexes, tlog.StoredHashIndex(0, first+int64(i)))
	}
	wanted, err := hashes.ReadHashes(indexes)
	if err != nil {
		return 0, err
	}
	for i, want := range wanted {
		if len(data) < 2 || len(data) < 2+int(data[0])<<8+int(data[1]) {
			return 0, errors.New("the bundle ends early")
		}
		end := 2 + int(data[0])<<8 + int(data[1])
		if tlog.RecordHash(data[2:end]) != want {
			return 0, fmt.Errorf("leaf %d is another one", first+int64(i))
		}
		data = data[end:]
	}
	if len(data) > 0 {
		return 0, errors.New("the bundle is too long")
	}
	return int64(tile.W), nil
}

// Height, ReadTiles and SaveTiles make Log a tlog.TileReader.
func (log *Log) Height() int { return tileHeight }

func (log *Log) SaveTiles([]tlog.Tile, [][]byte) {}

func (log *Log) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		data, err := log.read(tilePath(tile))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

// Go's path names the height too: tile/8/0/x001/234.p/5.
func tilePath(tile tlog.Tile) string {
	return strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight), "tile/", 1)
}

func (log *Log) read(name string) ([]byte, error) {
	if !strings.HasPrefix(log.from, "http:") {
		return os.ReadFile(filepath.Join(log.from, name))
	}
	answer, err := http.Get(log.from + "/" + name)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", name, answer.Status)
	}
	return io.ReadAll(answer.Body)
}
