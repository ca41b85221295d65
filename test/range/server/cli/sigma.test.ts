import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { eventTime } from '../../../../range/server/cli/event-time.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'doorstep-sigma-'))
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))
const COMMAND = new URL('../../../../range/server/cli/sigma.ts', import.meta.url).href

function file(name: string, text: string): string {
  const path = join(FOLDER, name)
  writeFileSync(path, text)
  return path
}

function run(call: string): { code: number | null; out: string[]; err: string } {
  const program = `import * as sigma from '${COMMAND}'; process.exitCode = await sigma.${call}`
  const done = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
  })
  return {
    code: done.status,
    out: done.stdout.split('\n').filter((line) => line !== ''),
    err: done.stderr,
  }
}

const RULES = file(
  'rules.yml',
  `title: A
id: a
name: failed
logsource: {category: x}
detection: {s: {kind: bad}, condition: s}
doorstep:
  cases:
    positive: [{name: bad, event: {kind: bad}}]
    negative: [{name: good, event: {kind: good}}]
---
title: C
id: c
correlation: {type: event_count, rules: [failed], group-by: [u], timespan: 10s, condition: {gte: 2}, generate: true}
`,
)

describe('doorstep sigma', () => {
  it('prints one line per match, names broken lines and goes on', () => {
    const lines = [
      '{"kind":"bad","u":1,"time":1000}',
      '{"kind":',
      '[1]',
      '',
      '{"kind":"good","u":1}',
    ]
    lines.push('{"time":2000,"uid":"x","body":{"kind":"bad","u":1}}')
    const input = file('events.jsonl', `${lines.join('\n')}\n`)
    const done = run(`sigmaCommand({ rules: ['${RULES}'], input: '${input}' })`)
    expect(done.out).toEqual([
      '{"index":0,"rule":"a"}',
      '{"index":5,"rule":"a"}',
      '{"index":5,"rule":"c"}',
    ])
    expect(done.err).toContain(`${input}:2: not JSON`)
    expect(done.err).toContain(`${input}:3: not a JSON object`)
    expect(done.code).toBe(0)
  })

  it('answers 2 for a missing file, a missing rule and rules with mistakes, all of them named', () => {
    expect(run(`sigmaCommand({ rules: ['${RULES}'], input: '${FOLDER}/none' })`).code).toBe(2)
    const none = run(`sigmaCommand({ rules: ['${FOLDER}/none'], input: '${RULES}' })`)
    expect([none.code, none.err.trim().split('\n').length]).toEqual([2, 1])
    const bad = file(
      'bad.yml',
      'title: B\nlogsource: {category: x}\ndetection: {s: {f|contain: 1}, condition: t}\n',
    )
    const mistaken = run(`sigmaCommand({ rules: ['${bad}'], input: '${RULES}' })`)
    expect(mistaken.code).toBe(2)
    expect(mistaken.err).toContain("bad.yml:3:17: error: unknown modifier 'contain' (contains)")
    expect(mistaken.err).toContain("no search is called 't'")
  })

  it('test runs the cases inside rules', () => {
    expect(run(`sigmaTest(['${RULES}'])`).code).toBe(0)
    const wrong = file(
      'wrong.yml',
      `title: W\nid: w\nlogsource: {category: x}\ndetection: {s: {f: 1}, condition: s}\ndoorstep: {cases: {positive: [{name: two, event: {f: 2}}]}}\n`,
    )
    const done = run(`sigmaTest(['${wrong}'])`)
    expect(done.code).toBe(1)
    expect(done.out.join()).toContain('W: two: should match')
  })
})

describe('the time of an event', () => {
  const rows: readonly (readonly [Record<string, unknown>, number | null])[] = [
    [{ time: 28_800_000 }, 28_800_000],
    [{ time: 1_700_000_000 }, 1_700_000_000_000],
    [{ time: 1_700_000_000_123 }, 1_700_000_000_123],
    [{ '@timestamp': '2026-11-24T10:00:00Z' }, Date.UTC(2026, 10, 24, 10)],
    [{ timestamp: '2026-11-24 10:00:00' }, Date.UTC(2026, 10, 24, 10)],
    [{ timestamp: '2026-11-24T10:00:00+02:00' }, Date.UTC(2026, 10, 24, 8)],
    [{ ts: '1700000000.5' }, 1_700_000_000_500],
    [{ time: 'soon' }, null],
    [{}, null],
  ]
  it.each(rows)('%j', (event, expected) => {
    expect(eventTime(event)).toBe(expected)
  })
})

describe('doorstep sigma --pipeline', () => {
  const foreign = file(
    'foreign.yml',
    'title: W\nid: w\nlogsource: {category: webserver}\ndetection: {s: {cs-uri-query|contains: evil}, condition: s}\n',
  )
  const input = file('web.jsonl', '{"http_request":{"url":{"query_string":"q=EVIL"}},"time":1}\n')
  it('[S29] reads rules for other logs through a mapping', () => {
    const pipeline = file(
      'pipeline.yml',
      'transformations: [{type: field_name_mapping, mapping: {cs-uri-query: http_request.url.query_string}}]',
    )
    const call = `sigmaCommand({ rules: ['${foreign}'], input: '${input}'`
    expect(run(`${call} })`).out).toEqual([])
    expect(run(`${call}, pipelines: ['${pipeline}'] })`).out).toEqual(['{"index":0,"rule":"w"}'])
  })

  it('[S29] names what is wrong with a pipeline', () => {
    const wrong = file('wrong.yml', 'transformations: [{type: nest}]')
    const done = run(
      `sigmaCommand({ rules: ['${foreign}'], input: '${input}', pipelines: ['${wrong}'] })`,
    )
    expect([done.code, done.out]).toEqual([2, []])
    expect(done.err).toContain("wrong.yml:1:19: error: the transformation 'nest' is not supported")
  })
})

describe('doorstep sigma with suppressions', () => {
  const until = (day: string): string =>
    file(
      `known-${day}.yml`,
      `title: Our scanner\nsuppression: {rules: [a], when: {u: 7}, reason: it is ours, until: ${day}}\n`,
    )
  const input = file('known.jsonl', '{"kind":"bad","u":7,"time":"2026-11-24T09:00:00Z"}\n')
  const call = (day: string, more = ''): ReturnType<typeof run> =>
    run(`sigmaCommand({ rules: ['${RULES}', '${until(day)}'], input: '${input}'${more} })`)

  it('[S31] tells what was held back, and why', () => {
    const done = call('2026-11-24')
    expect(done.out).toEqual([])
    expect(done.err).toContain(
      "suppression 'Our scanner' of a, until 2026-11-24; 1 match held back: it is ours",
    )
  })

  it('[S31] tells one that is over, which holds nothing', () => {
    const done = call('2026-11-23', ', json: true')
    expect(done.out).toEqual(['{"index":0,"rule":"a"}'])
    expect(JSON.parse(done.err)).toMatchObject({ held: 0, expired: true, until: '2026-11-23' })
  })

  it('[S31] runs the cases of rules as if there were none', () => {
    const done = run(`sigmaTest(['${RULES}', '${until('2026-11-24')}'])`)
    expect([done.code, done.err]).toEqual([0, '2 of 2 cases hold; 1 rules have none\n'])
  })
})
