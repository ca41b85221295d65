import { z } from 'zod'

const role = z.enum(['attacker', 'defender', 'customer', 'screen'])
const minute = z
  .number()
  .min(0)
  .max(24 * 60)
const setting = z.union([z.number().finite(), z.string().max(120)])

const command = z.looseObject({ kind: z.string().min(1).max(40) })

const inject = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,40}$/, 'use lower-case letters, digits and hyphens, e.g. flat-tyre'),
  title: z.string().min(1).max(60),
  about: z.string().min(1).max(160),
  tone: z.enum(['harmless', 'pressure', 'trouble', 'hint']),
  at: minute.optional(),
  do: z.array(command).max(8).default([]),
  message: z
    .strictObject({ to: z.array(role).min(1), text: z.string().min(1).max(400) })
    .optional(),
  preview: z.partialRecord(role, z.string().max(200)).default({}),
})

/**
 * The keys of scenario.yml; `scenarios/TEMPLATE.yml` explains each. Minutes are virtual, counted
 * from the start.
 */
export const scenarioSchema = z.strictObject({
  title: z.string().min(1).max(60),
  summary: z.string().min(1).max(400),
  length: z.number().int().min(5).max(480).default(45),
  speed: z.number().min(0.25).max(60).default(2),
  world: z
    .strictObject({
      start: z
        .string()
        .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write the time of day as HH:MM, e.g. "09:00"')
        .default('09:00'),
      customers: z.number().int().min(1).max(2000).default(200),
      vans: z.number().int().min(1).max(3).default(3),
      controls: z
        .strictObject({
          fourEyes: z.boolean().default(true),
          sca: z.boolean().default(true),
          serverSidePrice: z.boolean().default(true),
          velocityRule: z.boolean().default(false),
          cspReportOnly: z.boolean().default(true),
          pageApproval: z.boolean().default(false),
          signedHandover: z.boolean().default(false),
        })
        .prefault({}),
      twins: z.record(z.string().max(40), z.number().int().min(0).max(10000)).default({}),
      book: z.boolean().default(false),
    })
    .prefault({}),
  palette: z.array(z.string()).default([]),
  crewHours: z.number().min(0).max(1000).default(20),
  attacks: z
    .array(
      z.strictObject({
        technique: z.string(),
        at: minute,
        params: z.record(z.string().max(32), setting).default({}),
      }),
    )
    .default([]),
  injects: z.array(inject).max(40).default([]),
  playbooks: z
    .array(
      z.strictObject({
        attack: z.string(),
        file: z
          .string()
          .regex(/^[a-z0-9-]+\.json$/, 'name a file in scenarios/playbooks, e.g. w1.json'),
        automatic: z.boolean().default(false),
      }),
    )
    .default([]),
})
export type ScenarioText = z.infer<typeof scenarioSchema>

/**
 * The parts that name other things, read from a text that has mistakes elsewhere: whatever is
 * unreadable is left out.
 */
export const namesSchema = z.looseObject({
  length: z.number().catch(480),
  speed: z.number().catch(60),
  palette: z.array(z.string().catch('')).catch([]),
  attacks: z
    .array(
      z.looseObject({
        technique: z.string().catch(''),
        at: z.number().catch(0),
        params: z.record(z.string(), setting).catch({}),
      }),
    )
    .catch([]),
  injects: z
    .array(
      z.looseObject({
        id: z.string().catch(''),
        do: z.array(z.looseObject({ kind: z.string().catch('') })).catch([]),
      }),
    )
    .catch([]),
})
export type ScenarioNames = z.infer<typeof namesSchema>
