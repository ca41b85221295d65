import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { Server as HttpServer } from 'node:http'
import { createServer as createNet, type Server as NetServer, type Socket } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls'
import forge from 'node-forge'

const TLS_HANDSHAKE = 0x16
const FIRST_BYTE_MS = 10_000
const CA_DAYS = 3650
const LEAF_DAYS = 397

export interface LocalCertificate {
  readonly context: SecureContext
  /** PEM of the local authority, which a phone must trust. */
  readonly authority: string
  /** SHA-256 of the authority's certificate, in pairs, to compare by eye. */
  readonly fingerprint: string
}

/** IPv4 addresses under which others on the network reach this machine. */
export function localAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flat()
    .filter((one) => one !== undefined && one.family === 'IPv4' && !one.internal)
    .map((one) => one!.address)
}

/**
 * A certificate for this machine's names and addresses, signed by an authority that is made once
 * and kept in `dir/lan`. The authority can sign nothing but local names: its certificate says so
 * (name constraints are not understood by all phones, so keep its key private all the same).
 */
export function localCertificate(dir: string): LocalCertificate {
  const folder = join(dir, 'lan')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const authority = authorityIn(folder)
  const keys = forge.pki.rsa.generateKeyPair(2048)
  const leaf = forge.pki.createCertificate()
  leaf.publicKey = keys.publicKey
  name(leaf, hostname() || 'doorstep', LEAF_DAYS)
  leaf.setIssuer(authority.certificate.subject.attributes)
  const ips = ['127.0.0.1', ...localAddresses()]
  const names = [
    ...new Set(['localhost', 'doorstep.local', hostname(), `${hostname()}.local`, 'range.test']),
  ].filter((one) => /^[a-z0-9.-]+$/i.test(one))
  leaf.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    {
      name: 'subjectAltName',
      altNames: [
        ...names.map((value) => ({ type: 2, value })),
        ...ips.map((ip) => ({ type: 7, ip })),
      ],
    },
    { name: 'subjectKeyIdentifier' },
    {
      name: 'authorityKeyIdentifier',
      keyIdentifier: authority.certificate.generateSubjectKeyIdentifier().getBytes(),
    },
  ])
  leaf.sign(authority.key, forge.md.sha256.create())
  const pem = forge.pki.certificateToPem(authority.certificate)
  return {
    context: createSecureContext({
      key: forge.pki.privateKeyToPem(keys.privateKey),
      cert: forge.pki.certificateToPem(leaf) + pem,
    }),
    authority: pem,
    fingerprint: fingerprintOf(authority.certificate),
  }
}

interface Authority {
  readonly certificate: forge.pki.Certificate
  readonly key: forge.pki.rsa.PrivateKey
}
function authorityIn(folder: string): Authority {
  const [certFile, keyFile] = [join(folder, 'authority.pem'), join(folder, 'authority.key')]
  if (existsSync(certFile) && existsSync(keyFile)) {
    return {
      certificate: forge.pki.certificateFromPem(readFileSync(certFile, 'utf8')),
      key: forge.pki.privateKeyFromPem(readFileSync(keyFile, 'utf8')) as forge.pki.rsa.PrivateKey,
    }
  }
  const keys = forge.pki.rsa.generateKeyPair(2048)
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = keys.publicKey
  name(certificate, `Doorstep classroom ${randomBytes(3).toString('hex')}`, CA_DAYS)
  certificate.setIssuer(certificate.subject.attributes)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ])
  certificate.sign(keys.privateKey, forge.md.sha256.create())
  writeFileSync(certFile, forge.pki.certificateToPem(certificate))
  writeFileSync(keyFile, forge.pki.privateKeyToPem(keys.privateKey), { mode: 0o600 })
  chmodSync(keyFile, 0o600)
  return { certificate, key: keys.privateKey }
}

function name(certificate: forge.pki.Certificate, commonName: string, days: number): void {
  certificate.serialNumber = `00${randomBytes(12).toString('hex')}`
  const now = Date.now()
  certificate.validity.notBefore = new Date(now - 3600_000)
  certificate.validity.notAfter = new Date(now + days * 86_400_000)
  certificate.setSubject([
    { name: 'commonName', value: commonName },
    { name: 'organizationName', value: 'Doorstep' },
  ])
}

function fingerprintOf(certificate: forge.pki.Certificate): string {
  const der = Buffer.from(
    forge.asn1.toDer(forge.pki.certificateToAsn1(certificate)).getBytes(),
    'binary',
  )
  return createHash('sha256').update(der).digest('hex').toUpperCase().match(/../g)!.join(' ')
}

/**
 * One port for both: a connection that begins with a TLS handshake is wrapped, any other is taken
 * as it is. A peer that sends nothing within ten seconds is dropped.
 */
export function bothProtocols(http: HttpServer, certificate: LocalCertificate): NetServer {
  return createNet((socket: Socket) => {
    socket.on('error', () => {
      socket.destroy()
    })
    const timer = setTimeout(() => {
      socket.destroy()
    }, FIRST_BYTE_MS)
    const first = (): void => {
      const chunk = socket.read(1) as Buffer | null
      if (chunk === null) {
        socket.once('readable', first)
        return
      }
      clearTimeout(timer)
      socket.unshift(chunk)
      if (chunk[0] !== TLS_HANDSHAKE) {
        http.emit('connection', socket)
        return
      }
      const secure = new TLSSocket(socket, {
        isServer: true,
        secureContext: certificate.context,
        ALPNProtocols: ['http/1.1'],
      })
      secure.on('error', () => {
        secure.destroy()
      })
      secure.once('secure', () => {
        http.emit('connection', secure)
      })
    }
    socket.once('readable', first)
    socket.once('close', () => {
      clearTimeout(timer)
    })
  })
}
