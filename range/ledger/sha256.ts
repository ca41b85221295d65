import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import type { Sha256 } from './bytes.ts'

/**
 * SHA-256 in plain JavaScript: works where WebCrypto is missing (plain HTTP from another machine).
 */
export const sha256: Sha256 = (data) => nobleSha256(data)
