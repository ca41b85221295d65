import { startServer } from '../../../range/server/main.ts'

// A whole server in a process of its own, with pages that are a stub. Asked over its channel, it
// says what memory it takes.
const site = (_req: unknown, res: { end: (text: string) => void }): void => res.end('page')
const running = await startServer({ port: 0, data: process.argv[2]!, lan: false, site })
const setup = running.services.accounts.invite('setup')
process.on('message', () => process.send!({ rss: process.memoryUsage.rss() }))
process.send!({ port: running.port, setup })
process.once('disconnect', () => process.exit(0))
