import type { WitnessRefusal } from '../../range/ledger/witness.ts'
import type { WitnessId } from './record.ts'

/** Who looks, each with what they have: see `check.ts`. */
export type Checker = 'auditor' | 'tablet' | 'witness' | 'buyer' | 'neighbours'
export const CHECKERS: readonly Checker[] = ['auditor', 'tablet', 'witness', 'buyer', 'neighbours']

/** Two hashes that should be one, in base64. */
export interface Differing {
  readonly before: string
  readonly after: string
}

/** What the auditor finds who hashes the shop's rows again and lays them beside the seals. */
export type AuditorFinding =
  | { readonly code: 'fits'; readonly size: number; readonly root: string }
  | ({ readonly code: 'changed'; readonly index: number } & Differing)
  /** `index` is the place of a seal that no row opens any more; `hash` is its leaf hash. */
  | { readonly code: 'missing'; readonly index: number; readonly hash: string }
  /** A row at place `index` that opens no seal. */
  | { readonly code: 'extra'; readonly index: number; readonly hash: string }
  /** The row at `index` opens the seal at `sealed`: it was moved. */
  | {
      readonly code: 'moved'
      readonly index: number
      readonly sealed: number
      readonly hash: string
    }
  /** All rows fit their seals, and the seals do not lead to the signed root; or no signature. */
  | { readonly code: 'unsigned' }

/** What a browser finds that remembers a head: `size` is the one it remembers. */
export type TabletFinding =
  | { readonly code: 'continues'; readonly size: number; readonly newSize: number }
  | { readonly code: 'rolled-back'; readonly size: number; readonly newSize: number }
  /** `index` is the first seal that differs from the kept one, where one does. */
  | ({
      readonly code: 'rewritten'
      readonly size: number
      readonly index: number | null
    } & Differing)
  | { readonly code: 'unsigned' }

/** What one witness answers who is asked to cosign the newest head. */
export type WitnessAnswer =
  | {
      readonly id: WitnessId
      readonly seen: number
      readonly code: 'cosigned' | 'cosigned-blindly'
    }
  | {
      readonly id: WitnessId
      readonly seen: number
      readonly code: WitnessRefusal
      /** Root at the size it knows, as it was signed and as the log now has it. */
      readonly roots: Differing | null
      /** A portable proof of the fork, where the refusal is one. */
      readonly fork: string | null
    }

export interface WitnessFinding {
  readonly code: 'all-cosigned' | 'refused'
  readonly answers: readonly WitnessAnswer[]
  readonly cosigned: number
  /** Whether enough of them cosigned for the head to count as witnessed. */
  readonly witnessed: boolean
}

/** What the buyer finds who asks for the one entry of the receipt. */
export type BuyerFinding =
  | { readonly code: 'still-there'; readonly index: number; readonly size: number }
  /** The log no longer has this entry at this place. */
  | ({ readonly code: 'not-in-log'; readonly index: number; readonly size: number } & Differing)
  | { readonly code: 'log-too-short'; readonly index: number; readonly size: number }
  /** The log has it, and the shop's row says something else. */
  | ({ readonly code: 'shop-says-otherwise'; readonly index: number } & Differing)
  | { readonly code: 'receipt-broken' }

/** What two people find who hold the heads beside each other that they were shown today. */
export type NeighboursFinding =
  | { readonly code: 'same'; readonly size: number; readonly root: string }
  /** One was shown less, and it is a beginning of the other. */
  | { readonly code: 'one-is-older'; readonly size: number; readonly newSize: number }
  | ({
      readonly code: 'fork'
      readonly size: number
      readonly newSize: number
      /** The fork proof as a file, verified. */
      readonly proof: string
    } & Differing)

export interface Findings {
  readonly auditor: AuditorFinding
  readonly tablet: TabletFinding
  readonly witness: WitnessFinding
  readonly buyer: BuyerFinding
  readonly neighbours: NeighboursFinding
}

/** Whether each of them noticed anything. */
export function noticedBy(findings: Findings): Readonly<Record<Checker, boolean>> {
  return {
    auditor: findings.auditor.code !== 'fits',
    tablet: findings.tablet.code !== 'continues',
    witness: findings.witness.code === 'refused',
    buyer: findings.buyer.code !== 'still-there',
    neighbours: findings.neighbours.code === 'fork',
  }
}
