/** What survives `JSON.parse(JSON.stringify(x))` unchanged: the shape of every saved state. */
export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
