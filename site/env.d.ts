/** For tsc and svelte-check, which do not read .astro files; `astro check` knows their real types. */
declare module '*.astro' {
  import type { AstroComponentFactory } from 'astro/runtime/server/index.js'
  const component: AstroComponentFactory
  export default component
}
