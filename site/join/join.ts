import { keepSeat, readSeat } from '../seat.ts'

const known = ['unknown-code', 'locked', 'full', 'name-taken', 'name-refused', 'ended', 'slow-down'] as const
export type JoinRefusal = (typeof known)[number] | 'offline' | 'failed'
export type JoinAnswer = { readonly kind: 'seat'; readonly href: string } | { readonly kind: JoinRefusal }

/** Asks for a seat. Every refusal of the server has a text; an unknown one becomes `failed`. */
export async function join(code: string, nickname: string): Promise<JoinAnswer> {
  let response: Response
  try {
    response = await fetch('/api/join', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code, nickname }),
    })
  } catch {
    return { kind: 'offline' }
  }
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok) {
    const seat = readSeat(body)
    return seat ? { kind: 'seat', href: keepSeat(seat) } : { kind: 'failed' }
  }
  return { kind: refusalOf(response.status, body) }
}

function refusalOf(status: number, body: unknown): JoinRefusal {
  const reason =
    typeof body === 'object' && body !== null ? (body as Record<string, unknown>)['reason'] : undefined
  const named = known.find((one) => one === reason)
  if (named) return named
  if (status === 404) return 'unknown-code'
  if (status === 429) return 'slow-down'
  return 'failed'
}
