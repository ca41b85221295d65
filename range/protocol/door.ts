import { z } from 'zod'
import type { TelemetryQuery } from '../exercise/types.ts'
import { detectionId, detectionText, type Question } from './detection.ts'
import type { MoveMessage, TrainerAct } from './message.ts'

/**
 * Everything that comes from outside is parsed here, once, into a closed shape. Anything else is
 * refused with the first mistake in words; nothing that was refused is stored, logged or shown to
 * others.
 */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string }

/** Bytes of one socket message; a longer one ends the connection. */
export const MESSAGE_BYTES_MAX = 32_768
/** Bytes of one API request's body. */
export const BODY_BYTES_MAX = 65_536
/** Letters and digits of a join code: none that is easily mistaken for another. */
export const CODE_ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'
export const CODE_LENGTH = 6

const seatId = z.string().regex(/^[A-Za-z0-9_-]{1,32}$/)
const exerciseId = z.string().regex(/^[A-Za-z0-9-]{1,64}$/)
const token = z.string().regex(/^[A-Za-z0-9_-]{20,64}$/)
const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((value) => value.isWellFormed(), 'is not well-formed')
const playRole = z.enum(['attacker', 'defender', 'customer', 'screen'])
const minutes = z.number().int().min(5).max(240)

/** Shown to others: letters, digits, spaces and a little punctuation of any script. */
const nickname = z
  .string()
  .trim()
  .min(1)
  .max(24)
  .regex(/^[\p{L}\p{N}\p{M} .,'’_-]+$/u, 'uses letters, digits and spaces only')

/** A join code as people type it: small letters, spaces and hyphens are forgiven. */
const code = z
  .string()
  .max(20)
  .transform((value) => value.toUpperCase().replace(/[\s-]/g, ''))
  .pipe(
    z
      .string()
      .regex(
        new RegExp(`^[${CODE_ALPHABET}]{${CODE_LENGTH}}$`),
        'is not a code of six letters and digits',
      ),
  )

const handshake = z.object({ exercise: exerciseId, token })
const moveMessage = z.strictObject({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/),
  move: z.unknown(),
})
/** A player's move may be signed: `range/ledger/move-seal.ts`. */
const signedMessage = moveMessage
  .extend({
    did: z
      .string()
      .regex(/^did:key:z6Mk[1-9A-HJ-NP-Za-km-z]{44}$/, 'is no did:key')
      .optional(),
    sig: z
      .string()
      .regex(/^[A-Za-z0-9+/]{86}==$/, 'is no signature')
      .optional(),
  })
  .refine(({ did, sig }) => (did === undefined) === (sig === undefined), 'has half a signature')
const query = z.strictObject({
  text: z.string().max(300),
  source: z.enum(['all', 'web', 'login', 'payment', 'page', 'office', 'custody', 'sensor']),
  from: z.number().int().min(0),
  to: z.number().int().min(0),
  limit: z.number().int().min(1).max(500),
})
const question = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('BackTest'), text: detectionText }),
  z.strictObject({ kind: z.literal('DetectionText'), detection: detectionId }),
])
const act = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('Phase'), phase: z.enum(['running', 'paused', 'ended']) }),
  z.strictObject({ kind: z.literal('Speed'), speed: z.number().min(0.25).max(60) }),
  z.strictObject({ kind: z.literal('Step') }),
  z.strictObject({ kind: z.literal('Fire'), inject: z.string().max(64) }),
  z.strictObject({
    kind: z.literal('Schedule'),
    inject: z.string().max(64),
    due: z.number().int().min(0),
  }),
  z.strictObject({ kind: z.literal('Undo'), inject: z.string().max(64) }),
  z.strictObject({ kind: z.literal('Say'), to: z.array(playRole).min(1).max(4), text: text(400) }),
  z.strictObject({ kind: z.literal('Note'), text: text(400) }),
  z.strictObject({ kind: z.literal('Lock'), locked: z.boolean() }),
  z.strictObject({ kind: z.literal('Rename'), seat: seatId, nickname }),
  z.strictObject({ kind: z.literal('MoveSeat'), seat: seatId, role: playRole }),
  z.strictObject({ kind: z.literal('Remove'), seat: seatId }),
  z.strictObject({ kind: z.literal('AddRobot'), role: z.enum(['attacker', 'defender']) }),
  z.strictObject({ kind: z.literal('Extra'), minutes: z.number().int().min(1).max(60) }),
  z.strictObject({ kind: z.literal('Board'), shown: z.boolean() }),
])
const join = z.strictObject({ code, nickname, role: playRole.optional() })
const create = z.strictObject({
  scenario: z.string().regex(/^[a-z0-9-]{1,40}$/),
  lengthMinutes: minutes.optional(),
  seed: z.number().int().min(0).max(2_147_483_647).optional(),
  /** Machine players to seat at once. */
  robots: z
    .array(z.enum(['attacker', 'defender']))
    .max(4)
    .optional(),
})
const lab = z.strictObject({
  module: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/)
    .optional(),
  /** A workflow with controls off, whose shortest counterexample is played; on which side. */
  design: z
    .strictObject({
      workflow: z.string().regex(/^[a-z0-9-]{1,40}$/),
      without: z
        .array(z.string().regex(/^[a-zA-Z][a-zA-Z0-9-]{0,39}$/))
        .min(1)
        .max(8),
      property: z
        .string()
        .regex(/^[a-zA-Z][a-zA-Z0-9-]{0,39}$/)
        .optional(),
      side: z.enum(['attacker', 'defender', 'customer']),
    })
    .optional(),
})
const rehearse = z.strictObject({
  scenario: z.string().regex(/^[a-z0-9-]{1,40}$/),
  role: z.enum(['attacker', 'defender']).default('defender'),
  lengthMinutes: minutes.optional(),
})
const name = z
  .string()
  .trim()
  .min(2)
  .max(40)
  .regex(/^[\p{L}\p{N}\p{M} .,'’@_-]+$/u, 'uses letters, digits and spaces only')
const password = z.string().min(10, 'needs at least ten characters').max(200)
const credentials = z.strictObject({ name, password: z.string().min(1).max(200) })
const setup = z.strictObject({ token, name, password })
const choice = z.strictObject({ choice: z.string().max(80) })

export type JoinRequest = z.infer<typeof join>
export type CreateRequest = z.infer<typeof create>
export type SetupRequest = z.infer<typeof setup>

export const parseHandshake = (value: unknown): Parsed<z.infer<typeof handshake>> =>
  parse(handshake, value)
export const parseMoveMessage = (value: unknown): Parsed<MoveMessage> => parse(signedMessage, value)
export const parseActMessage = (value: unknown): Parsed<MoveMessage> => parse(moveMessage, value)
export const parseQuery = (value: unknown): Parsed<TelemetryQuery> => parse(query, value)
export const parseQuestion = (value: unknown): Parsed<Question> => parse(question, value)
export const parseAct = (value: unknown): Parsed<TrainerAct> => parse(act, value)
export const parseJoin = (value: unknown): Parsed<JoinRequest> => parse(join, value)
export const parseCreate = (value: unknown): Parsed<CreateRequest> => parse(create, value)
export const parseLab = (value: unknown): Parsed<z.infer<typeof lab>> => parse(lab, value)
export const parseRehearse = (value: unknown): Parsed<z.infer<typeof rehearse>> =>
  parse(rehearse, value)
export const parseCredentials = (value: unknown): Parsed<z.infer<typeof credentials>> =>
  parse(credentials, value)
export const parseSetup = (value: unknown): Parsed<SetupRequest> => parse(setup, value)
export const parseChoice = (value: unknown): Parsed<z.infer<typeof choice>> => parse(choice, value)
export const parseExerciseId = (value: unknown): Parsed<string> => parse(exerciseId, value)

function parse<T>(schema: z.ZodType<T>, value: unknown): Parsed<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return { ok: true, value: parsed.data }
  const issue = parsed.error.issues[0]
  const where = issue === undefined || issue.path.length === 0 ? 'message' : issue.path.join('.')
  return { ok: false, reason: `${where}: ${issue?.message ?? 'not understood'}` }
}
