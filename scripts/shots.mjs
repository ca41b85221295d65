#!/usr/bin/env node
// `npm run shots`: pictures of every screen at three widths in both themes, taken from a real
// exercise that is played on a server of its own. `--help` lists the options.
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from '@playwright/test'
import { browserToUse } from '../test/e2e/browser.ts'
import { startTestServer } from '../test/e2e/server.ts'
import { Camera } from './shots/camera.mjs'
import { playCustomer } from './shots/customer.mjs'
import { playDesign } from './shots/design.mjs'
import { playLab } from './shots/lab.mjs'
import { playTamper } from './shots/tamper.mjs'
import { openClass, playMorning, playToEnd } from './shots/story.mjs'

const HELP = `npm run shots -- [options]

  --only NAMES    some of: home, lesson, courses, doors, lobby, attacker, defender, customer,
                  trainer, projector, lab, design, tamper, over, ended, debrief, print, proof,
                  parcel
  --widths LIST   360,768,1440
  --themes LIST   light,dark
  --out DIR       out/shots
  --seed N        of the exercise that is played (11)
  --axe           also lists what axe finds, and what is wider than the window; exit code 1 then
  --docs          only the pictures of docs/pictures, written there
`
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
    help: { type: 'boolean', short: 'h', default: false },
  },
})
if (values.help) {
  process.stdout.write(HELP)
  process.exit()
}
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
  widths: values.docs ? [1440] : list(values.widths).map(Number),
  themes: list(values.themes),
})

const IN_CLASS = ['doors', 'lobby', 'attacker', 'defender', 'customer', 'trainer', 'projector']
const AT_END = ['over', 'ended', 'debrief', 'print', 'proof', 'parcel']
class Done extends Error {}
const lesson = '/courses/sme/s1/2'
try {
  if (wants('home')) await camera.take('home', '/')
  if (wants('lesson')) await camera.take('lesson', lesson)
  if (wants('courses')) {
    await camera.take('courses', '/courses')
    await camera.take('module', '/courses/sme/s1')
    await camera.take('lab-door', '/courses/sme/s1/lab')
    await camera.take('guide', '/guide')
    await camera.take('trust', '/trust')
    await camera.take('about', '/about')
    await camera.take('lost', '/no-such-page')
  }
  if (wants('lab')) await playLab(camera)
  if (wants('design')) await playDesign(camera)
  if (wants('tamper')) await playTamper(camera)
  if (wants('doors')) {
    await camera.take('join', '/join')
    await camera.take('signin', '/signin')
    await camera.take('setup', server.setup)
  }
  if (!wants(...IN_CLASS, ...AT_END)) throw new Done()
  const room = await openClass(server, Number(values.seed))
  if (wants('doors')) {
    const { cookie } = room
    await camera.take('hall', '/trainer', { cookie })
    await camera.take('account', '/account', { cookie })
  }
  const of = (role) => ({ exercise: room.exercise, token: room.seats[role].token })
  if (wants('lobby')) {
    for (const role of ['attacker', 'defender', 'customer'])
      await camera.take(`lobby-${role}`, `/exercise/${room.exercise}`, { seat: of(role) })
    await camera.takeScreen('lobby-projector', `/screen/${room.exercise}`, of('screen'))
    await camera.take('lobby-trainer', `/trainer/${room.exercise}`, {
      seat: of('trainer'),
      cookie: room.cookie,
    })
  }
  if (!wants(...IN_CLASS.slice(2), ...AT_END)) throw new Done()
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
  if (wants('customer')) await playCustomer(camera, `/exercise/${room.exercise}`, of('customer'))
  if (wants('trainer'))
    await camera.take('trainer', `/trainer/${room.exercise}`, {
      seat: of('trainer'),
      cookie: room.cookie,
    })
  if (wants('projector'))
    await camera.takeScreen('projector', `/screen/${room.exercise}`, of('screen'))
  if (wants(...AT_END)) {
    await playToEnd(room)
    if (wants('over'))
      await camera.take('over', `/exercise/${room.exercise}`, { seat: of('attacker') })
    if (wants('ended', 'over')) {
      await camera.take('trainer-ended', `/trainer/${room.exercise}`, {
        seat: of('trainer'),
        cookie: room.cookie,
      })
      await camera.takeScreen('projector-ended', `/screen/${room.exercise}`, of('screen'))
    }
    if (wants('debrief'))
      await camera.take('debrief', `/debrief/${room.exercise}`, {
        seat: of('defender'),
        wait: 2500,
        then: camera.debriefWhatIf,
      })
    if (wants('print', 'debrief'))
      await camera.print('debrief', `/debrief/${room.exercise}`, of('defender'))
    if (wants('proof', 'parcel'))
      await camera.take('parcel', `/parcel/${room.exercise}`, {
        seat: of('customer'),
        wait: 3000,
        then: camera.parcelWay,
      })
    if (wants('proof'))
      await camera.take('proof', `/proof/${room.exercise}`, {
        seat: of('defender'),
        wait: 3000,
        then: camera.proofChecked,
      })
  }
} catch (error) {
  if (!(error instanceof Done)) throw error
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
