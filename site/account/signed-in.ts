/**
 * Whether this browser is signed in as a trainer. Says no where the server does not answer: what
 * hangs on it is a link or a hint, never a right.
 */
export async function isTrainer(): Promise<boolean> {
  try {
    const answer = await fetch('/api/me')
    const said = (await answer.json()) as { readonly name?: unknown }
    return answer.ok && typeof said.name === 'string'
  } catch {
    return false
  }
}
