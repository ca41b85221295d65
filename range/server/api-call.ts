import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseExerciseId, type Parsed } from '../protocol/door.ts'
import type { Accounts, Trainer } from './accounts.ts'
import { readJson, sendJson } from './answer.ts'
import type { Store } from './database.ts'
import type { Replicas } from './replicate.ts'
import type { Rooms } from './rooms.ts'

export interface ApiParts {
  readonly store: Store
  readonly rooms: Rooms
  readonly accounts: Accounts
  readonly replicas: Replicas
  readonly publicUrl?: URL
  /** Slug of the scenario that a course module's lab plays. */
  readonly labScenario: (module: string | undefined) => string
}
/** One request to an address under /api/. */
export interface Call {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly parts: ApiParts
  readonly id: string
  readonly rest: string
  readonly url: URL
}
export type Answerer = (call: Call) => Promise<void> | void
export interface Endpoint {
  readonly method: 'GET' | 'POST'
  readonly path: RegExp
  readonly answer: Answerer
}

export function refuse(res: ServerResponse, status: number, reason: string): void {
  sendJson(res, status, { ok: false, reason })
}

/** The parsed body; refuses and gives null where it is none. */
export async function bodyOf<T>(
  call: Call,
  parse: (value: unknown) => Parsed<T>,
): Promise<T | null> {
  const body = await readJson(call.req)
  if (!body.ok) {
    refuse(call.res, body.status, body.reason)
    return null
  }
  const parsed = parse(body.value)
  if (parsed.ok) return parsed.value
  refuse(call.res, 400, parsed.reason)
  return null
}

/** Who is signed in; refuses and gives null where nobody is. */
export async function trainerOf(call: Call): Promise<Trainer | null> {
  const who = await call.parts.accounts.who(call.req.headers.cookie)
  if (who === null) refuse(call.res, 401, 'sign-in')
  return who?.trainer ?? null
}

/** A debrief is for those who played, and for trainers. The seat's token comes as a header. */
export async function entitled(call: Call): Promise<boolean> {
  const id = parseExerciseId(call.id)
  if (!id.ok) {
    refuse(call.res, 404, 'no-such-exercise')
    return false
  }
  const token = String(call.req.headers['x-seat'] ?? '')
  if (token !== '' && call.parts.rooms.knows(id.value, token)) return true
  if ((await call.parts.accounts.who(call.req.headers.cookie)) !== null) return true
  refuse(call.res, 403, 'not-yours')
  return false
}
