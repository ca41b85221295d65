// Judges a log by Go's own libraries for transparency logs, x/mod's sumdb/note and sumdb/tlog.
// One question as JSON on standard input, one answer as JSON on standard output. Nothing here is
// taken from Doorstep's code: the proof file and the leaf are read as their descriptions say.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
)

// Question is what a test wants to be judged.
type Question struct {
	// Where checkpoint, tile/... and key.pub are read: an http address or a folder.
	From string `json:"from"`
	Vkey string `json:"vkey"`
	// Signed notes, proof files and pairs of heads, good and bad ones mixed.
	Notes       []string      `json:"notes"`
	Proofs      []string      `json:"proofs"`
	Consistency []Consistency `json:"consistency"`
}

// Answer gives "" for what holds, and why where it does not, in the order asked.
type Answer struct {
	Log         LogReport `json:"log"`
	Notes       []string  `json:"notes"`
	Proofs      []string  `json:"proofs"`
	Consistency []string  `json:"consistency"`
	Made        Made      `json:"made"`
}

func main() {
	var question Question
	if err := json.NewDecoder(os.Stdin).Decode(&question); err != nil {
		fail(err)
	}
	verifier, err := note.NewVerifier(question.Vkey)
	if err != nil {
		fail(err)
	}
	log := Log{from: question.From, known: note.VerifierList(verifier), name: verifier.Name()}
	answer := Answer{Log: log.readAll()}
	for _, text := range question.Notes {
		_, err := log.openHead([]byte(text))
		answer.Notes = append(answer.Notes, reason(err))
	}
	for _, text := range question.Proofs {
		answer.Proofs = append(answer.Proofs, reason(log.checkProof(text)))
	}
	for _, pair := range question.Consistency {
		answer.Consistency = append(answer.Consistency, reason(pair.check()))
	}
	if answer.Made, err = makeLog(); err != nil {
		fail(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		fail(err)
	}
}

func reason(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
