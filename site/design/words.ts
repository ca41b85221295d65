import { t, type MessageKey } from '../messages.ts'

/** The plain words for a part of a workflow; the catalogue has them for each that ships. */
export const flowName = (slug: string): string => t(`design.flow.${slug}` as MessageKey)
export const flowAbout = (slug: string): string => t(`design.about.${slug}` as MessageKey)
export const whoSays = (slug: string, action: string): string =>
  t(`design.who.${slug}.${action}` as MessageKey)
export const stepSays = (slug: string, action: string): string =>
  t(`design.step.${slug}.${action}` as MessageKey)
export const controlName = (slug: string, control: string): string =>
  t(`design.control.${slug}.${control}` as MessageKey)
export const controlMeans = (slug: string, control: string): string =>
  t(`design.meaning.${slug}.${control}` as MessageKey)
/** What must always hold, and what it is when it does not. */
export const promiseOf = (slug: string, property: string): string =>
  t(`design.promise.${slug}.${property}` as MessageKey)
export const fearOf = (slug: string, property: string): string =>
  t(`design.fear.${slug}.${property}` as MessageKey)
/** How much of the model's things there is. */
export const boundOf = (slug: string, count: number): string =>
  t(`design.bound.${slug}` as MessageKey, { count })
