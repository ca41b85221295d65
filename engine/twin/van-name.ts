import type { TwinPlan } from './plan.ts'

/** A title as people read it: references to the plan's vans become the names they are called by. */
export function withVanNames(title: string, plan: TwinPlan | null): string {
  if (plan === null) return title
  return title.replace(
    /\bvan:[\w-]+/g,
    (reference) => plan.vans.find(({ id }) => id === reference)?.name ?? reference,
  )
}
