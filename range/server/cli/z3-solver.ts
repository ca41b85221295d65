import type { Solve } from '../../../engine/verify/z3.ts'

/** What of the package `z3-solver` (35 MB of WebAssembly, optional) is used. */
interface Z3 {
  mk_config(): unknown
  del_config(config: unknown): void
  mk_context(config: unknown): unknown
  del_context(context: unknown): void
  mk_string_symbol(context: unknown, text: string): unknown
  mk_solver_for_logic(context: unknown, logic: unknown): unknown
  solver_inc_ref(context: unknown, solver: unknown): void
  solver_dec_ref(context: unknown, solver: unknown): void
  solver_from_string(context: unknown, solver: unknown, script: string): void
  /** 1 sat, -1 unsat, 0 unknown. */
  solver_check(context: unknown, solver: unknown): Promise<number>
  solver_get_reason_unknown(context: unknown, solver: unknown): string
  solver_get_model(context: unknown, solver: unknown): unknown
  model_to_string(context: unknown, model: unknown): string
}
interface Package {
  init(): Promise<{
    readonly Z3: Z3
    readonly em: { readonly PThread: { terminateAllThreads(): void } }
  }>
}

export interface Solver {
  readonly solve: Solve
  /** Ends the solver's threads; without it the process would never end. */
  close(): void
}

const PACKAGE: string = 'z3-solver'

/** The solver, loaded only now; null where the package is not installed. */
export async function loadZ3(): Promise<Solver | null> {
  let found: Package
  try {
    found = (await import(PACKAGE)) as Package
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_MODULE_NOT_FOUND') return null
    throw error
  }
  const { Z3, em } = await found.init()
  return {
    solve: (script) => answer(Z3, script),
    close: () => {
      em.PThread.terminateAllThreads()
    },
  }
}

/**
 * One script in a context of its own, so that nothing of one question stays for the next. The text
 * is read on this thread: what is handed to another thread as text (`eval_smtlib2_string`) may be
 * overwritten before it is read there.
 */
async function answer(Z3: Z3, script: string): Promise<string> {
  const config = Z3.mk_config()
  const context = Z3.mk_context(config)
  Z3.del_config(config)
  const solver = Z3.mk_solver_for_logic(context, Z3.mk_string_symbol(context, 'QF_LIA'))
  Z3.solver_inc_ref(context, solver)
  try {
    Z3.solver_from_string(context, solver, script)
    const found = await Z3.solver_check(context, solver)
    if (found < 0) return 'unsat\n'
    if (found === 0) return `unknown: ${Z3.solver_get_reason_unknown(context, solver)}\n`
    const model = Z3.model_to_string(context, Z3.solver_get_model(context, solver))
    const steps = [...model.matchAll(/^(s\d+) -> (\d+)$/gm)].map(([, name, value]) => {
      return `(${name ?? ''} ${value ?? ''})`
    })
    return `sat\n(${steps.join(' ')})\n`
  } finally {
    Z3.solver_dec_ref(context, solver)
    Z3.del_context(context)
  }
}
