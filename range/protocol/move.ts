// CONTRACT: change only by adding.
import { z } from 'zod'
import { detectionId, detectionText } from './detection.ts'
import { ACTIONS_MAX } from './limits.ts'

/**
 * What a seat may do. Everything from a socket is parsed by `parseMove`; strings and lists are
 * bounded.
 */
const id = z.string().min(1).max(64)
const params = z.record(z.string().max(32), z.union([z.number().finite(), z.string().max(120)]))

const respond = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('RestorePage'),
    page: z.enum(['home', 'product', 'cart', 'checkout', 'account']),
  }),
  z.strictObject({ kind: z.literal('BlockHost'), host: id }),
  z.strictObject({ kind: z.literal('UnblockHost'), host: id }),
  z.strictObject({ kind: z.literal('BlockSource'), ip: id }),
  z.strictObject({ kind: z.literal('UnblockSource'), ip: id }),
  z.strictObject({ kind: z.literal('SuspendAccount'), account: id }),
  z.strictObject({ kind: z.literal('RestoreAccount'), account: id }),
  z.strictObject({ kind: z.literal('FreezeRefunds') }),
  z.strictObject({ kind: z.literal('ThawRefunds') }),
  z.strictObject({
    kind: z.literal('SetVelocityRule'),
    perMinute: z.number().int().min(1).max(120).nullable(),
  }),
  z.strictObject({ kind: z.literal('NotifyCardHolders'), host: id }),
  z.strictObject({ kind: z.literal('HoldParcel'), parcel: z.number().int().min(0) }),
  z.strictObject({ kind: z.literal('ReleaseParcel'), parcel: z.number().int().min(0) }),
  z.strictObject({ kind: z.literal('RecallVan'), van: z.number().int().min(0) }),
  z.strictObject({
    kind: z.literal('LockCargo'),
    van: z.number().int().min(0),
    locked: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('FreezeBook') }),
  z.strictObject({ kind: z.literal('ThawBook') }),
  z.strictObject({ kind: z.literal('ProveChange') }),
  z.strictObject({ kind: z.literal('RebuildBook') }),
])
export type Response = z.infer<typeof respond>

const move = z.discriminatedUnion('kind', [
  // attackers
  z.strictObject({
    kind: z.literal('Launch'),
    technique: id,
    params,
    startInMinutes: z.number().min(0).max(240).default(0),
  }),
  z.strictObject({ kind: z.literal('StopAttack'), run: z.number().int().min(0) }),
  // defenders
  z.strictObject({ kind: z.literal('TakeIncident'), incident: id }),
  z.strictObject({ kind: z.literal('DismissIncident'), incident: id, reason: z.string().max(400) }),
  z.strictObject({
    kind: z.literal('Respond'),
    incident: id.nullable(),
    actions: z.array(respond).min(1).max(ACTIONS_MAX),
  }),
  /** A new detection, another text for a known one, or a known one as it is. */
  z
    .strictObject({
      kind: z.literal('SwitchOnDetection'),
      detection: detectionId.optional(),
      text: detectionText.optional(),
    })
    .refine(({ detection, text }) => (detection ?? text) !== undefined, 'names nothing'),
  z.strictObject({ kind: z.literal('SwitchOffDetection'), detection: detectionId }),
  // customers
  z.strictObject({
    kind: z.literal('Complain'),
    order: z.number().int().min(0),
    text: z.string().max(400),
  }),
])
export type Move = z.infer<typeof move>

/** Refuses anything else with the first mistake in words. */
export function parseMove(
  value: unknown,
): { ok: true; move: Move } | { ok: false; reason: string } {
  const parsed = move.safeParse(value)
  if (parsed.success) return { ok: true, move: parsed.data }
  const issue = parsed.error.issues[0]
  return {
    ok: false,
    reason: `${issue?.path.join('.') ?? 'move'}: ${issue?.message ?? 'not understood'}`,
  }
}
