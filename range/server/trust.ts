import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendText } from './answer.ts'
import type { LocalCertificate } from './lan.ts'

/**
 * The local authority's certificate at `/trust/authority.crt` and, as JSON for the page at /trust,
 * its fingerprint. Both exist only with `--lan`.
 */
export function answerTrust(
  certificate: LocalCertificate | undefined,
  _req: IncomingMessage,
  res: ServerResponse,
  path: string,
): boolean {
  if (path === '/trust/authority.crt') {
    if (certificate === undefined)
      sendText(res, 404, 'There is no local certificate: start with --lan.\n')
    else
      sendText(res, 200, certificate.authority, 'application/x-x509-ca-cert', {
        'Content-Disposition': 'attachment; filename="doorstep-authority.crt"',
      })
    return true
  }
  if (path === '/trust/about.json') {
    sendText(
      res,
      200,
      JSON.stringify({ fingerprint: certificate?.fingerprint ?? null }),
      'application/json',
    )
    return true
  }
  return false
}
