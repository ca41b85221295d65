/**
 * Randomness as a pure function of (seed, stream, entity, index): Threefry2x32-20, key (seed,
 * stream), counter (entity, index). No draw depends on how many came before it elsewhere. Source:
 * Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 */

/** Frozen stream ids: append only, never renumber, since recordings depend on them. */
export const Stream = {
  customerTraits: 1,
  customerDay: 2,
  customerBrowse: 3,
  customerOrder: 4,
  customerReturn: 5,
  customerIp: 6,
  agent: 7,
  cardNumber: 8,
  bankAnswer: 9,
  bankDelay: 10,
  staffTraits: 11,
  staffWork: 12,
  refundCase: 13,
  release: 14,
  marketing: 15,
  review: 16,
  giftCode: 17,
  parcelMass: 20,
  packing: 21,
  vanLeg: 22,
  vanTraffic: 23,
  stop: 24,
  lockerSlot: 25,
  gpsNoise: 30,
  gpsFault: 31,
  odometer: 32,
  cell: 33,
  temperature: 34,
  scale: 35,
  shock: 36,
  light: 37,
  delay: 38,
  loss: 39,
  calibration: 40,
  http: 41,
  monitor: 42,
  twinEvent: 43,
  townLayout: 44,
  book: 45,
  attackW1: 60,
  attackP2: 61,
  attackI1: 62,
  attackD1: 63,
  attackI4: 64,
  robot: 70,
  injects: 71,
  evaluation: 80,
} as const
export type StreamId = (typeof Stream)[keyof typeof Stream]

const ROTATIONS = [13, 15, 26, 6, 17, 29, 16, 24] as const

/**
 * 64 fresh bits as two unsigned 32-bit integers [hi, lo] for a coordinate; every argument is taken
 * modulo 2^32.
 */
export function draw(
  seed: number,
  stream: StreamId,
  entity: number,
  index: number,
): readonly [number, number] {
  const k0 = seed | 0
  const k1 = stream | 0
  const k2 = 0x1bd11bda ^ k0 ^ k1
  let x0 = (entity + k0) | 0
  let x1 = (index + k1) | 0
  for (let block = 0; block < 5; block++) {
    const base = (block & 1) * 4
    for (let i = 0; i < 4; i++) {
      const r = ROTATIONS[base + i]!
      x0 = (x0 + x1) | 0
      x1 = ((x1 << r) | (x1 >>> (32 - r))) ^ x0
    }
    const ka = block % 3 === 0 ? k1 : block % 3 === 1 ? k2 : k0
    const kb = block % 3 === 0 ? k2 : block % 3 === 1 ? k0 : k1
    x0 = (x0 + ka) | 0
    x1 = (x1 + kb + block + 1) | 0
  }
  return [x0 >>> 0, x1 >>> 0]
}

/** Uniform integer in 0 … n-1, 1 <= n <= 2^20, from one draw. */
export function range(
  n: number,
  seed: number,
  stream: StreamId,
  entity: number,
  index: number,
): number {
  const [hi, lo] = draw(seed, stream, entity, index)
  return Math.floor((hi * n + Math.floor((lo * n) / 4294967296)) / 4294967296)
}

/** Uniform fraction in [0, 1) with 32 bits. */
export function fraction(seed: number, stream: StreamId, entity: number, index: number): number {
  return draw(seed, stream, entity, index)[0] / 4294967296
}

/** True with probability `permille` / 1000. */
export function chance(
  permille: number,
  seed: number,
  stream: StreamId,
  entity: number,
  index: number,
): boolean {
  return range(1000, seed, stream, entity, index) < permille
}
