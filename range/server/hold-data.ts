import Database from 'better-sqlite3'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

export interface Held {
  release(): void
}

/**
 * Takes a data folder for this server alone, before anything in it is opened: a second server would
 * fence the logs of the first. The system holds the lock (an open transaction on `server.lock`), so
 * it is gone with the process however that ends, and a process number that another program has by
 * now deceives nobody. Throws one line naming the holder where another server has the folder.
 */
export function holdData(dir: string): Held {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const lock = new Database(join(dir, 'server.lock'), { timeout: 0 })
  try {
    lock.exec('create table if not exists holder (one integer primary key, pid integer)')
    lock.prepare('insert or replace into holder (one, pid) values (1, ?)').run(process.pid)
    lock.exec('begin immediate')
  } catch (error) {
    const busy = (error as { code?: unknown }).code === 'SQLITE_BUSY'
    const holder = busy ? holderOf(lock) : ''
    lock.close()
    if (!busy) throw error
    throw new Error(
      `${dir} is in use by another server${holder}; stop that one, or choose another folder: npm start -- --data DIR`,
      { cause: error },
    )
  }
  return {
    release: () => {
      lock.close()
    },
  }
}

function holderOf(lock: Database.Database): string {
  const row = lock.prepare<[], { pid: number }>('select pid from holder').get()
  return row === undefined ? '' : ` (process ${row.pid})`
}
