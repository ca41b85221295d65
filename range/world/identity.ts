import { draw, range, Stream } from './draw.ts'
import { hex16, pick } from './key.ts'

/**
 * Networks, browsers and cards: one generator for everybody in the town, criminals included.
 * Entities below 10,000 are customers; attacks take theirs from 10,000 up, by the same draws.
 */
export const STRANGERS_FROM = 10_000

/** Networks that many share: three offices and twelve addresses of a mobile carrier. */
const OFFICES = ['203.0.113.7', '203.0.113.61', '198.51.100.88'] as const
const CARRIER_POOL = 12

/** Address a person's device comes from: at home, behind an office, or behind the carrier. */
export function networkOf(entity: number, household: number, seed: number): string {
  const kind = pick([62, 23, 15], range(100, seed, Stream.customerIp, entity, 0))
  if (kind === 1)
    return carrierAddress(range(CARRIER_POOL, seed, Stream.customerIp, entity, 1), seed)
  if (kind === 2) return OFFICES[range(OFFICES.length, seed, Stream.customerIp, entity, 2)]!
  return homeAddress(household, seed)
}
/** A fresh home or carrier address for a device nobody knows yet. */
export function strangerNetwork(entity: number, seed: number): string {
  return pick([78, 22], range(100, seed, Stream.customerIp, entity, 0)) === 1
    ? carrierAddress(range(CARRIER_POOL, seed, Stream.customerIp, entity, 1), seed)
    : homeAddress(entity, seed)
}
function homeAddress(household: number, seed: number): string {
  const [hi, lo] = draw(seed, Stream.customerIp, household, 9)
  return `100.${64 + (hi % 32)}.${(hi >>> 8) % 256}.${1 + (lo % 254)}`
}
function carrierAddress(slot: number, seed: number): string {
  const [hi, lo] = draw(seed, Stream.customerIp, slot, 10)
  return `100.${96 + (hi % 32)}.${(hi >>> 8) % 256}.${1 + (lo % 254)}`
}

const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome'
const AGENTS: readonly (readonly [number, string])[] = [
  [20, `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME}/146.0.0.0 Safari/537.36`],
  [9, `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME}/145.0.0.0 Safari/537.36`],
  [6, `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME}/146.0.0.0 Safari/537.36 Edg/146.0.0.0`],
  [7, `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${CHROME}/146.0.0.0 Safari/537.36`],
  [14, `Mozilla/5.0 (Linux; Android 10; K) ${CHROME}/146.0.0.0 Mobile Safari/537.36`],
  [7, `Mozilla/5.0 (Linux; Android 10; K) ${CHROME}/144.0.0.0 Mobile Safari/537.36`],
  [
    13,
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1',
  ],
  [
    7,
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
  ],
  [
    6,
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15',
  ],
  [7, 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0'],
  [2, 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0'],
  [2, 'Mozilla/5.0 (Android 15; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0'],
]
export function browserOf(entity: number, seed: number): string {
  const weights = AGENTS.map(([weight]) => weight)
  return AGENTS[pick(weights, range(100, seed, Stream.agent, entity, 0))]![1]
}

/**
 * Card numbers begin with 99: industry digit 9 (national bodies) and a user-assigned country code
 * of ISO 3166-1, which nobody can issue (ISO/IEC 7812-1). They pass the Luhn check, so a shop
 * treats them as real.
 */
const BINS = [
  ['990114', 'NA'],
  ['990127', 'NA'],
  ['990139', 'NA'],
  ['990150', 'NB'],
  ['990162', 'NB'],
  ['990171', 'NC'],
  ['990188', 'NC'],
  ['990194', 'ND'],
] as const
export interface PrintedCard {
  readonly number: string
  readonly token: string
  readonly bin: string
  readonly last4: string
  readonly country: string
}
export function printedCard(entity: number, seed: number): PrintedCard {
  const [bin, country] =
    BINS[pick([30, 22, 14, 11, 9, 6, 5, 3], range(100, seed, Stream.cardNumber, entity, 0))]!
  const [hi, lo] = draw(seed, Stream.cardNumber, entity, 1)
  const body = bin + String(hi % 100_000).padStart(5, '0') + String(lo % 10_000).padStart(4, '0')
  const number = body + luhnDigit(body)
  return {
    number,
    bin,
    country,
    last4: number.slice(-4),
    token: `tok_${hex16(seed, Stream.cardNumber, entity, 2)}`,
  }
}

/** The digit that makes `body` pass the Luhn check (ISO/IEC 7812-1, annex B). */
function luhnDigit(body: string): string {
  return String((10 - (luhnSum(`${body}0`) % 10)) % 10)
}
export function luhnValid(digits: string): boolean {
  return /^\d{12,19}$/.test(digits) && luhnSum(digits) % 10 === 0
}
function luhnSum(digits: string): number {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48
    const doubled = i % 2 === 0 ? digit : digit * 2
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum
}

/**
 * The code on a customer's badge, which stands for a password: six digits, nothing anybody uses
 * elsewhere.
 */
export function badgeOf(customer: number, seed: number): string {
  return String(draw(seed, Stream.customerTraits, customer, 40)[0] % 1_000_000).padStart(6, '0')
}
/**
 * Cookie of a device on which the customer chose to stay signed in: 16 hex digits like any other
 * session key. The first half is drawn, the second hides customer and visit under a mask made from
 * the first.
 */
export function rememberedKey(customer: number, visit: number, seed: number): string {
  const [hi] = draw(seed, Stream.http, customer, visit % 65_536)
  return hex8(hi) + hex8((customer * 65_536 + (visit % 65_536)) ^ draw(seed, Stream.http, hi, 7)[0])
}
export function customerOfKey(key: string, seed: number): number | null {
  if (!/^[0-9a-f]{16}$/.test(key)) return null
  const hi = Number.parseInt(key.slice(0, 8), 16)
  const hidden = (Number.parseInt(key.slice(8), 16) ^ draw(seed, Stream.http, hi, 7)[0]) >>> 0
  const customer = Math.floor(hidden / 65_536)
  return rememberedKey(customer, hidden % 65_536, seed) === key ? customer : null
}
function hex8(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0')
}
