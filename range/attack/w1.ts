import { chance, range, Stream } from '../world/draw.ts'
import { liveRevision } from '../world/shop-lookup.ts'
import type { AttackRun, Memory } from '../world/types-attack.ts'
import type { PageRevision, ScriptTag } from '../world/types-shop.ts'
import type { ShopCommand } from '../world/types-shop-change.ts'
import type { Happened, World } from '../world/types.ts'
import {
  commonParameters,
  num,
  overdue,
  plannedEnd,
  type Seen,
  type Step,
  type Technique,
  type Witness,
} from './technique.ts'
import { rentedHost, skimmer, tagAddress } from './w1-script.ts'

const LOOK_MS = 60_000

/**
 * W1, checkout skimmer. A script is added to the checkout page by a bought editor account, by the
 * tag manager or inside a partner's file; from then on the browsers of those who pay send the card
 * field to a rented host. `rate` is the share of payments it takes. Stealth: a host that looks more
 * and more like a partner's, from 0.65 on one that the shop's own policy allows, so that no browser
 * reports it; words put together at run time; a second bought account that approves what the first
 * publishes, in half of the runs at 0.4 and three of four at 0.8, so that a colleague in a hurry
 * signs it; from 0.5 on, in up to half of the runs, a program that keeps still in a page monitor's
 * browser; fewer payments taken (55 % at 1).
 * At the end the crew takes its script out again, unless somebody else was quicker.
 */
export const w1: Technique = {
  id: 'W1',
  family: 'shop',
  ids: ['T1189', 'T1059.007', 'F1007.003'],
  stream: Stream.attackW1,
  hours: 3,
  parameters: [
    { name: 'way', type: 'choice', default: 'editor', about: 'w1.way' },
    ...commonParameters({ min: 0.1, max: 1, default: 1 }, 60, 'W1'),
  ],
  tells: [
    { field: 'script-host', reason: 'the program must name, somewhere, a host that the crew owns' },
  ],
  targets: () => ({
    way: ['editor', 'tag-manager', 'dependency'].map((value) => ({
      value,
      label: `w1.${value}`,
      note: `w1.${value}-note`,
    })),
  }),
  refuses: (world, params) =>
    rentedHost(
      world,
      Number(params['stealth'] ?? 0),
      Stream.attackW1,
      world.attacks.runs.length,
    ) === null
      ? 'no-host-left'
      : null,
  begin,
  step,
  witness,
  describe,
}

function begin(world: World, run: AttackRun): Memory {
  const stealth = num(run, 'stealth')
  return {
    host: rentedHost(world, stealth, Stream.attackW1, run.run) ?? '',
    phase: 'enter',
    revision: 0,
    permille: Math.round(1000 * num(run, 'rate') * (1 - 0.45 * stealth)),
    approver: approverOf(world, run, stealth),
    wary: wary(world, run, stealth),
  }
}

/** Whether the program keeps still where a page monitor might be looking. */
function wary(world: World, run: AttackRun, stealth: number): number {
  const permille = stealth < 0.5 ? 0 : Math.round(500 * stealth)
  return chance(permille, world.config.seed, Stream.attackW1, run.run, 7) ? 1 : 0
}
function program(run: AttackRun): string {
  const { memory } = run
  return skimmer(
    String(memory['host']),
    Number(memory['permille']),
    num(run, 'stealth'),
    memory['wary'] === 1,
  )
}

/** The editor whose account says yes to what the other one publishes; none for the plain. */
function approverOf(world: World, run: AttackRun, stealth: number): string {
  const { seed } = world.config
  const bought =
    stealth >= 0.3 && chance(Math.round(250 + 600 * stealth), seed, Stream.attackW1, run.run, 6)
  const editors = world.shop.staff.filter((one) => one.role === 'editor')
  const author = range(editors.length, seed, Stream.attackW1, run.run, 2)
  return bought && editors.length > 1 ? editors[(author + 1) % editors.length]!.account : ''
}
function yes(run: AttackRun): string | null {
  return run.memory['approver'] === '' ? null : String(run.memory['approver'])
}

function step(world: World, run: AttackRun): Step {
  const { memory } = run
  if (memory['phase'] === 'enter') {
    const typing = range(9_000, world.config.seed, Stream.attackW1, run.run, 4)
    return {
      commands: [
        { afterMs: 0, command: { kind: 'OpenDrop', host: String(memory['host']) } },
        { afterMs: 400 + typing, command: publish(world, run) },
      ],
      nextAfterMs: 1_400 + typing,
      memory: { ...memory, phase: 'watch' },
      status: 'running',
    }
  }
  const there = carries(world, run)
  if (!there) return { commands: [], nextAfterMs: null, memory, status: 'blocked' }
  if (overdue(world, run)) {
    return {
      commands: [
        {
          afterMs: range(20_000, world.config.seed, Stream.attackW1, run.run, 5),
          command: takeOut(world, run),
        },
      ],
      nextAfterMs: null,
      memory,
      status: 'done',
    }
  }
  const left = plannedEnd(run) - world.now
  return {
    commands: [],
    nextAfterMs: Math.max(1_000, Math.min(LOOK_MS, left)),
    memory,
    status: 'running',
  }
}

/** The script as it stands in the page, in the way that the crew chose. */
function publish(world: World, run: AttackRun): ShopCommand {
  const { seed } = world.config
  const text = program(run)
  const scripts = liveRevision(world.shop, 'checkout').scripts
  const { way } = run.params
  const tag: ScriptTag =
    way === 'tag-manager'
      ? { src: tagAddress(300 + range(600, seed, Stream.attackW1, run.run, 3)), text }
      : { src: `inline:${scripts.length}`, text }
  return {
    ...asWho(world, run),
    kind: 'PublishPage',
    page: 'checkout',
    approvedBy: yes(run),
    scripts: way === 'dependency' ? intoPartner(scripts, text) : [...scripts, tag],
  }
}
function intoPartner(scripts: readonly ScriptTag[], text: string): readonly ScriptTag[] {
  return scripts.map((script) =>
    script.src.includes('paynorth') ? { ...script, text: script.text + text } : script,
  )
}
/**
 * True while the page that customers get holds the crew's own lines: anybody can look at a page.
 */
function carries(world: World, run: AttackRun): boolean {
  const own = program(run)
  return liveRevision(world.shop, 'checkout').scripts.some((script) => script.text.includes(own))
}
function takeOut(world: World, run: AttackRun): ShopCommand {
  const own = program(run)
  const scripts = liveRevision(world.shop, 'checkout')
    .scripts.map((script) => ({ ...script, text: script.text.replace(own, () => '') }))
    .filter((script) => script.text !== '')
  return {
    ...asWho(world, run),
    kind: 'PublishPage',
    page: 'checkout',
    approvedBy: yes(run),
    scripts,
  }
}
/** The account and the way by which the page is changed. */
function asWho(world: World, run: AttackRun): Pick<PageRevision, 'author' | 'via'> {
  const { way } = run.params
  if (way === 'dependency') return { author: 'paynorth', via: 'dependency' }
  const editors = world.shop.staff.filter((one) => one.role === 'editor')
  const author = range(editors.length, world.config.seed, Stream.attackW1, run.run, 2)
  return {
    author: editors[author]!.account,
    via: way === 'tag-manager' ? 'tag-manager' : 'editor',
  }
}

function witness(_world: World, run: AttackRun, { event }: Happened): Witness {
  const host = String(run.memory['host'] ?? '')
  const called = event.kind === 'HostCalled' && event.host === host && event.card !== null
  const published = event.kind === 'PagePublished' && event.page === 'checkout'
  if (!called && !published) return { actors: [], targets: [], effect: false }
  return { actors: [`host:${host}`], targets: ['page:checkout'], effect: true }
}

function describe(world: World, run: AttackRun): Seen {
  const host = String(run.memory['host'] ?? '')
  const cards = world.shop.hosts.find((one) => one.host === host)?.collected.length ?? 0
  const revision = liveRevision(world.shop, 'checkout').number
  if (run.status === 'blocked') return { key: 'w1.removed', params: { host, cards, revision } }
  return {
    key: run.status === 'running' ? 'w1.collecting' : `w1.${run.status}`,
    params: { host, cards, revision },
  }
}
