import { readdirSync, readFileSync } from 'node:fs'
import { groundModel, type GroundModel } from '../../../engine/verify/ground.ts'
import { readWorkflow } from '../../../engine/verify/read.ts'
import type { Workflow } from '../../../engine/verify/workflow.ts'

export const WORKFLOWS = new URL('../../../engine/workflows/', import.meta.url)

/** Slugs of the workflows that ship. */
export const SLUGS = readdirSync(WORKFLOWS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort()

export function shippedWorkflow(slug: string): Workflow {
  const read = readWorkflow(readFileSync(new URL(`${slug}/workflow.yml`, WORKFLOWS), 'utf8'))
  if (!read.ok) throw new Error(`${slug}: ${JSON.stringify(read.diagnostics, null, 1)}`)
  return read.value
}

export function modelOf(slug: string, without: readonly string[] = []): GroundModel {
  return groundModel(shippedWorkflow(slug), without)!
}
