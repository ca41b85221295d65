/** What range/server hands to every page; absent under `astro dev`. */
declare namespace App {
  interface Locals extends Partial<import('../range/server/services.ts').Locals> {}
}
