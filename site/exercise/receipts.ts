import type { ReceiptMessage } from '../../range/protocol/message.ts'
import { readDevice, writeDevice } from '../device.ts'

/** Receipts of one exercise that a browser keeps; the oldest go first. */
const KEPT_MAX = 400

/** Keeps a receipt of this browser's seat; one that is there already is not kept twice. */
export function keepReceipt(exercise: string, message: ReceiptMessage): void {
  const kept = readReceipts(exercise)
  if (kept.some(({ id }) => id === message.id)) return
  const lines = [...kept, message].slice(-KEPT_MAX).map((one) => JSON.stringify(one))
  writeDevice(nameOf(exercise), lines.join('\n'))
}

/** In the order in which they came. */
export function readReceipts(exercise: string): ReceiptMessage[] {
  return (readDevice(nameOf(exercise)) ?? '').split('\n').flatMap((line) => {
    try {
      const { id, receipt, opening, order, slip } = JSON.parse(line) as Partial<ReceiptMessage>
      const whole = [id, receipt, opening].every((part) => typeof part === 'string')
      const ordered = typeof order === 'string' && typeof slip === 'string' ? { order, slip } : {}
      return whole ? [{ id, receipt, opening, ...ordered } as ReceiptMessage] : []
    } catch {
      return []
    }
  })
}

function nameOf(exercise: string): string {
  return `receipts.${exercise}`
}
