import type { MessageKey } from '../messages.ts'

/** What the server answered: its fields, or the key of the text that says what went wrong. */
export type Called =
  | { readonly ok: true; readonly body: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly wrong: MessageKey }

const KNOWN = ['link-spent', 'name-taken', 'no-such-trainer', 'wrong', 'slow-down'] as const

/** Sends JSON to the server's API from a trainer's page. */
export async function call(path: string, body: unknown): Promise<Called> {
  let response: Response
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  } catch {
    return { ok: false, wrong: 'account.wrong.offline' }
  }
  const told = (await response.json().catch(() => ({}))) as Record<string, unknown>
  return response.ok
    ? { ok: true, body: told }
    : { ok: false, wrong: wrongOf(String(told['reason'] ?? '')) }
}

function wrongOf(reason: string): MessageKey {
  const known = KNOWN.find((one) => one === reason)
  if (known !== undefined) return `account.wrong.${known}`
  if (reason === 'full') return 'account.list.full'
  if (reason.startsWith('password')) return 'account.wrong.password-short'
  return reason.startsWith('name') ? 'account.wrong.name' : 'account.wrong.failed'
}
