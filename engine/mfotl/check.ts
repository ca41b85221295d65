import type { Diagnostic, Formula, Outcome, Signature, ValueType } from './ast.ts'
import { partsOf, type Core, type Slot } from './core.ts'
import { explainUnsafe } from './monitorable.ts'
import { Resolver } from './resolve.ts'

/** A formula that is typed, closed off from its names, and known to have finite answers. */
export interface CheckedFormula {
  readonly core: Core
  /** Free variables in the order of their first occurrence: the columns of every verdict. */
  readonly variables: readonly {
    readonly name: string
    readonly slot: Slot
    readonly type: ValueType
  }[]
  readonly slotCount: number
  /** Those whose events can matter. */
  readonly predicates: ReadonlySet<string>
  /** True where the formula looks ahead: then a last maximal timestamp closes the log. */
  readonly future: boolean
}

/**
 * Resolves names, types everything against the signature and decides whether the formula can be
 * monitored: every part must have finitely many answers that follow from the events, and no
 * operator may look ahead without a bound. Each refusal says why and how to write it instead.
 * Formulas of more than 2,000 parts after LET is expanded are refused.
 */
export function checkFormula(formula: Formula, signature: Signature): Outcome<CheckedFormula> {
  const diagnostics: Diagnostic[] = []
  const resolver = new Resolver(signature, (d) => {
    if (
      !diagnostics.some(
        (e) => e.line === d.line && e.column === d.column && e.message === d.message,
      )
    ) {
      diagnostics.push(d)
    }
  })
  const core = resolver.resolveRoot(formula)
  if (diagnostics.length > 0) return { ok: false, diagnostics }
  const variables = core.free.map((slot) => resolver.variable(slot, formula.at))
  if (diagnostics.length === 0)
    diagnostics.push(...explainUnsafe(core, (slot) => resolver.nameOf(slot)))
  if (diagnostics.length > 0) return { ok: false, diagnostics }
  return {
    ok: true,
    value: {
      core,
      variables,
      slotCount: resolver.slotCount,
      predicates: resolver.predicates,
      future: looksAhead(core),
    },
  }
}

function looksAhead(f: Core): boolean {
  const ahead = f.kind === 'next' || f.kind === 'eventually' || f.kind === 'until'
  return ahead || partsOf(f).some(looksAhead)
}
