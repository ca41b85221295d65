import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { skimmer } from '../../../range/attack/w1-script.ts'
import { effectsOf, hostsNamed, policyHeader, policyOn } from '../../../range/world/scripts.ts'
import { cardIn } from '../../../range/world/shop-seal.ts'
import { ALLOWED_HOSTS, BASELINE, marketingTag } from '../../../range/world/shop-scripts.ts'
import type { ScriptTag } from '../../../range/world/types-shop.ts'
import { configOf, shopRig } from './shop-rig.ts'

const NUMBER = shopRig(configOf(1)).world().shop.cards[0]!.number

/** Runs a program in a browser's stead, with just enough of a page, and notes what it sends. */
function runScript(
  text: string,
  random: number,
  webdriver = false,
): {
  readonly load: readonly string[]
  readonly submit: readonly string[]
  readonly bodies: readonly string[]
} {
  const calls: { when: 'load' | 'submit'; address: string; body: string }[] = []
  let when: 'load' | 'submit' = 'load'
  const submit: (() => void)[] = []
  const field = { value: NUMBER.replace(/(.{4})(?=.)/g, '$1 '), addEventListener: () => {} }
  const form = {
    elements: { card: field },
    querySelector: () => ({ disabled: false }),
    addEventListener: (kind: string, act: () => void) =>
      void (kind === 'submit' && submit.push(act)),
  }
  const document = {
    querySelector: (wish: string) =>
      wish.includes('input') ? field : wish.startsWith('form') ? form : null,
    querySelectorAll: () => [],
  }
  runInNewContext(text, {
    document,
    location: { pathname: '/checkout', search: '' },
    URLSearchParams,
    atob,
    btoa,
    setTimeout: () => {},
    navigator: {
      webdriver,
      sendBeacon: (address: string, body: URLSearchParams) =>
        void calls.push({ when, address, body: String(body) }),
    },
    Math: Object.assign(Object.create(Math), { random: () => random }),
  })
  when = 'submit'
  submit.forEach((act) => act())
  const of = (moment: string): string[] =>
    calls.filter((one) => one.when === moment).map((one) => one.address)
  return { load: of('load'), submit: of('submit'), bodies: calls.map((one) => one.body) }
}

const skimmers: readonly ScriptTag[] = [0, 0.3, 0.4, 0.8].flatMap((stealth) =>
  ['cdn-stat.example', 'eu3.visitlog.example'].map((host) => ({
    src: 'inline:0',
    text: skimmer(host, 640, stealth),
  })),
)
const all = [...Object.values(BASELINE).flat(), marketingTag(311), ...skimmers]

describe('scripts', () => {
  test('[W12] what a program does when it runs is what is read from its text', () => {
    for (const { text } of all) {
      const effects = effectsOf(text)
      const ran = runScript(text, 0)
      const addresses = (when: string): string[] =>
        effects.filter((one) => one.when === when).map((one) => `https://${one.host}${one.path}`)
      expect(ran.load).toEqual(addresses('load'))
      expect(ran.submit).toEqual(addresses('submit'))
      const stolen = ran.bodies.some(
        (body) =>
          cardIn(
            shopRig(configOf(1)).world().shop,
            decodeURIComponent(body.replaceAll('+', ' ')),
          ) !== null,
      )
      expect(stolen).toBe(effects.some((one) => one.card))
    }
  })

  test('[W12] sampling is read as it runs', () => {
    for (const { text } of skimmers) {
      expect(effectsOf(text)).toMatchObject([{ permille: 640, card: true, when: 'submit' }])
      expect(runScript(text, 0.63).submit).toHaveLength(1)
      expect(runScript(text, 0.65).submit).toHaveLength(0)
    }
  })

  test('[W12] a wary program keeps still where a browser says that it is driven', () => {
    for (const stealth of [0, 0.8])
      for (const wary of [true, false]) {
        const text = skimmer('eu3.visitlog.example', 1000, stealth, wary)
        expect(effectsOf(text)).toMatchObject([{ automated: !wary }])
        expect(runScript(text, 0, true).submit).toHaveLength(wary ? 0 : 1)
        expect(runScript(text, 0, false).submit).toHaveLength(1)
      }
  })

  test('[W12] a scanner reads the host of a plain skimmer, not that of a veiled one', () => {
    expect(hostsNamed(skimmer('cdn-stat.example', 1000, 0))).toEqual(['cdn-stat.example'])
    expect(hostsNamed(skimmer('cdn-stat.example', 1000, 0.5))).toEqual([])
  })

  test('[W14] what it does not understand has no effect', () => {
    for (const text of [
      'eval("x")',
      'top["send" + "Beacon"]("https://a.example/x")',
      '// fetch("https://a.example/")',
      '/* navigator.sendBeacon("https://a.example/") */',
    ]) {
      expect(effectsOf(text)).toEqual([])
    }
    expect(effectsOf("fetch('https://a.example/p?q=1')")).toEqual([
      {
        host: 'a.example',
        path: '/p',
        when: 'load',
        card: false,
        permille: 1000,
        automated: true,
      },
    ])
    expect(effectsOf("new Image().src = '//a.example/' + 'p'")).toMatchObject([
      { host: 'a.example', path: '/p' },
    ])
  })

  test('[W13] the policy: allowed, told, stopped', () => {
    const csp = { allowed: ALLOWED_HOSTS, blocked: [], enforce: false }
    const rows: readonly (readonly [string, string, string])[] = [
      ['larchlane.example', 'allowed', 'allowed'],
      ['count.visitlog.example', 'allowed', 'allowed'],
      ['eu3.visitlog.example', 'allowed', 'allowed'],
      ['count.visit1og.example', 'report', 'blocked'],
      ['visitlog.example', 'report', 'blocked'],
      ['evilvisitlog.example', 'report', 'blocked'],
    ]
    for (const [host, told, enforced] of rows) {
      expect([host, policyOn(csp, host)]).toEqual([host, told])
      expect([host, policyOn({ ...csp, enforce: true }, host)]).toEqual([host, enforced])
    }
    expect(
      policyOn(
        { ...csp, blocked: ['eu3.visitlog.example'], enforce: true },
        'eu3.visitlog.example',
      ),
    ).toBe('blocked')
    expect(
      policyOn(
        { ...csp, blocked: ['eu3.visitlog.example'], enforce: true },
        'count.visitlog.example',
      ),
    ).toBe('allowed')
  })

  test('[W13] as a header, a blocked neighbour costs the wildcard and keeps the partner', () => {
    const { name, value } = policyHeader({
      allowed: ALLOWED_HOSTS,
      blocked: ['eu3.visitlog.example'],
      enforce: true,
    })
    expect(name).toBe('Content-Security-Policy')
    expect(value).toContain('https://count.visitlog.example')
    expect(value).not.toContain('*.visitlog')
    expect(policyHeader({ allowed: ALLOWED_HOSTS, blocked: [], enforce: false }).name).toBe(
      'Content-Security-Policy-Report-Only',
    )
  })
})
