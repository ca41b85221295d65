import { connectSeat } from '../../range/client/socket/seat.ts'
import { post } from '../../test/e2e/server.ts'

/** A class of four and a big screen, by the doors that people use: set-up link, create, join. */
export async function openClass(server, seed) {
  const token = server.setup.split('=')[1]
  const { cookie } = await post(server, '/api/setup', {
    token,
    name: 'Fay',
    password: 'a long enough one',
  })
  const made = await post(
    server,
    '/api/exercises',
    { scenario: 'market-day', lengthMinutes: 45, seed },
    cookie,
  )
  const { exercise, code } = made.body
  const join = async (nickname, role) =>
    (await post(server, '/api/join', { code, nickname, role })).body
  const seats = {
    trainer: made.body,
    attacker: await join('Magpie', 'attacker'),
    defender: await join('Heron', 'defender'),
    customer: await join('Finch', 'customer'),
    screen: (await post(server, `/api/exercises/${exercise}/screen`, {}, cookie)).body,
  }
  for (const role of ['trainer', 'attacker', 'defender', 'customer', 'screen'])
    seats[role].connection = connectSeat({
      exercise,
      token: seats[role].token,
      url: server.url,
      headers: { origin: server.url },
    })
  return { exercise, code, cookie, seats }
}

const MINUTE = 60_000
const viewOf = (room, role) => room.seats[role].connection.state().view

/** Waits until the town's clock shows so many minutes after the start, or `test` holds. */
async function until(room, minutes, test = () => false) {
  for (let i = 0; i < 2400; i++) {
    const view = viewOf(room, 'trainer')
    if (view && (view.clock.now - view.clock.start >= minutes * MINUTE || test())) return
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error(`the town did not reach minute ${minutes}`)
}
const act = (room, what) => room.seats.trainer.connection.act(what)
const launch = async (room, say, technique, params, startInMinutes = 0) => {
  const answer = await room.seats.attacker.connection.move({
    kind: 'Launch',
    technique,
    params,
    startInMinutes,
  })
  say(`${technique}: ${JSON.stringify(answer)}`)
}
/** Runs the recommended steps of the newest incident of an attack. */
async function respond(room, say, attack) {
  const incident = viewOf(room, 'defender')?.incidents.find((one) => one.attack === attack)
  const actions =
    incident?.playbook.filter((one) => one.recommended && !one.done).map((one) => one.action) ?? []
  if (actions.length === 0) return say(`${attack}: nothing to do`)
  say(
    `${attack}: ${JSON.stringify(await room.seats.defender.connection.move({ kind: 'Respond', incident: incident.id, actions }))}`,
  )
}

/** Four attacks in one morning; two are answered, two are open when the pictures are taken. */
export async function playMorning(room, say) {
  await until(room, -1)
  await act(room, { kind: 'Phase', phase: 'running' })
  await act(room, { kind: 'Speed', speed: 60 })
  await until(room, 3)
  await launch(room, say, 'P2', { stealth: 0.1, duration: 15 })
  await until(room, 8)
  await launch(room, say, 'I1', { stealth: 0.1, duration: 30 })
  await until(room, 10)
  await act(room, { kind: 'Fire', inject: 'sale' })
  await until(room, 14)
  await respond(room, say, 'P2')
  await launch(room, say, 'D1', { stealth: 0.2, duration: 40, leave: 'second-stop' })
  await until(room, 22)
  await launch(room, say, 'W1', { stealth: 0.2, duration: 40 })
  await until(room, 26)
  await respond(room, say, 'I1')
  await until(room, 90, () =>
    ['W1', 'D1'].every((attack) =>
      viewOf(room, 'defender')?.incidents.some((one) => one.attack === attack),
    ),
  )
  await act(room, { kind: 'Speed', speed: 2 })
  await act(room, {
    kind: 'Say',
    to: ['attacker', 'defender'],
    text: 'Five minutes, then we look at it together.',
  })
  await new Promise((done) => setTimeout(done, 2500))
  await act(room, { kind: 'Speed', speed: 1 })
}

/** The other two are answered, and the class ends. */
export async function playToEnd(room) {
  const say = () => {}
  await respond(room, say, 'W1')
  await respond(room, say, 'D1')
  const minutes = (viewOf(room, 'trainer').clock.now - viewOf(room, 'trainer').clock.start) / MINUTE
  await act(room, { kind: 'Speed', speed: 60 })
  await until(room, minutes + 6)
  await act(room, { kind: 'Phase', phase: 'ended' })
  await new Promise((done) => setTimeout(done, 2000))
}
