import Database from 'better-sqlite3'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { drizzle, type BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import { blob, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const trainers = sqliteTable('trainers', {
  id: text('id').notNull().primaryKey(),
  name: text('name').notNull(),
  /** Lower-cased name, unique: what a person signs in with. */
  login: text('login').notNull().unique(),
  password: text('password').notNull(),
  createdAt: integer('created_at').notNull(),
})
/** `id` is the SHA-256 of the session id that the cookie holds. */
export const sessions = sqliteTable('sessions', {
  id: text('id').notNull().primaryKey(),
  userId: text('user_id')
    .notNull()
    .references(() => trainers.id),
  expiresAt: integer('expires_at').notNull(),
})
/** One-time set-up links; `hash` is the SHA-256 of the token in the link. */
export const invitations = sqliteTable('invitations', {
  hash: text('hash').notNull().primaryKey(),
  kind: text('kind', { enum: ['setup', 'reset'] }).notNull(),
  expiresAt: integer('expires_at').notNull(),
})
export const exercises = sqliteTable('exercises', {
  id: text('id').notNull().primaryKey(),
  code: text('code').notNull(),
  scenario: text('scenario').notNull(),
  title: text('title').notNull(),
  seed: integer('seed').notNull(),
  mode: text('mode', { enum: ['class', 'rehearsal', 'lab'] }).notNull(),
  lengthMinutes: integer('length_minutes').notNull(),
  owner: text('owner'),
  createdAt: integer('created_at').notNull(),
  endedAt: integer('ended_at'),
  /** Why it cannot go on, if so. */
  trouble: text('trouble'),
})
/** Who may sit where; `hash` is the SHA-256 of the token that the browser keeps. */
export const seats = sqliteTable('seats', {
  hash: text('hash').notNull().primaryKey(),
  exercise: text('exercise').notNull(),
  seat: text('seat').notNull(),
})
export const boards = sqliteTable('boards', {
  name: text('name').notNull().primaryKey(),
  state: blob('state', { mode: 'buffer' }).notNull(),
})
/**
 * Names and messages whose commitments stand in logs: erased here, nothing tells them any more.
 * `seat` is null for what a trainer wrote.
 */
export const words = sqliteTable('words', {
  commitment: text('commitment').notNull().primaryKey(),
  exercise: text('exercise').notNull(),
  seat: text('seat'),
  salt: blob('salt', { mode: 'buffer' }).notNull(),
  text: text('text').notNull(),
})
/** What was erased, when and by which trainer; never whose it was or what it said. */
export const erasures = sqliteTable('erasures', {
  exercise: text('exercise').notNull(),
  at: integer('at').notNull(),
  by: text('by').notNull(),
  what: text('what', { enum: ['name', 'everything', 'texts'] }).notNull(),
  words: integer('words').notNull(),
  entries: integer('entries').notNull(),
})
export const settings = sqliteTable('settings', {
  key: text('key').notNull().primaryKey(),
  value: text('value').notNull(),
})
const schema = {
  trainers,
  sessions,
  invitations,
  exercises,
  seats,
  boards,
  words,
  erasures,
  settings,
}

const TABLES = `
create table if not exists trainers (id text primary key not null, name text not null, login text not null unique, password text not null, created_at integer not null);
create table if not exists sessions (id text primary key not null, user_id text not null references trainers(id), expires_at integer not null);
create table if not exists invitations (hash text primary key not null, kind text not null, expires_at integer not null);
create table if not exists exercises (id text primary key not null, code text not null, scenario text not null, title text not null, seed integer not null, mode text not null, length_minutes integer not null, owner text, created_at integer not null, ended_at integer, trouble text);
create table if not exists seats (hash text primary key not null, exercise text not null, seat text not null);
create index if not exists seats_by_exercise on seats (exercise);
create table if not exists boards (name text primary key not null, state blob not null);
create table if not exists words (commitment text primary key not null, exercise text not null, seat text, salt blob not null, text text not null);
create index if not exists words_by_exercise on words (exercise);
create table if not exists erasures (exercise text not null, at integer not null, by text not null, what text not null, words integer not null, entries integer not null);
create table if not exists settings (key text primary key not null, value text not null);
`

export interface Store {
  readonly dir: string
  readonly db: BetterSQLite3Database<typeof schema>
  /** 32 bytes of this installation, made at first start: keys of capabilities derive from it. */
  readonly secret: Buffer
  setting(key: string): string | undefined
  set(key: string, value: string): void
  /** Brings everything written so far into the database's file, and empties what held it. */
  settle(): void
  close(): void
}

/**
 * Opens or creates the application's database in `dir` (WAL, every commit synced). Exercises' logs
 * live beside it, one folder each: this holds only accounts, seats and the list of exercises.
 * Several processes may have it open.
 */
export function openStore(dir: string): Store {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const file = join(dir, 'doorstep.sqlite')
  const sqlite = new Database(file, { timeout: 5000 })
  sqlite.pragma('journal_mode = WAL')
  sqlite.pragma('synchronous = FULL')
  sqlite.pragma('foreign_keys = ON')
  // What is deleted is overwritten: a name that was erased must not lie in a free page.
  sqlite.pragma('secure_delete = ON')
  sqlite.exec(TABLES)
  chmodSync(file, 0o600)
  const read = sqlite.prepare<[string], { value: string }>(
    'select value from settings where key = ?',
  )
  const write = sqlite.prepare(
    'insert into settings (key, value) values (?, ?) on conflict (key) do update set value = excluded.value',
  )
  const first = sqlite.prepare(
    'insert into settings (key, value) values (?, ?) on conflict (key) do nothing',
  )
  first.run('secret', randomBytes(32).toString('base64'))
  return {
    dir,
    db: drizzle(sqlite, { schema }),
    secret: Buffer.from(read.get('secret')!.value, 'base64'),
    setting: (key) => read.get(key)?.value,
    set: (key, value) => {
      write.run(key, value)
    },
    settle: () => {
      sqlite.pragma('wal_checkpoint(TRUNCATE)')
    },
    close: () => {
      sqlite.close()
    },
  }
}
