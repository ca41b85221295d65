import type { ServerResponse } from 'node:http'

/**
 * Headers of every page and file of the platform itself. The content policy comes from the page
 * (hashes of its inline scripts); here `'self'` is narrowed to the folder of built files, because
 * `'self'` would also admit a script that somebody planted in the storefront below /x/.
 */
export function platformHeaders(
  res: ServerResponse,
  origin: string,
  { secure, path = '' }: { readonly secure: boolean; readonly path?: string },
): void {
  res.setHeader('X-Content-Type-Options', 'nosniff')
  res.setHeader('X-Frame-Options', 'DENY')
  res.setHeader('Referrer-Policy', 'no-referrer')
  res.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  res.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
  // Browsers that know this header take it as a ban on WebRTC; the record is handed on by that.
  const webrtc = path.startsWith('/proof/') ? ';webrtc=allow' : ''
  res.setHeader('Connection-Allowlist', `(response-origin)${webrtc}`)
  res.setHeader(
    'Permissions-Policy',
    'geolocation=(), payment=(), usb=(), microphone=(), display-capture=()',
  )
  if (secure) res.setHeader('Origin-Agent-Cluster', '?1')
  narrowPolicy(res, origin)
}

const NO_PAGE = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

/** Strict policy for answers that are no pages (JSON, files, errors). */
export function noPagePolicy(res: ServerResponse): void {
  res.setHeader('Content-Security-Policy', NO_PAGE)
}

/** Rewrites the policy as it leaves, however it was set. */
function narrowPolicy(res: ServerResponse, origin: string): void {
  const writeHead = res.writeHead.bind(res) as (...args: unknown[]) => ServerResponse
  res.writeHead = ((status: number, ...rest: unknown[]) => {
    const given = rest.find(
      (one) => typeof one === 'object' && one !== null && !Array.isArray(one),
    ) as Record<string, unknown> | undefined
    const name =
      given && Object.keys(given).find((key) => key.toLowerCase() === 'content-security-policy')
    const policy =
      (name === undefined ? res.getHeader('content-security-policy') : given![name]) ?? NO_PAGE
    if (name !== undefined) delete given![name]
    if (policy !== NO_PAGE)
      res.setHeader('Content-Security-Policy', narrowed(String(policy), origin))
    else res.setHeader('Content-Security-Policy', NO_PAGE)
    return writeHead(status, ...rest)
  }) as ServerResponse['writeHead']
}

export function narrowed(policy: string, origin: string): string {
  const built = `${origin}/_astro/`
  const socket = origin.replace(/^http/, 'ws')
  return policy
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [name = ''] = part.split(/\s/, 1)
      if (name === 'script-src' || name === 'style-src') return part.replaceAll("'self'", built)
      if (name === 'frame-src') return `frame-src ${origin}/x/ ${origin}/gun-frame`
      if (name === 'connect-src') return `connect-src 'self' ${socket}`
      return part
    })
    .join('; ')
}
