import { fromBase64, toBase64 } from '../../ledger/bytes.ts'
import { isLocal, isPeerEnd, type PeerEnd, type PeerHost } from './signal.ts'

/** Characters a message may have, as the other end is told; the same as `FRAME_BYTES_MAX`. */
const MESSAGE_BYTES_MAX = 131_072

/**
 * What matters of a browser's own session description; undefined where it lists no host of the
 * local network. Source: RFC 8866, RFC 8839, RFC 8841.
 */
export function readEnd(sdp: string): PeerEnd | undefined {
  const value = (name: string): string =>
    new RegExp(`^a=${name}:(.*)$`, 'm').exec(sdp)?.[1]?.trim() ?? ''
  const hex = /^sha-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})$/i.exec(value('fingerprint'))?.[1]
  const hosts: PeerHost[] = []
  for (const line of sdp.matchAll(/^a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host\b/gim)) {
    const [, address = '', port = ''] = line
    if (isLocal(address)) hosts.push({ address, port: Number(port) })
  }
  const bytes = (hex ?? '').split(':').map((pair) => Number.parseInt(pair, 16))
  const end = {
    ufrag: value('ice-ufrag'),
    password: value('ice-pwd'),
    fingerprint: hex === undefined ? '' : toBase64(Uint8Array.from(bytes)),
    hosts: hosts.slice(0, 8),
  }
  return isPeerEnd(end) ? end : undefined
}

/**
 * The session description of a checked end, written anew: one data channel and nothing else, so
 * that no line of a stranger's reaches the browser's parser.
 */
export function writeDescription(kind: 'offer' | 'answer', end: PeerEnd): string {
  const hex = Array.from(fromBase64(end.fingerprint)!, (byte) => byte.toString(16).padStart(2, '0'))
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${end.ufrag}`,
    `a=ice-pwd:${end.password}`,
    `a=fingerprint:sha-256 ${hex.join(':').toUpperCase()}`,
    `a=setup:${kind === 'offer' ? 'actpass' : 'active'}`,
    'a=mid:0',
    'a=sctp-port:5000',
    `a=max-message-size:${MESSAGE_BYTES_MAX}`,
    ...end.hosts.map(
      ({ address, port }, i) =>
        `a=candidate:${i + 1} 1 udp ${2_113_937_151 - i} ${address} ${port} typ host`,
    ),
    'a=end-of-candidates',
  ]
  return lines.map((line) => `${line}\r\n`).join('')
}
