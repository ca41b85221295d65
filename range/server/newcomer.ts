import type { FullRun } from '../exercise/run.ts'
import type { PlayRole, Role } from '../protocol/view.ts'

/** The team with fewer people; machine players do not count. */
export function smallerTeam(run: FullRun): PlayRole {
  const people = run.seats().filter(({ robot }) => !robot)
  const count = (role: Role): number => people.filter((one) => one.role === role).length
  return count('attacker') < count('defender') ? 'attacker' : 'defender'
}

/** Two players of one name are told apart by a number; `own` is the seat that is renamed. */
export function freeName(run: FullRun, nickname: string, own?: string): string {
  const others = run.seats().filter(({ seat }) => seat !== own)
  const taken = new Set(others.map((seat) => seat.nickname.toLowerCase()))
  for (let i = 1; ; i++) {
    const name = i === 1 ? nickname : `${nickname.slice(0, 20)} ${i}`
    if (!taken.has(name.toLowerCase())) return name
  }
}
