import { t } from '../messages.ts'
import type { Checker, Differing, Findings, WitnessAnswer } from './finding.ts'

/** What a checker found, in one or two sentences. */
export function foundWords(who: Checker, findings: Findings): string {
  switch (who) {
    case 'auditor':
      return auditorWords(findings.auditor)
    case 'tablet':
      return tabletWords(findings.tablet)
    case 'witness':
      return witnessWords(findings.witness)
    case 'buyer':
      return buyerWords(findings.buyer)
    case 'neighbours':
      return neighboursWords(findings.neighbours)
  }
}

/** What one witness answered. */
export function answerWords({ code, seen }: WitnessAnswer): string {
  const known = ANSWERS.find((one) => one === code) ?? 'other'
  return t(`tamper.answer.${known}`, { seen })
}

const ANSWERS = [
  'cosigned',
  'cosigned-blindly',
  'smaller-size',
  'history-rewritten',
  'same-size-other-root',
] as const

/** Two hashes that should be one: the seal of entry `n`, or the head of the first `n`. */
export type Beside = Differing & { readonly of: 'seal' | 'head'; readonly n: number }

/** The hashes that should be one and are two, where a finding has them. */
export function differing(who: Checker, findings: Findings): Beside | null {
  if (who === 'witness') {
    for (const answer of findings.witness.answers) {
      if ('roots' in answer && answer.roots !== null) {
        return { ...answer.roots, of: 'head', n: answer.seen }
      }
    }
    return null
  }
  const finding = findings[who]
  if (!('before' in finding)) return null
  const { before, after } = finding
  const index = 'index' in finding ? finding.index : null
  if (index !== null) return { before, after, of: 'seal', n: index + 1 }
  return { before, after, of: 'head', n: 'size' in finding ? finding.size : 0 }
}

/** A file that proves a fork to anybody, where a checker holds one. */
export function proofHeld(who: Checker, findings: Findings): string | null {
  if (who === 'neighbours' && findings.neighbours.code === 'fork') return findings.neighbours.proof
  if (who !== 'witness') return null
  const forks = findings.witness.answers.map((one) => ('fork' in one ? one.fork : null))
  return forks.find((one) => one !== null) ?? null
}

function auditorWords(finding: Findings['auditor']): string {
  if (finding.code === 'fits') return t('tamper.auditor.fits', { size: finding.size })
  if (finding.code === 'unsigned') return t('tamper.auditor.unsigned')
  const sealed = finding.code === 'moved' ? finding.sealed + 1 : 0
  return t(`tamper.auditor.${finding.code}`, { n: finding.index + 1, sealed })
}

function tabletWords(finding: Findings['tablet']): string {
  if (finding.code === 'unsigned') return t('tamper.tablet.unsigned')
  const { size } = finding
  if (finding.code === 'rewritten') {
    return t('tamper.tablet.rewritten', { size, n: (finding.index ?? -1) + 1 })
  }
  return t(`tamper.tablet.${finding.code}`, { size, newSize: finding.newSize })
}

function witnessWords({ code, cosigned, witnessed }: Findings['witness']): string {
  if (code === 'all-cosigned') return t('tamper.witness.all-cosigned')
  const count = t('tamper.witness.refused', { count: cosigned })
  return `${count} ${t(`tamper.witness.${witnessed ? 'still-witnessed' : 'not-witnessed'}`)}`
}

function buyerWords(finding: Findings['buyer']): string {
  if (finding.code === 'receipt-broken') return t('tamper.buyer.receipt-broken')
  const size = 'size' in finding ? finding.size : 0
  return t(`tamper.buyer.${finding.code}`, { n: finding.index + 1, size })
}

function neighboursWords(finding: Findings['neighbours']): string {
  if (finding.code === 'same') return t('tamper.neighbours.same', { size: finding.size })
  const { code, size, newSize } = finding
  const key = code === 'fork' && size === newSize ? 'fork-at-one-size' : code
  return t(`tamper.neighbours.${key}`, { size, newSize })
}
