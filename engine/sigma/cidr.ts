/** A network as bytes and the length of its prefix in bits. */
export interface Network {
  readonly bytes: readonly number[]
  readonly bits: number
}

/** `10.0.0.0/8`, `2001:db8::/32`, or a bare address; null where it is neither. */
export function parseNetwork(text: string): Network | null {
  const slash = text.indexOf('/')
  const bytes = parseAddress(slash < 0 ? text : text.slice(0, slash))
  if (bytes === null) return null
  if (slash < 0) return { bytes, bits: bytes.length * 8 }
  const length = text.slice(slash + 1)
  if (!/^\d{1,3}$/.test(length) || Number(length) > bytes.length * 8) return null
  return { bytes, bits: Number(length) }
}

/**
 * The network that was meant where bits behind the prefix are set, as in `10.0.0.9/8`; null where
 * none are.
 */
export function meantNetwork(text: string): string | null {
  const network = parseNetwork(text)
  if (
    network === null ||
    inNetwork({ ...network, bits: network.bytes.length * 8 }, masked(network))
  )
    return null
  return `${masked(network)}/${network.bits}`
}

/** The first address of a network. */
function masked({ bytes, bits }: Network): string {
  const kept = bytes.map((byte, i) => {
    const left = Math.min(8, Math.max(0, bits - i * 8))
    return byte & (0xff << (8 - left)) & 0xff
  })
  if (kept.length === 4) return kept.join('.')
  const pairs = Array.from({ length: 8 }, (_, i) =>
    (((kept[i * 2] ?? 0) << 8) | (kept[i * 2 + 1] ?? 0)).toString(16),
  )
  return pairs.join(':').replace(/(^|:)0(:0)+$/, '::')
}

/** Whether a text is an address of this network. IPv4 in IPv6 (`::ffff:a.b.c.d`) counts as IPv4. */
export function inNetwork(network: Network, text: string): boolean {
  const bytes = parseAddress(text)
  if (bytes === null || bytes.length !== network.bytes.length) return false
  let bits = network.bits
  for (let i = 0; bits > 0; i += 1, bits -= 8) {
    const mask = bits >= 8 ? 0xff : (0xff << (8 - bits)) & 0xff
    if (((bytes[i] as number) & mask) !== ((network.bytes[i] as number) & mask)) return false
  }
  return true
}

function parseAddress(text: string): number[] | null {
  if (text.length > 64) return null
  return text.includes(':') ? parseVersion6(text) : parseVersion4(text)
}

function parseVersion4(text: string): number[] | null {
  const pieces = text.split('.')
  if (pieces.length !== 4) return null
  const bytes = pieces.map((piece) => (/^(?:0|[1-9]\d{0,2})$/.test(piece) ? Number(piece) : 256))
  return bytes.some((byte) => byte > 255) ? null : bytes
}

function parseVersion6(text: string): number[] | null {
  const zone = text.indexOf('%')
  const address = zone < 0 ? text : text.slice(0, zone)
  const halves = address.split('::')
  if (halves.length > 2) return null
  const head = groups(halves[0] as string)
  const tail = halves.length === 2 ? groups(halves[1] as string) : []
  if (head === null || tail === null) return null
  const missing = 16 - head.length - tail.length
  if (halves.length === 2 ? missing < 2 : missing !== 0) return null
  const bytes = [...head, ...Array.from({ length: missing }, () => 0), ...tail]
  const mapped =
    bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255
  return mapped ? bytes.slice(12) : bytes
}

function groups(text: string): number[] | null {
  if (text === '') return []
  const bytes: number[] = []
  const pieces = text.split(':')
  for (const [index, piece] of pieces.entries()) {
    const dotted = index === pieces.length - 1 && piece.includes('.') ? parseVersion4(piece) : null
    if (dotted !== null) bytes.push(...dotted)
    else if (/^[0-9a-f]{1,4}$/i.test(piece))
      bytes.push(parseInt(piece, 16) >> 8, parseInt(piece, 16) & 0xff)
    else return null
  }
  return bytes
}
