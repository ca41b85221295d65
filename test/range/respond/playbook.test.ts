import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseMove } from '../../../range/protocol/move.ts'
import { planResponse, readPlaybook } from '../../../range/respond/playbook.ts'

const folder = new URL('../../../scenarios/playbooks/', import.meta.url)
function book(name: string): ReturnType<typeof readPlaybook> {
  return readPlaybook(name, JSON.parse(readFileSync(new URL(name, folder), 'utf8')))
}

describe('CACAO playbooks', () => {
  it.each(readdirSync(folder))('[R1] %s is read without a mistake', (name) => {
    const read = book(name)
    expect(read.ok ? [] : read.mistakes).toEqual([])
  })

  it('[R2] steps become actions on the entities of the incident', () => {
    const read = book('w1.json')
    if (!read.ok) throw new Error('w1 has mistakes')
    const plan = planResponse(
      read.playbook,
      ['page:checkout', 'host:drop.example'],
      ['host:partner.example'],
      () => [],
    )
    expect(plan.map((step) => [step.action.kind, step.recommended])).toEqual([
      ['RestorePage', true],
      ['BlockHost', true],
      ['BlockHost', false],
      ['NotifyCardHolders', false],
      ['NotifyCardHolders', false],
    ])
  })

  it('[R2] no step is cut off by the ones before it, however many entities they name', () => {
    const read = book('p2.json')
    if (!read.ok) throw new Error('p2 has mistakes')
    const ips = Array.from({ length: 24 }, (_, i) => `ip:192.0.2.${i}`)
    const others = Array.from({ length: 24 }, (_, i) => `ip:198.51.100.${i}`)
    const plan = planResponse(read.playbook, ips, others, () => [])
    expect(plan.map((step) => step.action.kind)).toEqual([
      ...ips.map(() => 'BlockSource'),
      'SetVelocityRule',
    ])
    expect(plan.every((step) => step.recommended)).toBe(true)
    const actions = plan.map((step) => step.action)
    expect(parseMove({ kind: 'Respond', incident: null, actions }).ok).toBe(true)
  })

  it('[R2] a playbook that may come to more actions than a response may have is refused', () => {
    const commands = ['ip', 'host', 'page', 'staff', 'van'].map((kind) => ({
      type: 'doorstep',
      command: `BlockHost each ${kind}`,
    }))
    const read = readPlaybook('long.json', {
      type: 'playbook',
      spec_version: 'cacao-2.0',
      id: 'playbook--1',
      name: 'x',
      workflow_start: 'a',
      workflow: { a: { type: 'action', name: 'a', commands } },
    })
    expect(read.ok ? [] : read.mistakes).toEqual([
      'long.json: it may come to 120 actions, 96 are the most: make it shorter',
    ])
  })

  it('[R3] an entity that does not exist as such is left out, never guessed', () => {
    const read = book('w1.json')
    if (!read.ok) throw new Error('w1 has mistakes')
    expect(planResponse(read.playbook, ['page:nowhere', 'ip:192.0.2.1'], [], () => [])).toEqual([])
  })

  it('[R4] all mistakes of a playbook are named', () => {
    const read = readPlaybook('bad.json', {
      type: 'playbook',
      spec_version: 'cacao-2.0',
      id: 'playbook--1',
      name: 'x',
      workflow_start: 'a',
      workflow: {
        a: { type: 'start', on_completion: 'b' },
        b: {
          type: 'action',
          name: 'b',
          commands: [{ type: 'doorstep', command: 'Explode each page' }],
          on_completion: 'c',
        },
      },
    })
    expect(read.ok ? [] : read.mistakes).toEqual([
      'bad.json: step "b": there is no action "Explode"; one of RestorePage, BlockHost, UnblockHost, BlockSource, UnblockSource, SuspendAccount, RestoreAccount, FreezeRefunds, ThawRefunds, SetVelocityRule, NotifyCardHolders, HoldParcel, ReleaseParcel, RecallVan, LockCargo, FreezeBook, ThawBook, ProveChange, RebuildBook',
      'bad.json: step c is missing',
    ])
  })
})
