import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
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
      'bad.json: step "b": there is no action "Explode"; one of RestorePage, BlockHost, UnblockHost, BlockSource, UnblockSource, SuspendAccount, RestoreAccount, FreezeRefunds, ThawRefunds, SetVelocityRule, NotifyCardHolders, HoldParcel, ReleaseParcel, RecallVan, LockCargo',
      'bad.json: step c is missing',
    ])
  })
})
