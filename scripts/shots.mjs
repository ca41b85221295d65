#!/usr/bin/env node
// `npm run shots`: pictures of every screen at three widths in both themes, taken from a real
// exercise that is played on a server of its own. Options: --only home,defender … --widths 360,1440
// --themes light --out DIR --axe (lists what axe finds) --docs (writes the chosen ones, small, to
// docs/pictures).
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from '@playwright/test'
import { browserToUse } from '../test/e2e/browser.ts'
import { startTestServer } from '../test/e2e/server.ts'
import { Camera } from './shots/camera.mjs'
import { openClass, playMorning, playToEnd } from './shots/story.mjs'

const HOME = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    widths: { type: 'string', default: '360,768,1440' },
    themes: { type: 'string', default: 'light,dark' },
    out: { type: 'string', default: join(HOME, 'out', 'shots') },
    axe: { type: 'boolean', default: false },
    docs: { type: 'boolean', default: false },
    seed: { type: 'string', default: '11' },
  },
})
const list = (text) => text.split(',').filter((one) => one !== '')
const wanted = list(values.only)
const wants = (...names) => wanted.length === 0 || names.some((name) => wanted.includes(name))

const out = resolve(values.out)
mkdirSync(out, { recursive: true })
if (values.docs) mkdirSync(join(HOME, 'docs', 'pictures'), { recursive: true })
const server = await startTestServer()
const browser = await chromium.launch(await browserToUse())
const camera = new Camera({
  browser,
  out,
  url: server.url,
  axe: values.axe,
  docs: values.docs ? join(HOME, 'docs', 'pictures') : null,
  widths: list(values.widths).map(Number),
  themes: list(values.themes),
})

const lesson = '/courses/sme/s1/2'
try {
  if (wants('home')) await camera.take('home', '/')
  if (wants('lesson')) await camera.take('lesson', lesson)
  const room = await openClass(server, Number(values.seed))
  const seats = Object.values(room.seats)
  const of = (role) => ({ exercise: room.exercise, token: room.seats[role].token })
  if (wants('lobby')) {
    for (const role of ['attacker', 'defender', 'customer'])
      await camera.take(`lobby-${role}`, `/exercise/${room.exercise}`, { seat: of(role) })
    await camera.takeScreen('lobby-projector', `/screen/${room.exercise}`, of('screen'))
  }
  await playMorning(room, (text) => process.stderr.write(`${text}\n`))
  if (wants('attacker'))
    await camera.take('attacker', `/exercise/${room.exercise}`, {
      seat: of('attacker'),
      then: camera.attackerJobs,
    })
  if (wants('defender'))
    await camera.take('defender', `/exercise/${room.exercise}`, {
      seat: of('defender'),
      then: camera.defenderDossiers,
    })
  if (wants('customer'))
    await camera.take('customer', `/exercise/${room.exercise}`, {
      seat: of('customer'),
      then: camera.customerCheckout,
    })
  if (wants('trainer'))
    await camera.take('trainer', `/trainer/${room.exercise}`, {
      seat: of('trainer'),
      cookie: room.cookie,
    })
  if (wants('projector'))
    await camera.takeScreen('projector', `/screen/${room.exercise}`, of('screen'))
  if (wants('lab')) await camera.take('lab', '/courses/sme/s1/lab')
  if (wants('over', 'debrief', 'proof', 'ended')) {
    await playToEnd(room)
    if (wants('over'))
      await camera.take('over', `/exercise/${room.exercise}`, { seat: of('attacker') })
    if (wants('ended', 'over'))
      await camera.takeScreen('projector-ended', `/screen/${room.exercise}`, of('screen'))
    if (wants('debrief'))
      await camera.take('debrief', `/debrief/${room.exercise}`, {
        seat: of('defender'),
        wait: 2500,
      })
    if (wants('proof'))
      await camera.take('proof', `/proof/${room.exercise}`, { seat: of('defender'), wait: 3000 })
  }
  for (const seat of seats) seat.connection?.close()
} finally {
  await browser.close()
  await server.stop()
}
process.stderr.write(`${camera.count} pictures in ${out}\n`)
if (values.axe) {
  process.stdout.write(
    camera.found.length === 0 ? 'axe finds nothing\n' : `${camera.found.join('\n')}\n`,
  )
  process.exitCode = camera.found.length === 0 ? 0 : 1
}
process.exit()
