import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { equalBytes } from '../../ledger/bytes.ts'
import { formatSignature, ownNote, parseNote, verifyCheckpoint } from '../../ledger/checkpoint.ts'
import type { Checkpoint } from '../../ledger/checkpoint.ts'
import { cosignedMessage, parseWitnessVkey, readCosignature } from '../../ledger/cosignature.ts'
import { formatForkProof } from '../../ledger/fork-proof.ts'
import { majority, type WitnessPolicy } from '../../ledger/quorum.ts'
import { nodesFromTiles } from '../../ledger/tile-reader.ts'
import { tileWidthAt } from '../../ledger/tile.ts'
import { prefixPath, rootAt, type ReadNode } from '../../ledger/tree.ts'
import { CLOCK_MS_MAX } from '../../ledger/witness.ts'
import { nativeSha256, nativeTools, nativeVerify } from './native.ts'
import type { PublishedLog } from './published.ts'
import { WitnessRoll, type Enrolled, type RollRefusal, type WitnessKind } from './witness-roll.ts'

/** Checkpoints whose cosignatures are kept, and cosignatures looked at in one hand-in. */
export const COSIGNED_KEPT = 64
export const LINES_MAX = 8
/** Cosignatures shown below one checkpoint: with the log's own they stay below a note's 64. */
export const SHOWN_MAX = 48

export type HandIn =
  | { readonly ok: true; readonly size: number; readonly by: number; readonly witnessed: boolean }
  | { readonly ok: false; readonly code: HandInRefusal }
export type HandInRefusal =
  | 'note-malformed'
  /** Not signed by this log. */
  | 'not-this-log'
  /** Signed by this log, and not what it holds: kept as evidence. */
  | 'conflict'
  /** None of the cosignatures is a known witness's. */
  | 'unknown-witness'
  | 'bad-cosignature'
  | 'clock-off'

export interface DeskParts {
  readonly log: PublishedLog
  /** Witness keys of named servers. */
  readonly named: readonly string[]
  /** The exercise's folder, where keys and the last cosigned note are kept; none: in memory. */
  readonly dir?: string
  /** Unix milliseconds. */
  readonly now: () => number
  /** Called with a note that gained cosignatures. */
  readonly onCosigned?: (note: string, witnessed: boolean) => void
}

interface Cosigned {
  readonly checkpoint: Checkpoint
  /** With the log's signature and no other. */
  readonly note: string
  /** By witness key. */
  readonly lines: Map<string, { readonly time: number; readonly line: string }>
}

/**
 * Takes cosignatures for the checkpoints of one log, and shows which of them are witnessed. It
 * believes no witness and no copy: a note counts when this log signed it and holds the same tree.
 * One that this log signed but does not hold is evidence against it, and is kept and shown.
 */
export class WitnessDesk {
  readonly log: PublishedLog
  readonly #parts: DeskParts
  readonly #roll: WitnessRoll
  readonly #byText = new Map<string, Cosigned>()
  #witnessed: Cosigned | undefined
  #fork: string | undefined
  /** A note signed by this log's key over more entries than it has. */
  #ahead: { readonly note: string; readonly checkpoint: Checkpoint } | undefined

  constructor(parts: DeskParts) {
    this.log = parts.log
    this.#parts = parts
    const { dir } = parts
    this.#roll = new WitnessRoll(
      parts.named,
      dir === undefined ? undefined : `${dir}/witnesses.jsonl`,
    )
    if (dir === undefined) return
    this.#fork = readText(`${dir}/fork-proof`)
    for (const path of [`${dir}/witnessed`, `${dir}/cosigned`]) {
      const note = readText(path)
      if (note !== undefined) this.#take(note, undefined)
    }
  }

  enrol(seat: string, kind: WitnessKind | undefined, vkey: string): 'ok' | RollRefusal {
    return this.#roll.enrol(seat, kind, vkey)
  }

  /** When a checkpoint of this log counts as witnessed: more than half, with a named one. */
  policy(): WitnessPolicy {
    const all = this.#roll.all()
    const named = all.filter(({ kind }) => kind === 'trainer' || kind === 'server')
    const vkeys = (rows: readonly Enrolled[]) => rows.map(({ vkey }) => vkey)
    return { witnesses: vkeys(all), quorum: majority(all.length), oneOf: vkeys(named) }
  }

  /** Takes a note of this log with cosignatures below it. At most `LINES_MAX` are looked at. */
  handIn(note: string): HandIn {
    const taken = this.#take(note, this.#parts.now())
    if (!taken.ok) return taken
    const { row, witnessed, gained } = taken
    if (gained) {
      this.#store()
      this.#parts.onCosigned?.(this.#shown(row), witnessed)
    }
    return { ok: true, size: row.checkpoint.size, by: row.lines.size, witnessed }
  }

  /** The newest checkpoint with the cosignatures it has so far. */
  checkpoint(): string | undefined {
    const { checkpoint: note } = this.log
    const row = note === undefined ? undefined : this.#byText.get(textOf(note))
    return row === undefined ? note : this.#shown(row)
  }

  /** The newest checkpoint that reached the quorum, with its cosignatures. */
  witnessed(): string | undefined {
    return this.#witnessed && this.#shown(this.#witnessed)
  }

  /** A fork proof against this log, if anybody handed in what makes one. */
  forkProof(): string | undefined {
    this.#lookAgain()
    return this.#fork
  }

  /** What anybody may know of the witnesses: keys and kinds, no seats. */
  view(): {
    readonly quorum: number
    readonly witnesses: readonly { vkey: string; kind: WitnessKind; size: number | null }[]
    readonly newest: number
    readonly witnessed: number | null
    readonly fork: boolean
    readonly ahead: number | null
  } {
    this.#lookAgain()
    const { quorum } = this.policy()
    const newest = new Map<string, number>()
    for (const { checkpoint, lines } of this.#byText.values()) {
      for (const vkey of lines.keys()) {
        newest.set(vkey, Math.max(checkpoint.size, newest.get(vkey) ?? 0))
      }
    }
    return {
      quorum,
      witnesses: this.#roll
        .all()
        .map(({ vkey, kind }) => ({ vkey, kind, size: newest.get(vkey) ?? null })),
      newest: this.log.publishedSize,
      witnessed: this.#witnessed?.checkpoint.size ?? null,
      fork: this.#fork !== undefined,
      ahead: this.#ahead?.checkpoint.size ?? null,
    }
  }

  #take(
    note: string,
    now: number | undefined,
  ):
    | { ok: true; row: Cosigned; witnessed: boolean; gained: boolean }
    | { ok: false; code: HandInRefusal } {
    const parsed = parseNote(note)
    if (parsed === undefined) return { ok: false, code: 'note-malformed' }
    const row = this.#byText.get(parsed.text) ?? this.#admit(note)
    if (typeof row === 'string') return { ok: false, code: row }
    const code = this.#countLines(row, parsed, now)
    if (code !== 'gained' && code !== 'known') return { ok: false, code }
    this.#byText.delete(parsed.text)
    this.#byText.set(parsed.text, row)
    if (this.#byText.size > COSIGNED_KEPT) {
      this.#byText.delete(this.#byText.keys().next().value!)
    }
    const witnessed = this.#reaches(row)
    const best = this.#witnessed?.checkpoint.size ?? -1
    if (witnessed && row.checkpoint.size >= best) this.#witnessed = row
    return { ok: true, row, witnessed, gained: code === 'gained' }
  }

  /** Whether this log signed the note and holds its tree. */
  #admit(note: string): Cosigned | HandInRefusal {
    const { log } = this
    const head = verifyCheckpoint(note, log.vkey, nativeTools)
    if (!head.ok) return head.code === 'checkpoint-malformed' ? 'note-malformed' : 'not-this-log'
    const { checkpoint } = head
    const own = ownNote(note, log.vkey, nativeSha256)!
    if (checkpoint.size > log.publishedSize) {
      this.#ahead ??= { note: own, checkpoint }
      return 'conflict'
    }
    if (!this.#holds(checkpoint)) {
      this.#accuse(own, checkpoint)
      return 'conflict'
    }
    return { checkpoint, note: own, lines: new Map() }
  }

  #holds({ size, root }: Checkpoint): boolean {
    const own = this.log.root?.(size) ?? rootAt(size, this.#nodes(), nativeSha256)
    return equalBytes(own, root)
  }

  #countLines(
    row: Cosigned,
    { text, signatures }: Parsed,
    now: number | undefined,
  ): 'gained' | 'known' | HandInRefusal {
    let result: 'gained' | 'known' | HandInRefusal = 'unknown-witness'
    let looked = 0
    for (const { vkey } of this.#roll.all()) {
      const key = parseWitnessVkey(vkey, nativeSha256)!
      const line = signatures.find(
        (one) => one.name === key.name && equalBytes(one.keyId, key.keyId),
      )
      if (line === undefined) continue
      if (now !== undefined && ++looked > LINES_MAX) break
      const found = readCosignature(line)
      if (found === undefined) return 'bad-cosignature'
      const ms = found.time * 1000
      if (now !== undefined && Math.abs(ms - now) > CLOCK_MS_MAX) return 'clock-off'
      const known = row.lines.get(vkey)
      if (known !== undefined && known.time >= found.time) {
        result = result === 'gained' ? result : 'known'
        continue
      }
      const message = cosignedMessage(text, found.time)
      if (!nativeVerify(key.publicKey, message, found.signature)) return 'bad-cosignature'
      row.lines.set(vkey, { time: found.time, line: formatSignature(line) })
      result = 'gained'
    }
    return result
  }

  #reaches({ lines }: Cosigned): boolean {
    const { witnesses, quorum, oneOf } = this.policy()
    const count = witnesses.filter((vkey) => lines.has(vkey)).length
    return count >= quorum && oneOf.some((vkey) => lines.has(vkey))
  }

  /** The note with its cosignatures, named witnesses first. */
  #shown({ note, lines }: Cosigned): string {
    const rows = this.#roll.all().flatMap(({ vkey }) => lines.get(vkey)?.line ?? [])
    return note + rows.slice(0, SHOWN_MAX).join('')
  }

  /** This log's key signed `older`, and its tree at that size is another. */
  #accuse(older: string, { size }: Checkpoint): void {
    const newer = this.log.checkpoint
    if (this.#fork !== undefined || newer === undefined) return
    const to = this.log.publishedSize
    const path = size === to || size === 0 ? [] : prefixPath(size, to, this.#nodes(), nativeSha256)
    this.#fork = formatForkProof({ vkey: this.log.vkey, older, newer, path })
    const { dir } = this.#parts
    if (dir !== undefined) writeFileSync(`${dir}/fork-proof`, this.#fork)
  }

  /** A note that was ahead of this log can be judged once the log has grown past it. */
  #lookAgain(): void {
    const ahead = this.#ahead
    if (ahead === undefined || ahead.checkpoint.size > this.log.publishedSize) return
    this.#ahead = undefined
    if (!this.#holds(ahead.checkpoint)) this.#accuse(ahead.note, ahead.checkpoint)
  }

  #nodes(): ReadNode {
    const { log } = this
    const size = log.publishedSize
    const tile = (level: number, index: number): Uint8Array | undefined => {
      const width = tileWidthAt(level, index, size)
      return width === 0 ? undefined : log.tile({ level, index, width })
    }
    return nodesFromTiles(tile, nativeSha256)
  }

  /** Not durable: a witness signs again, and what was shown to others they have. */
  #store(): void {
    const { dir } = this.#parts
    if (dir === undefined || !this.log.sealed) return
    const [newest, best] = [this.checkpoint(), this.witnessed()]
    if (newest !== undefined) writeFileSync(`${dir}/cosigned`, newest)
    if (best !== undefined) writeFileSync(`${dir}/witnessed`, best)
  }
}

type Parsed = NonNullable<ReturnType<typeof parseNote>>

function textOf(note: string): string {
  return note.slice(0, note.lastIndexOf('\n\n') + 1)
}

function readText(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}
