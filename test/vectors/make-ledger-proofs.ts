// Writes ledger-proofs.json: one good proof, and one for each fault, named by it.
import { writeFileSync } from 'node:fs'
import { formatCheckpoint, signNote } from '../../range/ledger/checkpoint.ts'
import { openingOf, leafOf, type Entry } from '../../range/ledger/leaf.ts'
import { formatProof, parseProof } from '../../range/ledger/proof.ts'
import { hashLeaf, Tree } from '../../range/ledger/tree.ts'
import { nativeSha256 } from '../../range/server/ledger/native.ts'
import { signerFromSeed } from '../../range/server/ledger/signer.ts'

const origin = 'doorstep.local/vectors'
const signer = signerFromSeed(origin, new Uint8Array(32).fill(1))
const stranger = signerFromSeed(origin, new Uint8Array(32).fill(2))
const otherName = signerFromSeed('doorstep.local/other', new Uint8Array(32).fill(1))
const tree = new Tree(nativeSha256)
const openings = Array.from({ length: 300 }, (_, i) =>
  openingOf(new Uint8Array(32).fill(i % 256), { kind: 'input', time: i * 1000, n: i } as Entry),
)
for (const opening of openings) tree.push(hashLeaf(leafOf(opening, nativeSha256)!, nativeSha256))

const note = (size: number, by = signer, name = origin) =>
  signNote(
    formatCheckpoint({ origin: name, size, root: tree.root(size), time: 0 }),
    by,
    nativeSha256,
  )
const index = 137
const size = 277
const good = {
  opening: openings[index]!,
  index,
  path: tree.inclusion(index, size),
  checkpoint: note(size),
}
const proof = (change: Partial<typeof good> = {}) => formatProof({ ...good, ...change })
const row = (name: string, text: string, expected: string, vkey = signer.vkey) => ({
  name,
  expected,
  vkey,
  proof: text,
})
const text = proof()
if (parseProof(text) === undefined) throw new Error('the good proof does not parse')
const edited = {
  salt: good.opening.salt,
  entry: { kind: 'input', time: 137_000, n: 138 } as Entry,
}
const twoSigned = `${note(size)}${note(size, stranger).split('\n\n')[1]}`

const vectors = [
  row('good', text, 'ok'),
  row('good-with-a-stranger-s-signature-besides', proof({ checkpoint: twoSigned }), 'ok'),
  row('edited-entry', proof({ opening: edited }), 'root-differs'),
  row(
    'another-salt',
    proof({ opening: openingOf(new Uint8Array(32), good.opening.entry) }),
    'root-differs',
  ),
  row('neighbour-s-index', proof({ index: index + 1 }), 'root-differs'),
  row('index-beyond-the-checkpoint', proof({ index: size }), 'index-beyond-checkpoint'),
  row('swapped-path', proof({ path: [...good.path].reverse() }), 'root-differs'),
  row('path-too-short', proof({ path: good.path.slice(1) }), 'path-of-wrong-length'),
  row('path-too-long', proof({ path: [...good.path, good.path[0]!] }), 'path-of-wrong-length'),
  row('no-path', proof({ path: [] }), 'path-of-wrong-length'),
  row('older-checkpoint', proof({ checkpoint: note(200) }), 'path-of-wrong-length'),
  row('signed-by-a-stranger', proof({ checkpoint: note(size, stranger) }), 'unknown-key'),
  row('key-of-another-log', text, 'wrong-origin', otherName.vkey),
  row('size-edited-after-signing', text.replace('\n277\n', '\n278\n'), 'bad-signature'),
  row('time-edited-after-signing', text.replace('\ntime 0\n', '\ntime 1\n'), 'bad-signature'),
  row('swapped-roots', text.replace(rootOf(277), rootOf(276)), 'bad-signature'),
  row('signature-removed', text.slice(0, text.lastIndexOf('— ')), 'checkpoint-malformed'),
  row('leading-zero-in-size', text.replace('\n277\n', '\n0277\n'), 'checkpoint-malformed'),
  row('leading-zero-in-index', text.replace('index 137', 'index 0137'), 'proof-malformed'),
  row('carriage-returns', text.replaceAll('\n', '\r\n'), 'proof-malformed'),
  row('opening-not-canonical', text.replace(/extra \S+/, `extra ${loose()}`), 'proof-malformed'),
  row('key-malformed', text, 'key-malformed', signer.vkey.replace('+', '-')),
  row('empty', '', 'proof-malformed'),
]
writeFileSync(
  new URL('ledger-proofs.json', import.meta.url),
  `${JSON.stringify(vectors, null, 2)}\n`,
)

function rootOf(n: number): string {
  return Buffer.from(tree.root(n)).toString('base64')
}

function loose(): string {
  return Buffer.from(JSON.stringify(good.opening)).toString('base64')
}
