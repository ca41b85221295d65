import { fileURLToPath } from 'node:url'

/** The project's own folder, where the built site, scenarios, rules and models lie. */
export const HOME = fileURLToPath(new URL('../../', import.meta.url))
