import { createHash, randomBytes } from 'node:crypto'
import { DrizzleSQLiteAdapter } from '@lucia-auth/adapter-drizzle'
import { and, eq, lt } from 'drizzle-orm'
import { Lucia, type Adapter, type DatabaseSession } from 'lucia'
import { invitations, sessions, trainers, type Store } from './database.ts'
import { Limits } from './limits.ts'
import { hashPassword, verifyPassword } from './password.ts'

export const INVITATION_MINUTES = 15
export const SESSION_COOKIE = 'doorstep_session'
export interface Trainer {
  readonly id: string
  readonly name: string
}
export type Entered =
  | { readonly ok: true; readonly trainer: Trainer; readonly session: string }
  | {
      readonly ok: false
      readonly reason: 'link-spent' | 'name-taken' | 'no-such-trainer' | 'wrong' | 'slow-down'
    }

declare module 'lucia' {
  interface Register {
    Lucia: Lucia<Record<never, never>, { name: string }>
    DatabaseUserAttributes: { name: string }
  }
}

export interface Accounts {
  /**
   * A one-time token for `/setup?token=…`, valid 15 minutes. `reset` gives an existing trainer a
   * new password.
   */
  invite(kind: 'setup' | 'reset'): string
  /** What a link is good for, or null where it is spent, late or made up. */
  invitation(token: string): 'setup' | 'reset' | null
  setUp(token: string, name: string, password: string): Promise<Entered>
  signIn(name: string, password: string, from: string): Promise<Entered>
  signOut(session: string): Promise<void>
  /** The trainer whose session the Cookie header holds, and a refreshed cookie where one is due. */
  who(
    cookies: string | undefined,
  ): Promise<{ readonly trainer: Trainer; readonly session: string } | null>
  any(): boolean
}

export function createAccounts(store: Store, now: () => number = () => Date.now()): Accounts {
  const { db } = store
  // The package's types name every column's inner type and fit no real table under
  // exactOptionalPropertyTypes.
  const plain = new DrizzleSQLiteAdapter(db, sessions as never, trainers as never)
  const lucia = new Lucia(hashingIds(plain), {
    getUserAttributes: ({ name }: { name: string }) => ({ name }),
    sessionCookie: { name: SESSION_COOKIE },
  })
  const perAddress = new Limits({ burst: 10, perSecond: 0.1 })
  const perName = new Limits({ burst: 6, perSecond: 0.05 })
  const nobody = hashPassword(randomBytes(16).toString('hex'))

  const loginOf = (name: string): string => name.normalize('NFKC').toLowerCase()
  const enter = async (id: string, name: string): Promise<Entered> => {
    const session = await lucia.createSession(id, {})
    return { ok: true, trainer: { id, name }, session: session.id }
  }
  const valid = (token: string) => {
    const row = db
      .select()
      .from(invitations)
      .where(eq(invitations.hash, digest(token)))
      .get()
    return row !== undefined && row.expiresAt > now() ? row : null
  }

  return {
    invite(kind) {
      const token = randomBytes(24).toString('base64url')
      db.delete(invitations).where(lt(invitations.expiresAt, now())).run()
      db.insert(invitations)
        .values({ hash: digest(token), kind, expiresAt: now() + INVITATION_MINUTES * 60_000 })
        .run()
      return token
    },
    invitation: (token) => valid(token)?.kind ?? null,
    async setUp(token, name, password) {
      const link = valid(token)
      if (link === null) return { ok: false, reason: 'link-spent' }
      const login = loginOf(name)
      const known = db.select().from(trainers).where(eq(trainers.login, login)).get()
      if (link.kind === 'setup' && known) return { ok: false, reason: 'name-taken' }
      if (link.kind === 'reset' && !known) return { ok: false, reason: 'no-such-trainer' }
      const hashed = await hashPassword(password)
      // Deleting is what spends the link: of two that come at once, only one deletes a row.
      const spent = db
        .delete(invitations)
        .where(and(eq(invitations.hash, digest(token))))
        .run()
      if (spent.changes !== 1) return { ok: false, reason: 'link-spent' }
      const id = known?.id ?? randomBytes(9).toString('base64url')
      if (known) {
        db.update(trainers).set({ password: hashed }).where(eq(trainers.id, id)).run()
        await lucia.invalidateUserSessions(id)
      } else
        db.insert(trainers).values({ id, name, login, password: hashed, createdAt: now() }).run()
      return enter(id, known?.name ?? name)
    },
    async signIn(name, password, from) {
      const login = loginOf(name)
      if (!perAddress.take(from) || !perName.take(login)) return { ok: false, reason: 'slow-down' }
      const row = db.select().from(trainers).where(eq(trainers.login, login)).get()
      // An unknown name takes as long as a wrong password.
      const right = await verifyPassword(password, row?.password ?? (await nobody))
      return right && row ? enter(row.id, row.name) : { ok: false, reason: 'wrong' }
    },
    signOut: (session) => lucia.invalidateSession(session),
    async who(cookies) {
      const id = lucia.readSessionCookie(cookies ?? '')
      if (id === null || !/^[a-z0-9]{20,64}$/.test(id)) return null
      const { session, user } = await lucia.validateSession(id)
      return session && user ? { trainer: { id: user.id, name: user.name }, session: id } : null
    },
    any: () => db.select({ id: trainers.id }).from(trainers).limit(1).get() !== undefined,
  }
}

/** The Set-Cookie text that holds a session, or with null one that takes it away. */
export function sessionCookie(session: string | null, secure: boolean): string {
  const age = session === null ? 0 : 30 * 24 * 3600
  return `${SESSION_COOKIE}=${session ?? ''}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${age}${secure ? '; Secure' : ''}`
}

export function digest(token: string): string {
  return createHash('sha256').update(token).digest('base64url')
}

/** Keeps only a hash of each session id, so that a stolen database signs nobody in. */
function hashingIds(adapter: Adapter): Adapter {
  const back = (session: DatabaseSession | null, id: string): DatabaseSession | null =>
    session === null ? null : { ...session, id }
  return {
    async getSessionAndUser(id) {
      const [session, user] = await adapter.getSessionAndUser(digest(id))
      return [back(session, id), user]
    },
    getUserSessions: (user) => adapter.getUserSessions(user),
    setSession: (session) => adapter.setSession({ ...session, id: digest(session.id) }),
    updateSessionExpiration: (id, expiresAt) =>
      adapter.updateSessionExpiration(digest(id), expiresAt),
    deleteSession: (id) => adapter.deleteSession(digest(id)),
    deleteUserSessions: (user) => adapter.deleteUserSessions(user),
    deleteExpiredSessions: () => adapter.deleteExpiredSessions(),
  }
}
