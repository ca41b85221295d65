import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeValue } from '../../../engine/anomaly/request-decode.ts'
import { createRequestDetector } from '../../../engine/anomaly/request-detector.ts'
import { partsOf } from '../../../engine/anomaly/request-parts.ts'
import { createRequestScorer } from '../../../engine/anomaly/request-scorer.ts'
import { skeletonOf } from '../../../engine/anomaly/request-skeleton.ts'
import { conformalCut } from '../../../engine/anomaly/request-train.ts'
import type { Telemetry } from '../../../engine/event/telemetry.ts'
import { readCombined } from '../../../range/server/cli/detect-combined.ts'
import { requestEvent } from '../../../range/server/cli/detect-line.ts'
import { areaUnder, qualityOf } from '../../../range/server/cli/train-request-quality.ts'
import type { Judged } from '../../../range/server/cli/train-request-quality.ts'
import { parseCsv } from '../../../range/server/cli/train-request-texts.ts'

const read = (path: string): string =>
  readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
const scorer = createRequestScorer(read('engine/models/request/model.json'))

function texts(name: string, attack: boolean): Judged[] {
  return read(`test/data/request/${name}.txt`)
    .split('\n')
    .filter((line) => line.includes('\t'))
    .map((line) => {
      const cut = line.indexOf('\t')
      return {
        kind: line.slice(0, cut) as Judged['kind'],
        text: line.slice(cut + 1),
        attack,
        source: name,
      }
    })
}

describe('decoding as a target would', () => {
  const check = (raw: string, text: string, ...steps: string[]): void => {
    const decoded = decodeValue(raw, { plusIsSpace: true })
    expect([raw, decoded.text, [...decoded.steps].sort()]).toEqual([raw, text, steps.sort()])
  }
  it('[A8] undoes each layer and counts the step', () => {
    check('a+b%20c', 'a b c')
    check('%2527%2520or%25201', "' or 1", 'percent-twice')
    check('..%c0%af..%c0%afetc', '../../etc', 'overlong-utf8')
    check('%u003cscript', '<script', 'wide-percent')
    check('&#x3c;b&#62;', '<b>', 'html-entity')
    check('\\x3cb\\u003e', '<b>', 'script-escape')
    check('＜b＞', '<b>', 'look-alike')
    check('a%00b', 'a b', 'null-byte')
    check('union/**/select', 'union select', 'sql-comment')
    check('/*!50000union*/ select', 'union select', 'sql-comment')
    check('cat${IFS}x', 'cat x', 'shell-spacing')
    check('x%0d%0aSet-Cookie: a', 'x set-cookie: a', 'header-break')
  })
  it('[A8] takes nothing from ordinary text', () => {
    for (const text of [
      "O'Brien",
      'Zażółć',
      '100%',
      'R&D',
      'こんにちは',
      '/* note */ done',
      '50%-70%',
    ]) {
      expect([text, [...decodeValue(text, { plusIsSpace: false }).steps]]).toEqual([text, []])
    }
  })
})

describe('grammar, not vocabulary', () => {
  const names = (text: string): string =>
    skeletonOf(text)
      .map((token) => token.text)
      .join(' ')
  it('[A9] reads an apostrophe in a name and a quote in a condition apart', () => {
    expect(names("o'brien")).toBe('l ’ w')
    expect(names("x' or 'a'='a")).toBe("l ' or ' a ' = ' a")
    expect(names("x'or 1=1")).toBe("l ' or n = n")
  })
})

describe('parts of a request', () => {
  it('[A9] judges path, each parameter, each field and chosen headers apart', () => {
    const parts = partsOf({
      path: '/a',
      query: 'q=1&r=2',
      body: '{"user":{"$ne":""},"note":"x"}',
      headers: { 'user-agent': 'b', referer: 'https://e.example/p?s=t', accept: 'c' },
    })
    expect(parts.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'path path',
      'value parameter q',
      'value parameter r',
      'value name of a field user',
      'value field note',
      'header header user-agent',
      'path header referer',
      'value referer parameter s',
    ])
  })
})

describe('the shipped model', () => {
  it('[A10] flags no ordinary and nearly every attack value of the labelled extract', () => {
    const rows = parseCsv(read('test/data/http-params-extract.csv')).slice(1)
    const judged = rows.map(([text = '', , type = '', label]) => ({
      text,
      kind: 'value' as const,
      attack: label === 'anom',
      source: type,
    }))
    const quality = qualityOf(scorer, judged)
    expect(quality.ordinary + quality.attacks).toBe(412)
    expect(quality.falsePositiveRate).toBeLessThanOrEqual(0.005)
    expect(quality.recall).toBeGreaterThanOrEqual(0.95)
    expect(quality.auc).toBeGreaterThanOrEqual(0.998)
    expect(quality.surpriseAuc).toBeGreaterThanOrEqual(0.98)
  })
  it('[A10] tells texts that look dangerous from attacks that look ordinary', () => {
    const quality = qualityOf(scorer, [
      ...texts('hard-ordinary', false),
      ...texts('hard-attacks', true),
    ])
    expect(quality.falsePositiveRate).toBeLessThanOrEqual(0.05)
    expect(quality.recall).toBeGreaterThanOrEqual(0.93)
  })
  it('[A10] does as well on texts that nothing was changed for', () => {
    const quality = qualityOf(scorer, [
      ...texts('fresh-ordinary', false),
      ...texts('fresh-attacks', true),
    ])
    expect(quality.falsePositiveRate).toBeLessThanOrEqual(0.06)
    expect(quality.recall).toBeGreaterThanOrEqual(0.93)
  })
  it('[A10] gives a value the same score alone, again, and under another name', () => {
    const part = { kind: 'value' as const, name: 'a', text: "1' or 1=1--", plusIsSpace: true }
    const first = scorer.judgePart(part)
    const fresh = createRequestScorer(read('engine/models/request/model.json')).judgePart({
      ...part,
      name: 'b',
    })
    expect(scorer.judgePart(part)).toEqual(first)
    expect({ ...fresh, name: 'a' }).toEqual(first)
  })
  it('[A10] finds what a long ordinary text hides', () => {
    const long = 'These shoes are light and fit well, and I would buy them again. '.repeat(40)
    const judge = (text: string): boolean =>
      scorer.judgePart({ kind: 'value', name: 'v', text, plusIsSpace: false }).flagged
    expect(judge(long)).toBe(false)
    expect(judge(`${long}<script>alert(document.cookie)</script>${long}`)).toBe(true)
  })
  it('refuses a file that is no model', () => {
    expect(() => createRequestScorer('{}')).toThrow(/not a request model/)
  })
})

describe('the detector', () => {
  let n = 0
  const request = (ip: string, target: string, second: number, agent = 'Mozilla/5.0'): Telemetry =>
    requestEvent({
      time: second * 1000,
      uid: `r${(n += 1)}`,
      source: ip,
      method: 'GET',
      host: '',
      target,
      agent,
      referrer: '',
      code: 404,
      length: 0,
    })
  const ATTACKS = [
    "/i?id=1'%20or%201=1--",
    '/i?id=-1%20union%20select%201,2',
    '/f?n=../../../etc/passwd',
    '/p?h=;cat%20/etc/hosts',
  ]
  const run = (events: readonly Telemetry[]): number[] => {
    const detector = createRequestDetector(scorer)
    return events.flatMap((event) => detector.see(event)).map((finding) => finding.severity)
  }
  it('[A11] one strange request waits, three different ones within ten minutes open an incident', () => {
    expect(run(ATTACKS.map((target, k) => request('10.0.0.1', target, k)))).toEqual([2, 2, 3, 3])
  })
  it('[A11] the same strange part again, other visitors or a long time between add nothing', () => {
    expect(run([1, 2, 3, 4].map((k) => request('10.0.0.1', ATTACKS[0] as string, k)))).toEqual([
      2, 2, 2, 2,
    ])
    expect(run(ATTACKS.map((target, k) => request(`10.0.0.${k}`, target, k)))).toEqual([2, 2, 2, 2])
    expect(run(ATTACKS.map((target, k) => request('10.0.0.1', target, k * 700)))).toEqual([
      2, 2, 2, 2,
    ])
  })
  it('[A11] says nothing of real visitors', () => {
    const events = read('test/data/web-access-extract.log')
      .split('\n')
      .filter((line) => line !== '')
      .flatMap((line, k) => {
        const got = readCombined(line, `l${k}`)
        return got.ok ? got.events : []
      })
    expect(events).toHaveLength(400)
    expect(run(events)).toEqual([])
  })
  it('[E2] goes on where it was saved', () => {
    const [a, b] = [createRequestDetector(scorer), createRequestDetector(scorer)]
    const events = ATTACKS.map((target, k) => request('10.0.0.1', target, k))
    for (const event of events.slice(0, 2)) a.see(event)
    b.restore(JSON.parse(JSON.stringify(a.save())) as never)
    expect(events.slice(2).flatMap((event) => b.see(event))).toEqual(
      events.slice(2).flatMap((event) => a.see(event)),
    )
  })
})

describe('figures', () => {
  it('the area under the curve counts ties half', () => {
    expect(areaUnder([3, 2], [1, 0])).toBe(1)
    expect(areaUnder([1, 0], [3, 2])).toBe(0)
    expect(areaUnder([1, 1], [1, 1])).toBe(0.5)
  })
  it('[A3] at most the budget of calibration scores lies beyond the threshold', () => {
    const quiet = Array.from({ length: 999 }, (_, k) => k)
    expect(quiet.filter((each) => each > conformalCut(quiet, 0.01)).length).toBeLessThanOrEqual(10)
    expect(conformalCut(quiet, 0.0001)).toBe(998)
  })
})
