import { keepSeat, readSeat } from '../seat.ts'

/** What /api/join says, and the text that stands for it. */
const known = {
  'no-such-code': 'unknown-code',
  over: 'ended',
  locked: 'locked',
  full: 'full',
  'slow-down': 'slow-down',
} as const
export type JoinRefusal = (typeof known)[keyof typeof known] | 'name-refused' | 'offline' | 'failed'
export type Side = 'team' | 'customer'
export type JoinAnswer =
  { readonly kind: 'seat'; readonly href: string } | { readonly kind: JoinRefusal }

/**
 * Asks for a seat: in the smaller team, or as a customer. Every refusal of the server has a text;
 * an unknown one becomes `failed`.
 */
export async function join(code: string, nickname: string, side: Side): Promise<JoinAnswer> {
  let response: Response
  try {
    response = await fetch('/api/join', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(
        side === 'customer' ? { code, nickname, role: side } : { code, nickname },
      ),
    })
  } catch {
    return { kind: 'offline' }
  }
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok) {
    const seat = readSeat(body)
    return seat ? { kind: 'seat', href: keepSeat(seat) } : { kind: 'failed' }
  }
  return { kind: refusalOf(body) }
}

function refusalOf(body: unknown): JoinRefusal {
  const reason =
    typeof body === 'object' && body !== null
      ? (body as Record<string, unknown>)['reason']
      : undefined
  if (typeof reason !== 'string') return 'failed'
  if (reason.startsWith('nickname')) return 'name-refused'
  return Object.hasOwn(known, reason) ? known[reason as keyof typeof known] : 'failed'
}
