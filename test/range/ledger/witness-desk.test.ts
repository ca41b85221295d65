import { describe, expect, it } from 'vitest'
import { isWitnessed } from '../../../range/ledger/quorum.ts'
import { verifyForkProof } from '../../../range/ledger/fork-proof.ts'
import { findCosignature } from '../../../range/ledger/cosignature.ts'
import type { Log } from '../../../range/server/ledger/log.ts'
import { openLog } from '../../../range/server/ledger/open.ts'
import { nativeTools } from '../../../range/server/ledger/native.ts'
import { readPublished } from '../../../range/server/ledger/published.ts'
import { WitnessDesk } from '../../../range/server/ledger/witness-desk.ts'
import { KEYS_PER_SEAT_MAX, WITNESSES_MAX } from '../../../range/server/ledger/witness-roll.ts'
import { Limits } from '../../../range/server/limits.ts'
import { entry, freshDir, LIVE } from './rig.ts'
import { cosigned, NOW, witnessKey } from './witness-rig.ts'
import { openTown } from './witness-town.ts'

const now = () => NOW
const trainer = witnessKey(1)
const players = [2, 3, 4, 5].map((byte) => witnessKey(byte))

async function filledLog(dir = freshDir(), ticks = 3): Promise<Log> {
  const log = await openLog(dir, { ...LIVE, now })
  for (let tick = 0; tick < ticks; tick++) {
    await log.append([entry(tick)])
    await log.publish(tick)
  }
  return log
}

function fullDesk(log: Log, dir?: string): WitnessDesk {
  const where = dir === undefined ? {} : { dir }
  const desk = new WitnessDesk({ log, named: [], now, ...where })
  expect(desk.enrol('s1', 'trainer', trainer.vkey)).toBe('ok')
  players.forEach(({ vkey }, i) => expect(desk.enrol(`p${i}`, 'player', vkey)).toBe('ok'))
  return desk
}

describe('the desk of the witnesses', () => {
  it('[L30] shows cosignatures below the newest checkpoint, and counts to the quorum', async () => {
    const log = await filledLog()
    const desk = fullDesk(log)
    const note = log.checkpoint!
    expect(desk.checkpoint()).toBe(note)
    expect(desk.handIn(cosigned(note, [players[0]!]))).toMatchObject({ ok: true, by: 1 })
    expect(desk.handIn(cosigned(note, [players[1]!]))).toMatchObject({ ok: true, by: 2 })
    expect(desk.handIn(cosigned(note, [players[2]!]))).toMatchObject({ by: 3, witnessed: false })
    expect(desk.witnessed()).toBeUndefined()
    expect(desk.handIn(cosigned(note, [trainer]))).toMatchObject({ by: 4, witnessed: true })
    expect(desk.witnessed()).toBe(desk.checkpoint())
    expect(isWitnessed(desk.checkpoint()!, desk.policy(), nativeTools, NOW)).toMatchObject({
      ok: true,
      named: true,
    })
    await log.publish(4)
    expect(desk.checkpoint()).toBe(log.checkpoint)
    expect(desk.view()).toMatchObject({ quorum: 3, newest: 64, witnessed: 48, fork: false })
    await log.close()
  })

  it('[L30] takes only known keys, good signatures and a clock that is right', async () => {
    const log = await filledLog()
    const desk = fullDesk(log)
    const note = log.checkpoint!
    const refused = (text: string) => {
      const answer = desk.handIn(text)
      return answer.ok ? 'ok' : answer.code
    }
    expect(refused('nothing')).toBe('note-malformed')
    expect(refused('x'.repeat(20_000))).toBe('note-malformed')
    expect(refused(note)).toBe('unknown-witness')
    expect(refused(cosigned(note, [witnessKey(9)]))).toBe('unknown-witness')
    const strange = note.replaceAll(LIVE.origin, `${LIVE.origin}2`)
    expect(refused(cosigned(strange, [trainer]))).toBe('not-this-log')
    expect(refused(cosigned(note.replace('\n48\n', '\n47\n'), [trainer]))).toBe('not-this-log')
    for (const days of [-1, 1]) {
      expect(refused(cosigned(note, [trainer], NOW / 1000 + days * 86_400))).toBe('clock-off')
    }
    const signed = cosigned(note, [trainer])
    expect(refused(signed.slice(0, -10) + 'AAAAAAAA=\n')).toBe('bad-cosignature')
    expect(desk.checkpoint()).toBe(note)
    expect(refused(signed)).toBe('ok')
    await log.close()
  })

  it('[L31] a seat has one key at a time, and a bounded number of them over time', async () => {
    const log = await filledLog()
    const desk = fullDesk(log)
    // After the end nobody knows any more that the seat was the trainer's, but its first key does.
    expect(desk.enrol('s1', undefined, witnessKey(90).vkey)).toBe('ok')
    expect(desk.policy().oneOf).toEqual([witnessKey(90).vkey])
    expect(desk.enrol('other', 'player', players[0]!.vkey)).toBe('key-taken')
    expect(desk.enrol('other', 'player', 'nonsense')).toBe('key-malformed')
    for (let n = 1; n < KEYS_PER_SEAT_MAX; n++) {
      expect(desk.enrol('p0', 'player', witnessKey(100 + n).vkey)).toBe('ok')
    }
    expect(desk.enrol('p0', 'player', witnessKey(120).vkey)).toBe('too-many-keys')
    expect(desk.policy().witnesses).toHaveLength(5)
    expect(desk.handIn(cosigned(log.checkpoint!, [players[0]!]))).toMatchObject({ ok: false })
    for (let n = 5; n < WITNESSES_MAX; n++) {
      desk.enrol(`more${n}`, 'player', witnessKey(7, `w.example/${n}`).vkey)
    }
    // One key under many names counts for one seat only.
    expect(desk.policy().witnesses).toHaveLength(6)
    await log.close()
  })

  it('[L31] takes in 200 seats and no more; named servers are above that', async () => {
    const log = await filledLog()
    const server = witnessKey(255, 'server.example/w')
    const desk = new WitnessDesk({ log, named: [server.vkey, 'nonsense'], now })
    for (let n = 0; n < WITNESSES_MAX; n++) {
      const key = witnessKey(n, `w.example/${n}`)
      expect(desk.enrol(`s${n}`, 'player', key.vkey), String(n)).toBe('ok')
    }
    expect(desk.enrol('one-more', 'player', witnessKey(201).vkey)).toBe('full')
    expect(desk.policy()).toMatchObject({ quorum: 101, oneOf: [server.vkey] })
    await log.close()
  })

  it('[L31] knows its witnesses and the last cosigned checkpoint after a restart', async () => {
    const dir = freshDir()
    const log = await filledLog(dir)
    await log.seal(4)
    const desk = fullDesk(log, dir)
    const signed = cosigned(log.checkpoint!, [trainer, ...players])
    expect(desk.handIn(signed)).toMatchObject({ ok: true, witnessed: true })
    await log.close()
    const again = new WitnessDesk({ log: readPublished(dir), named: [], now, dir })
    expect(again.witnessed()).toBe(desk.witnessed())
    expect(findCosignature(again.checkpoint()!, trainer.vkey, nativeTools)).toBeDefined()
  })

  it('[L32] a note of its own key that it does not hold is evidence', async () => {
    const dir = freshDir()
    const before = await filledLog(dir)
    await before.close()
    const [one, other] = [freshDir(dir), freshDir(dir)]
    const mine = await openLog(one, { ...LIVE, now })
    const forged = await openLog(other, { ...LIVE, now })
    expect(mine.vkey).toBe(forged.vkey)
    await mine.append([entry(100)])
    await mine.publish(9)
    await forged.append([entry(200)])
    await forged.publish(9)
    const early = forged.checkpoint!
    await forged.publish(10)
    const desk = fullDesk(mine)
    expect(desk.handIn(early)).toEqual({ ok: false, code: 'conflict' })
    expect(verifyForkProof(desk.forkProof()!, mine.vkey, nativeTools)).toMatchObject({ ok: true })

    // Larger than what it holds: seen at once, proven as soon as the log has grown past it.
    const later = fullDesk(mine)
    expect(later.handIn(forged.checkpoint!)).toEqual({ ok: false, code: 'conflict' })
    expect(later.view()).toMatchObject({ ahead: 80, fork: false })
    await mine.publish(10, 2)
    expect(later.view()).toMatchObject({ ahead: null, fork: true })
    expect(verifyForkProof(later.forkProof()!, mine.vkey, nativeTools)).toMatchObject({
      ok: true,
      kind: 'older-is-no-beginning',
    })
    await mine.close()
    await forged.close()
  })

  it('[L30] an address that asks too often is refused, before anything is read', async () => {
    const limits = new Limits({ burst: 5, perSecond: 1 }, () => 0)
    const town = await openTown(await filledLog(), { limits })
    const statuses = []
    for (let n = 0; n < 8; n++) {
      const url = `${town.url}/add-cosignature`
      statuses.push((await fetch(url, { method: 'POST', body: 'nothing' })).status)
    }
    expect(statuses).toEqual([400, 400, 400, 400, 400, 429, 429, 429])
    expect((await fetch(`${town.url}/checkpoint`)).status).toBe(200)
    await town.log.close()
  })
})
