import { existsSync, writeFileSync } from 'node:fs'
import { ownNote, parseVkey } from '../../ledger/checkpoint.ts'
import { parseWitnessVkey } from '../../ledger/cosignature.ts'
import { verifyForkProof, parseForkProof } from '../../ledger/fork-proof.ts'
import { witnessStep, type WitnessStep } from '../../ledger/witness-step.ts'
import { LogAddress, Unreachable } from '../ledger/log-address.ts'
import { nativeSha256, nativeTools } from '../ledger/native.ts'
import { WitnessFile, WitnessFileError } from '../ledger/witness-file.ts'
import { readKey, type Output } from './ledger.ts'
import { readText } from './read-text.ts'

export interface WitnessOptions {
  /** The log's prefix, e.g. `https://range.example.org/ledger/<id>`. */
  readonly log: string
  /** The log's key, as text or as a file; needed the first time. */
  readonly vkey?: string
  readonly state: string
  /** Name of a new witness. */
  readonly name?: string
  readonly everySeconds: number
  /** One checkpoint, then an end. */
  readonly once: boolean
}

type Refused = Extract<WitnessStep, { readonly ok: false }>['refused']

const MISUSE = 2
const CAUGHT = 1

/** What a refusal means to whoever runs the witness. */
const SENTENCES: Readonly<Record<Refused, string>> = {
  'new-log-identity': 'the log shows another key than the pinned one: this is not the same log',
  'unknown-key': 'the checkpoint is not signed with the pinned key',
  'wrong-origin': 'the checkpoint belongs to another log',
  'bad-signature': 'the signature under the checkpoint does not fit',
  'key-malformed': "the log's key is malformed",
  'checkpoint-malformed': 'what is served as checkpoint is none',
  'smaller-size':
    'the log is smaller than what was cosigned: its tail was cut off, or an old copy restored',
  'same-size-other-root': 'FORK: the log signed two histories of one size',
  'history-rewritten': 'FORK: the log signed a history that changes what was cosigned',
  'bad-proof': 'the hashes the log hands out do not lead to the root it signed',
  'clock-off': 'the clocks of log and witness are more than ten minutes apart, or one went back',
  'fork-known': 'FORK: this log was caught before; nothing of it is cosigned any more',
  'tiles-missing': 'the log does not hand out the hashes that show that it only grew',
}

/** May be over at the next try; everything else ends the witness. */
const PASSING: readonly Refused[] = ['clock-off', 'tiles-missing']

/**
 * `ledger witness`: follows a log from another machine, checks that it only grows, cosigns and
 * hands in. Ends with 1 when it refuses for good (a fork proof lies beside the state file then),
 * with 2 on misuse, with 0 when `stop` says so or after `once`.
 */
export async function ledgerWitness(
  options: WitnessOptions,
  io: Output,
  stop: AbortSignal,
): Promise<number> {
  let file: WitnessFile
  try {
    file = await WitnessFile.open(options.state, options.name)
  } catch (error) {
    if (!(error instanceof WitnessFileError)) throw error
    io.err(`ledger witness: ${error.message}`)
    return MISUSE
  }
  try {
    const pinned = pinnedKey(file, options)
    if ('misuse' in pinned) {
      io.err(`ledger witness: ${pinned.misuse}`)
      return MISUSE
    }
    io.out(`witness ${file.signer.vkey}`)
    return await follow({ file, pinned: pinned.vkey, options, io, stop })
  } finally {
    file.close()
  }
}

/** `ledger verify-fork FILE`: 0 where the file proves a fork under `vkey`, 1 where it does not. */
export function ledgerVerifyFork(path: string, vkey: string | undefined, io: Output): number {
  if (!existsSync(path)) {
    io.err(`ledger verify-fork: there is no ${path}`)
    return MISUSE
  }
  const text = readText(path)
  const key = readKey(vkey) ?? parseForkProof(text)?.vkey
  const result = verifyForkProof(text, key ?? '', nativeTools)
  if (!result.ok) {
    io.out(`no fork is proven: ${result.code}`)
    return 1
  }
  const { kind, origin, older, newer } = result
  io.out(
    kind === 'two-roots-at-one-size'
      ? `${origin}: FORK, two histories of ${older.size} entries were signed`
      : `${origin}: FORK, ${newer.size} entries do not begin with the ${older.size} signed before`,
  )
  const trusted = vkey === undefined ? ' (named in the file: compare it with what you trust)' : ''
  io.out(`signed with ${key}${trusted}`)
  return 0
}

function pinnedKey(
  file: WitnessFile,
  { vkey: given }: WitnessOptions,
): { readonly vkey: string } | { readonly misuse: string } {
  const [known, asked] = [file.state?.vkey, readKey(given)]
  if (asked !== undefined && parseVkey(asked, nativeSha256) === undefined) {
    return { misuse: 'the key given with --vkey is malformed' }
  }
  if (parseWitnessVkey(file.signer.vkey, nativeSha256) === undefined) {
    return { misuse: 'a name has no spaces and no +' }
  }
  if (known !== undefined && asked !== undefined && known !== asked) {
    return { misuse: 'the state file belongs to a log with another key; use one file a log' }
  }
  const vkey = known ?? asked
  return vkey === undefined
    ? { misuse: 'the first time the key of the log is needed: --vkey KEY or --vkey FILE' }
    : { vkey }
}

interface Follow {
  readonly file: WitnessFile
  readonly pinned: string
  readonly options: WitnessOptions
  readonly io: Output
  readonly stop: AbortSignal
}

async function follow(parts: Follow): Promise<number> {
  const { options, io, stop } = parts
  const log = new LogAddress(options.log)
  let said = ''
  const say = (line: string): void => {
    if (line !== said) io.err(`ledger witness: ${line}`)
    said = line
  }
  for (let handed = ''; !stop.aborted;) {
    const outcome = await stepOnce(parts, log, handed).catch((error: unknown) => {
      if (error instanceof Unreachable) return error
      throw error
    })
    if (outcome instanceof Unreachable) {
      say(outcome.message)
      if (options.once) return MISUSE
    } else if ('refused' in outcome) {
      if (refuse(parts, outcome, say)) {
        // What was seen before is evidence for whoever else asks this server.
        if (parts.file.state !== undefined) await log.handIn(parts.file.state.note).catch(() => 0)
        return CAUGHT
      }
    } else if ('cosigned' in outcome) {
      if (outcome.trouble !== undefined) say(outcome.trouble)
      else {
        handed = outcome.cosigned
        said = ''
        io.out(`cosigned ${outcome.size} entries`)
      }
      if (options.once) return outcome.trouble === undefined ? 0 : CAUGHT
    } else if (options.once) return 0
    await pause(options.everySeconds * 1000, stop)
  }
  return 0
}

type Once =
  | Extract<WitnessStep, { readonly ok: false }>
  | { readonly cosigned: string; readonly size: number; readonly trouble: string | undefined }
  | { readonly unchanged: true }

async function stepOnce({ file, pinned }: Follow, log: LogAddress, handed: string): Promise<Once> {
  const shown = await log.key()
  if (shown !== pinned) return { ok: false, refused: 'new-log-identity' }
  const note = await log.checkpoint()
  if (textOf(note) === handed) return { unchanged: true }
  const step = await witnessStep(
    {
      key: parseWitnessVkey(file.signer.vkey, nativeSha256)!,
      sign: file.signer.sign,
      state: file.state,
      save: (state) => file.save(state),
      tile: (tile) => log.tile(tile),
      now: () => Date.now(),
      tools: nativeTools,
    },
    { vkey: pinned, note: ownNote(note, pinned, nativeSha256) ?? note },
  )
  if (!step.ok) return step
  const { status, said } = await log.handIn(step.note)
  const { size } = step.checkpoint
  return {
    cosigned: textOf(note),
    size,
    trouble: status === 200 ? undefined : whyNot(status, said),
  }
}

function whyNot(status: number, said: string): string {
  if (said.includes('unknown-witness')) {
    return 'the server does not know this witness yet: start it with --witness and the key above'
  }
  if (status === 409) return `the server says that this is not what its log holds (${said.trim()})`
  return `the server did not take the cosignature: ${status} ${said.trim()}`
}

/** Says what was refused; true where the witness ends with it. */
function refuse(
  { options, io }: Follow,
  { refused, fork }: { readonly refused: Refused; readonly fork?: string },
  say: (line: string) => void,
): boolean {
  if (PASSING.includes(refused) && !options.once) {
    say(`not cosigned: ${SENTENCES[refused]} (${refused})`)
    return false
  }
  io.err(`ledger witness: refused: ${SENTENCES[refused]} (${refused})`)
  if (fork !== undefined) {
    const path = `${options.state}.fork-proof`
    writeFileSync(path, fork)
    io.err(`the proof, for anybody to check: doorstep ledger verify-fork ${path} --vkey KEY`)
  }
  return true
}

function textOf(note: string): string {
  return note.slice(0, note.lastIndexOf('\n\n') + 1)
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      stop.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    stop.addEventListener('abort', done)
  })
}
