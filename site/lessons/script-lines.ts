/** A line of a script list that learners compare; what Mo's file says about it, and the verdict. */
export type ListLine = {
  readonly from: string
  readonly why: string
  readonly ask?: string
  readonly stop?: boolean
  readonly was?: string
  readonly now?: string
  readonly ring?: string
}
