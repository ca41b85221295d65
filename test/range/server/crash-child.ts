// A server in a process of its own. With DIE_AFTER=move it is killed, as by a loss of power, right
// after the first move of a player has become durable and before anybody is told; with
// DIE_AFTER=act the same for a note, with DIE_AFTER=step for one second asked for while paused.
import { Log } from '../../../range/server/ledger/log.ts'
import { startServer } from '../../../range/server/main.ts'

const [port = '0', data = ''] = process.argv.slice(2)
const deadly = { move: 'Moved', act: 'Noted', step: 'Ticked' }[process.env['DIE_AFTER'] ?? '']

const { append } = Log.prototype
Log.prototype.append = async function (batch, fence) {
  const appended = await append.call(this, batch, fence)
  const kinds = batch.map((entry) => (entry as { input?: { kind: string } }).input?.kind)
  if (deadly !== undefined && kinds.includes(deadly)) process.kill(process.pid, 'SIGKILL')
  return appended
}

const site = (_req: unknown, res: { end: (text: string) => void }): void => res.end('page')
const running = await startServer({ port: Number(port), data, lan: false, site })
const setup = running.services.accounts.any() ? '' : running.services.accounts.invite('setup')
process.stdout.write(`${JSON.stringify({ port: running.port, setup })}\n`)
process.once('SIGTERM', () => void running.close().then(() => process.exit(0)))
