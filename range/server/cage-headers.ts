import type { ServerResponse } from 'node:http'
import type { ShopState } from '../world/types-shop.ts'
import { policyHeader } from '../world/scripts.ts'

/**
 * Headers of every answer under /x/, errors and redirects included. `base` is `<origin>/x/<cap>/`.
 * The page lives in an opaque origin and reaches nothing but its own cage. Source: STOREFRONT
 * experiments; docs/decisions/0005.
 */
export function cageHeaders(
  res: ServerResponse,
  base: string,
  { outermost }: { readonly outermost: boolean },
): void {
  const B = base
  const policy = [
    'sandbox allow-scripts allow-forms',
    "default-src 'none'",
    `script-src ${B} 'unsafe-inline' 'unsafe-eval'`,
    `style-src ${B} 'unsafe-inline'`,
    `img-src ${B} data:`,
    `font-src ${B}`,
    `media-src ${B}`,
    `connect-src ${B}`,
    `frame-src ${B}`,
    `form-action ${B}`,
    "base-uri 'none'",
    "object-src 'none'",
    "worker-src 'none'",
    `report-uri ${B}~csp`,
    ...(outermost ? ["frame-ancestors 'self'"] : []),
  ]
  res.setHeader('Content-Security-Policy', policy.join('; '))
  res.setHeader('Connection-Allowlist', '(response-origin);redirects=allow')
  res.setHeader('Access-Control-Allow-Origin', '*')
  res.setHeader('Referrer-Policy', 'no-referrer')
  res.setHeader('X-Content-Type-Options', 'nosniff')
  res.setHeader('Cache-Control', 'no-store')
  res.setHeader(
    'Permissions-Policy',
    'camera=(), microphone=(), geolocation=(), payment=(), usb=(), fullscreen=(), clipboard-read=(), display-capture=()',
  )
}

/**
 * The shop's own policy, as its defenders set it, in the cage's addresses: a second header, so that
 * both hold.
 */
export function shopPolicy(
  csp: ShopState['csp'],
  base: string,
  shop: string,
): { readonly name: string; readonly value: string } | null {
  if (csp.allowed.includes('*') && csp.blocked.length === 0) return null
  const { name, value } = policyHeader(csp)
  const translated = translatePolicy(value, base, shop)
  return translated === '' ? null : { name, value: `${translated}; report-uri ${base}~csp` }
}

const DIRECTIVES = new Set([
  'default-src',
  'script-src',
  'style-src',
  'img-src',
  'font-src',
  'media-src',
  'connect-src',
  'frame-src',
  'form-action',
])
const KEYWORDS = new Set(["'unsafe-inline'", "'unsafe-eval'", "'none'", 'data:'])
const HOST_SOURCE = /^(?:https?:\/\/)?(\*\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)(\/[\w./~-]*)?$/i

/**
 * A policy in the town's words in the cage's: hosts become `B~/host/`, `'self'` the shop's folder,
 * `*` all of `B~/`. Unknown directives and sources, sandbox and reports are dropped; commas and
 * line breaks refused. A wildcard host cannot be said in paths and is left out, which is stricter.
 * The shim stays allowed.
 */
export function translatePolicy(policy: string, base: string, shop: string): string {
  if (/[,\r\n]/.test(policy)) return ''
  const parts: string[] = []
  for (const part of policy.split(';')) {
    const [name = '', ...sources] = part.trim().split(/\s+/)
    if (!DIRECTIVES.has(name.toLowerCase())) continue
    const translated = sources
      .map((source) => translateSource(source, base, shop))
      .filter((source) => source !== '')
    const shim =
      name.toLowerCase() === 'script-src' || name.toLowerCase() === 'default-src'
        ? [`${base}~shim.js`]
        : []
    const all = [...new Set([...translated, ...shim])].filter(
      (source, _i, list) => source !== "'none'" || list.length === 1,
    )
    parts.push(`${name.toLowerCase()} ${all.length === 0 ? "'none'" : all.join(' ')}`)
  }
  return parts.join('; ')
}

function translateSource(source: string, base: string, shop: string): string {
  if (source === "'self'") return `${base}~/${shop}/`
  if (source === '*') return `${base}~/`
  if (KEYWORDS.has(source.toLowerCase())) return source.toLowerCase()
  const [, wild, host, path] = HOST_SOURCE.exec(source) ?? []
  if (host === undefined || wild !== undefined) return ''
  return `${base}~/${host.toLowerCase()}${path ?? '/'}`
}
