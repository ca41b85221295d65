import type { PageScript } from '../event/telemetry.ts'

/** The scripts that each page may have, signed by the release key. */
export interface SignedBaseline {
  /** Ed25519 public key of releases, 32 bytes in hexadecimal. */
  readonly releaseKey: string
  readonly pages: readonly {
    /** `metadata` name of the page, such as `checkout`. */
    readonly page: string
    readonly scripts: readonly PageScript[]
    /** Ed25519 over `canonicalInventory`, hexadecimal. */
    readonly signature: string
  }[]
}
