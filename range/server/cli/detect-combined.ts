import { requestEvent } from './detect-line.ts'
import type { LineReader } from './detect-line.ts'

/**
 * Common and combined log format of Apache and nginx: client, identity, user, time, request, code, length and, if
 * there, referrer and agent. A virtual host may stand before the client or be all that stands before it
 * (`shop.example:443 203.0.113.9 - - […`); further fields at the end are left aside. Quoted fields may hold `\"`.
 */
const LINE =
  /^(?:(\S+) )?(\S+) (\S+) (.+?) \[([^\]]{20,40})\] "((?:[^"\\]|\\.)*)" (\d{3}|-) (\d+|-)(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?/
const REQUEST = /^([A-Z][A-Z-]{1,19}) (.*?)(?: (HTTP\/\d(?:\.\d)?))?$/
const TIME = /^(\d{1,2})\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export const readCombined: LineReader = (line, uid) => {
  const found = LINE.exec(line)
  if (found === null) return { ok: false, error: problemOf(line) }
  const [
    ,
    before,
    client = '',
    ,
    user = '-',
    stamp = '',
    quoted = '',
    code,
    length,
    referrer,
    agent,
  ] = found
  const time = timeOf(stamp)
  if (time === null) return { ok: false, error: `no such time: ${stamp}` }
  const text = unescape(quoted)
  const request = REQUEST.exec(text)
  const address = hostOf(client)
  const absolute = request === null ? null : /^https?:\/\/([^/?#]*)(.*)$/i.exec(request[2] ?? '')
  return {
    ok: true,
    events: [
      requestEvent({
        time,
        uid,
        source: address,
        method: request?.[1] ?? '',
        host: absolute?.[1] ?? (before === undefined ? '' : before.replace(/:\d+$/, '')),
        target: absolute === null ? (request?.[2] ?? text) : (absolute[2] ?? ''),
        agent: valueOf(agent),
        referrer: valueOf(referrer),
        code: code === '-' ? 0 : Number(code),
        length: length === '-' ? 0 : Number(length),
        ...(user === '-' ? {} : { user: `account:${user}` }),
      }),
    ],
  }
}

/** Milliseconds of `17/May/2015:10:05:03 +0000`, or null where there is no such time. */
export function timeOf(stamp: string): number | null {
  const found = TIME.exec(stamp)
  if (found === null) return null
  const [, day, month = '', year, hour, minute, second, sign, zoneHours, zoneMinutes] = found
  const at = MONTHS.indexOf(month)
  if (at < 0 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null
  const local = Date.UTC(
    Number(year),
    at,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  )
  if (new Date(local).getUTCDate() !== Number(day) && Number(second) !== 60) return null
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000
  return sign === '-' ? local + zone : local - zone
}

function valueOf(field: string | undefined): string {
  return field === undefined || field === '-' ? '' : unescape(field)
}

/** Servers write what could break a line as `\x16`, `\"`, `\\`, `\n`. */
function unescape(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(
    /\\(?:x([0-9a-fA-F]{2})|(.))/g,
    (whole, hex: string | undefined, sign: string | undefined) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
      const known: Readonly<Record<string, string>> = {
        n: '\n',
        r: '\r',
        t: '\t',
        v: '\v',
        '"': '"',
        '\\': '\\',
      }
      return known[sign ?? ''] ?? whole
    },
  )
}

/** A client with its port, or an IPv6 address in brackets, as an address alone. */
function hostOf(client: string): string {
  const bracketed = /^\[([0-9a-fA-F:.]+)\](?::\d+)?$/.exec(client)
  if (bracketed !== null) return bracketed[1] ?? client
  return client.replace(/^(\d{1,3}(?:\.\d{1,3}){3}):\d+$/, '$1')
}

function problemOf(line: string): string {
  if (!/\[[^\]]+\]/.test(line)) return 'no time in brackets'
  if (!line.includes('"')) return 'no request in quotes'
  return 'not a line of the combined log format'
}
